"""The replay of a block of samples, event by event, as `engines/reference` defines it.

Two things that the reference does not do change no result. A fact that a step cannot prolong is not worth an event: it
waits aside, and returns to the queue if containment ends the fact after all. And of several events of one step only
the latest counts, since an earlier one belongs to a window that has lapsed.
"""

# mypy: allow-untyped-defs

from __future__ import annotations

import numpy as np

from simkit.engines.clockwork import (
    ALARMED,
    ASIDE,
    CHANGED,
    CONCLUDED,
    CONTAIN_AT,
    KNOWN,
    LISTED,
    SAMPLE,
    SIZE,
    TOUCHED,
)
from simkit.engines.compiled import kernel, part, prefetch, text
from simkit.engines.draws import (
    NO_END,
    NONE,
    between_knots,
    lane,
    share_of,
    success_word,
    variant_of,
    word,
    words,
)
from simkit.engines.heap import pop, push
from simkit.fate import Stream

_SUCCESS = np.uint64(Stream.SUCCESS)
_TAKES = np.array([Stream.DURATION, Stream.WAIT, Stream.APPROVAL], dtype=np.uint64)
_ALERT, _ALERT_DELAY = np.uint64(Stream.ALERT), np.uint64(Stream.ALERT_DELAY)
_VARIANT, _AGE = np.uint64(Stream.VARIANT), np.uint64(Stream.AGE)
_FORGOTTEN, _RESPONSE = np.uint64(Stream.FORGOTTEN), np.uint64(Stream.RESPONSE)
_LAG, _ONE = np.uint64(Stream.LAG), np.uint64(1)


@part
def _drawn(given, state, row, stream, key):
    """A duration in ticks from the quantile table `row`."""
    if given.fixed[row] >= 0:
        return given.fixed[row]
    return between_knots(given.tables[row], word(state.seed, state.register[SAMPLE], stream, key))


@part
def _works(plan, state, step):
    """True if `step` succeeds in this sample."""
    sample = state.register[SAMPLE]
    if not state.asked[step]:
        state.asked[step] = 1
        first = sample & ~63
        state.works[step] = success_word(state.seed, first, _SUCCESS, plan.key[step], plan.success[step])
    return (state.works[step] >> lane(sample)) & _ONE != NONE


@part
def _takes(plan, given, state, step):
    """How long a working `step` takes: work, the wait for a task's next run, and the wait for a person.

    Four samples share the draws; what they pick is kept for those in which the step works.
    """
    if given.constant[step] >= 0:
        return given.constant[step]
    sample = state.register[SAMPLE]
    if state.taken_in[step] != (sample >> 2) + 1:
        state.taken_in[step] = (sample >> 2) + 1
        for w in range(4):
            state.takes[step, w] = 0
        for part_of_it in range(3):
            row = given.takes[step, part_of_it]
            if given.fixed[row] >= 0:
                for w in range(4):
                    state.takes[step, w] += given.fixed[row]
            else:
                four = words(state.seed, sample >> 2, _TAKES[part_of_it], plan.key[step])
                for w in range(4):
                    if (state.works[step] >> lane((sample & ~3) + w)) & _ONE:
                        state.takes[step, w] += between_knots(given.tables[row], four[w])
    return state.takes[step, sample & 3]


@part
def _took(given, state, step):
    """How long `step` takes, which was asked before in this sample."""
    return given.constant[step] if given.constant[step] >= 0 else state.takes[step, state.register[SAMPLE] & 3]


@part
def _queue(plan, given, state, step, when):
    """Puts the event of `step` into the heap; drops events that no longer count when it is full."""
    register, heap = state.register, state.heap
    if register[SIZE] == len(heap):
        events, register[SIZE] = register[SIZE], 0
        for i in range(events):
            place = np.int64(plan.place[np.int64(heap[i]) & ((1 << given.shift) - 1)])
            if state.due[place] == (np.int64(heap[i]) >> given.shift) + 1:
                push(heap, register[SIZE], heap[i])
                register[SIZE] += 1
    push(heap, register[SIZE], np.uint64((when << given.shift) | plan.number[step]))
    register[SIZE] += 1


@part
def _mark(state, step, mark):
    """Marks `step`, and lists it, so that a sample leaves no trace."""
    if not state.marks[step] & KNOWN:
        state.listed[state.register[LISTED]] = step
        state.register[LISTED] += 1
    state.marks[step] |= mark | KNOWN


@part
def _latest(given, place, fact, end):
    """Until when the conclusion at `place` holds if the premises hold until `end` and no token is aged."""
    if given.lasting[fact] or end >= given.horizon or given.after[place] >= given.horizon - end:
        return NO_END
    return end + given.after[place]


