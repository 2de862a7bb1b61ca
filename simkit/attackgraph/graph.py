"""The AND/OR graph as arrays: names turned into integers, in an order that only names decide."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simkit.attackgraph.facts import LASTING, SURVIVING, Entry, Fact, Step
from simkit.distributions import FOREVER, Distribution, Fixed, quantile_table, ticks
from simkit.errors import EngineError, QuestionError, nearest
from simkit.fate import CERTAIN, key_hash, threshold
from simkit.table import Table

if TYPE_CHECKING:
    import networkx as nx

Ints = NDArray[np.int64]
Words = NDArray[np.uint64]
Flags = NDArray[np.bool_]

EXTENSIONS = 8
"""After so many extensions of one fact its end is the horizon: two roles that mint each other's tokens never stop."""


@dataclass(frozen=True, slots=True)
class Containment:
    """The defender as the engines see him: the delay from the first alert to containment, the lag after which a
    forgotten credential dies all the same, and for each `holds` fact the chance that it is forgotten."""

    delay: Distribution
    lag: Distribution
    forgotten: Mapping[Fact, float]


@dataclass(frozen=True, slots=True)
class EntryArrays:
    """An entry's variants: upper thresholds of the draw, and the first steps of each (CSR)."""

    name: str
    hash: int
    upper: Words
    root_ptr: Ints
    root_idx: Ints
    names: tuple[str, ...]

    def roots(self, variant: int) -> list[int]:
        """The steps without premises that start `variant`."""
        return [int(i) for i in self.root_idx[self.root_ptr[variant] : self.root_ptr[variant + 1]]]


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class AttackGraph:
    """Facts and steps, sorted by name and key, and everything that an engine reads, as arrays.

    Pointers (`*_ptr`) and indices (`*_idx`) are CSR: premises and conclusions of a step, steps behind a fact. Times are
    int64 milliseconds (`FOREVER` for never), chances are thresholds out of 2**32. `duration`, `wait`, `approval` and
    `alert_delay` are rows of `tables` (quantile tables; `fixed` holds the value of a row that never varies, else -1).
    """

    facts: tuple[Fact, ...]
    steps: tuple[Step, ...]
    entries: Mapping[str, EntryArrays]
    index: Mapping[Fact, int]
    premise_ptr: Ints
    premise_idx: Ints
    conclusion_ptr: Ints
    conclusion_idx: Ints
    conclusion_after: Ints
    conclusion_aged: Flags
    behind_ptr: Ints
    behind_idx: Ints
    step_hash: Words
    success: Words
    alert: Words
    duration: Ints
    wait: Ints
    approval: Ints
    alert_delay: Ints
    fact_lasting: Flags
    fact_surviving: Flags
    fact_forgotten: Words
    fact_hash: Words
    tables: Ints
    fixed: Ints
    response_delay: int
    lag: int
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
        return [int(i) for i in self.premise_idx[self.premise_ptr[step] : self.premise_ptr[step + 1]]]

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
        cls, steps: Iterable[Step], entries: Iterable[Entry], containment: Containment, *, horizon: float
    ) -> AttackGraph:
        """The graph of `steps` and of the first steps of `entries`; `horizon` is in seconds.

        Raises EngineError if two different steps share a key.
        """
        given = sorted(entries, key=lambda entry: entry.name)
        ordered = _by_key([*steps, *(step for e in given for variant in e.variants for step in variant.steps)])
        facts, premises, concluded = _numbered(ordered)
        tables = _Tables()
        return cls(
            facts=facts,
            steps=tuple(ordered),
            entries=_entries(given, {step.key: i for i, step in enumerate(ordered)}),
            index={fact: i for i, fact in enumerate(facts)},
            **_links(ordered, premises, concluded, len(facts)),
            **_draws(ordered, tables),
            **_fact_arrays(facts, containment),
            response_delay=tables.row(containment.delay),
            lag=tables.row(containment.lag),
            **tables.arrays(),
            horizon=ticks(horizon),
        )


def _by_key(steps: Sequence[Step]) -> list[Step]:
    found: dict[str, Step] = {}
    for step in steps:
        if found.setdefault(step.key, step) != step:
            raise EngineError(f"two different steps share the key {step.key!r}: report this as a bug of simkit")
    return [found[key] for key in sorted(found)]


def _names(fact: Fact) -> tuple[str, str, str]:
    """What facts are sorted by, as they compare."""
    return (fact.kind, fact.subject, fact.object)


def _numbered(steps: Sequence[Step]) -> tuple[tuple[Fact, ...], Ints, Ints]:
    """All facts, sorted, and the numbers of each step's premises and of what each concludes, step by step.

    Each mention of a fact is looked up once, which is most of the work: numbers are given as facts come by, and
    turned into those of the sorted facts at the end.
    """
    seen: dict[Fact, int] = {}
    premises = [seen.setdefault(fact, len(seen)) for step in steps for fact in step.premises]
    concluded = [seen.setdefault(made.fact, len(seen)) for step in steps for made in step.conclusions]
    facts = list(seen)
    order = sorted(range(len(facts)), key=lambda number: _names(facts[number]))
    place = np.empty(len(facts), dtype=np.int64)
    place[order] = np.arange(len(facts))
    return (
        tuple(facts[number] for number in order),
        place[np.array(premises, dtype=np.int64)],
        place[np.array(concluded, dtype=np.int64)],
    )


