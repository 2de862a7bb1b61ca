"""What can be reached at all: the worst case of an attack."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simkit.blast_radius.legend import GROUPS, Legend


@dataclass(frozen=True, slots=True)
class WorstCase:
    """What can be reached at all, chances and time ignored: of the worst variant, never the union of them.

    `goals` are those that some variant reaches, `losses` what some variant loses ("resource:impact", where that has a
    value). `impact` is the share of all identities, credentials, tools and resources that the worst variant reaches
    (known as impact %).
    """

    value: float
    goals: tuple[str, ...]
    impact: float
    counts: dict[str, int]
    losses: tuple[str, ...] = ()

    @classmethod
    def of(cls, legend: Legend, held: NDArray[np.bool_]) -> WorstCase:
        """The worst of the variants in the rows of `held` (variants, facts)."""
        return cls.each(legend, held, [len(held)])[0]

    @classmethod
    def each(cls, legend: Legend, held: NDArray[np.bool_], sizes: Sequence[int]) -> list[WorstCase]:
        """The worst of each group of rows of `held` (variants, facts): so many variants each, in order."""
        begin = np.cumsum([0, *sizes])[:-1]
        values, counts = legend.lost_value(held), {group: legend.counts(held, group) for group in GROUPS}
        touched = np.sum(list(counts.values()), axis=0)
        everything = max(sum(legend.totals.values()), 1)
        goals = _named({fact: name for name, fact in legend.goals.items() if fact is not None}, held, begin)
        losses = _named(legend.losses, held, begin)
        # the first of those that are alike
        worst = np.lexsort((-touched, -values, np.repeat(np.arange(len(sizes)), sizes)))[begin]
        return [
            cls(
                value=float(values[row]),
                goals=goals[place],
                impact=float(touched[row]) / everything,
                counts={group: int(count[row]) for group, count in counts.items()},
                losses=losses[place],
            )
            for place, row in enumerate(worst.tolist())
        ]


def _named(names: Mapping[int, str], held: NDArray[np.bool_], begin: NDArray[np.int64]) -> list[tuple[str, ...]]:
    """The names of those facts that some row of each group of `held` holds, where groups `begin`. What is the same is
    there once: of thousands of starts most reach what others do."""
    words = np.array([*names.values()], dtype=object)
    columns = np.fromiter(names, dtype=np.int64, count=len(names))
    some = np.bitwise_or.reduceat(np.packbits(np.take(held, columns, axis=1), axis=1), begin)
    found: dict[bytes, tuple[str, ...]] = {}
    for row in some:
        if row.tobytes() not in found:
            found[row.tobytes()] = tuple(words[np.unpackbits(row, count=len(words)).view(np.bool_)])
    return [found[row.tobytes()] for row in some]
