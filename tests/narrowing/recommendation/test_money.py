"""Where a file has prices, what to narrow is ranked by money, and says in how many draws it pays; by hand on a desk."""

from __future__ import annotations

from functools import cache

import pytest

import simkit
from simkit.narrowing import Recommendations
from simkit.scenario import Scenario

ASKED_A_DAY = 40
"""Forty runs, in each of which one operation is of high impact."""
HALF = 10_000 / 365 / ASKED_A_DAY
"""The price of an approval at which asking costs 10,000 a year."""
WORLD = """
simkit: 1
name: desk
policy: rbac
identities:
  agent: {{kind: agent, susceptibility: {{between: [0.2, 0.8], best: 0.6, evidence: assumption}}, roles: [desk]}}
resources:
  tickets: {{kind: queue, exposure: public-write}}
  records: {{kind: data-store, value: {{integrity: 10}}}}
tools:
  crm:
    operations:
      read: {{effect: read, targets: [tickets]}}
      update: {{effect: write, targets: [records], high_impact: true}}
credentials: {{token: {{identity: agent, ttl: 1h}}}}
roles: {{desk: {{entitlements: [{{operation: "crm.*"}}]}}}}
tasks: {{answer: {{identity: agent, needs: [crm.read, crm.update], reads: [tickets], rate: 40/d, duration: 5m}}}}
entry_points: {{poisoned: {{poison: tickets, per_year: 2}}}}
response: {{rubber_stamp: {{between: [0, 0], best: 0, evidence: test}}}}
{money}
"""
MONEY = "unit: {{EUR: 1000}}\nprices: {{approval: {approval}}}"
ASKS = "Turn context to approval for agent"
CHECKS = "Turn context to checks for agent"


def desk(approval: float | None) -> Scenario:
    return simkit.loads(WORLD.format(money="" if approval is None else MONEY.format(approval=approval)))


@cache
def asked(approval: float | None) -> Recommendations:
    return simkit.recommend(desk(approval), trials=400)


def named(found: Recommendations, name: str) -> simkit.Recommendation:
    return next(each for each in found if each.narrowing.name == name)


def test_what_is_saved_is_the_loss_of_a_year_and_what_is_paid_that_of_the_work() -> None:
    """Two attacks a year, 1,000 EUR a point: 2,000 EUR for each point less; 40 approvals a day, 365 days."""
    found = named(asked(HALF), ASKS)
    assert found.balance
    assert found.cost.approvals_a_day == ASKED_A_DAY
    assert found.balance.saves.estimate == pytest.approx(2000 * found.less.estimate)
    assert found.balance.saves.low == pytest.approx(2000 * found.less.low)
    assert found.balance.control == pytest.approx(10_000)
    assert asked(HALF).annual_loss == pytest.approx(2000 * found.before.mean.estimate)
    assert found.worth == found.balance.net == pytest.approx(found.balance.saves.estimate - 10_000)


def test_it_pays_in_the_draws_in_which_it_saves_more_than_it_costs() -> None:
    """Asking stops every attack: it saves 20,000 EUR times the susceptibility, which is above a half in half of the
    draws, and costs 10,000."""
    balance = named(asked(HALF), ASKS).balance
    assert balance
    assert balance.payback
    assert balance.payback.pays.estimate == pytest.approx(0.5, abs=0.05)
    assert balance.payback.mean == pytest.approx(0.0, abs=400)


def test_the_ranking_is_by_money_and_what_costs_more_than_it_saves_is_not_taken_together_with_others() -> None:
    dear = asked(10 * HALF)
    nets = [each.balance.net for each in dear if each.helps and each.balance]
    assert nets == sorted(nets, reverse=True)
    assert named(dear, ASKS).worth < 0
    assert ASKS not in [point.added.name for point in dear.curve if point.added]
    assert "a year" in dear.table().columns[2]


def test_a_file_without_prices_is_ranked_as_ever() -> None:
    found = asked(None)
    assert all(each.balance is None for each in found)
    assert found.table().columns[2] == "costs"
    assert "money" not in found[0].to_dict()


def test_the_first_sentence_says_in_how_many_draws_it_pays() -> None:
    assert "It pays in all draws of what is not known" in asked(HALF).summary
