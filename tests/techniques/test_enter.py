"""How each attack starts: a leak, poisoned content, a compromised runtime, an agent's own mistake."""

from __future__ import annotations

from itertools import pairwise

import pytest
from tiny_worlds import attacked, can, ever, replayed, step, world

from simkit.distributions import Fixed
from simkit.fate import Stream, key_hash, word

WORLD = """
identities:
  app: {}
  agent: {kind: agent, susceptibility: 1}
resources:
  inbox: {contains: [spam]}
  spam: {}
credentials:
  key: {identity: app}
  badge: {identity: agent, ttl: 100s}
tasks:
  short: {identity: agent, reads: [inbox], rate: 3/d, duration: 1h}
  long: {identity: agent, rate: 1/d, duration: 9h}
"""
PER_TASK = {"identity": "task", "scope": "task", "expiry": "completion"}


def start(entry: str) -> str:
    return f"entry_points: {{start: {entry}}}\n"


def variants(scenario_entry: str, **dials: str) -> dict[str, float]:
    """The variants of the entry, each with its share of the draws."""
    entry = attacked(world(WORLD, start(scenario_entry)), **dials).graph.entry("start")
    upper = [0, *(int(value) for value in entry.upper)]
    shares = [(after - before) / 2**32 for before, after in pairwise(upper)]
    return dict(zip(entry.names, shares, strict=True))


# ---- leak


def test_a_leak_gives_the_credential_at_time_0() -> None:
    assert replayed(attacked(world(WORLD, start("{leak: key}")))).at["holds(key)"] == 0.0


def test_a_leaked_task_token_is_one_of_them_in_proportion_to_rate_times_duration() -> None:
    assert variants("{leak: badge}", **PER_TASK) == {"badge@long": 0.75, "badge@short": 0.25}


def test_no_variant_gives_what_only_another_gives() -> None:
    attack = attacked(world(WORLD, start("{leak: badge}")), **PER_TASK)
    assert [ever(attack, variant=number) for number in (0, 1)] == [
        {"holds(badge@long)", "replays(agent@long)"},
        {"holds(badge@short)", "replays(agent@short)"},
    ]


def test_a_credential_that_serves_all_tasks_has_one_variant() -> None:
    assert variants("{leak: badge}") == {"badge": 1.0}


def test_a_credential_that_opens_nothing_leaks_all_the_same() -> None:
    assert can(world(WORLD, start("{leak: key}")), **PER_TASK) == {"holds(key)"}


def test_the_variant_that_is_drawn_is_the_one_that_is_replayed() -> None:
    attack = attacked(world(WORLD, start("{leak: badge}")), **PER_TASK)
    drawn = [replayed(attack, sample=sample) for sample in range(200)]
    assert {trace.variant for trace in drawn if "holds(badge@long)" in trace.at} == {0}
    assert {trace.variant for trace in drawn if "holds(badge@short)" in trace.at} == {1}
    assert 120 < sum(trace.variant == 0 for trace in drawn) < 180
    words = [word(0, sample, Stream.VARIANT, key_hash("entry:start")) for sample in range(200)]
    assert [trace.variant for trace in drawn] == [int(drawn >= 0.75 * 2**32) for drawn in words]


def test_a_leaked_token_is_of_an_age_drawn_uniformly_over_its_ttl() -> None:
    # The session ends with the token: reading takes 50 of its 100 s, which half of the tokens still have.
    slow = """
identities: {app: {entitlements: [{operation: db.read}]}}
resources: {table: {}}
tools: {db: {operations: {read: {effect: read, targets: [table], duration: 50s}}}}
credentials: {key: {identity: app, ttl: 100s}}
"""
    attack = attacked(world(slow, start("{leak: key}")), expiry="ttl")
    ages = [word(0, sample, Stream.AGE, key_hash("leak(key)")) / 2**32 * 100 for sample in range(200)]
    read = ["lost(table, confidentiality)" in replayed(attack, sample=sample).at for sample in range(200)]
    assert read == [age < 50 for age in ages]
    assert 80 < sum(read) < 120


def test_a_leak_is_found_after_its_delay_while_the_token_ages_and_the_alarm_clock_ticks() -> None:
    attack = attacked(world(WORLD, start("{leak: key, delay: 80s}")))
    assert replayed(attack).at == {"exposed(key, start)": 0.0, "holds(key)": 80.0, "replays(app)": 80.0}


