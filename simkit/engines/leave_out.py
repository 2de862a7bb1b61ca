"""What each of many sets of steps, left out, puts out of reach: asked of one flood a start, not of one a set.

A flood keeps for each fact the step that made it. Where none of the steps left out made anything, all stays as it is.
Else what rests on them by these makers is suspected, and what another step makes from facts that nobody suspects
is cleared again, with all that follows from it (delete and rederive; Gupta, Mumick and Subrahmanian 1993). So a
set costs what it touches, and not what the graph holds.
"""

# mypy: allow-untyped-defs

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simkit.attackgraph.graph import AttackGraph
from simkit.engines.compiled import announced, inlined, kernel, part
from simkit.engines.links import Index, Ints, Links, in_threads, kept_with, links_of, makers_of, offsets
from simkit.engines.reach import placed
from simkit.engines.structure import spans

Floats = NDArray[np.float64]
Bytes = NDArray[np.uint8]


class Remaining(NamedTuple):
    """What is lost with each set (rows) left out, from each start (columns), `before` without any of them, and how
    many of the facts asked about are out of reach then, over all starts."""

    before: Floats
    values: Floats
    fewer: Ints


class ValuedFacts(NamedTuple):
    """The facts that are counted (a byte each), and those that weigh something, with what, in their order."""

    counted: Bytes
    weighing: Bytes
    weighty: Ints
    weights: Floats


class FactMakers(NamedTuple):
    """The steps that conclude each fact: `by_idx` from `by_ptr` on."""

    by_ptr: Index
    by_idx: Index


class FloodRoom(NamedTuple):
    """What one start needs: who made each fact, what is missing of each step, marks, and two lists of facts."""

    maker: Index
    missing: Index
    suspected: Index
    removed: Index
    first: Bytes
    facts: Index
    cleared: Index


def leave_each_out(
    graph: AttackGraph,
    starts: Sequence[Sequence[int]],
    sets: Sequence[Sequence[int]],
    *,
    facts: Sequence[int],
    weights: Floats,
    threads: int | None = None,
) -> Remaining:
    """What each of `sets` of steps, left out, leaves of what `starts` lead to if every step that can succeed does.

    The value of what is reached is the sum of the `weights` of those of `facts` that are.
    """
    links = links_of(graph)
    makers = kept_with(graph, "makers", lambda: FactMakers(*makers_of(links)))
    asked = _asked(links, facts, weights)
    ends = [placed(links, each) for each in sets]
    gone_ptr = offsets(np.array([len(each) for each in ends], dtype=np.int64))
    gone: Ints = np.array([step for each in ends for step in each], dtype=np.int64)
    values: Floats = np.empty((len(starts), len(sets) + 1))
    fewer: Ints = np.zeros((len(starts), len(sets)), dtype=np.int64)

    def run(row: int) -> None:
        begin: Ints = np.array(placed(links, starts[row]), dtype=np.int64)
        left_out(links, makers, asked, begin, gone_ptr, gone, _room(links), values[row], fewer[row])

    in_threads(run, range(len(starts)), threads)
    return Remaining(values[:, 0], np.ascontiguousarray(values[:, 1:].T), fewer.sum(axis=0))


def _asked(links: Links, facts: Sequence[int], weights: Floats) -> ValuedFacts:
    counted, weighing = (np.zeros(links.facts, dtype=np.uint8) for _ in range(2))
    chosen: Ints = np.asarray(facts, dtype=np.int64)
    weighty = chosen[weights != 0]
    counted[chosen], weighing[weighty] = 1, 1
    return ValuedFacts(counted, weighing, weighty, weights[weights != 0])


def _room(links: Links) -> FloodRoom:
    facts, steps = links.facts, len(links.number)
    return FloodRoom(
        maker=np.full(facts, -1, dtype=np.int32),
        missing=np.diff(links.premise_ptr).astype(np.int32),
        suspected=np.zeros(facts, dtype=np.int32),
        removed=np.zeros(steps, dtype=np.int32),
        first=np.zeros(steps, dtype=np.uint8),
        facts=np.empty(facts, dtype=np.int32),
        cleared=np.empty(facts, dtype=np.int32),
    )


@announced("the engine for steps left out", seconds=3)
@kernel
def left_out(links, makers, asked, start, gone_ptr, gone, room, values, fewer):
    """Fills `values` (one more than there are sets: the first with none left out) and `fewer` (zero before)."""
    _left_out(
        spans(links), spans(makers), spans(asked), spans(start), spans(gone_ptr), spans(gone), spans(room),
        spans(values), spans(fewer), len(gone_ptr) - 1,
    )  # fmt: skip


