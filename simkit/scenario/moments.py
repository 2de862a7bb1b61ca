"""Moments as the scenario file writes them (RFC 3339), read and written."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from simkit.scenario.units import MisfitError, shown

MOMENT_PATTERN = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?([Zz]|[-+][0-9]{2}:[0-9]{2})$"
)
_MOMENT = re.compile(MOMENT_PATTERN, re.ASCII)
_START = datetime(1970, 1, 1, tzinfo=UTC)


def moment(raw: object) -> float:
    """The seconds from 1970 in UTC to the moment in `raw`, to a microsecond. Raises MisfitError.

    >>> moment("1970-01-02T00:00:00.5Z"), moment("1970-01-01T01:00:00+01:00")
    (86400.5, 0.0)
    """
    found = seconds(raw) if isinstance(raw, str) else None
    if found is None:
        raise MisfitError(f"{shown(raw)} is not a moment: write one with its zone, such as 2026-11-02T09:30:00Z")
    return found


def seconds(text: str) -> float | None:
    """As `moment`; None where `text` is none."""
    found = _MOMENT.match(text)
    if found is None:
        return None
    second = text[:10] + "T" + text[11:19]
    leap = second.endswith(":60")
    zone = "+00:00" if found[2] in "Zz" else found[2]
    try:
        made = datetime.fromisoformat((second[:-2] + "59" if leap else second) + zone)
    except ValueError:
        return None
    return (made - _START) / timedelta(seconds=1) + leap + _fraction(found[1])


def _fraction(text: str | None) -> float:
    return round(float(f"0{text}"), 6) if text else 0.0


def moment_text(time: float) -> str:
    """`time` as the file writes it: `moment` of it is `time` again, to a microsecond.

    >>> moment_text(86400.5)
    '1970-01-02T00:00:00.500000Z'
    """
    return (_START + timedelta(microseconds=round(time * 1e6))).isoformat().replace("+00:00", "Z")
