"""How a use is judged: by conditions on the entitlement, by context, by a person."""

from __future__ import annotations

import pytest
from tiny_worlds import attacked, can, replayed, step, world

from simkit.attackgraph import Step
from simkit.distributions import Fixed

WORLD = """
identities:
  app: {environment: sandbox, entitlements: [{operation: "db.*", conditions: %s}]}
  agent: {kind: agent, susceptibility: 1, environment: sandbox, entitlements: [{operation: "db.*"}]}
resources:
  near: {environment: sandbox}
  far: {environment: production}
  nowhere: {}
  inbox: {}
tools:
  db:
    operations:
      read: {effect: read, targets: [near, far, nowhere]}
      write: {effect: write, targets: [near, far], high_impact: true}
      drop: {effect: delete, targets: [near]}
      send: {effect: send, high_impact: false}
credentials: {key: {identity: app}}
tasks: {t: {identity: agent, reads: [inbox], rate: 1/h}}
response: {miss_rate: 0.25, rubber_stamp: 0.5, approval_delay: 40m}
"""
LEAK = "entry_points: {start: {leak: key}}\n"
INSIDE = "entry_points: {start: {compromise: app}}\n"


def chances(conditions: str = "[]", **dials: str) -> dict[str, float]:
    """The chance of each use, without the steps that cannot succeed."""
    attack = attacked(world(WORLD % conditions, LEAK), **dials)
    return {s.key: s.chance for s in attack.graph.steps if s.rule in ("read", "write", "delete", "send")}


# ---- conditions on the entitlement


def test_without_conditions_and_checks_every_use_passes() -> None:
    assert set(chances().values()) == {1.0}


def test_the_source_condition_refuses_a_token_off_its_host() -> None:
    assert not any(fact.startswith("performed") for fact in can(world(WORLD % "[source]", LEAK)))


def test_the_source_condition_lets_through_what_runs_in_the_runtime() -> None:
    found = world(WORLD % "[source]", INSIDE)
    assert "lost(far, confidentiality)" in can(found)
    used = step(attacked(found), "replays(app): db.read(far) from app")
    assert {str(fact) for fact in used.premises} == {"replays(app)", "runs_in(app)"}


def test_the_source_condition_does_not_stop_an_agent_in_its_own_runtime() -> None:
    conditional = WORLD.replace('[{operation: "db.*"}]}', '[{operation: "db.*", conditions: [source]}]}') % "[]"
    assert "seen(agent, near)" in can(world(conditional, "entry_points: {start: {poison: inbox}}\n"))


def test_the_environment_condition_refuses_what_lies_in_another() -> None:
    reached = can(world(WORLD % "[environment]", LEAK))
    assert {"performed(db.read, near)", "performed(db.read, nowhere)"} <= reached
    assert not {"performed(db.read, far)", "performed(db.write, far)"} & reached


def test_the_approval_condition_waits_for_a_person_whatever_the_effect() -> None:
    attack = attacked(world(WORLD % "[approval]", LEAK))
    asked = step(attack, "replays(app): db.read(near)")
    assert (asked.chance, asked.approval) == (0.5, Fixed(2400.0))
    times = [replayed(attack, sample=sample).at.get("performed(db.read, near)") for sample in range(32)]
    assert set(times) == {None, 2401.0}  # refused, or after the person and the second of work


# ---- context: checks


def test_a_token_replayed_from_elsewhere_passes_the_checks_at_the_miss_rate_only() -> None:
    checked = chances(context="checks")
    assert checked["replays(app): db.read(near)"] == 0.25


def test_from_its_own_runtime_a_replay_in_its_own_environment_is_in_context() -> None:
    assert chances(context="checks")["replays(app): db.read(near) from app"] == 1.0


def test_another_environment_is_out_of_context_from_the_runtime_too() -> None:
    checked = chances(context="checks")
    assert checked["replays(app): db.read(far) from app"] == 0.25
    assert checked["replays(app): db.read(far)"] == 0.25  # two reasons, one check


def test_what_lies_in_no_environment_matches_every_one() -> None:
    assert chances(context="checks")["replays(app): db.read(nowhere) from app"] == 1.0


