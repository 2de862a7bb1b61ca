"""What recordings say of grants: calls on targets, calls that may have been made, and what they do not show."""

from __future__ import annotations

from dataclasses import replace

import pytest

from simkit.model import (
    Entitlement,
    EntryPoint,
    Identity,
    Model,
    Need,
    ObservedCall,
    ObservedRun,
    Operation,
    Resource,
    Task,
    Tool,
)
from simkit.privilege import GrantUse, OverPrivilege, over_privilege
from simkit.scenario import Scenario

MODEL = Model(
    identities={
        "bot": Identity("bot", "agent", entitlements=(Entitlement("crm.*"),)),
        "other": Identity("other", "agent", entitlements=(Entitlement("crm.wipe", ("eu",)),)),
    },
    resources={"eu": Resource("eu"), "us": Resource("us")},
    tools={
        "crm": Tool(
            "crm",
            operations={
                "read": Operation("read", "read", ("eu", "us")),
                "wipe": Operation("wipe", "delete", ("eu", "us")),
            },
        )
    },
    tasks={"work": Task("work", "bot", (Need("crm.read", ("eu",)),)), "idle": Task("idle", "other")},
)
GRANTS = ("crm.read on eu", "crm.read on us", "crm.wipe on eu", "crm.wipe on us")


def privilege(*runs: ObservedRun) -> OverPrivilege:
    entry = {"taken": EntryPoint("taken", "compromise", "bot")}
    return over_privilege(Scenario("desk", MODEL, entry, observed=runs))


def of(found: OverPrivilege, identity: str = "bot") -> dict[str, GrantUse]:
    return {str(grant): grant for grant in found.grants if grant.identity == identity}


def run(*calls: ObservedCall, **more: object) -> ObservedRun:
    return replace(ObservedRun(calls=calls, identity="bot"), **more)  # type: ignore[arg-type]


def test_a_run_of_no_task_is_use_by_its_identity() -> None:
    used = of(privilege(run(ObservedCall("crm.wipe"))))
    assert {name: grant.used for name, grant in used.items()} == dict(zip(GRANTS, (0, 0, 1, 1), strict=True))


def test_a_call_with_a_target_is_a_use_of_the_grant_on_it_only() -> None:
    used = of(privilege(run(ObservedCall("crm.wipe", "eu"), ObservedCall("crm.wipe", "eu"))))
    assert {name: grant.used for name, grant in used.items()} == dict(zip(GRANTS, (0, 0, 1, 0), strict=True))
    assert [name for name, grant in used.items() if grant.unneeded] == ["crm.read on us", "crm.wipe on us"]


def test_a_denied_call_is_no_use() -> None:
    found = of(privilege(run(ObservedCall("crm.wipe", outcome="denied"))))
    assert found["crm.wipe on eu"].unneeded


@pytest.mark.parametrize("outcome", ["pending", "unknown"])
def test_nothing_that_may_have_been_used_is_called_unneeded(outcome: str) -> None:
    found = of(privilege(*[run()] * 100, run(ObservedCall("crm.wipe", "eu", outcome=outcome))))
    assert (found["crm.wipe on eu"].unneeded, found["crm.wipe on eu"].unknowable) == (False, True)
    assert (found["crm.wipe on us"].unneeded, found["crm.wipe on us"].unknowable) == (True, False)


def test_a_call_by_nobody_knows_whom_may_have_been_anybodys() -> None:
    found = privilege(run(ObservedCall("crm.wipe", "eu"), identity=""))
    assert of(found)["crm.wipe on eu"].unknowable
    assert of(found, "other")["crm.wipe on eu"].unknowable
    assert of(found)["crm.wipe on us"].unneeded


def test_a_recording_that_would_not_show_a_use_is_no_evidence() -> None:
    found = of(privilege(run(blind_to=("crm.wipe",)), run()))
    assert found["crm.wipe on eu"].unknowable
    assert found["crm.read on us"].unneeded
    assert {name for name, grant in of(privilege(run(blind_to=("*",)))).items() if grant.unknowable} == {*GRANTS[1:]}


def test_few_blind_runs_among_many_leave_the_bound_as_if_all_had_used_it() -> None:
    blind = [run(blind_to=("crm.wipe",), task="work", identity="")] * 2
    found = privilege(*blind, *[ObservedRun("work")] * 198)
    use = of(found)["crm.wipe on eu"]
    assert not use.unknowable
    assert use.bound == pytest.approx((2 + 198 * (1 - 0.05 ** (1 / 198))) / 200)
    assert [str(grant) for grant in found.removable()] == ["crm.read on us", "crm.wipe on eu", "crm.wipe on us"]


def test_the_answer_says_where_it_cannot_know() -> None:
    found = privilege(run(blind_to=("*",)))
    assert "3 grants of which the recordings cannot know" in found.summary
    (row, *_) = found.unknowable_table().rows
    assert row == ("bot", "crm.wipe on eu", "write", 0, 1, 1)
    assert [each["cannot_know"] for each in found.to_dict()["grants"]][:4] == [False, True, True, True]  # type: ignore[index]


def test_recorded_times_say_how_long_was_recorded() -> None:
    calls = (ObservedCall("crm.read", time=100.0), ObservedCall("crm.read", time=3700.0))
    assert "recorded over 1 h" in privilege(run(*calls)).summary
    assert privilege(run(*calls), run()).window.recorded is None


def test_what_a_blind_run_may_hide_of_a_tool_is_hidden_of_whom_the_tool_runs_as() -> None:
    tools = {"crm": replace(MODEL.tools["crm"], runs_as="other")}
    entry = {"taken": EntryPoint("taken", "compromise", "bot")}
    for blind, unknowable in ((("crm.wipe",), True), ((), False)):
        runs = (ObservedRun("work", blind_to=blind),)
        found = over_privilege(Scenario("desk", replace(MODEL, tools=tools), entry, observed=runs))
        assert of(found, "other")["crm.wipe on eu"].unknowable is unknowable
