"""The AND/OR graph as arrays: names turned into integers, in an order that only names decide."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeGuard

import numpy as np
from numpy.typing import NDArray

from simkit.attackgraph.facts import (
    ACTIONS,
    LASTING,
    STIRRING,
    TIMED,
    WITHIN,
    Conclusion,
    Containment,
    Entry,
    Fact,
    Step,
)
from simkit.attackgraph.responders import Responders, credential_hash, responders_of
from simkit.distributions import FOREVER, Distribution, Fixed, quantile_table, ticks
from simkit.errors import EngineError, QuestionError, nearest
from simkit.fate import CERTAIN, key_hash, key_hashes, threshold
from simkit.table import Table

if TYPE_CHECKING:
    import networkx as nx

Ints = NDArray[np.int64]
Words = NDArray[np.uint64]
Flags = NDArray[np.bool_]

EXTENSIONS = 8
"""After so many extensions of one fact its end is the horizon: two roles that mint each other's tokens never stop."""


_ENDS: tuple[float | None, ...] = (0.0,) * len(ACTIONS)
_SURVIVES: tuple[float | None, ...] = (None,) * len(ACTIONS)
BEGINNINGS = 1000
"""After one fact began anew so often its end is the horizon, too."""


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
    int64 milliseconds (`FOREVER` for never), chances are thresholds out of 2**32. `silencer` are the facts that keep a
    step from being seen, `shown` is the threshold of its alert then. `duration`, `wait`, `approval` and
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
    conclusion_life: Ints
    conclusion_run: Flags
    conclusion_period: Ints
    conclusion_outlives: Ints
    maker_ptr: Ints
    maker_idx: Ints
    behind_ptr: Ints
    behind_idx: Ints
    step_hash: Words
    success: Words
    alert: Words
    duration: Ints
    wait: Ints
    approval: Ints
    alert_delay: Ints
    logged: Flags
    again: Flags
    silencer_ptr: Ints
    silencer_idx: Ints
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
        index, links = _linked(ordered)
        tables = _Tables()
        told_of = _fact_arrays(index)
        return cls(
            facts=tuple(index),
            steps=tuple(ordered),
            entries=_entries(given, _column(ordered, "key")),
            index=index,
            **links,
            **_draws(ordered, tables),
            **_lives(ordered, tables),
            **_silence(ordered, index),
            **told_of,
            responders=responders_of(containment, index, told_of["fact_hash"], tables.row),
            **tables.arrays(),
            horizon=ticks(horizon),
        )


def _by_key(steps: Sequence[Step]) -> list[Step]:
    ordered = sorted(steps, key=attrgetter("key"))
    found = dict(zip(_column(ordered, "key"), ordered, strict=True))
    if len(found) < len(ordered):  # some key is there twice, which is no harm if the steps are the same
        for step in ordered:
            if found[step.key] != step:
                raise EngineError(f"two different steps share the key {step.key!r}: report this as a bug of simkit")
    return list(found.values())


def _column(things: Iterable[Any], name: str) -> list[Any]:
    return list(map(attrgetter(name), things))


def _pointers(lengths: Iterable[int]) -> Ints:
    return np.concatenate([[0], np.cumsum(np.fromiter(lengths, dtype=np.int64))]).astype(np.int64)


def _linked(steps: Sequence[Step]) -> tuple[dict[Fact, int], dict[str, Any]]:
    """The number of each fact, in the order of their names, and the arrays that say which of them each step needs, and
    what it concludes."""
    needed, made = _column(steps, "premises"), _column(steps, "conclusions")
    premises, conclusions = list(chain.from_iterable(needed)), list(chain.from_iterable(made))
    concluded = _column(conclusions, "fact")
    facts = sorted(dict.fromkeys(chain(concluded, premises)))  # steps are sorted: half of the order is there already
    index = dict(zip(facts, range(len(facts)), strict=True))
    premise_ptr, premise_idx = _pointers(map(len, needed)), _each(index.__getitem__, premises, np.int64)
    conclusion_ptr, made_idx = _pointers(map(len, made)), _each(index.__getitem__, concluded, np.int64)
    owner, maker = (np.repeat(np.arange(len(steps), dtype=np.int64), np.diff(p)) for p in (premise_ptr, conclusion_ptr))
    return index, {
        "premise_ptr": premise_ptr,
        "premise_idx": premise_idx,
        "conclusion_ptr": conclusion_ptr,
        "conclusion_idx": made_idx,
        "maker_ptr": _pointers(np.bincount(made_idx, minlength=len(index))),
        "maker_idx": maker[np.argsort(made_idx, kind="stable")],
        "behind_ptr": _pointers(np.bincount(premise_idx, minlength=len(index))),
        "behind_idx": owner[np.argsort(premise_idx, kind="stable")],
    }


def _each(rule: Callable[[Any], int], values: Sequence[Any], kind: type) -> NDArray[Any]:
    return np.fromiter(map(rule, values), dtype=kind, count=len(values))


