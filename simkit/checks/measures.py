"""What an expectation, a baseline or an assertion is about: one number of a blast radius, with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from simkit.blast_radius import AttackPath, BlastRadius, Interval
from simkit.blast_radius.intervals import wilson
from simkit.engines.reach import worst_cases
from simkit.errors import QuestionError, nearest
from simkit.model import IMPACTS
from simkit.scenario.expectations import CHANCES, VALUES
from simkit.table import format_number, percent

PROVEN = "worst case"
"""The method of a number that is computed, not drawn: nothing is unsure about it."""


@dataclass(frozen=True, slots=True)
class Measured(Interval):
    """An interval that is compared by its estimate, and that knows what it measures and how the attacker got there.

    >>> chance = Measured(0.04, 0.02, 0.07, 100, "Wilson", "customers-leaked")
    >>> chance <= 0.05, chance == 0.04
    (True, True)
    """

    what: str = ""
    result: BlastRadius | None = field(default=None, compare=False, repr=False)

    def __eq__(self, other: object) -> bool:
        """A number is equal to the estimate; another measured number must be the same in all that it says."""
        if isinstance(other, Measured):
            return self._said == other._said
        return isinstance(other, int | float) and self.estimate == other

    def __hash__(self) -> int:
        return hash(self.estimate)

    @property
    def _said(self) -> tuple[object, ...]:
        return self.what, self.estimate, self.low, self.high, self.trials, self.method

    def __float__(self) -> float:
        return self.estimate

    def __lt__(self, other: float | Interval) -> bool:
        return self.estimate < _number(other)

    def __le__(self, other: float | Interval) -> bool:
        return self.estimate <= _number(other)

    def __gt__(self, other: float | Interval) -> bool:
        return self.estimate > _number(other)

    def __ge__(self, other: float | Interval) -> bool:
        return self.estimate >= _number(other)

    @property
    def is_value(self) -> bool:
        """True for a value in the scenario's own unit, False for a chance."""
        return self.what in VALUES

    def __str__(self) -> str:
        shown = [written(self, value) for value in (self.estimate, self.low, self.high)]
        if self.method == PROVEN:
            return f"{shown[0]} (worst case, no matter how many trials)"
        return f"{shown[0]} [{shown[1]}, {shown[2]}]"

    def main_path(self) -> AttackPath | None:
        """The most frequent attack path to what is measured; None where no sample got there."""
        if self.result is None or self.what in CHANCES:
            return None
        found = [path for goal in targets(self.result, self.what) for path in self.result.paths(goal, limit=1)]
        return max(found, key=lambda path: path.share.estimate, default=None)


def _number(other: float | Interval) -> float:
    return other.estimate if isinstance(other, Interval) else float(other)


def written(measured: Measured, value: float) -> str:
    """`value` as people read it: a share in per cent, or a number."""
    return format_number(value) if measured.is_value else percent(value)


def measured(result: BlastRadius, what: str) -> Measured:
    """The measure `what` of `result`: a goal, a resource (lost in any way), `resource:impact`, or a named one.

    A chance of zero that even the worst case cannot raise is exact. Raises QuestionError for an unknown measure.
    """
    if what == "worst-case":
        value = result.worst_case.value
        return Measured(value, value, value, result.trials, PROVEN, what, result)
    if what in VALUES or what in CHANCES:
        made = {"value-lost": result.value_lost, "contained": result.contained}.get(what)
        return _named(made() if made else result.quantile(0.95), what, result)
    facts = _facts(result, what)
    reached = int(result.held[:, facts].any(axis=1).sum())
    if not reached and not _possible(result, facts):
        return Measured(0.0, 0.0, 0.0, result.trials, PROVEN, what, result)
    return _named(wilson(reached, result.trials), what, result)


def _named(interval: Interval, what: str, result: BlastRadius) -> Measured:
    return Measured(interval.estimate, interval.low, interval.high, interval.trials, interval.method, what, result)


def targets(result: BlastRadius, what: str) -> Sequence[str | None]:
    if what in VALUES:
        return [None]
    if what in result.legend.resources and what not in result.legend.goals:
        return [f"{what}:{impact}" for impact in IMPACTS]
    return [what]


def _facts(result: BlastRadius, what: str) -> list[int]:
    """The columns of which any one will do."""
    known = [*VALUES, *CHANCES, *result.legend.goals, *result.legend.resources]
    if ":" not in what and what not in known:
        raise QuestionError(f"{what!r} is neither a goal, a resource nor a measure: {nearest(what, known)}")
    found = (result.fact(target) for target in targets(result, what) if target is not None)
    return [fact for fact in found if fact is not None]


def _possible(result: BlastRadius, facts: list[int]) -> bool:
    """True if some variant of the attack can ever reach one of `facts`."""
    entry = result.graph.entry(result.provenance.entry_point)
    starts = [entry.roots(variant) for variant in range(len(entry.names))]
    return bool(facts and starts) and bool(worst_cases(result.graph, starts, threads=1)[:, facts].any())


def samples(result: BlastRadius, what: str) -> NDArray[np.float64]:
    """What each sample adds to the mean: the value it lost, or 1.0 where it reached the goal `what`."""
    if what == "value-lost":
        return result.values
    fact = result.legend.goals.get(what)
    return np.zeros(result.trials) if fact is None else result.held[:, fact].astype(float)
