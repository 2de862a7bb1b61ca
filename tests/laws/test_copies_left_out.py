"""Copies that no entry point leads to are left out of a graph: that changes nothing of what samples do."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from examples_drawn import examples
from generated_worlds import copying_worlds, worlds
from hypothesis import given, settings
from hypothesis import strategies as st
from what_happened import happened, reached, without_copies

from simkit.attackgraph import Entry, Step, Variant
from simkit.attackgraph.repeats import Repeats
from simkit.estate import generate
from simkit.policies import NAMED
from simkit.scenario import Scenario
from simkit.simulation import Attack, compile_attack
from simkit.techniques import compile as compiling
from simkit.techniques import copies
from simkit.techniques.copies import Staging
from simkit.techniques.reachable_copies import COPYING, every_copy, without_unreachable_copies

either = st.one_of(copying_worlds(alerts=True), worlds(alerts=True, grants=True))
policies = st.sampled_from(sorted(NAMED))


def whole(scenario: Scenario, policy: str) -> Attack:
    """The attack with every copy, whoever may be steered and whatever may be stolen."""

    def all_of(
        staging: Staging, steps: Sequence[Step], entries: Sequence[Entry], repeats: Repeats | None = None
    ) -> tuple[list[Step], Repeats | None]:
        return [*steps, *every_copy(staging)], repeats

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiling, "with_reachable_copies", all_of)
        patch.setattr(compiling, "without_unreachable_copies", lambda steps, _: list(steps))
        patch.setattr(copies, "_steerable", lambda _, hands: frozenset(hands))
        patch.setattr(copies, "_replayable", lambda _: True)
        return compile_attack(scenario, policy)


def nothing_changes(scenario: Scenario, policy: str) -> None:
    ours, theirs = compile_attack(scenario, policy), whole(scenario, policy)
    for entry in scenario.entry_points:
        assert without_copies(happened(ours, entry)) == without_copies(happened(theirs, entry))
        assert reached(ours, entry) == reached(theirs, entry)


@given(either, policies)
@examples(20)
def test_copies_that_no_entry_point_leads_to_change_nothing(scenario: Scenario, policy: str) -> None:
    nothing_changes(scenario, policy)


@pytest.mark.slow
@given(either, policies)
@settings(max_examples=500)
def test_copies_that_no_entry_point_leads_to_change_nothing_in_many_worlds(scenario: Scenario, policy: str) -> None:
    nothing_changes(scenario, policy)


def test_an_estate_has_few_copies_left() -> None:
    """Of the steps of copying on this estate, one of eighty starts from a session to which one of its entries leads."""
    estate = generate(10_000, seed=0)
    ours, theirs = compile_attack(estate, "task-scoped"), whole(estate, "task-scoped")
    copying = [sum(step.rule in COPYING for step in attack.graph.steps) for attack in (ours, theirs)]
    assert copying == [162, 13_477]
    assert len(theirs.graph.steps) - len(ours.graph.steps) == 13_401, "what is read only to be copied, too"


@given(either, policies)
@settings(max_examples=400)
def test_what_an_attack_reaches_does_not_depend_on_where_others_may_begin(scenario: Scenario, policy: str) -> None:
    together = compile_attack(scenario, policy)
    for name, entry in scenario.entry_points.items():
        alone = compile_attack(scenario, policy, entries={name: entry})
        assert without_copies(happened(alone, name)) == without_copies(happened(together, name))
        assert reached(alone, name) == reached(together, name)


def of_one_entry(scenario: Scenario, policy: str) -> list[int]:
    """How many steps the graph through each entry point has, of which each sample is as it is among all of them."""
    together, sizes = compile_attack(scenario, policy), []
    for entry in scenario.entry_points:
        alone = compile_attack(scenario, policy, through=[entry])
        assert list(alone.graph.entries) == [entry]
        assert happened(alone, entry) == happened(together, entry)
        assert alone.worst_cases([entry]) == together.worst_cases([entry])
        sizes.append(len(alone.graph.steps))
    return sizes


@given(either, policies)
@examples(20)
def test_a_graph_through_one_entry_point_has_the_samples_of_all_of_them(scenario: Scenario, policy: str) -> None:
    of_one_entry(scenario, policy)


def test_a_graph_through_one_entry_point_lacks_copies_to_which_only_another_leads() -> None:
    estate = generate(2000, seed=1)
    sizes = of_one_entry(estate, "rbac-context")
    assert (sizes, len(compile_attack(estate, "rbac-context").graph.steps)) == ([3842, 4328], 4491)


@given(either, policies)
@settings(max_examples=10)
def test_the_copies_that_are_made_are_those_that_an_entry_leads_to(scenario: Scenario, policy: str) -> None:
    world = whole(scenario, policy).graph
    roots = {world.steps[root].key for entry in world.entries.values() for root in entry.root_idx.tolist()}
    steps = [step for step in world.steps if step.key not in roots]
    first = [step for step in world.steps if step.key in roots]
    led = without_unreachable_copies(steps, [Entry("any", (Variant("any", 1.0, tuple(first)),))])
    made = compile_attack(scenario, policy).graph.steps
    assert [step for step in made if step.rule in COPYING] == [step for step in led if step.rule in COPYING]
