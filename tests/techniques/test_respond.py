"""What responders know and do, in worlds of a few lines."""

from __future__ import annotations

import pytest
from support_desk import DESK
from tiny_worlds import attacked, replayed, step, world

from simkit.attackgraph import ACTIONS, Action, Fact
from simkit.distributions import Exponential, Fixed
from simkit.fate import Stream, key_hash, threshold, word
from simkit.model import Responder, Response, ResponseAction
from simkit.policies import GrantPolicy, Selector, sessions
from simkit.policies.sessions import REFRESH
from simkit.simulation import Attack, compile_attack
from simkit.techniques.respond import actions, containment
from simkit.techniques.world import World

WORLD = """
identities:
  app: {entitlements: [{operation: db.slow}, {operation: db.find}]}
  clerk: {entitlements: [{operation: mail.slow}]}
resources: {table: {}, vault: {holds: [found]}, post: {}}
tools:
  db: {operations: {slow: {effect: read, targets: [table], duration: 1h}, find: {effect: read, targets: [vault]}}}
  mail: {operations: {slow: {effect: read, targets: [post], duration: 1h}}}
credentials: {key: {identity: app}, found: {identity: clerk}}
entry_points: {start: {leak: key}}
"""
NOTICED = "response: {detection: {leak: {chance: 1, delay: 5m}}, delay: 10m, rotation_period: 100000d, %s}\n"
TABLE, POST = "lost(table, confidentiality)", "lost(post, confidentiality)"


def responding(dial: str, more: str = "completeness: 1, remediation_lag: 30m") -> Attack:
    return attacked(world(WORLD, NOTICED % more), response=dial)


def of(attack: Attack, fact: Fact) -> int:
    """The number of `fact`."""
    return attack.graph.index[fact]


# ---- what each setting does


def test_each_setting_does_what_the_weaker_ones_do() -> None:
    response = Response(delay=Fixed(5.0), remediation_lag=Exponential(9.0))
    by_hand = Action("revoke-secret", Exponential(9.0))
    assert list(actions(response, "manual")) == list(actions(response, "rotation")) == [by_hand]
    assert list(actions(response, "automatic")) == [
        Action("revoke-secret", Fixed(5.0), "automatic"),
        Action("disable", Fixed(5.0), "automatic"),
        by_hand,
    ]


def test_a_secret_that_is_known_dies_after_the_remediation_lag_and_takes_its_session_with_it() -> None:
    for dial in ("manual", "rotation"):
        found = replayed(responding(dial))
        assert (found.contained, TABLE in found.at) == (5 * 60 + 30 * 60, False)
        assert TABLE in replayed(responding(dial, "completeness: 1, remediation_lag: 55m1s")).at


def test_an_automatic_response_is_there_at_the_earlier_of_its_delay_and_the_hand() -> None:
    assert replayed(responding("automatic")).contained == 900.0
    assert replayed(responding("automatic", "completeness: 1, remediation_lag: 1m")).contained == 360.0


def test_planted_content_and_code_stay_where_nobody_says_that_they_go() -> None:
    """A rotation, and an automatic response, emptied mailboxes once: now they deal with secrets and accounts."""
    agent = """
    identities: {bot: {kind: agent, susceptibility: 1, entitlements: [{operation: db.add}]}}
    resources: {inbox: {}, table: {}}
    tools: {db: {operations: {add: {effect: write, targets: [table]}}}}
    tasks: {answer: {identity: bot, needs: [db.add], reads: [inbox], rate: 1/d}}
    entry_points: {start: {poison: inbox}}
    response: {detection: {poison: {chance: 1}}, completeness: 1, delay: 2s, remediation_lag: 2s}
    """
    for dial in ("manual", "rotation", "automatic"):
        attack = attacked(world(agent), response=dial)
        assert all("lost(table, integrity)" in replayed(attack, sample=sample).at for sample in range(30))


# ---- who knows what


def test_a_secret_that_was_found_in_a_store_is_known_where_the_reading_is_logged() -> None:
    """The alert is about the first key. Who logs actions sees that it read the store, and revokes what lay there."""
    assert POST not in replayed(responding("automatic")).at
    for dial in ("manual", "rotation"):
        assert POST in replayed(responding(dial)).at