@pytest.mark.parametrize(
    ("use", "chance"),
    [
        ("db.read(near)", 1.0),
        ("db.read(far)", 0.25),
        ("db.write(near)", 0.25),
        ("db.drop(near)", 0.25),
        ("db.send()", 0.25),
    ],
)
def test_a_tainted_session_may_read_in_its_environment_but_changes_nothing_unchecked(use: str, chance: float) -> None:
    assert chances(context="checks")[f"steers(agent): {use}"] == chance


def test_an_agent_that_errs_is_not_tainted() -> None:
    found = world(WORLD % "[]", "entry_points: {start: {mistake: agent}}\n")
    attack = attacked(found, context="checks")
    assert step(attack, "errs(agent): db.drop(near)").chance == 1.0
    assert step(attack, "errs(agent): db.write(far)").chance == 0.25


def test_the_policys_own_miss_rate_wins_over_the_responses() -> None:
    attack = attacked(world(WORLD % "[]", LEAK), context="checks", miss_rate=0.125)
    assert step(attack, "replays(app): db.read(near)").chance == 0.125


def test_checks_that_miss_nothing_leave_no_way_but_the_runtime() -> None:
    dials = {"context": "checks", "miss_rate": 0.0}
    assert not any(f.startswith("performed") for f in can(world(WORLD % "[]", LEAK), **dials))
    inside = can(world(WORLD % "[]", INSIDE), **dials)
    assert "performed(db.read, near)" in inside
    assert "performed(db.read, far)" not in inside


def test_checks_that_miss_everything_are_no_checks() -> None:
    found = world(WORLD % "[]", LEAK)
    assert can(found, context="checks", miss_rate=1.0) == can(found)


def test_off_host_and_from_the_runtime_share_one_fate() -> None:
    attack = attacked(world(WORLD % "[]", LEAK), context="checks")
    fates = {step(attack, f"replays(app): db.read(near){way}").fate for way in ("", " from app")}
    assert fates == {"app: db.read(near)"}


def test_becoming_somebody_is_judged_by_context_too() -> None:
    edge = "trust: [{from: app, to: agent}]\n"
    attack = attacked(world(WORLD % "[]", edge, LEAK), context="checks")
    assert step(attack, "replays(app): app -assume-> agent as agent").chance == 0.25


def test_a_shared_session_has_an_environment_only_if_its_members_agree() -> None:
    tiered = (WORLD % "[]").replace("sandbox, ent", "sandbox, tier: back, ent")
    shared = {"identity": "shared", "scope": "all", "context": "checks"}
    agreed = attacked(world(tiered, LEAK), **shared)
    assert step(agreed, "replays(tier:back): db.read(near) from app").chance == 1.0
    mixed = tiered.replace("susceptibility: 1, environment: sandbox", "susceptibility: 1, environment: production")
    assert step(attacked(world(mixed, LEAK), **shared), "replays(tier:back): db.read(near) from app").chance == 0.25


# ---- context: approval


def asked(use: str, **dials: str) -> Step:
    return step(attacked(world(WORLD % "[]", LEAK), context="approval", miss_rate=1.0, **dials), use)


def test_high_impact_effects_wait_for_a_person() -> None:
    dropped = asked("replays(app): db.drop(near)")
    assert (dropped.chance, dropped.approval) == (0.5, Fixed(2400.0))


def test_low_impact_effects_wait_for_nobody() -> None:
    read = asked("replays(app): db.read(near)")
    assert (read.chance, read.approval) == (1.0, Fixed(0.0))


def test_an_operation_says_itself_whether_its_impact_is_high() -> None:
    assert asked("replays(app): db.write(near)").approval == Fixed(2400.0)
    assert asked("replays(app): db.send()").approval == Fixed(0.0)


def test_an_approved_use_must_pass_the_checks_all_the_same() -> None:
    attack = attacked(world(WORLD % "[]", LEAK), context="approval")
    assert step(attack, "replays(app): db.drop(near)").chance == 0.5 * 0.25
    assert step(attack, "replays(app): db.drop(near) from app").chance == 0.5
