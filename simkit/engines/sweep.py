"""Reach in 512 lanes at once: a lane is a sample, a start or a narrowing, one bit in the eight words of a fact.

A changed fact is queued; the steps behind it pass on its lanes where they work. Traversing a graph for eight words
costs hardly more than for one (a cache line), and each step's fates are drawn when a lane first asks for them.
"""

# mypy: allow-untyped-defs

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simkit.engines.compiled import call, kernel, part, prefetch, wide
from simkit.engines.draws import ALL, CERTAINLY, NONE, success_word
from simkit.engines.plan import Index, Ints, Plan, Words, lined_up
from simkit.engines.rows import FULL, WORDS, pass_on
from simkit.engines.span import spans
from simkit.fate import Stream

LANES = 64 * WORDS
_SUCCESS = np.uint64(Stream.SUCCESS)
AHEAD = 16
"""How many steps ahead the rows of what they conclude are fetched."""
KNOWN = np.uint8(0xFF)
_BITS = np.array([1 << word for word in range(WORDS)], dtype=np.uint8)


class Fates(NamedTuple):
    """Where steps work. `row` gives each step a row of `works` (rows, words); row 0 is for steps that always do.
    `drawn` has a bit for each word of a row that is known already."""

    row: Index
    works: NDArray[np.uint64]
    drawn: NDArray[np.uint8]

    def without(self, steps: Ints, lanes: Words) -> Fates:
        """Certain fates, but for `steps` in their `lanes` (steps, words)."""
        row = self.row.copy()
        row[steps] = np.arange(1, len(steps) + 1)
        found = fates_of(row, len(steps), known=True)
        found.works[1:] &= ~lanes
        return found


def certain_fates(plan: Plan) -> Fates:
    """Every step works in every lane."""
    return fates_of(np.zeros(len(plan.key), dtype=np.int32), 0, known=True)


def fates_of(row: Index, rows: int, *, known: bool) -> Fates:
    """Fates with `rows` rows after the first: all known, and to the good, or none known."""
    works = lined_up((rows + 1) * WORDS, np.uint64).reshape(rows + 1, WORDS)
    if known:
        works[:] = ALL
    drawn = np.full(rows + 1, KNOWN if known else 0, dtype=np.uint8)
    works[0], drawn[0] = ALL, KNOWN
    return Fates(row, works, drawn)


def uncertain_rows(plan: Plan, also: Ints | None = None) -> tuple[Index, int]:
    """A row for each step of `plan` that may fail, and for the steps `also`; and how many rows these are."""
    marked = plan.success < CERTAINLY
    if also is not None:
        marked[also] = True
    return np.where(marked, np.cumsum(marked), 0).astype(np.int32), int(marked.sum())


class Front(NamedTuple):
    """What holds, and the facts that changed, in a ring."""

    held: Words
    """(facts, words) The lanes in which each fact holds."""
    queue: Index
    queued: NDArray[np.uint8]
    ring: NDArray[np.int64]
    """The first place of the queue, and how many facts are in it."""
    lanes: Words
    """(words) Those of the fact or the step at hand."""
    full: NDArray[np.uint8]
    """Not 0 for a fact that holds in every lane: nothing can be added, and its row need not be read again."""


def front_of(facts: int) -> Front:
    """Nothing holds yet."""
    return Front(
        held=lined_up(facts * WORDS, np.uint64).reshape(facts, WORDS),
        queue=np.empty(facts, dtype=np.int32),
        queued=np.zeros(facts, dtype=np.uint8),
        ring=np.zeros(2, dtype=np.int64),
        lanes=np.zeros(WORDS, dtype=np.uint64),
        full=np.zeros(facts, dtype=np.uint8),
    )


@call
def _draw(fates, row, lanes, seed, first_sample, key, limit):
    """Draws the words of `row` in which a lane asks, and which are not known yet."""
    wide()
    for w in range(WORDS):
        if lanes[w] != NONE and not fates.drawn[row] & _BITS[w]:
            fates.works[row, w] = success_word(seed, first_sample + 64 * w, _SUCCESS, key, limit)
            fates.drawn[row] |= _BITS[w]


@part
def _enqueue(front, fact):
    """Queues a changed fact, once."""
    if not front.queued[fact]:
        front.queued[fact] = 1
        place = front.ring[0] + front.ring[1]
        front.queue[place if place < len(front.queue) else place - len(front.queue)] = fact
        front.ring[1] += 1