@pytest.mark.parametrize(("dial", "logged"), [("manual", ""), ("rotation", "redeem inhabit"), ("automatic", "*")])
def test_the_response_dial_says_what_is_logged(dial: str, logged: str) -> None:
    """Where an attack enters shows always; there is nothing here that no log shows, where actions are logged."""
    rules = {each.rule for each in responding(dial).graph.steps}
    wanted = rules - {"objective"} if logged == "*" else {"leak", *logged.split()}
    assert {each.rule for each in responding(dial).graph.steps if each.logged} == wanted


def test_a_session_names_the_secrets_that_open_it_and_a_leak_the_token() -> None:
    delayed = WORLD.replace("{leak: key}", "{leak: key, delay: 1d}")
    attack = attacked(world(delayed, NOTICED % "completeness: 1"))
    who, held = attack.graph.responders, of(attack, Fact("holds", "key"))
    assert who.told(of(attack, Fact("replays", "app"))) == [held]
    assert who.told(of(attack, Fact("exposed", "key", "start"))) == [held]
    assert who.told(held) == []


def test_a_token_and_the_sessions_of_its_account_are_disabled_together() -> None:
    attack = responding("automatic")
    members = attack.graph.responders.members(of(attack, Fact("holds", "key")))
    assert {str(attack.graph.facts[fact]) for fact in members} == {"holds(key)", "replays(app)", "steers(app)"}


@pytest.mark.parametrize("dials", [{"identity": "shared"}, {"scope": "all"}])
def test_what_has_one_secret_or_session_is_one_account(dials: dict[str, str]) -> None:
    tiered = WORLD.replace("app: {", "app: {tier: back, ").replace("clerk: {", "clerk: {tier: back, ")
    attack = attacked(world(tiered, NOTICED % "completeness: 1"), **dials)
    group = attack.graph.responders.group
    assert group[of(attack, Fact("holds", "key"))] == group[of(attack, Fact("holds", "found"))] >= 0


# ---- who responds


def responder(attack: Attack, fact: Fact) -> str:
    return ("manual", "rotation", "automatic")[attack.graph.responders.by[of(attack, fact)]]


def test_a_third_partys_secret_and_a_minted_one_are_dealt_with_by_hand() -> None:
    more = WORLD.replace("find: {effect: read, targets: [vault]}", "find: {effect: mint, targets: [clerk]}")
    fixed = more.replace("key: {identity: app}", "key: {identity: app, managed: false}")
    attack = attacked(world(fixed, NOTICED % "completeness: 0.75"), response="automatic")
    for name in ("key", "minted:clerk"):
        assert responder(attack, Fact("holds", name)) == "manual"
        assert attack.graph.responders.forgotten[of(attack, Fact("holds", name))] == threshold(0.25)
    assert responder(attack, Fact("replays", "app|standing")) == "manual"


def test_an_identity_under_a_weaker_policy_has_the_responder_of_that_policy() -> None:
    hybrid = GrantPolicy(
        "hybrid",
        response="automatic",
        applies_to=Selector(name=("clerk",)),
        otherwise=GrantPolicy("weak", response="rotation"),
    )
    attack = compile_attack(world(WORLD, NOTICED % "completeness: 1"), hybrid)
    assert responder(attack, Fact("holds", "key")) == responder(attack, Fact("replays", "app")) == "rotation"
    assert responder(attack, Fact("holds", "found")) == "automatic"
    assert step(attack, "redeem(key -> app)").logged


# ---- what is missed


def test_a_secret_is_missed_with_one_minus_completeness_each_with_its_own_fate() -> None:
    attack = responding("manual", "completeness: 0.75, remediation_lag: 30m")
    missed = [TABLE in replayed(attack, sample=sample).at for sample in range(400)]
    words = [word(0, sample, Stream.FORGOTTEN, key_hash("credential:key")) for sample in range(400)]
    assert missed == [drawn < threshold(0.25) for drawn in words]
    assert 70 < sum(missed) < 130


