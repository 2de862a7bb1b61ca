"""Durations by table: against exact quantiles, on pinned tables, and as properties of every word."""

from __future__ import annotations

import hashlib
import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from simkit.distributions import (
    FOREVER,
    KNOTS,
    LONGEST,
    Distribution,
    Empirical,
    Exponential,
    Fixed,
    Geometric,
    InTurn,
    Lognormal,
    Residual,
    Uniform,
    Weibull,
    draw,
    knots,
    quantile_table,
    ticks,
)

DAY = 86400.0
WORDS = 1 << 32
OCTAVES = [word for octave in range(32) for word in ((1 << octave) - 1, (1 << octave) * 5 // 4, (1 << octave) * 3 // 2)]
PROBED = sorted({*OCTAVES, *(WORDS - 1 - word for word in OCTAVES), *range(0, WORDS, WORDS // 4001)})

# A distribution, scipy's for the same, and how far a draw may be off between two knots.
EXACT = {
    "lag of 27 days": (Exponential(27 * DAY), stats.expon(scale=27 * DAY), 0.0005),
    "approval": (Lognormal(2400.0, 1.0), stats.lognorm(1.0, scale=2400.0), 0.0005),
    "wide lognormal": (Lognormal(172800.0, 4.5997), stats.lognorm(4.5997, scale=172800.0), 0.0075),
    "heavy Weibull": (Weibull(0.27, 32000 * DAY), stats.weibull_min(0.27, scale=32000 * DAY), 0.0075),
    "narrow Weibull": (Weibull(2.0, DAY), stats.weibull_min(2.0, scale=DAY), 0.0005),
    "uniform": (Uniform(60.0, 300.0), stats.uniform(60.0, 240.0), 0.0005),
}
DISTRIBUTIONS = st.one_of(
    st.builds(Fixed, st.floats(0, 1e7)),
    st.builds(Exponential, st.floats(1e-3, 1e8)),
    st.builds(Lognormal, st.floats(1e-2, 1e7), st.floats(0.01, 5)),
    st.builds(Weibull, st.floats(0.2, 10), st.floats(1e-2, 1e7)),
    st.builds(lambda low, width: Uniform(low, low + width), st.floats(0, 1e7), st.floats(0, 1e7)),
    st.builds(Geometric, st.floats(1e-2, 1e5), st.floats(1e-6, 0.999)),
    st.builds(InTurn, st.builds(Fixed, st.floats(0, 1e6)), st.builds(Exponential, st.floats(1e-3, 1e7))),
    st.builds(lambda values: Empirical(tuple(values)), st.lists(st.floats(0, 1e7), min_size=1, max_size=12)),
)
WORD = st.integers(0, WORDS - 1)


def exact_ticks(law: stats.rv_continuous, words: list[int]) -> np.ndarray:
    """scipy's quantiles at the middle of each word, in ticks; from the near tail, where floats are dense."""
    places = np.array(words, dtype=float) + 0.5
    lower = law.ppf(np.minimum(places, WORDS / 2) / WORDS)
    upper = law.isf(np.minimum(WORDS - places, WORDS / 2) / WORDS)
    return np.where(places < WORDS / 2, lower, upper) * 1000


@pytest.mark.parametrize("name", EXACT)
def test_a_draw_is_the_exact_quantile(name: str) -> None:
    distribution, law, bound = EXACT[name]
    exact = exact_ticks(law, PROBED)
    drawn = np.array([draw(quantile_table(distribution), word) for word in PROBED])
    inside = exact < LONGEST / 2
    assert inside.sum() > 0.8 * len(PROBED)
    error = np.abs(drawn - exact)[inside]
    assert np.all(error <= 2 + bound * exact[inside]), f"{(error / (exact[inside] + 1)).max():.2%}"


@pytest.mark.parametrize("name", EXACT)
def test_a_knot_is_the_exact_quantile(name: str) -> None:
    distribution, law, _ = EXACT[name]
    half = [float(u) for u in knots()[:KNOTS]]
    exact = np.concatenate([law.ppf(half), law.isf(half)])
    table = np.array(quantile_table(distribution)) / 1000
    inside = exact < LONGEST / 1000
    np.testing.assert_allclose(table[inside], exact[inside], rtol=1e-9, atol=0.00051)


@pytest.mark.parametrize("name", EXACT)
def test_the_mean_is_the_exact_mean(name: str) -> None:
    distribution, law, _ = EXACT[name]
    assert distribution.mean == pytest.approx(law.mean(), rel=1e-9)


def test_one_of_the_tries_works_after_a_whole_number_of_periods_at_each_knot() -> None:
    """Each try works with 1/4: the first one does up to the chance 1/4, the second up to 1 - (3/4)^2, and so on."""
    table = quantile_table(Geometric(600.0, 0.25))
    for chance, found in zip(knots(), table, strict=True):
        tries = found // 600_000
        assert found == tries * 600_000
        assert 1 - 0.75 ** (tries - 1) - 1e-9 <= float(chance) <= 1 - 0.75**tries + 1e-9


def test_the_mean_number_of_tries_is_one_over_the_chance() -> None:
    words = range(WORDS // 20000, WORDS, WORDS // 10000)
    table = quantile_table(Geometric(600.0, 0.25))
    assert sum(draw(table, word) for word in words) / len(words) == pytest.approx(2400_000, rel=0.01)


def test_one_thing_in_turn_with_another_takes_as_long_as_both() -> None:
    both = quantile_table(InTurn(Fixed(60.0), Exponential(3600.0)))
    assert both == tuple(60_000 + wait for wait in quantile_table(Exponential(3600.0)))
    assert InTurn(Fixed(60.0), Exponential(3600.0)).mean == 3660.0


def test_the_mean_of_draws_is_the_mean() -> None:
    words = range(WORDS // 20000, WORDS, WORDS // 10000)
    table = quantile_table(Exponential(3600.0))
    assert sum(draw(table, word) for word in words) / len(words) == pytest.approx(3600_000, rel=0.002)


PINNED = {
    Fixed(210.0): "13b84eb1ba2a7fa4",
    Exponential(27 * DAY): "4807038d6efcaa1c",
    Lognormal(2400.0, 1.0): "4f9adfe0c40ce3fe",
    Lognormal(172800.0, 4.5997): "0e3851864e25ddc7",
    Weibull(0.27, 32000 * DAY): "ba1287b40688280e",
    Uniform(0.0, 90 * DAY): "d3246d2c719b4970",
    Empirical((60.0, 119.0, 127.0)): "eed98b896f57bdb7",
}
"""The first 16 hex digits of SHA-256 over the table as text: the same on every machine, or draws would differ."""


@pytest.mark.parametrize("distribution", PINNED, ids=repr)
def test_tables_are_the_same_on_every_machine(distribution: Distribution) -> None:
    text = ",".join(map(str, quantile_table(distribution)))
    assert hashlib.sha256(text.encode()).hexdigest()[:16] == PINNED[distribution]


@given(DISTRIBUTIONS, WORD, WORD)
def test_a_larger_word_never_draws_a_shorter_duration(distribution: Distribution, one: int, two: int) -> None:
    table = quantile_table(distribution)
    assert draw(table, min(one, two)) <= draw(table, max(one, two))


@given(DISTRIBUTIONS, WORD)
def test_a_draw_stays_within_the_table_and_the_longest(distribution: Distribution, word: int) -> None:
    table = quantile_table(distribution)
    assert len(table) == 2 * KNOTS
    assert 0 <= min(table) <= draw(table, word) <= max(table) <= LONGEST


@given(st.floats(0, 1e6), st.floats(0, 1e6), WORD)
def test_a_uniform_draw_stays_between_its_ends(low: float, width: float, word: int) -> None:
    drawn = draw(quantile_table(Uniform(low, low + width)), word)
    assert low * 1000 - 1 <= drawn <= (low + width) * 1000 + 1


@given(st.floats(0, 1e9), WORD)
def test_a_fixed_duration_is_itself_at_any_word(seconds: float, word: int) -> None:
    assert draw(quantile_table(Fixed(seconds)), word) == ticks(seconds)


def test_knots_mirror_each_other_and_lie_denser_in_the_tail() -> None:
    lower, upper = knots()[:KNOTS], knots()[KNOTS:]
    assert [float(1 - u) for u in lower] == pytest.approx([float(u) for u in upper], rel=1e-15)
    steps = [float((after - before) * WORDS) for before, after in pairwise(lower)]
    assert steps[16:] == pytest.approx([2.0 ** (i // 16 - 1) / 16 for i in range(16, KNOTS - 1)])
    assert float(lower[0]) == 0.5 / WORDS
    assert float(lower[-1]) == pytest.approx(0.5)


def test_both_halves_meet_at_the_median() -> None:
    table = quantile_table(Lognormal(2400.0, 1.0))
    below, above = draw(table, WORDS // 2 - 1), draw(table, WORDS // 2)
    assert 2400_000 - 2 <= below <= above <= 2400_000 + 2


def test_an_empirical_draw_is_linear_between_what_was_observed() -> None:
    table = quantile_table(Empirical((127.0, 60.0, 119.0)))
    assert draw(table, 0) == 60_000
    assert draw(table, WORDS // 6) == pytest.approx(60_000, rel=0.006)  # a corner inside a cell of the table
    assert draw(table, WORDS // 3) == pytest.approx((60_000 + 119_000) / 2, abs=1)
    assert draw(table, WORDS // 2) == pytest.approx(119_000, abs=1)
    assert draw(table, WORDS - 1) == 127_000
    assert Empirical((127.0, 60.0, 119.0)).mean == 102.0


def test_one_observation_is_that_observation() -> None:
    assert set(quantile_table(Empirical((7.0,)))) == {7000}


@given(st.floats(0.01, 0.45), st.floats(0.55, 0.99), st.floats(1, 1e5), st.floats(1.5, 100))
def test_a_lognormal_goes_through_its_two_quantiles(p: float, q: float, first: float, ratio: float) -> None:
    fitted = Lognormal.from_quantiles((q, first * ratio), (p, first))
    law = stats.lognorm(fitted.sigma, scale=fitted.median)
    assert law.ppf([p, q]) == pytest.approx([first, first * ratio], rel=0.001)


def test_a_duration_beyond_the_longest_is_drawn_as_the_longest() -> None:
    assert set(quantile_table(Fixed(1e15))) == {LONGEST}


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(0.0, 0), (0.0004, 0), (0.0006, 1), (1.5, 1500), (None, FOREVER), (math.inf, FOREVER), (1e300, FOREVER)],
)
def test_ticks_are_whole_milliseconds(seconds: float | None, expected: int) -> None:
    assert ticks(seconds) == expected


# ---- what is left of something that is met while it lasts


def _share_above(distribution: Distribution, seconds: float) -> float:
    """The share of all words whose draw is above `seconds`, on a grid."""
    table = quantile_table(distribution)
    words = range(1 << 15, 1 << 32, 1 << 16)
    return sum(draw(table, word) > seconds * 1000 for word in words) / len(words)


def test_what_is_left_of_an_exponential_has_no_memory() -> None:
    rest = Residual(Exponential(1800.0))
    assert _share_above(rest, 1800.0) == pytest.approx(math.exp(-1), abs=2e-3)
    assert _share_above(rest, 5400.0) == pytest.approx(math.exp(-3), abs=2e-3)


def test_what_is_left_of_something_fixed_is_uniform() -> None:
    assert _share_above(Residual(Fixed(300.0)), 75.0) == pytest.approx(0.75, abs=1e-3)


def test_a_long_run_is_met_more_often_than_a_short_one() -> None:
    """Uniform from 1 to 59 minutes: the rest is above 20 minutes in (59 - 20)^2 / (2 * 58 * 30) of all cases."""
    rest = Residual(Uniform(60.0, 3540.0))
    assert _share_above(rest, 1200.0) == pytest.approx(39**2 / (2 * 58 * 30), abs=2e-3)
    assert rest.mean == pytest.approx((30**2 + 58**2 / 12) / (2 * 30) * 60, rel=2e-3)
