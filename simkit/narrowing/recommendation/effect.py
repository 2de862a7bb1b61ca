"""What a scenario loses, before and after: replays with the same seed, paired sample by sample."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simkit.blast_radius import BlastRadius, WorstCase, intervals
from simkit.blast_radius.intervals import Interval
from simkit.engines.reach import worst_cases
from simkit.engines.replay import replay
from simkit.errors import QuestionError, nearest
from simkit.execution.executors import ExecutorLike
from simkit.fate import checked_seed
from simkit.measures import MEASURES, SHARE, Measure, chosen_measure
from simkit.measures.measured import worst_of
from simkit.measures.samplers import ONLY_WHETHER
from simkit.scenario import Scenario, chosen_entries
from simkit.simulation import Attack, checked_trials, compile_attack, replayed

Floats = NDArray[np.float64]
LOST = MEASURES["value-lost"]


@dataclass(frozen=True, slots=True)
class Question:
    """What is to become smaller: the chance of `goal` (empty: the harm), through each of `entry_points`.

    The harm is what is `lost`: the value, or, where nothing has a value, the share of the goals that are reached.
    """

    entry_points: tuple[str, ...]
    goal: str = ""
    lost: Measure = LOST
    trials: int = 1000
    seed: int = 0
    threads: int | None = None
    executor: ExecutorLike = None

    @classmethod
    def about(
        cls,
        scenario: Scenario,
        entry_points: str | Iterable[str] | None,
        goal: str | None,
        *,
        trials: int,
        seed: int,
        threads: int | None,
        executor: ExecutorLike = None,
        measure: str | None = None,
    ) -> Question:
        """The question, its names checked; None for `entry_points` is all of them. Raises QuestionError."""
        names = chosen_entries(scenario, entry_points)
        if goal is not None and goal not in scenario.goals:
            raise QuestionError(f"no goal is called {goal!r}: {nearest(goal, scenario.goals)}")
        lost = chosen_measure(measure, scenario.model, scenario.goals)
        if measure is None and not lost.is_value and not scenario.goals:
            raise QuestionError(
                f"nothing in {scenario.name} has a value, and it has no goal: say what must not be lost"
            )
        return cls(names, goal or "", lost, checked_trials(trials), checked_seed(seed), threads, executor)

    def roughly(self, trials: int) -> Question:
        """The same question, asked with at most so many trials."""
        return replace(self, trials=min(trials, self.trials))

    def judging(self, by: str) -> Question:
        """The question about what is judged `by` a measure of its own, where it is about the value lost."""
        return replace(self, lost=MEASURES[by]) if by and self.lost == LOST and not self.goal else self

    @property
    def measure(self) -> str:
        """What is made smaller, in words."""
        return f"chance of {self.goal}" if self.goal else self.harm

    @property
    def harm(self) -> str:
        """What is lost besides, in words."""
        return self.lost.words

    @property
    def valued(self) -> bool:
        """True if the harm is a value in the scenario's own unit."""
        return self.lost.is_value

    def amount(self, value: float) -> str:
        """`value` of the measure, as people read it."""
        return SHARE.write(value) if self.goal else self.harmed(value)

    def harmed(self, value: float) -> str:
        """`value` of the harm, as people read it."""
        return self.lost.unit.write(value)

    def spread(self, interval: Interval) -> str:
        """An interval of the harm, `estimate [low, high]`."""
        return self.lost.unit.spread(interval)

    def chance(self, interval: Interval) -> str:
        """An interval of a chance, or of a difference of chances."""
        return SHARE.spread(interval)

    def gain(self, interval: Interval) -> str:
        """An interval of the measure."""
        return self.chance(interval) if self.goal else self.spread(interval)


@dataclass(frozen=True, slots=True)
class Effect:
    """The blast radius of one scenario, over all samples of all entry points asked about.

    `mean`, `p95` and `worst_value` (that of the worst entry point) are of the harm, `chance` is that of the goal (None
    where none is asked about), `in_worst_case` whether the worst case reaches the goal (without a goal: does any harm).
    """

    mean: Interval
    p95: Interval
    chance: Interval | None
    worst_value: float
    in_worst_case: bool
    lost: Measure = LOST

    def spread(self, interval: Interval) -> str:
        """An interval of the harm, as people read it."""
        return self.lost.unit.spread(interval)

    @property
    def harm(self) -> str:
        """What is lost, in words."""
        return self.lost.words

    def gain(self, interval: Interval) -> str:
        """An interval of what is to become smaller: of the chance of the goal where one is asked about."""
        return SHARE.spread(interval) if self.chance else self.spread(interval)

    def to_dict(self) -> dict[str, object]:
        """The effect as plain data."""
        return {
            self.harm.replace(" ", "_"): {
                "mean": self.mean.to_dict(),
                "p95": self.p95.to_dict(),
                "worst_case": self.worst_value,
            },
            "chance": self.chance.to_dict() if self.chance else None,
            "in_worst_case": self.in_worst_case,
        }


