"""What a year costs: events are drawn, never a frequency times a mean."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

import simkit
from simkit.annual_loss import AnnualLoss, years
from simkit.model import Currency

ONE = np.array([1e6])


def test_at_one_attack_in_ten_years_most_years_lose_nothing_and_some_lose_all() -> None:
    """The product says 100,000 every year; of the years 1 - exp(-0.1) = 9.5 % lose a million or more."""
    found = years({"leak": (0.1, ONE)}, seed=0, count=20_000)
    assert float((found > 1e5).mean()) == pytest.approx(1 - math.exp(-0.1), abs=0.005)
    assert float(found.mean()) == pytest.approx(1e5, rel=0.05)
    assert set(np.unique(found) % 1e6) == {0.0}


def test_a_frequency_of_nothing_loses_nothing() -> None:
    assert not years({"leak": (0.0, ONE)}, seed=0, count=1000).any()


def test_many_attacks_a_year_have_the_spread_of_a_compound_process() -> None:
    """Its variance is the frequency times the mean square of one loss: 50 x (0 + 16) / 2 = 400."""
    found = years({"leak": (50.0, np.array([0.0, 4.0]))}, seed=1, count=20_000)
    assert float(found.mean()) == pytest.approx(100.0, rel=0.01)
    assert float(found.var()) == pytest.approx(400.0, rel=0.05)


def test_entry_points_have_events_of_their_own() -> None:
    both = years({"a": (2.0, ONE), "b": (2.0, ONE)}, seed=0, count=4000)
    alone = years({"a": (2.0, ONE)}, seed=0, count=4000)
    assert float(np.corrcoef(both - alone, alone)[0, 1]) == pytest.approx(0.0, abs=0.06)


def test_the_annual_loss_of_a_result_is_in_the_words_of_fair() -> None:
    starter = simkit.load("scenarios/starter.yaml")
    poisoned = replace(starter.entry_points.poisoned_ticket, per_year=2.0)
    entries = {**starter.entry_points, "poisoned-ticket": poisoned}
    priced = replace(starter, unit=Currency("EUR", 10.0), entry_points=entries)
    result = simkit.simulate(priced, "rbac", entry_point="poisoned-ticket", trials=200)
    found = AnnualLoss.of(priced, result)
    assert found is not None
    said = found.to_dict()
    assert said["threat_event_frequency"] == 2.0
    assert found.mean == pytest.approx(2.0 * 10.0 * result.value_lost().estimate)
    frequency, magnitude = said["loss_event_frequency"], said["loss_magnitude"]
    assert isinstance(frequency, float)
    assert isinstance(magnitude, float)
    assert frequency * magnitude == pytest.approx(found.mean)
    assert found.p95 >= found.mean
    assert simkit.annual_losses(priced, result).table().rows[0][0] == "rbac"


def test_a_comparison_has_the_annual_loss_of_each_policy() -> None:
    """The mean of a year is the frequency, times what a point is worth, times the mean loss of an attack."""
    starter = simkit.load("scenarios/starter.yaml")
    compared = simkit.compare(starter, ["rbac", "task-scoped"], entry_point="poisoned-ticket", trials=100)
    found = simkit.annual_losses(starter, compared)
    assert starter.unit
    factor = starter.unit.point * (starter.entry_points.poisoned_ticket.per_year or 0.0)
    for name in ("rbac", "task-scoped"):
        assert found[name].mean == pytest.approx(factor * compared[name].value_lost().estimate)
    assert [each.policy for each in found] == [each.provenance.policy for each in compared.results]
    with pytest.raises(simkit.QuestionError, match="'rback' is not in these annual losses: did you mean rbac"):
        found["rback"]


def test_what_is_missing_for_an_annual_loss_is_named() -> None:
    starter = simkit.load("scenarios/starter.yaml")
    result = simkit.simulate(starter, "rbac", entry_point="poisoned-ticket", trials=64)
    with pytest.raises(simkit.QuestionError, match="give what a point of value is worth"):
        simkit.annual_losses(replace(starter, unit=None, prices=None), result)


def test_without_a_currency_there_is_none() -> None:
    starter = simkit.load("tests/data/starter.yaml")
    plain = replace(starter, unit=None, prices=None)
    assert AnnualLoss.of(plain, simkit.simulate(plain, "rbac", entry_point="poisoned-ticket", trials=64)) is None
