"""act: replays(s) or steers(s), an entitlement in s, the tool's `runs_as` entitled too -> what the effect does."""

from __future__ import annotations

import pytest
from tiny_worlds import attacked, can, ever, replayed, step, steps, world

from simkit.attackgraph import Ground

WORLD = """
identities:
  app: {entitlements: [{operation: "api.*"}]}
  agent: {kind: agent, susceptibility: 1, entitlements: [{operation: "api.*"}]}
  other: {}
resources:
  table: {value: {confidentiality: 5}, holds: [inner]}
  shelf: {contains: [box, jar]}
  box: {contains: [pin]}
  jar: {}
  pin: {}
  site: {exposure: public-read}
  inbox: {exposure: public-write}
credentials:
  key: {identity: app}
  inner: {identity: other}
tasks:
  work: {identity: agent, reads: [inbox], rate: 1/h}
"""
LEAK = "entry_points: {start: {leak: key}}\n"
POISON = "entry_points: {start: {poison: inbox}}\n"


def api(operation: str, more: str = "") -> str:
    """A tool with one operation."""
    return f"tools:\n  api: {{{more} operations: {{use: {{{operation}}}}}}}\n"


def by_leak(operation: str) -> set[str]:
    """What `operation` adds to what a replayed session reaches."""
    return can(world(WORLD, api(operation), LEAK)) - {"holds(key)", "replays(app)"}


def by_poison(operation: str) -> set[str]:
    """What `operation` adds to what a steered session reaches."""
    return can(world(WORLD, api(operation), POISON)) - {"tainted(inbox)", "steers(agent)"}


# ---- each effect, replayed and steered


def test_none_is_performed_and_does_nothing() -> None:
    assert by_leak("effect: none") == {"performed(api.use)"}
    assert by_poison("effect: none") == {"performed(api.use)"}


def test_a_replayed_read_loses_the_data_and_gives_the_credentials_in_it() -> None:
    assert by_leak("effect: read, targets: [table]") == {
        "performed(api.use, table)",
        "lost(table, confidentiality)",
        "holds(inner)",
        "replays(other)",
    }


def test_a_steered_read_is_only_seen() -> None:
    assert by_poison("effect: read, targets: [table]") == {"performed(api.use, table)", "seen(agent, table)"}


@pytest.mark.parametrize("reached", [by_leak, by_poison])
def test_a_write_loses_integrity_and_taints(reached) -> None:  # type: ignore[no-untyped-def]
    assert reached("effect: write, targets: [jar]") == {
        "performed(api.use, jar)",
        "lost(jar, integrity)",
        "tainted(jar)",
    }


@pytest.mark.parametrize("reached", [by_leak, by_poison])
def test_a_delete_loses_integrity_and_without_backups_availability_but_plants_no_words(reached) -> None:  # type: ignore[no-untyped-def]
    assert reached("effect: delete, targets: [jar]") == {
        "performed(api.use, jar)",
        "lost(jar, integrity)",
        "deleted(jar)",
        "lost(jar, availability)",
    }


def test_sending_to_a_sink_is_a_way_out_for_the_session_that_sends() -> None:
    assert by_leak("effect: send, targets: [site]") == {"performed(api.use, site)", "outbound(app)"}
    assert by_poison("effect: send, targets: [site]") == {"performed(api.use, site)", "outbound(agent)"}


def test_sending_anywhere_is_a_way_out() -> None:
    assert by_poison("effect: send") == {"performed(api.use)", "outbound(agent)"}


def test_sending_to_what_outsiders_cannot_read_is_no_way_out() -> None:
    assert by_poison("effect: send, targets: [jar]") == {"performed(api.use, jar)"}
    assert by_poison("effect: send, targets: [inbox]") == {"performed(api.use, inbox)"}


def test_writing_where_outsiders_read_is_a_way_out_too() -> None:
    assert "outbound(agent)" in by_poison("effect: write, targets: [site]")


def test_deleting_what_outsiders_read_carries_nothing_out() -> None:
    assert "outbound(agent)" not in by_poison("effect: delete, targets: [site]")


