"""What a scenario promises: read strictly, with every mistake at its line."""

from __future__ import annotations

import json
from typing import Any

import pytest
from scenario.worlds import STARTER, raw

from simkit.errors import ScenarioError
from simkit.scenario import Expectation, load, loads


def promising(**expectation: Any) -> str:
    return json.dumps({**raw(), "expect": {"e": expectation}})


def test_an_expectation_is_a_measure_and_one_bound() -> None:
    expected = load(STARTER).expect
    assert expected["customers-are-safe"] == Expectation(
        "customers-are-safe",
        "customers-leaked",
        at_most=0.05,
        policy="everything-short",
        entry_point="poisoned-ticket",
        note="the promise of the whole design",
    )
    assert expected["mostly-contained"].bound == 0.25
    assert expected["mostly-contained"].is_share
    assert (expected["little-is-lost"].at_most, expected["little-is-lost"].is_share) == (12.5, False)


@pytest.mark.parametrize("measure", ["cases", "cases:integrity", "misled", "contained"])
def test_goals_resources_impacts_and_containment_are_measures(measure: str) -> None:
    assert loads(promising(measure=measure, at_most="50%")).expect["e"].measure == measure


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "an unknown measure": (
        {"measure": "customers-leakd", "at_most": 0.1},
        "no measure is called 'customers-leakd': did you mean customers-leaked?",
    ),
    "an unknown policy": ({"measure": "misled", "at_most": 0, "policy": "rback"}, "did you mean rbac?"),
    "an unknown entry point": ({"measure": "misled", "at_most": 0, "entry_point": "leaked"}, "no entry point is"),
    "no bound": ({"measure": "misled"}, "an expectation has one bound"),
    "two bounds": ({"measure": "misled", "at_most": 0.1, "at_least": 0}, "an expectation has one bound"),
    "a chance above one": ({"measure": "misled", "at_most": 5}, "misled is a chance: write 5%"),
    "a share of a value": ({"measure": "value-lost", "at_most": "5%"}, "is a value, not a share"),
    "a negative bound": ({"measure": "value-lost", "at_most": -1}, "-1 is not a bound: write a number from 0 on"),
    "a bound in words": ({"measure": "misled", "at_most": "few"}, "'few' is not a bound"),
    "an unknown key": ({"measure": "misled", "at_mots": 0.1}, "did you mean at_most?"),
    "no measure": ({"at_most": 0.1}, "the key `measure` is missing"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_cannot_be_meant_is_refused_at_its_place(what: str) -> None:
    given, says = WRONG[what]
    with pytest.raises(ScenarioError) as caught:
        loads(promising(**given))
    assert any(says in problem.message for problem in caught.value.problems), str(caught.value)
    assert all(problem.where[:2] == ("expect", "e") for problem in caught.value.problems)
