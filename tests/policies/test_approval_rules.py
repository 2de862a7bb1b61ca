"""What comes of asking, by hand; and what it costs those who are asked."""

from __future__ import annotations

import pytest
from tiny_worlds import world

from simkit.distributions import Exponential, Fixed, KthOf, Lognormal, draw, quantile_table
from simkit.model import ApprovalRule, Quorum, Response
from simkit.policies import consent
from simkit.simulation import compile_attack

ASKED = """
identities: {agent: {kind: agent, roles: [engineer, operator]}}
resources: {here: {}, there: {environment: staging}}
tools: {cloud: {operations: {drop: {effect: delete, targets: [here, there]}, purge: {effect: delete, targets: [here]}}}}
roles: {engineer: {entitlements: [{operation: cloud.drop}]}, operator: {entitlements: [{operation: cloud.purge}]}}
tasks:
  drop: {identity: agent, needs: [{operation: cloud.drop, targets: [here]}], rate: 10/d}
  purge: {identity: agent, needs: [cloud.purge], rate: 10/d}
  clear: {identity: agent, needs: [{operation: cloud.drop, targets: [there]}], rate: 10/d}
entry_points: {start: {mistake: agent}}
policy: asked
policies: {asked: {extends: rbac, approval: high-impact}}
"""


def said(rule: ApprovalRule, each: float = 0.9) -> tuple[float, int]:
    found = consent(Response(rubber_stamp=each, approvals={"rule": rule}), "rule")
    return round(found.chance, 9), found.people


def test_without_a_rule_one_person_is_asked() -> None:
    assert consent(Response(rubber_stamp=0.9, approval_delay=Fixed(60.0))) == (0.9, Fixed(60.0), 1)


@pytest.mark.parametrize(
    ("k", "n", "chance"), [(1, 1, 0.9), (2, 2, 0.81), (2, 3, 0.972), (1, 2, 0.99), (3, 3, 0.729), (2, 4, 0.9963)]
)
def test_k_of_n_agree_with_the_binomial_chance(k: int, n: int, chance: float) -> None:
    assert said(ApprovalRule("rule", of=Quorum(k, n))) == (chance, n)


def test_who_is_shown_something_else_agrees() -> None:
    assert said(ApprovalRule("rule", of=Quorum(2, 3), blind=True), 0.0) == (1.0, 3)


def test_the_second_of_two_answers_comes_later_and_the_first_of_two_sooner() -> None:
    """Of two waits without memory and a mean of 60 s the first ends after 30 s, the second 60 s later, on average."""
    assert KthOf(Exponential(60.0), 1, 2).mean == pytest.approx(30.0, rel=0.001)
    assert KthOf(Exponential(60.0), 2, 2).mean == pytest.approx(90.0, rel=0.001)
    assert KthOf(Exponential(60.0), 2, 3).mean == pytest.approx(50.0, rel=0.001)


def test_the_second_of_two_has_the_square_of_the_chance() -> None:
    """Both are there by the median of one with 1/4, so that the quantile at 1/4 is that median."""
    table = quantile_table(KthOf(Lognormal(2400.0, 1.0), 2, 2))
    assert draw(table, 1 << 30) == pytest.approx(2_400_000, rel=0.001)


def test_a_wait_that_never_varies_is_the_same_for_everybody() -> None:
    assert quantile_table(KthOf(Fixed(60.0), 2, 3)) == quantile_table(Fixed(60.0))


@pytest.mark.parametrize(
    ("approvals", "prompts", "minutes"),
    [
        ("", 30, 30),
        ("approvals: {rule: {of: {k: 2, n: 3}}}", 90, 30),
        ("approvals: {rule: {exempt: [operator]}}", 20, 20),
        ("approvals: {rule: {off_in: [staging]}}", 20, 20),
        ("approvals: {rule: {off_in: [drop]}}", 0, 0),
        ("approvals: {rule: {covers: [cloud.purge], of: {k: 2, n: 2}}}", 40, 30),
    ],
)
def test_each_person_who_is_asked_is_a_prompt_and_the_answers_are_waited_for_together(
    approvals: str, prompts: float, minutes: float
) -> None:
    """30 runs a day ask once each; under roles all tasks share one session, so that one task turns it off for all."""
    scenario = world(ASKED, f"response: {{approval_delay: 1m{', ' + approvals if approvals else ''}}}")
    side = compile_attack(scenario).utility
    assert side.approvals_a_day == pytest.approx(prompts)
    assert side.waiting_minutes_a_day == pytest.approx(minutes)
