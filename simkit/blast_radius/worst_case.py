"""What can be reached at all: the worst case of an attack."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

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
        values, counts = legend.lost_value(held), {group: legend.counts(held, group) for group in GROUPS}
        touched = np.sum(list(counts.values()), axis=0)
        everything = max(sum(legend.totals.values()), 1)
        goals = [name for name, fact in legend.goals.items() if fact is not None]
        reached = [fact for fact in legend.goals.values() if fact is not None]
        facts, losses = list(legend.losses), list(legend.losses.values())
        found = []
        for last, size in zip(accumulate(sizes), sizes, strict=True):
            worst = max(range(last - size, last), key=lambda row: (values[row], touched[row], -row))
            some: NDArray[np.bool_] = np.asarray(held[last - size : last].any(axis=0))
            case = cls(
                value=float(values[worst]),
                goals=tuple(goals[place] for place in np.flatnonzero(some[reached])),
                impact=float(touched[worst]) / everything,
                counts={group: int(count[worst]) for group, count in counts.items()},
                losses=tuple(losses[place] for place in np.flatnonzero(some[facts])),
            )
            found.append(case)
        return found
