"""Identities cut into sessions, and credentials into tokens, worked out by hand on the support desk."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
from support_desk import CREDENTIALS, DESK, IDENTITIES, TASKS, named

from simkit.distributions import Exponential, Fixed, Uniform
from simkit.entitlements import FREELY
from simkit.model import Credential, Entitlement, Identity, Model, Need, Task
from simkit.policies import GrantPolicy, Selector, Sessions, Token, policy, sessions
from simkit.policies.sessions import NO_TASK_TTL, STANDING, standing_session

DAY = 86400.0
FREE = FREELY
SOURCE = frozenset({frozenset({"source"})})
DESK_MAY = {
    ("crm.read_case", "cases"): FREE,
    ("crm.read_note", "cases"): FREE,
    ("crm.write_case", "cases"): FREE,
    ("mail.send", ""): FREE,
}
BILLER_MAY = {("pay.refund", "ledger"): SOURCE, ("crm.read_case", "cases"): FREE}
CI_MAY = {
    ("deploy.run", "biller"): FREE,
    ("crm.delete_case", "case-eu"): FREE,
    ("crm.delete_case", "case-us"): FREE,
}


def cut(model: Model = DESK, *, rotation_period: float = math.inf, **dials: Any) -> Sessions:
    return sessions(model, GrantPolicy("p", **dials), rotation_period=rotation_period)


def token(made: Sessions, credential: str) -> Token:
    (only,) = made.tokens[credential]
    return only


def with_task(task: Task) -> Model:
    return replace(DESK, tasks={**TASKS, task.name: task})


# ---- the scope dial


def test_scope_all_is_one_session_for_each_tier_with_the_union() -> None:
    made = cut(identity="shared", scope="all")
    assert made.by_identity == {"desk": ("tier:support",), "biller": ("tier:support",), "ci": ("tier:ci",)}
    shared = made.sessions["tier:support"]
    assert shared.grants == {**BILLER_MAY, **DESK_MAY}
    assert shared.identities == ("desk", "biller")
    assert shared.tasks == ("answer", "triage", "bill")
    assert made.sessions["tier:ci"].grants == CI_MAY


def test_in_a_union_a_grant_holds_under_the_weakest_conditions_of_any_member() -> None:
    desk = replace(IDENTITIES["desk"], entitlements=(Entitlement("pay.refund"),))
    made = cut(replace(DESK, identities={**IDENTITIES, "desk": desk}), scope="all")
    assert made.sessions["tier:support"].grants["pay.refund", "ledger"] == FREE


def test_scope_role_is_one_session_for_each_identity() -> None:
    made = cut(scope="role")
    assert made.by_identity == {"desk": ("desk",), "biller": ("biller",), "ci": ("ci",)}
    grants = {name: session.grants for name, session in made.sessions.items() if "|" not in name}
    assert grants == {"desk": DESK_MAY, "biller": BILLER_MAY, "ci": CI_MAY}
    assert made.sessions["desk"].tasks == ("answer", "triage")
    assert made.sessions["desk"].rate == 0.0


@pytest.mark.parametrize(
    ("scope", "answer", "triage"),
    [
        ("role", set(DESK_MAY), set(DESK_MAY)),
        (
            "task+reads",
            {
                ("crm.read_case", "cases"),
                ("crm.read_case", "case-eu"),
                ("crm.read_note", "cases"),
                ("mail.send", ""),
            },
            {("crm.read_case", "cases"), ("crm.read_note", "cases"), ("crm.write_case", "cases")},
        ),
        (
            "task",
            {("crm.read_case", "cases"), ("crm.read_case", "case-eu"), ("mail.send", "")},
            {("crm.write_case", "cases")},
        ),
        ("task+arguments", {("crm.read_case", "case-eu"), ("mail.send", "")}, {("crm.write_case", "cases")}),
    ],
)
def test_scopes_of_a_task_from_weak_to_strong(
    scope: str, answer: set[tuple[str, str]], triage: set[tuple[str, str]]
) -> None:
    made = cut(identity="task", scope=scope)
    assert made.by_identity["desk"] == ("desk@answer", "desk@triage")
    assert set(made.sessions["desk@answer"].grants) == answer
    assert set(made.sessions["desk@triage"].grants) == triage


@pytest.mark.parametrize("scope", ["role", "task+reads", "task", "task+arguments"])
def test_no_task_session_exceeds_what_its_identity_may(scope: str) -> None:
    made = cut(identity="task", scope=scope)
    for session in made.sessions.values():
        may = made.entitled[session.identities[0]]
        assert all(made.resolver.cover(grant, may) == conditions for grant, conditions in session.grants.items())


def test_a_task_session_keeps_the_conditions_of_its_grants_and_its_rate() -> None:
    session = cut(identity="task", scope="task+arguments").sessions["biller@bill"]
    assert session.grants == {("pay.refund", "ledger"): SOURCE}
    assert (session.identities, session.tasks, session.rate) == (("biller",), ("bill",), 1 / DAY)


def test_an_identity_without_tasks_has_no_task_session() -> None:
    made = cut(identity="task", scope="task")
    assert made.by_identity["ci"] == ()
    assert made.tokens["deploy-key"] == ()


def test_the_session_that_serves_a_task() -> None:
    serving = {scope: cut(scope=scope).serving(TASKS["triage"]) for scope in ("all", "role", "task")}
    names = {scope: session.name for scope, session in serving.items() if session}
    assert names == {"all": "tier:support", "role": "desk", "task": "desk@triage"}


# ---- broken needs


@pytest.mark.parametrize("scope", ["all", "role", "task", "task+arguments"])
def test_the_support_desk_has_no_broken_task(scope: str) -> None:
    assert cut(scope=scope).broken == ()


@pytest.mark.parametrize(
    ("need", "sentence"),
    [
        (Need("pay.refund"), "task x needs pay.refund, which desk is not entitled to"),
        (Need("pay.refund", ("ledger",)), "task x needs pay.refund on ledger, which desk is not entitled to"),
        (
            Need("crm.write_case", ("case-eu", "ledger")),
            "task x needs crm.write_case on ledger, which desk is not entitled to",
        ),
        (
            Need("pay.refund", ("case-*",)),
            "task x needs pay.refund on case-*, which desk is not entitled to",
        ),
    ],
)
def test_a_need_outside_the_entitlements_is_reported_and_not_granted(need: Need, sentence: str) -> None:
    made = cut(with_task(Task("x", "desk", (Need("mail.send"), need))), identity="task", scope="task")
    assert [str(broken) for broken in made.broken] == [sentence]
    granted = {grant for grant in made.sessions["desk@x"].grants if grant[0] == need.operation}
    assert not granted & {(need.operation, "ledger")}
    assert ("mail.send", "") in made.sessions["desk@x"].grants


def test_each_target_that_is_not_covered_is_a_broken_need_in_a_fixed_order() -> None:
    made = cut(with_task(Task("x", "biller", (Need("crm.write_case", ("case-us", "case-eu")),))))
    assert [broken.target for broken in made.broken] == ["case-eu", "case-us"]


def test_a_need_without_targets_works_if_any_of_its_grants_is_covered() -> None:
    narrow = replace(IDENTITIES["ci"], entitlements=(Entitlement("crm.delete_case", ("case-us",)),))
    model = replace(with_task(Task("x", "ci", (Need("crm.delete_case"),))), identities={**IDENTITIES, "ci": narrow})
    made = cut(model, identity="task", scope="task+arguments")
    assert made.broken == ()
    assert set(made.sessions["ci@x"].grants) == {("crm.delete_case", "case-us")}


# ---- the identity dial, and the tokens that leak


def test_a_shared_secret_opens_the_whole_tier() -> None:
    made = cut(identity="shared", scope="role")
    assert token(made, "desk-token").sessions == ("desk", "biller")
    assert token(made, "crm-key").sessions == ("desk", "biller")
    assert token(made, "deploy-key").sessions == ("ci",)


def test_a_workloads_secret_opens_all_that_it_has() -> None:
    assert token(cut(scope="role"), "desk-token").sessions == ("desk",)
    whole = token(cut(scope="task"), "desk-token")
    assert whole.sessions == ("desk@answer", "desk@triage")
    assert (whole.name, whole.share, whole.rate) == ("desk-token", 1.0, 0.0)


def test_a_token_for_each_task_opens_one_session_and_is_weighed_by_rate_and_duration() -> None:
    answer, triage = cut(identity="task", scope="task").tokens["desk-token"]
    assert (answer.name, answer.sessions) == ("desk-token@answer", ("desk@answer",))
    assert (triage.name, triage.sessions) == ("desk-token@triage", ("desk@triage",))
    assert answer.share == pytest.approx(40 / DAY * 300)
    assert triage.share == pytest.approx(10 / DAY * 600)
    assert (answer.rate, triage.rate) == (40 / DAY, 10 / DAY)
    assert {answer.identity, triage.identity} == {"desk"}


def test_a_token_for_each_task_under_the_tiers_scope_opens_the_tier() -> None:
    made = cut(identity="task", scope="all", expiry="completion")
    opened = {made_token.name: (made_token.sessions, made_token.ttl) for made_token in made.tokens["crm-key"]}
    assert opened == {"crm-key@bill": (("tier:support",), 60.0)}


def test_an_audience_limits_what_a_token_sees() -> None:
    narrow = replace(CREDENTIALS["desk-token"], audience=("mail",))
    made = cut(replace(DESK, credentials={**CREDENTIALS, "desk-token": narrow}))
    (name,) = token(made, "desk-token").sessions
    assert name == "desk|mail"
    assert made.sessions[name].grants == {("mail.send", ""): FREE}
    assert made.sessions["desk"].grants == DESK_MAY


def test_an_audience_that_takes_nothing_away_makes_no_new_session() -> None:
    wide = replace(CREDENTIALS["desk-token"], audience=("pay", "mail", "crm"))
    made = cut(replace(DESK, credentials={**CREDENTIALS, "desk-token": wide}))
    assert token(made, "desk-token").sessions == ("desk",)


def test_two_tokens_of_one_audience_share_a_session() -> None:
    both = named(Credential("a", "desk", audience=("crm", "mail")), Credential("b", "desk", audience=("mail", "crm")))
    desk = replace(IDENTITIES["desk"], entitlements=(Entitlement("pay.refund"),))
    made = cut(replace(DESK, credentials={**CREDENTIALS, **both}, identities={**IDENTITIES, "desk": desk}))
    assert token(made, "a").sessions == token(made, "b").sessions == ("desk|crm+mail",)


# ---- the expiry and response dials


@pytest.mark.parametrize(
    ("dials", "desk", "crm"),
    [
        ({"expiry": "none"}, None, None),
        ({"expiry": "ttl"}, 3600.0, 400 * DAY),
        ({"expiry": "ttl", "ttl": 900.0}, 900.0, 900.0),
        ({"expiry": "completion"}, 600.0, 60.0),
        ({"expiry": "none", "response": "rotation"}, 90 * DAY, 90 * DAY),
        ({"expiry": "ttl", "response": "rotation"}, 3600.0, 90 * DAY),
        ({"expiry": "ttl", "response": "automatic"}, 3600.0, 90 * DAY),
        ({"expiry": "completion", "response": "automatic"}, 600.0, 60.0),
    ],
)
def test_how_long_a_token_lives(dials: dict[str, Any], desk: float | None, crm: float | None) -> None:
    made = cut(rotation_period=90 * DAY, **dials)
    assert token(made, "desk-token").longest == desk
    assert token(made, "crm-key").longest == crm


def test_a_token_that_would_outlive_the_next_rotation_lives_by_the_schedule_alone() -> None:
    made = cut(rotation_period=90 * DAY, expiry="ttl", response="rotation")
    assert (token(made, "crm-key").ttl, token(made, "crm-key").rotates) == (None, 90 * DAY)
    assert (token(made, "desk-token").ttl, token(made, "desk-token").rotates) == (3600.0, None)


def test_a_token_lives_as_long_as_the_run_that_varies() -> None:
    varied = replace(DESK, tasks={n: replace(t, duration=Exponential(60.0)) for n, t in DESK.tasks.items()})
    made = token(sessions(varied, GrantPolicy("p", expiry="completion")), "crm-key")
    assert (made.ttl, made.run) == (60.0, Exponential(60.0))


def test_a_task_token_dies_with_its_task() -> None:
    made = cut(identity="task", scope="task", expiry="completion")
    assert [each.ttl for each in made.tokens["desk-token"]] == [300.0, 600.0]


@pytest.mark.parametrize("scope", ["all", "role", "task", "task+arguments"])
def test_a_workload_token_lives_until_the_longest_of_its_tasks_completes(scope: str) -> None:
    assert token(cut(scope=scope, expiry="completion"), "desk-token").ttl == 600.0


def test_without_a_task_completion_is_an_hour() -> None:
    assert token(cut(expiry="completion"), "deploy-key").ttl == NO_TASK_TTL == 3600.0


def test_the_mean_of_a_duration_counts() -> None:
    slow = replace(TASKS["bill"], duration=Uniform(100.0, 300.0))
    made = cut(replace(DESK, tasks={**TASKS, "bill": slow}), expiry="completion")
    assert token(made, "crm-key").ttl == 200.0


# ---- binding, and what no policy governs


def test_either_the_policy_or_the_credential_binds_the_sender() -> None:
    bound = replace(CREDENTIALS["crm-key"], binding="sender-constrained")
    model = replace(DESK, credentials={**CREDENTIALS, "crm-key": bound})
    plain, strict = cut(model), cut(model, binding="sender-constrained")
    assert [token(plain, name).binding for name in ("desk-token", "crm-key")] == ["bearer", "sender-constrained"]
    assert token(strict, "desk-token").binding == "sender-constrained"


@pytest.mark.parametrize("name", ["static-secrets", "jit", "task-scoped", "zero-standing"])
def test_no_policy_governs_a_third_partys_fixed_secret(name: str) -> None:
    made = sessions(DESK, policy(name), rotation_period=DAY)
    fixed = token(made, "vendor-key")
    assert (fixed.name, fixed.sessions, fixed.ttl, fixed.binding) == (
        "vendor-key",
        ("biller|standing",),
        None,
        "bearer",
    )
    standing = made.sessions["biller|standing"]
    assert (standing.grants, standing.policy) == (BILLER_MAY, STANDING)
    assert standing == standing_session("biller", BILLER_MAY)


def test_a_third_partys_secret_is_ruled_by_no_policy() -> None:
    made = sessions(DESK, policy("task-scoped"))
    assert not token(made, "vendor-key").managed
    assert all(each.managed for each in made.tokens["desk-token"])


# ---- hybrids


AGENTS_ONLY = replace(
    policy("task-scoped"), name="agents-only", applies_to=Selector(kind=("agent",)), otherwise=policy("static-secrets")
)


def test_a_hybrid_cuts_the_agents_by_task_and_leaves_the_pipeline_as_it_was() -> None:
    made = sessions(DESK, AGENTS_ONLY, rotation_period=90 * DAY)
    assert made.by_identity["desk"] == ("desk@answer", "desk@triage")
    assert made.by_identity["ci"] == ("tier:ci",)
    assert made.governing("desk") is AGENTS_ONLY
    assert made.governing("ci") is policy("static-secrets")
    assert [each.ttl for each in made.tokens["desk-token"]] == [300.0, 600.0]
    deploy = token(made, "deploy-key")
    assert (deploy.sessions, deploy.ttl, deploy.rotates) == (("tier:ci",), None, None)


def test_each_session_knows_who_governs_it() -> None:
    made = sessions(DESK, AGENTS_ONLY)
    governing = {name: session.policy.name for name, session in made.sessions.items()}
    assert governing == {
        "desk@answer": "agents-only",
        "desk@triage": "agents-only",
        "tier:support": "static-secrets",
        "tier:ci": "static-secrets",
        "biller|standing": "standing",
    }


# ---- the same every time


def test_cutting_twice_gives_the_same() -> None:
    one, two = cut(identity="task", scope="task"), cut(identity="task", scope="task")
    assert (one.sessions, one.tokens, one.by_identity) == (two.sessions, two.tokens, two.by_identity)


def test_an_empty_model_has_no_sessions() -> None:
    made = cut(Model())
    assert (made.sessions, made.tokens, made.broken) == ({}, {}, ())


def test_tiers_of_one_do_not_mix() -> None:
    alone = replace(DESK, identities={name: replace(i, tier="") for name, i in IDENTITIES.items()})
    made = cut(alone, identity="shared", scope="all")
    assert made.sessions["tier:desk"].grants == DESK_MAY
    assert token(made, "desk-token").sessions == ("tier:desk",)


def test_a_task_with_no_needs_has_a_session_that_may_nothing() -> None:
    model = replace(
        DESK,
        identities={**IDENTITIES, "idle": Identity("idle")},
        tasks={**TASKS, "wait": Task("wait", "idle", duration=Fixed(5.0))},
    )
    assert cut(model, identity="task", scope="task").sessions["idle@wait"].grants == {}