def _pointers(lengths: Iterable[int]) -> Ints:
    return np.concatenate([[0], np.cumsum(np.fromiter(lengths, dtype=np.int64))]).astype(np.int64)


def _links(steps: Sequence[Step], premises: Ints, concluded: Ints, facts: int) -> dict[str, Any]:
    made = [conclusion for step in steps for conclusion in step.conclusions]
    premise_ptr = _pointers(len(step.premises) for step in steps)
    owner = np.repeat(np.arange(len(steps), dtype=np.int64), np.diff(premise_ptr))
    whole = cache(ticks)
    return {
        "premise_ptr": premise_ptr,
        "premise_idx": premises,
        "conclusion_ptr": _pointers(len(step.conclusions) for step in steps),
        "conclusion_idx": concluded,
        "conclusion_after": np.array([whole(c.after) for c in made], dtype=np.int64),
        "conclusion_aged": np.array([c.aged for c in made], dtype=np.bool_),
        "behind_ptr": _pointers(np.bincount(premises, minlength=facts)),
        "behind_idx": owner[np.argsort(premises, kind="stable")],
    }


def _draws(steps: Sequence[Step], tables: _Tables) -> dict[str, Any]:
    of = cache(threshold)  # a graph has few different chances
    return {
        "step_hash": np.array([key_hash(step.fate or step.key) for step in steps], dtype=np.uint64),
        "success": np.array([of(step.chance) for step in steps], dtype=np.uint64),
        "alert": np.array([of(step.alert) for step in steps], dtype=np.uint64),
        "duration": np.array([tables.row(step.duration) for step in steps], dtype=np.int64),
        "wait": np.array([tables.row(step.wait) for step in steps], dtype=np.int64),
        "approval": np.array([tables.row(step.approval) for step in steps], dtype=np.int64),
        "alert_delay": np.array([tables.row(step.alert_delay) for step in steps], dtype=np.int64),
    }


def _fact_arrays(facts: Sequence[Fact], containment: Containment) -> dict[str, Any]:
    forgotten = [threshold(containment.forgotten.get(fact, 0.0)) for fact in facts]
    return {
        "fact_lasting": np.array([fact.kind in LASTING for fact in facts], dtype=np.bool_),
        "fact_surviving": np.array([fact.kind in SURVIVING for fact in facts], dtype=np.bool_),
        "fact_forgotten": np.array(forgotten, dtype=np.uint64),
        "fact_hash": np.array([key_hash(f"credential:{fact.subject}") for fact in facts], dtype=np.uint64),
    }


def _entries(entries: Sequence[Entry], number: Mapping[str, int]) -> dict[str, EntryArrays]:
    found = {}
    for entry in entries:
        total = sum(variant.weight for variant in entry.variants)
        shares = [variant.weight / total if total else 1 / len(entry.variants) for variant in entry.variants]
        upper = [min(round(value * CERTAIN), CERTAIN) for value in np.cumsum(shares).tolist()]
        upper[-1:] = [CERTAIN] if upper else []
        roots = [sorted(number[step.key] for step in variant.steps) for variant in entry.variants]
        found[entry.name] = EntryArrays(
            name=entry.name,
            hash=key_hash(f"entry:{entry.name}"),
            upper=np.array(upper, dtype=np.uint64),
            root_ptr=_pointers(len(steps) for steps in roots),
            root_idx=np.array([step for steps in roots for step in steps], dtype=np.int64),
            names=tuple(variant.name for variant in entry.variants),
        )
    return found


class _Tables:
    """Numbers each distinct distribution, and makes its quantile table once."""

    def __init__(self) -> None:
        self._rows: dict[Distribution, int] = {}
        self._seen: dict[int, tuple[int, Distribution]] = {}

    def row(self, distribution: Distribution) -> int:
        """Steps share their distributions, so most are known by identity (and kept, so that none is taken over)."""
        known = self._seen.get(id(distribution))
        if known is None:
            known = self._rows.setdefault(distribution, len(self._rows)), distribution
            self._seen[id(distribution)] = known
        return known[0]

    def arrays(self) -> dict[str, Any]:
        """`tables` and `fixed`; a fixed duration needs no table, and no draw."""
        fixed = [min(ticks(row.seconds), FOREVER) if isinstance(row, Fixed) else -1 for row in self._rows]
        blank = (0,) * len(quantile_table(Fixed(0.0)))
        tables = [blank if value >= 0 else quantile_table(row) for row, value in zip(self._rows, fixed, strict=True)]
        return {"tables": np.array(tables, dtype=np.int64), "fixed": np.array(fixed, dtype=np.int64)}
