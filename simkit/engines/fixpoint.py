"""Reach in 512 slots at once: a slot is a sample, a start or a narrowing, one bit in the eight words of a fact.

A changed fact is queued; the steps behind it pass on its slots where they work. Traversing a graph for eight words
costs hardly more than for one (a cache line), and each step's fates are drawn when a slot first asks for them.
"""

# mypy: allow-untyped-defs

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simkit.engines.compiled import announced, inlined, kernel, outlined, part
from simkit.engines.draws import ALL, CERTAINLY, NONE, success_word
from simkit.engines.instructions import FULL, WORDS, pass_on, prefetch, wide
from simkit.engines.links import Index, Ints, Links, Words, lined_up
from simkit.engines.structure import spans
from simkit.fate import Stream

SLOTS = 64 * WORDS
_SUCCESS = np.uint64(Stream.SUCCESS)
AHEAD = 16
"""How many steps ahead the rows of what they conclude are fetched."""
KNOWN = np.uint8(0xFF)
_BITS = np.array([1 << word for word in range(WORDS)], dtype=np.uint8)


class Successes(NamedTuple):
    """Where steps work. `row` gives each step a row of `works` (rows, words); row 0 is for steps that always do.
    `drawn` has a bit for each word of a row that is known already."""

    row: Index
    works: NDArray[np.uint64]
    drawn: NDArray[np.uint8]

    def without(self, steps: Ints, slots: Words) -> Successes:
        """Certain successes, but for `steps` in their `slots` (steps, words)."""
        row = self.row.copy()
        row[steps] = np.arange(1, len(steps) + 1)
        found = successes_of(row, len(steps), known=True)
        found.works[1:] &= ~slots
        return found


def certain_successes(links: Links) -> Successes:
    """Every step works in every slot."""
    return successes_of(np.zeros(len(links.key), dtype=np.int32), 0, known=True)


def successes_of(row: Index, rows: int, *, known: bool) -> Successes:
    """Successes with `rows` rows after the first: all known, and to the good, or none known."""
    works = lined_up((rows + 1) * WORDS, np.uint64).reshape(rows + 1, WORDS)
    if known:
        works[:] = ALL
    drawn = np.full(rows + 1, KNOWN if known else 0, dtype=np.uint8)
    works[0], drawn[0] = ALL, KNOWN
    return Successes(row, works, drawn)


def uncertain_rows(links: Links) -> tuple[Index, int]:
    """A row for each step of `links` that may fail; and how many rows these are."""
    marked = links.success < CERTAINLY
    return np.where(marked, np.cumsum(marked), 0).astype(np.int32), int(marked.sum())


class Frontier(NamedTuple):
    """What holds, and the facts that changed, in a ring."""

    held: Words
    """(facts, words) The slots in which each fact holds."""
    queue: Index
    queued: NDArray[np.uint8]
    ring: NDArray[np.int64]
    """The first place of the queue, and how many facts are in it."""
    slots: Words
    """(words) Those of the fact or the step at hand."""
    full: NDArray[np.uint8]
    """Not 0 for a fact that holds in every slot: nothing can be added, and its row need not be read again."""


def frontier_of(facts: int) -> Frontier:
    """Nothing holds yet."""
    return Frontier(
        held=lined_up(facts * WORDS, np.uint64).reshape(facts, WORDS),
        queue=np.empty(facts, dtype=np.int32),
        queued=np.zeros(facts, dtype=np.uint8),
        ring=np.zeros(2, dtype=np.int64),
        slots=np.zeros(WORDS, dtype=np.uint64),
        full=np.zeros(facts, dtype=np.uint8),
    )


@outlined
def _draw(successes, row, slots, seed, first_sample, key, limit):
    """Draws the words of `row` in which a slot asks, and which are not known yet."""
    wide()
    for w in range(WORDS):
        if slots[w] != NONE and not successes.drawn[row] & _BITS[w]:
            successes.works[row, w] = success_word(seed, first_sample + 64 * w, _SUCCESS, key, limit)
            successes.drawn[row] |= _BITS[w]


@part
def _enqueue(frontier, fact):
    """Queues a changed fact, once."""
    if not frontier.queued[fact]:
        frontier.queued[fact] = 1
        place = frontier.ring[0] + frontier.ring[1]
        frontier.queue[place if place < len(frontier.queue) else place - len(frontier.queue)] = fact
        frontier.ring[1] += 1


