"""What a watched replay tells: steps that are taken or come to nothing, facts that end, and what responders do."""

from __future__ import annotations

from dataclasses import dataclass

EXECUTED, REFUSED, CUT_SHORT, ENDED, ALERTED, LEARNED, RESPONDED = (
    "executed",
    "refused",
    "cut short",
    "ended",
    "alerted",
    "learned",
    "responded",
)
EXPIRED, RUN_OVER, WAITING, REVOKED = "expired", "run over", "waiting", "revoked"
"""Why a fact ends: its own time was up, or that of the run that it lived in; its run waits for a person; responders."""
CLOSED = "closed"
"""Why a step is refused that would have succeeded: responders have closed the account that it would use."""


@dataclass(frozen=True, slots=True)
class Validity:
    """A fact holds since `since` and, as things stand, until `until` (ms; `FOREVER`: to the horizon). It is a `run` of
    a task, or not."""

    fact: int
    since: int
    until: int
    run: bool = False


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happens at `at` (ms): its kind, the step, the facts that begin or end otherwise (`won`), the facts
    that `ended` and `why`.

    What responders do has an `action`, the facts that it is `aimed` at, and those that `survived` it; what they learn
    is `known`, by the `finding` that began with the alert of that step.
    """

    kind: str
    at: int
    step: int = -1
    won: tuple[Validity, ...] = ()
    ended: tuple[int, ...] = ()
    why: str = ""
    action: str = ""
    aimed: tuple[int, ...] = ()
    survived: tuple[Validity, ...] = ()
    known: tuple[int, ...] = ()
    finding: int = -1
