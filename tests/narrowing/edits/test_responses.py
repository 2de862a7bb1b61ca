"""What responders could do better is proposed, and what can be undone for longer; worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tiny_worlds import world

from simkit.narrowing import Narrowing, candidates, recommend
from simkit.scenario import Scenario
from simkit.simulation import simulate


def store(*, response: str, policy: str = "rbac", effect: str = "read", more: str = "") -> Scenario:
    """A key that leaks, and one hour's work on an archive, of which a second is enough to be noticed."""
    return world(f"""
        policy: {policy}
        identities: {{clerk: {{roles: [reader]}}}}
        resources: {{index: {{}}, archive: {{value: {{confidentiality: 1, availability: 1}}}}}}
        tools:
          s3:
            operations:
              list: {{effect: read, targets: [index], duration: 1s}}
              take: {{effect: {effect}, targets: [archive], duration: 1h}}
        roles: {{reader: {{entitlements: [{{operation: "s3.*"}}]}}}}
        credentials: {{key: {{identity: clerk}}}}
        entry_points: {{leaked: {{leak: key}}}}
        goals: {{taken: {{performed: [s3.take]}}}}
        response: {{completeness: 1, {response}}}
        {more}
        """)


def one(scenario: Scenario, kind: str, words: str = "") -> Narrowing:
    """The only narrowing of that kind that has these words."""
    (found,) = [each for each in candidates(scenario) if each.kind == kind and words in each.name]
    return found


def lost(scenario: Scenario, trials: int = 200) -> float:
    return simulate(scenario, trials=trials).value_lost().estimate


def test_a_responder_in_a_tenth_of_the_time_is_in_time() -> None:
    slow = store(response="detection: {leak: {chance: 1}}, remediation_lag: 5h")
    sooner = one(slow, "answer-sooner")
    assert sooner.name == "Let responders act within 21 s, by hand within 30 min on average"
    assert (lost(slow), lost(sooner.apply(slow))) == (1.0, 0.0)


def test_a_responder_of_the_file_is_quickened_by_itself() -> None:
    who = "responders: {desk: {governs: [clerk], delay: 5h}, other: {governs: [archive], delay: 1h}}"
    slow = store(response=f"detection: {{leak: {{chance: 1}}}}, {who}")
    sooner = one(slow, "answer-sooner", "desk")
    assert sooner.name == "Let desk act within 30 min on average"
    narrowed = sooner.apply(slow)
    assert narrowed.response.responders["other"] == slow.response.responders["other"]
    assert (lost(slow), lost(narrowed)) == (1.0, 0.0)


def test_what_is_logged_more_is_noticed() -> None:
    blind = store(response="detection: {read: {chance: 1}}, remediation_lag: 30d, delay: 1m")
    more = one(blind, "log-more", "automatic")
    assert more.name == "Turn response to automatic: log what everybody does, and answer automatically"
    assert (lost(blind), lost(more.apply(blind))) == (1.0, 0.0)
    assert more.apply(more.apply(blind)).digest == more.apply(blind).digest


def test_nothing_is_proposed_to_responders_who_hear_of_nothing() -> None:
    deaf = store(response="remediation_lag: 1d", effect="delete")
    kinds = {each.kind for each in candidates(deaf)}
    assert not kinds & {"answer-sooner", "do-more", "log-more", "keep-longer"}


def test_ending_open_sessions_ends_one_that_outlives_its_key() -> None:
    session = "{identity: clerk, session: {on_revoke: survives}}"
    text = store(response="detection: {leak: {chance: 1}}, remediation_lag: 1m")
    key = world(f"""
        policy: watched
        identities: {{clerk: {{entitlements: [{{operation: s3.take}}]}}}}
        resources: {{archive: {{value: {{confidentiality: 1}}}}}}
        tools: {{s3: {{operations: {{take: {{effect: read, targets: [archive], duration: 1h}}}}}}}}
        credentials: {{key: {session}}}
        entry_points: {{leaked: {{leak: key}}}}
        goals: {{taken: {{lost: ["archive: confidentiality"]}}}}
        response: {{completeness: 1, detection: {{leak: {{chance: 1}}}}, remediation_lag: 1m}}
        policies: {{watched: {{extends: rbac, response: rotation}}}}
        """)
    assert not [each for each in candidates(text) if "end sessions" in each.name], "nothing outlives its key there"
    more = one(key, "do-more", "end sessions")
    assert more.name == "Let responders also end sessions that are open"
    assert [each.kind for each in more.apply(key).response.actions] == ["revoke-secret", "terminate-sessions"]
    assert (lost(key), lost(more.apply(key))) == (1.0, 0.0)


