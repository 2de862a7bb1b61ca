"""The engine for a GPU in numba's CUDA simulator: run by test_cuda.py, in a process that has the simulator on.

The simulator runs the kernels as Python, thread by thread, which is slow: few examples, and small ones.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from examples_drawn import examples
from generated_graphs import graphs
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from numba import config
from reach_contract import (
    only_the_columns_asked_for_are_kept,
    reach_equals_the_reference,
    starts_of,
    worst_case_equals_the_reference,
)

from simkit.attackgraph import AttackGraph
from simkit.engines import cuda
from simkit.engines.registry import reach_engine
from simkit.scenario import load
from simkit.simulation import compile_attack, rank

CPU, CUDA = reach_engine("cpu"), reach_engine("cuda")
STARTER = load(Path(__file__).parents[2] / "scenarios" / "starter.yaml")
SLOW = settings(examples(40), suppress_health_check=[HealthCheck.too_slow], phases=[Phase.generate])
"""A failing example is shown as it is: making it smaller would take minutes."""
seeds = st.integers(0, 2**64 - 1)


def test_this_is_the_simulator() -> None:
    assert config.ENABLE_CUDASIM
    assert CUDA is cuda


@given(graphs, seeds)
@SLOW
def test_reach_equals_the_reference(graph: AttackGraph, seed: int) -> None:
    reach_equals_the_reference(CUDA, graph, seed)


@given(graphs)
@SLOW
def test_the_worst_case_equals_the_reference(graph: AttackGraph) -> None:
    worst_case_equals_the_reference(CUDA, graph)


@given(graphs, seeds)
@settings(SLOW, max_examples=5)
def test_only_the_columns_asked_for_are_kept(graph: AttackGraph, seed: int) -> None:
    only_the_columns_asked_for_are_kept(CUDA, graph, seed)


@pytest.mark.parametrize("memory", [1, cuda.MEMORY], ids=["in two lots", "in one"])
@given(graphs, seeds)
@settings(SLOW, max_examples=3)
def test_lanes_past_one_block_are_those_of_the_other_engine(memory: int, graph: AttackGraph, seed: int) -> None:
    """Nine words: two blocks of slots, together on the device or one after the other."""
    slots = 515
    starts = [starts_of(graph)[slot % len(starts_of(graph))] for slot in range(slots)]
    without = [[slot % len(graph.steps)] for slot in range(slots)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cuda, "MEMORY", memory)
        for how in ({}, {"without": without}):
            assert np.array_equal(CUDA.worst_cases(graph, starts, **how), CPU.worst_cases(graph, starts, **how))
        sampled = [engine.reach(graph, "entry", seed=seed, trials=slots) for engine in (CUDA, CPU)]
    assert np.array_equal(*sampled)


@pytest.mark.parametrize("entry", list(STARTER.entry_points))
def test_a_scenario_is_reached_as_by_the_other_engine(entry: str) -> None:
    graph = compile_attack(STARTER, "task-scoped").graph
    sampled = [engine.reach(graph, entry, seed=7, trials=30) for engine in (CUDA, CPU)]
    assert sampled[0].any()
    assert np.array_equal(*sampled)


def test_a_ranking_is_the_same_on_either_engine_here_and_on_a_worker() -> None:
    expected = rank(STARTER, "rbac", engine="cpu")
    assert rank(STARTER, "rbac", engine="cuda") == expected
    with ThreadPoolExecutor(1) as pool:
        assert rank(STARTER, "rbac", engine="cuda", executor=pool) == expected
