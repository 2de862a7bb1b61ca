"""Why a step was let through or not, by chances worked out by hand."""

from __future__ import annotations

import pytest

from simkit.attackgraph import Fact, Step
from simkit.fate import CERTAIN
from simkit.record.reasons import ALLOWED, DENIED, why_executed, why_refused
from simkit.record.views import Views
from simkit.scenario import loads
from simkit.simulation import world_of
from simkit.techniques import attack_graph

WORLD = """\
simkit: 1
name: help-desk
identities:
  desk: {kind: agent, susceptibility: 0.5, roles: [desk]}
  clerk: {kind: agent, susceptibility: 0.5}
resources:
  cases: {value: {confidentiality: 10}}
  tickets: {exposure: public}
tools:
  crm:
    operations:
      read: {effect: read, targets: [cases]}
      drop: {effect: delete, targets: [cases], chance: 0.8}
credentials:
  desk-key: {identity: desk}
roles:
  desk: {entitlements: [{operation: crm.*}]}
trust:
  - {from: desk, to: clerk, kind: invoke}
tasks:
  reply: {identity: desk, needs: [crm.drop], reads: [tickets], rate: 40/d}
entry_points:
  leaked-key: {leak: desk-key}
  poisoned: {poison: tickets}
response: {miss_rate: 0.25, rubber_stamp: 0.5}
policies:
  asking: {extends: rbac, context: approval}
"""


@pytest.fixture(scope="module")
def world() -> tuple[dict[str, Step], Views]:
    return compiled(WORLD, "asking")


def compiled(text: str, policy: str) -> tuple[dict[str, Step], Views]:
    """The steps of the scenario `text` under `policy`, by key, and what is said of them."""
    scenario = loads(text, "world.yaml")
    made = world_of(scenario, scenario.grant_policy(policy), scenario.entry_points)
    graph = attack_graph(made, horizon=scenario.horizon)
    return {step.key: step for step in graph.steps}, Views.of(made)


def word(chance: float) -> int:
    """A drawn word that lies just above `chance`."""
    return int(chance * CERTAIN) + 10


def test_one_draw_meets_the_operation_then_the_person_then_the_checks(world: tuple[dict[str, Step], Views]) -> None:
    steps, views = world
    drop = steps["replays(desk): crm.drop(cases)"]
    assert drop.chance == pytest.approx(0.8 * 0.5 * 0.25)
    assert why_refused(drop, word(0.8), views) == (ALLOWED, "it was allowed, but did not work")
    assert why_refused(drop, word(0.4), views) == (DENIED, "the person who must approve it refused")
    decision, why = why_refused(drop, word(0.1), views)
    assert (decision, why.split(":")[0]) == (DENIED, "out of context")


def test_a_read_asks_no_person(world: tuple[dict[str, Step], Views]) -> None:
    steps, views = world
    read = steps["replays(desk): crm.read(cases)"]
    assert why_refused(read, word(0.25), views)[1].startswith("out of context")
    assert why_executed(read, views) == "entitled by role desk; the checks missed that it was out of context"


def test_a_person_is_asked_where_the_entitlement_says_so_whatever_the_policy() -> None:
    guarded = WORLD.replace("{operation: crm.*}", "{operation: crm.read, conditions: [approval]}")
    steps, views = compiled(guarded.replace("needs: [crm.drop]", "needs: [crm.read]"), "rbac")
    read = steps["replays(desk): crm.read(cases)"]
    assert read.chance == 0.5, "the person approves half of what is asked"
    assert why_executed(read, views) == "entitled by role desk; a person approved it"
    assert why_refused(read, word(0.5), views) == (DENIED, "the person who must approve it refused")


def test_who_approved_is_said(world: tuple[dict[str, Step], Views]) -> None:
    steps, views = world
    drop = steps["steers(desk): crm.drop(cases)"]
    assert why_executed(drop, views) == (
        "entitled by role desk; a person approved it; the checks missed that it was out of context"
    )


def test_an_agent_that_does_not_follow_was_not_denied(world: tuple[dict[str, Step], Views]) -> None:
    steps, views = world
    steer = steps["steer(reply <- tickets)"]
    assert why_refused(steer, word(0.5), views) == (ALLOWED, "the agent did not follow the planted content")
    assert why_executed(steer, views) == "tickets is read in task reply"
    invoke = next(step for key, step in steps.items() if step.rule == "invoke" and key.startswith("replays(desk)"))
    assert why_refused(invoke, word(0.5), views) == (ALLOWED, "the agent did not follow the planted content")
    assert why_refused(invoke, word(invoke.chance), views)[0] == DENIED


def test_what_no_role_allows_came_with_the_attack(world: tuple[dict[str, Step], Views]) -> None:
    steps, views = world
    read = steps["replays(desk): crm.read(cases)"]
    ground = read.ground._replace(names=("clerk", "crm.read", "cases"))
    stranger = read._replace(grounds=(ground,), premises=(Fact("replays", "clerk"),))
    assert why_executed(stranger, views).startswith("entitled by what was granted during the attack")


def test_in_the_session_of_a_tier_it_is_said_whose_role_it_was() -> None:
    """The session is named after the tier; the first of those who share it need not be the one who is entitled."""
    shared = WORLD.replace("{kind: agent, susceptibility: 0.5, roles: [desk]}", "{kind: agent, roles: [desk], tier: t}")
    text = shared.replace("clerk: {kind: agent, susceptibility: 0.5}", "clerk: {kind: agent, tier: t}")
    steps, views = compiled(text, "static-secrets")
    read = steps["replays(tier:t): crm.read(cases)"]
    assert why_executed(read, views) == "entitled by role desk of desk, which shares the session"


@pytest.mark.parametrize(
    ("key", "why"),
    [
        ("leak(desk-key) in leaked-key", "the attack starts with leaked-key"),
        ("redeem(desk-key -> desk)", "with credential desk-key"),
        ("replays(desk): desk -invoke-> clerk as clerk", "through trust edge desk -invoke-> clerk"),
        ("inhabit(clerk): session clerk", "it lies in the runtime of clerk, where the attacker runs code"),
        ("poison(tickets) in poisoned", "the attack starts with poisoned"),
    ],
)
def test_what_uses_no_entitlement_says_what_let_it_happen(
    world: tuple[dict[str, Step], Views], key: str, why: str
) -> None:
    steps, views = world
    assert key in steps, sorted(steps)
    assert why_executed(steps[key], views).split(";")[0] == why
