"""When a person is asked before a session does something, and how often that is."""

from __future__ import annotations

import math
from dataclasses import dataclass

from simkit.distributions import DAY, HOUR
from simkit.entitlements import FREELY, Grant, Grants, always
from simkit.model import Need, Task
from simkit.policies.approval_rules import ApprovalRules, consent
from simkit.policies.sessions import Session, Sessions

STANDS_FOR = HOUR
"""Seconds that an approval stands under `asked: time` where the policy does not say (our assumption)."""
FOR_THE_REST = ("session", "time")
"""The settings of `asked` under which one approval stands for what the session does after it."""
IMPACTS = ("", "high-impact")
"""What an approval can be of: of anything, or of high impact, which is one of anything, too."""


@dataclass(frozen=True, slots=True)
class Oversight:
    """What the policy of one session asks a person about.

    `needed` is what the work of the session needs. Under `asked: task` that was asked for with the run, and under
    `session` and `time` all that the session does, if its work asks for anything: `stands` says of which of `IMPACTS`
    something was approved. Whoever uses the session is not asked for that again, so that the doubt is the defender's.
    """

    sessions: Sessions
    session: Session
    needed: Grants
    stands: frozenset[str]

    @classmethod
    def of(cls, sessions: Sessions, session: Session) -> Oversight | None:
        """What a person is asked about in `session`; None where the policy asks nobody."""
        policy = session.policy
        if policy.approves == "none":
            return None
        needs = (
            ()
            if policy.asked == "each-use"
            else (need for t in session.tasks for need in sessions.model.tasks[t].needs)
        )
        needed = dict.fromkeys(sessions.resolver.needs(needs), FREELY)
        asking = cls(sessions, session, needed, frozenset())
        if policy.asked not in FOR_THE_REST:
            return asking
        of = (asking.impacts(operation) for operation, _ in needed if asking.about(operation))
        return cls(sessions, session, needed, frozenset(impact for impacts in of for impact in impacts))

    def about(self, operation: str) -> bool:
        """True if a person is asked about `operation` at all."""
        return self.session.policy.approves == "all" or self.sessions.model.operation(operation).waits_for_approval

    def impacts(self, operation: str) -> tuple[str, ...]:
        """Of which of `IMPACTS` an approval of `operation` is, the one that stands for most last: who let the session
        read lets it not send."""
        return IMPACTS if self.sessions.model.operation(operation).waits_for_approval else IMPACTS[:1]

    def waits(self, grant: Grant) -> tuple[str, ...]:
        """Of which of `IMPACTS` the approval is that a person is asked for when the session uses `grant`; none, if
        the policy asks nobody, or somebody has approved it already."""
        impacts = self.impacts(grant[0])
        if not self.about(grant[0]) or impacts[-1] in self.stands:
            return ()
        asks = self.session.policy.asked != "task" or self.sessions.resolver.cover(grant, self.needed) is None
        return impacts if asks else ()


def asked_a_day(sessions: Sessions, task: Task, rules: ApprovalRules | None = None, *, minutes: bool = False) -> float:
    """How many people the runs of `task` ask a day, or with `minutes` how long they wait for the answers: by the policy
    as often as that says, and for each use that an entitlement lets pass with an approval only; as `rules` say whom."""
    session = sessions.serving(task)
    if session is None:
        return 0.0
    weights = [_weight(sessions, session, need, rules, minutes=minutes) for need in task.needs]
    by_itself = [_by_itself(sessions, session, need) for need in task.needs]
    asking = Oversight.of(sessions, session)
    by_policy = [asking is not None and asking.about(need.operation) for need in task.needs]
    runs = task.rate * DAY
    if asking is None or session.policy.asked == "each-use":
        asked = map(any, zip(by_itself, by_policy, strict=True))
        return runs * sum(weight for weight, asks in zip(weights, asked, strict=True) if asks)
    own = sum(weight for weight, asks in zip(weights, by_itself, strict=True) if asks)
    left = [w for w, policy, asks in zip(weights, by_policy, by_itself, strict=True) if policy and not asks]
    return runs * own + (_once(asking, task) * max(left) if left else 0.0)


def _weight(sessions: Sessions, session: Session, need: Need, rules: ApprovalRules | None, *, minutes: bool) -> float:
    """How many people one approval of `need` asks, or how many minutes it takes; nothing where nobody is asked."""
    if rules is None:
        return 1
    if all(rules.spare(session, grant) for grant in sessions.resolver.grants(need.operation, need.targets)):
        return 0
    found = consent(rules.response, rules.rule(need.operation))
    return found.delay.mean / 60 if minutes else found.people


def _by_itself(sessions: Sessions, session: Session, need: Need) -> bool:
    """True if what covers one of the targets of `need` asks for an approval of each use."""
    resolver = sessions.resolver
    covering = (resolver.cover(grant, session.grants) for grant in resolver.grants(need.operation, need.targets))
    return any(conditions is not None and always("approval", conditions) for conditions in covering)


def _once(asking: Oversight, task: Task) -> float:
    """How often a day `task` asks for what is approved for longer than a use.

    Runs come at random. After an approval that stands for a time d the next is asked d + 1 / rate later; a session of a
    length l asks if a run falls into it, with 1 - exp(-rate x l). Of what several tasks ask for together each has its
    part, by how often it runs. Where no token says how long a session is, each run is one.
    """
    policy, length = asking.session.policy, _length(asking)
    if policy.asked == "task" or not task.rate or length == 0.0:
        return task.rate * DAY
    tasks = (asking.sessions.model.tasks[name] for name in asking.session.tasks)
    rate = math.fsum(each.rate for each in tasks if any(asking.about(need.operation) for need in each.needs))
    if math.isinf(length):
        return 0.0
    if policy.asked == "time":
        return DAY / (length + 1 / rate) * task.rate / rate
    return -math.expm1(-rate * length) * DAY / length * task.rate / rate


def _length(asking: Oversight) -> float:
    """Seconds that one approval stands at most; 0 for no longer than a run."""
    policy, own = asking.session.policy, set(asking.session.identities)
    if policy.asked == "time":
        return STANDS_FOR if policy.approved_for is None else policy.approved_for
    if policy.per_task:
        return 0.0
    tokens = (token for group in asking.sessions.tokens.values() for token in group if token.managed)
    lives = [token.longest for token in tokens if token.identity in own and not token.rate]
    return max((math.inf if life is None else life for life in lives), default=0.0)
