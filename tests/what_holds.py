"""What the laws compare: when each sample first reached each harm, what the worst case reaches, and how they bound each
other."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from simkit.attackgraph import AttackGraph, Fact
from simkit.engines.reach import reach, worst_cases
from simkit.engines.replay import replay
from simkit.scenario import Scenario
from simkit.simulation import Attack, compile_attack

HARM = ("lost", "deleted", "reached", "runs_in")
"""What is called the same before and after; sessions and tokens change their names where policies cut otherwise."""
WITHOUT_END = 1000
"""As good as no bound on role juggling, so that replay is monotone: no drawn world gains by more. Where answers come at
once, roles that renew each other never stop."""
SAMPLES = 24


def reached(attack: Attack, entry: str, kinds: tuple[str, ...] = HARM) -> list[dict[Fact, int]]:
    """For each sample when it first reached each harm."""
    outcomes = replay(attack.graph, entry, seed=11, trials=SAMPLES, threads=1, extensions=WITHOUT_END)
    columns = [(number, fact) for number, fact in enumerate(attack.graph.facts) if fact.kind in kinds]
    return [{fact: int(row[number]) for number, fact in columns if row[number] >= 0} for row in outcomes.first]


def never_adds(wide: Attack, narrow: Attack) -> None:
    for entry in wide.scenario.entry_points:
        for before, after in zip(reached(wide, entry), reached(narrow, entry), strict=True):
            assert after.keys() <= before.keys()


def worst(attack: Attack, name: str) -> set[Fact]:
    """The harm that some variant of the entry point reaches, chances and time ignored."""
    entry = attack.graph.entry(name)
    starts = [entry.roots(variant) for variant in range(len(entry.names))] or [[]]
    held = worst_cases(attack.graph, starts, threads=1).any(axis=0)
    return {fact for number, fact in enumerate(attack.graph.facts) if fact.kind in HARM and held[number]}


def replay_is_within_reach_within_the_worst_case(scenario: Scenario) -> None:
    graph = compile_attack(scenario).graph
    each_bounds_the_next(graph, graph.entries, SAMPLES)


def each_bounds_the_next(graph: AttackGraph, entries: Iterable[str], trials: int) -> None:
    """Replay reaches no more than reach, and reach no more than the worst case, sample by sample."""
    for name in entries:
        entry = graph.entry(name)
        outcomes = replay(graph, name, seed=3, trials=trials, threads=1)
        ever = reach(graph, name, seed=3, trials=trials, threads=1)
        starts = [entry.roots(variant) for variant in range(len(entry.names))] or [[]]
        bound = worst_cases(graph, starts, threads=1)
        assert not np.any((outcomes.first >= 0) & ~ever)
        assert not np.any(ever & ~bound[outcomes.variant])
