"""People who approve more, see more and are asked everywhere never let more through."""

from __future__ import annotations

from dataclasses import replace

from examples_drawn import examples
from generated_approvals import approval_rules
from generated_worlds import copying_worlds, worlds
from hypothesis import given
from hypothesis import strategies as st
from what_holds import never_adds

from simkit.distributions import Fixed
from simkit.model import ApprovalRule, Quorum
from simkit.policies import DIALS
from simkit.scenario import Scenario
from simkit.simulation import Attack, compile_attack

either = st.one_of(worlds(), copying_worlds())
asks = st.sampled_from(DIALS["approval"].settings[1:])


def ruled(scenario: Scenario, approval: str, *rules: ApprovalRule) -> Attack:
    """The attack where `rules` hold and answers come at once: to wait keeps a run going."""
    made = {rule.name: rule for rule in rules}
    response = replace(scenario.response, approvals=made, approval_delay=Fixed(0.0))
    return compile_attack(replace(scenario, response=response), scenario.grant_policy().turned(approval=approval))


def drawn(data: st.DataObject, scenario: Scenario) -> ApprovalRule:
    return data.draw(approval_rules(scenario.model))["rule"]


@given(either, asks, st.data())
@examples(40)
def test_one_person_more_who_must_agree_never_widens(scenario: Scenario, approval: str, data: st.DataObject) -> None:
    rule = drawn(data, scenario)
    more = replace(rule, of=Quorum(rule.of.k + 1, rule.of.n + 1))
    never_adds(ruled(scenario, approval, rule), ruled(scenario, approval, more))


@given(either, asks, st.data())
@examples(40)
def test_an_exception_that_ends_never_widens(scenario: Scenario, approval: str, data: st.DataObject) -> None:
    rule = drawn(data, scenario)
    wide = ruled(scenario, approval, rule)
    for ended in (replace(rule, exempt=()), replace(rule, off_in=()), replace(rule, blind=False)):
        never_adds(wide, ruled(scenario, approval, ended))


@given(either, asks)
@examples(30)
def test_a_rule_that_says_nothing_is_no_rule(scenario: Scenario, approval: str) -> None:
    without, within = ruled(scenario, approval).graph, ruled(scenario, approval, ApprovalRule("one")).graph
    assert (without.facts, without.steps) == (within.facts, within.steps)
