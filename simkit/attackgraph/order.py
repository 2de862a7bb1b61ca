"""Numbers in order: most that a graph puts in order are small whole numbers, which need not be compared."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
N = TypeVar("N", bound=np.generic)


def order_of(numbers: NDArray[Any]) -> Ints:
    """The places of `numbers`, none below 0, that with the least first and equal ones as they come: 16 bits after the
    other, which numpy counts and need not compare."""
    order = np.argsort(numbers.astype(np.uint16), kind="stable")
    for bits in range(16, int(numbers.max(initial=0)).bit_length(), 16):
        order = order[np.argsort((numbers >> bits).astype(np.uint16)[order], kind="stable")]
    return order


def each_once(numbers: NDArray[N]) -> NDArray[N]:
    """The different ones of `numbers`, in order: as `numpy.unique`, which hashes them first since 2.3, and takes ten
    times as long."""
    ordered = np.sort(numbers)
    first: NDArray[np.bool_] = np.ones(len(ordered), dtype=np.bool_)
    first[1:] = ordered[1:] != ordered[:-1]
    found: NDArray[N] = ordered[first]
    return found
