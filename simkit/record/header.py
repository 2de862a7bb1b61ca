"""The first line of a log: which sample of which replay it is, when it starts, and how many lines it has."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from simkit.errors import QuestionError
from simkit.record import ocsf
from simkit.record.ocsf import Line

FORMAT = 2
"""Raised when a field of the log changes its meaning or goes; new fields do not raise it."""
START = "1970-01-01T00:00:00Z"
"""The moment at which a replay starts, unless another is declared: the log then counts from 0."""
_MILLISECOND = datetime.timedelta(milliseconds=1)
_BEGINNING = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


@dataclass(frozen=True, slots=True)
class Header:
    """What reproduces the log. `horizon` and `contained` are in milliseconds since the start; the latter is the moment
    of the first response, None where there is none. `identities` are those of the scenario, with their kinds."""

    scenario: str
    digest: str
    policy: str
    entry_point: str
    variant: str
    seed: int
    trial: int
    start: str
    horizon: int
    contained: int | None
    version: str
    identities: Mapping[str, str]

    @property
    def epoch(self) -> int:
        """The start of the replay in milliseconds since 1970."""
        return epoch(self.start)

    def __str__(self) -> str:
        drawn = f"seed {self.seed}, trial {self.trial}"
        return (
            f"{self.scenario} ({self.digest[:12]}), {self.policy}, {self.entry_point}, {drawn}, simkit {self.version}"
        )

    def to_dict(self) -> Line:
        """The header as plain data."""
        names = ("scenario", "digest", "policy", "entry_point", "variant", "seed", "trial", "start", "horizon")
        given = {name: getattr(self, name) for name in (*names, "contained", "version")}
        return {**given, "identities": dict(self.identities)}

    def line(self, lines: int) -> Line:
        """The header as the first of `lines` lines."""
        return {
            "time": self.epoch,
            **ocsf.typed(ocsf.BASE, ocsf.OTHER),
            "message": f"replay: {self}",
            "unmapped": {"at": "PT0S", "record": {"format": FORMAT, "lines": lines, **self.to_dict()}, "facts": []},
        }


def epoch(start: str) -> int:
    """The milliseconds from 1970 to `start`, an ISO 8601 date or date and time (UTC, unless it says otherwise).

    Raises QuestionError for anything else, and for a moment before 1970.

    >>> epoch("2026-01-01"), epoch("1970-01-01T01:00:00+01:00")
    (1767225600000, 0)
    """
    try:
        moment = datetime.datetime.fromisoformat(start)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)
        found = (aware - _BEGINNING) // _MILLISECOND
    except (ValueError, OverflowError):
        raise QuestionError(f"the start {start!r} is not a date: write it like 2026-01-31T09:00:00Z") from None
    if found < 0:
        raise QuestionError(f"the start {start!r} is before 1970: choose a later one")
    return found


def clock(milliseconds: int | None) -> str:
    """A moment of the log as hours, minutes and seconds, with days where there are any; None is the horizon.

    >>> clock(870_000), clock(90_061_500), clock(None)
    ('00:14:30', '1d 01:01:01.5', 'the horizon')
    """
    if milliseconds is None:
        return "the horizon"
    days, rest = divmod(milliseconds, 86_400_000)
    hours, rest = divmod(rest, 3_600_000)
    minutes, rest = divmod(rest, 60_000)
    fraction = f".{rest % 1000:03}".rstrip("0").rstrip(".")
    return (f"{days:,}d " if days else "") + f"{hours:02}:{minutes:02}:{rest // 1000:02}{fraction}"
