"""How the attack starts, and who responds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from simkit.distributions import DAY, Distribution, Exponential, Fixed, Lognormal
from simkit.model.approval_rule import ApprovalRule


@dataclass(frozen=True, slots=True)
class EntryPoint:
    """How the attack starts.

    `kind` and `target`: `leak` of a credential, `poison` of a resource (or, with `task`, of what that task reads,
    with `operation`, of what its calls return), `compromise` of an identity (or, with `tool`, of a tool), `mistake`
    of an agent (at one of its tasks, with `task`). `delay` passes between time 0 and the attacker's first use.
    `per_year` is how often somebody tries it, on average; None where nobody says.
    """

    name: str
    kind: Literal["leak", "poison", "compromise", "mistake"]
    target: str = ""
    task: str = ""
    operation: str = ""
    tool: str = ""
    delay: Distribution = field(default_factory=lambda: Fixed(0.0))
    note: str = ""
    per_year: float | None = None


@dataclass(frozen=True, slots=True)
class Detection:
    """The chance in [0, 1] that an event raises an alert, and how long after it."""

    chance: float
    delay: Distribution = field(default_factory=lambda: Fixed(0.0))


RESPONSE_ACTIONS: Mapping[str, str] = {
    "revoke-secret": "credentials",
    "disable": "identities",
    "delete": "identities",
    "remove-entitlement": "identities",
    "terminate-sessions": "identities",
    "clean-content": "resources",
    "evict-code": "identities",
}
"""What responders can do, and what kind of thing each action is done to."""
MAY_MISS = ("revoke-secret", "terminate-sessions", "clean-content", "evict-code")
"""The actions that are done to one thing after the other, so that one may be missed."""


@dataclass(frozen=True, slots=True)
class ResponseAction:
    """One thing that responders do about what they know.

    `delay` passes between known and done; None: as the response dial says. `chance` is that of each thing not to be
    missed; None: `completeness`, and 1 for sessions. `of` names the things that it is done to; empty: all.
    """

    kind: str
    delay: Distribution | None = None
    chance: float | None = None
    of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Responder:
    """Somebody who responds to what befalls what they govern, in their own way, whatever the response dial.

    `governs` names identities (with their secrets, sessions and runtimes) and resources (with what was planted there).
    `delay` passes between known and done; None: the remediation lag. `actions` are what they do; empty: those of the
    response, else to revoke secrets.
    """

    name: str
    governs: tuple[str, ...]
    delay: Distribution | None = None
    actions: tuple[ResponseAction, ...] = ()


@dataclass(frozen=True, slots=True)
class Response:
    """The defender.

    `detection` is by event (a rule of attack), by class of events, or `any`; the most specific entry counts, none means
    that no alert is raised. Defaults and their sources: `remediation_lag` has the mean of 27 days that 1,000 IT
    decision makers reported (GitGuardian and CyberArk, 2024); `delay` of an automatic response is 3.5 minutes
    (Sysdig, 2025); `rubber_stamp` is the 93 % of permission prompts that users accept (Anthropic, 2026).
    `rotation_period`, `completeness`, `approval_delay` and `miss_rate` are assumptions: no measured distribution was
    found. `actions` are what responders do under every policy; empty: they revoke secrets, and an automatic response
    disables accounts too. `propagation` (seconds) passes until an action on a secret or session holds everywhere.
    `approvals` say how operations are approved where something asks for it; those of which none does need one person.
    `responders` are those who respond in their own way to what they govern, and `forgets` names credentials that nobody
    ever deals with.
    """

    detection: Mapping[str, Detection] = field(default_factory=dict)
    delay: Distribution = field(default_factory=lambda: Fixed(210.0))
    remediation_lag: Distribution = field(default_factory=lambda: Exponential(27 * DAY))
    rotation_period: float = 30 * DAY
    completeness: float = 0.95
    approval_delay: Distribution = field(default_factory=lambda: Lognormal(40 * 60.0, 1.0))
    rubber_stamp: float = 0.93
    miss_rate: float = 0.1
    actions: tuple[ResponseAction, ...] = ()
    propagation: float = 0.0
    responders: Mapping[str, Responder] = field(default_factory=dict)
    forgets: tuple[str, ...] = ()
    approvals: Mapping[str, ApprovalRule] = field(default_factory=dict)

    def noticed(self, event: str, of_class: str) -> Detection | None:
        """The detection that counts for `event` of a class of events, or None where no alert is raised."""
        for key in (event, of_class, "any"):
            if key in self.detection:
                return self.detection[key]
        return None
