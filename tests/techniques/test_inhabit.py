"""inhabit: runs_in(j) -> replays(every session of j), holds(credentials in its runtime)."""

from __future__ import annotations

from tiny_worlds import attacked, can, replayed, step, steps, world

WORLD = """
identities:
  app: {runtime_holds: [foreign]}
  vendor: {}
  other: {}
credentials:
  own: {identity: app}
  foreign: {identity: vendor}
  far: {identity: other}
tasks:
  hourly: {identity: app, rate: 1/h, duration: 10m}
  daily: {identity: app, rate: 1/d, duration: 10m}
entry_points: {start: {compromise: app}}
"""


def test_code_in_a_runtime_takes_its_session_its_own_and_others_credentials() -> None:
    assert can(world(WORLD)) == {
        "runs_in(app)",
        "replays(app)",
        "holds(own)",
        "holds(foreign)",
        "replays(vendor)",
    }


def test_what_stands_there_is_taken_at_once() -> None:
    assert set(replayed(attacked(world(WORLD))).at.values()) == {0.0}


def test_the_sessions_and_tokens_of_tasks_are_taken_when_each_task_next_runs() -> None:
    attack = attacked(world(WORLD), identity="task", scope="task", expiry="completion")
    waits = {s.key: s.wait.mean for s in steps(attack, "inhabit") if s.key.startswith("inhabit(app)")}
    assert waits == {
        "inhabit(app): session app@hourly": 3600.0,
        "inhabit(app): session app@daily": 86400.0,
        "inhabit(app): token own@hourly": 3600.0,
        "inhabit(app): token own@daily": 86400.0,
    }


def test_a_task_that_runs_brings_its_session_and_all_its_tokens_together() -> None:
    attack = attacked(world(WORLD), identity="task", scope="task", expiry="completion")
    hourly = []
    for sample in range(200):
        at = replayed(attack, sample=sample).at
        assert at["holds(own@hourly)"] == at["replays(app@hourly)"]
        hourly.append(at["replays(app@hourly)"])
    assert 2900 < sum(hourly) / 200 < 4300  # an hour, give or take three standard deviations


def test_every_member_of_a_shared_tier_is_behind_the_session_that_one_runtime_gives() -> None:
    tiered = WORLD.replace("runtime_holds: [foreign]", "tier: back").replace("other: {}", "other: {tier: back}")
    assert "replays(tier:back)" in can(world(tiered), identity="shared", scope="all")


def test_the_runtime_gives_no_credential_that_lies_elsewhere() -> None:
    assert "holds(far)" not in can(world(WORLD))


def test_inhabiting_shows_where_identity_events_are_logged() -> None:
    noticed = "response: {detection: {inhabit: {chance: 0.25, delay: 9s}}}\n"
    for response, alert in (("manual", 0.0), ("rotation", 0.25)):
        attack = attacked(world(WORLD, noticed), response=response)
        assert step(attack, "inhabit(app): session app").alert == alert


def test_the_session_of_a_task_is_had_while_the_task_runs_and_again_with_the_next_run() -> None:
    text = """
    identities: {app: {entitlements: [{operation: db.dump}]}}
    resources: {table: {}}
    tools: {db: {operations: {dump: {effect: read, targets: [table], duration: 10m}}}}
    tasks: {copy: {identity: app, needs: [db.dump], rate: 1/h, duration: %s}}
    entry_points: {start: {compromise: app}}
    """
    for duration, fits in (("10m", False), ("10m1s", True)):
        attack = attacked(world(text % duration), identity="task", scope="task")
        (taken,) = [each for each in attack.graph.steps if each.rule == "inhabit"]
        assert (taken.again, taken.conclusions[0].run) == (True, True)
        assert ("lost(table, confidentiality)" in replayed(attack).at) is fits
    always = attacked(world(text % "10m"))
    assert "lost(table, confidentiality)" in replayed(always).at  # a role's session is always there
