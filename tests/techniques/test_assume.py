"""assume: the same mode on the target's sessions; attenuated: entitlements intersected. invoke: steers, at once."""

from __future__ import annotations

import pytest
from tiny_worlds import attacked, can, ever, replayed, step, steps, world

from simkit.attackgraph import Ground

WORLD = """
identities:
  app: {entitlements: [{operation: db.read, targets: [table]}, {operation: db.list, targets: [table]}]}
  agent: {kind: agent, susceptibility: 1}
  boss: {environment: sandbox, entitlements: [{operation: db.read, targets: [table]}, {operation: db.drop}]}
resources: {table: {}, inbox: {}, room: {contains: [table]}}
tools:
  db:
    operations:
      read: {effect: read, targets: [table, room]}
      list: {effect: none, targets: [table]}
      drop: {effect: write, targets: [table]}
credentials: {key: {identity: app}}
tasks: {t: {identity: agent, reads: [inbox], rate: 1/h}}
"""
LEAK = "entry_points: {start: {leak: key}}\n"
POISON = "entry_points: {start: {poison: inbox}}\n"


@pytest.mark.parametrize("kind", ["assume", "delegate", "federate", "spawn"])
def test_a_replayed_session_becomes_a_replayed_session_of_the_target(kind: str) -> None:
    reached = can(world(WORLD, f"trust: [{{from: app, to: boss, kind: {kind}}}]\n", LEAK))
    assert {"replays(boss)", "performed(db.drop, table)"} <= reached
    assert "steers(boss)" not in reached


def test_a_steered_session_becomes_a_steered_session_of_the_target() -> None:
    reached = can(world(WORLD, "trust: [{from: agent, to: boss}]\n", POISON))
    assert {"steers(boss)", "seen(boss, table)"} <= reached
    assert "replays(boss)" not in reached


def test_trust_leads_one_way_only() -> None:
    assert "replays(boss)" not in can(world(WORLD, "trust: [{from: boss, to: app}]\n", LEAK))


def test_assuming_takes_a_second_and_says_which_edge_it_uses() -> None:
    attack = attacked(world(WORLD, "trust: [{from: app, to: boss}]\n", LEAK))
    assert replayed(attack).at["replays(boss)"] == 1.0
    assert step(attack, "replays(app): app -assume-> boss as boss").ground == Ground("trust", ("app", "assume", "boss"))


def test_trust_chains() -> None:
    chain = "trust: [{from: app, to: agent}, {from: agent, to: boss}]\n"
    assert replayed(attacked(world(WORLD, chain, LEAK))).at["replays(boss)"] == 2.0


# ---- attenuation


def test_an_edge_that_attenuates_leaves_what_both_may() -> None:
    attack = attacked(world(WORLD, "trust: [{from: app, to: boss, attenuates: true}]\n", LEAK))
    reached = ever(attack)
    assert "replays(boss < app)" in reached
    assert not {"replays(boss)", "performed(db.drop, table)"} & reached
    assert {s.key for s in attack.graph.steps if s.key.startswith("replays(boss < app)")} == {
        "replays(boss < app): db.read(table)"
    }


def test_the_policy_can_attenuate_every_edge() -> None:
    found = world(WORLD, "trust: [{from: app, to: boss}]\n", LEAK)
    assert "performed(db.drop, table)" in can(found, delegation="full")
    assert "performed(db.drop, table)" not in can(found, delegation="attenuated")
    assert "replays(boss < app)" in can(found, delegation="attenuated")


def test_the_policy_attenuates_assume_operations_too() -> None:
    entitled = WORLD.replace("targets: [table]}]}\n  agent", "targets: [table]}, {operation: sts.become}]}\n  agent")
    sts = "tools:\n  sts: {operations: {become: {effect: assume, targets: [boss]}}}\n"
    found = world(entitled.replace("tools:\n", sts), LEAK)
    assert "performed(db.drop, table)" in can(found, delegation="full")
    narrow = can(found, delegation="attenuated")
    assert {"performed(sts.become, boss)", "replays(boss < app)"} <= narrow
    assert not {"replays(boss)", "performed(db.drop, table)"} & narrow


def test_what_both_may_counts_through_containers() -> None:
    wide = WORLD.replace(
        "boss: {environment: sandbox, entitlements: [{operation: db.read, targets: [table]}",
        "boss: {environment: sandbox, entitlements: [{operation: db.read, targets: [room]}",
    )
    attack = attacked(world(wide, "trust: [{from: app, to: boss, attenuates: true}]\n", LEAK))
    assert {s.key for s in attack.graph.steps if s.key.startswith("replays(boss < app)")} == {
        "replays(boss < app): db.read(table)"
    }


