"""Sessions that outlive what opened them: what the file says, what was measured, and what is the default."""

from __future__ import annotations

import pytest
from tiny_worlds import attacked, replayed, step, world

from simkit.attackgraph import ACTIONS
from simkit.distributions import Exponential, Fixed
from simkit.model import Outliving, SessionEvents, SessionTerms, TrustEdge
from simkit.techniques.survival import ENDS, Survivals, along, survivals

SURVIVES, NEXT_USE, CUT = Outliving("survives"), Outliving("next-use"), Outliving("ends")
HOUR = Outliving("survives", Fixed(3600.0))


# ---- the words


def test_a_session_ends_with_what_opened_it_where_nothing_is_said() -> None:
    assert survivals(None, ENDS, stream=False) == survivals(SessionTerms(), ENDS, stream=False) == Survivals()
    assert ENDS.outlives == (0.0,) * len(ACTIONS)


def test_each_event_has_its_own_word_and_what_is_not_said_stays() -> None:
    said = SessionTerms(on_expiry=SURVIVES, on_revoke=HOUR, on_disable=NEXT_USE, on_delete=CUT)
    default = Survivals(1.0, 2.0, 3.0, 4.0, 5.0)
    assert survivals(said, default, stream=False) == Survivals(None, 3600.0, 0.0, 0.0, 5.0)


def test_what_survives_ends_at_its_own_ttl_and_what_survives_for_a_time_after_that_time() -> None:
    said = SessionTerms(on_expiry=SURVIVES, on_revoke=HOUR, ttl=60.0)
    found = survivals(said, ENDS, stream=False)
    assert (found.on_expiry, found.on_revoke) == (60.0, 3600.0)


def test_a_time_after_expiry_may_vary() -> None:
    said = SessionTerms(on_expiry=Outliving("survives", Exponential(5.0)))
    assert survivals(said, ENDS, stream=False).on_expiry == Exponential(5.0)


def test_a_stream_goes_by_its_own_words_and_else_by_those_of_the_session() -> None:
    said = SessionTerms(on_revoke=CUT, on_delete=HOUR, stream=SessionEvents(on_revoke=SURVIVES))
    assert survivals(said, ENDS, stream=False) == Survivals(on_delete=3600.0)
    assert survivals(said, ENDS, stream=True) == Survivals(on_revoke=None, on_delete=3600.0)


def test_a_system_of_the_catalogue_fills_what_is_not_said() -> None:
    """PostgreSQL checks a password when a session is opened, and never again."""
    found = survivals(SessionTerms(like="postgresql-15", on_disable=CUT), ENDS, stream=False)
    assert (found.on_expiry, found.on_revoke, found.on_disable) == (None, None, 0.0)


def test_cut_by_names_the_only_actions_that_end_a_session_at_once() -> None:
    said = survivals(SessionTerms(on_disable=SURVIVES, on_delete=SURVIVES, cut_by=("delete",)), ENDS, stream=False)
    by_action = dict(zip(ACTIONS, said.outlives, strict=True))
    assert (by_action["disable"], by_action["delete"]) == (None, 0.0)
    assert said.cannot_be_terminated
    assert not survivals(SessionTerms(on_delete=SURVIVES), ENDS, stream=False).cannot_be_terminated


@pytest.mark.parametrize(("kind", "left"), [("assume", 60.0), ("federate", 60.0), ("delegate", 0.0), ("spawn", 0.0)])
def test_a_role_and_a_federated_session_live_on_and_others_end_with_their_source(kind: str, left: float) -> None:
    edge = TrustEdge("a", "b", kind, ttl=60.0)
    assert along(edge)(False) == Survivals(60.0, left, left, left, left)


def test_an_edge_may_say_otherwise() -> None:
    edge = TrustEdge("a", "b", "assume", ttl=60.0, session=SessionTerms(on_revoke=CUT, on_delete=SURVIVES))
    assert along(edge)(False) == Survivals(60.0, 0.0, 60.0, 60.0, 60.0)


# ---- in a world

WORLD = """
identities: {app: {entitlements: [{operation: db.dump}, {operation: web.get}]}}
resources: {table: {}, page: {}}
tools:
  db: {%s operations: {dump: {effect: read, targets: [table], duration: 2h, stream: true}}}
  web: {operations: {get: {effect: read, targets: [page], duration: 2h}}}
credentials: {key: {identity: app, %s}}
entry_points: {start: {leak: key}}
response:
  detection: {leak: {chance: 1}}
  completeness: 1
  remediation_lag: 1h
  %s
"""
TABLE, PAGE = "lost(table, confidentiality)", "lost(page, confidentiality)"


def lost(tool: str = "", credential: str = "ttl: never", said: str = "miss_rate: 1", **dials: str) -> set[str]:
    """What is lost in the world: of what takes two hours, with a key that is revoked after one."""
    return set(replayed(attacked(world(WORLD % (tool, credential, said)), **dials)).at) & {TABLE, PAGE}


