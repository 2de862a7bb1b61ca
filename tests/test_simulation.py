"""The line joined: simulate, compare, rank and the matrix of pairs, by hand on a small world."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from tiny_worlds import world

from simkit.errors import PolicyError, QuestionError
from simkit.policies import GrantPolicy
from simkit.simulation import (
    MOST_TRIALS,
    Workers,
    compare,
    compile_attack,
    rank,
    replay,
    replayed,
    simulate,
    under,
    worst_case_pairs,
)

WORLD = """
identities:
  web: {tier: front, entitlements: [{operation: db.read}]}
  admin: {entitlements: [{operation: db.read}, {operation: db.drop}]}
  ci: {runtime_holds: [admin-key]}
  guest: {}
resources:
  table: {value: {confidentiality: 10, availability: 40}}
tools:
  db: {operations: {read: {effect: read, targets: [table]}, drop: {effect: delete, targets: [table]}}}
credentials:
  web-key: {identity: web}
  admin-key: {identity: admin}
  guest-key: {identity: guest}
entry_points:
  web: {leak: web-key}
  runner: {compromise: ci}
goals:
  read: {lost: [{resource: table, impact: confidentiality}]}
  gone: {lost: [{resource: table, impact: availability}]}
  misled: {steered: guest}
"""
SMALL = world(WORLD)


# ---- simulate


@pytest.mark.parametrize("workers", [(1, None), (None, ThreadPoolExecutor(1))], ids=["threads", "executor"])
def test_a_replay_that_keeps_some_facts_says_of_these_what_one_of_all_does(workers: Workers) -> None:
    attack = compile_attack(SMALL, "rbac-context")
    lost = [*attack.legend.value]
    whole = replayed(attack, "runner", trials=70, seed=3)
    some = replayed(attack, "runner", trials=70, seed=3, workers=workers, facts=lost)
    reached = replayed(attack, "runner", trials=70, seed=3, workers=workers, facts=lost, only_whether=True)
    assert (some.outcomes.first == whole.outcomes.times(lost)).all()
    assert (some.outcomes.contained == whole.outcomes.contained).all()
    assert ((reached.outcomes.first >= 0) == (whole.outcomes.times(lost) >= 0)).all()
    assert 0 < (some.outcomes.first >= 0).sum() < some.outcomes.first.size


def test_a_certain_attack_loses_the_same_in_every_sample() -> None:
    found = simulate(SMALL, entry_point="web", trials=70)
    assert found.value_lost().estimate == found.worst_case.value == 10.0
    assert (found.chance("read").estimate, found.chance("gone").estimate) == (1.0, 0.0)
    assert found.trials == 70


def test_the_blast_radius_of_a_runtime_is_that_of_what_lies_in_it() -> None:
    found = simulate(SMALL, entry_point="runner", trials=5)
    assert found.values.tolist() == [50.0] * 5


def test_provenance_says_where_a_result_comes_from() -> None:
    shown = simulate(SMALL, "jit", entry_point="web", trials=3, seed=7).provenance
    assert (shown.scenario, shown.digest, shown.policy) == ("tiny", SMALL.digest, "jit")
    assert (shown.entry_point, shown.seed, shown.trials, shown.engine) == ("web", 7, 3, "replay")


def test_the_policy_in_force_is_the_default_and_a_grant_policy_will_do() -> None:
    assert simulate(SMALL, entry_point="web", trials=2).provenance.policy == "rbac"
    assert simulate(SMALL, GrantPolicy("mine"), entry_point="web", trials=2).provenance.policy == "mine"


def test_without_a_name_the_first_entry_point_is_meant_and_the_answer_names_it() -> None:
    assert list(SMALL.entry_points) == ["web", "runner"]
    turned = replace(SMALL, entry_points={name: SMALL.entry_points[name] for name in ("runner", "web")})
    for scenario, first in ((SMALL, "web"), (turned, "runner")):
        assert simulate(scenario, trials=2).provenance.entry_point == first
        assert {result.provenance.entry_point for result in compare(scenario, ["rbac"], trials=2).results} == {first}
        assert first in str(replay(scenario).header)


def test_a_question_about_the_whole_scenario_takes_all_entry_points_or_those_that_are_named() -> None:
    assert worst_case_pairs(SMALL).entries == ("web", "runner")
    assert worst_case_pairs(SMALL, entry_points="runner").entries == ("runner",)
    assert worst_case_pairs(SMALL, entry_points=["runner", "web", "runner"]).entries == ("runner", "web")
    with pytest.raises(QuestionError, match="no entry point is called 'wbe': did you mean web"):
        worst_case_pairs(SMALL, entry_points=["runner", "wbe"])
    with pytest.raises(QuestionError, match="no entry point is given: name one, or leave the list out"):
        worst_case_pairs(SMALL, entry_points=[])


@pytest.mark.parametrize("trials", [0, -1, 1.5, True, MOST_TRIALS + 1, "10"])
def test_a_bad_number_of_trials_is_refused(trials: object) -> None:
    with pytest.raises(QuestionError, match="is not a whole number from 1 to"):
        simulate(SMALL, entry_point="web", trials=trials)  # type: ignore[arg-type]


def test_bad_names_and_seeds_are_refused() -> None:
    with pytest.raises(QuestionError, match="no entry point is called 'wbe': did you mean web"):
        simulate(SMALL, entry_point="wbe", trials=2)
    with pytest.raises(PolicyError, match="no policy is called 'rbak': did you mean rbac"):
        simulate(SMALL, "rbak", entry_point="web", trials=2)
    with pytest.raises(QuestionError, match="seed -1 is not a whole number"):
        simulate(SMALL, entry_point="web", trials=2, seed=-1)


def test_the_name_of_a_file_is_no_scenario() -> None:
    for ask in (simulate, compare):
        with pytest.raises(QuestionError, match=r"'world.yaml' is no scenario: read one with simkit.load"):
            ask("world.yaml", entry_point="web", trials=2)  # type: ignore[operator]


def test_other_entries_can_be_compiled_in_place_of_the_scenarios_own() -> None:
    attack = compile_attack(SMALL, entries={"again": replace(SMALL.entry_points["web"], name="again")})
    assert list(attack.graph.entries) == ["again"]


# ---- compare


def test_the_same_attack_under_each_policy_is_paired() -> None:
    found = compare(SMALL, ["rbac", "static-secrets"], entry_point="web", trials=40)
    assert [result.provenance.policy for result in found.results] == ["rbac", "static-secrets"]
    assert found.against == "rbac"
    assert found.difference("static-secrets").value.estimate == 0.0  # the web tier has one member


def test_the_policy_in_force_is_added_where_it_is_missing() -> None:
    found = compare(SMALL, ["jit"], entry_point="web", trials=2)
    assert [result.provenance.policy for result in found.results] == ["rbac", "jit"]
    other = compare(SMALL, ["jit"], entry_point="web", trials=2, against="static-secrets")
    assert (other.against, len(other.results)) == ("static-secrets", 2)


def test_what_the_scenario_says_is_compared_by_default() -> None:
    chosen = replace(SMALL, compare=("jit", "rbac"))
    found = compare(chosen, entry_point="web", trials=2)
    assert [result.provenance.policy for result in found.results] == ["jit", "rbac"]


def test_the_same_policy_twice_differs_in_nothing() -> None:
    twin = replace(SMALL.grant_policy("rbac"), name="twin")
    found = compare(SMALL, ["rbac", twin], entry_point="web", trials=50, seed=3)
    assert np.array_equal(found["rbac"].outcomes.first, found["twin"].outcomes.first)


def test_one_policy_is_named_without_a_list_and_never_read_letter_by_letter() -> None:
    for one in ("jit", SMALL.grant_policy("jit")):
        found = compare(SMALL, one, entry_point="web", trials=2)
        assert [result.provenance.policy for result in found.results] == ["rbac", "jit"]


def test_what_is_compared_may_be_held_against_a_policy_that_only_the_caller_has() -> None:
    own = [replace(SMALL.grant_policy("rbac"), name="mine"), replace(SMALL.grant_policy("jit"), name="theirs")]
    found = compare(SMALL, own, entry_point="web", trials=2, against="theirs")
    assert [result.provenance.policy for result in found.results] == ["mine", "theirs"]
    assert found.difference("mine").against == "theirs"
    with pytest.raises(QuestionError, match="policy 'mine' stands twice in this comparison"):
        compare(SMALL, [*own, own[0]], entry_point="web", trials=2)
    with pytest.raises(PolicyError, match="no policy is called 'thiers'"):
        compare(SMALL, own, entry_point="web", trials=2, against="thiers")


# ---- rank


def test_credentials_and_identities_by_what_losing_them_costs() -> None:
    found = rank(SMALL)
    assert [(row.kind, row.name, row.value) for row in found.rows] == [
        ("identity", "ci", 50.0),
        ("credential", "admin-key", 50.0),
        ("identity", "admin", 50.0),
        ("credential", "web-key", 10.0),
        ("identity", "web", 10.0),
        ("credential", "guest-key", 0.0),
        ("identity", "guest", 0.0),
    ]


def test_impact_is_the_share_of_the_environment_downstream() -> None:
    rows = {row.name: row for row in rank(SMALL).rows}
    # of 4 identities, 3 credentials, 1 tool and 1 resource
    assert rows["ci"].impact == (2 + 1 + 1 + 1) / 9
    assert rows["admin-key"].impact == (1 + 1 + 1 + 1) / 9
    assert rows["guest-key"].impact == (1 + 1) / 9


def test_exposure_is_the_share_of_identities_upstream_of_a_goal() -> None:
    """Nobody's loss reaches a goal of words alone: a stolen token puts no words into an agent."""
    assert rank(SMALL).exposure == {"read": 0.75, "gone": 0.5, "misled": 0.0}


