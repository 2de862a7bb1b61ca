"""What every row of the table of reach engines must do: give the bits of the reference."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simkit.attackgraph import AttackGraph
from simkit.engines import reference
from simkit.engines.registry import ReachEngine

SAMPLES = 9


def facts(row: NDArray[np.bool_]) -> set[int]:
    return set(np.flatnonzero(row).tolist())


def starts_of(graph: AttackGraph) -> list[list[int]]:
    """The first steps of each variant of the entry, and a start from nothing."""
    entry = graph.entry("entry")
    return [*(entry.roots(variant) for variant in range(len(entry.names))), []]


def reach_equals_the_reference(engine: ReachEngine, graph: AttackGraph, seed: int) -> None:
    held = engine.reach(graph, "entry", seed=seed, trials=SAMPLES, threads=1)
    assert held.shape == (SAMPLES, len(graph.facts))
    for row in range(SAMPLES):
        assert facts(held[row]) == reference.reach(graph, graph.entry("entry"), seed=seed, sample=row)


def worst_case_equals_the_reference(engine: ReachEngine, graph: AttackGraph) -> None:
    starts = starts_of(graph)
    without = [[step] for step in range(len(starts))]
    held = engine.worst_cases(graph, starts, threads=1)
    narrowed = engine.worst_cases(graph, starts, without=without, threads=1)
    for row, start in enumerate(starts):
        assert facts(held[row]) == reference.worst_case(graph, start)
        assert facts(narrowed[row]) == reference.worst_case(graph, start, without=frozenset(without[row]))


def only_the_columns_asked_for_are_kept(engine: ReachEngine, graph: AttackGraph, seed: int) -> None:
    chosen = list(range(len(graph.facts)))[::-2]
    whole = engine.reach(graph, "entry", seed=seed, trials=SAMPLES)
    assert np.array_equal(engine.reach(graph, "entry", seed=seed, trials=SAMPLES, facts=chosen), whole[:, chosen])
    worst = engine.worst_cases(graph, starts_of(graph))
    assert np.array_equal(engine.worst_cases(graph, starts_of(graph), facts=chosen), worst[:, chosen])