@part
def _useful(plan, given, state, step, end):
    """True if `step` may raise an alert, or prolong what it concludes, its premises holding until `end`."""
    if given.alert[step] > NONE and not state.marks[step] & CONCLUDED:
        return True
    for place in range(plan.out_ptr[step], plan.out_ptr[step + 1]):
        fact = plan.out_idx[place]
        if state.until[fact] < _latest(given, place, fact, end):
            return True
    return False


@text
def _schedule(plan, given, state, step, start, end, now):
    """Makes the event at which `step` concludes, if its premises, that hold from `start`, do until then."""
    if not _works(plan, state, step):
        return
    useful = _useful(plan, given, state, step, end)
    if not useful and not state.register[ALARMED]:
        return
    when = max(now, start + _takes(plan, given, state, step))
    if when >= end or when >= given.horizon:
        return
    if state.due[step] == when + 1 and (not useful or not state.marks[step] & ASIDE):
        return
    state.due[step] = when + 1
    if useful:
        _mark(state, step, KNOWN)
        state.marks[step] &= ~ASIDE
        _queue(plan, given, state, step, when)
    else:
        _mark(state, step, ASIDE)


@part
def _window(plan, state, step, now):
    """From when until when the premises of `step` hold together around `now`; (-1, -1) if they do not."""
    start, end = np.int64(0), NO_END
    for i in range(plan.premise_ptr[step], plan.premise_ptr[step + 1]):
        fact = plan.premise_idx[i]
        if state.until[fact] <= now:
            return np.int64(-1), np.int64(-1)
        start = max(start, state.since[fact])
        end = min(end, state.until[fact])
    return start, end


@part
def _win(plan, state, fact, now, ends, step):
    """`fact` holds until `ends`: for the first time, again, or longer."""
    if ends <= now or ends <= state.until[fact]:
        return
    if state.until[fact] <= now:
        state.since[fact] = now
    if state.won[fact] == 0:
        state.touched[state.register[TOUCHED]] = fact
        state.register[TOUCHED] += 1
        state.first[fact] = now
        state.by[fact] = plan.number[step]
    state.won[fact] += 1
    state.until[fact] = ends if state.won[fact] <= state.extensions + 1 else NO_END
    state.changed[state.register[CHANGED]] = fact
    state.register[CHANGED] += 1


@part
def _notice(plan, given, state, step, now):
    """The first alert decides the moment of containment."""
    if state.marks[step] & CONCLUDED:
        return
    _mark(state, step, CONCLUDED)
    key = plan.key[step]
    if word(state.seed, state.register[SAMPLE], _ALERT, key) < given.alert[step]:
        delay = _drawn(given, state, given.alert_delay[step], _ALERT_DELAY, key)
        delay += _drawn(given, state, given.response_delay, _RESPONSE, NONE)
        state.register[CONTAIN_AT] = min(state.register[CONTAIN_AT], now + delay)


@part
def _ends(plan, given, state, step, place, end):
    """Until when the conclusion of `step` at `place` holds; an aged token has only a part of its ttl left."""
    fact, ttl = plan.out_idx[place], given.after[place]
    if given.aged[place] and ttl < NO_END and not given.lasting[fact] and end < given.horizon:
        ttl = share_of(ttl, word(state.seed, state.register[SAMPLE], _AGE, plan.key[step]))
        return end + ttl if ttl < given.horizon - end else NO_END
    return _latest(given, place, fact, end)


@text
def _attempt(plan, given, state, step, now):
    """`step` concludes, unless its premises lapsed or began anew while it was under way."""
    end = now
    if plan.premise_ptr[step] < plan.premise_ptr[step + 1]:
        start, end = _window(plan, state, step, now)
        if start < 0 or start + _took(given, state, step) > now:
            return
    if given.alert[step] > NONE:
        _notice(plan, given, state, step, now)
    for place in range(plan.out_ptr[step], plan.out_ptr[step + 1]):
        _win(plan, state, plan.out_idx[place], now, _ends(plan, given, state, step, place, end), step)


@text
def _contain(given, state, now):
    """Ends what containment ends; what follows from the credentials that it forgets begins again."""
    register = state.register
    register[ALARMED] = 0
    for i in range(register[TOUCHED]):
        fact = state.touched[i]
        if state.until[fact] <= now or given.surviving[fact]:
            continue
        key, end = given.fact_key[fact], now
        if word(state.seed, register[SAMPLE], _FORGOTTEN, key) < given.forgotten[fact]:
            end = min(state.until[fact], now + _drawn(given, state, given.lag, _LAG, key))
            state.changed[register[CHANGED]] = fact
            register[CHANGED] += 1
        state.until[fact] = end


@part
def _recall(plan, given, state):
    """Containment is near: events that were not worth their place in the heap may be so after it."""
    for i in range(state.register[LISTED]):
        step = np.int64(state.listed[i])
        if state.marks[step] & ASIDE and state.due[step] > state.register[CONTAIN_AT]:
            state.marks[step] &= ~ASIDE
            _queue(plan, given, state, step, state.due[step] - 1)


