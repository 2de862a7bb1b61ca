"""What could be asked of people: a second one, without exceptions, with open eyes."""

from __future__ import annotations

from tiny_worlds import world

from simkit.model import ApprovalRule, Quorum
from simkit.narrowing.edits.approvals_asked import AskOneMore, EndException, ShowWhatIsDone, approvals_asked
from simkit.scenario import Scenario
from simkit.techniques.givers import Givers

DESK = """
identities: {agent: {kind: agent, roles: [engineer, operator]}}
resources: {base: {}}
tools: {cloud: {operations: {drop: {effect: delete, targets: [base]}, purge: {effect: delete, targets: [base]}}}}
roles:
  engineer: {entitlements: [{operation: cloud.drop, conditions: [approval]}]}
  operator: {entitlements: [{operation: cloud.purge}]}
entry_points: {start: {mistake: agent}}
"""
RULE = (
    "response: {approvals: {two: {covers: [cloud.purge], of: {k: 2, n: 3}, exempt: [operator], off_in: [production]}}}"
)
BLIND = "response: {approvals: {eyes: {blind: true}}}"


def names(scenario: Scenario) -> list[str]:
    return [each.name for each in approvals_asked(scenario, Givers(scenario.model))]


def test_a_second_person_is_proposed_for_what_one_person_approves() -> None:
    (found,) = approvals_asked(world(DESK), Givers(world(DESK).model))
    assert found == AskOneMore(ApprovalRule("approval of cloud.drop", ("cloud.drop",), Quorum(2, 2)))
    assert found.name == "Let 2 of 2 people approve cloud.drop"
    assert found.apply(world(DESK)).response.approvals == {"approval of cloud.drop": found.rule}
    assert found.apply(found.apply(world(DESK))) == found.apply(world(DESK))


def test_each_exception_of_a_rule_may_end_and_one_person_more_be_asked() -> None:
    scenario = world(DESK, RULE)
    assert names(scenario) == [
        "Ask people about cloud.purge also under role operator",
        "Ask people about cloud.purge also in production",
        "Let 3 of 4 people approve cloud.purge",
        "Let 2 of 2 people approve cloud.drop",
    ]
    rule = scenario.response.approvals["two"]
    without = EndException(rule, "operator").apply(scenario).response.approvals["two"]
    assert (without.exempt, without.off_in, without.of) == ((), ("production",), Quorum(2, 3))


def test_who_sees_nothing_is_shown_it_before_more_are_asked() -> None:
    scenario = world(DESK, BLIND)
    assert names(scenario) == ["Show who approves anything what is done"]
    shown = ShowWhatIsDone(scenario.response.approvals["eyes"]).apply(scenario)
    assert not shown.response.approvals["eyes"].blind
