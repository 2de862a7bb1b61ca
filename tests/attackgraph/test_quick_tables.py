"""Quick tables are those of the laws themselves, tick for tick."""

from __future__ import annotations

import random

import pytest

from simkit.attackgraph.quick_tables import table_of
from simkit.distributions import DAY, Distribution, Exponential, Fixed, Lognormal, Uniform, Weibull, quantile_table


def laws(seed: int) -> list[Distribution]:
    dice = random.Random(seed)
    scale, shape = 10 ** dice.uniform(-4, 9), dice.uniform(0.2, 4)
    return [Exponential(scale), Exponential(float(round(scale))), Lognormal(scale, shape), Weibull(shape, scale)]


@pytest.mark.parametrize("seed", range(8))
def test_a_quick_table_is_that_of_its_law(seed: int) -> None:
    for law in laws(seed):
        assert tuple(table_of(law).tolist()) == quantile_table(law)


@pytest.mark.parametrize(
    "law",
    [Exponential(0.0), Exponential(1e-300), Exponential(27 * DAY), Exponential(1e15), Uniform(0.25, 7.0), Fixed(3.0)],
)
def test_so_it_is_at_the_extremes_and_for_laws_without_a_scale(law: Distribution) -> None:
    assert tuple(table_of(law).tolist()) == quantile_table(law)
