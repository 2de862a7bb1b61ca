"""What is looked at in each sample: small values, so that a sweep can send them to its workers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simkit.blast_radius.quotas import Quotas, value_lost
from simkit.blast_radius.remedies import Remedies

Floats = NDArray[np.float64]
Times = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Weighted:
    """The sum of the weights of the facts that are reached, added up in their order on every machine."""

    columns: tuple[int, ...]
    weights: tuple[float, ...]

    def __call__(self, times: Times, _: Times) -> Floats:
        """(samples,) The sum of each sample."""
        total = np.zeros(len(times))
        for reached, weight in zip(np.ascontiguousarray((times >= 0).T), self.weights, strict=True):
            if reached.any():
                total += reached * weight
        return total


@dataclass(frozen=True, slots=True)
class Metering:
    """The value that is lost where some of it goes record by record (see `simkit.blast_radius.quotas`)."""

    value: Mapping[int, float]
    quotas: Quotas

    @property
    def columns(self) -> tuple[int, ...]:
        """The losses, and what says how much of each is out."""
        return tuple(dict.fromkeys((*self.value, *self.quotas.columns)))

    def __call__(self, times: Times, _: Times) -> Floats:
        """(samples,) The value of each sample."""
        return value_lost(self.value, self.quotas, _looked_up(self.columns, times))


@dataclass(frozen=True, slots=True)
class ForGood:
    """The value that is lost and that nothing undoes (see `simkit.blast_radius.remedies`)."""

    value: Mapping[int, float]
    quotas: Quotas | None
    remedies: Remedies

    @property
    def columns(self) -> tuple[int, ...]:
        """The losses, how much of each is out, and what undoes it."""
        metered = () if self.quotas is None else self.quotas.columns
        return tuple(dict.fromkeys((*self.value, *metered, *self.remedies.columns)))

    def __call__(self, times: Times, contained: Times) -> Floats:
        """(samples,) The value of each sample."""
        found = _looked_up(self.columns, times)
        return value_lost(self.value, self.quotas, found, undone=self.remedies.undone(found, contained))


@dataclass(frozen=True, slots=True)
class Outage:
    """Hours for which things are gone."""

    remedies: Remedies

    @property
    def columns(self) -> tuple[int, ...]:
        """What is deleted, and the backups."""
        return self.remedies.columns

    def __call__(self, times: Times, contained: Times) -> Floats:
        """(samples,) The hours of each sample."""
        return self.remedies.outage(_looked_up(self.columns, times), contained)


def _looked_up(columns: Sequence[int], times: Times) -> Callable[[Sequence[int]], Times]:
    """The columns of `times`, by the facts that they are of."""
    place = {column: number for number, column in enumerate(columns)}
    return lambda facts: times[:, [place[fact] for fact in facts]]


@dataclass(frozen=True, slots=True)
class ShareOf:
    """How many of the facts are reached, as a share of `total`."""

    columns: tuple[int, ...]
    total: int

    def __call__(self, times: Times, _: Times) -> Floats:
        """(samples,) The share of each sample."""
        return np.asarray((times >= 0).sum(axis=1) / self.total, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class FirstOf:
    """Seconds to the first of the facts, or to the `horizon` (ms) where none is reached."""

    columns: tuple[int, ...]
    horizon: int

    def __call__(self, times: Times, _: Times) -> Floats:
        """(samples,) The seconds of each sample."""
        never = np.full((len(times), 1), self.horizon)
        reached = np.where(times >= 0, times, self.horizon)
        return np.asarray(np.hstack([reached, never]).min(axis=1) / 1000.0, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """1.0 where any of the facts is reached, else 0.0."""

    columns: tuple[int, ...]

    def __call__(self, times: Times, _: Times) -> Floats:
        """(samples,) Whether each sample reached one."""
        return np.asarray((times >= 0).any(axis=1), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Contained:
    """1.0 where the attack is contained before the horizon, else 0.0."""

    columns: tuple[int, ...] = ()

    def __call__(self, times: Times, contained: Times) -> Floats:
        """(samples,) Whether each sample is contained."""
        return (contained >= 0).astype(np.float64)


ONLY_WHETHER = (Weighted, ShareOf, AnyOf)
"""Those that look at nothing but whether each fact is reached: a sample is over for them once it reached all it can."""
