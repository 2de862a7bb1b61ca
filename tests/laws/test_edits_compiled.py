"""An edit compiled as a change of a graph is the graph that the edited scenario compiles to, step by step."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from examples_drawn import examples
from generated_worlds import copying_worlds, worlds
from hypothesis import given, settings
from hypothesis import strategies as st

from simkit.attackgraph import AttackGraph
from simkit.attackgraph.columns import EntryArrays
from simkit.estate import generate
from simkit.narrowing import DropEntitlements, candidates
from simkit.policies import NAMED, sessions
from simkit.scenario import Scenario, load
from simkit.simulation import Attack, compile_attack

TABLES = ("duration", "wait", "approval", "alert_delay", "conclusion_life")
MADE = ("tables", "fixed", "outlives", "conclusion_outlives", "facts", "steps", "entries", "index", "responders")
either = st.one_of(copying_worlds(alerts=True), worlds(alerts=True, grants=True))
policies = st.sampled_from(sorted(NAMED))


def said(graph: AttackGraph) -> dict[str, Any]:
    """All that engines read of `graph`; rows of tables by what stands in them, for their order says nothing."""
    arrays = {name: getattr(graph, name) for name in graph.__slots__ if name not in (*MADE, "__weakref__")}
    found: dict[str, Any] = {
        name: value.tolist() if isinstance(value, np.ndarray) else value for name, value in arrays.items()
    }
    for name in TABLES:
        found[name] = [row(graph, number) for number in found[name]]
    found["outlives"] = graph.outlives[graph.conclusion_outlives].tolist()
    found["entries"] = {name: entry(each) for name, each in graph.entries.items()}
    found["responders"] = responders(graph)
    return found


def plain(value: Any) -> Any:
    return value.tolist() if isinstance(value, np.ndarray) else value


def row(graph: AttackGraph, number: int) -> tuple[int, ...] | None:
    return (int(graph.fixed[number]), *graph.tables[number].tolist()) if number >= 0 else None


def entry(each: EntryArrays) -> dict[str, Any]:
    return {name: np.asarray(getattr(each, name)).tolist() for name in each.__slots__}


def responders(graph: AttackGraph) -> dict[str, Any]:
    found: dict[str, Any] = {name: plain(getattr(graph.responders, name)) for name in graph.responders.__slots__}
    return found | {"delay": [row(graph, each) for each in found["delay"]], "lag": row(graph, found["lag"])}


def is_the_same(changed: AttackGraph, fresh: AttackGraph) -> None:
    assert changed.facts == fresh.facts
    assert dict(changed.index) == dict(fresh.index)
    for ours, theirs in zip(changed.steps, fresh.steps, strict=True):
        assert ours == theirs
    one, other = said(changed), said(fresh)
    for name in other:
        assert one[name] == other[name], name


def is_cut_the_same(edited: Scenario, before: Attack) -> None:
    """The sessions of an edit that take over what is the same before are those that are cut anew."""
    assert before.compiled
    policy, known = edited.grant_policy(), before.compiled.world.sessions
    ours, theirs = sessions(edited.model, policy, before=known), sessions(edited.model, policy)
    for name in ("sessions", "tokens", "by_identity", "broken", "entitled"):
        assert getattr(ours, name) == getattr(theirs, name), name


def every_edit_is_the_same(scenario: Scenario, policy: str, most: int, seed: int = 0) -> None:
    base = compile_attack(scenario, policy, editable=True)
    in_force = base.edited(scenario)
    assert in_force.policy == scenario.grant_policy()
    offered = candidates(scenario)
    chosen = np.random.default_rng(seed).permutation(len(offered))[:most].tolist()
    for number in chosen:
        once = offered[number].apply(scenario)
        changed = in_force.edited(once)
        is_the_same(changed.graph, compile_attack(once).graph)
        is_cut_the_same(once, in_force)
        twice = offered[chosen[0]].apply(once)
        is_the_same(changed.edited(twice).graph, compile_attack(twice).graph)


@given(either, policies, st.integers(0, 1000))
@examples(25)
def test_an_edit_and_another_after_it_change_the_graph_into_a_fresh_one(
    scenario: Scenario, policy: str, seed: int
) -> None:
    every_edit_is_the_same(scenario, policy, 4, seed)


@pytest.mark.slow
@given(either, policies, st.integers(0, 1000))
@settings(max_examples=300)
def test_edits_change_the_graph_into_a_fresh_one_in_many_worlds(scenario: Scenario, policy: str, seed: int) -> None:
    every_edit_is_the_same(scenario, policy, 10, seed)


@pytest.mark.parametrize("edits", [4, pytest.param(24, marks=pytest.mark.slow)])
def test_edits_of_an_estate_change_the_graph_into_a_fresh_one(edits: int) -> None:
    every_edit_is_the_same(generate(1000, seed=2), "rbac", edits)


def test_most_sessions_of_an_estate_are_left_as_they_were() -> None:
    """An edit of one identity makes the steps of its sessions anew, and nobody else's."""
    estate = generate(3000, seed=1)
    base = compile_attack(estate, editable=True)
    edit = next(each for each in candidates(estate) if each.kind == "turn-dial")
    changed = base.edited(edit.apply(estate))
    assert base.compiled
    assert changed.compiled
    ours, before = changed.compiled.by_session["act"], base.compiled.by_session["act"]
    anew = [name for name in ours if ours[name] is not before.get(name)]
    assert {name.partition("@")[0] for name in anew} == {edit.name.rpartition(" for ")[2]}


def test_a_grant_that_goes_takes_its_own_steps_and_leaves_all_others_as_they_were() -> None:
    estate = generate(1000, seed=2)
    base = compile_attack(estate, editable=True)
    drop = next(
        each for each in candidates(estate) if isinstance(each, DropEntitlements) and each.holder.kind == "role"
    )
    changed = base.edited(drop.apply(estate))
    assert base.compiled
    assert changed.compiled
    before, now = (
        {id(step): step for steps in each.by_session["act"].values() for step in steps}
        for each in (base.compiled, changed.compiled)
    )
    assert not now.keys() - before.keys()
    assert {before[gone].ground.names[1:] for gone in before.keys() - now.keys()} == set(drop.grants)


def test_the_policy_in_force_is_another_after_a_change_of_everything() -> None:
    starter = load("scenarios/starter.yaml")
    every_edit_is_the_same(starter, "zero-standing", 6)
