"""The same attack by somebody who tries once, and by somebody who tries each time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np

from simkit.attackgraph import Step
from simkit.blast_radius import BlastRadius, Interval
from simkit.engines.reach import worst_cases
from simkit.execution.executors import ExecutorLike
from simkit.model import TRIES
from simkit.scenario import Scenario, checked_scenario
from simkit.simulation import PolicyLike, simulate
from simkit.table import Table, duration, format_number, percent
from simkit.techniques.retries import tried_again


@dataclass(frozen=True, eq=False)
class Persistence:
    """A blast radius of one try, `once`, and that of the same attack tried `each_time`: same seed, same fates.

    With alerts off a sample of the first reaches no more than the same sample of the second.
    """

    once: BlastRadius
    each_time: BlastRadius

    def __repr__(self) -> str:
        return f"Persistence({self.each_time.provenance.entry_point}: {self._said})"

    @property
    def _said(self) -> str:
        """What both come to."""
        one, other = self.once, self.each_time
        if one.legend.value:
            values = (format_number(each.value_lost().estimate) for each in (one, other))
            return "{} of value lost on average by one try, {} by trying each time".format(*values)
        shares = (percent(each.goals_reached()) for each in (one, other))
        return "{} of the goals reached by one try, {} by trying each time".format(*shares)

    @property
    def summary(self) -> str:
        """What is lost by who tries each time, and what one try would lose."""
        return f"{self.each_time.summary} {self._said.capitalize()}."

    def table(self) -> Table:
        """A row for the value lost, if there is any, one for each goal, and one for the containment."""
        rows: list[tuple[str, ...]] = []
        if self.once.legend.value:
            rows.append(("value lost, mean", *(_value(each.value_lost()) for each in self._both)))
        for goal in self.once.legend.goals:
            rows.append((goal, *(_goal(each, goal) for each in self._both)))
        rows.append(("contained", *(_share(each.contained()) for each in self._both)))
        note = "each time: in every run of a task, and for a refused call as often as `retry` says; same seed"
        return Table(("measure", "one try", "each time"), rows, title="tried once, and tried each time", note=note)

    @property
    def _both(self) -> tuple[BlastRadius, BlastRadius]:
        return self.once, self.each_time

    def tables(self) -> list[Table]:
        """Both side by side, then all tables of who tries each time."""
        return [self.table(), *self.each_time.tables()]

    def to_dict(self) -> dict[str, object]:
        """What is lost by who tries each time, and under `one_try` what one try loses, as plain data."""
        return {**self.each_time.to_dict(), "one_try": self.once.to_dict()}

    def _repr_html_(self) -> str:
        return "".join(table.html() for table in self.tables())


def persist(
    scenario: Scenario,
    policy: PolicyLike = None,
    *,
    entry_point: str | None = None,
    trials: int = 1000,
    seed: int = 0,
    threads: int | None = None,
    executor: ExecutorLike = None,
) -> Persistence:
    """Replay the attack as tried once and as tried each time, whatever the file says of its attacker.

    Raises as `simulate`.

    >>> import simkit
    >>> found = simkit.persist(simkit.load("scenarios/starter.yaml"), entry_point="poisoned-ticket", trials=200)
    >>> found.once.value_lost().estimate < found.each_time.value_lost().estimate
    True
    """
    once, each_time = (
        simulate(
            tried(scenario, how),
            policy,
            entry_point=entry_point,
            trials=trials,
            seed=seed,
            threads=threads,
            executor=executor,
        )
        for how in TRIES
    )
    return Persistence(once, each_time)


def persistence_of(result: BlastRadius, scenario: Scenario, *, threads: int | None = None) -> Persistence | None:
    """`result`, one of `scenario`, beside the same with the attacker's other way to try; None where that changes
    nothing, because no step to which its entry point leads may fail and could be taken later."""
    if next(tried_again(scenario.attacker, _in_reach(result)), None) is None:
        return None
    asked, each_time = result.provenance, scenario.attacker.persists
    other = simulate(
        tried(scenario, "once" if each_time else "each-time"),
        asked.policy,
        entry_point=asked.entry_point,
        trials=asked.trials,
        seed=asked.seed,
        threads=threads,
    )
    return Persistence(other, result) if each_time else Persistence(result, other)


def _in_reach(result: BlastRadius) -> Iterator[Step]:
    """The steps to which the entry point of `result` leads, chances and time ignored."""
    graph = result.graph
    starts = graph.entry(result.provenance.entry_point).starts
    held = np.asarray(worst_cases(graph, starts).any(axis=0))
    return (graph.steps[number] for number in dict.fromkeys(chain(*starts, graph.met_by(held))))


def tried(scenario: Scenario, how: str) -> Scenario:
    """`scenario` with an attacker who tries `once`, or `each-time`."""
    return replace(checked_scenario(scenario), attacker=replace(scenario.attacker, tries=how))


def _value(interval: Interval) -> str:
    return f"{format_number(interval.estimate)} [{format_number(interval.low)}, {format_number(interval.high)}]"


def _share(interval: Interval) -> str:
    return f"{percent(interval.estimate)} [{percent(interval.low)}, {percent(interval.high)}]"


def _goal(result: BlastRadius, goal: str) -> str:
    time = result.time_to(goal)
    return _share(result.chance(goal)) + (f", after {duration(time.estimate)}" if time.trials else "")
