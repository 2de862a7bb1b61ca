"""The replay of a block of samples, event by event, as `engines/reference/chronicle` defines it.

At one moment alerts come first, then responses, then steps in the order of their numbers. Of several events of one step
only the latest counts, since an earlier one belongs to a window that has lapsed.
"""

# mypy: allow-untyped-defs

from __future__ import annotations

import numpy as np

from simkit.engines import containment
from simkit.engines.assured import assure
from simkit.engines.compiled import announced, inlined, kernel, outlined, part
from simkit.engines.draws import ALL, NO_END, variant_of, word
from simkit.engines.foreseen import foresee, forget_sought, to_reach
from simkit.engines.parameters import AGAIN, ALARMING, ASKS, LOGGED, SILENCED
from simkit.engines.prefetch import prefetch_events
from simkit.engines.queue import NO_EVENT, is_short, least, refill, reset, take
from simkit.engines.state import (
    CHANGED,
    COMING,
    CONCLUDED,
    CONTAINED,
    LEFT,
    LISTED,
    RUNS,
    SAMPLE,
    SPENT,
    STIRRED,
    TOUCHED,
    WRITTEN,
    step_of,
)
from simkit.engines.structure import spans
from simkit.engines.times import ends, give_up, takes
from simkit.engines.windows import NEVER, all_is_spent, consider, is_able, mark, schedule, waiting_until, win, window
from simkit.fate import Stream

_VARIANT = np.uint64(Stream.VARIANT)


@part
def _counts(links, given, state, event):
    """True if `event` is the latest of its step."""
    return state.steps[step_of(links, given, event)].due == (np.int64(event) >> given.shift) + 1


@outlined
def _notice(links, given, state, step, since, now):
    """`step`, which is more than a step, concludes: it may raise an alert, link, come again, make a run go on."""
    mine, first = state.steps[step], not state.steps[step].marks & CONCLUDED
    mark(state, step, CONCLUDED)
    seen = not mine.traits & SILENCED or containment.is_seen(given, state, step, now)
    if first and mine.traits & ALARMING:
        containment.raise_alert(links, given, state, step, now, seen)
    if mine.traits & LOGGED and seen:
        mark(state, step, WRITTEN)
        containment.link(links, given, state, step, now)
    if first and mine.traits & AGAIN:
        state.runs[state.register[RUNS]] = step
        state.register[RUNS] += 1
    if mine.traits & ASKS:
        _let_the_run_go_on(links, given, state, step, since, now)


@part
def _let_the_run_go_on(links, given, state, step, since, now):
    """The answer that `step` waited for is there: the run goes on for what was left of it when it asked."""
    register = state.register
    for i in range(links.premise_ptr[step], links.premise_ptr[step + 1]):
        fact = np.int64(links.premise_idx[i])
        until = waiting_until(links, given, state, step, fact, since)
        if until > state.facts[fact].until:
            state.facts[fact].until = until
            state.changed[register[CHANGED]] = fact
            register[CHANGED] += 1
    state.answered[step] = now


@inlined
def _attempt(links, given, state, step, now):
    """`step` concludes, unless its premises lapsed or began anew while it was under way."""
    mine = state.steps[step]
    since, until, renew = now, now, now
    if mine.premise >= 0 or links.premise_ptr[step] < links.premise_ptr[step + 1]:
        since, until, renew = window(links, given, state, step, now)
        if since < 0 or since + takes(links, given, state, step) > now:
            return
    if mine.traits:
        _notice(links, given, state, step, since, now)
    if mine.fact >= 0:
        place = np.int64(links.out_ptr[step])
        end, again = ends(links, given, state, step, place, mine, now, until, renew)
        win(given, state, np.int64(mine.fact), now, end, again, step, place)
    else:
        for each in range(links.out_ptr[step], links.out_ptr[step + 1]):
            if state.settled[links.out_idx[each]]:
                continue
            concluded = given.conclusions[each]
            end, again = ends(links, given, state, step, each, concluded, now, until, renew)
            win(given, state, np.int64(concluded.fact), now, end, again, step, each)
    if given.final[step] and all_is_spent(links, state, step):
        give_up(state, step)


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
    left = fact >= facts or given.asked_for[fact]
    for i in range(arcs + end - begin):
        step = np.int64(first + i) if i < arcs else np.int64(others[begin + i - arcs])
        if step < 0 or not is_able(links, given, state, step):
            continue
        left = True
        since, until, renew = now, NO_END, NO_END
        if fact < facts:
            since, until, renew = window(links, given, state, step, now)
        if since >= 0 and until > now:
            schedule(links, given, state, step, since, until, renew, now)
    if not left:
        state.settled[fact] |= SPENT