def test_execute_runs_code_in_the_target() -> None:
    assert by_leak("effect: execute, targets: [other]") == {
        "performed(api.use, other)",
        "runs_in(other)",
        "replays(other)",
        "holds(inner)",
    }


def test_mint_gives_a_credential_with_all_that_its_identity_may_and_no_end() -> None:
    found = world(WORLD, api("effect: mint, targets: [other]"), LEAK)
    attack = attacked(found, expiry="ttl", ttl=60.0)
    assert ever(attack) - {"holds(key)", "replays(app)"} == {
        "performed(api.use, other)",
        "holds(minted:other)",
        "replays(other|standing)",
    }
    (minted,) = [c for c in step(attack, "replays(app): api.use(other)").conclusions if c.fact.kind == "holds"]
    assert (minted.after, minted.aged) == (None, False)


def test_grant_without_a_session_to_widen_does_nothing_more() -> None:
    found = world(WORLD, "roles: {big: {}}\n", api("effect: grant, role: big, targets: [other]"), LEAK)
    assert can(found) == {"holds(key)", "replays(app)", "performed(api.use, other)"}


# ---- containers


def test_what_is_done_to_a_container_is_done_to_all_that_it_contains() -> None:
    assert {f"lost({name}, integrity)" for name in ("shelf", "box", "jar", "pin")} <= by_leak(
        "effect: write, targets: [shelf]"
    )
    assert {f"seen(agent, {name})" for name in ("shelf", "box", "jar", "pin")} <= by_poison(
        "effect: read, targets: [shelf]"
    )


def test_what_is_done_to_a_child_is_not_done_to_its_container() -> None:
    reached = by_leak("effect: write, targets: [box]")
    assert {fact for fact in reached if fact.startswith("lost")} == {"lost(box, integrity)", "lost(pin, integrity)"}


def test_an_operation_on_a_container_is_performed_on_the_child_that_a_goal_names() -> None:
    goal = "goals: {spilt: {performed: [{operation: api.use, target: pin}]}}\n"
    reached = can(world(WORLD, api("effect: write, targets: [shelf]"), LEAK, goal))
    assert {"performed(api.use, pin)", "reached(spilt)"} <= reached
    assert "performed(api.use, jar)" not in reached


# ---- deputies


DEPUTY = """
identities:
  app: {entitlements: [{operation: api.use, targets: [table, jar]}]}
  clerk: {entitlements: [{operation: api.use, targets: [table]}]}
resources:
  table: {}
  jar: {}
credentials: {key: {identity: app}}
"""


def test_a_tool_that_runs_as_an_identity_does_no_more_than_that_identity_may() -> None:
    found = world(DEPUTY, api("effect: read, targets: [table, jar]", "runs_as: clerk,"), LEAK)
    reached = can(found)
    assert "lost(table, confidentiality)" in reached
    assert "performed(api.use, jar)" not in reached


def test_without_a_deputy_the_callers_entitlements_are_all_that_counts() -> None:
    reached = can(world(DEPUTY, api("effect: read, targets: [table, jar]"), LEAK))
    assert {"lost(table, confidentiality)", "lost(jar, confidentiality)"} <= reached


def test_the_deputy_may_be_entitled_through_a_container() -> None:
    boxed = DEPUTY.replace("  jar: {}", "  jar: {}\n  cellar: {contains: [jar]}").replace(
        "[{operation: api.use, targets: [table]}]", "[{operation: api.use, targets: [cellar]}]"
    )
    reached = can(world(boxed, api("effect: read, targets: [table, jar, cellar]", "runs_as: clerk,"), LEAK))
    assert "lost(jar, confidentiality)" in reached
    assert "lost(table, confidentiality)" not in reached


# ---- what a step carries


