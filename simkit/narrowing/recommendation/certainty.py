"""What is lost for certain: where every sample loses all that it can, nothing need be drawn.

The worst case says what can follow at most. What follows by steps that always succeed, take a fixed time and conclude
what stays, with nobody alerted, follows in every sample. Where both are the same, that is what replay would find, and
after any removals it is asked of the supported graph, as the worst case is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from simkit.attackgraph import Fact
from simkit.engines.reach import Held, worst_cases
from simkit.measures import MEASURES
from simkit.narrowing.edits.supports import Supported
from simkit.narrowing.recommendation.effect import LOST, PairedLosses, Question
from simkit.scenario import Scenario
from simkit.techniques.givers import Givers

Rows = NDArray[np.float64]
ROWS = 4096
"""Starts in one lot of sweeps, about: it bounds the memory that the lists of them take."""


@dataclass(frozen=True, slots=True, eq=False)
class Certainty:
    """What each variant of each entry point loses, where that is certain: `columns` are the facts that are lost or
    aimed at, in the order of their names, and `values` what each of them costs, in so many `parts`."""

    made: Supported
    starts: tuple[tuple[int, ...], ...]
    bounds: tuple[int, ...]
    columns: tuple[int, ...]
    values: tuple[float, ...]
    goals: tuple[bool, ...]
    parts: int
    known: dict[frozenset[Fact], tuple[Rows, Rows] | None] = field(default_factory=dict)
    """What was worked out, by what was removed."""

    @classmethod
    def of(cls, scenario: Scenario, made: Supported, question: Question) -> Certainty | None:
        """What is certain of `scenario`, whose supported graph is `made`; None where chance, alerts, quotas or
        conditions may decide, or something else is measured than what is lost or reached."""
        plain = question.lost in (LOST, MEASURES["goals-reached"])
        if not plain or made.doubted is None or not made.whole or Givers(scenario.model).mixed():
            return None
        worth = _worth(scenario, question)
        columns = tuple(number for number, fact in enumerate(made.graph.facts) if fact in worth)
        starts, bounds = made.variants(question.entry_points)
        facts = [made.graph.facts[number] for number in columns]
        return cls(
            made,
            tuple(starts),
            tuple(bounds),
            columns,
            tuple(worth[fact] for fact in facts),
            tuple(fact == Fact("reached", question.goal) for fact in facts),
            1 if question.valued else max(len(scenario.goals), 1),
        )

    def losses(self, question: Question, removed: frozenset[Fact] = frozenset()) -> PairedLosses | None:
        """The samples of `question` after all that is `removed` is gone; None where they are not certain."""
        if removed not in self.known:
            self.prepare([removed], question.threads)
        found = self.known[removed]
        return None if found is None else self._samples(question, *found)

    def prepare(self, removals: Iterable[frozenset[Fact]], threads: int | None) -> None:
        """Work out what is lost after each of `removals`, a few of them in one sweep."""
        asked = [each for each in dict.fromkeys(removals) if each not in self.known]
        size = max(1, ROWS // max(2 * len(self.starts), 1))
        for begin in range(0, len(asked), size):
            here = asked[begin : begin + size]
            for each, (most, least) in zip(here, self._held(here, threads), strict=True):
                self.known[each] = self._lost(most) if np.array_equal(most, least) else None

    def _held(self, removals: Sequence[frozenset[Fact]], threads: int | None) -> Iterator[tuple[Held, Held]]:
        """For each of `removals` what follows at most, and what follows at least, from each start."""
        gone = [self.made.without(each) for each in removals]
        both = [part for each in gone for part in (each, [*each, *(self.made.doubted or ())])]
        without, starts = [part for part in both for _ in self.starts], [*self.starts] * len(both)
        held = worst_cases(self.made.graph, starts, without=without, facts=self.columns, threads=threads)
        each = held.reshape(len(gone), 2, len(self.starts), len(self.columns))
        return ((most, least) for most, least in each)

    def _lost(self, most: Held) -> tuple[Rows, Rows] | None:
        """What each entry point loses, and whether it reaches the goal; None if its variants differ."""
        total = np.zeros(len(most))
        for place, value in enumerate(self.values):  # in the order in which the values of a sample are added up
            total += np.where(most[:, place], value, 0.0)
        reached: Rows = np.asarray(most[:, self.goals].any(axis=1), dtype=np.float64)
        for first, last in pairwise(self.bounds):
            if len({*zip(total[first:last].tolist(), reached[first:last].tolist(), strict=True)}) > 1:
                return None
        firsts = np.array(self.bounds[:-1], dtype=np.int64)
        values: Rows = np.asarray(total[firsts] / self.parts)
        return values, np.asarray(reached[firsts])

    def _samples(self, question: Question, values: Rows, aimed: Rows) -> PairedLosses:
        """The samples of each entry point, all alike."""
        worst = float(values.max(initial=0.0))
        return PairedLosses(
            question=question,
            values=np.repeat(values, question.trials),
            reached=np.repeat(aimed, question.trials),
            worst_value=worst,
            in_worst_case=bool(aimed.any()) if question.goal else worst > 0,
        )


def _worth(scenario: Scenario, question: Question) -> dict[Fact, float]:
    """The facts that count, and what each of them costs: 0 for a goal where values are asked about."""
    aim = {Fact("reached", question.goal): 0.0} if question.goal else {}
    if not question.valued:
        return aim | {Fact("reached", name): 1.0 for name in scenario.goals}
    resources = scenario.model.resources.values()
    lost = {Fact("lost", each.name, impact): value for each in resources for impact, value in each.value.items()}
    return aim | {fact: value for fact, value in lost.items() if value}
