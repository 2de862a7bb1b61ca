"""Points that fill a cube evenly: one rank-1 lattice, shifted at random.

Why not Sobol' numbers: they need a table of direction numbers for each dimension, and scipy, which has one, is no
dependency. A rank-1 lattice needs one whole number for each dimension, which is found here, dimension by dimension, so
that the points of every pair of dimensions lie as evenly as can be (the component-by-component construction for the
worst-case error P2; Sloan and Reztsov, 2002, Math. Comp. 71). The shift makes every mean unbiased (Cranley and
Patterson, 1976). All dimensions are those of one lattice: of two sequences side by side some columns correlate.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
MOST_POINTS = 1 << 14
AT_ONCE = 1 << 21
"""Numbers that are held in memory at a time while a lattice is looked for."""


def points(count: int, dimensions: int, seed: int) -> Floats:
    """(count, dimensions) Points in the open unit cube; the same for the same numbers, on every machine.

    >>> found = points(64, 3, seed=1)
    >>> found.shape, bool((found > 0).all() and (found < 1).all())
    ((64, 3), True)
    """
    generator = np.array(_generator(count, dimensions), dtype=np.int64)
    places = np.arange(count, dtype=np.int64)[:, None] * generator[None, :] % count
    words = np.random.Philox(key=seed).random_raw(max(dimensions, 1))[:dimensions]
    shift = np.asarray(words, dtype=np.float64) / 2.0**64
    found = (places / count + shift) % 1.0
    return np.clip(found, 2.0**-40, 1 - 2.0**-40)


@lru_cache(maxsize=16)
def _generator(count: int, dimensions: int) -> tuple[int, ...]:
    """The whole number of each dimension, found one after the other; each counts as much as any other."""
    kernel = _kernel(count)
    weight = 1.0 / max(dimensions, 1)
    able = np.array([z for z in range(1, count // 2 + 1) if math.gcd(z, count) == 1] or [1], dtype=np.int64)
    product, found = np.ones(count), list[int]()
    for _ in range(dimensions):
        best = 1 if not found else int(able[int(np.argmin(_errors(able, kernel, product)))])
        found.append(best)
        product *= 1.0 + weight * kernel[np.arange(count, dtype=np.int64) * best % count]
    return tuple(found)


def _kernel(count: int) -> Floats:
    """2 pi^2 times the second Bernoulli polynomial, at 0, 1/count, 2/count, ..."""
    x = np.arange(count) / count
    return np.asarray(2 * math.pi**2 * (x * x - x + 1 / 6), dtype=np.float64)


def _errors(able: NDArray[np.int64], kernel: Floats, product: Floats) -> Floats:
    """The error that each of `able` would add, up to what is the same for all of them."""
    steps = np.arange(len(kernel), dtype=np.int64)
    size = max(1, AT_ONCE // len(kernel))
    parts = [kernel[able[i : i + size, None] * steps % len(kernel)] @ product for i in range(0, len(able), size)]
    return np.round(np.concatenate(parts), 6)