def test_a_session_at_one_tool_survives_and_one_at_another_does_not() -> None:
    assert lost() == set()
    assert lost("session: {on_revoke: survives},") == {TABLE}
    assert lost("session: {like: postgresql-15},") == {TABLE}
    assert lost("session: {on_revoke: {survives: 1h1s}},") == {TABLE}
    assert lost("session: {on_revoke: {survives: 1h}},") == set()


def test_what_is_said_of_a_credential_counts_at_every_tool_that_says_nothing() -> None:
    assert lost(credential="session: {on_revoke: survives}") == {TABLE, PAGE}
    assert lost("session: {on_revoke: ends},", "session: {on_revoke: survives}") == {PAGE}


def test_a_stream_may_survive_where_an_operation_does_not() -> None:
    assert lost(credential="session: {stream: {on_revoke: survives}}") == {TABLE}
    assert lost("session: {stream: {on_revoke: survives}},") == {TABLE}


def test_the_part_of_a_session_at_a_tool_is_a_session_of_its_own() -> None:
    attack = attacked(world(WORLD % ("session: {on_revoke: survives},", "ttl: never", "miss_rate: 1")))
    opened = {str(each.fact) for each in step(attack, "redeem(key -> app)").conclusions}
    assert opened == {"replays(app)", "replays(app at db (stream))"}
    used = {fact.subject for each in attack.graph.steps if each.rule == "read" for fact in each.premises}
    assert "app" in used  # steered, or at the other tool
    dump = [each for each in attack.graph.steps if "db.dump" in each.key and each.premises[0].kind == "replays"]
    assert [each.premises[0].subject for each in dump] == ["app at db (stream)"]


def test_terminating_sessions_ends_what_survives_unless_something_else_alone_cuts_it() -> None:
    """Who is known is the key; the sessions are linked to it where identity events are logged."""
    both = "actions: [revoke-secret, terminate-sessions]"
    survives = "session: {on_revoke: survives},"
    assert lost(survives, said=both) == {TABLE}
    assert lost(survives, said=both, response="rotation") == set()
    cut = "session: {on_revoke: survives, cut_by: [delete]},"
    assert lost(cut, said=both, response="rotation") == {TABLE}


def test_a_local_token_lives_to_its_end_whatever_is_revoked() -> None:
    assert lost(credential="format: jwt") == {TABLE, PAGE}
    assert lost(credential="format: jwt, ttl: 100m", expiry="ttl") == set()


def test_who_uses_an_idle_token_keeps_it_alive_and_a_renewable_one_for_its_whole_life() -> None:
    quiet = "detection: {}"
    alone = WORLD.replace("detection: {leak: {chance: 1}}", quiet)

    def found(credential: str) -> bool:
        attack = attacked(world(alone % ("", credential, "miss_rate: 1")), expiry="ttl")
        return TABLE in replayed(attack).at

    assert not found("ttl: 30m")
    assert found("ttl: 30m, ttl_kind: idle")
    assert found("ttl: 30m, ttl_kind: {renewable: 2h30m1s}")
    assert not found("ttl: 30m, ttl_kind: {renewable: 2h}")
    assert not found("ttl: 30m, ttl_kind: absolute")


def test_a_policy_that_sets_a_ttl_sets_it_for_good() -> None:
    text = WORLD % ("", "ttl: 30m, ttl_kind: idle", "miss_rate: 1")
    assert TABLE not in replayed(attacked(world(text), expiry="ttl", ttl=1800.0)).at


def test_a_refresh_token_leaks_with_its_token_and_has_a_life_and_a_binding_of_its_own() -> None:
    alone = WORLD.replace("detection: {leak: {chance: 1}}", "detection: {}")

    def found(credential: str) -> bool:
        return TABLE in replayed(attacked(world(alone % ("", credential, "miss_rate: 1")), expiry="ttl")).at

    assert found("ttl: 30m, refresh: {ttl: never}")
    assert not found("ttl: 30m, refresh: {ttl: 1h}")
    assert not found("ttl: 30m, refresh: {ttl: never, binding: sender-constrained}")
    assert found("ttl: 30m, binding: sender-constrained, refresh: {ttl: never, binding: bearer}")


def test_a_revocation_of_one_token_ends_all_of_the_identity_where_that_is_the_unit() -> None:
    two = WORLD.replace("app, %s}", "app, %s}, other: {identity: app}").replace("page: {}", "page: {holds: [other]}")
    quick = two.replace("targets: [page], duration: 2h", "targets: [page]")
    for unit, survives in (("token", True), ("identity", False)):
        text = quick % ("", f"revocation_unit: {unit}", "miss_rate: 1")
        attack = attacked(world(text))
        assert (TABLE in replayed(attack).at) is survives


def test_a_revocation_takes_its_time_to_spread() -> None:
    assert lost(said="propagation: 1h") == set()
    assert lost(said="propagation: 1h1s") == {TABLE, PAGE}
