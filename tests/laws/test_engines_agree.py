"""The compiled engines equal the reference, sample by sample, on generated graphs.

The engines of a table share a contract; that of a GPU is held to it in tests/engines/test_cuda.py.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from generated_graphs import graphs
from hypothesis import given, settings
from hypothesis import strategies as st
from reach_contract import (
    SAMPLES,
    only_the_columns_asked_for_are_kept,
    reach_equals_the_reference,
    worst_case_equals_the_reference,
)
from replay_contract import only_the_columns_asked_for_are_in_the_outcomes, replay_equals_the_reference

from simkit.attackgraph import AttackGraph
from simkit.engines import parameters
from simkit.engines.outcomes import Outcomes
from simkit.engines.registry import reach_engine, replay_engine
from simkit.engines.replay import replay, replays

CPU, REPLAY = reach_engine("cpu"), replay_engine("cpu")
seeds = st.integers(0, 2**64 - 1)


def samples_come_part_by_part(graph: AttackGraph, seed: int, offset: int) -> None:
    whole = replay(graph, "entry", seed=seed, trials=SAMPLES, offset=offset, threads=1)
    parts = list(replays(graph, "entry", seed=seed, trials=SAMPLES, offset=offset, at_once=4, threads=1))
    assert [len(part) for part in parts] == [4, 4, 1]
    joined = Outcomes.joined(parts)
    assert np.array_equal(joined.first, whole.first)
    assert np.array_equal(joined.by, whole.by)


def looking_ahead_changes_nothing(graph: AttackGraph, seed: int, offset: int) -> None:
    """A replay looks ahead on large graphs only; here it is made to think that this one is large."""
    near = replay(graph, "entry", seed=seed, trials=SAMPLES, offset=offset, threads=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parameters, "NEAR", 0)
        far = replay(replace(graph), "entry", seed=seed, trials=SAMPLES, offset=offset, threads=1)
    assert np.array_equal(far.first, near.first)
    assert np.array_equal(far.by, near.by)
    assert np.array_equal(far.contained, near.contained)


def all_equal(graph: AttackGraph, seed: int, offset: int) -> None:
    replay_equals_the_reference(REPLAY, graph, seed, offset)
    only_the_columns_asked_for_are_in_the_outcomes(REPLAY, graph, seed, offset)
    samples_come_part_by_part(graph, seed, offset)
    looking_ahead_changes_nothing(graph, seed, offset)
    reach_equals_the_reference(CPU, graph, seed)
    worst_case_equals_the_reference(CPU, graph)
    only_the_columns_asked_for_are_kept(CPU, graph, seed)


@given(graphs, seeds, st.sampled_from((0, 1, 1000)))
@settings(max_examples=200)
def test_engines_agree(graph: AttackGraph, seed: int, offset: int) -> None:
    all_equal(graph, seed, offset)


@pytest.mark.slow
@given(graphs, seeds, st.sampled_from((0, 1, 1000)))
@settings(max_examples=2500)
def test_engines_agree_on_many_more_graphs(graph: AttackGraph, seed: int, offset: int) -> None:
    all_equal(graph, seed, offset)
