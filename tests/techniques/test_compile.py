"""From sessions to the attack graph, and how the first alert ends the attack."""

from __future__ import annotations

import pytest
from tiny_worlds import attacked, can, replayed, world

from simkit.attackgraph import Fact
from simkit.distributions import Fixed, Uniform, quantile_table
from simkit.estate import generate
from simkit.fate import Stream, key_hash, threshold, word
from simkit.policies import GrantPolicy, Selector
from simkit.simulation import Attack, compile_attack
from simkit.techniques import EVENT_CLASSES, TECHNIQUES, rules

WORLD = """
identities:
  app: {entitlements: [{operation: db.slow}, {operation: db.note}]}
  vendor: {}
resources: {table: {}, page: {}}
tools:
  db:
    operations:
      slow: {effect: read, targets: [table], duration: 1h}
      note: {effect: write, targets: [page], duration: 1m}
credentials:
  key: {identity: app}
  fixed: {identity: vendor, managed: false}
entry_points: {start: {leak: key}, fixed: {leak: fixed}}
"""
RESPONSE = "response: {detection: {leak: {chance: 1, delay: 5m}}, delay: 10m, rotation_period: 100000d, %s}\n"
LOST = "lost(table, confidentiality)"


def with_response(response: str, more: str = "completeness: 1, remediation_lag: 2d") -> Attack:
    return attacked(world(WORLD, RESPONSE % more), response=response)


def test_every_family_of_techniques_has_its_row_and_gives_steps_somewhere() -> None:
    assert list(TECHNIQUES) == ["enter", "redeem", "act", "assume", "forge", "flow", "inhabit", "steer", "objective"]


def test_every_rule_stands_once_and_those_that_are_noticed_have_one_class() -> None:
    names = [rule.name for technique in TECHNIQUES.values() for rule in technique.rules]
    assert len(set(names)) == len(names)
    assert {rule.name for rule in rules().values() if not rule.event} == {"none", "objective"}
    assert {rule.event for rule in rules().values()} - {""} == set(EVENT_CLASSES)


def test_steps_that_cannot_succeed_are_left_out() -> None:
    impossible = WORLD.replace("duration: 1h", "duration: 1h, chance: 0")
    attack = attacked(world(impossible))
    assert LOST not in can(world(impossible))
    assert not [step.key for step in attack.graph.steps if "db.slow" in step.key]


# ---- when


def test_an_automatic_response_contains_after_alert_and_delay() -> None:
    found = replayed(with_response("automatic"))
    assert found.contained == 900.0
    assert LOST not in found.at  # an hour of reading, cut short
    assert found.at["lost(page, integrity)"] == 60.0  # done before


def test_a_response_by_hand_contains_after_the_remediation_lag() -> None:
    found = replayed(with_response("manual"))
    assert found.contained == 300.0 + 2 * 86400
    assert found.at[LOST] == 3600.0


def test_a_response_by_rotation_contains_at_the_next_one() -> None:
    attack = attacked(world(WORLD, (RESPONSE % "completeness: 1").replace("100000d", "10d")), response="rotation")
    table = attack.graph.tables[attack.graph.response_delay]
    assert table.tolist() == list(quantile_table(Uniform(0.0, 10 * 86400.0)))
    delays = [replayed(attack, sample=sample).contained for sample in range(100)]
    waits = [delay - 300 for delay in delays if delay is not None]
    assert len(waits) == 100
    assert all(0 <= wait <= 864000 for wait in waits)
    expected = [word(0, sample, Stream.RESPONSE, 0) / 2**32 * 864000 for sample in range(100)]
    assert waits == pytest.approx(expected, rel=0.001, abs=0.003)


def test_nothing_noticed_is_never_contained() -> None:
    assert replayed(attacked(world(WORLD), response="automatic")).contained is None


def test_the_first_alert_decides() -> None:
    two = "response: {detection: {leak: {chance: 1, delay: 1d}, write: {chance: 1, delay: 30s}}, delay: 0s}\n"
    assert replayed(attacked(world(WORLD, two), response="automatic")).contained == 90.0


# ---- what ends, and what does not


def test_containment_ends_sessions_code_and_planted_content_but_not_what_is_out() -> None:
    graph = with_response("automatic").graph
    surviving = {fact.kind: bool(kept) for fact, kept in zip(graph.facts, graph.fact_surviving, strict=True)}
    assert surviving == {
        "holds": False,
        "runs_in": False,
        "replays": False,
        "steers": False,
        "seen": True,
        "tainted": False,
        "lost": True,
        "deleted": True,
        "performed": True,
        "outbound": False,
    }
    ends = {fact.kind: bool(lasting) for fact, lasting in zip(graph.facts, graph.fact_lasting, strict=True)}
    assert {kind for kind, lasting in ends.items() if lasting} == {"lost", "deleted", "performed", "tainted", "seen"}


