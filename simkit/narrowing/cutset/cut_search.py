"""Which removals cut a goal off.

They are looked for on the supported graph. Of a world in which very much could be copied it has only the copies that
matter as long as nothing is taken away, and a removal may make another copy worth taking: then what the removals leave
is looked at again, until nothing leads to the goal.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace

from simkit.errors import EngineError
from simkit.narrowing.cutset.problem import Choice, CutProblem
from simkit.narrowing.cutset.solve import CutSet, cheapest, greedy
from simkit.narrowing.edits.candidates import removals
from simkit.narrowing.edits.edit import Narrowing
from simkit.narrowing.edits.supports import Supported, supported
from simkit.narrowing.edits.work import work_of
from simkit.narrowing.recommendation.effect import Question
from simkit.scenario import Scenario
from simkit.simulation import compile_attack
from simkit.techniques.givers import Givers

Price = Callable[[Narrowing], float]


@dataclass(frozen=True, slots=True, eq=False)
class CutFound:
    """`removals` that cut the goal off, the scenario `narrowed` by them, and what is known of the `cut`; no removals
    and the scenario itself where the cut has no choice: then `stuck` are the labels of the steps that nothing removes.

    It is certain unless the graph lacked copies, or one grant came under different conditions, where the graph errs on
    the attacker's side: then it proves no bound.
    """

    removals: list[Narrowing]
    narrowed: Scenario
    cut: CutSet
    is_certain: bool
    stuck: tuple[str, ...]


def search_cut(
    scenario: Scenario,
    question: Question,
    price: Price,
    without: Collection[str] = (),
    among: Collection[Narrowing] | None = None,
    *,
    seconds: float | None = None,
) -> CutFound:
    """The removals that put the goal of `question` out of reach while every task still works, in the worst case: the
    cheapest that are found in so many `seconds`, or, if that is None, those that greed finds.

    `price` says what a removal costs, `without` names kinds that are out of the question, `among` are all that there is
    to choose from (None: all of the model). Raises EngineError if they do not do what they should.
    """
    found = _searched(scenario, question, price, without, among, seconds)
    while found.cut.chosen is not None and _still_reached(found.narrowed, question):
        more = _searched(found.narrowed, question, price, without, among, None)
        if more.cut.chosen is None:
            # nothing is proven: other removals before might have left a task another way
            return replace(more, narrowed=scenario, is_certain=False)
        if found.is_certain or not more.removals:
            raise EngineError(
                f"{question.goal} is still reached after {len(found.removals)} changes: report this as a bug of simkit"
            )
        cut = replace(found.cut, price=found.cut.price + more.cut.price, paths=found.cut.paths + more.cut.paths)
        found = CutFound([*found.removals, *more.removals], more.narrowed, cut, False, ())
    return found


def _searched(
    scenario: Scenario,
    question: Question,
    price: Price,
    without: Collection[str],
    among: Collection[Narrowing] | None,
    seconds: float | None,
) -> CutFound:
    # among sets that cost the same the solver's choice may hang on what nobody can reach, so that it is shown all
    made = supported(scenario, in_reach=seconds is None)
    problem = cut_problem(scenario, made, question, price, without, among)
    cut = greedy(problem) if seconds is None else cheapest(problem, time_limit=seconds)
    chosen = [problem.choices[number].narrowing for number in sorted(cut.chosen or ())]
    narrowed = scenario
    for each in chosen:
        narrowed = each.apply(narrowed)
    stuck = tuple(dict.fromkeys(step.label for n in cut.stuck if (step := made.graph.steps[n]).label))
    return CutFound(chosen, narrowed, cut, made.whole and not Givers(scenario.model).mixed(), stuck)


def cut_problem(
    scenario: Scenario,
    made: Supported,
    question: Question,
    price: Price,
    without: Collection[str] = (),
    among: Iterable[Narrowing] | None = None,
) -> CutProblem:
    """The question of which removals cut the goal off, as sets and steps."""
    offers = removals(scenario, Givers(scenario.model)) if among is None else among
    wanted = (each for each in offers if each.kind not in without and each.removes())
    offered = (Choice(each, price(each), each.removes() or frozenset()) for each in wanted)
    requirements = work_of(scenario).requirements()
    return CutProblem.of(made, offered, requirements, question.entry_points, [question.goal])


def _still_reached(scenario: Scenario, question: Question) -> bool:
    worst = compile_attack(scenario).worst_cases(question.entry_points)
    return any(question.goal in case.goals for case in worst.values())
