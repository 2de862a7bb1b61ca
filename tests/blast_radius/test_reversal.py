"""A narrower policy that loses more is said, with the first step that differs."""

from __future__ import annotations

from dataclasses import replace

import pytest
from small_losses import ALWAYS, CARDS, NAMES, WIPED, WORLD, blast_radius
from tiny_worlds import world

from simkit.blast_radius import Comparison
from simkit.policies import GrantPolicy, policy
from simkit.simulation import worst_case_pairs

FEW = [{}, ALWAYS | {NAMES: 5.0}] * 20  # 0 or 10
MORE = [{}, ALWAYS | {NAMES: 5.0, CARDS: 8.0, WIPED: 9.0}] * 20  # 0 or 20
PAIRS = {name: worst_case_pairs(world(WORLD), "rbac") for name in ("rbac", "narrow")}
POLICIES = {"rbac": policy("rbac"), "narrow": policy("rbac").turned(name="narrow", response="automatic")}


def compared(
    wide: list[dict[str, float]], narrow: list[dict[str, float]], policies: dict[str, GrantPolicy] = POLICIES
) -> Comparison:
    results = (blast_radius(wide), blast_radius(narrow, policy="narrow"))
    return Comparison(results, "rbac", PAIRS, policies)


def test_a_narrower_policy_that_loses_more_is_said_with_the_first_step_that_differs() -> None:
    (found,) = compared(FEW, MORE).reversals
    assert (found.policy, found.against, found.trial) == ("narrow", "rbac", 1)
    assert found.excess.estimate == pytest.approx(5.0)  # 4 + 6 in every other trial
    assert (found.step, found.at) == ("db.read cards", 8.0)
    assert "Mind that narrow is narrower than rbac and loses 5 more" in compared(FEW, MORE).summary
    assert compared(FEW, MORE).to_dict()["narrower_but_more"] == [found.to_dict()]


def test_nothing_is_said_of_one_that_loses_less_or_as_much() -> None:
    for narrow in (FEW[:1] * 40, FEW):
        assert not compared(FEW, narrow).reversals
        assert "Mind that" not in compared(FEW, narrow).summary


def test_nothing_is_said_of_a_difference_that_may_be_chance() -> None:
    """One trial in forty loses more: the interval of the mean holds zero."""
    assert not compared(FEW, [*FEW[:39], MORE[1]]).reversals


def test_nothing_is_said_of_policies_of_which_neither_is_narrower() -> None:
    other = replace(POLICIES["narrow"], scope="all")
    assert not compared(FEW, MORE, {**POLICIES, "narrow": other}).reversals


def test_the_shorter_ttl_is_the_narrower_policy() -> None:
    jit, hour = policy("jit"), policy("jit").turned(name="hour", ttl=3600.0)
    assert jit.is_narrower_than(hour)
    assert not hour.is_narrower_than(jit)
    assert not jit.is_narrower_than(jit)
    assert not hour.turned(ttl=None).is_narrower_than(jit)
