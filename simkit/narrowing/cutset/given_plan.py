"""A plan of changes that somebody chose."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from simkit.narrowing.cutset.plan import Plan, plan_of
from simkit.narrowing.edits.candidates import in_force
from simkit.narrowing.edits.edit import Narrowing
from simkit.narrowing.recommendation.costs import PRICES
from simkit.narrowing.recommendation.effect import Question
from simkit.scenario import Scenario
from simkit.simulation import PolicyLike


def plan_of_all(
    scenario: Scenario,
    chosen: Sequence[Narrowing],
    policy: PolicyLike = None,
    *,
    entry_points: str | Iterable[str] | None = None,
    goal: str | None = None,
    trials: int = 1000,
    seed: int = 0,
    threads: int | None = None,
) -> Plan:
    """The plan of making all of `chosen`, whatever each gains. Raises QuestionError and PolicyError."""
    base = in_force(scenario, policy)
    question = Question.about(base, entry_points, goal, trials=trials, seed=seed, threads=threads)
    narrowed = base
    for each in chosen:
        narrowed = each.apply(narrowed)
    price = PRICES.change * len(chosen)
    return plan_of(base, question, list(chosen), narrowed, method="given", price=price)
