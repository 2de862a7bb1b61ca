"""A queue of whole numbers, the least first, for numbers that are added in about the order in which they are taken.

An event is one number, its moment above its step, so that the order (moment, step) is that of the numbers. The next
few are in a small heap, `near`. All others wait in buckets, unsorted, by the highest digit in which they differ from
where the queue has come to (a radix heap, Ahuja and others 1990, with digits of four bits): the farther away, the
wider the bucket. When `near` is empty, the first bucket is emptied into it, or, if that holds many, into finer
buckets. So an event moves a few times in all, always to the end of a short list, however many others wait. A heap of
all would move it through as many levels as there are, each somewhere else in memory; and what comes next is known here.
"""

# mypy: allow-untyped-defs

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from simkit.engines import heap
from simkit.engines.compiled import outlined, part
from simkit.engines.instructions import highest, lowest
from simkit.engines.links import LINE, Index, Ints, Words, lined_up

FEW = 16
"""A bucket of at most so many goes to `near`."""
ENOUGH = 16
"""`near` is filled with at least so many, if there are: what is known to come can be fetched from memory ahead."""
MANY = 64
"""When so many are in `near`, or twice as many, and so on, what is not needed soon goes back: a cascade may fill it."""
CELLS = LINE // 8
"""Events in a block of a bucket: one cache line."""
BITS, DIGITS, LEVELS = 4, 16, 16
BUCKETS = DIGITS * LEVELS
SIZE, FREE, UNUSED, LOST = range(4)
"""Places in `Queue.places`: how many events are in `near`, the first block of those that were given back (-1: none),
the first that was never used, and how many events were lost for want of room."""
BASE, LIMIT = range(2)
"""Places in `Queue.edges`: no event in a bucket is less than the base, and buckets are told by the digits in which they
differ from it; what is less than the limit belongs into `near`."""
NO_EVENT = np.uint64(0xFFFFFFFFFFFFFFFF)
_ONE, _BITS, _DIGIT = np.uint64(1), np.uint64(BITS), np.uint64(DIGITS - 1)


class Queue(NamedTuple):
    """Events, and the room for `capacity` of them; empty, it is as new after `reset`."""

    near: Words
    cells: Words
    """(blocks x CELLS) The events in buckets."""
    after: Index
    """(blocks) The next block of the same bucket, or of those that were given back; -1 for none."""
    first: Index
    """(buckets) The block that is being filled; the others of the bucket are full."""
    filled: Index
    """(buckets) Events in that block; 0 for an empty bucket."""
    held: Index
    """(buckets) Events in all its blocks."""
    marks: Words
    """(LEVELS + 1) For each level a bit for each bucket that holds something; last, a bit for each such level."""
    places: Ints
    edges: Words


