"""What is looked at in each sample: small values, so that a sweep can send them to its workers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Weighted:
    """The sum of the weights of the facts that are reached, added up in their order on every machine."""

    columns: tuple[int, ...]
    weights: tuple[float, ...]

    def __call__(self, held: NDArray[np.bool_], _: NDArray[np.int64]) -> Floats:
        """(samples,) The sum of each sample."""
        total = np.zeros(len(held))
        for place, weight in enumerate(self.weights):
            total += np.where(held[:, place], weight, 0.0)
        return total


@dataclass(frozen=True, slots=True)
class ShareOf:
    """How many of the facts are reached, as a share of `total`."""

    columns: tuple[int, ...]
    total: int

    def __call__(self, held: NDArray[np.bool_], _: NDArray[np.int64]) -> Floats:
        """(samples,) The share of each sample."""
        return np.asarray(held.sum(axis=1) / self.total, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """1.0 where any of the facts is reached, else 0.0."""

    columns: tuple[int, ...]

    def __call__(self, held: NDArray[np.bool_], _: NDArray[np.int64]) -> Floats:
        """(samples,) Whether each sample reached one."""
        return np.asarray(held.any(axis=1), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Contained:
    """1.0 where the attack is contained before the horizon, else 0.0."""

    columns: tuple[int, ...] = ()

    def __call__(self, held: NDArray[np.bool_], contained: NDArray[np.int64]) -> Floats:
        """(samples,) Whether each sample is contained."""
        return (contained >= 0).astype(np.float64)
