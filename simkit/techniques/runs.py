"""Runs of tasks: what the attacker has of a session in one of them ends with it, and comes again with the next."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from operator import attrgetter

from simkit.attackgraph import Conclusion, Fact
from simkit.distributions import Distribution, Fixed
from simkit.model import Task
from simkit.techniques.world import World


@dataclass(frozen=True, slots=True)
class TaskRuns:
    """How long runs last. `bound` is for each session how long the tokens live that its tasks use, in seconds."""

    world: World
    bound: Mapping[str, float]

    @classmethod
    def of(cls, world: World) -> TaskRuns:
        """The runs of all tasks in `world`."""
        bound: dict[str, float] = {}
        for token in world.tokens(world.model.credentials):
            ttl = math.inf if token.ttl is None or token.run else token.ttl
            for session in token.sessions:
                bound[session] = max(bound.get(session, 0.0), ttl)
        return cls(world, bound)

    def run(self, fact: Fact, *tasks: Task) -> Conclusion:
        """`fact` as long as a run of the longest of `tasks`, at the latest as long as a token of its session lives."""
        life: Distribution = max((task.duration for task in tasks), key=attrgetter("mean"))
        session = self.world.contexts.whole.get(fact.subject, fact.subject)
        lasts = self._lasts(session)
        if not isinstance(life, Fixed):
            return Conclusion(fact, life if life.mean <= lasts else lasts, run=True)
        return Conclusion(fact, min(life.seconds, lasts, self.bound.get(session, math.inf)), run=True)

    def _lasts(self, session: str) -> float:
        """Seconds for which the roles of `session` are active that are active for a time."""
        reached = self.world.all_sessions.get(session)
        return math.inf if reached is None or reached.session.lasts is None else reached.session.lasts

    def invoked(self, fact: Fact, session: str) -> Conclusion:
        """`fact` as long as an invoked agent's run in `session`: of its longest task, or, where it has none, as long as
        the run that invokes it."""
        tasks = [self.world.model.tasks[name] for name in self.world.all_sessions[session].session.tasks]
        return self.run(fact, *tasks) if tasks else Conclusion(fact)
