"""Promises over draws: judged by the Wilson interval of the share of draws that keep them; by hand on a desk."""

from __future__ import annotations

import math

import pytest

import simkit
from simkit.checks.verdict import Verdict, over_draws
from simkit.decisions.drawn_share import drawn_share
from simkit.errors import ScenarioError

WORLD = """
simkit: 1
name: desk
policy: rbac
identities:
  agent: {{kind: agent, susceptibility: {{between: [0.2, 0.8], best: 0.5, evidence: assumption}}, roles: [desk]}}
resources:
  tickets: {{kind: queue, exposure: public-write}}
  records: {{kind: data-store, value: {{integrity: 10}}}}
tools:
  crm: {{operations: {{read: {{effect: read, targets: [tickets]}}, update: {{effect: write, targets: [records]}}}}}}
credentials: {{token: {{identity: agent, ttl: 1h}}}}
roles: {{desk: {{entitlements: [{{operation: "crm.*"}}]}}}}
tasks: {{answer: {{identity: agent, needs: [crm.read, crm.update], reads: [tickets], rate: 40/d, duration: 5m}}}}
entry_points: {{poisoned: {{poison: tickets, per_year: 2}}}}
response: {{miss_rate: {{between: [0.1, 0.1], best: 0.1, evidence: test}}}}
unit: {{EUR: 1000}}
prices: {{policies: {{rbac-context: {{per_year: {price}}}}}}}
expect: {{promise: {{{promise}}}}}
"""


def judged(promise: str, price: int = 9000) -> Verdict:
    scenario = simkit.loads(WORLD.format(promise=promise, price=price))
    return over_draws(scenario, scenario.expect["promise"])


CHEAPER = "policy: rbac-context, cheaper_than: rbac, in_draws: {share}"


def test_what_is_cheaper_in_every_draw_passes() -> None:
    """Checks save 18,000 EUR times the susceptibility: at least 3,600, and cost 100."""
    found = judged(CHEAPER.format(share="95%"), price=100)
    assert found.status == "pass"
    assert found.measured.estimate == 1.0
    assert found.sentence == (
        "passed: promise: rbac-context costs less than rbac through poisoned in 100 % [98.5 %, 100 %] of 256 draws, "
        "where at least 95 % of draws is expected."
    )


def test_what_depends_is_undecided_or_fails_and_names_what_decides_it_and_where() -> None:
    """At 9,000 a year they pay above a susceptibility of 0.5: in half of the draws."""
    found = judged(CHEAPER.format(share="50%"))
    assert found.status == "unsure"
    told, _, value = found.decided_by.rpartition(" ")
    assert told == "identities.agent.susceptibility decides it, which turns it at"
    assert float(value) == pytest.approx(0.5, abs=0.06)
    assert "measure it first" in found.sentence
    assert judged(CHEAPER.format(share="95%")).status == "fail"


def test_a_measure_is_held_against_its_bound_in_each_draw() -> None:
    """Under rbac the mean loss is 10 times the susceptibility: at most 5 in half of the draws, at most 9 in all."""
    assert judged("measure: value-lost, at_most: 9, in_draws: 90%").status == "pass"
    half = judged("measure: value-lost, at_most: 5, in_draws: 90%")
    assert half.status == "fail"
    assert half.measured.estimate == pytest.approx(0.5, abs=0.06)
    assert "turns it at 0.5" in half.decided_by or "turns it at 0.4" in half.decided_by


def test_how_many_years_lose_more_than_a_sum_is_that_of_events_and_not_of_their_mean() -> None:
    """Each year has 2 s attacks that lose 10,000: one above 15,000 needs two of them, whose chance is 1 - (1 + 2 s)
    exp(-2 s). It is 0.26 at s = 0.5, which half of the draws lie below."""
    at_half = 1 - 2 * math.exp(-1)
    found = judged(f"measure: annual-loss, above: 15k, at_most: {at_half:.4f}, in_draws: 50%")
    assert found.measured.estimate == pytest.approx(0.5, abs=0.1)
    assert judged("measure: annual-loss, above: 15k, at_most: 60%, in_draws: 95%").status == "pass"


def test_the_interval_is_that_of_wilson_over_the_draws() -> None:
    scenario = simkit.loads(WORLD.format(promise="measure: value-lost, at_most: 5, in_draws: 90%", price=0))
    found = drawn_share(scenario, scenario.expect["promise"], draws=64)
    assert found.share.trials == 64
    assert found.share.method == "Wilson"


def test_a_check_exits_on_a_promise_that_is_not_shown_to_hold() -> None:
    scenario = simkit.loads(WORLD.format(promise=CHEAPER.format(share="50%"), price=9000))
    report = simkit.check(scenario, trials=64)
    assert report.failed
    assert "CANNOT TELL" in " ".join(report.sentences)


@pytest.mark.parametrize(
    ("promise", "said"),
    [
        ("policy: rbac-context, cheaper_than: rbac", "add `in_draws`"),
        ("policy: rbac-context, cheaper_than: rback, in_draws: 95%", "no policy is called 'rback'"),
        ("cheaper_than: jit, measure: value-lost, at_most: 3, in_draws: 95%", "leave out `measure`"),
        ("measure: annual-loss, at_most: 5%, in_draws: 95%", "write both or neither"),
        ("measure: value-lost, above: 1M, at_most: 5, in_draws: 95%", "write both or neither"),
        ("measure: value-lost-p95, at_most: 5, in_draws: 95%", "is no mean"),
        ("measure: value-lost, at_most: 5, in_draws: 3", "a share of draws is asked for"),
        ("in_draws: 95%", "`measure` is missing"),
    ],
)
def test_what_cannot_be_meant_is_refused(promise: str, said: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        simkit.loads(WORLD.format(promise=promise, price=0))
    assert said in str(caught.value)


def test_what_is_written_is_read_again() -> None:
    promise = "measure: annual-loss, above: 15k, at_most: 60%, in_draws: 95%"
    scenario = simkit.loads(WORLD.format(promise=promise, price=0))
    assert simkit.loads(simkit.dump(scenario)).expect == scenario.expect
