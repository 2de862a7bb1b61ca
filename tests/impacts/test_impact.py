"""Observed runs under two designs: by hand on tiny worlds."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tiny_worlds import world

import simkit
from simkit import PolicyError, QuestionError, Scenario
from simkit.blast_radius import utility
from simkit.blast_radius.intervals import wilson
from simkit.impacts import Impact, ImpactRow, impact
from simkit.policies import GrantPolicy, sessions

DESK = """\
    identities:
      desk: {kind: agent, entitlements: [{operation: crm.*}]}
    resources: {cases: {}, ledger: {}}
    tools:
      crm:
        operations:
          read: {effect: read, targets: [cases, ledger]}
          note: {effect: write, targets: [cases]}
          drop: {effect: delete, targets: [cases]}
    tasks:
      answer: {identity: desk, needs: [{operation: crm.read, targets: [cases]}]}
    credentials: {key: {identity: desk}}
    entry_points: {start: {leak: key}}
    response: {approval_delay: 2m}
"""
RUNS = """\
    observed:
      - {task: answer, calls: [crm.read]}
      - {task: answer, calls: [crm.read, crm.note]}
      - {task: answer, calls: [crm.read, {operation: crm.drop, outcome: denied}]}
      - {task: answer, calls: [crm.note], success: false}
"""


def rows(found: Impact) -> dict[str, ImpactRow]:
    """The rows of the task `answer`, by operation."""
    return {row.operation: row for row in found.rows}


def scoped(*parts: str) -> Impact:
    """From roles to the scope of a task's needs."""
    return impact(world(*parts), before_policy="rbac", after_policy="task-scoped")


def test_a_run_stops_at_the_first_call_that_its_task_does_not_need() -> None:
    """The second run calls `note`; the third was denied `drop` when it ran, and the last did not do its job."""
    found = scoped(DESK, RUNS)
    assert (found.runs, found.stopped, found.stopped_before, found.freed, found.unjudged) == (3, 1, 0, 0, 0)
    (stop,) = found.stops
    assert (stop.who, stop.at, stop.operation) == ("task answer", 2, "crm.note")
    assert found.share("stopped") == wilson(1, 3)
    assert found.share("denied") == wilson(2, 6)
    row = rows(found)["crm.note"]
    assert (row.calls, row.runs, row.denied, row.asked, row.allowed, row.stopped) == (2, 2, 2, 0, 0, 1)
    assert not rows(found)["crm.drop"].changes
    assert not found.widens


def test_the_way_back_allows_what_the_way_there_denied() -> None:
    """What was denied when it ran is allowed now, too: that is wider."""
    found = impact(world(DESK, RUNS), before_policy="task-scoped", after_policy="rbac")
    assert (found.stopped, found.freed) == (0, 1)
    assert {name: row.allowed for name, row in rows(found).items()} == {"crm.read": 0, "crm.note": 2, "crm.drop": 1}
    assert found.widens
    assert found.wider == ("desk: crm.note on cases", "desk: crm.drop on cases")


def test_a_run_that_was_left_out_is_judged_by_the_others() -> None:
    """Of the good runs three read, and one alone notes: without it the scope is `read`."""
    found = scoped(DESK, RUNS)
    assert found.left_out == wilson(1, 3)
    assert rows(found)["crm.read"].left_out == wilson(0, 3)
    assert rows(found)["crm.note"].left_out == wilson(1, 1)


def test_a_single_run_would_have_been_denied_by_the_scope_of_none() -> None:
    found = scoped(DESK, "    observed: [{task: answer, calls: [crm.read]}]\n")
    assert (found.stopped, found.left_out) == (0, wilson(1, 1))


def test_where_scopes_do_not_follow_work_nothing_is_left_out() -> None:
    found = impact(world(DESK, RUNS), before_policy="task-scoped", after_policy="rbac")
    assert found.left_out is None
    with pytest.raises(QuestionError, match="left-out"):
        found.share("left-out")


@pytest.mark.parametrize(("target", "stopped"), [("cases", 0), ("ledger", 1)])
def test_the_target_of_a_call_counts_where_it_is_known(target: str, stopped: int) -> None:
    run = f"    observed: [{{task: answer, calls: [{{operation: crm.read, target: {target}}}]}}]\n"
    found = impact(world(DESK, run), before_policy="rbac", after_policy=GrantPolicy("exact", scope="task+arguments"))
    assert found.stopped == stopped


LIMITED = {
    "a deny": ("{operation: crm.*}]", "{operation: crm.*}], denies: [{operation: crm.note}]", "denied"),
    "a boundary": ("{operation: crm.*}]", "{operation: crm.*}], boundary: [{operation: crm.read}]", "denied"),
    "an exception": ("{operation: crm.*}", "{operation: crm.*, except: [cases]}", "denied"),
    "an approval": ("{operation: crm.*}", "{operation: crm.*, conditions: [approval]}", "asked"),
    "another address": ("{operation: crm.*}", "{operation: crm.*, conditions: [source]}", "the same"),
}


@pytest.mark.parametrize("limit", LIMITED)
def test_what_limits_an_attack_limits_work(limit: str) -> None:
    """The work runs where its identity runs, so that a condition on the source is met."""
    old, new, becomes = LIMITED[limit]
    run = "    observed: [{task: answer, calls: [{operation: crm.note, target: cases}]}]\n"
    before = world(DESK, run)
    found = impact(before, world(DESK.replace(old, new)))
    (row,) = found.rows
    assert (row.denied, row.asked, row.allowed) == (becomes == "denied", becomes == "asked", 0)
    assert found.stopped == (becomes == "denied")


