"""By whom an operation is approved, and where nobody is asked: the rules of a response, worked out for sessions."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from simkit.distributions import Distribution, KthOf
from simkit.entitlements import Grant
from simkit.model import ApprovalRule, Identity, Response, environments
from simkit.model.references import globbed_or_named
from simkit.policies.sessions import Session, Sessions


class Consent(NamedTuple):
    """What comes of asking: the chance that it is approved, how long that takes, and how many people are asked."""

    chance: float
    delay: Distribution
    people: int = 1


@dataclass(frozen=True, slots=True)
class ApprovalRules:
    """The rules of approval by the operation that they cover, with what comes of asking under each."""

    sessions: Sessions
    response: Response
    by_operation: Mapping[str, ApprovalRule]
    homes: Mapping[str, str]

    @classmethod
    def of(cls, sessions: Sessions, response: Response) -> ApprovalRules | None:
        """The rules of `response`; None where it has none, so that every approval needs one person."""
        if not response.approvals:
            return None
        operations = [full for full, _, _ in sessions.model.operations()]
        covered = {
            name: rule
            for rule in response.approvals.values()
            for pattern in rule.covers or ("*",)
            for name in globbed_or_named(pattern, operations)
        }
        return cls(sessions, response, covered, environments(sessions.model))

    def rule(self, operation: str) -> str:
        """The name of the rule that covers `operation`; empty for none."""
        found = self.by_operation.get(operation)
        return found.name if found else ""

    def spare(self, session: Session, grant: Grant, gained: str = "") -> bool:
        """True if nobody is asked when `session` uses `grant`, which it has through the role `gained` in the attack, or
        from the start.

        An exempt role counts if it gives the grant to one of those whose entitlements the session uses; a task if it
        runs in the session, among others perhaps.
        """
        rule = self.by_operation.get(grant[0])
        if rule is None or not (rule.exempt or rule.off_in):
            return False
        if not set(rule.off_in).isdisjoint((*session.tasks, *self._places(session, grant))):
            return True
        return gained in rule.exempt if gained else any(self._gives(role, session, grant) for role in rule.exempt)

    def _gives(self, role: str, session: Session, grant: Grant) -> bool:
        people = (self.sessions.model.identities[name] for name in session.entitled_as)
        if not any(role in each.roles for each in people):
            return False
        resolver = self.sessions.resolver
        return resolver.cover(grant, resolver.entitled(self.sessions.model.roles[role].entitlements)) is not None

    def _places(self, session: Session, grant: Grant) -> set[str]:
        """The environment of what is done something to; where that has none, those of who does it."""
        model, (operation, target) = self.sessions.model, grant
        what = model.targets_of(model.operation(operation))[target] if target else None
        place = what.environment if isinstance(what, Identity) else self.homes.get(target, "")
        return {place} if place else {model.identities[name].environment for name in session.identities}


def consent(response: Response, rule: str = "") -> Consent:
    """What comes of asking under the rule of `response` called `rule` (empty: one person).

    Each of n people judges alone, and waves through as often as one does; k of them must agree, and the k-th answer is
    waited for. Who is shown something else than what is done agrees.
    """
    if not rule:
        return Consent(response.rubber_stamp, response.approval_delay)
    made = response.approvals[rule]
    k, n, each = made.of.k, made.of.n, response.rubber_stamp
    agreed = math.fsum(math.comb(n, i) * each**i * (1 - each) ** (n - i) for i in range(k, n + 1))
    delay = response.approval_delay if n == 1 else KthOf(response.approval_delay, k, n)
    return Consent(1.0 if made.blind else agreed if n > 1 else each, delay, n)
