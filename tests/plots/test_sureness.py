"""Pictures of what is not known say what they found."""

from __future__ import annotations

from functools import cache

import pytest

import simkit
from simkit import plots
from simkit.decisions import Sensitivity
from simkit.errors import QuestionError

WORLD = """
simkit: 1
name: desk
identities:
  agent: {kind: agent, susceptibility: {between: [0.2, 0.8], best: 0.5, evidence: assumption}, roles: [desk]}
resources:
  tickets: {kind: queue, exposure: public-write}
  records: {kind: data-store, value: {integrity: 10}}
tools:
  crm: {operations: {read: {effect: read, targets: [tickets]}, update: {effect: write, targets: [records]}}}
credentials: {token: {identity: agent, ttl: 1h}}
roles: {desk: {entitlements: [{operation: "crm.*"}]}}
tasks: {answer: {identity: agent, needs: [crm.read, crm.update], reads: [tickets], rate: 40/d, duration: 5m}}
entry_points: {poisoned: {poison: tickets, per_year: 2}}
compare: [rbac, rbac-context]
unit: {EUR: 1000}
prices: {policies: {rbac-context: {per_year: 9000}}}
"""


@cache
def sure() -> Sensitivity:
    return simkit.sensitivity(simkit.loads(WORLD), draws=128)


@pytest.mark.parametrize("price", ["9000", "3500"])
def test_no_word_of_the_tornado_stands_on_the_line_of_zero(price: str) -> None:
    """At 3,500 a year every input leaves the answer as it is, some of them only just."""
    found = simkit.sensitivity(simkit.loads(WORLD.replace("9000", price)), draws=128)
    axes = plots.tornado(found, "rbac", "rbac-context")
    axes.get_figure(root=True).canvas.draw()
    zero = axes.transData.transform((0.0, 0.0))[0]
    boxes = [text.get_window_extent() for text in axes.texts]
    assert boxes
    assert not any(box.x0 < zero < box.x1 for box in boxes)


def test_the_tornado_marks_where_a_decision_turns() -> None:
    axes = plots.tornado(sure(), "rbac", "rbac-context")
    title = axes.get_title(loc="left").replace("\n", " ")
    assert title.startswith("identities.age")
    assert title.endswith("can each turn the choice between rbac and rbac-context")
    assert any("turns at 0.4" in text.get_text() for text in axes.texts)
    assert axes.get_xlabel() == "what rbac-context saves (EUR a year)"


def test_the_share_of_draws_stands_over_the_input_that_decides() -> None:
    axes = plots.turning(sure(), "rbac", "rbac-context")
    assert axes.get_xlabel() == "identities.agent.susceptibility"
    shares = axes.lines[1].get_ydata()
    assert shares[0] < 0.2
    assert shares[-1] > 0.8
    assert "turns where identities.age" in axes.get_title(loc="left").replace("\n", " ")


def test_the_exceedance_has_two_bands_and_says_the_paired_share() -> None:
    axes = plots.annual_exceedance(sure())
    assert axes.get_title(loc="left") == "rbac-context loses less than rbac in 100 % of draws"
    assert len(axes.collections) == 4


def test_without_money_there_is_no_annual_loss_to_draw() -> None:
    plain = WORLD.partition("unit:")[0].replace(", per_year: 2", "")
    found = simkit.sensitivity(simkit.loads(plain), draws=64)
    with pytest.raises(QuestionError, match="says no `unit`"):
        plots.annual_exceedance(found)
