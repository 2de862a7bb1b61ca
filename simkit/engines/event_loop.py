"""The replay of a block of samples, event by event, as `engines/reference` defines it.

Two things that the reference does not do change no result. A fact that a step cannot prolong is not worth an event: it
waits aside, and returns to the queue if containment ends the fact after all. And of several events of one step only
the latest counts, since an earlier one belongs to a window that has lapsed.
"""

# mypy: allow-untyped-defs

from __future__ import annotations

import numpy as np

from simkit.engines.compiled import announced, inlined, kernel, outlined, part
from simkit.engines.draws import (
    NO_END,
    NONE,
    between_knots,
    share_of,
    slot,
    success_word,
    variant_of,
    word,
    words,
)
from simkit.engines.parameters import LONG
from simkit.engines.prefetch import prefetch_events
from simkit.engines.queue import NO_EVENT, is_short, least, push, refill, reset, take
from simkit.engines.span import spans
from simkit.engines.state import (
    ALARMED,
    ASIDE,
    CHANGED,
    CONCLUDED,
    CONTAIN_AT,
    KNOWN,
    LISTED,
    SAMPLE,
    TOUCHED,
    step_of,
)
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
def _works(links, state, step):
    """True if `step` succeeds in this sample."""
    sample = state.register[SAMPLE]
    if not state.asked[step]:
        state.asked[step] = 1
        first = sample & ~63
        state.works[step] = success_word(state.seed, first, _SUCCESS, links.key[step], links.success[step])
    return (state.works[step] >> slot(sample)) & _ONE != NONE


@part
def _takes(links, given, state, step):
    """How long a working `step` takes: work, the wait for a task's next run, and the wait for a person."""
    mine, sample = state.steps[step], state.register[SAMPLE]
    if given.constant[mine.timing] >= 0:
        return given.constant[mine.timing]
    if mine.taken_in != (sample >> 2) + 1:
        _draw_times(links, given, state, step)
    took = np.int64(mine.takes[sample & 3])
    return took if took < LONG else _long_time(links, given, state, step)


@part
def _draw_times(links, given, state, step):
    """Four samples share the draws; what they pick is kept for those in which `step` works."""
    mine, sample = state.steps[step], state.register[SAMPLE]
    mine.taken_in = (sample >> 2) + 1
    for w in range(4):
        mine.takes[w] = 0
    for part_of_it in range(3):
        row = given.timings[mine.timing, part_of_it]
        if given.fixed[row] >= 0:
            for w in range(4):
                mine.takes[w] = min(mine.takes[w] + given.fixed[row], LONG)
        else:
            four = words(state.seed, sample >> 2, _TAKES[part_of_it], mine.key)
            for w in range(4):
                if (state.works[step] >> slot((sample & ~3) + w)) & _ONE:
                    mine.takes[w] = min(mine.takes[w] + between_knots(given.tables[row], four[w]), LONG)


@outlined
def _long_time(links, given, state, step):
    """How long `step` takes in this sample, in ticks, where that is LONG or more."""
    mine, total = state.steps[step], np.int64(0)
    for part_of_it in range(3):
        total += _drawn(given, state, given.timings[mine.timing, part_of_it], _TAKES[part_of_it], mine.key)
    return total


@part
def _counts(links, given, state, event):
    """True if `event` is the latest of its step."""
    return state.steps[step_of(links, given, event)].due == (np.int64(event) >> given.shift) + 1


@part
def _queue(links, given, state, step, when):
    """Queues the event of `step`."""
    push(state.queue, np.uint64((when << given.shift) | state.steps[step].number))


@part
def _mark(state, step, mark):
    """Marks `step`, and lists it, so that a sample leaves no trace."""
    mine = state.steps[step]
    if not mine.marks & KNOWN:
        state.listed[state.register[LISTED]] = step
        state.register[LISTED] += 1
    mine.marks |= mark | KNOWN


@part
def _latest(given, concluded, end):
    """Until when what is `concluded` holds if the premises hold until `end` and no token is aged."""
    if concluded.lasting or end >= given.horizon or concluded.after >= given.horizon - end:
        return NO_END
    return end + concluded.after


@part
def _useful(links, given, state, step, end):
    """True if `step` may raise an alert, or prolong what it concludes, its premises holding until `end`."""
    mine = state.steps[step]
    if mine.alarming and not mine.marks & CONCLUDED:
        return True
    if mine.fact >= 0:
        return state.facts[mine.fact].until < _latest(given, mine, end)
    for place in range(links.out_ptr[step], links.out_ptr[step + 1]):
        concluded = given.conclusions[place]
        if state.facts[concluded.fact].until < _latest(given, concluded, end):
            return True
    return False


