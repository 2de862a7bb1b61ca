"""A decision is taken or open, and what decides it is worth knowing exactly as far as it flips."""

from __future__ import annotations

import numpy as np
import pytest

from simkit.decisions.preference import decided, worth_knowing
from simkit.unknowns import NotKnown, Range

PLACES = (np.arange(1024) + 0.5) / 1024
MISSES = NotKnown("misses", Range(0.0, 1.0, 0.5), (("response", "miss_rate"),))
IDLE = NotKnown("idle", Range(1.0, 9.0, 2.0), (("response", "rubber_stamp"),))


def shuffled(values: np.ndarray) -> np.ndarray:
    return values[np.argsort(np.random.Philox(key=99).random_raw(len(values)), kind="stable")]


def test_knowing_is_worth_nothing_where_no_draw_flips() -> None:
    assert worth_knowing(PLACES, PLACES + 0.1) == 0.0
    assert worth_knowing(PLACES, -PLACES) == 0.0
    assert worth_knowing(PLACES, np.zeros(1024)) == 0.0


def test_knowing_what_alone_decides_is_worth_what_it_saves() -> None:
    """The gain is x - 1/2 on [0, 1]: nothing on average, and 1/8 for who knows x."""
    assert worth_knowing(PLACES, PLACES - 0.5) == pytest.approx(0.125, abs=0.006)


def test_knowing_what_does_not_bear_is_worth_nothing() -> None:
    assert worth_knowing(shuffled(PLACES), PLACES - 0.5) < 0.01


def preference(gain: np.ndarray):  # type: ignore[no-untyped-def]
    given = {"misses": PLACES, "idle": 1 + 8 * shuffled(PLACES)}
    zero = np.zeros(1024)
    return decided(("a", "b"), (gain, zero), (gain, zero), given, (MISSES, IDLE), {"misses": (0.5,)})


def test_a_gain_in_every_draw_is_decided() -> None:
    found = preference(PLACES + 1)
    assert found.status == "DECIDED"
    assert found.is_for
    assert found.cheaper.estimate == 1.0
    assert [each.worth for each in found.deciders] == [0.0, 0.0]


def test_a_gain_in_half_of_the_draws_is_open_and_the_input_that_decides_comes_first() -> None:
    found = preference(PLACES - 0.5)
    assert found.status == "OPEN"
    assert found.cheaper.estimate == 0.5
    assert found.deciders[0].input.name == "misses"
    assert found.deciders[0].turns_at == (0.5,)
    assert not found.deciders[1].bears or found.deciders[1].worth < found.deciders[0].worth / 10


def test_equal_draws_count_for_nobody() -> None:
    found = preference(np.where(PLACES > 0.5, PLACES, 0.0))
    assert found.equal == 0.5
    assert found.cheaper.estimate == 1.0
    assert preference(np.zeros(1024)).equal == 1.0


def test_another_shape_weighs_the_same_draws_anew() -> None:
    """Flat, 1 to 9: half of it lies above 5; log: ln(9/5) / ln 9 = 0.2675."""
    values = IDLE.range.at(PLACES)
    gain = np.where(values > 5, 1.0, -1.0)
    found = decided(("a", "b"), (gain, 0 * gain), (gain, 0 * gain), {"idle": values}, (IDLE,), {})
    assert found.other_shapes["idle"] == pytest.approx(0.2675, abs=0.002)
