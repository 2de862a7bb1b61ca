"""What adds up: backups that are gone too, and crown jewels that are reached."""

from __future__ import annotations

import pytest
from tiny_worlds import attacked, can, replayed, world

WORLD = """
identities:
  app: {entitlements: [%s]}
  agent: {kind: agent, susceptibility: 1}
resources:
  db: {recoverable_from: [tape, cloud]}
  tape: {}
  cloud: {}
  inbox: {}
tools:
  api:
    operations:
      drop: {effect: delete, targets: [db, tape, cloud]}
      read: {effect: read, targets: [db]}
      pay: {effect: none, targets: [tape, cloud]}
credentials: {key: {identity: app}}
tasks: {t: {identity: agent, reads: [inbox], rate: 1/h}}
"""
LEAK = "entry_points: {start: {leak: key}}\n"


def on(operation: str, *targets: str) -> str:
    return f"{{operation: api.{operation}, targets: [{', '.join(targets)}]}}"


def goal(text: str) -> str:
    return f"goals: {{jewel: {text}}}\n"


@pytest.mark.parametrize(
    ("deleted", "gone"),
    [(("db",), False), (("db", "tape"), False), (("tape", "cloud"), False), (("db", "tape", "cloud"), True)],
)
def test_availability_is_lost_with_the_thing_and_every_backup_of_it(deleted: tuple[str, ...], gone: bool) -> None:
    reached = can(world(WORLD % on("drop", *deleted), LEAK))
    assert {f"deleted({name})" for name in deleted} <= reached
    assert ("lost(db, availability)" in reached) is gone


def test_what_has_no_backup_is_gone_when_it_is_deleted() -> None:
    assert "lost(tape, availability)" in can(world(WORLD % on("drop", "tape"), LEAK))


@pytest.mark.parametrize(
    ("entitled", "reached"),
    [(on("drop", "tape"), False), (on("read", "db"), False), (f"{on('drop', 'tape')}, {on('read', 'db')}", True)],
)
def test_a_goal_is_reached_when_all_of_it_is(entitled: str, reached: bool) -> None:
    both = goal("{lost: [{resource: tape, impact: integrity}, {resource: db, impact: confidentiality}]}")
    assert ("reached(jewel)" in can(world(WORLD % entitled, LEAK, both))) is reached


def test_a_goal_is_reached_at_the_moment_of_its_last_part() -> None:
    slow = (WORLD % f"{on('drop', 'tape')}, {on('read', 'db')}").replace(
        "effect: read, targets: [db]", "effect: read, targets: [db], duration: 9s"
    )
    both = goal("{lost: [{resource: tape, impact: integrity}, {resource: db, impact: confidentiality}]}")
    assert replayed(attacked(world(slow, LEAK, both))).at["reached(jewel)"] == 9.0


def test_a_goal_may_name_the_target_of_what_must_not_be_performed() -> None:
    named = goal("{performed: [{operation: api.pay, target: cloud}]}")
    assert "reached(jewel)" in can(world(WORLD % on("pay", "cloud"), LEAK, named))
    assert "reached(jewel)" not in can(world(WORLD % on("pay", "tape"), LEAK, named))


def test_a_goal_without_a_target_is_reached_by_the_operation_on_any() -> None:
    for target in ("tape", "cloud"):
        reached = can(world(WORLD % on("pay", target), LEAK, goal("{performed: [api.pay]}")))
        assert {f"performed(api.pay, {target})", "performed(api.pay)", "reached(jewel)"} <= reached
    assert "reached(jewel)" not in can(world(WORLD % on("read", "db"), LEAK, goal("{performed: [api.pay]}")))


def test_an_agent_is_misled_when_a_session_of_it_is_the_attackers() -> None:
    poison = "entry_points: {start: {poison: inbox}}\n"
    misled = goal("{steered: agent}")
    assert "reached(jewel)" in can(world(WORLD % "", poison, misled))
    assert "reached(jewel)" not in can(world(WORLD % "", LEAK, misled))


def test_misled_and_lost_must_both_be() -> None:
    poison = "entry_points: {start: {poison: inbox}}\n"
    both = goal("{steered: agent, lost: [{resource: db, impact: confidentiality}]}")
    assert "reached(jewel)" not in can(world(WORLD % on("read", "db"), poison, both))


def test_a_mistake_reaches_goals_as_an_attack_does() -> None:
    erring = (WORLD % "").replace("susceptibility: 1", f"susceptibility: 1, entitlements: [{on('drop', 'tape')}]")
    mistake = "entry_points: {start: {mistake: agent}}\n"
    assert "reached(jewel)" in can(world(erring, mistake, goal("{lost: [{resource: tape, impact: availability}]}")))
