"""How often the design that the other runs give denies the calls of a run that it was not made from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from simkit.impacts.grant_design import TASK_SCOPES, CallAnswer, GrantDesign
from simkit.model import Model, Need, ObservedRun, Response, Task
from simkit.policies import GrantPolicy

MOST_LEFT_OUT = 2000
"""So many runs are left out one by one; of more, the first."""
Key = tuple[str, str]
"""An operation and its target, empty where it is not known."""


def wanted(run: ObservedRun) -> frozenset[Key]:
    """What a run called and was not denied."""
    return frozenset((call.operation, call.target) for call in run.calls if call.outcome != "denied")


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Scopes made of runs: for each task what its runs called, and how many of them did.

    The design without one run is that of all the others, under the same policy. Only the scopes change; what a task is
    entitled to stays.
    """

    model: Model
    response: Response
    policy: GrantPolicy
    used: dict[str, Counter[Key]]
    _designs: dict[tuple[str, frozenset[Key]], GrantDesign] = field(default_factory=dict)

    @classmethod
    def of(cls, model: Model, response: Response, policy: GrantPolicy, runs: Iterable[ObservedRun]) -> LeftOut:
        """What `runs` of declared tasks used."""
        used: dict[str, Counter[Key]] = {}
        for run in runs:
            if run.task in model.tasks:
                used.setdefault(run.task, Counter()).update(wanted(run))
        return cls(model, response, policy, used)

    def answers(self, run: ObservedRun) -> tuple[CallAnswer, ...] | None:
        """What the design of the other runs says of each call of `run`; None where no scope follows its task."""
        task = self.model.tasks.get(run.task)
        if task is None or self.policy.governing(self.model.identities[task.identity]).scope not in TASK_SCOPES:
            return None
        return self._design(task, wanted(run)).answers(run)

    def _design(self, task: Task, own: frozenset[Key]) -> GrantDesign:
        alone = frozenset(key for key in own if self.used[task.name][key] == 1)
        if (task.name, alone) not in self._designs:
            made = replace(task, needs=tuple(_needs(self.used[task.name].keys() - alone)))
            model = replace(self.model, tasks={task.name: made})
            self._designs[task.name, alone] = GrantDesign.of(model, self.response, self.policy)
        return self._designs[task.name, alone]


def _needs(keys: Iterable[Key]) -> Iterator[Need]:
    yield from (Need(operation, (target,) if target else ()) for operation, target in sorted(keys))
