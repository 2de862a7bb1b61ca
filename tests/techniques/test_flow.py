"""exfiltrate needs a steered session, private data and a way out; pick up needs a general-purpose tool."""

from __future__ import annotations

import pytest
from tiny_worlds import attacked, can, replayed, step, steps, world

from simkit.attackgraph import Ground

AGENT = """
identities:
  agent: {kind: agent, susceptibility: 1, entitlements: [%s]}
  victim: {entitlements: [{operation: db.wipe}]}
resources:
  vault: {value: {confidentiality: 5}, holds: [key]}
  wall: {exposure: public-read}
  inbox: {}
  jar: {}
tools:
  db: {operations: {read: {effect: read, targets: [vault]}, wipe: {effect: delete, targets: [jar]}}}
  web:
    operations:
      post: {effect: send, targets: [wall]}
      paint: {effect: write, targets: [wall]}
      hush: {effect: send, targets: [inbox]}
  shell: {general_purpose: true, operations: {run: {effect: none}}}
credentials: {key: {identity: victim}}
tasks:
  t: {identity: agent, reads: [inbox], rate: 1/h}
"""
POISON = "entry_points: {start: {poison: inbox}}\n"
READ, POST, SHELL = "{operation: db.read}", "{operation: web.post}", "{operation: shell.run}"
LOST = "lost(vault, confidentiality)"


def reached(*entitlements: str, agent: str = AGENT, start: str = POISON) -> set[str]:
    return can(world(agent % ", ".join(entitlements), start))


# ---- exfiltrate


def test_a_steered_agent_that_reads_and_sends_loses_the_data_and_the_credentials_in_it() -> None:
    assert {LOST, "holds(key)", "replays(victim)"} <= reached(READ, POST)


@pytest.mark.parametrize("entitlements", [(READ,), (POST,), (READ, "{operation: web.hush}"), (READ, SHELL)])
def test_without_private_data_or_a_way_out_nothing_leaves(entitlements: tuple[str, ...]) -> None:
    assert not {LOST, "holds(key)"} & reached(*entitlements)


def test_without_an_untrusted_input_nothing_leaves() -> None:
    immune = AGENT.replace("susceptibility: 1", "susceptibility: 0")
    assert reached(READ, POST, agent=immune) == {"tainted(inbox)"}


def test_writing_where_outsiders_read_is_a_way_out() -> None:
    assert LOST in reached(READ, "{operation: web.paint}")


def test_what_two_sessions_have_is_not_joined() -> None:
    """One agent sees, the other sends: neither session has all three."""
    two = (
        AGENT.replace("  victim:", f"  second: {{kind: agent, susceptibility: 1, entitlements: [{POST}]}}\n  victim:")
        + "  u: {identity: second, reads: [inbox], rate: 1/h}\n"
    )
    found = reached(READ, agent=two)
    assert {"seen(agent, vault)", "outbound(second)"} <= found
    assert LOST not in found


def test_exfiltration_joins_exactly_three_facts_and_takes_no_time_of_its_own() -> None:
    attack = attacked(world(AGENT % f"{READ}, {POST}", POISON))
    carried = step(attack, "exfiltrate(steers, agent, vault)")
    assert {str(fact) for fact in carried.premises} == {"steers(agent)", "seen(agent, vault)", "outbound(agent)"}
    assert carried.ground == Ground("flow", ("agent", "vault"))
    at = replayed(attack).at
    assert at[LOST] == max(at["seen(agent, vault)"], at["outbound(agent)"]) == at["steers(agent)"] + 1


def test_an_agent_that_errs_can_leak_what_it_sees() -> None:
    found = reached(READ, POST, start="entry_points: {start: {mistake: agent}}\n")
    assert {"errs(agent)", LOST} <= found
    assert "steers(agent)" not in found


def test_a_replayed_session_needs_no_way_out() -> None:
    badge = AGENT.replace("{key: {identity: victim}}", "{key: {identity: victim}, badge: {identity: agent}}")
    assert LOST in reached(READ, agent=badge, start="entry_points: {start: {leak: badge}}\n")


def test_what_was_seen_stays_seen_but_leaves_only_while_the_session_is_steered() -> None:
    """The page is cleaned before the slow way out is open: what was seen does not leave."""
    slow = AGENT.replace("post: {effect: send, targets: [wall]}", "post: {effect: send, targets: [wall], duration: 2h}")
    alarm = "response: {detection: {steer: {chance: 1, delay: 1h}}, delay: 0s}\n"
    attack = attacked(world(slow % f"{READ}, {POST}", POISON, alarm), response="automatic")
    at = replayed(attack).at
    assert "seen(agent, vault)" in at
    assert not {"outbound(agent)", LOST} & set(at)


