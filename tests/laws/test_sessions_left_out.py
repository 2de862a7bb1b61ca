"""What sessions could do to which no entry point leads is left out of a graph: that changes no sample."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from examples_drawn import examples
from generated_worlds import copying_worlds, worlds
from hypothesis import given, settings
from hypothesis import strategies as st
from what_happened import happened, worst

from simkit.attackgraph.columns import led_to
from simkit.attackgraph.rows import positions
from simkit.estate import generate
from simkit.policies import NAMED
from simkit.scenario import Scenario
from simkit.simulation import Attack, compile_attack
from simkit.techniques import reachable_sessions

either = st.one_of(copying_worlds(alerts=True), worlds(alerts=True, grants=True))
policies = st.sampled_from(sorted(NAMED))


def through(scenario: Scenario, policy: str, *entries: str) -> Attack:
    """The attack through some entry points, with what they lead to and nothing else."""
    with patch.object(reachable_sessions, "FEW", 0):
        return compile_attack(scenario, policy, through=entries)


LINKS = ("premise_ptr", "premise_idx", "conclusion_ptr", "conclusion_idx", "behind_ptr", "behind_idx")


def taken(attack: Attack, entry: str) -> set[str]:
    """The keys of all steps to which an entry point leads, chances and time ignored."""
    graph = attack.graph
    first = graph.conclusion_idx[positions(graph.conclusion_ptr, graph.entry(entry).root_idx)]
    held = led_to({name: getattr(graph, name) for name in LINKS}, first)
    return {graph.steps[number].key for number in graph.met_by(held)}


def nothing_changes(scenario: Scenario, policy: str) -> None:
    every = compile_attack(scenario, policy)
    for entries in ([*scenario.entry_points], *([name] for name in scenario.entry_points)):
        ours, theirs = through(scenario, policy, *entries), compile_attack(scenario, policy, through=entries)
        for entry in entries:
            assert happened(ours, entry) == happened(theirs, entry) == happened(every, entry)
            assert worst(ours, entry) == worst(theirs, entry)
            assert taken(ours, entry) == taken(theirs, entry)
        assert ours.worst_cases(entries) == theirs.worst_cases(entries)
        assert [*ours.legend.losses.values()] == [*theirs.legend.losses.values()]
        assert [*ours.legend.value.values()] == [*theirs.legend.value.values()]
        assert ours.legend.goals.keys() == theirs.legend.goals.keys()
        assert ours.legend.totals == theirs.legend.totals
        assert {name for name, column in ours.legend.goals.items() if column is None} == {
            name for name, column in theirs.legend.goals.items() if column is None
        }


@given(either, policies)
@examples(40)
def test_what_no_entry_point_leads_to_changes_nothing(scenario: Scenario, policy: str) -> None:
    nothing_changes(scenario, policy)


@pytest.mark.slow
@given(either, policies)
@settings(max_examples=300)
def test_what_no_entry_point_leads_to_changes_nothing_in_many_worlds(scenario: Scenario, policy: str) -> None:
    nothing_changes(scenario, policy)


@pytest.mark.parametrize("policy", ["rbac", "task-scoped", "static-secrets"])
def test_nothing_changes_on_an_estate(policy: str) -> None:
    nothing_changes(generate(3000, seed=1), policy)


def test_an_estate_lacks_what_no_entry_point_leads_to() -> None:
    """Of the steps of this estate under rbac, one of seven starts from what one of its entries leads to."""
    estate = generate(10_000, seed=1)
    ours, theirs = through(estate, "rbac", *estate.entry_points), compile_attack(estate, "rbac")
    assert (len(ours.graph.steps), len(theirs.graph.steps)) == (1413, 10_023)
