"""The dials of a grant policy, weakest setting first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Any

from simkit.errors import PolicyError, nearest
from simkit.model import Identity

DIALS: Mapping[str, tuple[str, ...]] = {
    "identity": ("shared", "workload", "task"),
    "scope": ("all", "role", "task+reads", "task", "task+arguments"),
    "expiry": ("none", "ttl", "completion"),
    "context": ("none", "checks", "approval"),
    "response": ("manual", "rotation", "automatic"),
    "binding": ("bearer", "sender-constrained"),
    "delegation": ("full", "attenuated"),
}
"""The five dials that IAM guidance for AI systems asks for, and two more: binding and delegation."""

LOGGING: Mapping[str, str] = {"manual": "none", "rotation": "identity", "automatic": "action"}
"""The level of logging that comes with each setting of the response dial."""


@dataclass(frozen=True, slots=True)
class Selector:
    """Which identities a policy governs: those whose every given field matches one of its globs."""

    name: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    stage: tuple[str, ...] = ()
    environment: tuple[str, ...] = ()
    tier: tuple[str, ...] = ()

    def governs(self, identity: Identity) -> bool:
        """True if `identity` is selected.

        >>> Selector(kind=("agent",)).governs(Identity("ci", kind="pipeline"))
        False
        """
        fields = ("name", "kind", "stage", "environment", "tier")
        return all(self._matches(getattr(self, key), getattr(identity, key)) for key in fields)

    @staticmethod
    def _matches(patterns: tuple[str, ...], value: str) -> bool:
        return not patterns or any(fnmatchcase(value, pattern) for pattern in patterns)


@dataclass(frozen=True, slots=True)
class GrantPolicy:
    """A point in the space of `DIALS`.

    `ttl` (seconds) is how long a token lives under `expiry: ttl`; None takes each credential's own effective ttl.
    `miss_rate` overrides the response's chance that an out-of-context use passes `context: checks`. Identities that
    `applies_to` does not select are governed by `otherwise`. Raises PolicyError for a setting that a dial lacks.
    """

    name: str
    identity: str = "workload"
    scope: str = "role"
    expiry: str = "none"
    context: str = "none"
    response: str = "manual"
    binding: str = "bearer"
    delegation: str = "full"
    ttl: float | None = None
    miss_rate: float | None = None
    applies_to: Selector = field(default_factory=Selector)
    otherwise: GrantPolicy | None = None
    summary: str = ""

    def __post_init__(self) -> None:
        if not isinstance(self.name, str):
            raise PolicyError(f"the name {self.name!r} of a policy is no text: give one, such as 'ours'")
        for dial, settings in DIALS.items():
            value = getattr(self, dial)
            if value not in settings:
                raise PolicyError(
                    f"policy {self.name!r}: {dial} {value!r} is not a setting of that dial: {nearest(value, settings)}"
                )

    def dials(self) -> dict[str, str]:
        """The setting of each dial."""
        return {dial: getattr(self, dial) for dial in DIALS}

    def turned(self, **settings: Any) -> GrantPolicy:
        """This policy with some dials moved."""
        return replace(self, **settings)

    def governing(self, identity: Identity) -> GrantPolicy:
        """The policy that governs `identity`: this one, or what `otherwise` says."""
        if self.otherwise is None or self.applies_to.governs(identity):
            return self
        return self.otherwise.governing(identity)

    @property
    def per_task(self) -> bool:
        """True if sessions belong to one task each."""
        return self.identity == "task" or self.scope.startswith("task")

    @property
    def logging(self) -> str:
        """The level of logging: `none`, `identity` or `action`."""
        return LOGGING[self.response]

    def at_least(self, dial: str, setting: str) -> bool:
        """True if `dial` stands at `setting` or stronger."""
        settings = DIALS[dial]
        return settings.index(getattr(self, dial)) >= settings.index(setting)