def queue_of(capacity: int) -> Queue:
    """An empty queue for at least `capacity` events."""
    blocks = -(-capacity // CELLS) + BUCKETS
    return Queue(
        near=np.zeros(capacity + 1, dtype=np.uint64),
        cells=lined_up(blocks * CELLS, np.uint64),
        after=np.zeros(blocks, dtype=np.int32),
        first=np.zeros(BUCKETS, dtype=np.int32),
        filled=np.zeros(BUCKETS, dtype=np.int32),
        held=np.zeros(BUCKETS, dtype=np.int32),
        marks=np.zeros(LEVELS + 1, dtype=np.uint64),
        places=np.array([0, -1, 0, 0], dtype=np.int64),
        edges=np.zeros(2, dtype=np.uint64),
    )


@part
def reset(queue):
    """Begins anew at zero: an empty `queue` takes any number again. What is left in it is dropped."""
    queue.places[SIZE] = 0
    while queue.marks[LEVELS] != 0:
        bucket = _next_bucket(queue)
        block = np.int64(queue.first[bucket])
        _empty(queue, bucket)
        while block >= 0:
            block = _give_back(queue, block)
    queue.edges[BASE], queue.edges[LIMIT] = np.uint64(0), np.uint64(0)


@part
def push(queue, event):
    """Adds `event`. It may be less than the last one taken, but not less than events that were taken since `near` was
    empty: at one moment, a step may make way for one with a lower number."""
    if event < queue.edges[LIMIT]:
        _bring_near(queue, event)
    else:
        _append(queue, event)


@part
def is_short(queue):
    """True if `near` is empty, so that `refill` comes before `take`."""
    return queue.places[SIZE] == 0


@part
def least(queue):
    """The least event, which stays where it is; NO_EVENT if there is none."""
    if not is_short(queue):
        return queue.near[0]
    found = NO_EVENT
    if queue.marks[LEVELS] != 0:
        bucket = _next_bucket(queue)
        block, size = np.int64(queue.first[bucket]), np.int64(queue.filled[bucket])
        while block >= 0:
            for cell in range(CELLS * block, CELLS * block + size):
                found = min(found, queue.cells[cell])
            block, size = np.int64(queue.after[block]), np.int64(CELLS)
    return found


@part
def take(queue):
    """Takes the least event off `near`; NO_EVENT if `near` is empty, which after `refill` means that there is none."""
    size = queue.places[SIZE]
    if size == 0:
        return NO_EVENT
    queue.places[SIZE] = size - 1
    return heap.pop(queue.near, size)


@part
def _next_bucket(queue):
    """The first bucket that holds something, where there is one."""
    level = lowest(queue.marks[LEVELS])
    return (level << BITS) | lowest(queue.marks[level])


@part
def _bring_near(queue, event):
    size = queue.places[SIZE]
    if size == len(queue.near):
        queue.places[LOST] += 1
        return
    heap.push(queue.near, size, event)
    queue.places[SIZE] = size + 1
    # Powers of two only: a cascade that keeps filling `near` would be thinned out at each event otherwise.
    if size >= MANY and size & (size - 1) == 0:
        _thin_out(queue)


@outlined
def _thin_out(queue):
    """Leaves in `near` just enough, and what is less than the base; the others wait in buckets again."""
    near, size = queue.near, queue.places[SIZE]
    rest = size
    # The buckets take nothing that is less than the base: such events stay, however many they are.
    while rest > 0 and (size - rest < ENOUGH or near[0] < queue.edges[BASE]):
        event = heap.pop(near, rest)
        rest -= 1
        near[rest] = event
    queue.edges[LIMIT] = max(near[rest] + _ONE, queue.edges[BASE])
    for i in range(rest):
        _append(queue, near[i])
    # What was popped stands at the end, the least last: turned round it is sorted, and so a heap.
    for i in range(size // 2):
        near[i], near[size - 1 - i] = near[size - 1 - i], near[i]
    queue.places[SIZE] = size - rest


@part
def _append(queue, event):
    """Adds `event` to its bucket: that of the highest digit in which it differs from the base, and of this digit."""
    level = highest((event ^ queue.edges[BASE]) | _ONE) >> 2
    bucket = (level << BITS) | np.int64((event >> np.uint64(level << 2)) & _DIGIT)
    filled = queue.filled[bucket]
    if filled == 0 or filled == CELLS:
        block = queue.places[FREE]
        # Blocks that were given back come first: they are still in the processor's cache.
        if block >= 0:
            queue.places[FREE] = queue.after[block]
        elif queue.places[UNUSED] < len(queue.after):
            block = queue.places[UNUSED]
            queue.places[UNUSED] += 1
        else:
            # No room: the caller replays with a larger queue, since an event that is lost is a wrong answer.
            queue.places[LOST] += 1
            return
        queue.after[block] = queue.first[bucket] if filled else -1
        queue.first[bucket] = block
        queue.marks[level] |= _ONE << np.uint64(bucket & (DIGITS - 1))
        queue.marks[LEVELS] |= _ONE << np.uint64(level)
        filled = 0
    queue.cells[CELLS * np.int64(queue.first[bucket]) + filled] = event
    queue.filled[bucket] = filled + 1
    queue.held[bucket] += 1


@part
def _empty(queue, bucket):
    """Empties `bucket`; what it held is in its blocks from `first` on, until these are given back."""
    queue.filled[bucket], queue.held[bucket] = 0, 0
    level = bucket >> BITS
    queue.marks[level] &= ~(_ONE << np.uint64(bucket & (DIGITS - 1)))
    if queue.marks[level] == 0:
        queue.marks[LEVELS] &= ~(_ONE << np.uint64(level))


@part
def _give_back(queue, block):
    """Frees `block`, and returns the next one of what was its bucket."""
    following = queue.after[block]
    queue.after[block] = queue.places[FREE]
    queue.places[FREE] = block
    return np.int64(following)


@part
def refill(queue):
    """Empties the first buckets into `near`, which is empty, until it holds enough or there is nothing left."""
    places, edges = queue.places, queue.edges
    while places[SIZE] < ENOUGH and queue.marks[LEVELS] != 0:
        bucket = _next_bucket(queue)
        # The buckets of the lowest digit hold one number each: they cannot be told apart any finer.
        few = bucket < DIGITS or queue.held[bucket] <= FEW
        shift, digit = np.uint64(bucket >> BITS << 2), np.uint64(bucket & (DIGITS - 1))
        begin = (edges[BASE] >> shift >> _BITS << _BITS << shift) | (digit << shift)
        if places[SIZE] == 0:
            edges[BASE] = begin
        elif not few:
            break  # to split a bucket moves the base, and what is in `near` already is less than the new one
        if few:
            edges[LIMIT] = begin + (_ONE << shift)
        block, size = np.int64(queue.first[bucket]), np.int64(queue.filled[bucket])
        _empty(queue, bucket)
        while block >= 0:
            for cell in range(CELLS * block, CELLS * block + size):
                event = queue.cells[cell]
                if few:
                    _bring_near(queue, event)
                else:
                    _append(queue, event)
            block, size = _give_back(queue, block), np.int64(CELLS)