@pytest.mark.parametrize(
    ("entry", "offered"),
    [("{poison: page}", "clean what was planted"), ("{compromise: bot}", "evict code from runtimes")],
)
def test_what_was_planted_is_cleaned_and_code_evicted_where_either_can_be(entry: str, offered: str) -> None:
    planted = world(f"""
        policy: rbac
        identities: {{bot: {{kind: agent, susceptibility: 1, entitlements: [{{operation: store.put}}]}}}}
        resources: {{page: {{exposure: public-write}}, ledger: {{value: {{integrity: 1}}}}}}
        tools: {{store: {{operations: {{put: {{effect: write, targets: [ledger]}}}}}}}}
        tasks: {{read: {{identity: bot, needs: [store.put], reads: [page], rate: 1/d, duration: 1m}}}}
        entry_points: {{start: {entry}}}
        goals: {{changed: {{lost: ["ledger: integrity"]}}}}
        response: {{completeness: 1, detection: {{entry: {{chance: 1}}}}, remediation_lag: 1s}}
        """)
    words = {each.name for each in candidates(planted) if each.kind == "do-more"}
    assert f"Let responders also {offered}" in words
    narrowed = one(planted, "do-more", offered).apply(planted)
    assert lost(planted) == 1.0
    assert lost(narrowed) < 0.05, "the next run comes within a second once in 86,400 times"


def test_a_time_to_undo_is_judged_by_what_is_lost_for_good() -> None:
    gone = store(response="detection: {leak: {chance: 1, delay: 2h}}, remediation_lag: 1s", effect="delete")
    keep = one(gone, "keep-longer")
    assert keep.name == "Let what s3.take does be undone for 30 d"
    found = next(each for each in recommend(gone, trials=100) if each.narrowing == keep)
    assert (found.before.harm, found.before.mean.estimate, found.after.mean.estimate) == (
        "value lost for good",
        1.0,
        0.0,
    )
    assert lost(keep.apply(gone)) == 1.0, "it is deleted all the same"
    assert f"{keep.name} (value lost for good)" in " ".join(str(recommend(gone, trials=100).table()).split())


def test_what_can_be_undone_as_long_already_is_left_alone() -> None:
    kept = store(response="detection: {leak: {chance: 1}}", effect="delete", more="# nothing")
    assert one(kept, "keep-longer")
    made = kept.model.resources["archive"]

    long = replace(
        kept, model=replace(kept.model, resources={**kept.model.resources, "archive": replace(made, undo=9e6)})
    )
    assert not [each for each in candidates(long) if each.kind == "keep-longer"]


def test_a_trust_edge_is_used_from_the_runtime_of_its_source_only() -> None:
    scenario = world("""
        policy: rbac
        identities: {ci: {}, deployer: {entitlements: [{operation: s3.take}]}}
        resources: {archive: {value: {confidentiality: 1}}}
        tools: {s3: {operations: {take: {effect: read, targets: [archive]}}}}
        credentials: {key: {identity: ci}}
        trust: [{from: ci, to: deployer}]
        entry_points: {leaked: {leak: key}}
        goals: {taken: {lost: ["archive: confidentiality"]}}
        """)
    home = one(scenario, "add-condition", "-assume->")
    assert home.name == "Allow ci -assume-> deployer only from the runtime of ci"
    assert (lost(scenario), lost(home.apply(scenario))) == (1.0, 0.0)
    assert not [each for each in candidates(home.apply(scenario)) if each == home]


def test_a_role_that_is_always_there_is_asked_for_by_the_hour() -> None:
    long = store(response="remediation_lag: 1d")
    role = one(long, "shorten-ttl", "role reader")
    assert role.name == "Let role reader of clerk be active for 1 h at most"
    assert lost(long) == 1.0
    assert lost(role.apply(long)) == 0.0, "of an hour some is over when the key leaks, and the work takes one"


def test_a_role_that_a_task_needs_for_longer_stays() -> None:
    busy = store(
        response="remediation_lag: 1d",
        more="tasks: {archive: {identity: clerk, needs: [s3.take], rate: 1/d, duration: 2h}}",
    )
    assert not [each for each in candidates(busy) if "role reader" in each.name and each.kind == "shorten-ttl"]
