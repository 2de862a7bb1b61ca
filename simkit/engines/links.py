"""A graph laid out for the kernels: what follows from a fact lies together, and what can never happen is left out.
For a replay that is also what no entry leads to: nine tenths of the steps of a large estate.

Nearly all steps have one premise. They come first, by premise, so that a kernel that wins a fact reads the steps
behind it, their chances and their conclusions in one stretch of memory; steps with several premises (joins) and with
none (roots) follow. Indices are 32-bit, which halves the traffic.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple, TypeVar
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from simkit.attackgraph.columns import Flags
from simkit.attackgraph.graph import AttackGraph
from simkit.attackgraph.order import order_of
from simkit.progress import steps

LINE = 64
"""Bytes in a cache line."""
Index = NDArray[np.int32]
Ints = NDArray[np.int64]
Words = NDArray[np.uint64]


class Links(NamedTuple):
    """The links and chances of a graph in the kernels' order. Steps are numbered anew: `number` (links to graph) and
    `place` (graph to links, -1 for a step that is left out)."""

    arc_ptr: Index
    """(facts + 1) The steps that have a fact as their only premise."""
    join_ptr: Index
    """(facts + 1) Into `join_idx`: the steps that have a fact as one of several premises."""
    join_idx: Index
    premise_ptr: Index
    """(steps + 1) Into `premise_idx`."""
    premise_idx: Index
    out_ptr: Index
    """(steps + 1) Into `out_idx`: what a step concludes."""
    out_idx: Index
    flow_ptr: Index
    """(facts + 1) Into `out_idx`: all that follows from a fact alone."""
    key: Words
    success: Words
    number: Index
    place: Index

    @property
    def facts(self) -> int:
        """How many facts there are."""
        return len(self.arc_ptr) - 1


_kept: WeakKeyDictionary[AttackGraph, dict[str, Any]] = WeakKeyDictionary()
T = TypeVar("T")


def kept_with(graph: AttackGraph, name: str, make: Callable[[], T]) -> T:
    """What `make` returns, made at the first question about `graph` and kept as long as the graph."""
    made = _kept.setdefault(graph, {})
    if name not in made:
        made[name] = make()
    found: T = made[name]
    return found


def links_of(graph: AttackGraph) -> Links:
    """The links of `graph`."""
    return kept_with(graph, "links", lambda: links_among(graph, graph.success > 0))


def workers(threads: int | None) -> int:
    """How many threads that is; None is one for each processor."""
    return threads or os.cpu_count() or 1


def in_threads(run: Callable[[int], Any], blocks: range, threads: int | None) -> None:
    """Calls `run` with the beginning of each of `blocks`, in as many threads as there are blocks and processors."""
    if min(workers(threads), len(blocks)) <= 1:
        for begin in steps(blocks):
            run(begin)
        return
    with ThreadPoolExecutor(min(workers(threads), len(blocks))) as pool:
        list(steps(pool.map(run, blocks), len(blocks)))


def links_among(graph: AttackGraph, able: Flags) -> Links:
    """The links of those steps of `graph` that are `able` to succeed."""
    facts = len(graph.behind_ptr) - 1
    number, arcs = _order(graph, able)
    premise_ptr, premises = rows(graph.premise_ptr, number)
    out_ptr, places = rows(graph.conclusion_ptr, number)
    premise_idx = graph.premise_idx[premises]
    arc_ptr = offsets(np.bincount(premise_idx[:arcs], minlength=facts))
    place = np.full(len(graph.step_hash), -1, dtype=np.int32)
    place[number] = np.arange(len(number), dtype=np.int32)
    join_ptr, join_idx = _joins(premise_ptr, premise_idx, arcs, facts)
    return Links(
        arc_ptr=arc_ptr.astype(np.int32),
        join_ptr=join_ptr.astype(np.int32),
        join_idx=join_idx.astype(np.int32),
        premise_ptr=premise_ptr.astype(np.int32),
        premise_idx=premise_idx.astype(np.int32),
        out_ptr=out_ptr.astype(np.int32),
        out_idx=graph.conclusion_idx[places].astype(np.int32),
        flow_ptr=out_ptr[arc_ptr].astype(np.int32),
        key=graph.step_hash[number],
        success=graph.success[number],
        number=number.astype(np.int32),
        place=place,
    )


def _order(graph: AttackGraph, able: Flags) -> tuple[Ints, int]:
    """The steps that are `able`: those with one premise, by premise, then the others; and how many the former are."""
    premises = np.diff(graph.premise_ptr)
    single = np.flatnonzero(able & (premises == 1))
    source = graph.premise_idx[graph.premise_ptr[single]].astype(np.int32)
    others = np.flatnonzero(able & (premises != 1))
    return np.concatenate([single[order_of(source)], others]), len(single)


def rows(pointers: Ints | Index, chosen: Ints) -> tuple[Ints, Ints]:
    """The rows `chosen` of a CSR array: their pointers, and where each of their elements stands."""
    lengths = np.diff(pointers)[chosen]
    found = offsets(lengths)
    places = np.repeat(pointers[chosen].astype(np.int64) - found[:-1], lengths) + np.arange(found[-1], dtype=np.int64)
    return found, places


def _joins(premise_ptr: Ints, premise_idx: Index, first: int, facts: int) -> tuple[Ints, Ints]:
    """The steps from `first` on that have each fact as a premise, as CSR."""
    steps = np.repeat(np.arange(first, len(premise_ptr) - 1), np.diff(premise_ptr[first:]))
    premises = premise_idx[premise_ptr[first] :]
    return offsets(np.bincount(premises, minlength=facts)), steps[order_of(premises)]


def makers_of(links: Links) -> tuple[Index, Index]:
    """The steps that make each fact, as CSR."""
    steps = np.repeat(np.arange(len(links.number), dtype=np.int32), np.diff(links.out_ptr))
    pointers = offsets(np.bincount(links.out_idx, minlength=links.facts))
    return pointers.astype(np.int32), steps[order_of(links.out_idx)]


def lined_up(count: int, kind: Any) -> NDArray[Any]:
    """`count` zeros of `kind`, from the beginning of a cache line: numpy begins anywhere, and what lies in two lines
    costs twice."""
    size = np.dtype(kind).itemsize
    room = np.zeros(count * size + LINE, dtype=np.uint8)
    begin = -room.ctypes.data % LINE
    return room[begin : begin + count * size].view(kind)


def offsets(lengths: Ints | Flags) -> Ints:
    """CSR pointers of rows with these lengths."""
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
