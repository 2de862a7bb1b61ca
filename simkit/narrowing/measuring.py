"""What a scenario loses, before and after: replays with the same seed, paired sample by sample."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simkit.blast_radius import BlastRadius, intervals
from simkit.blast_radius.intervals import Interval
from simkit.errors import QuestionError, nearest
from simkit.fate import checked_seed
from simkit.scenario import Scenario
from simkit.simulation import checked_trials, simulate
from simkit.table import format_number, percent

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Question:
    """What is to become smaller: the chance of `goal` (empty: the value lost), through each of `entry_points`."""

    entry_points: tuple[str, ...]
    goal: str = ""
    trials: int = 1000
    seed: int = 0
    threads: int | None = None

    @classmethod
    def about(
        cls,
        scenario: Scenario,
        entry_point: str | Iterable[str] | None,
        goal: str | None,
        *,
        trials: int,
        seed: int,
        threads: int | None,
    ) -> Question:
        """The question, its names checked; None for `entry_point` is all of them. Raises QuestionError."""
        given = [entry_point] if isinstance(entry_point, str) else entry_point
        names = tuple(dict.fromkeys(scenario.entry_points if given is None else given))
        if not names:
            raise QuestionError("no entry point is given: name one, or none for all of them")
        for name in names:
            scenario.entry_point(name)
        if goal is not None and goal not in scenario.goals:
            raise QuestionError(f"no goal is called {goal!r}: {nearest(goal, scenario.goals)}")
        return cls(names, goal or "", checked_trials(trials), checked_seed(seed), threads)

    def roughly(self, trials: int) -> Question:
        """The same question, asked with at most so many trials."""
        return replace(self, trials=min(trials, self.trials))

    @property
    def measure(self) -> str:
        """What is made smaller, in words."""
        return f"chance of {self.goal}" if self.goal else "value lost"

    def amount(self, value: float) -> str:
        """`value` of the measure, as people read it."""
        return percent(value) if self.goal else format_number(value)


@dataclass(frozen=True, slots=True)
class Effect:
    """The blast radius of one scenario, over all samples of all entry points asked about.

    `chance` is that of the goal, None where none is asked about; `worst_value` the worst case of the worst entry point,
    `in_worst_case` whether the worst case reaches the goal (without a goal: whether it loses any value).
    """

    mean: Interval
    p95: Interval
    chance: Interval | None
    worst_value: float
    in_worst_case: bool

    def to_dict(self) -> dict[str, object]:
        """The effect as plain data."""
        return {
            "value_lost": {"mean": self.mean.to_dict(), "p95": self.p95.to_dict(), "worst_case": self.worst_value},
            "chance": self.chance.to_dict() if self.chance else None,
            "in_worst_case": self.in_worst_case,
        }


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """The samples of one scenario: value lost and whether the goal was reached, entry point after entry point."""

    question: Question
    values: Floats
    reached: Floats
    worst_value: float
    in_worst_case: bool

    @property
    def losses(self) -> Floats:
        """For each sample what is to become smaller."""
        return self.reached if self.question.goal else self.values

    def effect(self) -> Effect:
        """The samples in a few numbers."""
        ordered = sorted(self.values.tolist())
        goal = intervals.wilson(int(self.reached.sum()), len(self.reached)) if self.question.goal else None
        mean, p95 = intervals.mean(self.values.tolist()), intervals.quantile(ordered, 0.95)
        return Effect(mean, p95, goal, self.worst_value, self.in_worst_case)

    def less(self, after: Measured) -> Interval:
        """How much less is lost `after`: the mean of the paired differences."""
        return intervals.mean((self.losses - after.losses).tolist())


def measure(scenario: Scenario, question: Question) -> Measured:
    """The samples of `scenario` under the policy in force."""
    return _of(list(replays(scenario, question)), question)


def replays(scenario: Scenario, question: Question) -> Iterable[BlastRadius]:
    """The blast radius through each entry point that the question is about."""
    for name in question.entry_points:
        yield simulate(scenario, entry_point=name, trials=question.trials, seed=question.seed, threads=question.threads)


def _of(results: list[BlastRadius], question: Question) -> Measured:
    worst = max(result.worst_case.value for result in results)
    named = any(question.goal in result.worst_case.goals for result in results)
    return Measured(
        question=question,
        values=np.concatenate([result.values for result in results]),
        reached=np.concatenate([_reached(result, question.goal) for result in results]),
        worst_value=worst,
        in_worst_case=named if question.goal else worst > 0,
    )


def _reached(result: BlastRadius, goal: str) -> Floats:
    fact = result.fact(goal) if goal else None
    if fact is None:
        return np.zeros(result.trials)
    return result.held[:, fact].astype(np.float64)


def measured_with_paths(scenario: Scenario, question: Question) -> tuple[Measured, list[BlastRadius]]:
    """As `measure`, and the blast radii themselves, for the paths in them."""
    results = list(replays(scenario, question))
    return _of(results, question), results