@inlined
def _left_out(links, makers, asked, start, gone_ptr, gone, room, values, fewer, sets):
    _flood(links, start, room)
    whole = _value(asked, room, 0)
    values[0] = whole
    for number in range(sets):
        mark = np.int32(number + 1)
        values[mark] = whole
        count = _suspect(links, room, gone, gone_ptr[number], gone_ptr[number + 1], mark)
        if count == 0:
            continue
        _clear(links, makers, room, count, mark)
        weighs = False
        for i in range(count):
            fact = room.facts[i]
            if room.suspected[fact] == mark:
                fewer[number] += asked.counted[fact]
                weighs = weighs or asked.weighing[fact] != 0
        if weighs:
            values[mark] = _value(asked, room, mark)


@part
def _value(asked, room, mark):
    """The sum of what is reached and not suspected by `mark`, in the order of the facts asked about."""
    total = 0.0
    for i in range(len(asked.weighty)):
        fact = asked.weighty[i]
        if room.maker[fact] >= 0 and (mark == 0 or room.suspected[fact] != mark):
            total += asked.weights[i]
    return total


@part
def _flood(links, start, room):
    """Who makes each fact that follows from the steps `start`."""
    tail = 0
    for i in range(len(start)):
        room.first[start[i]] = 1
        tail = _conclude(links, room, np.int32(start[i]), tail)
    head = 0
    while head < tail:
        fact = room.facts[head]
        head += 1
        for step in range(links.arc_ptr[fact], links.arc_ptr[fact + 1]):
            tail = _conclude(links, room, np.int32(step), tail)
        for i in range(links.join_ptr[fact], links.join_ptr[fact + 1]):
            step = links.join_idx[i]
            room.missing[step] -= 1
            if room.missing[step] == 0:
                tail = _conclude(links, room, step, tail)


@part
def _conclude(links, room, step, tail):
    for i in range(links.out_ptr[step], links.out_ptr[step + 1]):
        fact = links.out_idx[i]
        if room.maker[fact] < 0:
            room.maker[fact] = step
            room.facts[tail] = fact
            tail += 1
    return tail


@part
def _suspect(links, room, gone, begin, end, mark):
    """Marks what rests on the steps left out by its makers; how many facts these are, in `room.facts`."""
    count = 0
    for i in range(begin, end):
        room.removed[gone[i]] = mark
        count = _suspect_of(links, room, np.int32(gone[i]), mark, count)
    head = 0
    while head < count:
        fact = room.facts[head]
        head += 1
        for step in range(links.arc_ptr[fact], links.arc_ptr[fact + 1]):
            count = _suspect_of(links, room, np.int32(step), mark, count)
        for i in range(links.join_ptr[fact], links.join_ptr[fact + 1]):
            count = _suspect_of(links, room, links.join_idx[i], mark, count)
    return count


@part
def _suspect_of(links, room, step, mark, count):
    for i in range(links.out_ptr[step], links.out_ptr[step + 1]):
        fact = links.out_idx[i]
        if room.maker[fact] == step and room.suspected[fact] != mark:
            room.suspected[fact] = mark
            room.facts[count] = fact
            count += 1
    return count


@part
def _clear(links, makers, room, count, mark):
    """Takes back the suspicion of what follows without the steps left out."""
    for i in range(count):
        fact = room.facts[i]
        if room.suspected[fact] != mark or not _is_made(links, makers, room, fact, mark):
            continue
        room.suspected[fact] = 0
        room.cleared[0] = fact
        waiting = 1
        while waiting > 0:
            waiting -= 1
            known = room.cleared[waiting]
            for step in range(links.arc_ptr[known], links.arc_ptr[known + 1]):
                waiting = _cleared_by(links, room, step, mark, waiting)
            for k in range(links.join_ptr[known], links.join_ptr[known + 1]):
                waiting = _cleared_by(links, room, links.join_idx[k], mark, waiting)


@part
def _cleared_by(links, room, step, mark, waiting):
    for i in range(links.out_ptr[step], links.out_ptr[step + 1]):
        fact = links.out_idx[i]
        if room.suspected[fact] == mark and _is_taken(links, room, step, mark):
            room.suspected[fact] = 0
            room.cleared[waiting] = fact
            waiting += 1
    return waiting


@part
def _is_made(links, makers, room, fact, mark):
    for i in range(makers.by_ptr[fact], makers.by_ptr[fact + 1]):
        if _is_taken(links, room, makers.by_idx[i], mark):
            return True
    return False


@part
def _is_taken(links, room, step, mark):
    """True if `step` is not left out, and all that it needs is reached and nobody suspects it."""
    if room.removed[step] == mark:
        return False
    begin, end = links.premise_ptr[step], links.premise_ptr[step + 1]
    if begin == end:
        return room.first[step] != 0
    for i in range(begin, end):
        fact = links.premise_idx[i]
        if room.maker[fact] < 0 or room.suspected[fact] == mark:
            return False
    return True
