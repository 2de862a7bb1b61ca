"""A traced number computes as a float does, and can be worked out again with other inputs, bit for bit."""

from __future__ import annotations

import pickle
import random

import numpy as np

from simkit.distributions import Exponential, Fixed
from simkit.unknowns.traced import Traced, comparisons, evaluated, inputs_of


def test_it_is_the_float_that_it_would_be() -> None:
    a, b = Traced.of("a", 0.3), Traced.of("b", 0.7)
    assert a * b == 0.3 * 0.7
    assert 1.0 - a == 1.0 - 0.3
    assert 1 / b + a == 1 / 0.7 + 0.3
    assert hash(a) == hash(0.3)
    assert max(a, b) is b
    assert type(pickle.loads(pickle.dumps(a * b))) is float


def test_the_sum_is_done_again_with_every_bit() -> None:
    a, b = Traced.of("a", 0.3), Traced.of("b", 0.7)
    made = (1.0 - a * 0.9) * b / 3.0
    dice = random.Random(5)
    drawn = [(dice.random(), dice.random()) for _ in range(200)]
    given = {"a": np.array([x for x, _ in drawn]), "b": np.array([y for _, y in drawn])}
    assert evaluated(made, given, 200).tolist() == [(1.0 - x * 0.9) * y / 3.0 for x, y in drawn]
    assert inputs_of(made) == {"a", "b"}
    assert inputs_of(0.5) == frozenset()


def test_what_is_asked_of_it_is_written_down_and_asked_again() -> None:
    a = Traced.of("a", 0.3)
    with comparisons() as asked:
        assert a < 1.0
        assert a > 0
        assert Fixed(a) != Fixed(0.0)
        assert Exponential(a) == Exponential(a)
    given = {"a": np.array([0.5, 1.0, 0.0])}
    holds = np.all([each.holds(given) for each in asked.values()], axis=0)
    assert holds.tolist() == [True, False, False]


def test_outside_of_the_block_nothing_is_written_down() -> None:
    with comparisons() as asked:
        pass
    assert Traced.of("a", 0.3) < 1
    assert not asked
