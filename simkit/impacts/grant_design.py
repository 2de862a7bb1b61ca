"""A grant design, asked about real work: is this call allowed, does it ask a person, or is it denied?

The rules are those that attacks meet, asked for a session that nobody attacks: entitlements, denies, boundaries and
limits as `simkit.entitlements` resolves them, conditions and context as `simkit.techniques.use` judges them, approvals
as `simkit.policies.approvals` asks for them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from simkit.entitlements import Grant, always
from simkit.model import Model, ObservedCall, ObservedRun, Response, environments
from simkit.policies import GrantPolicy, Session, Sessions, sessions
from simkit.policies.approvals import Oversight
from simkit.techniques.use import ways
from simkit.techniques.world import ERRS, World

ALLOWED, ASKED, DENIED = "allowed", "asked", "denied"
ANSWERS = (ALLOWED, ASKED, DENIED)
"""What a design can answer, the widest first. An approval is no denial: the work waits, and goes on."""
TASK_SCOPES = frozenset({"task+reads", "task", "task+arguments"})
"""The settings of the scope dial that follow what a task needs."""


class CallAnswer(NamedTuple):
    """What a design says of a call; `each` is true where every such call asks, not the first of a run alone."""

    answer: str
    each: bool = False

    @property
    def width(self) -> int:
        """The smaller, the more is allowed."""
        return ANSWERS.index(self.answer)


REFUSED = CallAnswer(DENIED)


@dataclass(frozen=True, slots=True)
class GrantDesign:
    """A world cut into sessions by a policy. It answers for one call after the other of a run."""

    cut: Sessions
    world: World
    operations: frozenset[str]
    _asking: dict[str, Oversight | None] = field(default_factory=dict)

    @classmethod
    def of(cls, model: Model, response: Response, policy: GrantPolicy) -> GrantDesign:
        """`model` under `policy`."""
        cut = sessions(model, policy, rotation_period=response.rotation_period)
        world = World(cut, response, {}, {}, homes=environments(model))
        return cls(cut, world, frozenset(name for name, _, _ in model.operations()))

    def serving(self, run: ObservedRun) -> tuple[Session, ...] | None:
        """The sessions in which `run` may have its work done: that of its task, or any of its identity's where it is of
        none. None where nobody knows who ran; no session where it has none."""
        model = self.cut.model
        if run.task:
            found = self.cut.serving(model.tasks[run.task]) if run.task in model.tasks else None
            return () if found is None else (found,)
        if not run.identity:
            return None
        return tuple(self.cut.sessions[name] for name in self.cut.by_identity.get(run.identity, ()))

    def answers(self, run: ObservedRun) -> tuple[CallAnswer, ...] | None:
        """What it says of each call of `run`, None where nobody knows who ran. Of several sessions the work is done in
        the one that denies the fewest of its calls."""
        serving = self.serving(run)
        if serving is None:
            return None
        each = (tuple(self.answer(session, call) for call in run.calls) for session in serving)
        return min(each, key=_denials, default=tuple(REFUSED for _ in run.calls))

    def answer(self, session: Session, call: ObservedCall) -> CallAnswer:
        """What `session` may do of `call`; where nobody knows on what it was, on whatever it may most."""
        if call.operation not in self.operations:
            return REFUSED
        grants = self._grants(session, call)
        return min((self.use(session, grant) for grant in grants), key=lambda each: each.width, default=REFUSED)

    def _grants(self, session: Session, call: ObservedCall) -> Iterator[Grant]:
        bare = (call.operation, "")
        if call.target:
            yield call.operation, call.target
            yield from (bare,) if bare in session.grants else ()
        else:
            yield from (grant for grant in session.grants if grant[0] == call.operation)

    def use(self, session: Session, grant: Grant) -> CallAnswer:
        """What `session` may do with `grant`: its operation on its target."""
        conditions = self.cut.resolver.cover(grant, session.grants)
        if conditions is None:
            return REFUSED
        operation = self.cut.model.operation(grant[0])
        what = self.cut.model.targets_of(operation).get(grant[1])
        home = self.world.environment(grant[1], what)
        # an agent that errs is one that nobody attacks: it acts from where it runs, and what it read is not tainted
        found = ways(self.world, session, ERRS, operation.effect, home, conditions=conditions)
        best = max((way.chance for way in found), default=0.0)
        asks = always("approval", conditions)
        if best < 1.0 and best < self.world.response.rubber_stamp:
            return REFUSED
        asking = self._oversight(session)
        if asking is not None and asking.about(grant[0]):
            return CallAnswer(ASKED, asks or session.policy.asked == "each-use")
        return CallAnswer(ASKED, True) if asks or best < 1.0 else CallAnswer(ALLOWED)

    def _oversight(self, session: Session) -> Oversight | None:
        if session.name not in self._asking:
            self._asking[session.name] = Oversight.of(self.cut, session)
        return self._asking[session.name]

    def widths(self, identity: str) -> dict[Grant, int]:
        """How wide each grant is that `identity` has in one of its sessions: the widest of them."""
        found: dict[Grant, int] = {}
        for name in self.cut.by_identity.get(identity, ()):
            session = self.cut.sessions[name]
            for grant in session.grants:
                width = self.use(session, grant).width
                found[grant] = min(width, found.get(grant, width))
        return found


def _denials(answers: Sequence[CallAnswer]) -> int:
    return sum(each.answer == DENIED for each in answers)


def prompts(answers: Sequence[CallAnswer]) -> int:
    """How often a run with these `answers` asks a person: for each call that says so, and once for all others."""
    each = sum(one.answer == ASKED and one.each for one in answers)
    return each + any(one.answer == ASKED and not one.each for one in answers)
