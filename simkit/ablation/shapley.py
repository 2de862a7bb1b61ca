"""Shapley values: what each player adds, averaged over every order in which players can join.

A coalition is a bit mask: bit i says that player i has joined. Shapley (1953), A value for n-person games.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray


def weights(players: int) -> list[int]:
    """For each size, in how many of the `players`! orders a given coalition of it joins just before a given player.

    >>> weights(3)
    [2, 1, 2]
    """
    return [math.factorial(size) * math.factorial(players - size - 1) for size in range(players)]


def shares(gains: Sequence[Fraction]) -> list[Fraction]:
    """The Shapley value of each player, exactly; `gains` by bit mask, that of nobody first. They add up to the whole.

    >>> [str(share) for share in shares([Fraction(g) for g in (0, 1, 3, 6)])]
    ['2', '4']
    """
    players = len(gains).bit_length() - 1
    orders = weights(players)
    whole = math.factorial(players)
    found = []
    for player in range(players):
        added = (
            orders[mask.bit_count()] * (gains[mask | 1 << player] - gains[mask])
            for mask in range(len(gains))
            if not mask >> player & 1
        )
        # fractions, for the shares must add up to the whole to the last digit
        found.append(sum(added, Fraction(0)) / whole)
    return found


def shares_by_sample(gains: Sequence[NDArray[np.float64]]) -> list[NDArray[np.float64]]:
    """The Shapley value of each player in each sample; `gains` (samples) by bit mask."""
    players = len(gains).bit_length() - 1
    orders = weights(players)
    found = []
    for player in range(players):
        total = np.zeros(len(gains[0]))
        for mask in range(len(gains)):
            if not mask >> player & 1:
                total += orders[mask.bit_count()] * (gains[mask | 1 << player] - gains[mask])
        found.append(total / math.factorial(players))
    return found


def exact_mean(values: NDArray[np.float64]) -> Fraction:
    """The mean of `values`, exactly: every float is a fraction.

    >>> exact_mean(np.array([0.1, 0.1, 0.1])) == Fraction(0.1)
    True
    """
    distinct, counts = np.unique(values, return_counts=True)
    pairs = zip(distinct.tolist(), counts.tolist(), strict=True)
    return sum((Fraction(value) * count for value, count in pairs), Fraction(0)) / len(values)