def test_an_approval_that_either_needs_both_need() -> None:
    asked = WORLD.replace(
        "app: {entitlements: [{operation: db.read, targets: [table]}",
        "app: {entitlements: [{operation: db.read, targets: [table], conditions: [approval]}",
    )
    response = "response: {rubber_stamp: 0.25}\n"
    attack = attacked(world(asked, "trust: [{from: app, to: boss, attenuates: true}]\n", LEAK, response))
    assert step(attack, "replays(boss < app): db.read(table)").chance == 0.25


def test_attenuation_adds_up_along_a_chain() -> None:
    chain = "trust: [{from: app, to: boss, attenuates: true}, {from: boss, to: agent, attenuates: true}]\n"
    entitled = WORLD.replace(
        "susceptibility: 1}",
        "susceptibility: 1, entitlements: [{operation: db.read, targets: [table]}, {operation: db.drop}]}",
    )
    attack = attacked(world(entitled, chain, LEAK))
    assert "replays(agent < boss < app)" in ever(attack)
    assert "performed(db.drop, table)" not in ever(attack)


def test_with_nothing_in_common_there_is_no_session() -> None:
    chain = "trust: [{from: app, to: agent, attenuates: true}]\n"
    assert not any("agent" in fact for fact in can(world(WORLD, chain, LEAK)))


def test_two_that_attenuate_each_other_come_to_an_end() -> None:
    loop = "trust: [{from: app, to: boss, attenuates: true}, {from: boss, to: app, attenuates: true}]\n"
    assert {f for f in can(world(WORLD, loop, LEAK)) if f.startswith("replays")} == {
        "replays(app)",
        "replays(boss < app)",
    }


# ---- task scopes


def test_under_a_task_scope_an_edge_needs_the_tasks_delegates_to() -> None:
    edge = "trust: [{from: app, to: boss}]\n"
    work = "tasks: {w: {identity: boss}, t: {identity: app%s}}\n"
    world_of = WORLD[: WORLD.index("tasks:")]
    scoped = {"identity": "task", "scope": "task"}
    without = can(world(world_of, edge, work % "", LEAK), **scoped)
    delegated = can(world(world_of, edge, work % ", delegates_to: [boss]", LEAK), **scoped)
    assert "replays(boss@w)" not in without
    assert "replays(boss@w)" in delegated


# ---- invoke


INVOKE = """
identities:
  agent: {kind: agent, susceptibility: 1, entitlements: [{operation: chat.ask}]}
  app: {entitlements: [{operation: chat.ask}]}
  helper: {kind: agent, susceptibility: 0.5}
  rock: {kind: agent}
resources: {inbox: {}}
tools: {chat: {operations: {ask: {effect: invoke, targets: [helper, rock], duration: 4s}}}}
credentials: {key: {identity: app}}
tasks: {t: {identity: agent, reads: [inbox], rate: 1/h}}
"""


@pytest.mark.parametrize("start", [LEAK, POISON])
def test_an_invoked_agent_is_steered_whoever_invokes_it(start: str) -> None:
    reached = can(world(INVOKE, start))
    assert "steers(helper)" in reached
    assert "replays(helper)" not in reached


def test_an_agent_that_cannot_be_steered_is_invoked_all_the_same() -> None:
    reached = can(world(INVOKE, LEAK))
    assert "performed(chat.ask, rock)" in reached
    assert "steers(rock)" not in reached


def test_an_invoked_agent_falls_for_it_with_its_susceptibility_at_once() -> None:
    attack = attacked(world(INVOKE, LEAK))
    assert step(attack, "replays(app): chat.ask(helper)").chance == 1.0
    assert step(attack, "replays(app): chat.ask(helper) -> helper").chance == 0.5
    samples = [replayed(attack, sample=sample).at for sample in range(64)]
    assert {at["performed(chat.ask, helper)"] for at in samples} == {4.0}
    steered = [at["steers(helper)"] for at in samples if "steers(helper)" in at]
    assert set(steered) == {4.0}
    assert 16 < len(steered) < 48