@inlined
def _schedule(links, given, state, step, start, end, now):
    """Makes the event at which `step` concludes, if its premises, that hold from `start`, do until then."""
    if not _works(links, state, step):
        return
    useful = _useful(links, given, state, step, end)
    if not useful and not state.register[ALARMED]:
        return
    when = max(now, start + _takes(links, given, state, step))
    if when >= end or when >= given.horizon:
        return
    mine = state.steps[step]
    if mine.due == when + 1 and (not useful or not mine.marks & ASIDE):
        return
    mine.due = when + 1
    if useful:
        _mark(state, step, KNOWN)
        mine.marks &= ~ASIDE
        _queue(links, given, state, step, when)
    else:
        _mark(state, step, ASIDE)


@part
def _window(links, given, state, step, now):
    """From when until when the premises of `step` hold together around `now`; (-1, -1) if they do not."""
    start, end, only = np.int64(0), NO_END, state.steps[step].premise
    if only >= 0:
        start, end = state.facts[only].since, state.facts[only].until
    else:
        for i in range(links.premise_ptr[step], links.premise_ptr[step + 1]):
            premise = state.facts[links.premise_idx[i]]
            start = max(start, premise.since)
            end = min(end, premise.until)
    return (start, end) if end > now else (np.int64(-1), np.int64(-1))


@part
def _win(given, state, fact, now, ends, step):
    """`fact` holds until `ends`: for the first time, again, or longer."""
    mine = state.facts[fact]
    if ends <= now or ends <= mine.until:
        return
    if mine.until <= now:
        mine.since = now
    if mine.won == 0:
        state.touched[state.register[TOUCHED]] = fact
        state.register[TOUCHED] += 1
        mine.first = now
        mine.by = state.steps[step].number
    mine.won += 1
    mine.until = ends if mine.won <= state.extensions + 1 else NO_END
    state.changed[state.register[CHANGED]] = fact
    state.register[CHANGED] += 1


@part
def _notice(links, given, state, step, now):
    """The first alert decides the moment of containment."""
    if state.steps[step].marks & CONCLUDED:
        return
    _mark(state, step, CONCLUDED)
    key = links.key[step]
    if word(state.seed, state.register[SAMPLE], _ALERT, key) < given.alert[step]:
        delay = _drawn(given, state, given.alert_delay[step], _ALERT_DELAY, key)
        delay += _drawn(given, state, given.response_delay, _RESPONSE, NONE)
        state.register[CONTAIN_AT] = min(state.register[CONTAIN_AT], now + delay)


@part
def _ends(links, given, state, step, concluded, end):
    """Until when what `step` `concluded` holds; an aged token has only a part of its ttl left."""
    ttl = concluded.after
    if concluded.aged and ttl < NO_END and not concluded.lasting and end < given.horizon:
        ttl = share_of(ttl, word(state.seed, state.register[SAMPLE], _AGE, links.key[step]))
        return end + ttl if ttl < given.horizon - end else NO_END
    return _latest(given, concluded, end)


@inlined
def _attempt(links, given, state, step, now):
    """`step` concludes, unless its premises lapsed or began anew while it was under way."""
    mine, end = state.steps[step], now
    if mine.premise >= 0 or links.premise_ptr[step] < links.premise_ptr[step + 1]:
        start, end = _window(links, given, state, step, now)
        if start < 0 or start + _takes(links, given, state, step) > now:
            return
    if mine.alarming:
        _notice(links, given, state, step, now)
    if mine.fact >= 0:
        _win(given, state, mine.fact, now, _ends(links, given, state, step, mine, end), step)
    else:
        for place in range(links.out_ptr[step], links.out_ptr[step + 1]):
            concluded = given.conclusions[place]
            _win(given, state, concluded.fact, now, _ends(links, given, state, step, concluded, end), step)


@inlined
def _contain(given, state, now):
    """Ends what containment ends; what follows from the credentials that it forgets begins again."""
    register = state.register
    register[ALARMED] = 0
    for i in range(register[TOUCHED]):
        fact = state.touched[i]
        mine = state.facts[fact]
        if mine.until <= now or given.surviving[fact]:
            continue
        key, end = given.fact_key[fact], now
        if word(state.seed, register[SAMPLE], _FORGOTTEN, key) < given.forgotten[fact]:
            end = min(mine.until, now + _drawn(given, state, given.lag, _LAG, key))
            state.changed[register[CHANGED]] = fact
            register[CHANGED] += 1
        mine.until = end


