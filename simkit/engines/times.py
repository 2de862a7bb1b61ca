"""How long things take and hold in a sample, as `engines/reference/fates` defines it: parts of the replay kernel."""

# mypy: allow-untyped-defs

from __future__ import annotations

import numpy as np

from simkit.engines.compiled import outlined, part
from simkit.engines.draws import NO_END, NONE, _32, between_knots, share_of, slot, success_word, word, words
from simkit.engines.parameters import LASTING, LONG, WITHIN
from simkit.engines.state import SAMPLE
from simkit.fate import Stream

_SUCCESS = np.uint64(Stream.SUCCESS)
TIMES = np.array([Stream.DURATION, Stream.WAIT, Stream.APPROVAL], dtype=np.uint64)
"""The streams of what a step takes."""
_ALERT = np.uint64(Stream.ALERT)
_AGE, _ROTATION, _ONE = np.uint64(Stream.AGE), np.uint64(Stream.ROTATION), np.uint64(1)
_PERSON = 2
"""The column of `Parameters.timings` with the wait for a person."""


@part
def drawn(given, state, row, stream, key):
    """A duration in ticks from the quantile table `row`."""
    if given.fixed[row] >= 0:
        return given.fixed[row]
    return between_knots(given.tables[row], word(state.seed, state.register[SAMPLE], stream, key))


@part
def works(links, state, step):
    """True if `step` succeeds in this sample."""
    sample = state.register[SAMPLE]
    return (success_of(links, state, step, sample) >> slot(sample)) & _ONE != NONE


@part
def success_of(links, state, step, sample):
    """In which of the 64 samples around `sample` a `step` succeeds."""
    if not state.asked[step]:
        state.asked[step] = 1
        first = sample & ~63
        state.works[step] = success_word(state.seed, first, _SUCCESS, links.key[step], links.success[step])
    return state.works[step]


@part
def give_up(state, step):
    """`step`, which succeeds, can do nothing more in this sample: it is as if it failed, which is asked first."""
    state.works[step] &= ~(_ONE << slot(state.register[SAMPLE]))


@outlined
def is_heard(links, state, step, chance):
    """True if `step`, which raises an alert with this `chance`, does so in this sample once it concludes."""
    return word(state.seed, state.register[SAMPLE], _ALERT, links.key[step]) < chance


@part
def takes(links, given, state, step):
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
            four = words(state.seed, sample >> 2, TIMES[part_of_it], mine.key)
            for w in range(4):
                if (state.works[step] >> slot((sample & ~3) + w)) & _ONE:
                    mine.takes[w] = min(mine.takes[w] + between_knots(given.tables[row], four[w]), LONG)


@outlined
def _long_time(links, given, state, step):
    """How long `step` takes in this sample, in ticks, where that is LONG or more."""
    mine, total = state.steps[step], np.int64(0)
    for part_of_it in range(3):
        total += drawn(given, state, given.timings[mine.timing, part_of_it], TIMES[part_of_it], mine.key)
    return total


@outlined
def answer_after(given, state, step):
    """How long `step` waits for a person."""
    mine = state.steps[step]
    return drawn(given, state, given.timings[mine.timing, _PERSON], TIMES[_PERSON], mine.key)


@part
def _later(given, moment, span):
    """`span` after `moment`; no end at the horizon or after it."""
    return moment + span if moment < given.horizon and span < given.horizon - moment else NO_END


@part
def ends(links, given, state, step, place, concluded, now, until, renew):
    """Until when the conclusion at `place` of `step` holds, and until when it may come again, if its premises do until
    `until` and `renew`."""
    if concluded.life == LASTING:
        return NO_END, NO_END
    if concluded.varies:
        return _special_ends(links, given, state, step, place, concluded, now, until, renew)
    again = _later(given, renew, concluded.after)
    return (_later(given, until, concluded.after) if concluded.life == WITHIN and until != renew else again), again


@outlined
def _special_ends(links, given, state, step, place, concluded, now, until, renew):
    if given.special[place].run:
        end = _special_end(links, given, state, step, place, concluded, now)
        return end, max(end, renew if renew < given.horizon else NO_END)
    again = _special_end(links, given, state, step, place, concluded, renew)
    if concluded.life == WITHIN:
        return _special_end(links, given, state, step, place, concluded, until), again
    return again, again


@part
def _special_end(links, given, state, step, place, concluded, moment):
    """When what is aged, drawn or rotated ends, if that counts from `moment`."""
    special, key = given.special[place], links.key[step]
    if moment >= given.horizon:
        return NO_END
    if special.period > 0:
        return _later(given, moment, _until_rotated(given, state, concluded.fact, special.period, moment))
    if special.table >= 0:
        return _later(given, moment, drawn(given, state, special.table, _AGE, key))
    if special.aged:
        return _later(given, moment, share_of(concluded.after, word(state.seed, state.register[SAMPLE], _AGE, key)))
    return _later(given, moment, concluded.after)


@part
def _until_rotated(given, state, fact, period, moment):
    """How long after `moment` the secret `fact` is rotated: the phase of its schedule is drawn."""
    picked = word(state.seed, state.register[SAMPLE], _ROTATION, given.fact_key[fact])
    phase = _times(period, picked)
    return phase - moment if phase > moment else period - (moment - phase) % period


@part
def _times(period, picked):
    """`period` x `picked` / 2**32, exactly."""
    high, low = np.uint64(period) >> _32, np.uint64(period) & np.uint64(0xFFFFFFFF)
    return np.int64(high * picked + ((low * picked) >> _32))


@part
def may_last(given, concluded, until, renew):
    """The latest moments at which `ends` may put the end of what is `concluded`; more than the truth does no harm."""
    if concluded.life == LASTING or concluded.varies:
        return NO_END, NO_END
    again = _later(given, renew, concluded.after)
    return (_later(given, until, concluded.after) if concluded.life == WITHIN and until != renew else again), again