@pytest.mark.parametrize(("home", "denied"), [("prod", 0), ("test", 1)])
def test_an_entitlement_within_one_environment_denies_work_in_another(home: str, denied: int) -> None:
    run = "    observed: [{task: answer, calls: [{operation: crm.note, target: cases}]}]\n"
    placed = DESK.replace("cases: {}", "cases: {environment: prod}").replace(
        "kind: agent", f"kind: agent, environment: {home}"
    )
    bound = placed.replace("{operation: crm.*}", "{operation: crm.*, conditions: [environment]}")
    (row,) = impact(world(placed, run), world(bound)).rows
    assert row.denied == denied


def test_an_approval_is_no_denial_and_costs_minutes() -> None:
    """Three calls of three runs ask each; each waits two minutes."""
    asking = DESK.replace("{operation: crm.*}", "{operation: crm.*, conditions: [approval]}")
    found = impact(world(DESK, RUNS), world(asking))
    assert found.stopped == 0
    assert (found.prompts, found.minutes) == ((0, 6), (0.0, 12.0))
    assert sum(row.asked for row in found.rows) == 6
    assert found.widens is False


@pytest.mark.parametrize(("asked", "prompts"), [("each-use", 6), ("session", 4)])
def test_an_approval_for_the_rest_asks_once_a_run(asked: str, prompts: int) -> None:
    policy = GrantPolicy("asks", scope="role", approval="all", asked=asked)
    assert impact(world(DESK, RUNS), before_policy="rbac", after_policy=policy).prompts == (0, prompts)


def test_a_run_of_no_task_is_done_in_the_session_that_denies_least() -> None:
    more = DESK.replace("tasks:\n", "tasks:\n      file: {identity: desk, needs: [crm.note]}\n")
    run = "    observed: [{identity: desk, calls: [crm.note]}, {identity: desk, calls: [crm.note, crm.read]}]\n"
    found = scoped(more, run)
    assert [(stop.who, stop.at, stop.operation) for stop in found.stops] == [("desk", 2, "crm.read")]


def test_a_run_of_nobody_knows_whom_is_not_judged() -> None:
    found = scoped(DESK, "    observed: [{calls: [crm.note]}, {task: answer, calls: [crm.read]}]\n")
    assert (found.runs, found.unjudged, found.calls) == (1, 1, 1)
    assert "nobody knows whose they are" in found.summary


def test_what_the_other_file_lacks_is_denied() -> None:
    run = "    observed: [{task: answer, calls: [crm.note]}]\n"
    without = DESK.replace("          note: {effect: write, targets: [cases]}\n", "")
    assert impact(world(DESK, run), world(without)).stopped == 1
    renamed = DESK.replace("answer:", "reply:")
    assert impact(world(DESK, run), world(renamed)).stopped == 1


def test_it_agrees_with_what_a_comparison_calls_stopped() -> None:
    """Where calls have no targets and nothing asks, the runs are those that `compare` counts."""
    airline = simkit.load("scenarios/taubench-airline/airline.yaml")
    for name in ("task-scoped", "task-scoped-reads", "rbac"):
        cost = utility(sessions(airline.model, airline.grant_policy(name)), airline.response, airline.observed)
        found = impact(airline, replace(airline, policy=name), before_policy="static-secrets")
        assert (found.stopped + found.stopped_before, found.runs) == (cost.stopped, cost.observed)


def test_two_designs_must_be_two_and_there_must_be_runs() -> None:
    with pytest.raises(QuestionError, match="both designs"):
        impact(world(DESK, RUNS))
    with pytest.raises(QuestionError, match="no observed run"):
        impact(world(DESK), after_policy="task-scoped")
    with pytest.raises(PolicyError, match="task-scopd"):
        impact(world(DESK, RUNS), after_policy="task-scopd")
    with pytest.raises(QuestionError, match="stopped"):
        scoped(DESK, RUNS).share("stoped")


def test_it_says_what_it_comes_to() -> None:
    found = scoped(DESK, RUNS)
    assert repr(found) == "Impact(rbac -> task-scoped: 1 of 3 runs stopped)"
    assert "1 of 3 runs that did their job would have stopped (33.3 % [6.15 %, 79.2 %])" in found.summary
    assert "most of them at crm.note of task answer" in found.summary
    (table,) = found.tables()
    assert table.rows[0][:7] == ("task answer", "crm.note", 2, 2, 0, 0, 1)
    told = found.to_dict()
    assert told["stops"] == [{"who": "task answer", "at": 2, "operation": "crm.note", "target": "", "source": ""}]
    assert told["shares"]["stopped"]["estimate"] == 1 / 3
    assert "crm.note" in found._repr_html_()


def identical(scenario: Scenario) -> Impact:
    return impact(scenario, scenario)


def test_an_identical_design_changes_nothing() -> None:
    found = identical(world(DESK, RUNS))
    assert not any(row.changes for row in found.rows)
    assert (found.stopped, found.freed, found.wider) == (0, 0, ())
    assert found.prompts[0] == found.prompts[1]