def test_a_step_says_which_entitlement_it_uses_and_how_long_it_takes() -> None:
    found = world(WORLD, api("effect: read, targets: [table], duration: 7s, chance: 0.5"), LEAK)
    used = step(attacked(found), "replays(app): api.use(table)")
    assert used.ground == Ground("entitlement", ("app", "api.use", "table"), within="app")
    assert (used.rule, used.chance, used.duration.mean, used.label) == ("read", 0.5, 7.0, "api.use table")


def test_in_a_session_that_a_tier_shares_the_step_says_whose_entitlement_it_uses() -> None:
    """The first by name of those who share it need not have it; those to whom it may only be granted come last."""
    tiered = """
identities:
  app: {tier: back, roles: [maker]}
  clerk: {tier: back, entitlements: [{operation: api.use}]}
  desk: {tier: back, entitlements: [{operation: api.use}]}
roles:
  maker: {entitlements: [{operation: iam.give}]}
  late: {entitlements: [{operation: api.late}]}
resources: {table: {}}
tools:
  api: {operations: {use: {effect: read, targets: [table]}, late: {effect: read, targets: [table]}}}
  iam: {operations: {give: {effect: grant, role: late, targets: [desk]}}}
credentials: {key: {identity: app}}
"""
    found = attacked(world(tiered, LEAK), identity="shared", scope="all")
    owners = {s.label: s.ground.names[0] for s in found.graph.steps if s.ground.kind == "entitlement"}
    assert owners == {"api.use table": "clerk", "iam.give desk": "app", "api.late table": "desk"}


def test_the_same_use_meets_the_same_fate_in_every_session_and_mode() -> None:
    found = world(WORLD, api("effect: read, targets: [jar]"), "entry_points: {start: {mistake: agent}}\n")
    fates = {s.key: s.fate for s in steps(attacked(found), "read")}
    assert fates == {
        "replays(app): api.use(jar)": "app: api.use(jar)",
        "steers(app): api.use(jar)": "app: api.use(jar)",
        "errs(app): api.use(jar)": "app: api.use(jar)",
        "replays(agent): api.use(jar)": "agent: api.use(jar)",
        "steers(agent): api.use(jar)": "agent: api.use(jar)",
        "errs(agent): api.use(jar)": "agent: api.use(jar)",
    }
    tasked = world(WORLD.replace("reads: [inbox]", "needs: [api.use]"), api("effect: read, targets: [jar]"), LEAK)
    narrow = steps(attacked(tasked, identity="task", scope="task"), "read")
    assert {s.key: s.fate for s in narrow} == {
        "replays(agent@work): api.use(jar)": "agent: api.use(jar)",
        "steers(agent@work): api.use(jar)": "agent: api.use(jar)",
    }


# ---- tokens that come and go with tasks


COLLECT = """
identities:
  app: {entitlements: [{operation: api.use}]}
  other: {}
resources: {table: {holds: [inner]}}
credentials: {key: {identity: app, managed: false}, inner: {identity: other}}
tasks:
  often: {identity: other, rate: 1/h, duration: 1h}
  seldom: {identity: other, rate: 1/d, duration: 1h}
"""


def test_who_keeps_reading_a_store_collects_each_tasks_token_when_that_task_next_runs() -> None:
    found = world(COLLECT, api("effect: read, targets: [table]"), LEAK)
    attack = attacked(found, identity="task", scope="task", expiry="completion")
    prefix = "replays(app|standing): api.use(table)"
    waits = {s.key: s.wait.mean for s in steps(attack, "read") if s.key.startswith(prefix)}
    assert waits == {prefix: 0.0, f"{prefix} -> inner@often": 3600.0, f"{prefix} -> inner@seldom": 86400.0}
    reached = replayed(attack).at
    first = reached["lost(table, confidentiality)"]
    assert first == 1.0
    assert 1.0 < reached["holds(inner@often)"] == reached["replays(other@often)"]
    assert reached["holds(inner@often)"] != reached["holds(inner@seldom)"]


def test_a_standing_token_is_read_at_once() -> None:
    attack = attacked(world(COLLECT, api("effect: read, targets: [table]"), LEAK))
    reached = replayed(attack).at
    assert reached["holds(inner)"] == reached["replays(other)"] == 1.0
