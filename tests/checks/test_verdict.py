"""Expectations are judged with the interval, and what cannot be told says how many trials would."""

from __future__ import annotations

import math

import pytest
from checks.worlds import DESK

from simkit import simulate
from simkit.blast_radius.intervals import mean, wilson
from simkit.checks import verdict
from simkit.errors import QuestionError
from simkit.measures.bound import trials_needed
from simkit.measures.measured import Measured, measured
from simkit.scenario import Expectation, loads

SCENARIO = loads(DESK.replace("{operation: crm.answer}", "{operation: crm.*}"))
RESULT = simulate(SCENARIO, entry_point="leaked-key", trials=400)


@pytest.mark.parametrize(
    ("bound", "status"),
    [
        ({"at_most": 0.6}, "pass"),
        ({"at_most": 0.4}, "fail"),
        ({"at_most": 0.5}, "unsure"),
        ({"at_least": 0.4}, "pass"),
        ({"at_least": 0.6}, "fail"),
        ({"at_least": 0.5}, "unsure"),
    ],
)
def test_the_whole_interval_counts(bound: dict[str, float], status: str) -> None:
    found = verdict(Expectation("e", "books-leaked", **bound), RESULT)
    assert found.status == status
    assert found.holds == (status == "pass")
    assert (found.needed is not None) == (status == "unsure")


def test_what_the_worst_case_excludes_is_certain_with_one_trial() -> None:
    closed = simulate(loads(DESK), entry_point="leaked-key", trials=1)
    found = verdict(Expectation("e", "books-leaked", at_most=0.0), closed)
    assert found.status == "pass"
    assert (found.measured.low, found.measured.high, found.measured.method) == (0.0, 0.0, "worst case")


def test_what_was_not_seen_but_can_happen_is_not_certain() -> None:
    rare = loads(DESK.replace("chance: 0.5", "chance: 0.0001").replace("{operation: crm.answer}", "{operation: crm.*}"))
    result = simulate(rare, entry_point="leaked-key", trials=50)
    expectation = Expectation("e", "books-leaked", at_most=0.05)
    found = verdict(expectation, result)
    assert (found.measured.estimate, found.status) == (0.0, "unsure")
    assert found.needed is not None
    again = verdict(expectation, simulate(rare, entry_point="leaked-key", trials=found.needed))
    assert again.status == "pass"
    assert f"about {found.needed:,} would tell." in found.sentence
    assert verdict(Expectation("e", "books-leaked", at_most=0.0), result).needed is None


def test_the_advice_for_a_chance_is_enough_and_not_much_more() -> None:
    for successes, trials, bound in ((3, 100, 0.05), (48, 100, 0.55), (9, 10, 0.95), (0, 10, 0.05)):
        interval = wilson(successes, trials)
        found = Measured(interval.estimate, interval.low, interval.high, trials, "Wilson", "g")
        needed = trials_needed(found, bound)
        assert needed is not None
        enough, short = math.ceil(needed / trials), math.floor(needed / 1.4 / trials)
        assert bound not in wilson(successes * enough, trials * enough)
        assert bound in wilson(successes * short, trials * short)


def test_the_advice_for_a_mean_shrinks_the_interval_to_the_bound() -> None:
    interval = mean([0.0, 1.0] * 50)
    found = Measured(interval.estimate, interval.low, interval.high, 100, "normal", "value-lost")
    needed = trials_needed(found, 0.45)
    assert needed is not None
    half = (interval.high - interval.low) / 2 * math.sqrt(100 / needed)
    assert half < 0.05 < half * 1.2


def test_a_bound_on_the_estimate_itself_can_never_be_told() -> None:
    found = Measured(0.5, 0.4, 0.6, 100, "Wilson", "g")
    assert trials_needed(found, 0.5) is None


def test_a_quantile_is_judged_by_its_ranks() -> None:
    assert measured(RESULT, "value-lost-p95").estimate == 40.0
    assert verdict(Expectation("e", "value-lost-p95", at_most=40), RESULT).status == "pass"
    assert verdict(Expectation("e", "value-lost-p95", at_most=10), RESULT).status == "fail"


def test_the_advice_for_a_quantile_is_binomial() -> None:
    text = DESK.replace("chance: 0.5", "chance: 0.06").replace("{operation: crm.answer}", "{operation: crm.*}")
    result = simulate(loads(text), entry_point="leaked-key", trials=200)
    found = verdict(Expectation("e", "value-lost-p95", at_most=10), result)
    assert found.status == "unsure"
    gap = abs(float((result.values <= 10).mean()) - 0.95)
    assert found.needed == pytest.approx(1.1 * 1.96**2 * 0.95 * 0.05 / gap**2, rel=0.1)


@pytest.mark.parametrize(
    ("what", "estimate"),
    [
        ("cases-leaked", 1.0),
        ("cases", 1.0),
        ("cases:confidentiality", 1.0),
        ("cases:integrity", 0.0),
        ("contained", 0.0),
        ("worst-case", 40.0),
    ],
)
def test_measures_by_hand(what: str, estimate: float) -> None:
    assert measured(RESULT, what).estimate == estimate


def test_values_are_those_of_the_result() -> None:
    assert measured(RESULT, "value-lost").estimate == RESULT.value_lost().estimate
    assert measured(RESULT, "books-leaked").to_dict() == RESULT.chance("books-leaked").to_dict()
    assert measured(RESULT, "ledger").estimate == RESULT.chance("ledger:confidentiality").estimate


def test_an_unknown_measure_is_refused_with_the_nearest() -> None:
    with pytest.raises(QuestionError, match="did you mean books-leaked"):
        measured(RESULT, "book-leaked")


def test_measured_compares_by_its_estimate() -> None:
    found = measured(RESULT, "cases-leaked")
    assert found <= 1.0
    assert found >= 1
    assert not found < 1
    assert not found > measured(RESULT, "cases")
    assert float(found) == 1.0
    path = found.main_path()
    assert path is not None
    assert path.steps[0].label == "leaked desk-key"
