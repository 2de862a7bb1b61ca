"""When a person is asked, and how often a day: by hand, on a help desk and on a page that runs ten times a day."""

from __future__ import annotations

import math
from typing import Any

import pytest

from simkit.blast_radius.utility import utility
from simkit.errors import PolicyError
from simkit.model import Credential, Entitlement, Identity, Model, Need, Operation, Resource, Response, Task, Tool
from simkit.policies import GrantPolicy, Oversight, sessions

DAY = 86400.0
TEN, FIVE = 10 / DAY, 5 / DAY


def world(*tasks: Task, ttl: float | None = DAY, conditions: tuple[str, ...] = ()) -> Model:
    operations = {
        "edit": Operation("edit", "write", ("config",), high_impact=True),
        "deploy": Operation("deploy", "write", ("prod", "test"), high_impact=True),
        "look": Operation("look", "read", ("config",)),
    }
    return Model(
        identities={
            "agent": Identity(
                "agent", "agent", entitlements=(Entitlement("t.edit", (), conditions), Entitlement("t.deploy"), LOOK)
            )
        },
        resources={
            "config": Resource("config"),
            "all": Resource("all", contains=("prod", "test")),
            "prod": Resource("prod"),
            "test": Resource("test"),
        },
        tools={"t": Tool("t", operations)},
        credentials={"key": Credential("key", "agent", ttl=ttl)},
        tasks={task.name: task for task in tasks},
    )


LOOK = Entitlement("t.look")
CHANGE = Task("change", "agent", (Need("t.edit"), Need("t.edit"), Need("t.look")), rate=TEN)
SHIP = Task("ship", "agent", (Need("t.deploy", ("test",)),), rate=FIVE)


def policy(**dials: Any) -> GrantPolicy:
    return GrantPolicy("p", **{"approval": "high-impact", "expiry": "ttl", **dials})


def asking(model: Model, session: str = "agent", **dials: Any) -> Oversight:
    cut = sessions(model, policy(**dials))
    found = Oversight.of(cut, cut.sessions[session])
    assert found
    return found


def prompts(model: Model, **dials: Any) -> float:
    return utility(sessions(model, policy(**dials)), Response()).approvals_a_day


def test_nobody_is_asked_where_no_dial_says_so() -> None:
    cut = sessions(world(CHANGE), GrantPolicy("p", context="checks", asked="session"))
    assert Oversight.of(cut, cut.sessions["agent"]) is None


@pytest.mark.parametrize(("approval", "look"), [("high-impact", False), ("all", True)])
def test_a_read_is_asked_about_where_all_is(approval: str, look: bool) -> None:
    found = asking(world(), approval=approval)
    assert found.waits(("t.deploy", "prod")) == ("", "high-impact")
    assert bool(found.waits(("t.look", "config"))) is look


def test_what_a_task_needs_was_asked_with_its_run_and_its_other_targets_were_not() -> None:
    found = asking(world(CHANGE, SHIP), asked="task")
    waiting = [target for target in ("prod", "test") if found.waits(("t.deploy", target))]
    assert waiting == ["prod"]
    assert not found.waits(("t.edit", "config"))


def test_a_task_that_needs_a_container_was_asked_for_what_is_in_it() -> None:
    model = world(Task("ship", "agent", (Need("t.deploy"),), rate=FIVE))
    assert not asking(model, asked="task").waits(("t.deploy", "prod"))


@pytest.mark.parametrize("asked", ["session", "time"])
def test_one_approval_stands_for_a_session_whose_work_asks(asked: str) -> None:
    assert not asking(world(CHANGE), asked=asked).waits(("t.deploy", "prod"))
    assert asking(world(), asked=asked).waits(("t.deploy", "prod"))


def test_an_approval_of_a_read_stands_for_reads_alone() -> None:
    found = asking(world(Task("read", "agent", (Need("t.look"),), rate=TEN)), asked="session", approval="all")
    assert (found.waits(("t.look", "config")), found.waits(("t.edit", "config"))) == ((), ("", "high-impact"))


def test_a_task_asks_for_each_use_or_once_in_a_run() -> None:
    model = world(CHANGE, SHIP)
    assert prompts(model) == pytest.approx(2 * 10 + 5)
    assert prompts(model, approval="all") == pytest.approx(3 * 10 + 5)
    assert prompts(model, asked="task") == pytest.approx(10 + 5)


def test_an_hour_of_approval_is_asked_for_anew_at_the_first_run_after_it() -> None:
    assert prompts(world(CHANGE), asked="time") == pytest.approx(1 / (1 / 24 + 1 / 10))
    assert prompts(world(CHANGE, SHIP), asked="time", approved_for=DAY) == pytest.approx(1 / (1 + 1 / 15))


def test_a_session_asks_if_a_run_falls_into_it() -> None:
    """Sessions of a day, ten runs a day: all but exp(-10) of them ask. One that never ends has asked once."""
    assert prompts(world(CHANGE), asked="session") == pytest.approx(1 - math.exp(-10))
    assert prompts(world(CHANGE), asked="session", ttl=DAY / 10) == pytest.approx(10 * (1 - math.exp(-1)))
    assert prompts(world(CHANGE, ttl=None), asked="session") == 0.0


def test_a_session_for_each_run_asks_in_each() -> None:
    assert prompts(world(CHANGE, SHIP), asked="session", scope="task") == pytest.approx(15)


def test_a_condition_asks_at_each_use_however_often_the_policy_does() -> None:
    model = world(CHANGE, SHIP, conditions=("approval",))
    assert prompts(model, asked="task") == pytest.approx(2 * 10 + 5)
    assert prompts(model) == pytest.approx(2 * 10 + 5)


def test_the_older_word_asks_about_high_impact() -> None:
    assert prompts(world(CHANGE), approval="none", context="approval") == pytest.approx(20)


@pytest.mark.parametrize("seconds", [0.0, -1.0, math.nan])
def test_an_approval_that_stands_for_no_time_is_refused(seconds: float) -> None:
    with pytest.raises(PolicyError, match="give more than 0, or None for an hour"):
        policy(approved_for=seconds)