@part
def _recall(links, given, state):
    """Containment is near: events that were not worth their place in the heap may be so after it."""
    for i in range(state.register[LISTED]):
        step = np.int64(state.listed[i])
        mine = state.steps[step]
        if mine.marks & ASIDE and mine.due > state.register[CONTAIN_AT]:
            mine.marks &= ~ASIDE
            _queue(links, given, state, step, mine.due - 1)


@inlined
def _open(links, given, state, start, fact, now):
    """Schedules the steps behind `fact`; numbers after the last fact are the variants of the entry."""
    facts = len(state.facts)
    if fact < facts:
        first, arcs, others = links.arc_ptr[fact], links.arc_ptr[fact + 1] - links.arc_ptr[fact], links.join_idx
        begin, end = links.join_ptr[fact], links.join_ptr[fact + 1]
    else:
        first, arcs, others = np.int32(0), np.int32(0), start.root_idx
        begin, end = start.root_ptr[fact - facts], start.root_ptr[fact - facts + 1]
    for i in range(arcs + end - begin):
        if i < arcs:
            step = np.int64(first + i)
            since, until = state.facts[fact].since, state.facts[fact].until
        else:
            step = np.int64(others[begin + i - arcs])
            since, until = (np.int64(-1), NO_END) if step < 0 else _window(links, given, state, step, now)
        if since >= 0 and until > now:
            _schedule(links, given, state, step, since, until, now)


@inlined
def _next(links, given, state, now):
    """Lets the next thing happen, and returns its moment; -1 if there is none."""
    register, queue = state.register, state.queue
    if register[ALARMED] and register[CONTAIN_AT] < given.horizon:
        coming = least(queue)
        if coming == NO_EVENT or np.int64(coming) >> given.shift >= register[CONTAIN_AT]:
            _recall(links, given, state)
            if least(queue) == NO_EVENT:
                return np.int64(-1)
            _contain(given, state, register[CONTAIN_AT])
            return register[CONTAIN_AT]
    if is_short(queue):
        refill(queue)
        if given.far:
            prefetch_events(links, given, state)
    event = take(queue)
    if event == NO_EVENT:
        return np.int64(-1)
    now = np.int64(event) >> given.shift
    if _counts(links, given, state, event):
        step = step_of(links, given, event)
        state.steps[step].due = 0
        _attempt(links, given, state, step, now)
    return now


@inlined
def _run(links, given, state, start, variant):
    """All events before the horizon. Everything that changed at a moment is opened in one place."""
    register, now = state.register, np.int64(0)
    if variant >= 0:
        state.changed[0], register[CHANGED] = len(state.facts) + variant, 1
    while now >= 0:
        for i in range(register[CHANGED]):
            _open(links, given, state, start, state.changed[i], now)
        register[CHANGED] = 0
        now = _next(links, given, state, now)


@inlined
def _finish(given, state, rows, row):
    """Writes what the sample found, and forgets it."""
    register = state.register
    for i in range(register[TOUCHED]):
        fact = state.touched[i]
        mine = state.facts[fact]
        column = rows.column[fact]
        if column >= 0:
            rows.first[row, column] = mine.first
            rows.by[row, column] = mine.by
        mine.until = 0
        mine.won = 0
    for i in range(register[LISTED]):
        mine = state.steps[state.listed[i]]
        mine.due = 0
        mine.marks = 0
    rows.contained[row] = register[CONTAIN_AT] if register[CONTAIN_AT] < given.horizon else -1
    register[TOUCHED], register[LISTED] = 0, 0
    reset(state.queue)


@announced("the engine for replay", seconds=20)
@kernel
def replay_samples(links, given, state, start, rows, offset):
    """Replays samples `offset`, `offset` + 1, ... into `rows`."""
    _replay(spans(links), spans(given), spans(state), spans(start), spans(rows), offset)


@part
def _replay(links, given, state, start, rows, offset):
    register = state.register
    for row in range(len(rows.contained)):
        sample = np.int64(offset + row)
        if sample & 63 == 0:
            for step in range(len(state.asked)):
                state.asked[step] = given.certain[step]
        register[SAMPLE], register[CONTAIN_AT], register[ALARMED] = sample, NO_END, given.alarms
        rows.variant[row] = variant_of(start.upper, word(state.seed, sample, _VARIANT, start.key))
        _run(links, given, state, start, rows.variant[row])
        _finish(given, state, rows, row)