@part
def _dequeue(frontier):
    """The fact that changed first."""
    fact = frontier.queue[frontier.ring[0]]
    frontier.queued[fact] = 0
    frontier.ring[0] = frontier.ring[0] + 1 if frontier.ring[0] + 1 < len(frontier.queue) else 0
    frontier.ring[1] -= 1
    return fact


@part
def _coming(frontier, turns):
    """The fact that is so many `turns` from the first of the queue; the last, if there are not as many."""
    place = frontier.ring[0] + min(turns, frontier.ring[1] - 1)
    return np.int64(frontier.queue[place if place < len(frontier.queue) else place - len(frontier.queue)])


@part
def _look_ahead(links, successes, frontier):
    """Asks for what the next facts in the queue will need, each line in time for the next that is found by it: where
    their steps begin, these steps, and the first rows of these and of what they conclude."""
    if frontier.ring[1] == 0:
        return
    fact = _coming(frontier, 4)
    prefetch(links.arc_ptr, fact)
    prefetch(links.flow_ptr, fact)
    fact = _coming(frontier, 2)
    prefetch(frontier.held, WORDS * fact)
    prefetch(links.out_idx, np.int64(links.flow_ptr[fact]))
    prefetch(successes.row, np.int64(links.arc_ptr[fact]))
    fact = _coming(frontier, 0)
    begin, end = links.flow_ptr[fact], links.flow_ptr[fact + 1]
    for place in range(begin, min(begin + AHEAD, end)):
        prefetch(frontier.held, WORDS * np.int64(links.out_idx[place]))
    first = links.arc_ptr[fact]
    for step in range(first, min(first + AHEAD, links.arc_ptr[fact + 1])):
        prefetch(successes.works, WORDS * np.int64(successes.row[step]))


@part
def _fire(links, successes, frontier, step, slots, seed, first_sample):
    """`step` is ready in `slots`: where it works, its conclusions hold."""
    row = successes.row[step]
    # Fates are drawn when they are first asked for: most steps of a large graph are never come by.
    if successes.drawn[row] != KNOWN:
        _draw(successes, row, slots, seed, first_sample, links.key[step], links.success[step])
    for place in range(links.out_ptr[step], links.out_ptr[step + 1]):
        fact = links.out_idx[place]
        # A fact that holds in every slot spares the fetch of its row, which is what a sweep waits for.
        if not frontier.full[fact]:
            told = pass_on(slots, successes.works, row, frontier.held, fact)
            if told:
                frontier.full[fact] = told & FULL
                _enqueue(frontier, fact)


@part
def _joint(links, held, step, slots):
    """Sets `slots` to those in which all premises of `step` hold; whether there is any."""
    some = NONE
    for w in range(WORDS):
        common = ALL
        for place in range(links.premise_ptr[step], links.premise_ptr[step + 1]):
            common &= held[links.premise_idx[place], w]
        slots[w] = common
        some |= common
    return some != NONE


@announced("the engine for reach", seconds=5)
@kernel
def fixpoint(links, successes, root_steps, root_slots, seed, first_sample, frontier):
    """The least fixpoint: `frontier.held` gets a slot's bit where it reaches the fact.

    `root_slots` (roots, words) says in which slots each of `root_steps` starts. Successes that are not known are
    drawn for the 512 samples from `first_sample`.
    """
    wide()
    _fixpoint(spans(links), spans(successes), spans(root_steps), spans(root_slots), seed, first_sample, spans(frontier))


@inlined
def _fixpoint(links, successes, root_steps, root_slots, seed, first_sample, frontier):
    slots = frontier.slots
    for r in range(len(root_steps)):
        _fire(links, successes, frontier, root_steps[r], root_slots[r], seed, first_sample)
    while frontier.ring[1] > 0:
        fact = _dequeue(frontier)
        _look_ahead(links, successes, frontier)
        # All slots of the fact, not only the new ones: to remember which are new costs a second row of each fact.
        for w in range(WORDS):
            slots[w] = frontier.held[fact, w]
        end = links.flow_ptr[fact + 1]
        for step in range(links.arc_ptr[fact], links.arc_ptr[fact + 1]):
            ahead = links.out_ptr[step] + AHEAD
            if ahead < end and not frontier.full[links.out_idx[ahead]]:
                prefetch(frontier.held, WORDS * np.int64(links.out_idx[ahead]))
            _fire(links, successes, frontier, step, slots, seed, first_sample)
        for place in range(links.join_ptr[fact], links.join_ptr[fact + 1]):
            step = links.join_idx[place]
            if _joint(links, frontier.held, step, slots):
                _fire(links, successes, frontier, step, slots, seed, first_sample)
