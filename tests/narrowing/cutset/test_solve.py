"""The cheapest cut: equal to brute force, never dearer than greed, proven, and fast enough for an estate."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, combinations

import pytest
from examples_drawn import examples
from generated_worlds import attacked_worlds
from hypothesis import given, settings
from hypothesis import strategies as st
from repeated_estate import estate
from tiny_worlds import world

from simkit.narrowing import cut_off
from simkit.narrowing.cutset.cut_search import cut_problem
from simkit.narrowing.cutset.problem import Choice, CutProblem, Derivations, Paths, greedy_cut
from simkit.narrowing.cutset.solve import cheapest, greedy
from simkit.narrowing.edits.supports import supported
from simkit.narrowing.recommendation.effect import Question
from simkit.scenario import Scenario

MOST = 10
"""So many removals for brute force in the quick test; the slow one takes 14."""


def problem_of(scenario: Scenario, prices: list[float], most: int) -> CutProblem:
    """The problem of the first goal, with at most `most` removals: those on attack paths first."""
    question = Question(tuple(scenario.entry_points), next(iter(scenario.goals)))
    made = supported(scenario)
    whole = cut_problem(scenario, made, question, lambda _: 1.0)
    paths = Paths(whole, Derivations(whole))
    greedy_cut(whole, paths)
    on_paths = sorted(frozenset[int]().union(*paths.sets)) if paths.sets else []
    kept = list(dict.fromkeys([*on_paths, *range(len(whole.choices))]))[:most]
    choices = [replace(whole.choices[n], price=price) for n, price in zip(kept, prices, strict=False)]
    return CutProblem.of(made, choices, whole.requirements, question.entry_points, [question.goal])


def sets_of(problem: CutProblem) -> Iterator[frozenset[int]]:
    numbers = range(len(problem.choices))
    return map(frozenset, chain.from_iterable(combinations(numbers, size) for size in range(len(numbers) + 1)))


def brute_force(problem: CutProblem) -> float | None:
    """The price of the cheapest set that keeps every task and leaves no row open, by trying all of them."""
    able = [chosen for chosen in sets_of(problem) if problem.keeps(chosen)]
    still_open = [False] * len(able)
    for row in range(len(problem.rows) if problem.goals else 0):
        reached = problem.survives(row, able)
        still_open = [before or now for before, now in zip(still_open, reached, strict=True)]
    return min((problem.price(c) for c, is_open in zip(able, still_open, strict=True) if not is_open), default=None)


def equals_brute_force(problem: CutProblem) -> None:
    found, greed, expected = cheapest(problem), greedy(problem), brute_force(problem)
    assert found.proven
    assert (found.chosen is None) == (expected is None)
    if expected is not None and found.chosen is not None:
        assert found.price == found.bound == pytest.approx(expected)
        assert problem.keeps(found.chosen)
        assert not problem.open_rows(found.chosen)
        assert found.price <= greed.price + 1e-9


@given(attacked_worlds(grants=True))
@examples(60)
def test_greed_finds_the_same_without_the_steps_that_nobody_can_come_to_take(scenario: Scenario) -> None:
    question = Question(tuple(scenario.entry_points), next(iter(scenario.goals)))

    def told(*, in_reach: bool) -> tuple[object, ...]:
        made = supported(scenario, in_reach=in_reach)
        problem = cut_problem(scenario, made, question, lambda _: 1.0)
        found = greedy(problem)
        chosen = None if found.chosen is None else {problem.choices[number].narrowing for number in found.chosen}
        return chosen, found.price, found.proven, found.paths, [made.graph.steps[number].key for number in found.stuck]

    assert told(in_reach=True) == told(in_reach=False)


prices = st.lists(st.sampled_from((1.0, 2.0, 3.0, 0.5)), min_size=14, max_size=14)


@given(attacked_worlds(grants=True), prices)
@examples(60)
def test_the_exact_cut_equals_brute_force(scenario: Scenario, given_prices: list[float]) -> None:
    equals_brute_force(problem_of(scenario, given_prices, MOST))


@pytest.mark.slow
@given(attacked_worlds(grants=True), prices)
@settings(max_examples=40)
def test_the_exact_cut_equals_brute_force_on_up_to_fourteen(scenario: Scenario, given_prices: list[float]) -> None:
    equals_brute_force(problem_of(scenario, given_prices, 14))


WEB = """
    identities:
      desk: {kind: agent, susceptibility: 1.0, roles: [reader, writer]}
      batch: {roles: [reader]}
    resources:
      inbox: {exposure: public}
      cases: {value: {confidentiality: 10}}
      notes: {holds: [batch-key]}
    tools:
      crm:
        operations:
          read: {effect: read, targets: [cases, notes, inbox]}
          send: {effect: write, targets: [inbox]}
    credentials: {batch-key: {identity: batch}}
    roles:
      reader: {entitlements: [{operation: crm.read, targets: [cases, notes]}]}
      writer: {entitlements: [{operation: crm.send}, {operation: crm.read}]}
    entry_points: {start: {poison: inbox}}
    goals: {leaked: {lost: ["cases: confidentiality"]}}
