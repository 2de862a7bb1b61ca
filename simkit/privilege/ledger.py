"""The books: every grant against every declared need and every observed use."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from simkit.blast_radius import Provenance, intervals
from simkit.entitlements import Grant, Resolver
from simkit.model import STATE_CHANGING, Model, ObservedRun, Task
from simkit.policies import GrantPolicy, Sessions, sessions
from simkit.privilege.observed_uses import ObservedUses
from simkit.privilege.privilege import Beyond, GrantUse, OverPrivilege
from simkit.privilege.window import Window
from simkit.scenario import Scenario, checked_scenario


def over_privilege(scenario: Scenario, policy: str | GrantPolicy | None = None) -> OverPrivilege:
    """What each identity is granted, against what its declared tasks need and what the observed runs used.

    A grant is needed if it covers a need of a task of its identity, or of a task that calls a tool which runs as its
    identity. Grants are those of roles and direct entitlements, whatever the policy; `policy` (None: the one in force)
    says what a task's session holds of them. Raises PolicyError for an unknown policy.
    """
    chosen = checked_scenario(scenario).grant_policy(policy)
    return _Ledger(scenario, sessions(scenario.model, chosen)).close()


@dataclass(slots=True)
class _Ledger:
    """Works out an OverPrivilege."""

    scenario: Scenario
    cut: Sessions
    resolver: Resolver = field(init=False)
    workers: dict[str, list[Task]] = field(init=False)
    uses: ObservedUses = field(init=False)
    by_task: dict[str, list[ObservedRun]] = field(init=False)
    by_identity: dict[str, list[ObservedRun]] = field(init=False)

    def __post_init__(self) -> None:
        self.resolver = self.cut.resolver
        self.uses = ObservedUses(self.model, self.scenario.observed)
        self.by_task, self.by_identity = {}, {}
        for run in self.scenario.observed:
            if run.task:
                self.by_task.setdefault(run.task, []).append(run)
            else:
                self.by_identity.setdefault(run.identity, []).append(run)
        self.workers = {name: list(self._works_as(name)) for name in self.model.identities}

    @property
    def model(self) -> Model:
        return self.scenario.model

    def _works_as(self, identity: str) -> Iterator[Task]:
        """The tasks of `identity`, and those that call a tool which runs as it."""
        called = {full for full, tool, _ in self.model.operations() if tool.runs_as == identity}
        for task in self.model.tasks.values():
            if identity in (task.identity, task.on_behalf_of) or any(need.operation in called for need in task.needs):
                yield task

    def close(self) -> OverPrivilege:
        from simkit import __version__

        scenario = self.scenario
        granted = {name: self.cut.entitled[name] for name in self.model.identities if self.cut.entitled[name]}
        return OverPrivilege(
            grants=tuple(use for name in granted for use in self._uses(name, granted[name])),
            windows={name: self._window(self.workers[name], name) for name in granted},
            sizes=dict(self._sizes()),
            beyond=tuple(self._beyond()),
            window=self._window(self.model.tasks.values()),
            provenance=Provenance(
                scenario.name, scenario.digest, self.cut.policy.name, "(none)", 0, 0, "none", __version__
            ),
        )

    def _window(self, tasks: Iterable[Task], identity: str = "") -> Window:
        """What was observed of `tasks`, and of `identity` where a run is of no task; of everybody, if empty."""
        mine = {task.name: task for task in tasks}
        runs = self._runs(mine, identity) if identity else list(self.scenario.observed)
        rate = math.fsum(task.rate for task in mine.values())
        seen = {run.task for run in runs}
        return Window(
            runs=len(runs),
            good=sum(run.success for run in runs),
            tasks=tuple(mine),
            unseen=tuple(name for name in mine if name not in seen) if runs else (),
            lasting=len(runs) / rate if rate else math.inf,
            recorded=_recorded(runs),
            summed=max((run.over for run in runs if run.over), default=0.0) if identity else 0.0,
        )

    def _runs(self, tasks: Iterable[str], identity: str) -> list[ObservedRun]:
        """The observed runs of `tasks`, and those of `identity` that are of no task."""
        found = [run for task in tasks for run in self.by_task.get(task, ())]
        return found + self.by_identity.get(identity, [])

    def _uses(self, identity: str, granted: Iterable[Grant]) -> Iterator[GrantUse]:
        mine = dict.fromkeys(granted)
        needed = self._needed(identity, mine)
        of_operation: dict[str, dict[Grant, None]] = {}
        for grant in mine:
            of_operation.setdefault(grant[0], {})[grant] = None
        runs = self._runs([task.name for task in self.workers[identity]], identity)
        uses = self.uses.of(
            identity, runs, lambda operation, target: self._covering(operation, target, of_operation.get(operation, {}))
        )
        summed = any(run.over for run in runs)
        for operation, target in granted:
            writes = self.model.operation(operation).effect in STATE_CHANGING
            tasks = tuple(needed.get((operation, target), ()))
            seen = uses.of((operation, target))
            yield GrantUse(identity, operation, target, writes, tasks, *seen, len(runs), summed)

    def _needed(self, identity: str, granted: Collection[Grant]) -> dict[Grant, dict[str, None]]:
        """For each grant the tasks that need it."""
        found: dict[Grant, dict[str, None]] = {}
        for task in self.workers[identity]:
            for operation, target in self._calls(task, identity):
                for grant in self._covering(operation, target, granted):
                    found.setdefault(grant, {})[task.name] = None
        return found

    def _calls(self, task: Task, identity: str) -> Iterator[Grant]:
        """What `task` needs `identity` to be entitled to."""
        for operation, target in self.resolver.needs(task.needs):
            tool = self.model.tools[operation.partition(".")[0]]
            if identity in (task.entitled_as, tool.runs_as):
                yield operation, target

    def _covering(self, operation: str, target: str, granted: Collection[Grant]) -> list[Grant]:
        """The grant on `target` itself, else those on what contains it."""
        if (operation, target) in granted:
            return [(operation, target)]
        of_it = (grant for grant in granted if grant[0] == operation and grant[1] in self.model.resources)
        return [grant for grant in of_it if target in self.model.within(grant[1])]

    def _sizes(self) -> Iterator[tuple[str, tuple[float, float, float, float]]]:
        for name in self.model.identities:
            rows = [self._size(task) for task in self.model.tasks.values() if task.identity == name]
            if rows:
                held, needed, writes, needed_writes = (
                    math.fsum(row[at] for row in rows) / len(rows) for at in range(4)
                )
                yield name, (held, needed, writes, needed_writes)

    def _size(self, task: Task) -> tuple[int, int, int, int]:
        """How many grants the session of `task` holds and it needs, then the same of writes."""
        session = self.cut.serving(task)
        held = set(session.grants) if session else set()
        needed = {grant for call in self.resolver.needs(task.needs) for grant in self._covering(*call, held)}
        return len(held), len(needed), self._writes(held), self._writes(needed)

    def _writes(self, grants: Iterable[Grant]) -> int:
        return sum(self.model.operation(operation).effect in STATE_CHANGING for operation, _ in grants)

    def _beyond(self) -> Iterator[Beyond]:
        good = [run for run in self.scenario.observed if run.success]
        found = Counter(operation for run in good for operation in self._undeclared(run))
        for operation, runs in sorted(found.items(), key=lambda item: (-item[1], item[0])):
            yield Beyond(operation, self.model.operation(operation).effect, runs, intervals.wilson(runs, len(good)))

    def _undeclared(self, run: ObservedRun) -> set[str]:
        """What `run` called that its task does not declare."""
        if not run.task:
            return set()
        declared = {operation for operation, _ in self.resolver.needs(self.model.tasks[run.task].needs)}
        return set(run.used) - declared


def _recorded(runs: Iterable[ObservedRun]) -> float | None:
    """Seconds from the first call to the last; None where not every run says when it called something."""
    times = [[call.time for call in run.calls] for run in runs]
    known = [time for each in times for time in each if time is not None]
    if not known or not all(each and None not in each for each in times):
        return None
    return max(known) - min(known)
