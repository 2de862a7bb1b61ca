"""Whoever holds the key of an identity provider is whom they like, for all who trust it."""

from __future__ import annotations

import pytest
from tiny_worlds import attacked, can, replayed, step, steps, world

from simkit.attackgraph import Ground
from simkit.errors import ScenarioError
from simkit.narrowing import CutTrust, cut_off
from simkit.scenario import dump, loads

WORLD = """
identities:
  idp: {tier: core}
  mail: {entitlements: [{operation: box.read}], tier: apps}
  payroll: {entitlements: [{operation: box.pay}]}
  stranger: {entitlements: [{operation: box.pay}]}
resources:
  letters: {value: {confidentiality: 10}}
  salaries: {value: {integrity: 100}}
tools:
  box:
    operations:
      read: {effect: read, targets: [letters], duration: 10s}
      pay: {effect: write, targets: [salaries], duration: 10s}
credentials:
  key: {identity: idp, use: signing}
trust:
  - {from: idp, to: mail, kind: federate, ttl: 1h}
  - {from: idp, to: payroll, kind: federate, attenuates: true}
  - {from: idp, to: stranger, kind: delegate}
tasks:
  sort: {identity: mail, needs: [box.read], rate: 1/h, duration: 1m}
entry_points: {start: {leak: key}, inside: {compromise: idp}}
goals: {paid: {lost: [{resource: salaries, impact: integrity}]}}
"""
BOUND = WORLD.replace("use: signing}", "use: signing, binding: sender-constrained}")


def test_the_key_opens_no_session_of_the_issuer_and_every_one_that_federates_with_it() -> None:
    found = can(world(WORLD))
    assert "holds(key)" in found
    assert {fact for fact in found if fact.startswith("replays")} == {"replays(mail)", "replays(payroll)"}


def test_attenuation_and_tasks_bind_what_the_issuer_signs_and_not_what_is_forged() -> None:
    assert "lost(salaries, integrity)" in can(world(WORLD)), "its edge is attenuated, and the issuer may do nothing"
    narrow = can(world(WORLD), identity="task", scope="task", delegation="attenuated")
    assert "lost(letters, confidentiality)" in narrow, "no task of the issuer delegates to mail"
    assert "lost(salaries, integrity)" not in narrow, "payroll has no task, so there is no session to forge"


def test_a_key_that_cannot_leave_is_used_where_it_is() -> None:
    assert "replays(mail)" not in can(world(BOUND))
    assert "replays(mail)" in can(world(BOUND), "inside")


def test_it_takes_a_second_and_the_session_lives_for_the_ttl_of_the_edge() -> None:
    made = step(attacked(world(WORLD)), "forge(key): idp -federate-> mail as mail")
    assert made.conclusions[0].after == 3600.0
    found = replayed(world_attack := attacked(world(WORLD)))
    assert found.at["replays(mail)"] == 1.0
    assert found.at["lost(letters, confidentiality)"] == 11.0
    assert len(steps(world_attack, "forge")) == 2


def test_it_rests_on_the_key_and_on_the_trust() -> None:
    made = step(attacked(world(WORLD)), "forge(key): idp -federate-> mail as mail")
    assert made.grounds == (Ground("credential", ("key",)), Ground("trust", ("idp", "federate", "mail")))


@pytest.mark.parametrize(("response", "chance"), [("manual", 0.0), ("rotation", 0.5), ("automatic", 0.5)])
def test_who_believes_it_may_notice_where_identity_events_are_logged(response: str, chance: float) -> None:
    attack = attacked(world(WORLD, "response: {detection: {forge: {chance: 0.5}}}"), response=response)
    assert step(attack, "forge(key): idp -federate-> mail as mail").alert == chance
    assert step(attack, "leak(key) in start").alert == 0.0


def test_a_key_is_no_token_that_policies_shorten_but_it_is_rotated() -> None:
    by_policy = {
        name: attacked(world(WORLD, "response: {rotation_period: 30d}"), **dials)
        for name, dials in {"short": {"expiry": "ttl", "ttl": 60.0}, "rotated": {"response": "rotation"}}.items()
    }
    ends = {}
    for name, attack in by_policy.items():
        (leaked,) = steps(attack, "leak")
        ends[name] = (leaked.conclusions[0].after, leaked.conclusions[0].rotates)
    assert ends["short"] == (None, None)
    assert ends["rotated"][1] == 30 * 86400.0


def test_the_cheapest_cut_is_the_trust() -> None:
    paying = WORLD.replace("tasks:", "tasks:\n  pay: {identity: payroll, needs: [box.pay], rate: 1/d, duration: 1m}")
    plan = cut_off(world(paying.replace(", inside: {compromise: idp}", "")), goal="paid", trials=5, exact=True)
    assert plan.narrowings == (CutTrust("idp -federate-> payroll"),)
    assert plan.proven


def test_a_signing_key_is_written_as_it_was_read_and_has_no_audience() -> None:
    scenario = world(WORLD)
    again = loads(dump(scenario))
    assert again.digest == scenario.digest
    assert again.model.credentials["key"].use == "signing"
    assert scenario.digest != world(WORLD.replace(", use: signing", "")).digest
    with pytest.raises(ScenarioError, match="a signing key has no audience"):
        world(WORLD.replace("use: signing", "use: signing, audience: [box]"))
