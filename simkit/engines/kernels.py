"""The loops over samples, compiled by numba: they see integers and arrays only.

Everything a kernel calls stands in this file, because numba's cache does not notice changes elsewhere. Each kernel is
serial and releases the interpreter lock: callers run blocks of samples in threads. `engines/reference` defines what
they compute.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from simkit.attackgraph.graph import AttackGraph
from simkit.distributions import CELLS_PER_OCTAVE, FOREVER, KNOTS
from simkit.fate import MULTIPLIERS, ROUNDS, WEYL, Stream

_M0, _M1 = np.uint64(MULTIPLIERS[0]), np.uint64(MULTIPLIERS[1])
_W0, _W1 = np.uint64(WEYL[0]), np.uint64(WEYL[1])
_MASK, _32 = np.uint64(0xFFFFFFFF), np.uint64(32)
_HALF, _ALL = np.uint64(31), np.uint64(0xFFFFFFFFFFFFFFFF)
_ZERO, _ONE, _TWO, _THREE = np.uint64(0), np.uint64(1), np.uint64(2), np.uint64(3)
_CERTAIN = np.uint64(1 << 32)
_FOREVER = np.int64(FOREVER)
_KNOTS, _CELLS = np.int64(KNOTS), np.int64(CELLS_PER_OCTAVE)
_SUCCESS, _DURATION = np.uint64(Stream.SUCCESS), np.uint64(Stream.DURATION)
_ALERT, _ALERT_DELAY = np.uint64(Stream.ALERT), np.uint64(Stream.ALERT_DELAY)
_VARIANT, _AGE = np.uint64(Stream.VARIANT), np.uint64(Stream.AGE)
_FORGOTTEN, _WAIT = np.uint64(Stream.FORGOTTEN), np.uint64(Stream.WAIT)
_APPROVAL, _RESPONSE = np.uint64(Stream.APPROVAL), np.uint64(Stream.RESPONSE)
_LAG = np.uint64(Stream.LAG)
_UNKNOWN, _WORKS, _FAILS = np.int8(0), np.int8(1), np.int8(2)


class Arrays(NamedTuple):
    """The arrays of an AttackGraph that kernels read."""

    premise_ptr: NDArray[np.int64]
    premise_idx: NDArray[np.int64]
    conclusion_ptr: NDArray[np.int64]
    conclusion_idx: NDArray[np.int64]
    conclusion_after: NDArray[np.int64]
    conclusion_aged: NDArray[np.bool_]
    behind_ptr: NDArray[np.int64]
    behind_idx: NDArray[np.int64]
    step_hash: NDArray[np.uint64]
    success: NDArray[np.uint64]
    alert: NDArray[np.uint64]
    duration: NDArray[np.int64]
    wait: NDArray[np.int64]
    approval: NDArray[np.int64]
    alert_delay: NDArray[np.int64]
    fact_lasting: NDArray[np.bool_]
    fact_surviving: NDArray[np.bool_]
    fact_forgotten: NDArray[np.uint64]
    fact_hash: NDArray[np.uint64]
    tables: NDArray[np.int64]
    fixed: NDArray[np.int64]
    response_delay: int
    lag: int
    horizon: int


def arrays(graph: AttackGraph) -> Arrays:
    """What kernels read of `graph`."""
    return Arrays(*(getattr(graph, name) for name in Arrays._fields))


# --- draws: as simkit.fate and simkit.distributions, on 64-bit words -------------------------------------------------


@njit(cache=True, nogil=True)
def philox4x32(c0, c1, c2, c3, k0, k1):  # type: ignore[no-untyped-def]
    """Ten rounds of Philox on four 32-bit words, each in a uint64."""
    for _ in range(ROUNDS):
        p0 = _M0 * c0
        p1 = _M1 * c2
        c0, c1, c2, c3 = (p1 >> _32) ^ c1 ^ k0, p1 & _MASK, (p0 >> _32) ^ c3 ^ k1, p0 & _MASK
        k0 = (k0 + _W0) & _MASK
        k1 = (k1 + _W1) & _MASK
    return c0, c1, c2, c3


@njit(cache=True, nogil=True)
def _word(seed, sample, stream, key):  # type: ignore[no-untyped-def]
    block = np.uint64(sample >> 2)
    w = philox4x32(block, stream, key & _MASK, key >> _32, seed & _MASK, seed >> _32)
    place = sample & 3
    if place == 0:
        return w[0]
    if place == 1:
        return w[1]
    return w[2] if place == 2 else w[3]


@njit(cache=True, nogil=True)
def _drawn(g, row, seed, sample, stream, key):  # type: ignore[no-untyped-def]
    """A duration in ticks from the quantile table `row`."""
    if g.fixed[row] >= 0:
        return g.fixed[row]
    word = _word(seed, sample, stream, key)
    upper = np.int64(word >> _HALF)
    tail = np.int64(_MASK - word) if upper else np.int64(word)
    octave = np.int64(0)
    while octave < 32 and (tail >> octave) != 0:
        octave += 1
    fraction = (tail << (32 - octave)) & np.int64(0x7FFFFFFF) if octave else np.int64(0)
    cell = upper * _KNOTS + octave * _CELLS + (fraction >> 27)
    left, right = g.tables[row, cell], g.tables[row, cell + 1]
    return left + ((right - left) * ((fraction >> 11) & 0xFFFF) >> 16)


@njit(cache=True, nogil=True)
def _takes(g, step, seed, sample):  # type: ignore[no-untyped-def]
    key = g.step_hash[step]
    return (
        _drawn(g, g.duration[step], seed, sample, _DURATION, key)
        + _drawn(g, g.wait[step], seed, sample, _WAIT, key)
        + _drawn(g, g.approval[step], seed, sample, _APPROVAL, key)
    )


@njit(cache=True, nogil=True)
def _after(g, place, step, seed, sample):  # type: ignore[no-untyped-def]
    """How long the conclusion at `place` outlives its premises; an aged token has only a part of its ttl left."""
    ttl = g.conclusion_after[place]
    if ttl >= _FOREVER or not g.conclusion_aged[place]:
        return ttl
    left = _CERTAIN - _word(seed, sample, _AGE, g.step_hash[step])
    high, low = np.uint64(ttl) >> _32, np.uint64(ttl) & _MASK
    return np.int64(high * left + ((low * left) >> _32))


@njit(cache=True, nogil=True)
def variant_of(upper, key, seed, sample):  # type: ignore[no-untyped-def]
    """How the entry turns out in `sample`."""
    drawn = _word(seed, sample, _VARIANT, key)
    for i in range(len(upper)):
        if drawn < upper[i]:
            return i
    return -1


# --- a queue of steps by (due, number), one place for each step ------------------------------------------------------


@njit(cache=True, nogil=True)
def _before(due, a, b):  # type: ignore[no-untyped-def]
    return due[a] < due[b] or (due[a] == due[b] and a < b)


@njit(cache=True, nogil=True)
def _up(heap, due, place, i):  # type: ignore[no-untyped-def]
    step = heap[i]
    while i > 0:
        parent = (i - 1) >> 1
        if not _before(due, step, heap[parent]):
            break
        heap[i] = heap[parent]
        place[heap[i]] = i
        i = parent
    heap[i] = step
    place[step] = i


@njit(cache=True, nogil=True)
def _down(heap, size, due, place, i):  # type: ignore[no-untyped-def]
    step = heap[i]
    while True:
        child = 2 * i + 1
        if child >= size:
            break
        if child + 1 < size and _before(due, heap[child + 1], heap[child]):
            child += 1
        if not _before(due, heap[child], step):
            break
        heap[i] = heap[child]
        place[heap[i]] = i
        i = child
    heap[i] = step
    place[step] = i


@njit(cache=True, nogil=True)
def _push(heap, size, due, place, step, when):  # type: ignore[no-untyped-def]
    """Queues `step` at `when`, or moves it there; the size of the queue after it."""
    if place[step] >= 0:
        due[step] = when
        _up(heap, due, place, place[step])
        _down(heap, size, due, place, place[step])
        return size
    due[step] = when
    heap[size] = step
    place[step] = size
    _up(heap, due, place, size)
    return size + 1


@njit(cache=True, nogil=True)
def _pop(heap, size, due, place):  # type: ignore[no-untyped-def]
    """Takes the first step off the queue; the size of the queue after it."""
    place[heap[0]] = -1
    size -= 1
    if size > 0:
        heap[0] = heap[size]
        place[heap[0]] = 0
        _down(heap, size, due, place, 0)
    return size


# --- replay ----------------------------------------------------------------------------------------------------------


@njit(cache=True, nogil=True)
def _works(g, state, takes, step, seed, sample):  # type: ignore[no-untyped-def]
    """True if `step` succeeds in `sample`; draws its fate at the first question."""
    if state[step] == _UNKNOWN:
        certain = g.success[step] >= _CERTAIN
        if certain or _word(seed, sample, _SUCCESS, g.step_hash[step]) < g.success[step]:
            state[step] = _WORKS
            takes[step] = _takes(g, step, seed, sample)
        else:
            state[step] = _FAILS
    return state[step] == _WORKS


@njit(cache=True, nogil=True)
def _window(g, since, until, step, now):  # type: ignore[no-untyped-def]
    """From when until when the premises of `step` hold together around `now`; (-1, -1) if they do not."""
    start, end = np.int64(0), _FOREVER
    for i in range(g.premise_ptr[step], g.premise_ptr[step + 1]):
        fact = g.premise_idx[i]
        if until[fact] <= now:
            return np.int64(-1), np.int64(-1)
        start = max(start, since[fact])
        end = min(end, until[fact])
    return start, end


@njit(cache=True, nogil=True)
def _consider(g, since, until, state, takes, heap, size, due, place, step, now, seed, sample):  # type: ignore[no-untyped-def]
    """Queues `step` for the moment at which it concludes, if its premises hold for so long; the queue's new size."""
    start, end = _window(g, since, until, step, now)
    if start < 0 or not _works(g, state, takes, step, seed, sample):
        return size
    when = max(now, start + takes[step])
    return _push(heap, size, due, place, step, when) if when < end else size


