"""Sobol' indices against the closed form of a product of three inputs."""

from __future__ import annotations

import numpy as np
import pytest

from simkit.decisions.sobol import sobol_indices
from simkit.unknowns import Range

RANGES = (Range(0.01, 0.5, 0.1, "log"), Range(0.1, 1.0, 0.5), Range(0.5, 1.0, 0.9))
"""Of a miss rate, a susceptibility and a rubber-stamp rate: what is lost is 10 times their product."""


def closed() -> tuple[list[float], list[float]]:
    """First-order and total indices of a product: with r = variance / mean^2 of each factor, 1 + the variance of the
    whole over its squared mean is the product of all 1 + r."""
    places = (np.arange(200_000) + 0.5) / 200_000
    ratios = [float(each.at(places).var() / each.at(places).mean() ** 2) for each in RANGES]
    whole = np.prod([1 + ratio for ratio in ratios]) - 1
    total = [ratio * np.prod([1 + other for other in ratios if other != ratio]) / whole for ratio in ratios]
    return [ratio / whole for ratio in ratios], total


def loss(places: np.ndarray) -> np.ndarray:
    return 10.0 * np.prod([each.at(places[:, n]) for n, each in enumerate(RANGES)], axis=0)


def test_the_indices_of_a_product_are_those_of_the_closed_form() -> None:
    found = sobol_indices(lambda places: (loss(places), np.zeros(len(places))), 3, draws=1024)
    first, total = closed()
    assert found.first.tolist() == pytest.approx(first, abs=0.03)
    assert found.total.tolist() == pytest.approx(total, abs=0.03)


def test_what_the_trials_leave_open_is_no_inputs() -> None:
    """100 trials of an event with this chance: half of the variance that is seen is noise."""
    turn = [0]

    def noisy(places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        chances = loss(places) / 10.0
        turn[0] += 1
        dice = np.random.Generator(np.random.Philox(key=turn[0]))
        hits = dice.binomial(100, chances) / 100
        return 10.0 * hits, 100.0 * hits * (1 - hits) / 99

    found = sobol_indices(noisy, 3, draws=4096)
    assert found.total.tolist() == pytest.approx(closed()[1], abs=0.06)


def test_of_a_constant_nothing_is_explained() -> None:
    found = sobol_indices(lambda places: (np.ones(len(places)), np.zeros(len(places))), 2, draws=64)
    assert found.total.tolist() == [0.0, 0.0]


@pytest.mark.slow
def test_salib_agrees() -> None:
    """SALib is no dependency (437 MB with what it needs): the test runs where somebody has installed it."""
    sample = pytest.importorskip("SALib.sample.sobol")
    analyze = pytest.importorskip("SALib.analyze.sobol")
    problem = {"num_vars": 3, "names": ["m", "s", "r"], "bounds": [[0, 1]] * 3}
    places = sample.sample(problem, 1024, calc_second_order=False, seed=1)
    theirs = analyze.analyze(problem, loss(places), calc_second_order=False, seed=1)
    ours = sobol_indices(lambda points: (loss(points), np.zeros(len(points))), 3, draws=1024)
    assert ours.total.tolist() == pytest.approx(list(theirs["ST"]), abs=0.03)
    assert ours.first.tolist() == pytest.approx(list(theirs["S1"]), abs=0.03)
