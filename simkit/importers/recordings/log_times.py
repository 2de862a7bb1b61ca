"""Moments as logs write them."""

from __future__ import annotations

import re

from simkit.scenario.moments import seconds

_LOOSE = re.compile(r"^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(\.\d+)?(Z|[-+]\d\d:?\d\d)?$", re.ASCII)
MILLISECONDS = 1e11
"""A number above this counts milliseconds since 1970: in seconds it would be the year 5138."""
LATEST = 253402300799.0
"""The last second of the year 9999."""


def moment_in(value: object) -> float | None:
    """Seconds since 1970 of a text (without a zone it is UTC) or a number of seconds or milliseconds; None for others.

    >>> moment_in("2024-06-02 19:41:40.000000000"), moment_in(1621305118553), moment_in("soon")
    (1717357300.0, 1621305118.553, None)
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        found = value / 1000 if value > MILLISECONDS else float(value)
        return round(found, 6) if 0 < found <= LATEST else None
    matched = _LOOSE.match(value) if isinstance(value, str) else None
    if matched is None:
        return None
    zone = matched[4] or "Z"
    zone = zone if ":" in zone or zone == "Z" else f"{zone[:3]}:{zone[3:]}"
    return seconds(f"{matched[1]}T{matched[2]}{(matched[3] or '')[:10]}{zone}")