@njit(cache=True, nogil=True)
def _contain(g, until, now, seed, sample):  # type: ignore[no-untyped-def]
    """Ends what containment ends; True for each credential that it forgets."""
    alive = np.zeros(len(until), dtype=np.bool_)
    for fact in range(len(until)):
        if until[fact] <= now or g.fact_surviving[fact]:
            continue
        end = now
        key = g.fact_hash[fact]
        if g.fact_forgotten[fact] > _ZERO and _word(seed, sample, _FORGOTTEN, key) < g.fact_forgotten[fact]:
            alive[fact] = True
            end = min(until[fact], now + _drawn(g, g.lag, seed, sample, _LAG, key))
        until[fact] = end
    return alive


@njit(cache=True, nogil=True)
def replay_block(g, entry_hash, upper, root_ptr, root_idx, seed, offset, extensions, first, by, contained, variant):  # type: ignore[no-untyped-def]
    """Replays samples offset, offset + 1, ... into the rows of `first`, `by`, `contained` and `variant`."""
    facts, steps = len(g.fact_lasting), len(g.step_hash)
    since, until = np.zeros(facts, dtype=np.int64), np.zeros(facts, dtype=np.int64)
    won = np.zeros(facts, dtype=np.int64)
    state, takes = np.zeros(steps, dtype=np.int8), np.zeros(steps, dtype=np.int64)
    concluded = np.zeros(steps, dtype=np.bool_)
    heap, due = np.zeros(steps, dtype=np.int64), np.zeros(steps, dtype=np.int64)
    place = np.full(steps, -1, dtype=np.int64)
    for row in range(len(contained)):
        sample = np.int64(offset + row)
        since[:] = 0
        until[:] = 0
        won[:] = 0
        state[:] = _UNKNOWN
        concluded[:] = False
        place[:] = -1
        size, contain_at, is_contained = 0, _FOREVER, False
        variant[row] = variant_of(upper, entry_hash, seed, sample)
        if variant[row] >= 0:
            for i in range(root_ptr[variant[row]], root_ptr[variant[row] + 1]):
                if _works(g, state, takes, root_idx[i], seed, sample):
                    size = _push(heap, size, due, place, root_idx[i], takes[root_idx[i]])
        while size > 0 and due[heap[0]] < g.horizon:
            now = due[heap[0]]
            if contain_at <= now and not is_contained:
                is_contained = True
                alive = _contain(g, until, contain_at, seed, sample)
                for fact in range(facts):
                    if alive[fact]:
                        for k in range(g.behind_ptr[fact], g.behind_ptr[fact + 1]):
                            size = _consider(
                                g, since, until, state, takes, heap, size, due, place, g.behind_idx[k], contain_at,
                                seed, sample,
                            )  # fmt: skip
                continue
            step = heap[0]
            size = _pop(heap, size, due, place)
            premises = g.premise_ptr[step + 1] - g.premise_ptr[step]
            start, end = _window(g, since, until, step, now)
            if start < 0 or (premises > 0 and start + takes[step] > now):
                continue
            if premises == 0:
                end = now
            if not concluded[step]:
                concluded[step] = True
                key = g.step_hash[step]
                if g.alert[step] > _ZERO and _word(seed, sample, _ALERT, key) < g.alert[step]:
                    delay = _drawn(g, g.alert_delay[step], seed, sample, _ALERT_DELAY, key)
                    delay += _drawn(g, g.response_delay, seed, sample, _RESPONSE, _ZERO)
                    contain_at = min(contain_at, now + delay)
            for p in range(g.conclusion_ptr[step], g.conclusion_ptr[step + 1]):
                fact = g.conclusion_idx[p]
                ends = _FOREVER
                if not g.fact_lasting[fact] and end < g.horizon:
                    after = _after(g, p, step, seed, sample)
                    ends = end + after if after < g.horizon - end else _FOREVER
                if ends <= now or ends <= until[fact]:
                    continue
                if until[fact] <= now:
                    since[fact] = now
                won[fact] += 1
                until[fact] = ends if won[fact] <= extensions + 1 else _FOREVER
                if first[row, fact] < 0:
                    first[row, fact] = now
                    by[row, fact] = step
                for k in range(g.behind_ptr[fact], g.behind_ptr[fact + 1]):
                    size = _consider(
                        g, since, until, state, takes, heap, size, due, place, g.behind_idx[k], now, seed, sample
                    )
        contained[row] = contain_at if contain_at < g.horizon else -1


