"""The compiled engines equal the reference, sample by sample, on generated graphs."""

from __future__ import annotations

import numpy as np
import pytest
from generated_graphs import graphs
from hypothesis import given, settings
from hypothesis import strategies as st

from simkit.attackgraph import AttackGraph
from simkit.engines import reference
from simkit.engines.reach import reach, worst_cases
from simkit.engines.replay import replay

SAMPLES = 9
seeds = st.integers(0, 2**64 - 1)


def replay_equals_the_reference(graph: AttackGraph, seed: int, offset: int) -> None:
    outcomes = replay(graph, "entry", seed=seed, trials=SAMPLES, offset=offset, threads=1)
    for row in range(SAMPLES):
        trace = reference.replay(graph, graph.entry("entry"), seed=seed, sample=offset + row)
        first = {fact: time for fact, time in enumerate(outcomes.first[row].tolist()) if time >= 0}
        by = {fact: step for fact, step in enumerate(outcomes.by[row].tolist()) if step >= 0}
        contained = outcomes.contained[row] if outcomes.contained[row] >= 0 else None
        assert (first, by, contained, outcomes.variant[row]) == (trace.first, trace.by, trace.contained, trace.variant)


def reach_equals_the_reference(graph: AttackGraph, seed: int) -> None:
    held = reach(graph, "entry", seed=seed, trials=SAMPLES, threads=1)
    for row in range(SAMPLES):
        expected = reference.reach(graph, graph.entry("entry"), seed=seed, sample=row)
        assert set(np.flatnonzero(held[row]).tolist()) == expected


def worst_case_equals_the_reference(graph: AttackGraph) -> None:
    entry = graph.entry("entry")
    starts = [entry.roots(variant) for variant in range(len(entry.names))]
    without = [[step] for step in range(len(starts))]
    held = worst_cases(graph, starts, threads=1)
    narrowed = worst_cases(graph, starts, without=without, threads=1)
    for row, start in enumerate(starts):
        assert set(np.flatnonzero(held[row]).tolist()) == reference.worst_case(graph, start)
        left = reference.worst_case(graph, start, without=frozenset(without[row]))
        assert set(np.flatnonzero(narrowed[row]).tolist()) == left


def all_equal(graph: AttackGraph, seed: int, offset: int) -> None:
    replay_equals_the_reference(graph, seed, offset)
    reach_equals_the_reference(graph, seed)
    worst_case_equals_the_reference(graph)


@given(graphs, seeds, st.sampled_from((0, 1, 1000)))
@settings(max_examples=200)
def test_engines_agree(graph: AttackGraph, seed: int, offset: int) -> None:
    all_equal(graph, seed, offset)


@pytest.mark.slow
@given(graphs, seeds, st.sampled_from((0, 1, 1000)))
@settings(max_examples=2500)
def test_engines_agree_on_many_more_graphs(graph: AttackGraph, seed: int, offset: int) -> None:
    all_equal(graph, seed, offset)
