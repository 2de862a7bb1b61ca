"""Legitimate work: what a grant policy must not break."""

from __future__ import annotations

from dataclasses import dataclass, field

from simkit.distributions import Distribution, Fixed
from simkit.model.claims import Claims


@dataclass(frozen=True, slots=True)
class Need:
    """An operation (`tool.operation`) on targets; empty targets mean the operation's own."""

    operation: str
    targets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Task:
    """A piece of work of one identity: it runs `rate` times a second and takes `duration` each time.

    `reads` are the resources that its input comes from; `delegates_to` the identities that it becomes or invokes
    through a trust edge. With `on_behalf_of` it uses the rights of that identity (a user), within the limits of its
    own, in place of its own rights. `claims` are what its runs say of themselves, for trust edges that ask.
    """

    name: str
    identity: str
    needs: tuple[Need, ...] = ()
    reads: tuple[str, ...] = ()
    delegates_to: tuple[str, ...] = ()
    rate: float = 1 / 86400
    duration: Distribution = field(default_factory=lambda: Fixed(300.0))
    on_behalf_of: str = ""
    claims: Claims = ()
    note: str = ""

    @property
    def entitled_as(self) -> str:
        """Whose entitlements it uses."""
        return self.on_behalf_of or self.identity


@dataclass(frozen=True, slots=True)
class ObservedRun:
    """One real run of a task: the operations that it called, and whether it did its job."""

    task: str
    calls: tuple[str, ...]
    success: bool = True
