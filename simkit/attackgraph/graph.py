"""The AND/OR graph as arrays: names turned into integers, in an order that only names decide."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simkit.attackgraph.columns import (
    EntryArrays,
    Flags,
    Index,
    Ints,
    Tables,
    Words,
    draws,
    entry_arrays,
    fact_arrays,
    first_outlives,
    linked,
    lives,
    met,
    silence,
)
from simkit.attackgraph.facts import Containment, Entry, Fact, Step
from simkit.attackgraph.form import of_form
from simkit.attackgraph.repeats import Repeats
from simkit.attackgraph.responders import Containing, Responders, responders_of
from simkit.attackgraph.rows import StepRows
from simkit.distributions import ticks
from simkit.errors import QuestionError, nearest
from simkit.table import Table

if TYPE_CHECKING:
    import networkx as nx

EXTENSIONS = 8
"""After so many extensions of one fact its end is the horizon: two roles that mint each other's tokens never stop."""
BEGINNINGS = 1000
"""After one fact began anew so often its end is the horizon, too."""


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class AttackGraph:
    """Facts and steps, sorted by name and key, and everything that an engine reads, as arrays.

    Pointers (`*_ptr`) and indices (`*_idx`) are CSR: premises and conclusions of a step, steps behind a fact. Times are
    int64 milliseconds (`FOREVER` for never), chances are thresholds out of 2**32, numbers of things int32.
    `silencer` are the facts that keep a step from being seen, `shown` is the threshold of its alert then. `duration`,
    `wait`, `approval` and `alert_delay` are rows of `tables` (quantile tables; `fixed` holds the value of a row that
    never varies, else -1).
    """

    facts: tuple[Fact, ...]
    steps: Sequence[Step]
    entries: Mapping[str, EntryArrays]
    index: Mapping[Fact, int]
    premise_ptr: Index
    premise_idx: Index
    conclusion_ptr: Index
    conclusion_idx: Index
    conclusion_after: Ints
    conclusion_aged: Flags
    conclusion_life: Index
    conclusion_run: Flags
    conclusion_period: Ints
    conclusion_outlives: Index
    maker_ptr: Index
    maker_idx: Index
    behind_ptr: Index
    behind_idx: Index
    step_hash: Words
    success: Words
    alert: Words
    duration: Index
    wait: Index
    approval: Index
    alert_delay: Index
    logged: Flags
    again: Flags
    silencer_ptr: Index
    silencer_idx: Index
    shown: Words
    fact_lasting: Flags
    fact_within: Flags
    fact_stirs: Flags
    fact_timed: Flags
    fact_hash: Words
    tables: Ints
    fixed: Ints
    outlives: Ints
    responders: Responders
    horizon: int

    def __repr__(self) -> str:
        return f"AttackGraph({len(self.facts)} facts, {len(self.steps)} steps, {len(self.entries)} entries)"

    def table(self) -> Table:
        """How many facts there are of each kind, and how many steps of each technique."""
        facts = Counter(fact.kind for fact in self.facts)
        steps = Counter(step.rule for step in self.steps)
        rows = [("fact", kind, count) for kind, count in facts.most_common()]
        rows += [("step", rule, count) for rule, count in steps.most_common()]
        return Table(("node", "kind", "how many"), rows, title=repr(self)[len("AttackGraph(") : -1])

    def _repr_html_(self) -> str:
        return self.table().html()

    def entry(self, name: str) -> EntryArrays:
        """The entry called `name`. Raises QuestionError."""
        if name not in self.entries:
            raise QuestionError(f"the graph has no entry {name!r}: {nearest(name, self.entries)}")
        return self.entries[name]

    def premises(self, step: int) -> list[int]:
        """The premises of `step`."""
        found: list[int] = self.premise_idx[self.premise_ptr[step] : self.premise_ptr[step + 1]].tolist()
        return found

    def met_by(self, held: Flags) -> list[int]:
        """The steps that need something, and only facts that are `held`."""
        is_met = met(self.premise_ptr, self.premise_idx, held)
        found: list[int] = np.flatnonzero(is_met & (np.diff(self.premise_ptr) > 0)).tolist()
        return found

    def to_networkx(self) -> nx.DiGraph:
        """Facts and steps as nodes (attribute `node` is `fact` or `step`), premises and conclusions as edges."""
        import networkx as nx

        graph = nx.DiGraph()
        for fact in self.facts:
            graph.add_node(str(fact), node="fact", kind=fact.kind)
        for step in self.steps:
            graph.add_node(step.key, node="step", rule=step.rule, chance=step.chance, label=step.label)
            graph.add_edges_from((str(premise), step.key) for premise in step.premises)
            graph.add_edges_from((step.key, str(conclusion.fact)) for conclusion in step.conclusions)
        return graph

    @classmethod
    def build(
        cls,
        steps: Iterable[Step],
        entries: Iterable[Entry],
        containment: Containment | Containing,
        *,
        horizon: float,
        repeats: Repeats | None = None,
    ) -> AttackGraph:
        """The graph of `steps`, of `repeats`, and of the first steps of `entries`; `horizon` is in seconds.

        Raises EngineError if two different steps share a key.
        """
        given = sorted(entries, key=lambda entry: entry.name)
        first = (step for entry in given for variant in entry.variants for step in variant.steps)
        rows = StepRows.by_key([*steps, *first], repeats)
        concluded = rows.concluded()
        index, links = of_form("links", rows.steps, repeats, lambda: linked(rows, concluded))
        tables = Tables()
        told_of = fact_arrays(index)
        ordered = rows.sequence
        return cls(
            facts=tuple(index),
            steps=ordered,
            entries=entry_arrays(given, ordered),
            index=index,
            **links,
            **draws(rows, tables),
            **lives(concluded, tables, first_outlives()),
            **silence(rows, index),
            **told_of,
            responders=responders_of(containment, index, told_of["fact_hash"], tables.row),
            **tables.arrays(),
            horizon=ticks(horizon),
        )
