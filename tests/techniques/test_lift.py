"""Who may change what restricts somebody takes it away: denies, a boundary, approvals."""

from __future__ import annotations

from dataclasses import replace

import pytest
from examples_drawn import examples
from generated_limits import limited
from generated_worlds import copying_worlds, worlds
from hypothesis import given
from hypothesis import strategies as st
from what_holds import never_adds, worst

from simkit.errors import ScenarioError
from simkit.model import Operation
from simkit.scenario import Scenario, dump, loads
from simkit.simulation import Attack, compile_attack

either = st.one_of(worlds(grants=True), copying_worlds())
BANK = """
simkit: 1
name: bank
policy: {policy}
identities:
  teller: {{entitlements: [{{operation: "*.*"}}], {limits}}}
  other: {{}}
resources: {{till: {{value: {{confidentiality: 1}}}}, safe: {{value: {{confidentiality: 10}}}}}}
tools:
  bank: {{operations: {{count: {{effect: read, targets: [till, safe]}}}}}}
  iam:
    operations:
      undeny: {{effect: lift, targets: [{undeny}], lifts: [denies]}}
      unbound: {{effect: lift, targets: [{unbound}], lifts: [boundary]}}
      promote: {{effect: grant, targets: [teller], role: chief}}
roles: {{chief: {{entitlements: [{{operation: bank.count}}], denies: [{{operation: bank.count, targets: [safe]}}]}}}}
credentials: {{key: {{identity: teller, {token}}}}}
tasks: {{close: {{identity: teller, needs: [{needs}], rate: 1/d, duration: 1h}}}}
entry_points: {{leaked: {{leak: key}}}}
goals: {{counted: {{lost: ["safe: confidentiality"]}}}}
"""
BOTH = (
    "denies: [{operation: bank.count, targets: [safe]}], boundary: [{operation: bank.count, targets: [till]}, 'iam.*']"
)


AS_IT_IS = {
    "limits": BOTH,
    "undeny": "teller",
    "unbound": "teller",
    "policy": "rbac",
    "needs": "bank.count",
    "token": "",
}


def bank(**said: str) -> Attack:
    """The attack on the bank, of which something else is `said`."""
    return compile_attack(loads(BANK.format(**{**AS_IT_IS, **said})))


def lost(attack: Attack) -> bool:
    """True if the safe is lost in the worst case."""
    return any(fact.kind == "lost" and fact.subject == "safe" for fact in worst(attack, "leaked"))


def test_a_deny_and_a_boundary_both_have_to_go() -> None:
    assert lost(bank())
    assert not lost(bank(undeny="other"))
    assert not lost(bank(unbound="other"))


def test_what_is_not_restricted_is_lifted_of_nobody() -> None:
    steps = bank(limits="roles: []").graph.steps
    assert not [fact for step in steps for fact in step.premises if fact.kind in ("lifted", "waived")]


def test_what_a_gained_role_gives_is_denied_until_that_is_lifted() -> None:
    robbed = compile_attack(loads(BANK.format(**AS_IT_IS).replace('"*.*"', '"iam.*"')))
    assert lost(robbed)
    kept = compile_attack(loads(BANK.format(**{**AS_IT_IS, "undeny": "other"}).replace('"*.*"', '"iam.*"')))
    assert not lost(kept), "the role's own deny stands, too"


def test_under_a_task_scope_what_is_lifted_is_had_if_the_task_needs_it() -> None:
    managed = "managed: false, limited_to: ['iam.*']"
    assert not lost(bank(policy="task-scoped", needs="iam.undeny"))
    assert lost(bank(policy="task-scoped", needs="bank.count, iam.undeny, iam.unbound"))
    assert not lost(bank(policy="task-scoped", needs="bank.count, iam.undeny"))
    assert not lost(bank(token=managed)), "what a token carries is no restriction of its identity"


def test_without_targets_it_is_lifted_of_everybody() -> None:
    text = BANK.replace("targets: [{undeny}], ", "").replace("targets: [{unbound}], ", "")
    assert lost(compile_attack(loads(text.format(**AS_IT_IS))))


def test_only_a_lift_lifts() -> None:
    text = BANK.format(**AS_IT_IS).replace("role: chief}", "role: chief, lifts: [denies]}", 1)
    with pytest.raises(ScenarioError, match="only an operation of effect 'lift' `lifts`, this is 'grant'"):
        loads(text)


def test_it_loads_back_equal_and_says_nothing_where_it_is_not_said() -> None:
    made = bank().scenario
    assert loads(dump(made), made.file).digest == made.digest
    assert Operation("o", "lift").restrictions == ("denies", "boundary", "approvals")
    assert Operation("o", "grant").restrictions == ()


def unrestricted(scenario: Scenario) -> Scenario:
    """`scenario` in which nothing is denied and nothing bounded."""
    model = scenario.model
    people = {name: replace(each, denies=(), boundary=None) for name, each in model.identities.items()}
    roles = {name: replace(each, denies=(), boundary=None) for name, each in model.roles.items()}
    return replace(scenario, model=replace(model, identities=people, roles=roles))


@given(limited(either))
@examples(80)
def test_what_is_lifted_is_within_what_nobody_restricts(scenario: Scenario) -> None:
    wide, narrow = compile_attack(unrestricted(scenario)), compile_attack(scenario)
    gone = ("lifted", "waived")
    for entry in scenario.entry_points:
        within = {fact for fact in worst(narrow, entry) if fact.kind not in gone}
        assert within <= worst(wide, entry)


@given(limited(either))
@examples(60)
def test_a_narrowing_that_takes_the_lifting_away_never_adds_to_what_any_sample_reaches(scenario: Scenario) -> None:
    wide = compile_attack(scenario)
    lifting = {full for full, _, each in scenario.model.operations() if each.effect == "lift"}
    roles = {
        name: replace(each, entitlements=tuple(e for e in each.entitlements if e.operation not in lifting))
        for name, each in scenario.model.roles.items()
    }
    never_adds(wide, compile_attack(replace(scenario, model=replace(scenario.model, roles=roles))))
