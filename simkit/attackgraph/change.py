"""A change of an attack graph: which steps go, and which come. What stays keeps its columns."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import compress, repeat
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from simkit.attackgraph.columns import Tables, draws, entry_arrays, fact_arrays, linked, links, lives
from simkit.attackgraph.facts import Containment, Entry, Fact, Step
from simkit.attackgraph.graph import AttackGraph
from simkit.attackgraph.repeats import Flags, Index, Ints, Repeats, StepSequence
from simkit.attackgraph.responders import Containing, responders_of
from simkit.attackgraph.rows import StepRows, by_key, column, positions
from simkit.distributions import TICKS_PER_SECOND, Distribution


def rebuilt(
    graph: AttackGraph,
    steps: Iterable[Step],
    entries: Iterable[Entry],
    containment: Containment | Containing,
    repeats: Repeats | None = None,
) -> AttackGraph:
    """`AttackGraph.build` of `steps`, most of which `graph` has already, at the horizon of `graph`: the same facts and
    steps in the same order, which do the same; rows of tables may stand in another one. Raises EngineError as that
    does."""
    given = sorted(entries, key=lambda entry: entry.name)
    wanted = [*steps, *(step for e in given for variant in e.variants for step in variant.steps)]
    # a change elsewhere may let more be unseen, and what only repeats others is quickly made anew
    elsewhere = len(graph.silencer_idx) or any(column(wanted, "silenced"))
    if elsewhere or repeats is not None or isinstance(graph.steps, StepSequence):
        horizon = graph.horizon / TICKS_PER_SECOND
        return AttackGraph.build(wanted, given, containment, horizon=horizon, repeats=repeats)
    stays, come = _change(graph, wanted)
    return _Rebuild(graph, stays, by_key(come)).made(given, containment)


def _change(graph: AttackGraph, wanted: Sequence[Step]) -> tuple[Flags, list[Step]]:
    """Which steps of `graph` are still `wanted`, and the wanted steps that it does not have."""
    there, known = _places(graph)
    stays = np.zeros(len(graph.steps), dtype=np.bool_)
    numbers = np.fromiter(map(there.get, map(id, wanted), repeat(-1)), dtype=np.int64, count=len(wanted))
    stays[numbers[numbers >= 0]] = True
    fresh = [wanted[place] for place in np.flatnonzero(numbers < 0).tolist()]
    again = [known.get(step.key, -1) for step in fresh]
    same = [place >= 0 and graph.steps[place] == step for place, step in zip(again, fresh, strict=True)]
    stays[list(compress(again, same))] = True
    come = [step for step, is_same in zip(fresh, same, strict=True) if not is_same]
    both = (known[step.key] for step in come if step.key in known)
    by_key([*come, *(graph.steps[number] for number in both if stays[number])])  # which raises, if there are any
    return stays, come


def _places(graph: AttackGraph) -> tuple[dict[int, int], dict[str, int]]:
    """The number of each step of `graph`, by its identity and by its key: made once, for a graph is changed often."""
    if graph not in _PLACES:
        numbers = range(len(graph.steps))
        by_name = dict(zip(column(graph.steps, "key"), numbers, strict=True))
        _PLACES[graph] = dict(zip(map(id, graph.steps), numbers, strict=True)), by_name
    return _PLACES[graph]


_PLACES: WeakKeyDictionary[AttackGraph, tuple[dict[int, int], dict[str, int]]] = WeakKeyDictionary()


class _Rebuild:
    """Steps of `graph` that stay, and new ones, in the order of their keys: `rows` are their numbers in what both are
    together, first the old ones, then those that come."""

    def __init__(self, graph: AttackGraph, stays: Flags, come: Sequence[Step]) -> None:
        kept = np.flatnonzero(stays)
        old, keys = graph.steps, [graph.steps[number].key for number in kept.tolist()]
        places = [bisect_left(keys, step.key) for step in come]
        self.graph, self.come = graph, come
        self.rows: Ints = np.insert(kept, places, len(old) + np.arange(len(come)))
        self.steps = tuple(old[row] if row < len(old) else come[row - len(old)] for row in self.rows.tolist())

    def made(self, entries: Sequence[Entry], containment: Containment | Containing) -> AttackGraph:
        """The graph after the change."""
        graph, tables = self.graph, _MoreTables(self.graph)
        rows = StepRows(self.come)
        concluded = rows.concluded()
        index, tied = linked(rows, concluded)
        outlives = {tuple(row): number for number, row in enumerate(graph.outlives.tolist())}
        new = {**draws(rows, tables), **lives(concluded, tables, outlives)}
        facts, numbers = self._facts(index, tied)
        found = dict(zip(facts, range(len(facts)), strict=True))
        premise_ptr, premises = self._picked(graph.premise_ptr, tied["premise_ptr"])
        conclusion_ptr, conclusions = self._picked(graph.conclusion_ptr, tied["conclusion_ptr"])
        columns: dict[str, Any] = {name: self._column(name, new, conclusions) for name in new if name != "outlives"}
        told_of = self._of_facts(facts, index)
        responders = responders_of(containment, found, told_of["fact_hash"], tables.row)
        needed = np.concatenate([graph.premise_idx, tied["premise_idx"] + len(graph.facts)])
        made = np.concatenate([graph.conclusion_idx, tied["conclusion_idx"] + len(graph.facts)])
        tied = links(premise_ptr, numbers[needed[premises]], conclusion_ptr, numbers[made[conclusions]], len(facts))
        return replace(
            graph,
            facts=tuple(facts),
            steps=self.steps,
            entries=entry_arrays(entries, self.steps),
            index=found,
            outlives=new["outlives"],
            responders=responders,
            silencer_ptr=np.zeros(len(self.steps) + 1, dtype=np.int32),
            **columns,
            **told_of,
            **tied,
            **tables.arrays(),
        )

    def _facts(self, new: dict[Fact, int], tied: dict[str, Index]) -> tuple[list[Fact], Ints]:
        """The facts that are left or new, in order, and the number of each that the old graph has, then of each that
        the new steps name (-1 for what is gone)."""
        graph, total = self.graph, len(self.graph.facts)
        used = np.zeros(total, dtype=np.bool_)
        kept = self.rows[self.rows < len(graph.steps)]
        for ptr, idx in ((graph.premise_ptr, graph.premise_idx), (graph.conclusion_ptr, graph.conclusion_idx)):
            used[idx[positions(ptr, kept)]] = True
        places = [graph.index.get(fact, -1) for fact in new]
        used[[place for place in places if place >= 0]] = True
        left = [graph.facts[number] for number in np.flatnonzero(used).tolist()]
        added = [fact for fact, place in zip(new, places, strict=True) if place < 0]
        before = [bisect_left(left, fact) for fact in added]
        order = np.insert(np.arange(len(left)), before, len(left) + np.arange(len(added)))
        numbers = np.full(total + len(new), -1, dtype=np.int64)
        place_of = np.empty(len(order), dtype=np.int64)
        place_of[order] = np.arange(len(order))
        numbers[:total][used] = place_of[: len(left)]
        own = iter(place_of[len(left) :].tolist())
        numbers[total:] = [numbers[place] if place >= 0 else next(own) for place in places]
        pool = [*left, *added]
        return [pool[number] for number in order.tolist()], numbers

    def _picked(self, old: Index, new: Index) -> tuple[Ints, Ints]:
        """Where the premises (or conclusions) of each step begin, and where they stand in those of the old graph with
        those of the new steps behind them."""
        ptr = np.concatenate([old, np.int64(old[-1]) + new[1:]])
        lengths = np.diff(ptr)[self.rows]
        return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64), positions(ptr, self.rows)

    def _column(self, name: str, new: dict[str, Any], conclusions: Ints) -> NDArray[Any]:
        both = np.concatenate([getattr(self.graph, name), new[name]])
        found: NDArray[Any] = both[conclusions if name.startswith("conclusion_") else self.rows]
        return found

    def _of_facts(self, facts: Sequence[Fact], new: dict[Fact, int]) -> dict[str, Any]:
        """What is said of each of `facts`: by the old graph, or worked out for those that are `new` in it."""
        index, total = self.graph.index, len(self.graph.facts)
        added = [fact for fact in new if fact not in index]
        numbers = dict(index) | {fact: total + number for number, fact in enumerate(added)}
        rows = [numbers[fact] for fact in facts]
        return {
            name: np.concatenate([getattr(self.graph, name), more])[rows] for name, more in fact_arrays(added).items()
        }


class _MoreTables(Tables):
    """The tables of a graph, with those that come in behind them."""

    def __init__(self, graph: AttackGraph) -> None:
        super().__init__()
        self.graph, self.known = graph, dict(_rows(graph))

    def row(self, distribution: Distribution) -> int:
        """The number of `distribution`: the old one where it has one."""
        old = self.known.get(distribution)
        return super().row(distribution) + len(self.graph.fixed) if old is None else old

    def arrays(self) -> dict[str, Any]:
        """`tables` and `fixed`, the old rows first."""
        if not self.numbered:
            return {"tables": self.graph.tables, "fixed": self.graph.fixed}
        return {name: np.concatenate([getattr(self.graph, name), more]) for name, more in super().arrays().items()}


def _rows(graph: AttackGraph) -> Iterable[tuple[Distribution, int]]:
    """Each distribution that a step of `graph` names, and its row."""
    for name in ("duration", "wait", "approval", "alert_delay"):
        numbers, first = np.unique(getattr(graph, name), return_index=True)
        yield from zip((getattr(graph.steps[at], name) for at in first.tolist()), numbers.tolist(), strict=True)
    numbers, first = np.unique(graph.conclusion_life, return_index=True)
    for number, at in zip(numbers.tolist(), first.tolist(), strict=True):
        if number >= 0:
            step = int(np.searchsorted(graph.conclusion_ptr, at, side="right")) - 1
            life = graph.steps[step].conclusions[at - int(graph.conclusion_ptr[step])].after
            assert isinstance(life, Distribution)
            yield life, number