def test_an_alert_that_is_faster_than_the_attackers_first_use_wins() -> None:
    race = "response: {detection: {leak: {chance: 1, delay: %s}}, delay: 10s, completeness: 1}\n"
    outcomes = {}
    for noticed in ("60s", "75s"):
        found = world(WORLD, start("{leak: key, delay: 80s}"), race % noticed)
        outcomes[noticed] = replayed(attacked(found, response="automatic"))
    assert (outcomes["60s"].contained, "holds(key)" in outcomes["60s"].at) == (70.0, False)
    assert (outcomes["75s"].contained, outcomes["75s"].at["holds(key)"]) == (85.0, 80.0)


def test_a_token_that_expires_before_its_first_use_is_worth_nothing() -> None:
    found = world(WORLD, start("{leak: badge, delay: 101s}"))
    samples = [replayed(attacked(found, expiry="ttl"), sample=sample).at for sample in range(16)]
    assert all(set(at) == {"exposed(badge, start)"} for at in samples)


# ---- poison


def test_a_poisoned_resource_is_tainted_with_all_that_it_contains() -> None:
    assert {"tainted(inbox)", "tainted(spam)"} <= can(world(WORLD, start("{poison: inbox}")))


def test_poisoning_a_child_taints_the_child_alone_and_steers_whoever_reads_what_it_lies_in() -> None:
    assert can(world(WORLD, start("{poison: spam}"))) == {"tainted(spam)", "steers(agent)"}


def test_a_poisoned_input_is_read_by_its_task_alone() -> None:
    found = world(WORLD, start("{poison: {task: long}}"))
    assert can(found, **PER_TASK) == {"tainted(input of long)", "steers(agent@long)"}


def test_content_is_planted_after_the_delay() -> None:
    planted = replayed(attacked(world(WORLD, start("{poison: spam, delay: 5m}"))))
    assert planted.at["tainted(spam)"] == 300.0 == min(planted.at.values())


# ---- compromise


def test_a_compromise_is_code_in_the_runtime_for_good() -> None:
    attack = attacked(world(WORLD, start("{compromise: app, delay: 2m}")))
    entry = step(attack, "compromise(app) in start")
    assert [(str(c.fact), c.after) for c in entry.conclusions] == [("runs_in(app)", None)]
    assert replayed(attack).at["runs_in(app)"] == 120.0


# ---- mistake


def test_a_mistake_is_an_agent_that_errs_in_its_session_and_nothing_else() -> None:
    assert can(world(WORLD, start("{mistake: agent}"))) == {"errs(agent)"}


def test_an_agent_errs_at_one_of_its_tasks_in_proportion_to_rate_times_duration() -> None:
    assert variants("{mistake: agent}", **PER_TASK) == {"agent@long": 0.75, "agent@short": 0.25}


def test_a_mistake_can_be_at_one_task() -> None:
    assert variants("{mistake: {agent: agent, task: short}}", **PER_TASK) == {"agent@short": 1.0}


def test_a_mistake_without_a_session_reaches_nothing() -> None:
    attack = attacked(world(WORLD, start("{mistake: app}")), **PER_TASK)
    assert replayed(attack).at == {}
    assert replayed(attack).variant == -1


# ---- what shows


@pytest.mark.parametrize("entry", ["{leak: key}", "{poison: spam}", "{compromise: app}", "{mistake: agent}"])
@pytest.mark.parametrize("response", ["manual", "rotation", "automatic"])
def test_how_an_attack_starts_shows_by_itself_under_any_logging(entry: str, response: str) -> None:
    noticed = "response: {detection: {entry: {chance: 0.25, delay: 9s}, any: {chance: 1}}}\n"
    attack = attacked(world(WORLD, start(entry), noticed), response=response)
    (root,) = attack.graph.entry("start").roots(0)
    first = attack.graph.steps[root]
    assert (first.alert, first.alert_delay, first.premises) == (0.25, Fixed(9.0), ())


def test_variants_stand_in_the_order_of_their_names_whatever_the_file_says() -> None:
    turned = WORLD.replace("  short: {identity: agent, reads: [inbox], rate: 3/d, duration: 1h}\n", "")
    turned += "  short: {identity: agent, reads: [inbox], rate: 3/d, duration: 1h}\n"
    there, back = (attacked(world(text, start("{leak: badge}")), **PER_TASK).graph for text in (WORLD, turned))
    assert there.entry("start").names == back.entry("start").names
    assert there.entry("start").upper.tolist() == back.entry("start").upper.tolist()