def test_each_tasks_token_is_carried_out_when_that_task_next_runs() -> None:
    tasked = AGENT + "  nightly: {identity: victim, rate: 1/d}\n"
    attack = attacked(world(tasked % f"{READ}, {POST}", POISON), identity="task", scope="role")
    waits = {s.key: s.wait.mean for s in steps(attack, "exfiltrate")}
    assert waits == {
        "exfiltrate(steers, agent@t, vault)": 0.0,
        "exfiltrate(steers, agent@t, vault) -> key@nightly": 86400.0,
    }


# ---- pick up


def test_an_agent_with_a_shell_uses_the_token_that_it_finds() -> None:
    found = reached(READ, SHELL)
    assert {"steers(victim)", "deleted(jar)"} <= found
    assert not {"replays(victim)", "holds(key)", LOST} & found


def test_without_a_general_purpose_tool_a_found_token_is_only_seen() -> None:
    special = AGENT.replace("general_purpose: true", "general_purpose: false")
    assert "steers(victim)" not in reached(READ, SHELL, agent=special)
    assert "seen(agent, vault)" in reached(READ, SHELL, agent=special)


def test_a_shell_without_the_token_picks_nothing_up() -> None:
    assert "steers(victim)" not in reached(SHELL)


def test_a_sender_constrained_token_cannot_be_picked_up() -> None:
    bound = AGENT.replace("key: {identity: victim}", "key: {identity: victim, binding: sender-constrained}")
    assert "steers(victim)" not in reached(READ, SHELL, agent=bound)


def test_an_agent_that_errs_picks_up_in_error() -> None:
    found = reached(READ, SHELL, start="entry_points: {start: {mistake: agent}}\n")
    assert "errs(victim)" in found
    assert "steers(victim)" not in found


def test_picking_up_says_which_credential_it_uses() -> None:
    attack = attacked(world(AGENT % f"{READ}, {SHELL}", POISON))
    picked = step(attack, "pick up(steers, agent, vault, key)")
    assert picked.ground == Ground("credential", ("key",))
    assert {str(fact) for fact in picked.premises} == {"steers(agent)", "seen(agent, vault)"}


def test_a_general_purpose_tool_that_is_only_granted_on_the_way_counts_behind_that_grant() -> None:
    widened = AGENT.replace(
        "  shell:", "  iam: {operations: {add: {effect: grant, role: power, targets: [agent]}}}\n  shell:"
    ).replace("credentials:", "roles: {power: {entitlements: [{operation: shell.run}]}}\ncredentials:")
    attack = attacked(world(widened % f"{READ}, {{operation: iam.add}}", POISON))
    picked = step(attack, "pick up(steers, agent, vault, key) after performed(iam.add, agent)")
    assert "performed(iam.add, agent)" in {str(fact) for fact in picked.premises}
    assert "steers(victim)" in can(world(widened % f"{READ}, {{operation: iam.add}}", POISON))
    assert "steers(victim)" not in can(world(widened % READ, POISON))


# ---- stage, find

WRITER = """
identities:
  caller: {entitlements: [{operation: wiki.read}%s]}
  helper: {kind: agent, susceptibility: %s, entitlements: [{operation: vault.read}, {operation: wiki.write}]}
resources:
  vault: {value: {confidentiality: 5}}
  wiki: {}
tools:
  vault: {operations: {read: {effect: read, targets: [vault]}}}
  wiki: {operations: {read: {effect: read, targets: [wiki]}, write: {effect: write, targets: [wiki]}}}
  desk: {operations: {ask: {effect: invoke, targets: [helper], answers: false}}}
credentials: {key: {identity: caller}}
tasks:
  t: {identity: helper, needs: [vault.read, wiki.write], rate: 1/h}
%s
"""
ASK, TRUST = ", {operation: desk.ask}", "trust: [{from: caller, to: helper, kind: invoke, answers: false}]"


@pytest.mark.parametrize(("right", "edge"), [(ASK, ""), ("", TRUST)])
def test_a_thief_reads_what_the_agent_that_he_invokes_writes_down(right: str, edge: str) -> None:
    found = can(world(WRITER % (right, 1, edge), "entry_points: {start: {leak: key}}\n"))
    assert {"seen(helper, vault)", "copied(vault, wiki)", LOST} <= found


@pytest.mark.parametrize(("right", "chance"), [("", 1), (ASK, 0)])
def test_where_the_agent_hears_nothing_from_the_thief_it_writes_nothing_down(right: str, chance: int) -> None:
    assert LOST not in can(world(WRITER % (right, chance, ""), "entry_points: {start: {leak: key}}\n"))
