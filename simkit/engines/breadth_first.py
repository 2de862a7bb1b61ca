"""One worst case of a large graph: a breadth-first search through AND steps, one byte a fact.

What lies behind a fact is one stretch of a stream of 32-bit numbers: first the facts that follow from it alone, then
for each step with two premises the other one and the fact that follows from both, then the steps with more, which
count their missing premises. The queue says which stretches come next, so they are fetched ahead.
"""

# mypy: allow-untyped-defs

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simkit.attackgraph.order import order_of
from simkit.engines.compiled import announced, inlined, kernel, part
from simkit.engines.instructions import prefetch
from simkit.engines.links import Ints, Links, offsets, rows
from simkit.engines.structure import spans

Numbers = NDArray[np.uint32]
AHEAD = 5
"""How many facts ahead of the queue's head a stretch is fetched (and its pointer some facts before that)."""
_PAIR, _LINE = np.uint32(2), np.uint32(16)


class Adjacency(NamedTuple):
    """A graph as a stream. `ptr` holds four numbers a fact: where its facts, its pairs and its wider steps begin
    (the fourth is not used)."""

    ptr: Numbers
    stream: Numbers
    missing: NDArray[np.int32]
    """How many premises each wider step has."""
    out_ptr: Numbers
    """Into `out_idx`: what each wider step concludes."""
    out_idx: Numbers


def adjacency_of(links: Links) -> Adjacency:
    """`links` as a stream."""
    premises = np.diff(links.premise_ptr)
    sources, pairs = _pairs(links, np.flatnonzero(premises == 2))
    wide = np.flatnonzero(premises > 2)
    wide_source, wide_step = _behind(links, wide)
    out_ptr, places = rows(links.out_ptr, wide)
    lengths = np.stack(
        [
            np.diff(links.flow_ptr),
            2 * np.bincount(sources, minlength=links.facts),
            np.bincount(wide_source, minlength=links.facts),
        ],
        axis=1,
    )
    begins = offsets(lengths.ravel())
    ptr = np.zeros((links.facts + 1, 4), dtype=np.uint32)
    ptr[:-1, :3] = begins[:-1].reshape(-1, 3)
    ptr[-1, 0] = begins[-1]
    stream = np.zeros(begins[-1] + 2 * int(_LINE), dtype=np.uint32)
    parts = (links.out_idx[: links.flow_ptr[-1]], pairs.ravel(), wide_step)
    for kind, values in enumerate(parts):
        stream[_spread(ptr[:-1, kind].astype(np.int64), lengths[:, kind])] = values
    return Adjacency(
        ptr.ravel(), stream, premises[wide].astype(np.int32), out_ptr.astype(np.uint32),
        links.out_idx[places].astype(np.uint32),
    )  # fmt: skip


def _pairs(links: Links, steps: Ints) -> tuple[Ints, Ints]:
    """For each premise of each step with two, in the order of the premises: the other one, and what follows."""
    begin = links.premise_ptr[steps]
    counts = np.diff(links.out_ptr)[steps]
    left, right = (np.repeat(links.premise_idx[begin + side], counts) for side in (0, 1))
    target = links.out_idx[rows(links.out_ptr, steps)[1]]
    source = np.concatenate([left, right])
    order = order_of(source)
    other, targets = np.concatenate([right, left]), np.concatenate([target, target])
    return source, np.stack([other[order], targets[order]], axis=1)


def _behind(links: Links, steps: Ints) -> tuple[Ints, Ints]:
    """The premises of `steps`, and for each of them, sorted, the place in `steps` of the step behind it."""
    pointers, places = rows(links.premise_ptr, steps)
    source = links.premise_idx[places]
    owner = np.repeat(np.arange(len(steps)), np.diff(pointers))
    return source, owner[order_of(source)]  # type: ignore[return-value]


def _spread(begins: Ints, lengths: Ints) -> Ints:
    """The places begins[i], begins[i] + 1, ... (lengths[i] of them) for each i."""
    before = offsets(lengths)
    return np.repeat(begins - before[:-1], lengths) + np.arange(before[-1])


@part
def _add(held, queue, tail, fact):
    """Queues `fact` unless it holds; the end of the queue."""
    if not held[fact]:
        held[fact] = 1
        queue[tail] = fact
        tail += 1
    return tail


@announced("the engine for one worst case", seconds=1)
@kernel
def breadth_first(given, starts, missing, queue, held):
    """Sets `held` (facts, uint8, zero before) where a fact follows from the facts `starts`, every step succeeding.

    `missing` is a copy of `given.missing`, `queue` has a place for each fact and one more: both are used up.
    """
    _breadth_first(spans(given), starts, spans(missing), spans(queue), spans(held))


@inlined
def _breadth_first(given, starts, missing, queue, held):
    ptr, stream, out_ptr, out_idx = given.ptr, given.stream, given.out_ptr, given.out_idx
    head, tail = np.int64(0), np.int64(0)
    for fact in starts:
        tail = _add(held, queue, tail, fact)
    while head < tail:
        fact = 4 * np.int64(queue[head])
        head += 1
        if head + 2 * AHEAD < tail:
            prefetch(ptr, 4 * np.int64(queue[head + 2 * AHEAD]))
        if head + AHEAD < tail:
            ahead = ptr[4 * np.int64(queue[head + AHEAD])]
            prefetch(stream, ahead)
            prefetch(stream, ahead + _LINE)
        # Three loops, not one with a case for each kind: the first is nearly all of the work, and stays a tight one.
        place, end = ptr[fact + 1], ptr[fact + 2]
        for i in range(ptr[fact], place):
            target = stream[i]
            if not held[target]:  # as _add, which the compiler makes branchless and thereby three times slower
                held[target] = 1
                queue[tail] = target
                tail += 1
        while place < end:
            target = stream[place + 1]
            if held[stream[place]] > held[target]:  # the other premise holds and the target does not, in one comparison
                held[target] = 1
                queue[tail] = target
                tail += 1
            place += _PAIR
        for i in range(end, ptr[fact + 4]):
            step = stream[i]
            missing[step] -= 1  # each premise comes by once, since a fact is queued once
            if missing[step] == 0:
                for k in range(out_ptr[step], out_ptr[step + 1]):
                    tail = _add(held, queue, tail, out_idx[k])
