"""What a year costs: attacks come as events, and each event loses what one trial lost.

A frequency times a mean is the mean of a year, and of nothing else: where somebody tries once in ten years, most years
lose nothing and a few lose everything. So events are drawn (a compound Poisson process). In JSON stand the words of
FAIR (Open Group, O-RT 2021): threat event frequency, loss event frequency, loss magnitude.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from simkit.blast_radius import BlastRadius, Comparison
from simkit.blast_radius.intervals import Interval, wilson
from simkit.errors import QuestionError, nearest
from simkit.fate import key_hash
from simkit.scenario import Scenario
from simkit.table import Table, format_number, percent

Floats = NDArray[np.float64]
YEARS = 10_000
"""How many years are drawn."""


def years(samples: Mapping[str, tuple[float, Floats]], *, seed: int, count: int = YEARS) -> Floats:
    """(count,) What each of `count` years loses: for each entry point how often it is tried, and what each trial of
    one attack lost. The same seed draws the same events.

    >>> total = years({"leak": (0.1, np.array([1.0]))}, seed=0)
    >>> abs(float((total > 0).mean()) - (1 - math.exp(-0.1))) < 0.01
    True
    """
    found = np.zeros(count)
    for name, (per_year, lost) in samples.items():
        stream = np.random.Philox(key=(seed ^ key_hash(f"year:{name}")) & ((1 << 64) - 1))
        events = _poisson(per_year, stream.random_raw(count))
        which = stream.random_raw(int(events.sum())) % np.uint64(len(lost))
        when = np.repeat(np.arange(count), events)
        found += np.bincount(when, weights=lost[which.astype(np.int64)], minlength=count)
    return found


def _poisson(mean: float, words: NDArray[np.uint64]) -> NDArray[np.int64]:
    """A Poisson number for each word, by its quantile."""
    most = int(mean + 12 * math.sqrt(mean) + 20)
    logs = [n * math.log(mean) - mean - math.lgamma(n + 1) if mean else (0.0 if not n else -math.inf)
            for n in range(most)]  # fmt: skip
    upper = np.cumsum(np.exp(np.array(logs)))
    return np.searchsorted(upper, words / 2.0**64).astype(np.int64).clip(0, most)


@dataclass(frozen=True, eq=False)
class AnnualLoss:
    """What a year costs under one policy, in money, through one entry point. `per_attack` is what each trial lost."""

    policy: str
    entry_point: str
    currency: str
    per_year: float
    per_attack: Floats
    seed: int

    @classmethod
    def of(cls, scenario: Scenario, result: BlastRadius) -> AnnualLoss | None:
        """The annual loss behind `result`; None where the scenario says no currency, or not how often it is tried."""
        shown = result.provenance
        per_year = scenario.entry_points[shown.entry_point].per_year
        if scenario.unit is None or per_year is None:
            return None
        lost = result.values * scenario.unit.point
        return cls(shown.policy, shown.entry_point, scenario.unit.name, per_year, lost, shown.seed)

    def __repr__(self) -> str:
        return f"AnnualLoss({self.policy}: {format_number(self.mean)} {self.currency} a year, {self.entry_point})"

    @cached_property
    def years(self) -> Floats:
        """What each of `YEARS` years loses, the cheapest first."""
        return np.sort(years({self.entry_point: (self.per_year, self.per_attack)}, seed=self.seed))

    @property
    def mean(self) -> float:
        """The mean loss of a year; no draw is needed for it."""
        return self.per_year * float(math.fsum(self.per_attack.tolist())) / len(self.per_attack)

    @property
    def p95(self) -> float:
        """What 19 years in 20 do not exceed."""
        return float(self.years[math.ceil(0.95 * len(self.years)) - 1])

    def above(self, value: float) -> float:
        """The share of years that lose more than `value`."""
        return float((self.years > value).mean())

    @property
    def events(self) -> Interval:
        """The share of attacks that lose anything."""
        return wilson(int((self.per_attack > 0).sum()), len(self.per_attack))

    def row(self) -> tuple[str | float, ...]:
        """The policy, the mean, p95, and the chance of a year without a loss."""
        return (self.policy, self.mean, self.p95, percent(1 - self.above(0.0)))

    def to_dict(self) -> dict[str, object]:
        """The annual loss as plain data, in the words of FAIR."""
        hits = self.per_attack[self.per_attack > 0]
        return {
            "currency": self.currency,
            "entry_point": self.entry_point,
            "threat_event_frequency": self.per_year,
            "loss_event_frequency": self.per_year * self.events.estimate,
            "loss_magnitude": float(hits.mean()) if len(hits) else 0.0,
            "mean": self.mean,
            "p95": self.p95,
            "years_without_loss": 1 - self.above(0.0),
            "exceedance": [[float(value), self.above(float(value))] for value in np.unique(self.years)[:-1][:200]],
        }


@dataclass(frozen=True, eq=False)
class AnnualLosses:
    """What a year costs under each of several policies, through one entry point."""

    each: tuple[AnnualLoss, ...]

    def __repr__(self) -> str:
        told = ", ".join(f"{one.policy} {format_number(one.mean)}" for one in self.each)
        return f"AnnualLosses({self.each[0].entry_point}: {told} {self.each[0].currency} a year)"

    def __iter__(self) -> Iterator[AnnualLoss]:
        return iter(self.each)

    def __getitem__(self, policy: str) -> AnnualLoss:
        known = {one.policy: one for one in self.each}
        if policy not in known:
            raise QuestionError(f"policy {policy!r} is not in these annual losses: {nearest(policy, known)}")
        return known[policy]

    def table(self) -> Table:
        """A row for each policy."""
        first = self.each[0]
        title = f"annual loss through {first.entry_point}, {first.currency}"
        note = f"{format_number(first.per_year)} attacks a year; {YEARS:,} years drawn, event by event"
        columns = ("policy", "mean", "p95 of the years", "years without loss")
        return Table(columns, [one.row() for one in self.each], title=title, note=note)

    def to_dict(self) -> dict[str, object]:
        """The annual losses as plain data, by policy."""
        return {one.policy: one.to_dict() for one in self.each}

    def _repr_html_(self) -> str:
        return self.table().html()


def annual_losses(scenario: Scenario, result: BlastRadius | Comparison) -> AnnualLosses:
    """What a year costs behind `result`, one or a comparison, of `scenario`: events drawn, each as dear as one trial.

    Raises QuestionError where the scenario says no currency, or not how often the entry point is tried.
    """
    results = result.results if isinstance(result, Comparison) else (result,)
    found = tuple(made for each in results if (made := AnnualLoss.of(scenario, each)))
    if not found:
        entry = results[0].provenance.entry_point
        wanted = "what a point of value is worth (`unit`)" if scenario.unit is None else f"`per_year` for {entry}"
        raise QuestionError(f"nothing says what a year of {scenario.name} costs: give {wanted}")
    return AnnualLosses(found)
