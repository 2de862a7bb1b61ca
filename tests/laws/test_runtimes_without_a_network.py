"""A runtime without a network obeys the laws: to take the network away never adds, and given back it is as before."""

from __future__ import annotations

from dataclasses import replace

from examples_drawn import examples
from generated_worlds import copying_worlds, worlds
from hypothesis import given
from hypothesis import strategies as st
from what_holds import HARM, never_adds, reached, worst

from simkit.scenario import Scenario
from simkit.simulation import compile_attack

either = st.one_of(worlds(), worlds(grants=True), copying_worlds())


def with_egress(scenario: Scenario, of: dict[str, str]) -> Scenario:
    model = scenario.model
    people = {name: replace(each, egress=of.get(name, each.egress)) for name, each in model.identities.items()}
    return replace(scenario, model=replace(model, identities=people))


@given(either, st.data())
@examples(60)
def test_to_take_the_network_away_never_adds_to_what_any_sample_reaches(
    scenario: Scenario, data: st.DataObject
) -> None:
    closed = data.draw(st.sets(st.sampled_from(sorted(scenario.model.identities)), min_size=1))
    wide = with_egress(scenario, dict.fromkeys(closed, "any"))
    narrow = with_egress(scenario, dict.fromkeys(closed, "none"))
    never_adds(compile_attack(wide), compile_attack(narrow))


@given(either, st.data())
@examples(25)
def test_what_is_reached_without_a_network_is_reached_no_sooner(scenario: Scenario, data: st.DataObject) -> None:
    closed = data.draw(st.sets(st.sampled_from(sorted(scenario.model.identities)), min_size=1))
    wide = compile_attack(with_egress(scenario, dict.fromkeys(closed, "any")))
    narrow = compile_attack(with_egress(scenario, dict.fromkeys(closed, "none")))
    for entry in scenario.entry_points:
        for before, after in zip(reached(wide, entry), reached(narrow, entry), strict=True):
            assert all(before[fact] <= at for fact, at in after.items())


@given(either, st.data())
@examples(25)
def test_to_take_the_network_away_never_widens_the_worst_case(scenario: Scenario, data: st.DataObject) -> None:
    closed = data.draw(st.sets(st.sampled_from(sorted(scenario.model.identities)), min_size=1))
    wide = compile_attack(with_egress(scenario, dict.fromkeys(closed, "any")))
    narrow = compile_attack(with_egress(scenario, dict.fromkeys(closed, "none")))
    for entry in scenario.entry_points:
        assert worst(narrow, entry) <= worst(wide, entry)


@given(either)
@examples(25)
def test_code_that_the_attack_never_brings_anywhere_needs_no_network(scenario: Scenario) -> None:
    open_ = compile_attack(with_egress(scenario, dict.fromkeys(scenario.model.identities, "any")))
    closed = compile_attack(with_egress(scenario, dict.fromkeys(scenario.model.identities, "none")))
    for entry in scenario.entry_points:
        if not any(fact.kind == "runs_in" for fact in worst(open_, entry)):
            assert reached(closed, entry, HARM) == reached(open_, entry, HARM)
