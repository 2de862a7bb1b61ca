"""Granted, needed, used: by hand on the help desk, and on the real runs of tau-bench."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest
from support_desk import DESK

import simkit
from simkit.model import Entitlement, EntryPoint, Need, ObservedRun
from simkit.privilege import OverPrivilege, most_likely_missed, over_privilege
from simkit.privilege.privilege import COLUMNS
from simkit.scenario import Scenario

ROOT = Path(__file__).parents[2]
ENTRY = {"leak": EntryPoint("leak", "leak", "desk-token")}


def desk(*runs: ObservedRun) -> Scenario:
    return Scenario("desk", DESK, ENTRY, observed=runs)


def unneeded(found: OverPrivilege, identity: str = "") -> set[str]:
    return {f"{grant.identity}: {grant}" for grant in found.unneeded(identity)}


def test_what_no_task_needs_and_no_run_used_is_unneeded() -> None:
    found = over_privilege(desk())
    # answer needs read_case on case-eu, which the grant on cases covers, and mail.send; triage needs write_case.
    assert unneeded(found, "desk") == {"desk: crm.read_note on cases"}
    needed = {str(grant): grant.needed for grant in found.grants if grant.identity == "desk"}
    assert needed["crm.read_case on cases"] == ("answer",)
    assert needed["crm.write_case on cases"] == ("triage",)


def test_what_a_tool_does_as_another_identity_is_needed_by_that_one() -> None:
    """The crm runs as the biller, who has no task of its own that reads cases."""
    found = over_privilege(desk())
    needed = {str(grant): grant.needed for grant in found.grants if grant.identity == "biller"}
    assert needed == {"pay.refund on ledger": ("bill",), "crm.read_case on cases": ("answer",)}


def test_nothing_is_said_of_an_identity_without_a_declared_task() -> None:
    found = over_privilege(desk())
    assert unneeded(found, "ci") == set()
    assert found.windows["ci"].confidence == "none"
    assert "1 identity has grants but no declared task (ci)" in found.summary


def test_an_observed_use_keeps_a_grant_that_no_task_declares() -> None:
    found = over_privilege(desk(ObservedRun.of("answer", "crm.read_note", "mail.send")))
    assert unneeded(found, "desk") == set()
    (use,) = found.beyond
    assert (use.operation, use.effect, use.runs, use.share.trials) == ("crm.read_note", "read", 1, 1)


def test_a_failed_run_counts_as_use_but_not_as_a_need_that_was_forgotten() -> None:
    found = over_privilege(desk(ObservedRun.of("answer", "crm.read_note", success=False)))
    assert unneeded(found, "desk") == set()
    assert found.beyond == ()
    assert (found.windows["desk"].runs, found.windows["desk"].good) == (1, 0)


@pytest.mark.parametrize(
    ("runs", "confidence"),
    [
        ((0, 0), "none"),
        ((58, 0), "too little"),
        ((200, 0), "too little"),
        ((29, 29), "too little"),
        ((30, 29), "enough"),
    ],
)
def test_confidence_needs_enough_runs_of_every_declared_task(runs: tuple[int, int], confidence: str) -> None:
    answers, triages = ([ObservedRun(task, ())] * count for task, count in zip(("answer", "triage"), runs, strict=True))
    found = over_privilege(desk(*answers, *triages))
    assert found.windows["desk"].confidence == confidence
    removable = {f"{grant.identity}: {grant}" for grant in found.removable()}
    assert removable == ({"desk: crm.read_note on cases"} if confidence == "enough" else set())


def test_the_bound_is_the_exact_one_of_which_the_rule_of_three_is_short() -> None:
    assert most_likely_missed(0) == 1.0
    assert most_likely_missed(1) == pytest.approx(0.95)
    for runs in (59, 100, 1000):
        assert (1 - most_likely_missed(runs)) ** runs == pytest.approx(0.05)
        assert most_likely_missed(runs) < 3 / runs


def test_the_window_says_how_long_the_declared_rates_take_for_as_many_runs() -> None:
    found = over_privilege(desk(*[ObservedRun("answer", ())] * 51))
    assert found.window.lasting == pytest.approx(86400.0), "40 + 10 + 1 runs a day"


def test_a_need_for_what_is_not_granted_needs_no_grant() -> None:
    task = replace(DESK.tasks["triage"], needs=(Need("deploy.run"),))
    model = replace(DESK, tasks={**DESK.tasks, "triage": task})
    found = over_privilege(Scenario("desk", model, ENTRY))
    assert "desk: crm.write_case on cases" in unneeded(found)


def test_a_grant_beside_the_target_of_a_need_is_not_needed() -> None:
    """Tidying needs case-eu; what is granted is its sibling."""
    task = replace(DESK.tasks["triage"], identity="ci", needs=(Need("crm.delete_case", ("case-eu",)),))
    ci = replace(DESK.identities["ci"], entitlements=(Entitlement("crm.delete_case", ("case-us",)),))
    model = replace(DESK, identities={**DESK.identities, "ci": ci}, tasks={**DESK.tasks, "triage": task})
    assert unneeded(over_privilege(Scenario("desk", model, ENTRY)), "ci") == {"ci: crm.delete_case on case-us"}


def test_what_a_task_does_by_itself_is_not_needed_by_the_identity_of_its_tool() -> None:
    """Answering calls the crm, which runs as the biller, and sends mail, which does not."""
    biller = replace(DESK.identities["biller"], entitlements=(Entitlement("mail.send"),))
    model = replace(DESK, identities={**DESK.identities, "biller": biller})
    assert unneeded(over_privilege(Scenario("desk", model, ENTRY)), "biller") == {"biller: mail.send"}


def test_a_run_that_calls_an_operation_twice_is_one_run() -> None:
    found = over_privilege(desk(ObservedRun.of("answer", "crm.read_note", "crm.read_note")))
    used = {str(grant): grant.used for grant in found.grants if grant.identity == "desk"}
    assert used["crm.read_note on cases"] == 1


def test_without_runs_no_task_was_missed_and_without_a_rate_none_will_be_seen() -> None:
    found = over_privilege(desk())
    assert found.windows["desk"].unseen == ()
    assert found.windows["ci"].lasting == math.inf
    assert over_privilege(desk(ObservedRun("answer", ()))).windows["desk"].unseen == ("triage",)


def test_sessions_shrink_with_the_scope_while_grants_do_not() -> None:
    role, task = over_privilege(desk(), "rbac"), over_privilege(desk(), "task-scoped")
    assert role.sizes["desk"] == (4, 1.5, 2, 1.0)
    assert task.sizes["desk"][0] < role.sizes["desk"][0]
    assert role.grants == task.grants


def test_tables_add_up() -> None:
    found = over_privilege(simkit.load(ROOT / "scenarios" / "starter.yaml"))
    by_identity, by_tool = found.table(), found.tools_table()
    known = [row for row in by_identity.rows if row[0] != "old-chatbot"]
    for column in range(1, 9):
        counted = [row[column] for row in known], [row[column] for row in by_tool.rows]
        if COLUMNS[column - 1].startswith("used"):
            assert counted == ([None] * len(known), [None] * len(by_tool.rows)), "no run was observed"
        else:
            assert sum(counted[0]) == sum(counted[1])  # type: ignore[arg-type]
    assert sum(row[1] for row in by_identity.rows) == len(found.grants)  # type: ignore[misc]
    (silent,) = (row for row in by_identity.rows if row[0] == "old-chatbot")
    assert (silent[1], silent[4]) == (3, None), "it has no declared task: what it needs is not known"
    assert "3 grants of identities without a declared task are not counted" in by_tool.note
    assert len(found.unneeded_table(5).rows) == 5
    assert len(found.unneeded_table().rows) == len(found.unneeded())
    assert json.loads(json.dumps(found.to_dict()))["window"]["confidence"] == "none"


def test_the_airline_agent_needs_an_eighth_of_its_role_and_its_runs_say_which_reads_to_add() -> None:
    found = over_privilege(simkit.load(ROOT / "scenarios" / "taubench-airline" / "airline.yaml"))
    assert (found.window.runs, found.window.good, found.window.confidence) == (200, 84, "enough")
    assert [str(grant) for grant in found.removable()] == ["airline.get_flight_status on flights"]
    held, needed, writes, needed_writes = found.sizes["airline-agent"]
    assert (held, writes) == (15, 6)
    assert needed / held < 0.14
    assert needed_writes < 1
    # The table of results/taubench.md, found there by replaying each run against its session.
    assert [(use.operation.partition(".")[2], use.runs) for use in found.beyond[:4]] == [
        ("get_reservation_details", 32),
        ("transfer_to_human_agents", 29),
        ("get_user_details", 26),
        ("think", 16),
    ]
    assert [use.operation for use in found.beyond if use.writes] == ["airline.update_reservation_flights"]
    assert repr(found) == "OverPrivilege(1 of 15 grants unneeded, 1 on enough evidence; 200 runs, taubench-airline)"
