"""What is counted adds up: alternatives of goals."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from generated_counts import terms_of
from generated_worlds import attacked_worlds, worlds
from hypothesis import given, settings
from hypothesis import strategies as st

from simkit.engines.replay import replay
from simkit.model import Goal
from simkit.scenario import Scenario, dump, loads
from simkit.simulation import Attack, compile_attack

SAMPLES = 24


def aiming(scenario: Scenario, *goals: Goal) -> Attack:
    return compile_attack(replace(scenario, goals={goal.name: goal for goal in goals}))


def moments(attack: Attack, entry: str) -> dict[str, list[int | None]]:
    """For each goal when each sample first reached it."""
    first = replay(attack.graph, entry, seed=7, trials=SAMPLES, threads=1).first
    columns = {name: first[:, fact] for name, fact in attack.legend.goals.items() if fact is not None}
    never = np.full(SAMPLES, -1)
    return {
        name: [moment if moment >= 0 else None for moment in columns.get(name, never).tolist()]
        for name in attack.legend.goals
    }


def some_losses(draw: st.DataObject, scenario: Scenario) -> list[tuple[str, str]]:
    reached = scenario.goals["reached"].lost
    pairs = st.tuples(
        st.sampled_from(sorted(scenario.model.resources)), st.sampled_from(("confidentiality", "integrity"))
    )
    return list(dict.fromkeys([*reached, *draw.draw(st.lists(pairs, min_size=1, max_size=3))]))


@given(attacked_worlds(alerts=True), st.data())
@settings(max_examples=60)
def test_any_is_reached_as_soon_as_the_first_of_its_alternatives_and_all_with_the_last(
    scenario: Scenario, data: st.DataObject
) -> None:
    pairs = some_losses(data, scenario)
    one_each = [Goal(f"{number}", lost=(pair,)) for number, pair in enumerate(pairs)]
    attack = aiming(scenario, Goal("any", any_of=terms_of(pairs)), Goal("all", lost=tuple(pairs)), *one_each)
    for entry in scenario.entry_points:
        found = moments(attack, entry)
        for row in range(SAMPLES):
            alone = [found[goal.name][row] for goal in one_each]
            reached = [moment for moment in alone if moment is not None]
            assert found["any"][row] == min(reached, default=None)
            assert found["all"][row] == (max(reached) if len(reached) == len(alone) else None)


@given(attacked_worlds(), st.data())
@settings(max_examples=40)
def test_a_bare_list_is_what_stands_under_all(scenario: Scenario, data: st.DataObject) -> None:
    pairs = some_losses(data, scenario)
    bare, said = Goal("goal", lost=tuple(pairs)), Goal("goal", all_of=terms_of(pairs))
    assert replace(scenario, goals={"goal": bare}).digest == replace(scenario, goals={"goal": said}).digest
    for entry in scenario.entry_points:
        assert moments(aiming(scenario, bare), entry) == moments(aiming(scenario, said), entry)


@given(worlds())
@settings(max_examples=60)
def test_goals_with_alternatives_load_back_equal(scenario: Scenario) -> None:
    again = loads(dump(scenario), scenario.file)
    assert again == scenario
    assert again.digest == scenario.digest
