"""What is recommended, by hand: on worlds of five to ten things, and said as plainly as it is known."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

import pytest
from book_shop import SELLS, SHOP, SWEEPS
from tiny_worlds import world

from simkit.errors import QuestionError
from simkit.model import ObservedRun
from simkit.narrowing import Recommendations, candidates, cut_by_one, cut_off, recommend, weigh
from simkit.narrowing.edits.unneeded import unneeded
from simkit.narrowing.recommendation.effect import Question
from simkit.narrowing.recommendation.relevance import Bearing, Bearings
from simkit.privilege import over_privilege
from simkit.scenario import Scenario
from simkit.simulation import simulate
from simkit.techniques.givers import Givers


def shop(*runs: ObservedRun) -> Scenario:
    return replace(world(SHOP, SELLS + SWEEPS), observed=runs)


def free(scenario: Scenario) -> dict[str, tuple[bool, str]]:
    """Each edit that takes away only what nobody needs: whether it is free, and on what evidence."""
    found = unneeded(scenario.model, over_privilege(scenario), Givers(scenario.model))
    return {each.narrowing.name: (each.is_free, each.evidence) for each in found}


def test_a_role_that_one_of_its_holders_does_not_need_can_be_taken_from_that_one_for_nothing() -> None:
    """By hand: the clerk needs nothing of the books, the cleaner needs to post; what the ghost needs is not known. So
    reading the ledger needs nobody known, but the ghost has it too."""
    assert free(shop()) == {
        "Drop shop.read on ledger from role books": (False, "no task declared for ghost"),
        "Take role books from clerk": (True, "declared tasks, no runs"),
        "Take role books from ghost": (False, "no task declared for ghost"),
    }


def test_what_any_run_used_is_needed_and_enough_runs_are_said_to_be_enough() -> None:
    used = shop(ObservedRun.of("sell", "shop.post", success=False))
    assert "Take role books from clerk" not in free(used), "a run that failed used it all the same"
    reading = shop(ObservedRun.of("sell", "shop.read"))
    assert "Take role books from clerk" not in free(reading), "runs name operations: a use counts for every target"
    assert free(shop(*[ObservedRun("sell", ())] * 10))["Take role books from clerk"] == (True, "10 runs, too little")
    assert free(shop(*[ObservedRun("sell", ())] * 60))["Take role books from clerk"] == (True, "60 runs, enough")


def test_a_role_that_nobody_needs_is_dropped_once_and_not_taken_from_each_holder_too() -> None:
    sells = world(SHOP, f"{SELLS.rstrip(', ')}}}")
    dropped = "Drop shop.read on ledger, shop.post on ledger from role books"
    assert free(sells) == {dropped: (False, "no task declared for cleaner and 1 more")}


@pytest.mark.parametrize(
    ("sweeps", "evidence"), [(0, "declared tasks, no runs"), (10, "10 runs, too little"), (60, "60 runs, enough")]
)
def test_the_evidence_is_that_of_the_holder_of_which_least_is_known(sweeps: int, evidence: str) -> None:
    known = world(SHOP.replace("      ghost: {roles: [books]}\n", ""), SELLS + SWEEPS)
    runs = [*[ObservedRun("sell", ())] * 70, *[ObservedRun("sweep", ())] * sweeps]
    assert free(replace(known, observed=tuple(runs)))["Drop shop.read on ledger from role books"] == (True, evidence)


def ranked(scenario: Scenario, goal: str | None, without: Iterable[str] = ()) -> Recommendations:
    return recommend(scenario, goal=goal, trials=40, budget=2, without=without)


def test_the_ranking_by_hand() -> None:
    """Taking the books from the clerk saves 7 of the 11 for nothing; binding the key saves all of it for one change;
    turning the binding dial for the clerk does just as well, which is said."""
    found = ranked(shop(), None)
    first, second, third = found[0], found[1], found[2]
    assert (first.narrowing.name, first.price, first.less.estimate) == ("Take role books from clerk", 0.0, 7.0)
    assert (first.unneeded, first.evidence) == (True, "declared tasks, no runs")
    assert (second.narrowing.name, second.price, second.less.estimate) == (
        "Bind clerk-key to the runtime of its identity",
        1.0,
        11.0,
    )
    assert (first.ties_with, second.ties_with, third.ties_with) == (0, 0, 2)
    assert third.narrowing.name == "Turn binding to sender-constrained for clerk"
    assert [point.effect.mean.estimate for point in found.curve] == [11.0, 4.0, 0.0]
    assert [point.price for point in found.curve] == [0.0, 0.0, 1.0]
    assert [point.on_front for point in found.curve] == [False, True, True]
    assert "3, as 2" in found.table().text()


def test_a_loss_that_no_goal_names_has_a_path_too() -> None:
    """Ten of the eleven are lost by reading, and no goal names the orders."""
    found = {each.narrowing.name: each.bearing for each in ranked(shop(), None)}
    assert found["Take role books from clerk"].at == "shop.read ledger"
    assert found["Bind clerk-key to the runtime of its identity"].path.endswith("shop.read ledger")
    assert found["Take role books from clerk"].relevant
    assert Bearing().ids == ""


def test_paths_are_those_to_the_goal_that_is_asked_about_else_to_every_loss_the_costliest_first() -> None:
    scenario = shop()
    result = simulate(scenario, trials=40)

    def ends(goal: str | None) -> list[str]:
        question = Question.about(scenario, None, goal, trials=40, seed=0, threads=None)
        return list(dict.fromkeys(goal for goal, _ in Bearings([result], question, scenario.model).paths))

    assert ends("books-out") == ["books-out"]
    assert ends(None) == ["lost(ledger, confidentiality)", "lost(orders, confidentiality)", "lost(ledger, integrity)"]


def test_a_narrowing_bears_on_the_first_step_that_it_touches() -> None:
    class Everything:
        def bears_on(self, cause: object, model: object) -> bool:
            return True

    scenario = shop()
    question = Question.about(scenario, None, "books-out", trials=40, seed=0, threads=None)
    bearings = Bearings([simulate(scenario, trials=40)], question, scenario.model)
    _, first = bearings.paths[0]
    assert len(first) > 1
    found = bearings.of(Everything())  # type: ignore[arg-type]
    assert (found.path, found.at) == (" -> ".join(each.label for each in first), first[0].label)


def test_without_values_the_share_of_goals_is_made_smaller() -> None:
    poor = world(re.sub(r"value: {[^}]*}", "", SHOP), SELLS + SWEEPS)
    found = ranked(poor, None)
    assert found.question.measure == "share of goals reached"
    assert (found[0].narrowing.name, found[0].less.estimate) == ("Take role books from clerk", 1.0)
    assert "falls by 100 % [100 %, 100 %]" in found.summary
    assert found[0].path.endswith("books-out is reached")


def test_a_world_with_nothing_to_lose_is_refused() -> None:
    nothing = re.sub(r"value: {[^}]*}", "", SHOP).partition("    goals:")[0]
    with pytest.raises(QuestionError, match="nothing in tiny has a value, and it has no goal"):
        recommend(world(nothing, SELLS + SWEEPS))


def test_where_no_removal_cuts_another_kind_of_change_may() -> None:
    """The cleaner must be able to read the ledger, and so must whoever has its key; but a session for one task that may
    not read it does not."""
    tasks = "tasks: {post: {identity: cleaner, needs: [shop.post], rate: 1/h}, look: {identity: cleaner, "
    tasks += "needs: [{operation: shop.read, targets: [ledger]}], rate: 1/h}}"
    text = SHOP.replace("clerk-key: {identity: clerk}", "clerk-key: {identity: cleaner, binding: sender-constrained}")
    text = text.replace("{leak: clerk-key}", "{mistake: {agent: cleaner, task: post}}")
    text = text.replace("cleaner: {roles: [books]}", "cleaner: {kind: agent, susceptibility: 1, roles: [books]}")
    scenario = world(text.replace('{lost: ["ledger: confidentiality"]}', "{performed: [shop.read]}"), tasks)
    plan = cut_off(scenario, goal="books-out", trials=20)
    assert not plan.possible
    assert "cannot be cut off by removals without breaking a task" in plan.summary
    other = cut_by_one(recommend(scenario, goal="books-out", trials=20, budget=0))
    assert other is not None
    assert [each.name for each in other.narrowings] == ["Turn scope to task for cleaner"]
    assert other.is_cut
    assert "no set of removals does that" in other.summary
    assert not other.cost.broken


def test_without_a_declared_task_nothing_is_promised_about_tasks() -> None:
    scenario = world(SHOP, "")
    for summary in (cut_off(scenario, goal="books-out", trials=20).summary, ranked(scenario, None).summary):
        assert "no task is declared, so nothing says what that breaks" in summary
        assert "every task still works" not in summary


def test_every_narrowing_is_weighed_before_anything_is_replayed() -> None:
    """By hand: the clerk's key opens everything that may be lost (11); to take sales from the clerk breaks its task."""
    found = weigh(shop())
    assert {each.narrowing for each in found} == set(candidates(shop()))
    rows = {each.narrowing.name: each for each in found}
    books = rows["Take role books from clerk"]
    assert (books.price, books.less, books.bears, books.evidence) == (0.0, 7.0, True, "declared tasks, no runs")
    assert rows["Bind clerk-key to the runtime of its identity"].less == 11.0
    sales = rows["Take role sales from clerk"]
    assert (sales.cost.broken, sales.less) == (("sell",), 4.0)
    assert not rows["Take role books from cleaner"].bears, "the clerk's key is what leaked"
    approval = rows["Require a person's approval of shop.read by role sales"]
    assert (approval.cost.approvals_a_day, approval.less) == (24.0, None)
    assert [each.bears for each in found] == sorted((each.bears for each in found), reverse=True)
    assert found.summary.startswith(f"{len(found)} narrowings: ")
    assert len(found.table().rows) == len(found.to_dict()["candidates"])  # type: ignore[arg-type]


def test_kinds_that_are_out_of_the_question_are_not_offered() -> None:
    for result in (weigh(shop(), without=["constrain-sender"]), ranked(shop(), None, without=["constrain-sender"])):
        kinds = {each.narrowing.kind for each in result}
        assert kinds
        assert "constrain-sender" not in kinds
    plan = cut_off(shop(), goal="books-out", trials=20, without=["constrain-sender", "drop-role"])
    assert [each.name for each in plan.narrowings] == ["Drop shop.read on ledger from role books"]
    with pytest.raises(QuestionError, match="did you mean drop-role"):
        weigh(shop(), without=["drop-rule"])
