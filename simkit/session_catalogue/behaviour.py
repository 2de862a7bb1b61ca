"""What is known of one system: what becomes of a session that is open when its credential or its right goes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

SurvivalKind = Literal["ends", "next-use", "survives"]
TtlKind = Literal["none", "absolute", "idle", "renewable"]
Admission = Literal["denied", "allowed", "without the right"]
Probe = Literal["operation", "stream", "new"]
Grounding = Literal["measured", "measured by the tests", "condensed", "documented"]

EVENTS = ("on_expiry", "on_revoke", "on_disable", "on_delete", "on_entitlement_removed", "on_role_removed")
"""What can befall a session that is open, as the fields of a SessionBehaviour, in this order everywhere."""


@dataclass(frozen=True, slots=True)
class Survival:
    """What an open session does after an event.

    `ends`: the server cuts it. `next-use`: its next use is refused. `survives`: it goes on, `seconds` long after the
    event, or, where that is None, to its own end.

    >>> str(Survival("survives", 300.0))
    'survives: 300 s'
    """

    kind: SurvivalKind
    seconds: float | None = None

    def __str__(self) -> str:
        return self.kind if self.seconds is None else f"{self.kind}: {self.seconds:g} s"


@dataclass(frozen=True, slots=True)
class Observation:
    """What one cell of the catalogue rests on.

    `of` is `operation`, `stream` or `new`; `found` what the cell says. `when` names the circumstances of an exception,
    and is empty for what the cell says itself. `seen` are the measured events and probes; `grounding` says who saw it:
    rows of the measurement, the project's own tests against a real server, the condensed catalogue alone, or, where
    nobody could measure it, the vendor's documentation.
    """

    of: Probe
    found: str
    seen: tuple[str, ...]
    grounding: Grounding
    when: str = ""


@dataclass(frozen=True, slots=True)
class Reaction:
    """What a system does on one event; None where it has no such event or nobody measured it.

    `operation` is an open session that asks for something once more, `stream` what flows to it without being asked for
    (a cursor, a watch, a subscription, a forwarded port), `new` a new session with what the old one was opened with.
    """

    operation: Survival | None = None
    stream: Survival | None = None
    new: Admission | None = None
    observations: tuple[Observation, ...] = ()

    def exceptions(self) -> Iterator[Observation]:
        """The observations that hold under other circumstances only."""
        return (observation for observation in self.observations if observation.when)


@dataclass(frozen=True, slots=True)
class SessionBehaviour:
    """How sessions of one system behave, by event.

    `ttl_kind` is how a time to live counts: from the start (`absolute`), from the last use (`idle`), or renewed by who
    holds the session (`renewable`); `none` where the system has none. `cut_by` is what was seen to end a session that
    survives. `date` is the month in which it was measured, or, of one that has `sources`, in which these pages of its
    vendor were read: nobody measured it.
    """

    name: str
    product: str
    version: str
    date: str
    ttl_kind: TtlKind = "none"
    cut_by: str = ""
    note: str = ""
    sources: tuple[str, ...] = ()
    on_expiry: Reaction = Reaction()
    on_revoke: Reaction = Reaction()
    on_disable: Reaction = Reaction()
    on_delete: Reaction = Reaction()
    on_entitlement_removed: Reaction = Reaction()
    on_role_removed: Reaction = Reaction()

    @property
    def is_measured(self) -> bool:
        """False for what stands in documentation alone."""
        return not self.sources

    def reactions(self) -> Iterator[tuple[str, Reaction]]:
        """Each event of EVENTS with what the system does on it."""
        return ((event, getattr(self, event)) for event in EVENTS)

    @property
    def outlives_its_ttl(self) -> bool | None:
        """True if who uses an open session keeps it past its first time to live; None where that was not measured.

        An idle time to live starts again at each use, and a renewable one with each renewal.
        """
        operation = self.on_expiry.operation
        if operation is None:
            return None
        return operation.kind == "survives" or self.ttl_kind in ("idle", "renewable")
