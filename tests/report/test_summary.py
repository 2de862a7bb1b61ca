"""What a report comes down to, by hand: in the shop a leaked key costs 11 under roles, whatever is drawn."""

from __future__ import annotations

import re
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from book_shop import SELLS, SHOP, SWEEPS
from tiny_worlds import world

import simkit
from simkit.narrowing.recommendation.costs import Cost
from simkit.report.summary import Findings, costs

ROLES_LOSE = "If clerk-key leaks, 11 of value is lost on average [11, 11] under rbac, the policy in force"
BURDEN = "at the cost of 24 more tokens and 25 more checks a day"
"""24 sales a day take a token each (the cleaner has none), and 25 operations are checked; roles ask for neither."""


def found(*policies: str | simkit.GrantPolicy, text: str = SHOP) -> Findings:
    """The findings of a quick report; the first of `policies` is in force."""
    return simkit.report_on(world(text, SELLS + SWEEPS), policies[0], policies=policies, trials=20, quick=True).findings


def test_a_saving_is_what_is_lost_less_with_its_interval_and_its_cost() -> None:
    findings = found("rbac", "task-scoped")
    left = findings.comparison["task-scoped"].value_lost()
    assert (left.low > 0, left.high < 11) == (True, True)
    numbers = re.search(r"would save (\S+) of it \[(\S+), (\S+)\]", findings.sentence)
    assert numbers is not None
    assert [float(number) for number in numbers.groups()] == [
        round(11 - value, 1) for value in (left.estimate, left.high, left.low)
    ]
    assert findings.parts[0] == ROLES_LOSE
    assert findings.sentence.endswith(f", {BURDEN}.")


def test_of_two_that_lose_the_same_the_one_in_force_is_best() -> None:
    for policies in (("rbac", "static-secrets"), ("static-secrets", "rbac")):
        findings = found(*policies)
        assert findings.best is findings.in_force
        assert findings.saved == "no policy compared here loses less without breaking more tasks"


def test_a_difference_whose_interval_holds_zero_is_called_none() -> None:
    tight = replace(simkit.policy("task-scoped"), name="tight", miss_rate=0.08)
    saved = found("task-scoped", tight).saved
    assert saved == "tight loses least of the policies compared here, but the difference is none to speak of"


def test_the_cost_of_a_policy_is_what_comes_on_top_of_the_one_in_force() -> None:
    tight = replace(simkit.policy("task-scoped"), name="tight", miss_rate=0.0)
    assert found("task-scoped", tight).saved.endswith(", at the cost of nothing that is counted here")


@pytest.mark.parametrize(
    ("unneeded", "cost", "said"),
    [
        (True, {}, "nothing: no declared task and no observed run needs it"),
        (False, {"changes": 1}, "1 change to make, and for the work nothing that is counted here"),
        (
            False,
            {"changes": 2, "tokens_a_day": 3.0, "approvals_a_day": 4.0, "waiting_minutes_a_day": 6.5},
            "2 changes to make, and for the work 3 more tokens, 4 more approvals and 6.5 more minutes of waiting a day",
        ),
        (
            False,
            {"changes": 1, "stopped": 7},
            "1 change to make, and for the work nothing that is counted here, 7 more real runs stopped",
        ),
    ],
)
def test_what_a_narrowing_costs_in_words(unneeded: bool, cost: dict[str, Any], said: str) -> None:
    each: Any = SimpleNamespace(unneeded=unneeded, cost=Cost(**cost))
    assert costs(each) == said


def test_where_nothing_has_a_value_goals_are_counted() -> None:
    findings = found("rbac", "task-scoped", text=re.sub(r"value: {[^}]*}", "", SHOP))
    assert findings.lost.endswith("100 % of the goals are reached on average under rbac, the policy in force")
    assert re.fullmatch(rf"task-scoped would let \d+ % of them be reached, {BURDEN}", findings.saved)
    assert [tile.name for tile in findings.tiles()] == ["goals reached", "contained after"]


def test_the_tiles_say_the_numbers_and_what_must_be_known_beside_them() -> None:
    said = {tile.name: (tile.value, tile.beside) for tile in found("rbac").tiles()}
    assert said == {
        "value lost, mean": ("11", "95 % interval [11, 11]"),
        "value lost, worst case": ("11", "p95 of the trials 11"),
        "goals reached": ("1 of 1", "in some trial; likeliest: books-out, 100 %"),
        "first loss after": ("1 s", "median; 100 % of trials lose something"),
        "contained after": ("never", "median; 0 % of trials are contained"),
    }