@text
def _open(plan, given, state, start, fact, now):
    """Schedules the steps behind `fact`; numbers after the last fact are the variants of the entry."""
    facts = len(state.until)
    if fact < facts:
        begin, end, arcs = given.behind_ptr[fact], given.behind_ptr[fact + 1], plan.arc_ptr[facts]
    else:
        begin, end, arcs = start.root_ptr[fact - facts], start.root_ptr[fact - facts + 1], np.int32(0)
    for i in range(begin, end):
        step = np.int64(given.behind_idx[i] if fact < facts else start.root_idx[i])
        if step < arcs:
            since, until = state.since[fact], state.until[fact]
        else:
            since, until = _window(plan, state, step, now)
        if step >= 0 and since >= 0 and until > now:
            _schedule(plan, given, state, step, since, until, now)


@part
def _look_ahead(plan, given, state):
    """Asks for what the next event will need: its step, and the steps behind what it concludes. It changes nothing."""
    mask = (1 << given.shift) - 1
    for child in range(1, min(5, state.register[SIZE])):
        prefetch(plan.place, np.int64(state.heap[child]) & mask)
    step = np.int64(plan.place[np.int64(state.heap[0]) & mask])
    prefetch(state.due, step)
    prefetch(given.constant, step)
    prefetch(given.alert, step)
    prefetch(state.takes, 4 * step)
    place = np.int64(plan.out_ptr[step])
    if place == plan.out_ptr[step + 1]:
        return
    prefetch(given.after, place)
    fact = np.int64(plan.out_idx[place])
    prefetch(state.won, fact)
    arc = np.int64(plan.arc_ptr[fact])
    for ahead in (0, 8):
        prefetch(state.works, arc + ahead)
        prefetch(state.due, arc + ahead)
        prefetch(state.taken_in, arc + ahead)
        prefetch(given.constant, arc + ahead)
        prefetch(given.after, arc + ahead)
        prefetch(given.alert, arc + ahead)
    prefetch(state.asked, arc)
    prefetch(state.marks, arc)
    prefetch(plan.out_idx, arc)


@text
def _next(plan, given, state, now):
    """Lets the next thing happen, and returns its moment; -1 if there is none."""
    register = state.register
    alarmed = register[ALARMED] and register[CONTAIN_AT] < given.horizon
    if alarmed and (register[SIZE] == 0 or np.int64(state.heap[0]) >> given.shift >= register[CONTAIN_AT]):
        _recall(plan, given, state)
        if register[SIZE] == 0:
            return np.int64(-1)
        _contain(given, state, register[CONTAIN_AT])
        return register[CONTAIN_AT]
    if register[SIZE] == 0:
        return np.int64(-1)
    event = np.int64(pop(state.heap, register[SIZE]))
    register[SIZE] -= 1
    if register[SIZE] > 0:
        _look_ahead(plan, given, state)
    step, now = np.int64(plan.place[event & ((1 << given.shift) - 1)]), event >> given.shift
    if state.due[step] == now + 1:
        state.due[step] = 0
        _attempt(plan, given, state, step, now)
    return now


@text
def _run(plan, given, state, start, variant):
    """All events before the horizon. Everything that changed at a moment is opened in one place."""
    register, now = state.register, np.int64(0)
    if variant >= 0:
        state.changed[0], register[CHANGED] = len(state.until) + variant, 1
    while now >= 0:
        for i in range(register[CHANGED]):
            _open(plan, given, state, start, state.changed[i], now)
        register[CHANGED] = 0
        now = _next(plan, given, state, now)


@text
def _finish(given, state, rows, row):
    """Writes what the sample found, and forgets it."""
    register = state.register
    for i in range(register[TOUCHED]):
        fact = state.touched[i]
        column = rows.column[fact]
        if column >= 0:
            rows.first[row, column] = state.first[fact]
            rows.by[row, column] = state.by[fact]
        state.until[fact] = 0
        state.won[fact] = 0
    for i in range(register[LISTED]):
        state.due[state.listed[i]] = 0
        state.marks[state.listed[i]] = 0
    rows.contained[row] = register[CONTAIN_AT] if register[CONTAIN_AT] < given.horizon else -1
    register[TOUCHED], register[LISTED], register[SIZE] = 0, 0, 0


@kernel
def replay_block(plan, given, state, start, rows, offset):
    """Replays samples `offset`, `offset` + 1, ... into `rows`."""
    register = state.register
    for row in range(len(rows.contained)):
        sample = np.int64(offset + row)
        if sample & 63 == 0:
            for step in range(len(state.asked)):
                state.asked[step] = given.certain[step]
        register[SAMPLE], register[CONTAIN_AT], register[ALARMED] = sample, NO_END, given.alarms
        rows.variant[row] = variant_of(start.upper, word(state.seed, sample, _VARIANT, start.key))
        _run(plan, given, state, start, rows.variant[row])
        _finish(given, state, rows, row)