"""


def test_two_roles_that_give_the_same_must_both_lose_it() -> None:
    """By hand. The desk must send, and reads the cases through either role; or it finds the key of batch in the notes,
    and batch reads the cases through the first role. So the cases must go from both roles: no other two changes do."""
    scenario = world(WEB, "tasks: {answer: {identity: desk, needs: [crm.send], reads: [inbox], rate: 1/h}}")
    plan = cut_off(scenario, goal="leaked", trials=20)
    assert plan.is_cut
    assert plan.proven
    assert [each.name for each in plan.narrowings] == [
        "Drop crm.read on cases from role reader",
        "Drop crm.read on cases from role writer",
    ]


def test_the_cheapest_cut_by_hand() -> None:
    """With nothing to be kept but the reading of the inbox, one change is enough: the desk may no longer send."""
    needs = "{operation: crm.read, targets: [inbox]}"
    scenario = world(WEB, f"tasks: {{look: {{identity: desk, needs: [{needs}], reads: [inbox], rate: 1/h}}}}")
    plan = cut_off(scenario, goal="leaked", trials=20)
    assert [each.name for each in plan.narrowings] == ["Drop crm.send on inbox from role writer"]
    assert (plan.price, plan.bound, plan.proven, plan.gap) == (1.0, 1.0, True, 0.0)


ROLES = """
    identities: {desk: {roles: [ROLES]}}
    resources: {cases: {}}
    tools: {crm: {operations: {read: {effect: read, targets: [cases]}}}}
    credentials: {key: {identity: desk, binding: sender-constrained}}
    roles:
      one: {entitlements: [{operation: crm.read}]}
      two: {entitlements: [{operation: crm.read}]}
    tasks: {look: {identity: desk, needs: [crm.read], rate: 1/h}}
    entry_points: {start: {compromise: desk}}
    goals: {leaked: {lost: ["cases: confidentiality"]}}
"""


def test_what_only_the_tasks_together_forbid_is_said() -> None:
    """Each of two roles could lose the grant, but the task needs it from one of them."""
    plan = cut_off(world(ROLES.replace("ROLES", "one, two")), goal="leaked", trials=20)
    assert not plan.possible
    assert plan.stuck == ()
    assert plan.summary == "leaked cannot be cut off by removals without breaking a task."


def test_a_path_on_which_nothing_can_go_is_shown() -> None:
    plan = cut_off(world(ROLES.replace("ROLES", "one")), goal="leaked", trials=20)
    assert not plan.possible
    assert plan.stuck == (
        "compromised desk",
        "take session desk from the runtime of desk",
        "crm.read cases",
        "leaked is reached",
    )
    assert plan.narrowed == plan.scenario


def test_at_a_time_limit_the_better_plan_comes_with_its_gap() -> None:
    scenario = estate(24, attacked=12)
    question = Question(tuple(scenario.entry_points), "vault-read")
    problem = cut_problem(scenario, supported(scenario), question, lambda _: 1.0)
    hurried, greed = cheapest(problem, time_limit=0.0), greedy(problem)
    assert hurried.chosen is not None
    assert not problem.open_rows(hurried.chosen)
    assert 0.0 <= hurried.bound <= hurried.price <= greed.price
    assert hurried.gap == 0.0 if hurried.proven else hurried.gap >= 0.0


def test_the_solver_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    scenario = estate(6, attacked=3)
    assert cut_off(scenario, goal="vault-read", trials=10).proven
    assert capfd.readouterr() == ("", "")


def test_a_choice_that_breaks_a_task_is_never_offered() -> None:
    scenario = estate(6, attacked=3)
    question = Question(tuple(scenario.entry_points), "vault-read")
    problem = cut_problem(scenario, supported(scenario), question, lambda _: 1.0)
    assert problem.choices
    assert all(isinstance(choice, Choice) and problem.keeps([n]) for n, choice in enumerate(problem.choices))


@pytest.mark.slow
def test_an_estate_of_ten_thousand_steps_is_cut_exactly_in_thirty_seconds() -> None:
    """Seconds of the processor: a machine that others use as well takes longer by the clock."""
    scenario = estate(190, attacked=60)
    cut_off(estate(2, attacked=1), goal="vault-read", trials=10)  # compiles the kernels
    started = time.process_time()
    question = Question(tuple(scenario.entry_points), "vault-read")
    problem = cut_problem(scenario, supported(scenario), question, lambda _: 1.0)
    found = cheapest(problem, time_limit=600)
    assert time.process_time() - started < 30
    assert (found.proven, found.price) == (True, 61.0)
    assert len(problem.supported.graph.steps) > 10_000
