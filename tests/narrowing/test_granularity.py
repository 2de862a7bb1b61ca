"""How fine roles should be: the curve by hand, and what a split does to entry points and goals that name the whole."""

from __future__ import annotations

import pytest
from tiny_worlds import world

from simkit.errors import QuestionError
from simkit.narrowing.granularity import role_granularity, split
from simkit.policies.mining import mine_roles
from simkit.scenario import Scenario, dump, loads

BOT = """
    identities: {bot: {kind: agent, susceptibility: 1, entitlements: [{operation: desk.*}]}}
    resources:
      a: {value: {confidentiality: 1}}
      b: {value: {confidentiality: 1}}
      c: {value: {confidentiality: 1}}
      spare: {value: {confidentiality: 1}}
    tools:
      desk:
        operations:
          read_a: {effect: read, targets: [a]}
          read_b: {effect: read, targets: [b]}
          read_c: {effect: read, targets: [c]}
          read_spare: {effect: read, targets: [spare]}
    credentials: {key: {identity: bot}}
    tasks:
      one: {identity: bot, needs: [desk.read_a], rate: 1/h}
      two: {identity: bot, needs: [desk.read_b], rate: 1/h}
      three: {identity: bot, needs: [desk.read_b, desk.read_c], rate: 1/h}
    entry_points:
      leaked: {leak: key}
      broken-into: {compromise: bot}
      slip: {mistake: {agent: bot, task: one}}
    goals:
      a-out: {performed: [desk.read_a]}
      a-and-b-out: {lost: ["a: confidentiality", "b: confidentiality"]}
      spare-out: {performed: [desk.read_spare]}
      said: {steered: bot}
"""


def bot() -> Scenario:
    return world(BOT)


def test_the_curve_by_hand() -> None:
    """One role for the three tasks no longer reads the spare: 3 pairs less. With two roles, {one} and {two, three}, no
    part has both a and b. A third role takes away no pair of these."""
    found = role_granularity(bot())
    as_it_is = split(bot(), mine_roles(bot().model, "bot", 1)).pairs()
    assert len(as_it_is) == found.points[0].pairs
    assert [point.roles for point in found.points] == [1, 2, 3]
    assert found.whole - found.points[0].pairs == 3
    leaks = [{goal for entry, goal in split(bot(), mine_roles(bot().model, "bot", k)).pairs() if entry == "leaked"}
             for k in (1, 2, 3)]  # fmt: skip
    assert leaks[0] >= {"a-out", "a-and-b-out"}
    assert "a-and-b-out" not in leaks[1]
    assert leaks[1] == leaks[2]
    assert (found.points[found.enough].roles, [point.over_grant for point in found.points]) == (2, [5, 1, 0])
    assert [role.tasks for role in found.roles.roles] == [("three", "two"), ("one",)]
    assert found.summary.startswith("2 roles for bot leave ")
    assert not any(point.broken for point in found.points)


def test_what_names_the_whole_comes_once_for_each_part_it_may_mean() -> None:
    mined = mine_roles(bot().model, "bot", 2)
    made = split(bot(), mined).scenario
    assert list(made.entry_points) == [
        "leaked: bot/role-1",
        "leaked: bot/role-2",
        "broken-into: bot/role-1",
        "broken-into: bot/role-2",
        "slip",
    ]
    assert made.entry_points["leaked: bot/role-2"].target == "key/role-2"
    assert made.entry_points["slip"].target == "bot/role-2", "the part that does task one"
    assert list(made.goals) == ["a-out", "a-and-b-out", "spare-out", "said: bot/role-1", "said: bot/role-2"]
    assert {goal for _, goal in split(bot(), mined).pairs()} <= bot().goals.keys()


def test_the_scenario_with_the_roles_can_be_written_and_read() -> None:
    narrowed = role_granularity(bot()).narrowed
    assert loads(dump(narrowed)).digest == narrowed.digest


def test_bad_questions_are_refused() -> None:
    with pytest.raises(QuestionError, match="did you mean bot"):
        role_granularity(bot(), "bott")
    idle = world(BOT[: BOT.index("    tasks:")], "entry_points: {leaked: {leak: key}}")
    with pytest.raises(QuestionError, match="no identity has a task"):
        role_granularity(idle)
    two = BOT.replace("identities: {bot", "identities: {man: {}, bot").replace(
        "one: {identity: bot", "one: {identity: man"
    )
    with pytest.raises(QuestionError, match="name one of man, bot"):
        role_granularity(
            world(two.replace("slip: {mistake: {agent: bot, task: one}}", "slip: {mistake: {agent: bot}}"))
        )