# ---- what is forgotten


def test_a_credential_is_forgotten_with_one_minus_completeness_each_with_its_own_fate() -> None:
    attack = with_response("automatic", "completeness: 0.75, remediation_lag: 2d")
    assert attack.graph.fact_forgotten[attack.graph.index[Fact("holds", "key")]] == threshold(0.25)
    forgotten = [LOST in replayed(attack, sample=sample).at for sample in range(400)]
    words = [word(0, sample, Stream.FORGOTTEN, key_hash("credential:key")) for sample in range(400)]
    assert forgotten == [drawn < threshold(0.25) for drawn in words]
    assert 70 < sum(forgotten) < 130


def test_a_forgotten_credential_opens_its_session_again_and_lives_until_its_remediation_lag() -> None:
    attack = with_response("automatic", "completeness: 0, remediation_lag: 50m")
    found = replayed(attack)
    assert found.contained == 900.0
    assert LOST not in found.at  # the session was cut at 15 minutes; a new one needs until 75, the key dies at 65
    longer = replayed(with_response("automatic", "completeness: 0, remediation_lag: 70m"))
    assert longer.at[LOST] == 900.0 + 3600.0


def test_an_unmanaged_credential_is_beyond_every_automatic_response() -> None:
    attack = with_response("automatic")
    assert attack.graph.fact_forgotten[attack.graph.index[Fact("holds", "fixed")]] == threshold(1.0)
    by_hand = with_response("manual")
    assert by_hand.graph.fact_forgotten[by_hand.graph.index[Fact("holds", "fixed")]] == threshold(0.0)


def test_an_identity_under_a_weaker_policy_is_beyond_the_response_of_the_stronger() -> None:
    hybrid = GrantPolicy(
        "hybrid",
        response="automatic",
        applies_to=Selector(name=("vendor",)),
        otherwise=GrantPolicy("weak", response="rotation"),
    )
    graph = compile_attack(world(WORLD, RESPONSE % "completeness: 1"), hybrid).graph
    assert graph.fact_forgotten[graph.index[Fact("holds", "key")]] == threshold(1.0)


def test_a_minted_credential_is_forgotten_unless_people_look_for_it_by_hand() -> None:
    minting = WORLD.replace("slow: {effect: read, targets: [table]", "slow: {effect: mint, targets: [vendor]")
    chances = {}
    for response in ("manual", "rotation", "automatic"):
        graph = attacked(world(minting, RESPONSE % "completeness: 0.75"), response=response).graph
        chances[response] = int(graph.fact_forgotten[graph.index[Fact("holds", "minted:vendor")]])
    assert chances == {"manual": threshold(0.25), "rotation": threshold(1.0), "automatic": threshold(1.0)}


def test_a_leak_that_is_not_yet_found_is_remediated_like_the_credential() -> None:
    delayed = WORLD.replace("{leak: key}", "{leak: key, delay: 1d}")
    attack = attacked(world(delayed, RESPONSE % "completeness: 0, remediation_lag: 2d"), response="automatic")
    exposed, held = (attack.graph.index[fact] for fact in (Fact("exposed", "key", "start"), Fact("holds", "key")))
    assert attack.graph.fact_forgotten[exposed] == attack.graph.fact_forgotten[held] == threshold(1.0)
    assert attack.graph.fact_hash[exposed] == attack.graph.fact_hash[held]
    assert replayed(attack).at["holds(key)"] == 86400.0


def test_steps_share_what_they_are_made_of() -> None:
    """A graph of a million steps must not hold a fact once for each of them."""
    steps = compile_attack(generate(3000, 1), "rbac").graph.steps
    facts = [fact for step in steps for fact in (*step.premises, *(each.fact for each in step.conclusions))]
    conclusions = [each for step in steps for each in step.conclusions]
    delays = [delay for step in steps for delay in (step.duration, step.wait, step.approval, step.alert_delay)]
    for made in (facts, conclusions, delays):
        assert len({id(each) for each in made}) < len(made) / 5


def test_the_horizon_ends_everything() -> None:
    scenario = world(WORLD)
    assert compile_attack(scenario).graph.horizon == 1000 * 86400 * 1000
    short = world(WORLD.replace("duration: 1h", "duration: 1000d"))
    assert LOST not in replayed(attacked(short)).at
    assert LOST in can(short)


def test_the_remediation_lag_is_a_row_of_the_tables() -> None:
    graph = with_response("automatic").graph
    assert graph.fixed[graph.lag] == 2 * 86400 * 1000
    assert graph.fixed[graph.response_delay] == 600 * 1000
    assert Fixed(600.0).mean == 600.0
