"""The search for removals where the graph on which they are looked for lacks copies."""

from __future__ import annotations

import pytest
from examples_drawn import examples
from generated_worlds import attacked_worlds
from hypothesis import given
from narrowing.edits.test_supports import STAGED

from simkit.narrowing import cut_off
from simkit.narrowing.edits import supports
from simkit.narrowing.edits.edit import Narrowing
from simkit.narrowing.edits.removals import DropEntitlements
from simkit.narrowing.edits.work import work_of
from simkit.scenario import Scenario, loads
from simkit.simulation import compile_attack
from simkit.techniques.givers import Holder

LEAKED = STAGED + "goals: {leaked: {lost: [{resource: vault, impact: confidentiality}]}}\n"


@pytest.fixture
def no_room_for_copies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supports, "MOST_COPIES", 0)


def reading_is_dear(each: Narrowing) -> float:
    return 10.0 if "t.rd" in each.name else 1.0


@pytest.mark.parametrize("exact", [False, True])
@pytest.mark.usefixtures("no_room_for_copies")
def test_a_copy_that_a_removal_made_worth_taking_is_cut_off_next(exact: bool) -> None:
    """Without its own mail, a hands on by notes what it read, which b mails."""
    plan = cut_off(loads(LEAKED), goal="leaked", exact=exact, price=reading_is_dear, trials=50)
    assert plan.is_cut
    assert len(plan.narrowings) == 2
    assert plan.price == 2.0
    assert not plan.proven


@pytest.mark.usefixtures("no_room_for_copies")
def test_where_nothing_more_can_go_nothing_is_proven() -> None:
    scenario = loads(LEAKED)
    mail = [DropEntitlements(Holder("identity", "a"), (("t.mail", ""),))]
    plan = cut_off(scenario, goal="leaked", exact=False, among=mail, trials=50)
    assert (plan.possible, plan.narrowings, plan.proven) == (False, (), False)
    assert plan.narrowed == plan.scenario


@pytest.mark.usefixtures("no_room_for_copies")
def test_where_tasks_need_what_is_left_it_says_that_nothing_is_proven() -> None:
    """Either role may go from b, which mails what a hands on, and not both."""
    needed = (
        LEAKED.replace("k1: {identity: a,", "k1: {identity: a, needs: [t.rd, t.note],")
        .replace("k2: {identity: b,", "k2: {identity: b, needs: [t.look, t.mail],")
        .replace("[{operation: t.look}, {operation: t.mail}]", "[{operation: t.look}], roles: [one, other]")
    )
    roles = "roles: {one: {entitlements: [{operation: t.mail}]}, other: {entitlements: [{operation: t.mail}]}}\n"
    plan = cut_off(loads(needed + roles), goal="leaked", exact=False, trials=50)
    assert (plan.possible, plan.stuck, plan.proven) == (False, (), False)
    assert plan.summary.startswith("No removals were found that cut leaked off without breaking a task")


@given(attacked_worlds())
@examples(20)
def test_a_cut_without_room_for_copies_cuts_and_keeps_the_work(scenario: Scenario) -> None:
    goal, kept = next(iter(scenario.goals)), [*work_of(scenario).requirements()]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(supports, "MOST_COPIES", 0)
        plan = cut_off(scenario, goal=goal, exact=False, trials=20)
    if plan.possible:
        worst = compile_attack(plan.narrowed).worst_cases(scenario.entry_points)
        assert not any(goal in case.goals for case in worst.values())
        assert len([*work_of(plan.narrowed).requirements()]) == len(kept)
