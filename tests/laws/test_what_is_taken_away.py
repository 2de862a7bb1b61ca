"""A graph without the steps that go with what is taken away does what the graph of the edited scenario does.

That one may have more: copies that nobody who is reached could find, and that nobody notices. Nothing rests on them.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from examples_drawn import examples
from generated_worlds import copying_worlds, worlds
from hypothesis import given, settings
from hypothesis import strategies as st

from simkit.attackgraph import AttackGraph, Fact, Step
from simkit.engines.reach import worst_cases
from simkit.engines.replay import replay
from simkit.estate import generate
from simkit.narrowing.edits.candidates import each_narrowing, in_force
from simkit.narrowing.edits.edit import Narrowing
from simkit.narrowing.edits.work import work_of
from simkit.narrowing.recommendation.taken_away import TakenAway
from simkit.privilege import over_privilege
from simkit.scenario import Scenario
from simkit.simulation import compile_attack
from simkit.techniques.givers import Givers

either = st.one_of(copying_worlds(alerts=True), worlds(alerts=True))
estates = st.builds(generate, st.integers(100, 200), seed=st.integers(0, 10_000))
TRIALS = 40


def offered(scenario: Scenario) -> list[Narrowing]:
    """Every edit that only takes away."""
    found = each_narrowing(scenario, over_privilege(scenario), Givers(scenario.model))
    return [each for each in dict.fromkeys(found) if each.removes()]


def taken(graph: AttackGraph, gone: tuple[int, ...] = ()) -> list[Step]:
    """The steps that somebody can come to take, without those that are `gone`, and without copies."""
    starts = [entry.roots(variant) for entry in graph.entries.values() for variant in range(len(entry.names))]
    held = worst_cases(graph, starts, without=[gone] * len(starts)).any(axis=0)
    left = sorted(set(range(len(graph.steps))) - set(gone))
    found = [graph.steps[number] for number in left if held[graph.premises(number)].all()]
    return [step for step in found if step.rule != "stage" or step.alert or step.logged]


def times(graph: AttackGraph, entry: str, gone: tuple[int, ...] = ()) -> dict[Fact, list[int]]:
    """When each fact is first there, in every sample; those that never are, and copies, are left out."""
    found = replay(graph, entry, seed=3, trials=TRIALS, without=gone).first
    there = ((graph.facts[fact], fact) for fact in np.flatnonzero((found >= 0).any(axis=0)).tolist())
    return {fact: found[:, number].tolist() for fact, number in there if fact.kind != "copied"}


def does_the_same_without_it(scenario: Scenario, most: int, seed: int) -> int:
    """How many of the edits, one alone and after another, were told without compiling."""
    base = compile_attack(scenario, editable=True)
    found, told = TakenAway.of(base), 0
    if found is None:
        return 0
    edits = offered(scenario)
    chosen = [edits[number] for number in np.random.default_rng(seed).permutation(len(edits))[:most].tolist()]
    for rows in [*((each,) for each in chosen), *pairwise(chosen)]:
        gone = found.steps(frozenset().union(*(each.removes() or () for each in rows)))
        if gone is None:
            continue
        edited = scenario
        for each in rows:
            edited = each.apply(edited)
        fresh = compile_attack(edited).graph
        assert taken(base.graph, gone) == taken(fresh), rows
        for entry in scenario.entry_points:
            assert times(base.graph, entry, gone) == times(fresh, entry), rows
        told += 1
    return told


@given(either, st.integers(0, 1000))
@examples(25)
def test_the_rest_of_the_graph_does_what_a_fresh_one_does(scenario: Scenario, seed: int) -> None:
    does_the_same_without_it(in_force(scenario, "rbac"), 3, seed)


@given(estates, st.integers(0, 1000))
@examples(3)
def test_most_of_what_is_taken_from_an_estate_is_told_without_compiling(estate: Scenario, seed: int) -> None:
    assert does_the_same_without_it(in_force(estate, "rbac"), 4, seed)


@pytest.mark.slow
@given(st.one_of(either, estates), st.integers(0, 1000))
@settings(max_examples=1000)
def test_the_rest_of_many_graphs_does_what_fresh_ones_do(scenario: Scenario, seed: int) -> None:
    does_the_same_without_it(in_force(scenario, "rbac"), 8, seed)


@given(st.one_of(either, worlds(grants=True), estates), st.integers(0, 1000))
@examples(25)
def test_the_work_loses_what_rests_on_nothing_else(scenario: Scenario, seed: int) -> None:
    work, edits = work_of(scenario), offered(scenario)
    for number in np.random.default_rng(seed).permutation(len(edits))[:8].tolist():
        edit = edits[number]
        assert work.without(edit.removes() or frozenset()) == work.lost(work_of(edit.apply(scenario))), edit


@pytest.mark.parametrize("policy", ["zero-standing", "rbac-context", "static-secrets"])
def test_where_it_matters_who_else_has_something_an_edit_is_compiled(policy: str) -> None:
    estate = in_force(generate(100, seed=1), policy)
    base = compile_attack(estate, editable=True)
    assert TakenAway.of(base) is None