# --- reach: 64 samples, entries or narrowings in the bits of a word --------------------------------------------------


@njit(cache=True, nogil=True)
def success_word(g, step, seed, first_sample):  # type: ignore[no-untyped-def]
    """The fates of `step` in 64 samples from `first_sample` (a multiple of 4), one bit each."""
    limit = g.success[step]
    if limit >= _CERTAIN:
        return _ALL
    key, bits = g.step_hash[step], _ZERO
    low, high = key & _MASK, key >> _32
    for call in range(16):
        block = np.uint64((first_sample >> 2) + call)
        a, b, c, d = philox4x32(block, _SUCCESS, low, high, seed & _MASK, seed >> _32)
        four = np.uint64(a < limit) | np.uint64(b < limit) << _ONE | np.uint64(c < limit) << _TWO
        bits |= (four | np.uint64(d < limit) << _THREE) << np.uint64(4 * call)
    return bits


@njit(cache=True, nogil=True)
def _fire(g, step, lanes, allowed, drawn, seed, first_sample, held, fate, done, queue, queued, head, count):  # type: ignore[no-untyped-def]
    """`step` is ready in `lanes`: where it works, its conclusions hold. The length of the queue of changed facts."""
    fresh = lanes & ~done[step]
    if fresh == _ZERO or g.success[step] == _ZERO:
        return count
    if done[step] == _ZERO:  # asked for the first time: draw its fates, once
        fate[step] = allowed[step]
        if drawn:
            fate[step] &= success_word(g, step, seed, first_sample)
    done[step] |= lanes
    won = fresh & fate[step]
    if won == _ZERO:
        return count
    for p in range(g.conclusion_ptr[step], g.conclusion_ptr[step + 1]):
        fact = g.conclusion_idx[p]
        if won & ~held[fact] != _ZERO:
            held[fact] |= won
            if not queued[fact]:
                queued[fact] = True
                queue[(head + count) % len(queue)] = fact
                count += 1
    return count