def test_goals_in_reach_are_named() -> None:
    rows = {row.name: set(row.goals) for row in rank(SMALL).rows}
    assert rows["web-key"] == {"read"}
    assert rows["ci"] == {"read", "gone"}


def test_the_ranking_has_a_sentence_and_a_table() -> None:
    found = rank(SMALL)
    assert "identity ci is the worst to lose: up to 50 of value, 55.6 % of the environment" in found.summary
    assert len(found.table().rows) == 7
    assert found.to_dict()["exposure"] == found.exposure


def test_a_stronger_policy_ranks_lower() -> None:
    tasks = "tasks: {t: {identity: admin, needs: [db.read]}, u: {identity: ci}}\n"
    narrow = {row.name: row.value for row in rank(world(WORLD, tasks), "task-scoped").rows if row.kind == "credential"}
    assert narrow == {"admin-key": 10.0, "web-key": 0.0, "guest-key": 0.0}


# ---- pairs


def test_which_goals_are_reached_from_where() -> None:
    found = worst_case_pairs(SMALL)
    assert found.reached == {("web", "read"), ("runner", "read"), ("runner", "gone")}
    assert (found.total, found.share) == (6, 0.5)
    assert found.unstoppable == ("misled",)
    assert found.without_entitlement == 0
    assert found.to_dict()["reached"] == [["runner", "gone"], ["runner", "read"], ["web", "read"]]


def test_a_goal_of_words_alone_needs_no_entitlement() -> None:
    erring = replace(
        SMALL,
        entry_points={"guest": replace(SMALL.entry_points["web"], name="guest", kind="mistake", target="guest")},
    )
    found = worst_case_pairs(erring)
    assert found.reached == {("guest", "misled")}
    assert found.without_entitlement == 1
    assert "no grant policy stops that" in found.summary


def test_the_matrix_of_pairs_shows_each_goal() -> None:
    rows = worst_case_pairs(SMALL).table().rows
    assert [row[:2] for row in rows] == [("read", "2 of 2"), ("gone", "1 of 2"), ("misled", "0 of 2")]


# ---- under


def test_a_policy_can_be_put_in_force() -> None:
    changed = under(SMALL, GrantPolicy("mine", scope="all"))
    assert changed.grant_policy().name == "mine"
    assert changed.grant_policy().scope == "all"
    assert SMALL.policy == "rbac"
    assert changed.digest != SMALL.digest