@inlined
def _next(links, given, state, now):
    """Lets the next thing happen, and returns its moment; -1 if there is none."""
    register, queue = state.register, state.queue
    if register[COMING] < given.horizon:
        coming = least(queue)
        if coming == NO_EVENT or np.int64(coming) >> given.shift >= register[COMING]:
            now = register[COMING]
            containment.act(links, given, state, now)
            return now
    if is_short(queue):
        refill(queue)
        if given.far:
            prefetch_events(links, given, state)
    event = take(queue)
    if event == NO_EVENT:
        return NEVER
    now = np.int64(event) >> given.shift
    if _counts(links, given, state, event):
        step = step_of(links, given, event)
        state.steps[step].due = 0
        _attempt(links, given, state, step, now)
    return now


@outlined
def _stir(links, given, state, now):
    """Something began that the next run of a task may turn into something; a run that is on its way will do."""
    state.register[STIRRED] = 0
    for i in range(state.register[RUNS]):
        step = np.int64(state.runs[i])
        if state.steps[step].due == 0:
            consider(links, given, state, step, now)


@inlined
def _run(links, given, state, start, variant):
    """All events before the horizon. Everything that changed at a moment is opened in one place."""
    register, now = state.register, np.int64(0)
    if variant >= 0:
        state.changed[0], register[CHANGED] = len(state.facts) + variant, 1
    while now >= 0 and register[LEFT]:
        for i in range(register[CHANGED]):
            _open(links, given, state, start, state.changed[i], now)
        register[CHANGED] = 0
        if register[STIRRED]:
            _stir(links, given, state, now)
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
            timed = len(given.timed) and given.timed[fact]
            rows.first[row, column] = min(mine.until, given.horizon) - mine.since if timed else mine.first
            rows.by[row, column] = mine.by
        mine.until, mine.renew = 0, 0
        mine.begun, mine.extended = 0, 0
        state.settled[fact] = 0
    for i in range(register[LISTED]):
        mine = state.steps[state.listed[i]]
        mine.due = 0
        mine.marks = 0
        if mine.traits & ASKS:
            state.answered[state.listed[i]] = -1
    rows.contained[row] = register[CONTAINED]
    register[TOUCHED], register[LISTED], register[RUNS], register[STIRRED], register[CHANGED] = 0, 0, 0, 0, 0
    if given.alarms:
        containment.forget(given, state)
    reset(state.queue)


@announced("the engine for replay", seconds=25)
@kernel
def replay_samples(links, given, state, start, rows, offset):
    """Replays samples `offset`, `offset` + 1, ... into `rows`."""
    _replay(spans(links), spans(given), spans(state), spans(start), spans(rows), offset)


@inlined
def _replay(links, given, state, start, rows, offset):
    register, foreseen = state.register, len(state.ahead) > 0
    for row in range(len(rows.contained)):
        sample = np.int64(offset + row)
        if sample & 63 == 0:
            for step in range(len(state.asked)):
                state.asked[step] = given.certain[step]
                if given.certain[step]:
                    state.works[step] = ALL
        if foreseen and (sample & 63 == 0 or row == 0):
            foresee(links, state, start, sample)
            assure(links, given, state, rows, start, sample)
        register[SAMPLE], register[CONTAINED], register[COMING] = sample, NEVER, NO_END
        register[LEFT] = to_reach(state, rows, row, sample) if foreseen else 1
        rows.variant[row] = variant_of(start.upper, word(state.seed, sample, _VARIANT, start.key))
        if register[LEFT]:
            _run(links, given, state, start, rows.variant[row])
            _finish(given, state, rows, row)
    if foreseen:
        forget_sought(state, rows)
