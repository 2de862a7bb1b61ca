"""redeem: holds(token) [+ runs_in(identity) if it is sender-constrained] -> replays(session)."""

from __future__ import annotations

from tiny_worlds import attacked, can, ever, replayed, step, steps, world

from simkit.attackgraph import Ground

APP = """
identities:
  app: {}
  other: {}
resources:
  table: {}
tools:
  db: {operations: {read: {effect: read, targets: [table]}}}
  mail: {operations: {send: {effect: send}}}
roles:
  both: {entitlements: [{operation: db.read}, {operation: mail.send}]}
"""
LEAK = "entry_points: {start: {leak: key}}\n"
BEARER = "credentials: {key: {identity: app}}\n"
BOUND = "credentials: {key: {identity: app, binding: sender-constrained}}\n"


def test_a_bearer_token_is_replayed_by_whoever_holds_it() -> None:
    assert can(world(APP, BEARER, LEAK)) == {"holds(key)", "replays(app)"}


def test_a_sender_constrained_token_is_worthless_off_its_host() -> None:
    assert can(world(APP, BOUND, LEAK)) == {"holds(key)"}


def test_a_sender_constrained_token_is_used_with_code_in_the_runtime_that_it_is_bound_to() -> None:
    found = world(APP, BOUND, "entry_points: {start: {compromise: app}}\n")
    assert {"holds(key)", "replays(app)"} <= can(found)
    (redeem,) = steps(attacked(found), "redeem")
    assert {str(fact) for fact in redeem.premises} == {"holds(key)", "runs_in(app)"}


def test_code_in_another_runtime_does_not_free_a_sender_constrained_token() -> None:
    held = "  other: {runtime_holds: [key]}\n"
    found = world(APP.replace("  other: {}\n", held), BOUND, "entry_points: {start: {compromise: other}}\n")
    reached = can(found)
    assert "holds(key)" in reached
    assert "replays(app)" not in reached


def test_the_policy_can_bind_a_bearer_credential_to_its_sender() -> None:
    assert "replays(app)" not in can(world(APP, BEARER, LEAK), binding="sender-constrained")


def test_a_shared_secret_opens_the_session_of_the_whole_tier() -> None:
    tiered = APP.replace("app: {}", "app: {tier: back}").replace("other: {}", "other: {tier: back}")
    assert can(world(tiered, BEARER, LEAK), identity="shared", scope="all") == {"holds(key)", "replays(tier:back)"}
    assert can(world(tiered, BEARER, LEAK), identity="shared", scope="role") == {
        "holds(key)",
        "replays(app)",
        "replays(other)",
    }


def test_a_token_with_an_audience_opens_a_session_for_these_tools_only() -> None:
    entitled = APP.replace("app: {}", "app: {roles: [both]}")
    key = "credentials: {key: {identity: app, audience: [mail]}}\n"
    assert can(world(entitled, key, LEAK)) == {
        "holds(key)",
        "replays(app|mail)",
        "performed(mail.send)",
        "outbound(app|mail)",
    }


def test_redeeming_says_which_credential_it_uses_and_takes_no_time() -> None:
    attack = attacked(world(APP, BEARER, LEAK))
    assert step(attack, "redeem(key -> app)").ground == Ground("credential", ("key",))
    assert replayed(attack).at == {"holds(key)": 0.0, "replays(app)": 0.0}


def test_a_leaked_task_token_opens_the_session_of_its_task_only() -> None:
    tasks = "tasks: {a: {identity: app}, b: {identity: app}}\n"
    attack = attacked(world(APP, tasks, BEARER, LEAK), identity="task", scope="task", expiry="completion")
    assert ever(attack, variant=0) == {"holds(key@a)", "replays(app@a)"}
    assert ever(attack, variant=1) == {"holds(key@b)", "replays(app@b)"}


def test_redeeming_shows_where_identity_events_are_logged() -> None:
    noticed = "response: {detection: {redeem: {chance: 0.25, delay: 9s}}}\n"
    found = world(APP, BEARER, LEAK, noticed)
    by_response = {
        response: steps(attacked(found, response=response), "redeem")[0].alert
        for response in ("manual", "rotation", "automatic")
    }
    assert by_response == {"manual": 0.0, "rotation": 0.25, "automatic": 0.25}


def test_an_unmanaged_credential_leaves_no_identity_events_whatever_the_policy() -> None:
    unmanaged = "credentials: {key: {identity: app, managed: false}}\n"
    noticed = "response: {detection: {redeem: {chance: 0.25, delay: 9s}}}\n"
    (redeem,) = steps(attacked(world(APP, unmanaged, LEAK, noticed), response="automatic"), "redeem")
    assert redeem.alert == 0.0
    assert [str(c.fact) for c in redeem.conclusions] == ["replays(app|standing)"]
