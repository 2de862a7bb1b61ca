"""Intervals against scipy's, and their coverage where nothing exact exists."""

from __future__ import annotations

import math
import random

import pytest
from scipy import stats

from simkit.blast_radius.intervals import Interval, Z, mean, quantile, tail_mean, wilson


def test_the_normal_point_is_that_of_the_normal_distribution() -> None:
    assert pytest.approx(stats.norm.ppf(0.975), abs=1e-15) == Z


# ---- Wilson


@pytest.mark.parametrize("trials", [1, 2, 3, 10, 97, 1000, 10**6])
@pytest.mark.parametrize("share", [0.0, 0.001, 0.05, 0.5, 0.93, 1.0])
def test_the_chance_has_the_wilson_interval_of_scipy(trials: int, share: float) -> None:
    successes = round(trials * share)
    expected = stats.binomtest(successes, trials).proportion_ci(0.95, method="wilson")
    found = wilson(successes, trials)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-12)
    assert (found.estimate, found.trials, found.method) == (successes / trials, trials, "Wilson")


def test_never_and_always_are_exact_ends() -> None:
    assert wilson(0, 50).low == 0.0
    assert wilson(50, 50).high == 1.0
    assert wilson(0, 50).high > 0.0
    assert wilson(50, 50).low < 1.0


def test_without_trials_a_chance_is_anything() -> None:
    empty = wilson(0, 0)
    assert math.isnan(empty.estimate)
    assert (empty.low, empty.high) == (0.0, 1.0)


# ---- mean


def test_the_mean_by_hand() -> None:
    found = mean([1.0, 2.0, 6.0])
    half = Z * math.sqrt(7.0 / 3)  # the variance with n - 1 is (4 + 1 + 9) / 2 = 7
    assert (found.estimate, found.low, found.high) == pytest.approx((3.0, 3.0 - half, 3.0 + half))
    assert (found.trials, found.method) == (3, "normal")


def test_the_mean_has_the_standard_error_of_scipy() -> None:
    values = [random.Random(1).gauss(10, 3) for _ in range(500)]
    found = mean(values)
    assert (found.high - found.low) / 2 == pytest.approx(Z * stats.sem(values))


def test_one_value_has_no_width_and_none_no_mean() -> None:
    assert (mean([4.0]).low, mean([4.0]).high) == (4.0, 4.0)
    assert math.isnan(mean([]).estimate)
    assert mean([]).trials == 0


def test_sums_are_exact() -> None:
    assert mean([1e16, 1.0, -1e16]).estimate == 1 / 3


# ---- quantiles


@pytest.mark.parametrize(
    ("share", "expected"), [(0.5, 5.0), (0.95, 10.0), (0.9, 9.0), (0.91, 10.0), (0.1, 1.0), (0.05, 1.0), (1.0, 10.0)]
)
def test_a_quantile_is_the_least_value_that_the_share_does_not_exceed(share: float, expected: float) -> None:
    assert quantile([float(value) for value in range(1, 11)], share).estimate == expected


def test_a_quantile_stands_between_two_order_statistics() -> None:
    ordered = [float(value) for value in range(1, 101)]
    found = quantile(ordered, 0.5)  # 50 -/+ 1.96 * 5 = 40.2, 59.8
    assert (found.low, found.estimate, found.high) == (40.0, 50.0, 61.0)
    assert found.method == "order statistics"


@pytest.mark.parametrize("share", [0.5, 0.95])
@pytest.mark.parametrize("trials", [50, 400])
def test_the_interval_of_a_quantile_holds_the_truth_at_least_as_often_as_it_says(share: float, trials: int) -> None:
    """Of 600 seeded simulations of an exponential; three standard deviations below 95 % are 92.3 %."""
    draws = random.Random(20)
    truth = -math.log(1 - share)
    held = sum(truth in quantile(sorted(draws.expovariate(1.0) for _ in range(trials)), share) for _ in range(600))
    limit = 0.923 if share == 0.5 or trials == 400 else 0.9  # the top of 50 values may lie below the 95 % point
    assert held / 600 >= limit


def test_the_interval_of_a_quantile_is_no_wider_than_its_ranks() -> None:
    draws = random.Random(3)
    widths = []
    for _ in range(50):
        ordered = sorted(draws.random() for _ in range(1000))
        found = quantile(ordered, 0.5)
        widths.append(found.high - found.low)
    assert 0.05 < sum(widths) / 50 < 0.075  # 2 * 1.96 * sqrt(0.25 / 1000) = 0.062


def test_nothing_has_no_quantile() -> None:
    assert math.isnan(quantile([], 0.5).estimate)
    assert quantile([], 0.5).trials == 0


# ---- the tail


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [
        ([1.0] * 19 + [21.0], 0.95, 21.0),
        ([float(n) for n in range(1, 101)], 0.95, 98.0),
        ([float(n) for n in range(1, 101)], 0.5, 75.5),
        ([float(n) for n in range(1, 11)], 0.95, 10.0),
        ([1.0, 2.0, 3.0], 0.0, 2.0),
        ([7.0], 0.95, 7.0),
    ],
)
def test_the_tail_mean_is_that_of_the_worst_by_hand(values: list[float], share: float, expected: float) -> None:
    assert tail_mean(values, share) == expected


def test_the_tail_mean_is_at_least_the_quantile_and_the_mean() -> None:
    values = sorted(random.Random(4).lognormvariate(0, 2) for _ in range(1000))
    assert tail_mean(values, 0.95) >= quantile(values, 0.95).estimate
    assert tail_mean(values, 0.95) >= mean(values).estimate


def test_nothing_has_no_tail() -> None:
    assert math.isnan(tail_mean([], 0.95))


# ---- the value itself


def test_an_interval_holds_its_ends() -> None:
    interval = Interval(0.5, 0.25, 0.75, 4, "Wilson")
    assert 0.25 in interval
    assert 0.75 in interval
    assert 0.76 not in interval
    assert interval.to_dict() == {"estimate": 0.5, "low": 0.25, "high": 0.75, "trials": 4, "method": "Wilson"}