@njit(cache=True, nogil=True)
def sweep(g, root_steps, root_bits, allowed, drawn, seed, first_sample, held):  # type: ignore[no-untyped-def]
    """The least fixpoint in each of 64 lanes: `held` (one word a fact) gets a lane's bit where it reaches the fact.

    `root_bits` says in which lanes each of `root_steps` starts. A step works in the lanes of its `allowed` word; if
    `drawn` is set, only where its fate in 64 samples from `first_sample` says so too.
    """
    facts, steps = len(g.fact_lasting), len(g.step_hash)
    queue, queued = np.zeros(facts, dtype=np.int64), np.zeros(facts, dtype=np.bool_)
    fate, done = np.zeros(steps, dtype=np.uint64), np.zeros(steps, dtype=np.uint64)
    head, count = 0, 0
    for r in range(len(root_steps)):
        count = _fire(
            g, root_steps[r], root_bits[r], allowed, drawn, seed, first_sample, held, fate, done, queue, queued, head,
            count,
        )  # fmt: skip
    while count > 0:
        fact = queue[head]
        queued[fact] = False
        head = (head + 1) % facts
        count -= 1
        for k in range(g.behind_ptr[fact], g.behind_ptr[fact + 1]):
            step = g.behind_idx[k]
            lanes = _ALL
            for i in range(g.premise_ptr[step], g.premise_ptr[step + 1]):
                lanes &= held[g.premise_idx[i]]
            count = _fire(
                g, step, lanes, allowed, drawn, seed, first_sample, held, fate, done, queue, queued, head, count
            )
