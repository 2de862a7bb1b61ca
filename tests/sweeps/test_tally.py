"""A tally says what the samples say, exactly, however they are cut into blocks."""

from __future__ import annotations

import json
import math
import random
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simkit.engines import Outcomes
from simkit.engines.replay import replays
from simkit.estate import generate
from simkit.simulation import simulate
from simkit.sweeps.tally import CELLS, Meaning, Tally, added, histogram, upper

RESULT = simulate(generate(800, 1), "rbac", entry_point="poisoned-inbox", trials=300, seed=3)
MEANING = Meaning.of(RESULT.legend)


def part(begin: int, end: int) -> Outcomes:
    found = RESULT.outcomes
    rows = slice(begin, end)
    return Outcomes(found.first[rows], found.by[rows], found.contained[rows], found.variant[rows], 3, begin)


WHOLE = Tally.of(part(0, 300), MEANING)


def test_it_agrees_with_the_blast_radius_of_the_same_samples() -> None:
    exact, mean = RESULT.value_lost(), WHOLE.mean()
    assert mean.estimate == pytest.approx(exact.estimate, rel=1e-12)
    assert (mean.low, mean.high) == pytest.approx((exact.low, exact.high), rel=1e-9)
    assert WHOLE.chance("crown-jewel-leaked") == RESULT.chance("crown-jewel-leaked")
    for share in (0.05, 0.5, 0.95):
        assert WHOLE.quantile(share) == pytest.approx(RESULT.quantile(share).estimate, rel=1 / CELLS)
    assert WHOLE.time_to_first_loss() == pytest.approx(RESULT.time_to_first_loss().estimate, rel=1 / CELLS)
    assert WHOLE.contained == round(RESULT.contained().estimate * 300)
    assert mean.high > mean.low


def test_only_the_facts_that_it_looks_at_need_be_kept() -> None:
    assert len(MEANING.columns) < len(RESULT.graph.facts) / 2
    how: dict[str, Any] = {"seed": 3, "trials": 300, "at_once": 128, "facts": MEANING.columns}
    parts = [Tally.of(each, MEANING) for each in replays(RESULT.graph, "poisoned-inbox", **how)]
    assert [each.trials for each in parts] == [128, 128, 44]
    assert added(parts) == Tally() + WHOLE


@given(st.lists(st.integers(0, 300), max_size=8), st.randoms(use_true_random=False))
def test_blocks_add_up_to_the_same_bytes_in_any_order(cuts: list[int], chance: random.Random) -> None:
    edges = [0, *sorted(cuts), 300]
    parts = [Tally.of(part(a, b), MEANING) for a, b in pairwise(edges) if b > a]
    chance.shuffle(parts)
    assert json.dumps(added(parts).to_dict(), sort_keys=True) == json.dumps((Tally() + WHOLE).to_dict(), sort_keys=True)


def test_it_comes_back_whole_from_its_plain_form() -> None:
    assert Tally.from_dict(json.loads(json.dumps(WHOLE.to_dict()))) == WHOLE


@given(st.floats(min_value=0, max_value=1e300, allow_subnormal=False))
def test_a_cell_ends_within_one_part_in_128_above_its_values(value: float) -> None:
    (cell,) = histogram(np.array([value]))
    assert value <= upper(cell) <= value * (1 + 1 / CELLS)


def test_nothing_lost_has_no_time_to_it() -> None:
    nothing = Tally.of(part(0, 10), Meaning({}, {"jewel": None}))
    assert math.isnan(nothing.time_to_first_loss())
    assert nothing.mean().estimate == 0.0
    assert nothing.chance("jewel").estimate == 0.0
