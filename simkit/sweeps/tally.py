"""A reduced block of samples: a few kilobytes, whatever the number of samples, that add up exactly in any order."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simkit.blast_radius import Interval, Legend
from simkit.blast_radius.intervals import Z, wilson
from simkit.blast_radius.quotas import Quotas, value_lost
from simkit.engines.outcomes import Outcomes
from simkit.errors import QuestionError, nearest
from simkit.measures import Sampler

CELLS = 128
"""Cells an octave of the histograms: a quantile is exact to 1 part in 128."""
_SHIFT = np.int64(52 - (CELLS.bit_length() - 1))
Histogram = Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the columns of outcomes mean: the values of losses, the goals, and the losses that are counted."""

    value: Mapping[int, float]
    goals: Mapping[str, int | None]
    quotas: Quotas | None = None
    more: Mapping[str, Sampler] = field(default_factory=dict)

    @classmethod
    def of(cls, legend: Legend, more: Mapping[str, Sampler] | None = None) -> Meaning:
        """What a sweep needs of `legend`, and `more` that it adds up, by the measure's name."""
        return cls(dict(legend.value), dict(legend.goals), legend.quotas, dict(more or {}))

    @property
    def columns(self) -> list[int]:
        """The facts that a tally looks at: the only ones of which a sample must be kept."""
        goals = (fact for fact in self.goals.values() if fact is not None)
        metered = () if self.quotas is None else self.quotas.columns
        return sorted({*self.value, *goals, *metered, *(fact for each in self.more.values() for fact in each.columns)})


@dataclass(frozen=True, slots=True)
class Tally:
    """What N samples lost, added up. Sums are exact fractions, so that no order of blocks changes a digit.

    `goals` and `losses` (by column) count the samples that reach them; `values` and `first_losses` (ms) are
    histograms with `CELLS` cells an octave; `contained` counts containments. `sums` are the sum and the sum of squares
    of each further measure.
    """

    trials: int = 0
    total: Fraction = Fraction(0)
    squares: Fraction = Fraction(0)
    contained: int = 0
    goals: Mapping[str, int] = field(default_factory=dict)
    losses: Mapping[int, int] = field(default_factory=dict)
    values: Histogram = field(default_factory=dict)
    first_losses: Histogram = field(default_factory=dict)
    sums: Mapping[str, tuple[Fraction, Fraction]] = field(default_factory=dict)

    @classmethod
    def of(cls, outcomes: Outcomes, meaning: Meaning) -> Tally:
        """The tally of `outcomes`."""
        first = outcomes.times(list(meaning.value))
        held = first >= 0
        lost = value_lost(meaning.value, meaning.quotas, outcomes.times)
        total, squares = _exact_sums(lost)
        return cls(
            trials=len(outcomes),
            total=total,
            squares=squares,
            contained=int((outcomes.contained >= 0).sum()),
            goals={
                name: 0 if fact is None else int((outcomes.times([fact]) >= 0).sum())
                for name, fact in meaning.goals.items()
            },
            losses=dict(zip(meaning.value, held.sum(axis=0).tolist(), strict=True)),
            values=histogram(lost),
            first_losses=histogram(_first_losses(first)),
            sums={
                name: _exact_sums(sampler(outcomes.times(sampler.columns), outcomes.contained))
                for name, sampler in meaning.more.items()
            },
        )

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.trials + other.trials,
            self.total + other.total,
            self.squares + other.squares,
            self.contained + other.contained,
            _added(self.goals, other.goals),
            _added(self.losses, other.losses),
            _added(self.values, other.values),
            _added(self.first_losses, other.first_losses),
            {name: _pair_sum(self.sums.get(name), other.sums.get(name)) for name in {**self.sums, **other.sums}},
        )

    def mean(self) -> Interval:
        """The mean value lost, with its normal interval."""
        return _mean(self.total, self.squares, self.trials)

    def measured(self, measure: str) -> Interval:
        """The mean of `measure`, one of those that the sweep was asked for. Raises QuestionError for any other."""
        if measure not in self.sums:
            known = nearest(measure, self.sums) if self.sums else "ask the sweep for it with `measures`"
            raise QuestionError(f"this sweep did not add up {measure!r}: {known}")
        return _mean(*self.sums[measure], self.trials)

    def quantile(self, share: float) -> float:
        """The value that a `share` of the samples does not exceed, to 1 part in `CELLS` (the cell's upper end)."""
        return _quantile(self.values, share)

    def time_to_first_loss(self) -> float:
        """The median time to the first loss in seconds, over the samples that lose something; NaN if none does."""
        return _quantile(self.first_losses, 0.5) / 1000

    def chance(self, goal: str) -> Interval:
        """The chance that `goal` is reached before the horizon."""
        return wilson(self.goals[goal], self.trials)

    def to_dict(self) -> dict[str, Any]:
        """The tally as plain data, from which `from_dict` makes it again."""
        return {
            "trials": self.trials,
            "total": _ratio(self.total),
            "squares": _ratio(self.squares),
            "contained": self.contained,
            "goals": dict(self.goals),
            **{name: sorted(getattr(self, name).items()) for name in ("losses", "values", "first_losses")},
            **({"sums": {name: [*map(_ratio, pair)] for name, pair in self.sums.items()}} if self.sums else {}),
        }

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Tally:
        """The tally that `to_dict` wrote."""
        given = dict(plain)
        for name in ("total", "squares"):
            given[name] = Fraction(*given[name])
        for name in ("losses", "values", "first_losses"):
            given[name] = {int(key): int(count) for key, count in given[name]}
        pairs = {
            name: (Fraction(*total), Fraction(*squares)) for name, (total, squares) in given.pop("sums", {}).items()
        }
        return cls(**given, sums=pairs)


