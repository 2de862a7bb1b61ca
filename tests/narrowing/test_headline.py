"""The headline of `simkit narrow` names what its plan does: on every scenario that we ship."""

from __future__ import annotations

from pathlib import Path

import pytest

from simkit import Scenario, load, recommend
from simkit.cli.commands.narrow import Narrowed
from simkit.narrowing import cut_off, plan_from

ROOT = Path(__file__).parents[2]
SHIPPED = sorted((ROOT / "scenarios").rglob("*.yaml"))
FEW = {"starter.yaml", "salesloft-drift.yaml", "slack.yaml"}
FILES = [
    pytest.param(file, marks=[] if file.name in FEW else pytest.mark.slow, id=str(file.relative_to(ROOT)))
    for file in SHIPPED
    if "\nentry_points:" in file.read_text("utf-8")
]
ASKED = {"trials": 50, "seed": 1}


@pytest.mark.parametrize("file", FILES)
def test_the_headline_names_a_change_of_the_plan(file: Path) -> None:
    world = load(file)
    for budget in (1, 3):
        ranking = recommend(world, budget=budget, **ASKED)
        says_what_it_does(Narrowed(plan_from(ranking), ranking))


@pytest.mark.parametrize("file", FILES)
def test_the_headline_names_a_change_of_the_plan_that_cuts_a_goal_off(file: Path) -> None:
    world = load(file)
    for goal in list(world.goals)[:2]:
        says_what_it_does(of_goal(world, goal))


def of_goal(world: Scenario, goal: str) -> Narrowed:
    return Narrowed(cut_off(world, goal=goal, exact=False, **ASKED), recommend(world, goal=goal, **ASKED))


def says_what_it_does(found: Narrowed) -> None:
    """Where there is a plan, each change that the headline names is in it, or is said to be another one; and none of
    the plan's hides behind a number where another one is named."""
    changes = [each.name for each in found.plan.narrowings]
    if not changes or found.ranking is None:
        return
    named = [each.narrowing.name for each in found.ranking.ranked if f"{each.narrowing.name}: the " in found.summary]
    if set(named) <= set(changes):
        assert named or "No narrowing that keeps every task" in found.summary
    else:
        assert "Best alone is another change." in found.summary
        assert all(change in found.summary for change in changes)
