"""Estimates with their 95 % intervals. Sums are exact (`math.fsum`), so that every machine prints the same digits."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

Z = 1.959963984540054
"""The 97.5 % point of the normal distribution."""


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate between `low` and `high`, from `trials` samples; `method` says how the interval was made."""

    estimate: float
    low: float
    high: float
    trials: int
    method: str

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high

    def to_dict(self) -> dict[str, float | int | str]:
        """The interval as plain data."""
        return {
            "estimate": self.estimate,
            "low": self.low,
            "high": self.high,
            "trials": self.trials,
            "method": self.method,
        }


def wilson(successes: int, trials: int) -> Interval:
    """A chance with its Wilson score interval (Wilson, 1927, JASA 22).

    >>> interval = wilson(0, 100)
    >>> interval.low, round(interval.high, 4)
    (0.0, 0.037)
    """
    if trials == 0:
        return Interval(math.nan, 0.0, 1.0, 0, "Wilson")
    share, z2 = successes / trials, Z * Z
    centre = (share + z2 / (2 * trials)) / (1 + z2 / trials)
    half = Z * math.sqrt(share * (1 - share) / trials + z2 / (4 * trials * trials)) / (1 + z2 / trials)
    low = 0.0 if successes == 0 else max(0.0, centre - half)
    high = 1.0 if successes == trials else min(1.0, centre + half)
    return Interval(share, low, high, trials, "Wilson")


def mean(values: Sequence[float]) -> Interval:
    """The mean with its normal interval; no width where fewer than two values vary."""
    n = len(values)
    if n == 0:
        return Interval(math.nan, math.nan, math.nan, 0, "normal")
    centre = math.fsum(values) / n
    spread = math.fsum((value - centre) ** 2 for value in values)
    half = Z * math.sqrt(spread / (n - 1) / n) if n > 1 else 0.0
    return Interval(centre, centre - half, centre + half, n, "normal")


def quantile(ordered: Sequence[float], share: float) -> Interval:
    """The quantile of `ordered` (ascending) at `share`, between two order statistics (binomial ranks).

    >>> quantile([float(i) for i in range(1, 101)], 0.5).estimate
    50.0
    """
    n = len(ordered)
    if n == 0:
        return Interval(math.nan, math.nan, math.nan, 0, "order statistics")
    half = Z * math.sqrt(n * share * (1 - share))
    places = (math.ceil(n * share) - 1, math.floor(n * share - half) - 1, math.ceil(n * share + half))
    at, low, high = (ordered[min(max(place, 0), n - 1)] for place in places)
    return Interval(at, min(low, at), max(high, at), n, "order statistics")


def tail_mean(ordered: Sequence[float], share: float) -> float:
    """The mean of what lies beyond the quantile at `share` (CVaR; Rockafellar and Uryasev, 2000): of the worst
    ceil((1 - share) n) values.

    >>> tail_mean([0.0] * 95 + [1.0] * 5, 0.95)
    1.0
    """
    if not ordered:
        return math.nan
    count = max(1, math.ceil(round((1 - share) * len(ordered), 9)))
    return math.fsum(ordered[-count:]) / count
