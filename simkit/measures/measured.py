"""A measure of one blast radius: a number with its interval that knows what it measures."""

from __future__ import annotations

from dataclasses import dataclass, field

from simkit.blast_radius import AttackPath, BlastRadius, Interval
from simkit.engines.reach import worst_cases
from simkit.measures.measure import CHANCE, Measure, measure_of, named

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
    def measure(self) -> Measure:
        """The row of what is measured; without a result behind it a name that is no row is a goal's."""
        if self.result is not None:
            return row_of(self.result, self.what)
        return named(self.what)

    def written(self, value: float) -> str:
        """`value` as people read this measure: a share in per cent, or a number."""
        return self.measure.unit.write(value)

    def __str__(self) -> str:
        if self.method == PROVEN:
            return f"{self.written(self.estimate)} (worst case, no matter how many trials)"
        return self.measure.unit.spread(self)

    def main_path(self) -> AttackPath | None:
        """The most frequent attack path to what is measured; None where no sample got there."""
        if self.result is None:
            return None
        found = [path for goal in self.measure.leads_to for path in self.result.paths(goal, limit=1)]
        return max(found, key=lambda path: path.share.estimate, default=None)


def _number(other: float | Interval) -> float:
    return other.estimate if isinstance(other, Interval) else float(other)


def row_of(result: BlastRadius, what: str) -> Measure:
    """The row of the measure `what` of `result`. Raises QuestionError for an unknown one."""
    return measure_of(what, result.legend.goals, result.legend.resources)


def measured(result: BlastRadius, what: str) -> Measured:
    """The measure `what` of `result`: a goal, a resource (lost in any way), `resource:impact`, or a named one.

    A chance of zero that even the worst case cannot raise is exact. Raises QuestionError for an unknown measure.
    """
    row = row_of(result, what)
    if row.samples is None:
        return _proven(worst_of(result, row), what, result)
    found = row.estimator.interval(row.of_samples(result))
    if row.estimator is CHANCE and row.leads_to and not found.estimate and not _possible(result, row):
        return _proven(0.0, what, result)
    return Measured(found.estimate, found.low, found.high, found.trials, found.method, what, result)


def worst_of(result: BlastRadius, row: Measure) -> float:
    """What `row` comes to in the worst case; where it does not say, 1.0 if what it looks at can be reached, else 0."""
    return row.worst_case(result) if row.worst_case else float(_possible(result, row))


def _proven(value: float, what: str, result: BlastRadius) -> Measured:
    return Measured(value, value, value, result.trials, PROVEN, what, result)


def _possible(result: BlastRadius, row: Measure) -> bool:
    """True if some variant of the attack can ever reach what `row` looks at."""
    facts = list(row.samples(result).columns) if row.samples else []
    starts = result.graph.entry(result.provenance.entry_point).starts
    return bool(facts) and bool(worst_cases(result.graph, starts, threads=1)[:, facts].any())
