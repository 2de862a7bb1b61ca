"""Roles that are active for a time, under every scope and every way in which tokens and sessions are shared."""

from __future__ import annotations

from itertools import product

import pytest

from simkit import loads
from simkit.policies import DIALS, GrantPolicy, sessions
from simkit.simulation import compile_attack

WORLD = """
simkit: 1
name: roles-for-a-time
identities:
  one: {kind: agent, tier: team, roles: [base, {role: admin, ttl: 1h}, {role: root, ttl: 10m}]}
  two: {kind: agent, tier: team, roles: [{role: admin, ttl: 1h}]}
resources: {store: {value: {integrity: 1}}, tickets: {exposure: public}}
tools: {t: {operations: {read: {effect: read, targets: [tickets]}, change: {effect: write, targets: [store]}}}}
credentials: {key: {identity: one}, other: {identity: two}}
roles: {base: {entitlements: [t.read]}, admin: {entitlements: [t.change]}, root: {entitlements: [t.change]}}
tasks:
  often: {identity: one, needs: [t.change], reads: [tickets], rate: 5/d}
  seldom: {identity: one, needs: [t.change, t.read], rate: 2/d}
  also: {identity: two, needs: [t.change], rate: 1/d}
entry_points: {leaked: {leak: key}, owned: {compromise: one}}
goals: {changed: {lost: ["store: integrity"]}}
"""
CHOICES = list(product(DIALS["scope"].settings, DIALS["identity"].settings))


@pytest.mark.parametrize(("scope", "identity"), CHOICES, ids=lambda setting: str(setting))
def test_each_token_has_a_name_of_its_own_and_each_step_a_key(scope: str, identity: str) -> None:
    """With two tasks in need of one role, and two members of a tier that have it: parts of several sessions that one
    token opens."""
    scenario = loads(WORLD, "world.yaml")
    policy = GrantPolicy("p", scope=scope, identity=identity)
    made = sessions(scenario.model, policy)
    names = [token.name for tokens in made.tokens.values() for token in tokens]
    assert len(names) == len(set(names))
    worst = compile_attack(scenario, policy).worst_cases(["owned"])["owned"]
    assert "changed" in worst.goals, "whoever runs code in the agent has its roles when it next works"