def _mean(total: Fraction, squares: Fraction, n: int) -> Interval:
    centre = total / n
    spread = (squares - centre * total) / (n - 1) if n > 1 else Fraction(0)
    half = Z * math.sqrt(spread / n)
    return Interval(float(centre), float(centre) - half, float(centre) + half, n, "normal")


def _exact_sums(values: NDArray[np.float64]) -> tuple[Fraction, Fraction]:
    """The sum and the sum of squares, exactly."""
    # few values differ, and fractions are slow: one for each
    distinct, counts = np.unique(values, return_counts=True)
    exact = [(Fraction(v), n) for v, n in zip(distinct.tolist(), counts.tolist(), strict=True)]
    total = sum((value * count for value, count in exact), Fraction(0))
    return total, sum((value * value * count for value, count in exact), Fraction(0))


def _pair_sum(
    one: tuple[Fraction, Fraction] | None, other: tuple[Fraction, Fraction] | None
) -> tuple[Fraction, Fraction]:
    a, b = one or (Fraction(0), Fraction(0)), other or (Fraction(0), Fraction(0))
    return a[0] + b[0], a[1] + b[1]


def _ratio(value: Fraction) -> list[int]:
    return [value.numerator, value.denominator]


def _first_losses(first: NDArray[np.int64]) -> NDArray[np.float64]:
    """When each sample (row) lost something first, in ms; samples that lose nothing are left out."""
    if not first.shape[1]:
        return np.array([], dtype=np.float64)
    never = np.iinfo(np.int64).max
    earliest = np.where(first >= 0, first, never).min(axis=1)
    happened: NDArray[np.float64] = earliest[earliest < never].astype(np.float64)
    return happened


def histogram(values: NDArray[np.float64]) -> dict[int, int]:
    """How many of `values` (0 or more) fall into each cell; the cell is the top bits of the number, so no machine
    puts a value elsewhere."""
    cells, counts = np.unique(values.view(np.int64) >> _SHIFT, return_counts=True)
    return dict(zip(cells.tolist(), counts.tolist(), strict=True))


def upper(cell: int) -> float:
    """The largest number that falls into `cell`; 0 for that of 0.

    >>> upper(next(iter(histogram(np.array([100.0]))))) >= 100.0
    True
    """
    if cell == 0:
        return 0.0
    return float(np.array([((cell + 1) << int(_SHIFT)) - 1], dtype=np.int64).view(np.float64)[0])


def _quantile(cells: Histogram, share: float) -> float:
    left = math.ceil(sum(cells.values()) * share)
    for cell in sorted(cells):
        left -= cells[cell]
        if left <= 0:
            return upper(cell)
    return math.nan


def _added(one: Mapping[Any, int], other: Mapping[Any, int]) -> dict[Any, int]:
    """Both counts, in the order of their names."""
    total = Counter(one)
    total.update(other)
    return {key: total[key] for key in sorted(total)}


def added(tallies: Iterable[Tally]) -> Tally:
    """All of `tallies` as one."""
    total = Tally()
    for tally in tallies:
        total = total + tally
    return total