def test_invoking_raises_one_alert_not_two() -> None:
    noticed = "response: {detection: {invoke: {chance: 0.5, delay: {uniform: {low: 1m, high: 9m}}}}}\n"
    attack = attacked(world(INVOKE, LEAK, noticed), response="automatic")
    asked, fallen = (step(attack, f"replays(app): chat.ask(helper){more}") for more in ("", " -> helper"))
    assert (asked.fate, asked.alert, asked.alert_delay) == (fallen.fate, fallen.alert, fallen.alert_delay)
    assert asked.alert == 0.5


def test_an_invoke_edge_steers_with_the_targets_susceptibility_and_is_never_attenuated() -> None:
    edge = "trust: [{from: app, to: helper, kind: invoke, attenuates: true}]\n"
    attack = attacked(world(INVOKE.replace("[{operation: chat.ask}]", "[]"), edge, LEAK))
    (asked,) = [s for s in steps(attack, "invoke") if s.key.startswith("replays(app)")]
    assert (asked.chance, [str(c.fact) for c in asked.conclusions]) == (0.5, ["steers(helper)"])


# ---- how long


def test_an_assumed_session_outlives_the_token_that_opened_it_by_the_ttl_of_the_edge() -> None:
    edge = "trust: [{from: app, to: boss, ttl: 30m}]\n"
    slow = WORLD.replace(
        "drop: {effect: write, targets: [table]}", "drop: {effect: write, targets: [table], duration: %s}"
    )
    short = {"expiry": "ttl", "ttl": 60.0}
    for sample in range(1, 9):  # the token has a second to a minute left, the assumed session at most 31 minutes
        assert (
            "lost(table, integrity)" in replayed(attacked(world(slow % "29m", edge, LEAK), **short), sample=sample).at
        )
        assert (
            "lost(table, integrity)"
            not in replayed(attacked(world(slow % "32m", edge, LEAK), **short), sample=sample).at
        )


def test_an_invoked_session_ends_with_the_one_that_invoked_it() -> None:
    (asked,) = step(attacked(world(INVOKE, LEAK)), "replays(app): chat.ask(helper) -> helper").conclusions
    assert asked.after == 0.0


def test_a_session_opened_by_an_assume_operation_lives_an_hour() -> None:
    found = world(INVOKE.replace("effect: invoke", "effect: assume"), LEAK)
    assert {
        c.after for c in step(attacked(found), "replays(app): chat.ask(rock)").conclusions if c.fact.kind != "performed"
    } == {3600.0}


# ---- how long it lasts

LASTING = """
identities:
  caller: {kind: agent, susceptibility: 1, entitlements: [{operation: web.ask}]}
  helper: {kind: agent, susceptibility: 1, entitlements: [{operation: db.dump}]}
resources: {inbox: {}, table: {}}
tools:
  web: {operations: {ask: {effect: read, targets: [inbox]}}}
  db: {operations: {dump: {effect: write, targets: [table], duration: 10m}}}
credentials: {key: {identity: caller}}
trust: [{from: caller, to: helper, kind: %s, ttl: 1d}]
tasks:
  read: {identity: caller, needs: [web.ask], reads: [inbox], delegates_to: [helper], rate: 1/h, duration: 5m}
  %s
entry_points: {start: {poison: inbox}, stolen: {leak: key}}
"""
DUMPED = "lost(table, integrity)"
HELPS = "help: {identity: helper, needs: [db.dump], rate: 1/d, duration: %s}"


def test_an_invoked_agent_runs_as_long_as_its_task_and_without_one_as_long_as_its_caller() -> None:
    for duration, fits in (("10m1s", True), ("9m", False)):
        assert (DUMPED in replayed(attacked(world(LASTING % ("invoke", HELPS % duration)))).at) is fits
    assert DUMPED not in replayed(attacked(world(LASTING % ("invoke", "")))).at  # the caller's five minutes


def test_a_steered_session_is_another_only_as_long_as_it_runs_and_a_stolen_one_for_the_ttl() -> None:
    attack = attacked(world(LASTING % ("assume", "")))
    assert DUMPED not in replayed(attack).at
    assert DUMPED in replayed(attack, "stolen").at
    by_mode = {each.premises[0].kind: each.conclusions[0] for each in attack.graph.steps if each.rule == "assume"}
    assert (by_mode["steers"].after, by_mode["replays"].after) == (0.0, 86400.0)
    assert by_mode["replays"].outlives == (86400.0, 86400.0, 86400.0, 86400.0, 0.0, 0.0, 0.0)