def _draws(steps: Sequence[Step], tables: _Tables) -> dict[str, Any]:
    return {
        "step_hash": key_hashes(step.fate or step.key for step in steps),
        "success": _each(cache(threshold), _column(steps, "chance"), np.uint64),
        "alert": _each(cache(threshold), _column(steps, "alert"), np.uint64),
        "logged": np.array(_column(steps, "logged"), dtype=np.bool_),
        "again": np.array(_column(steps, "again"), dtype=np.bool_),
        **{name: tables.rows(_column(steps, name)) for name in ("duration", "wait", "approval", "alert_delay")},
    }


def _silence(steps: Sequence[Step], index: Mapping[Fact, int]) -> dict[str, Any]:
    """What keeps each step from being seen; what is nowhere in the graph never holds."""
    silencers = [[index[fact] for fact in given if fact in index] for given in _column(steps, "silenced")]
    return {
        "silencer_ptr": _pointers(map(len, silencers)),
        "silencer_idx": np.array([*chain.from_iterable(silencers)], dtype=np.int64),
        "shown": _each(cache(threshold), _column(steps, "shown"), np.uint64),
    }


def _lives(steps: Sequence[Step], tables: _Tables) -> dict[str, Any]:
    """How long what each step concludes holds. Nearly all conclusions are alike in that, so that each way is worked out
    once."""
    conclusions: list[Conclusion] = list(chain.from_iterable(_column(steps, "conclusions")))
    lasts = _column(conclusions, "after")
    ways = [c.outlives or (_ENDS if c.fact.kind in WITHIN else _SURVIVES) for c in conclusions]
    outlives = {way: number for number, way in enumerate(dict.fromkeys([_ENDS, *ways]))}
    return {
        "conclusion_after": _each(cache(_fixed_life), lasts, np.int64),
        "conclusion_aged": np.array(_column(conclusions, "aged"), dtype=np.bool_),
        "conclusion_life": np.array([tables.row(last) if _varies(last) else -1 for last in lasts], dtype=np.int64),
        "conclusion_run": np.array(_column(conclusions, "run"), dtype=np.bool_),
        "conclusion_period": _each(cache(_period), _column(conclusions, "rotates"), np.int64),
        "conclusion_outlives": _each(outlives.__getitem__, ways, np.int64),
        "outlives": np.array([[*map(ticks, way)] for way in outlives], dtype=np.int64),
    }


def _fixed_life(after: float | Distribution | None) -> int:
    """In ticks; that of a life which varies is nowhere used."""
    return 0 if isinstance(after, Distribution) else ticks(after)


def _varies(after: float | Distribution | None) -> TypeGuard[Distribution]:
    """True for a life that is drawn. Nearly all are plain, and an abstract class is slow to ask."""
    return after is not None and after.__class__ is not float and isinstance(after, Distribution)


def _period(rotates: float | None) -> int:
    """In ticks; 0 for what never rotates."""
    return 0 if rotates is None else ticks(rotates)


def _fact_arrays(index: Mapping[Fact, int]) -> dict[str, Any]:
    kinds = _column(index, "kind")
    return {
        "fact_lasting": _each(LASTING.__contains__, kinds, np.bool_),
        "fact_within": _each(WITHIN.__contains__, kinds, np.bool_),
        "fact_stirs": _each(STIRRING.__contains__, kinds, np.bool_),
        "fact_timed": _each(TIMED.__contains__, kinds, np.bool_),
        "fact_hash": _each(cache(credential_hash), _column(index, "subject"), np.uint64),
    }


def _entries(entries: Sequence[Entry], keys: Sequence[str]) -> dict[str, EntryArrays]:
    found = {}
    for entry in entries:
        total = sum(variant.weight for variant in entry.variants)
        shares = [variant.weight / total if total else 1 / len(entry.variants) for variant in entry.variants]
        upper = [min(round(value * CERTAIN), CERTAIN) for value in np.cumsum(shares).tolist()]
        upper[-1:] = [CERTAIN] if upper else []
        roots = [sorted(bisect_left(keys, step.key) for step in variant.steps) for variant in entry.variants]
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

    def row(self, distribution: Distribution) -> int:
        """The number of `distribution`."""
        return self._rows.setdefault(distribution, len(self._rows))

    def rows(self, distributions: Sequence[Distribution]) -> Ints:
        """The number of each of `distributions`."""
        marks = list(map(id, distributions))  # they are few objects, and to compare what they say costs far more
        rows = {mark: self.row(each) for mark, each in dict(zip(marks, distributions, strict=True)).items()}
        return _each(rows.__getitem__, marks, np.int64)

    def arrays(self) -> dict[str, Any]:
        """`tables` and `fixed`; a fixed duration needs no table, and no draw."""
        fixed = [min(ticks(row.seconds), FOREVER) if isinstance(row, Fixed) else -1 for row in self._rows]
        blank = (0,) * len(quantile_table(Fixed(0.0)))
        tables = [blank if value >= 0 else quantile_table(row) for row, value in zip(self._rows, fixed, strict=True)]
        return {"tables": np.array(tables, dtype=np.int64), "fixed": np.array(fixed, dtype=np.int64)}
