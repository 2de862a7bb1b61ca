"""The APIs that agents call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from simkit.distributions import Distribution, Fixed
from simkit.model.session_terms import SessionTerms
from simkit.model.threats import Detection

EFFECTS = ("none", "read", "write", "delete", "execute", "send", "assume", "invoke", "mint", "grant", "lift", "silence")
IDENTITY_EFFECTS = frozenset({"execute", "assume", "invoke", "mint", "grant", "lift", "silence"})
"""Effects whose targets are identities; the targets of the others are resources."""
STATE_CHANGING = frozenset(EFFECTS) - {"none", "read"}
"""Effects that a tainted session may not use where context is checked."""
HIGH_IMPACT = frozenset({"delete", "execute", "send", "mint", "grant", "lift", "silence"})
"""Effects that wait for a person under `context: approval`, unless the operation says otherwise (our assumption)."""
RESTRICTIONS = ("denies", "boundary", "approvals")
"""What keeps somebody from what he is entitled to, and an operation of effect `lift` may take away."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that a tool does: one effect, on default targets.

    `chance` is that of success when it is allowed; `duration` how long one call takes. `role` is what an operation
    of effect `grant` gives its target, `lifts` which of `RESTRICTIONS` one of effect
    `lift` takes from it (empty: all). `high_impact` overrides the default by effect (None). A `stream` goes on
    without being asked for again, once it is open. `shows_itself` is how whoever looks on notices that it was
    performed, whatever the policy logs. Who is called by an operation of effect `invoke` `answers`. `throughput` is
    how many records it reads a second, for all who use it together; None is no limit. `undo` is for how long
    (s) what it did can be undone, 0 for never, `restore` how long (s) that takes; None: as the target says.
    """

    name: str
    effect: str
    targets: tuple[str, ...] = ()
    duration: Distribution = field(default_factory=lambda: Fixed(1.0))
    chance: float = 1.0
    role: str = ""
    lifts: tuple[str, ...] = ()
    high_impact: bool | None = None
    stream: bool = False
    answers: bool = True
    shows_itself: Detection | None = None
    throughput: float | None = None
    undo: float | None = None
    restore: float | None = None
    note: str = ""

    @property
    def waits_for_approval(self) -> bool:
        """True if `context: approval` makes each use wait for a person."""
        return self.effect in HIGH_IMPACT if self.high_impact is None else self.high_impact

    @property
    def restrictions(self) -> tuple[str, ...]:
        """What it takes from its target, of `RESTRICTIONS`."""
        return (self.lifts or RESTRICTIONS) if self.effect == "lift" else ()


@dataclass(frozen=True, slots=True)
class Tool:
    """An API. `runs_as` is the identity whose entitlements it uses itself (the confused deputy); empty: the caller's.

    A `general_purpose` tool (a shell, an HTTP client) lets an agent use any token that it finds.
    `session` says how the sessions behave that are open at it; None: as what opened them says.
    """

    name: str
    operations: Mapping[str, Operation] = field(default_factory=dict)
    runs_as: str = ""
    general_purpose: bool = False
    session: SessionTerms | None = None
    note: str = ""