@dataclass(frozen=True, slots=True, eq=False)
class PairedLosses:
    """The samples of one scenario: the harm and whether the goal was reached, entry point after entry point."""

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
        return Effect(mean, p95, goal, self.worst_value, self.in_worst_case, self.question.lost)

    def less(self, after: PairedLosses) -> Interval:
        """How much less is lost `after`: the mean of the paired differences."""
        return intervals.mean((self.losses - after.losses).tolist())


def measure(scenario: Scenario, question: Question, base: Attack | None = None) -> PairedLosses:
    """The samples of `scenario` under the policy in force; where `base` is given it is compiled as an edit of that."""
    attack = base.edited(scenario) if base else compile_attack(scenario)
    if question.executor is not None:
        return _of(_replayed(attack, question, told=False), question)
    return _of([_replayed_in_part(attack, name, question) for name in question.entry_points], question)


def measure_without(attack: Attack, gone: Sequence[int], question: Question) -> PairedLosses:
    """The samples of `attack` without the steps `gone`."""
    return _of([_replayed_in_part(attack, name, question, gone) for name in question.entry_points], question)


def _worst_case(attack: Attack, entry_point: str, gone: Sequence[int]) -> WorstCase:
    if not len(gone):
        return attack.worst_cases([entry_point])[entry_point]
    starts = attack.graph.entry(entry_point).starts
    return WorstCase.of(attack.legend, worst_cases(attack.graph, starts, without=[gone] * len(starts)))


def _replayed_in_part(attack: Attack, entry_point: str, question: Question, gone: Sequence[int] = ()) -> BlastRadius:
    """A replay that keeps only what `question` looks at, and that goes on only until that is settled; without the
    steps `gone`."""
    sampler, goal = question.lost.sampler(attack), attack.legend.goals.get(question.goal)
    outcomes = replay(
        attack.graph,
        entry_point,
        seed=question.seed,
        trials=question.trials,
        threads=question.threads,
        facts=tuple(dict.fromkeys((*sampler.columns, *(() if goal is None else (goal,))))),
        only_whether=isinstance(sampler, ONLY_WHETHER),
        without=gone,
    )
    return BlastRadius(
        graph=attack.graph,
        outcomes=outcomes,
        legend=attack.legend,
        worst_case=_worst_case(attack, entry_point, gone),
        utility=attack.utility,
        provenance=attack.provenance(entry_point, told=False),
    )


def _of(results: list[BlastRadius], question: Question) -> PairedLosses:
    worst = max(worst_of(result, question.lost) for result in results)
    named = any(question.goal in result.worst_case.goals for result in results)
    return PairedLosses(
        question=question,
        values=np.concatenate([question.lost.of_samples(result) for result in results]),
        reached=np.concatenate([_reached(result, question.goal) for result in results]),
        worst_value=worst,
        in_worst_case=named if question.goal else worst > 0,
    )


def _reached(result: BlastRadius, goal: str) -> Floats:
    fact = result.fact(goal) if goal else None
    if fact is None:
        return np.zeros(result.trials)
    return (result.outcomes.times([fact])[:, 0] >= 0).astype(np.float64)


def measured_with_paths(attack: Attack, question: Question) -> tuple[PairedLosses, list[BlastRadius]]:
    """The samples of `attack`, and its blast radius through each entry point, for the paths in it."""
    results = _replayed(attack, question, told=True)
    return _of(results, question), results


FEW = 16
"""Samples in which paths are looked for, where what is lost is certain."""


def paths_of(attack: Attack, certain: PairedLosses) -> list[BlastRadius]:
    """Short replays of `attack` through the entry points that lose anything for `certain`, to look for paths in."""
    asked = certain.question
    lost = (row.any() for row in certain.losses.reshape(len(asked.entry_points), -1))
    names = tuple(name for name, loses in zip(asked.entry_points, lost, strict=True) if loses)
    return _replayed(attack, replace(asked.roughly(FEW), entry_points=names), told=True)


def _replayed(attack: Attack, question: Question, *, told: bool) -> list[BlastRadius]:
    workers = question.threads, question.executor
    asked: dict[str, Any] = {"trials": question.trials, "seed": question.seed, "workers": workers}
    return [replayed(attack, name, told=told, **asked) for name in question.entry_points]