def test_a_secret_that_is_missed_dies_one_remediation_lag_later() -> None:
    """Known after 5 min, missed at 25, dead at 45; and at 65 where the lag is 30 min."""
    assert TABLE not in replayed(responding("manual", "completeness: 0, remediation_lag: 20m")).at
    assert replayed(responding("manual", "completeness: 0, remediation_lag: 30m")).at[TABLE] == 3600.0


def test_a_leak_that_is_not_yet_found_is_dealt_with_like_the_secret() -> None:
    delayed = WORLD.replace("{leak: key}", "{leak: key, delay: 1d}")
    attack = attacked(world(delayed, NOTICED % "completeness: 0, remediation_lag: 2d"))
    exposed, held = of(attack, Fact("exposed", "key", "start")), of(attack, Fact("holds", "key"))
    who = attack.graph.responders
    assert who.forgotten[exposed] == who.forgotten[held] == threshold(1.0)
    assert (who.by[exposed], who.group[exposed]) == (who.by[held], who.group[held])
    assert attack.graph.fact_hash[exposed] == attack.graph.fact_hash[held]
    assert replayed(attack).at["holds(key)"] == 86400.0


def test_an_automatic_response_disables_no_account_whose_secret_it_misses() -> None:
    """The session would survive its key; its redeeming is logged. Who misses the key misses the account behind it."""
    text = WORLD.replace("key: {identity: app}", "key: {identity: app, session: {on_revoke: survives}}")
    attack = attacked(world(text, NOTICED % "completeness: 0.75, remediation_lag: 30m"), response="automatic")
    goes_on = [TABLE in replayed(attack, sample=sample).at for sample in range(200)]
    words = [word(0, sample, Stream.FORGOTTEN, key_hash("credential:key")) for sample in range(200)]
    assert goes_on == [drawn < threshold(0.25) for drawn in words]
    assert 30 < sum(goes_on) < 70


def test_a_session_shares_the_fate_of_its_secret_and_a_refresh_token_that_of_its_token() -> None:
    text = WORLD.replace("found: {identity: clerk}", "found: {identity: clerk, ttl: 30m, refresh: {ttl: never}}")
    attack = attacked(world(text, NOTICED % "completeness: 0.75"), response="automatic", expiry="ttl")
    who, key = attack.graph.responders, key_hash("credential:found")
    for kind, name in (("holds", "found"), ("holds", f"{REFRESH}found"), ("replays", "clerk")):
        fact = of(attack, Fact(kind, name))
        assert (who.key[fact], who.overlooked[fact]) == (key, threshold(0.25))


def test_every_action_is_known_to_the_engines() -> None:
    response = Response()
    assert {each.kind for dial in ("manual", "automatic") for each in actions(response, dial)} <= set(ACTIONS)


# ---- several responders


def test_each_responder_is_a_row_of_its_own_behind_those_of_the_dial() -> None:
    response = Response(
        delay=Fixed(1.0),
        remediation_lag=Fixed(2.0),
        responders={
            "store": Responder("store", ("desk",), Fixed(3.0)),
            "host": Responder("host", ("ci",), None, (ResponseAction("disable", Fixed(4.0)),)),
        },
    )
    cut = sessions(DESK, GrantPolicy("p", response="automatic"))
    found = containment(World.of(cut, response, {}, {}))
    assert found.responders[3:] == (
        (Action("revoke-secret", Fixed(3.0), "store: all"),),
        (Action("disable", Fixed(4.0), "host: disable"),),
    )
    assert found.by[Fact("holds", "desk-token")] == 3
    assert found.by[Fact("holds", "deploy-key")] == 4
    assert found.by[Fact("holds", "crm-key")] == 2


def test_nobody_deals_with_what_is_forgotten() -> None:
    cut = sessions(DESK, GrantPolicy("p"))
    found = containment(World.of(cut, Response(forgets=("desk-token",)), {}, {}))
    assert Fact("holds", "desk-token") not in found.by
    assert Fact("replays", "desk") not in found.by
    assert Fact("holds", "crm-key") in found.by
