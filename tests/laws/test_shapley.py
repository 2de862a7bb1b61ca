"""What the dials buy adds up, on every shipped scenario and on worlds worked out by hand."""

from __future__ import annotations

import itertools
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import simkit
from simkit.ablation import ablate, shapley

ROOT = Path(__file__).parents[2]
SCENARIOS = sorted((ROOT / "scenarios").rglob("*.yaml"))


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_the_parts_of_the_dials_add_up_to_the_whole(path: Path) -> None:
    scenario = simkit.load(path)
    entry = next(iter(scenario.entry_points))
    found = ablate(scenario, entry, "rbac", "task-scoped", trials=12, seed=3)
    assert sum(effect.exact for effect in found.effects) == found.exact_whole
    assert float(found.exact_whole) == pytest.approx(found.whole.estimate, abs=1e-9)
    assert [effect.dial for effect in found.effects] == ["identity", "scope", "expiry", "context", "response"]
    assert len(found.combinations) == 32


@pytest.mark.parametrize("path", SCENARIOS[:3] + SCENARIOS[-2:], ids=lambda path: path.stem)
def test_all_dials_turned_is_the_other_policy(path: Path) -> None:
    scenario = simkit.load(path)
    entry = next(iter(scenario.entry_points))
    found = ablate(scenario, entry, "static-secrets", "zero-standing", trials=16, seed=1)
    other = simkit.simulate(scenario, "zero-standing", entry_point=entry, trials=16, seed=1)
    shown = other.value_lost().estimate if found.valued else other.goals_reached()
    assert found.after.loss.estimate == pytest.approx(shown, abs=1e-12)
    assert found.after.utility == other.utility


def by_orders(gains: list[Fraction]) -> list[Fraction]:
    """The definition: what each player adds, over every order in which they can join."""
    players = len(gains).bit_length() - 1
    added = [Fraction(0)] * players
    orders = list(itertools.permutations(range(players)))
    for order in orders:
        mask = 0
        for player in order:
            added[player] += gains[mask | 1 << player] - gains[mask]
            mask |= 1 << player
    return [part / len(orders) for part in added]


games = st.integers(1, 5).flatmap(
    lambda players: st.lists(
        st.integers(-1000, 1000).map(lambda n: Fraction(n, 7)), min_size=1 << players, max_size=1 << players
    )
)


@given(games)
def test_shares_are_means_over_all_orders_and_add_up(gains: list[Fraction]) -> None:
    found = shapley.shares(gains)
    assert found == by_orders(gains)
    assert sum(found) == gains[-1] - gains[0]


@given(games, st.data())
def test_players_that_add_alike_get_alike_and_one_that_adds_nothing_gets_nothing(
    gains: list[Fraction], data: st.DataObject
) -> None:
    players = len(gains).bit_length() - 1
    idle = data.draw(st.integers(0, players - 1))
    flat = [gains[mask & ~(1 << idle)] for mask in range(len(gains))]
    assert shapley.shares(flat)[idle] == 0
    sizes = [gains[(1 << mask.bit_count()) - 1] for mask in range(len(gains))]
    assert len(set(shapley.shares(sizes))) == 1


@given(st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=3), st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=3))
def test_shares_by_sample_add_up_in_each_sample(first: list[float], both: list[float]) -> None:
    gains = [np.zeros(3), np.array(first), np.zeros(3), np.array(both)]
    parts = shapley.shares_by_sample(gains)
    assert np.sum(parts, axis=0) == pytest.approx(np.array(both), abs=1e-6)


@given(st.lists(st.floats(-1e9, 1e9), min_size=1))
def test_an_exact_mean_is_exact(values: list[float]) -> None:
    assert shapley.exact_mean(np.array(values)) == sum(map(Fraction, values)) / len(values)
