"""A blast radius whose graph and samples were let go, since several large ones do not fit into memory together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from simkit.attackgraph import AttackGraph, Fact
from simkit.blast_radius.blast_radius import BlastRadius
from simkit.blast_radius.hops import fewest_hops
from simkit.blast_radius.legend import GROUPS, Legend
from simkit.blast_radius.provenance import Provenance
from simkit.blast_radius.utility import Utility
from simkit.blast_radius.worst_case import WorstCase
from simkit.engines.outcomes import Outcomes


class PutAway(BlastRadius):
    """A blast radius that keeps what tables and pictures of several results ask: when each sample reached each loss and
    each goal, and how many of each group. What somebody asks besides (its graph, a path, another fact) is asked of the
    whole, which `again` works out anew: the same samples.
    """

    def __init__(
        self,
        graph: AttackGraph,
        samples: Iterable[Outcomes],
        legend: Legend,
        worst_case: WorstCase,
        utility: Utility,
        provenance: Provenance,
        again: Callable[[], BlastRadius],
    ) -> None:
        """`samples` are all of `graph`, block after block; neither is kept. Where these keep some facts alone, they
        keep all that `asked_of` says, and no sample reaches any other."""
        columns, hops = asked_of(legend), fewest_hops(graph, provenance.entry_point)
        kept, touched = [], []
        for block in samples:
            kept.append(_part(block, columns))
            held = _held(block, len(graph.facts))
            touched.append([legend.counts(held, group) for group in GROUPS])
        self.__dict__.update(  # it is frozen
            legend=legend,
            worst_case=worst_case,
            utility=utility,
            provenance=provenance,
            again=again,
            kept=Outcomes.joined(kept),
            counts={group: np.concatenate([each[at] for each in touched]) for at, group in enumerate(GROUPS)},
            hops={goal: None if fact is None else hops.get(fact) for goal, fact in legend.goals.items()},
            until=graph.horizon / 1000,
        )

    again: Callable[[], BlastRadius]
    kept: Outcomes
    counts: Mapping[str, NDArray[np.int64]]
    hops: Mapping[str, int | None]
    until: float

    @property
    def graph(self) -> AttackGraph:
        """The attack graph, compiled again."""
        return self.again().graph

    @property
    def outcomes(self) -> Outcomes:
        """The samples, replayed again."""
        return self.again().outcomes

    @property
    def held(self) -> NDArray[np.bool_]:
        """Whether each sample (rows) reached each fact (columns), replayed again."""
        return self.again().held

    @property
    def horizon(self) -> float:
        """The horizon of the scenario, in seconds."""
        return self.until

    def times(self, facts: Sequence[int]) -> NDArray[np.int64]:
        """As of any blast radius; of what is not kept, replayed again."""
        return (self.kept if set(facts).issubset(self.kept.kept or ()) else self.outcomes).times(facts)

    @property
    def contained_at(self) -> NDArray[np.int64]:
        """(trials) When each sample was contained, in ms; negative: never."""
        return self.kept.contained

    def touched(self, group: str) -> NDArray[np.int64]:
        """(trials) How many of `group` each sample reached."""
        return self.counts[group]

    def shortest_hops(self, what: str | Fact) -> int | None:
        """As of any blast radius; of what is no goal, asked of the graph, compiled again."""
        return self.hops[what] if isinstance(what, str) and what in self.hops else super().shortest_hops(what)


def asked_of(legend: Legend) -> list[int]:
    """The columns of losses and goals, and of what says how much of them is out or comes back."""
    goals = (column for column in legend.goals.values() if column is not None)
    metered = () if legend.quotas is None else legend.quotas.columns
    undone = () if legend.remedies is None else legend.remedies.columns
    return sorted({*legend.value, *goals, *metered, *undone})


def _held(outcomes: Outcomes, facts: int) -> NDArray[np.bool_]:
    """Whether each sample (rows) reached each of so many `facts` (columns)."""
    reached = outcomes.first >= 0
    if outcomes.kept is None:
        return reached
    held = np.zeros((len(outcomes), facts), dtype=np.bool_)
    held[:, outcomes.kept] = reached
    return held


def _part(outcomes: Outcomes, columns: list[int]) -> Outcomes:
    places = columns if outcomes.kept is None else np.searchsorted(outcomes.kept, columns)
    return replace(outcomes, first=outcomes.first[:, places], by=outcomes.by[:, places], kept=tuple(columns))
