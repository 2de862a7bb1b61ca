"""The compiled engines equal the reference, sample by sample, on generated graphs.

The engines of a table share a contract; that of a GPU is held to it in tests/engines/test_cuda.py. What small graphs
cannot hold (several alerts, responses and runs at one millisecond) larger ones do: these are drawn without hypothesis,
which takes some thirty times as long for each (74 ms beside 2.5 ms), and the seed of one that differs is printed.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from drawn_graphs import drawn_graph
from examples_drawn import examples
from few_steps import alarm, graph, rule
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

from simkit.attackgraph import Action, AttackGraph, Containment, Fact
from simkit.distributions import Fixed
from simkit.engines import parameters, reference
from simkit.engines.outcomes import Outcomes
from simkit.engines.registry import reach_engine, replay_engine
from simkit.engines.replay import replay, replays

CPU, REPLAY = reach_engine("cpu"), replay_engine("cpu")
LARGER, PART, FEW = 50_000, 1_000, 3
"""Larger graphs in all and in one test, and samples of each."""
seeds = st.integers(0, 2**64 - 1)


def samples_come_part_by_part(graph: AttackGraph, seed: int, offset: int) -> None:
    whole = replay(graph, "entry", seed=seed, trials=SAMPLES, offset=offset, threads=1)
    parts = list(replays(graph, "entry", seed=seed, trials=SAMPLES, offset=offset, at_once=4, threads=1))
    assert [len(part) for part in parts] == [4, 4, 1]
    joined = Outcomes.joined(parts)
    assert np.array_equal(joined.first, whole.first)
    assert np.array_equal(joined.by, whole.by)


def looking_ahead_changes_nothing(graph: AttackGraph, seed: int, offset: int) -> None:
    """A replay looks ahead on large graphs only, and leaves out what no entry leads to; here it is made to think that
    this one is large."""
    near = replay(graph, "entry", seed=seed, trials=SAMPLES, offset=offset, threads=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parameters, "NEAR", 0)
        far = replay(replace(graph), "entry", seed=seed, trials=SAMPLES, offset=offset, threads=1)
    assert np.array_equal(far.first, near.first)
    assert np.array_equal(far.by, near.by)
    assert np.array_equal(far.contained, near.contained)


def a_sample_that_ends_early_reached_all_the_same(graph: AttackGraph, seed: int, offset: int) -> None:
    """A sample may end once it reached what it can of the facts that are asked about, here half of them or one, and
    need not begin where it reaches them in any case."""
    whole = replay(graph, "entry", seed=seed, trials=SAMPLES, offset=offset, threads=1)
    half = [fact for fact in range(len(graph.facts)) if (seed >> fact % 64) & 1]
    for kept in (half, [seed % len(graph.facts)]):
        asked = {"seed": seed, "trials": SAMPLES, "offset": offset, "threads": 1, "facts": kept}
        short = replay(graph, "entry", **asked, only_whether=True)
        assert np.array_equal(short.first >= 0, whole.first[:, kept] >= 0)


def all_equal(graph: AttackGraph, seed: int, offset: int) -> None:
    replay_equals_the_reference(REPLAY, graph, seed, offset)
    only_the_columns_asked_for_are_in_the_outcomes(REPLAY, graph, seed, offset)
    samples_come_part_by_part(graph, seed, offset)
    looking_ahead_changes_nothing(graph, seed, offset)
    a_sample_that_ends_early_reached_all_the_same(graph, seed, offset)
    reach_equals_the_reference(CPU, graph, seed)
    worst_case_equals_the_reference(CPU, graph)
    only_the_columns_asked_for_are_kept(CPU, graph, seed)


@given(graphs, seeds, st.sampled_from((0, 1, 1000)))
@examples(200)
def test_engines_agree(graph: AttackGraph, seed: int, offset: int) -> None:
    all_equal(graph, seed, offset)


def test_an_alert_without_delay_and_events_of_the_same_millisecond() -> None:
    """Everything here happens at 0, the response too: what follows from the step that raised the alert counts for both
    engines, or for neither."""
    first, second, page = Fact("steers", "5"), Fact("steers", "10"), Fact("tainted", "4")
    loss, key, other = Fact("lost", "6"), Fact("holds", "9"), Fact("holds", "12")
    steps = (
        rule("root", "", first, after=None),
        rule("step 005", [second], other, after=None),
        rule("step 008", [loss], first, after=None),
        rule("step 026", [first], page, after=None),
        alarm(rule("step 027", [key], second, after=None), 0.0),
        rule("step 079", [page], loss, after=None),
        rule("step 099", [page], key, after=None),
    )
    actions = tuple(Action(kind, Fixed(0.0)) for kind in ("revoke-secret", "terminate-sessions", "clean-content"))
    facts = (first, second, page, key, other)
    for mine in (facts, (key,), (second,)):
        made = graph(*steps, containment=Containment((actions,), by=dict.fromkeys(mine, 0)))
        found = replay(made, "in", seed=1, trials=1, offset=0, threads=1)
        trace = reference.replay(made, made.entry("in"), seed=1, sample=0)
        assert {fact for fact, time in enumerate(found.first[0].tolist()) if time >= 0} == set(trace.first)
        assert found.contained[0] == trace.contained == 0


def replays_equal_the_reference_on(seeds: range) -> None:
    for seed in seeds:
        try:
            with pytest.MonkeyPatch.context() as patch:
                if seed % 2:  # half of them as if they were large
                    patch.setattr(parameters, "NEAR", 0)
                replay_equals_the_reference(REPLAY, drawn_graph(seed), seed, offset=0, samples=FEW)
                for plain in (False, True):
                    made = drawn_graph(seed, plain=plain)
                    a_sample_that_ends_early_reached_all_the_same(made, seed * 0x9E3779B97F4A7C15 % 2**64, 0)
        except AssertionError as difference:
            raise AssertionError(f"drawn_graph({seed}) with seed {seed} differs: {difference}") from None


def test_engines_agree_on_larger_graphs() -> None:
    replays_equal_the_reference_on(range(100))


@pytest.mark.slow
@pytest.mark.parametrize("part", range(LARGER // PART))
def test_engines_agree_on_fifty_thousand_larger_graphs(part: int) -> None:
    replays_equal_the_reference_on(range(PART * part, PART * (part + 1)))


@pytest.mark.slow
@given(graphs, seeds, st.sampled_from((0, 1, 1000)))
@settings(max_examples=2500)
def test_engines_agree_on_many_more_graphs(graph: AttackGraph, seed: int, offset: int) -> None:
    all_equal(graph, seed, offset)
