"""A range is bounds, a best guess and a shape; draws fill it so, and weights turn one shape into the other."""

from __future__ import annotations

import numpy as np
import pytest

from simkit.unknowns import DEFAULT_RANGES, GUESSES, Range, kind_of, middle, shape_of
from simkit.unknowns.lattice import points


def test_a_flat_range_is_drawn_in_equal_steps_and_a_log_one_in_equal_factors() -> None:
    places = np.array([0.0, 0.25, 0.5, 0.75, 1.0])
    assert Range(0.0, 8.0, 1.0).at(places).tolist() == [0.0, 2.0, 4.0, 6.0, 8.0]
    assert Range(1.0, 16.0, 1.0, "log").at(places).tolist() == [1.0, 2.0, 4.0, 8.0, 16.0]


def test_ten_times_the_lower_bound_is_wide_enough_for_log() -> None:
    assert [shape_of(1, 9.9), shape_of(1, 10), shape_of(0, 10)] == ["flat", "log", "flat"]
    assert middle(1, 16, "log") == 4
    assert middle(1, 16, "flat") == 8.5


@pytest.mark.parametrize("shape", ["flat", "log"])
def test_weights_give_the_mean_of_the_other_shape(shape: str) -> None:
    places = (np.arange(20_000) + 0.5) / 20_000
    here = Range(0.01, 0.5, 0.1, "log" if shape == "log" else "flat")
    values = here.at(places)
    weighted = float((values * here.weights(values)).mean())
    assert weighted == pytest.approx(float(here.other.at(places).mean()), rel=1e-3)


def test_a_range_down_to_zero_has_no_other_shape() -> None:
    here = Range(0.0, 1.0, 0.5)
    assert here.other is here
    assert here.weights(np.array([0.1, 0.9])).tolist() == [1.0, 1.0]


def test_every_default_has_its_best_guess_inside_and_stands_where_a_guess_may() -> None:
    assert len(DEFAULT_RANGES) == 6
    for where, found in DEFAULT_RANGES.items():
        assert kind_of(where)
        assert found.low < found.best < found.high
        assert found.why
        assert found.standard


def test_decisions_are_no_guesses() -> None:
    for where in ("response.rotation_period", "credentials.x.ttl", "policies.p.miss_rate", "tasks.t.rate", "horizon"):
        assert kind_of(tuple(where.split("."))) is None
    assert all(kind_of(guess.where) for guess in GUESSES)


def test_points_are_even_in_every_dimension_and_no_two_dimensions_are_alike() -> None:
    found = points(1024, 20, seed=3)
    for column in found.T:
        assert np.histogram(column, bins=64, range=(0, 1))[0].tolist() == [16] * 64
    correlations = np.corrcoef(found.T) - np.eye(20)
    assert np.abs(correlations).max() < 0.06


def test_another_seed_gives_other_points_and_the_same_seed_the_same() -> None:
    assert np.array_equal(points(128, 5, seed=1), points(128, 5, seed=1))
    assert not np.array_equal(points(128, 5, seed=1), points(128, 5, seed=2))


def test_the_mean_of_a_product_is_that_of_the_cube() -> None:
    found = points(1024, 6, seed=0)
    assert float((1 + (found - 0.5)).prod(axis=1).mean()) == pytest.approx(1.0, abs=4e-3)
