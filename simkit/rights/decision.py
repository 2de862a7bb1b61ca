"""The answer to "may this caller do that?", and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from simkit.rights.document import Statement


class Access(StrEnum):
    """Allowed or denied by what is known; else it may be granted, which is never taken for a denial."""

    ALLOWED = "allowed"
    DENIED = "denied"
    MAY_BE = "may be granted"


@dataclass(frozen=True, slots=True)
class Reason:
    """What one layer of policies says; without `statement`: that none of its statements allows the request."""

    layer: str
    says: str
    statement: Statement | None = None

    def __str__(self) -> str:
        if self.statement is None:
            return f"no statement of the {self.layer} allows it"
        return f"the {self.layer} {self.says} it: {self.statement}"


@dataclass(frozen=True, slots=True)
class Doubt:
    """What keeps an answer open: a `key` of the request whose value is not known, an `operator`, a `value`, a
    `variable`, an `element`, a `principal`, a `credential`, a `service` or an `organization` that is not known, and
    where it stands."""

    kind: str
    name: str
    statement: Statement | None = None

    def __str__(self) -> str:
        return f"{self.kind} {self.name}" + (f" in {self.statement}" if self.statement else "")


@dataclass(frozen=True, slots=True)
class Decision:
    """An answer with its reasons, in the order in which the layers are weighed."""

    access: Access
    reasons: tuple[Reason, ...] = ()
    doubts: tuple[Doubt, ...] = ()

    def __repr__(self) -> str:
        why = "; ".join(map(str, (*self.reasons, *self.doubts)))
        return f"<{self.access}: {why}>" if why else f"<{self.access}>"
