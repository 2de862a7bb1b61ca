"""One try beside trying each time: the same attack, the same fates."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import simkit
from simkit.persistence import persistence_of, tried
from simkit.techniques import reachable_sessions

STARTER = simkit.load(Path(__file__).parents[1] / "scenarios" / "starter.yaml")
ENTRY, TRIALS = "poisoned-ticket", 60


def found() -> simkit.Persistence:
    return simkit.persist(STARTER, entry_point=ENTRY, trials=TRIALS, seed=5)


def test_both_are_what_the_simulation_says_of_either_attacker() -> None:
    both = found()
    for result, how in ((both.once, "once"), (both.each_time, "each-time")):
        alone = simkit.simulate(tried(STARTER, how), entry_point=ENTRY, trials=TRIALS, seed=5)
        assert result.to_dict() == alone.to_dict()


def test_each_time_loses_no_less_and_the_worst_case_is_the_same() -> None:
    both = found()
    assert both.each_time.value_lost().estimate > both.once.value_lost().estimate
    assert both.each_time.worst_case.value == both.once.worst_case.value


def test_the_table_has_a_row_for_the_value_each_goal_and_the_containment() -> None:
    rows = found().table().rows
    assert [row[0] for row in rows] == ["value lost, mean", *STARTER.goals, "contained"]


def test_the_plain_data_are_those_of_who_tries_each_time_with_one_try_beside() -> None:
    both = found()
    assert both.to_dict() == {**both.each_time.to_dict(), "one_try": both.once.to_dict()}
    assert both.summary.startswith(both.each_time.summary)
    assert repr(both).startswith(f"Persistence({ENTRY}: ")
    assert "tried once, and tried each time" in both._repr_html_()


@pytest.mark.parametrize("how", ["once", "each-time"])
def test_a_result_is_set_beside_the_other_way_to_try(how: str) -> None:
    scenario = tried(STARTER, how)
    result = simkit.simulate(scenario, entry_point=ENTRY, trials=TRIALS, seed=5)
    beside = persistence_of(result, scenario)
    assert beside is not None
    assert beside.to_dict() == found().to_dict()


@pytest.mark.parametrize("few", [0, reachable_sessions.FEW])
def test_it_is_about_the_steps_to_which_the_entry_point_leads_in_a_file_of_any_size(
    few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever a graph lacks that no entry point leads to."""
    monkeypatch.setattr(reachable_sessions, "FEW", few)
    beside = {
        entry: persistence_of(simkit.simulate(STARTER, entry_point=entry, trials=TRIALS), STARTER)
        for entry in STARTER.entry_points
    }
    assert [entry for entry, found in beside.items() if found] == [ENTRY]
    for entry, found in beside.items():
        rows = simkit.persist(STARTER, entry_point=entry, trials=TRIALS).table().rows
        assert all(once == each_time for _, once, each_time in rows) is (found is None)


def test_where_nothing_may_fail_there_is_nothing_to_try_again() -> None:
    people = {name: replace(each, susceptibility=1.0) for name, each in STARTER.model.identities.items()}
    sure = replace(STARTER, model=replace(STARTER.model, identities=people))
    result = simkit.simulate(sure, "static-secrets", entry_point=ENTRY, trials=TRIALS)
    assert persistence_of(result, sure) is None
