"""What a policy costs the legitimate work, worked out by hand on the support desk.

`answer` (40 a day, 5 min) needs two operations, `triage` (10 a day, 10 min) one, `bill` (1 a day, 1 min) one.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from support_desk import DESK, TASKS, named

from simkit.blast_radius import Utility, utility
from simkit.distributions import Fixed
from simkit.model import Entitlement, Model, Need, ObservedRun, Response, Task
from simkit.policies import GrantPolicy, Selector, policy, sessions

RESPONSE = Response(approval_delay=Fixed(600.0))
TASK = {"identity": "task", "scope": "task", "expiry": "completion"}


def cost(model: Model = DESK, observed: tuple[ObservedRun, ...] = (), **dials: Any) -> Utility:
    return utility(sessions(model, GrantPolicy("p", **dials)), RESPONSE, observed)


def with_task(task: Task) -> Model:
    return replace(DESK, tasks={**TASKS, task.name: task})


# ---- tasks


def test_no_task_is_broken_where_every_need_is_entitled() -> None:
    assert (cost().tasks, cost().broken, cost().broken_needs) == (3, (), ())


def test_a_need_beyond_the_entitlements_breaks_its_task_and_says_why() -> None:
    found = cost(with_task(Task("x", "desk", (Need("pay.refund"), Need("mail.send")))))
    assert (found.tasks, found.broken) == (4, ("x",))
    assert found.broken_needs == ("task x needs pay.refund, which desk is not entitled to",)


def test_a_task_with_two_broken_needs_is_broken_once() -> None:
    assert cost(with_task(Task("x", "desk", (Need("pay.refund"), Need("deploy.run"))))).broken == ("x",)


# ---- real runs


def test_a_run_is_stopped_if_its_session_lacks_an_operation_that_it_called() -> None:
    runs = (
        ObservedRun.of("answer", "crm.read_case", "mail.send"),
        ObservedRun.of("answer", "crm.read_case", "crm.write_case"),
        ObservedRun.of("triage", "mail.send"),
    )
    assert (cost(observed=runs).observed, cost(observed=runs).stopped) == (3, 0)
    assert cost(observed=runs, **TASK).stopped == 2


def test_runs_that_did_not_do_their_job_do_not_count() -> None:
    runs = (ObservedRun.of("triage", "pay.refund", success=False), ObservedRun.of("triage", "crm.write_case"))
    assert (cost(observed=runs).observed, cost(observed=runs).stopped) == (1, 0)


# ---- work that nobody declared


def test_who_is_entitled_and_has_no_task_is_left_nothing_where_scopes_are_by_task() -> None:
    assert cost().left_nothing == ()
    found = cost(**TASK)
    entitled = [each.name for each in DESK.identities.values() if each.roles or each.entitlements]
    working = {task.identity for task in DESK.tasks.values()}
    assert found.left_nothing == tuple(name for name in entitled if name not in working) == ("ci",)
    assert found.idle == "ci has no task, so that a scope by task leaves it nothing"
    assert "left_nothing" not in found.to_dict()


def test_of_many_without_a_task_three_are_named() -> None:
    many = replace(cost(**TASK), left_nothing=("a", "b", "c", "d", "e"))
    assert many.idle == "a, b, c and 2 more have no task, so that a scope by task leaves them nothing"


# ---- tokens


def test_each_run_issues_a_token_for_each_credential_under_identity_task() -> None:
    # desk-token at 40 + 10 runs, crm-key at 1; vendor-key is unmanaged, the pipeline has no task
    assert cost(**TASK).tokens_a_day == pytest.approx(51.0)


def test_a_token_with_a_ttl_is_issued_once_a_ttl() -> None:
    # desk-token every hour, crm-key (measured: 400 days) and deploy-key (never)
    assert cost(expiry="ttl").tokens_a_day == pytest.approx(24 + 1 / 400)
    assert cost(expiry="ttl", ttl=900.0).tokens_a_day == pytest.approx(3 * 96)


def test_a_secret_that_never_expires_is_not_issued_again() -> None:
    assert cost(expiry="none").tokens_a_day == 0.0


def test_rotation_issues_every_secret_once_a_period() -> None:
    cut = sessions(DESK, GrantPolicy("p", response="rotation"), rotation_period=43200.0)
    assert utility(cut, RESPONSE).tokens_a_day == pytest.approx(3 * 2)


# ---- checks, approvals, records


def test_checks_are_the_operations_that_runs_need() -> None:
    assert cost(context="none").checks_a_day == 0.0
    assert cost(context="checks").checks_a_day == pytest.approx(40 * 2 + 10 + 1)


def test_only_governed_identities_are_checked() -> None:
    agents = GrantPolicy(
        "p", context="checks", applies_to=Selector(kind=("agent",)), otherwise=GrantPolicy("rest", context="none")
    )
    assert utility(sessions(DESK, agents), RESPONSE).checks_a_day == pytest.approx(90)


def test_approvals_are_the_high_impact_operations_that_runs_need() -> None:
    # `answer` sends; reading, writing and refunding (a write) do not wait
    found = cost(context="approval")
    assert found.approvals_a_day == pytest.approx(40)
    assert found.waiting_minutes_a_day == pytest.approx(400)
    assert cost(context="checks").approvals_a_day == 0.0


def test_a_condition_on_the_entitlement_asks_for_approval_under_any_policy() -> None:
    role = replace(DESK.roles["billing"], entitlements=(Entitlement("pay.refund", conditions=("approval",)),))
    asked = replace(
        DESK,
        roles={**DESK.roles, "billing": role},
        tools={**DESK.tools, **named(replace(DESK.tools["crm"], runs_as=""))},
    )
    assert cost(asked).approvals_a_day == pytest.approx(1)
    assert cost(asked).waiting_minutes_a_day == pytest.approx(10)


def test_a_condition_on_the_target_that_a_task_needs_asks_for_approval_whatever_the_others_are() -> None:
    """40 answers a day read case-eu, which waits; that case-us may be read freely does not help them."""
    given = (Entitlement("crm.read_case", ("case-eu",), ("approval",)), Entitlement("crm.read_case", ("case-us",)))
    role = replace(DESK.roles["support"], entitlements=(*given, Entitlement("mail.send")))
    asked = replace(DESK, roles={**DESK.roles, "support": role})
    assert cost(asked).approvals_a_day == pytest.approx(40)


@pytest.mark.parametrize(
    ("response", "records"),
    [("manual", 0.0), ("rotation", 51.0), ("automatic", 51.0 + 91.0)],
)
def test_records_are_tokens_where_identity_events_are_logged_and_uses_where_actions_are(
    response: str, records: float
) -> None:
    assert cost(response=response, **TASK).records_a_day == pytest.approx(records)


def test_zero_standing_costs_the_most_of_everything() -> None:
    costs = {name: utility(sessions(DESK, policy(name)), RESPONSE).to_dict() for name in ("rbac", "zero-standing")}
    for measure in ("tokens_a_day", "checks_a_day", "approvals_a_day", "waiting_minutes_a_day", "records_a_day"):
        assert costs["zero-standing"][measure] > costs["rbac"][measure]  # type: ignore[operator]