@part
def _dequeue(front):
    """The fact that changed first."""
    fact = front.queue[front.ring[0]]
    front.queued[fact] = 0
    front.ring[0] = front.ring[0] + 1 if front.ring[0] + 1 < len(front.queue) else 0
    front.ring[1] -= 1
    return fact


@part
def _coming(front, turns):
    """The fact that is so many `turns` from the first of the queue; the last, if there are not as many."""
    place = front.ring[0] + min(turns, front.ring[1] - 1)
    return np.int64(front.queue[place if place < len(front.queue) else place - len(front.queue)])


@part
def _look_ahead(plan, fates, front):
    """Asks for what the next facts in the queue will need, each line in time for the next that is found by it: where
    their steps begin, these steps, and the first rows of these and of what they conclude."""
    if front.ring[1] == 0:
        return
    fact = _coming(front, 4)
    prefetch(plan.arc_ptr, fact)
    prefetch(plan.flow_ptr, fact)
    fact = _coming(front, 2)
    prefetch(front.held, WORDS * fact)
    prefetch(plan.out_idx, np.int64(plan.flow_ptr[fact]))
    prefetch(fates.row, np.int64(plan.arc_ptr[fact]))
    fact = _coming(front, 0)
    begin, end = plan.flow_ptr[fact], plan.flow_ptr[fact + 1]
    for place in range(begin, min(begin + AHEAD, end)):
        prefetch(front.held, WORDS * np.int64(plan.out_idx[place]))
    first = plan.arc_ptr[fact]
    for step in range(first, min(first + AHEAD, plan.arc_ptr[fact + 1])):
        prefetch(fates.works, WORDS * np.int64(fates.row[step]))


@part
def _fire(plan, fates, front, step, lanes, seed, first_sample):
    """`step` is ready in `lanes`: where it works, its conclusions hold."""
    row = fates.row[step]
    if fates.drawn[row] != KNOWN:
        _draw(fates, row, lanes, seed, first_sample, plan.key[step], plan.success[step])
    for place in range(plan.out_ptr[step], plan.out_ptr[step + 1]):
        fact = plan.out_idx[place]
        if not front.full[fact]:
            told = pass_on(lanes, fates.works, row, front.held, fact)
            if told:
                front.full[fact] = told & FULL
                _enqueue(front, fact)


@part
def _joint(plan, held, step, lanes):
    """Sets `lanes` to those in which all premises of `step` hold; whether there is any."""
    some = NONE
    for w in range(WORDS):
        common = ALL
        for place in range(plan.premise_ptr[step], plan.premise_ptr[step + 1]):
            common &= held[plan.premise_idx[place], w]
        lanes[w] = common
        some |= common
    return some != NONE


@kernel
def sweep(plan, fates, root_steps, root_lanes, seed, first_sample, front):
    """The least fixpoint: `front.held` gets a lane's bit where it reaches the fact.

    `root_lanes` (roots, words) says in which lanes each of `root_steps` starts. Fates that are not known are drawn for
    the 512 samples from `first_sample`.
    """
    wide()
    _sweep(spans(plan), spans(fates), spans(root_steps), spans(root_lanes), seed, first_sample, spans(front))


@part
def _sweep(plan, fates, root_steps, root_lanes, seed, first_sample, front):
    lanes = front.lanes
    for r in range(len(root_steps)):
        _fire(plan, fates, front, root_steps[r], root_lanes[r], seed, first_sample)
    while front.ring[1] > 0:
        fact = _dequeue(front)
        _look_ahead(plan, fates, front)
        for w in range(WORDS):
            lanes[w] = front.held[fact, w]
        end = plan.flow_ptr[fact + 1]
        for step in range(plan.arc_ptr[fact], plan.arc_ptr[fact + 1]):
            ahead = plan.out_ptr[step] + AHEAD
            if ahead < end and not front.full[plan.out_idx[ahead]]:
                prefetch(front.held, WORDS * np.int64(plan.out_idx[ahead]))
            _fire(plan, fates, front, step, lanes, seed, first_sample)
        for place in range(plan.join_ptr[fact], plan.join_ptr[fact + 1]):
            step = plan.join_idx[place]
            if _joint(plan, front.held, step, lanes):
                _fire(plan, fates, front, step, lanes, seed, first_sample)
