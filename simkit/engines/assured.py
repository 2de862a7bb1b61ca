"""What a sample reaches in any case, and by when at the latest: 64 samples at once, a bit each.

Most steps of a trial work, take no longer than their law allows, and lead to what lasts. Where all that a step rests on
is there by a moment and holds, what it concludes is there, too, so much later as the step takes at most, and holds:
nothing but a response to it, or to what it rests on, can keep it from that. (A response to anything else may end it for
another way, and it goes on at the same moment.) So where no responder can have acted on any of that by then, it was
reached, and a sample that can reach no more is not replayed. What comes again and again, as the runs of a task do, is
left to the replay.
"""

# mypy: allow-untyped-defs

from __future__ import annotations

import numpy as np

from simkit.engines.compiled import outlined, part
from simkit.engines.containment import GROUPED_ACTIONS
from simkit.engines.draws import ALL, CERTAINLY, NONE, between_knots, success_word
from simkit.engines.foreseen import premises_in
from simkit.engines.parameters import AGAIN, LASTING
from simkit.engines.times import TIMES, success_of
from simkit.fate import CERTAIN, Stream

_VARIANT, _RESPONSE = np.uint64(Stream.VARIANT), np.uint64(Stream.RESPONSE)
_AGE, _ROTATION = np.uint64(Stream.AGE), np.uint64(Stream.ROTATION)
_LEAST, _MOSTLY = np.uint64(0), np.uint64(0.98 * CERTAIN)
"""The word that draws the shortest of a law, and one that draws what is longer in a sample of fifty."""


@outlined
def _below(seed, first_sample, stream, key, limit):
    """As `success_word`, which would be compiled at each place where it is called."""
    return success_word(seed, first_sample, stream, key, limit)


@outlined
def assure(links, given, state, rows, start, sample):
    """Finds for each fact that `rows` keeps in which of the 64 samples around `sample` it is reached in any case."""
    _follow(links, given, state, start, sample)
    latest, rests = np.int64(-1), np.int64(0)
    for i in range(len(rows.kept)):
        if state.sure[rows.kept[i]] != NONE:
            latest = max(latest, state.at_latest[rows.kept[i]])
            rests = max(rests, state.rests_until[rows.kept[i]])
    if latest < 0:
        return
    _need(links, given, state, rows)
    calm = _outlasting(links, given, state, start, rests, sample)
    if given.alarms:
        calm = _without_response(links, given, state, latest, sample, calm)
    for i in range(len(rows.kept)):
        state.sure[rows.kept[i]] &= calm


@outlined
def _follow(links, given, state, start, sample):
    """What follows from the first steps if no responder acts, and by when at the latest."""
    first, before, waiting = sample & ~63, NONE, np.int64(0)
    for fact in range(len(state.sure)):
        state.sure[fact], state.at_latest[fact], state.rests_until[fact] = NONE, 0, 0
        state.outlives[fact] = given.horizon
    for variant in range(len(start.root_ptr) - 1):
        below = _below(state.seed, first, _VARIANT, start.key, start.upper[variant])
        for i in range(start.root_ptr[variant], start.root_ptr[variant + 1]):
            step = np.int64(start.root_idx[i])
            if step >= 0 and _only_begins(links, given, step):
                waiting = _conclude(links, given, state, step, below & ~before, sample, waiting)
        before |= below
    while waiting > 0:
        waiting -= 1
        won = np.int64(state.touched[waiting])
        state.is_waiting[won] = 0
        for arc in range(links.arc_ptr[won], links.arc_ptr[won + 1]):
            waiting = _conclude(links, given, state, np.int64(arc), state.sure[won], sample, waiting)
        for i in range(links.join_ptr[won], links.join_ptr[won + 1]):
            join = np.int64(links.join_idx[i])
            waiting = _conclude(links, given, state, join, premises_in(links, state.sure, join), sample, waiting)


@part
def _only_begins(links, given, step):
    """True if nothing else than such steps concludes what `step`, which has no premises, does, unless it lasts: a
    support that is ended would take it away, and a first step does not come again."""
    if links.premise_ptr[step] < links.premise_ptr[step + 1]:
        return False
    for place in range(links.out_ptr[step], links.out_ptr[step + 1]):
        fact = links.out_idx[place]
        if given.conclusions[place].life != LASTING:
            for i in range(given.maker_ptr[fact], given.maker_ptr[fact + 1]):
                other = given.maker_idx[i]
                if links.premise_ptr[other] < links.premise_ptr[other + 1]:
                    return False
    return True


@outlined
def _conclude(links, given, state, step, held, sample, waiting):
    """`step`, whose premises hold in the samples `held`, concludes in those in which it works and does not take long;
    how many facts wait to be passed on."""
    if held == NONE or state.steps[step].traits & AGAIN:
        return waiting
    since, outlives, rests = np.int64(0), given.horizon, np.int64(0)
    for i in range(links.premise_ptr[step], links.premise_ptr[step + 1]):
        premise = links.premise_idx[i]
        since, outlives = max(since, state.at_latest[premise]), min(outlives, state.outlives[premise])
        rests = max(rests, state.rests_until[premise])
    when = since + _takes_mostly(given, state.steps[step].timing)
    if when >= given.horizon:
        return waiting
    held &= success_of(links, state, step, sample)
    if held != NONE and given.constant[state.steps[step].timing] < 0:
        held &= _in_time(links, given, state, step, sample)
    is_first = links.premise_ptr[step] == links.premise_ptr[step + 1]
    if not is_first:
        rests = max(rests, when - outlives)
    for place in range(links.out_ptr[step], links.out_ptr[step + 1]):
        fact = links.out_idx[place]
        if held & ~state.sure[fact] != NONE and not given.special[place].run:
            state.sure[fact] |= held
            state.at_latest[fact] = max(state.at_latest[fact], when)
            state.rests_until[fact] = max(state.rests_until[fact], rests)
            state.outlives[fact] = min(state.outlives[fact], _outlives(given, place, outlives, is_first))
            if not state.is_waiting[fact]:
                state.is_waiting[fact] = 1
                state.touched[waiting] = fact
                waiting += 1
    return waiting


@part
def _outlives(given, place, premises, is_first):
    """How long the conclusion at `place` outlives the first steps, if its premises outlive them by `premises`."""
    concluded = given.conclusions[place]
    if concluded.life == LASTING:
        return given.horizon
    if is_first:
        return np.int64(0)
    if concluded.varies or premises >= given.horizon:
        return premises
    return premises + min(concluded.after, given.horizon)


@part
def _takes_mostly(given, timing):
    """How long a step with this `timing` takes at most, unless one of its durations is unusually long."""
    if given.constant[timing] >= 0:
        return given.constant[timing]
    total = np.int64(0)
    for part_of_it in range(3):
        total = min(total + _drawn_by(given, given.timings[timing, part_of_it], _MOSTLY), given.horizon)
    return total


@part
def _in_time(links, given, state, step, sample):
    """In which of the samples no duration of `step` is unusually long."""
    found, timing = ALL, state.steps[step].timing
    for part_of_it in range(3):
        if given.fixed[given.timings[timing, part_of_it]] < 0:
            found &= _below(state.seed, sample & ~63, TIMES[part_of_it], links.key[step], _MOSTLY)
    return found


@part
def _drawn_by(given, row, drawn):
    return given.fixed[row] if given.fixed[row] >= 0 else between_knots(given.tables[row], drawn)


@outlined
def _outlasting(links, given, state, start, until, sample):
    """In which of the samples all that first steps conclude, and is needed, holds beyond `until`: it rests on nothing
    that could hold as long."""
    found = ALL
    for i in range(len(start.root_idx)):
        step = np.int64(start.root_idx[i])
        if step >= 0:
            for place in range(links.out_ptr[step], links.out_ptr[step + 1]):
                fact = links.out_idx[place]
                if state.is_needed[fact] and given.conclusions[place].life != LASTING:
                    found &= ~state.sure[fact] | _holds(links, given, state, step, place, until, sample)
    return found


@part
def _holds(links, given, state, step, place, until, sample):
    """In which of the samples the conclusion at `place` of a first step holds beyond `until`, as drawn by words that
    are not too low, or not too high."""
    special, after, key = given.special[place], given.conclusions[place].after, links.key[step]
    first = sample & ~63
    if special.period > 0:
        key, words = given.fact_key[given.conclusions[place].fact], _words_of(special.period, until)
        return ~_below(state.seed, first, _ROTATION, key, words)
    if special.table >= 0:
        return ~_below(state.seed, first, _AGE, key, _words_within(given, special.table, until))
    if after <= until:
        return NONE
    if special.aged:
        return _below(state.seed, first, _AGE, key, CERTAINLY - _words_of(after, until))
    return ALL


@part
def _words_of(span, until):
    """At most so many words, of all, draw a place in `span` up to `until`, whichever end they count from."""
    return np.uint64(min(2.0**32 * (until + 1) / span + 2, 2.0**32))


@outlined
def _without_response(links, given, state, latest, sample, among):
    """In which of the samples `among` nobody can have responded, at `latest` or before, to what is sure or to anything
    that it rests on."""
    who, span = given.responders, latest - _first_alert(links, given)
    if span < 0:
        return among
    _guess(given, state)
    for row in range(len(who.action)):
        limit, action = _words_within(given, who.delay[row], span), who.action[row]
        if limit > 0:
            told = NONE
            for fact in range(len(state.guessed)):
                if who.by[fact] == who.of[row] and (_at_risk(given, state, fact, action) >> action) & 1:
                    told |= state.guessed[fact]
            if among & told != NONE:
                among &= ~(told & _below(state.seed, sample & ~63, _RESPONSE, who.fate[row], limit))
    return among


@part
def _at_risk(given, state, fact, action):
    """Which actions (a bit each) on `fact`, or if it is such an `action` on its group, end anything that is needed."""
    who = given.responders
    if GROUPED_ACTIONS[action] and who.group[fact] >= 0:
        return state.at_risk[who.group[fact]]
    return who.ended_by[fact] if state.is_needed[fact] else np.int64(0)


@outlined
def _need(links, given, state, rows):
    """Marks the facts that are sure and on which any that is kept may rest, and what ends any fact of a group."""
    who, waiting = given.responders, np.int64(0)
    for each in range(len(state.is_needed)):
        state.is_needed[each], state.at_risk[each] = 0, 0
    for i in range(len(rows.kept)):
        waiting = _note(given, state, np.int64(rows.kept[i]), waiting)
    while waiting > 0:
        waiting -= 1
        fact = np.int64(state.touched[waiting])
        if who.group[fact] >= 0:
            state.at_risk[who.group[fact]] |= who.ended_by[fact]
        for i in range(given.maker_ptr[fact], given.maker_ptr[fact + 1]):
            step = np.int64(given.maker_idx[i])
            if not state.steps[step].traits & AGAIN and premises_in(links, state.sure, step) != NONE:
                for other in range(links.premise_ptr[step], links.premise_ptr[step + 1]):
                    waiting = _note(given, state, np.int64(links.premise_idx[other]), waiting)


@part
def _note(given, state, fact, waiting):
    if state.sure[fact] != NONE and not state.is_needed[fact]:
        state.is_needed[fact] = 1
        state.touched[waiting] = fact
        waiting += 1
    return waiting


@part
def _first_alert(links, given):
    """The shortest delay of any alert."""
    found = given.horizon
    for step in range(len(given.alert)):
        if given.alert[step] > 0:
            found = min(found, _drawn_by(given, given.alert_delay[step], _LEAST))
    return found


@outlined
def _guess(given, state):
    """What responders may come to know in each of the samples: what can be reached, and what that gives away."""
    who, waiting = given.responders, np.int64(0)
    for each in range(len(state.guessed)):
        state.guessed[each] = state.ahead[each] if who.knowable[each] else NONE
        if state.guessed[each] != NONE and who.told_ptr[each] < who.told_ptr[each + 1]:
            state.is_waiting[each] = 1
            state.touched[waiting] = each
            waiting += 1
    while waiting > 0:
        waiting -= 1
        fact = np.int64(state.touched[waiting])
        state.is_waiting[fact] = 0
        for i in range(who.told_ptr[fact], who.told_ptr[fact + 1]):
            told = who.told_idx[i]
            if who.knowable[told] and state.guessed[fact] & ~state.guessed[told] != NONE:
                state.guessed[told] |= state.guessed[fact]
                if not state.is_waiting[told]:
                    state.is_waiting[told] = 1
                    state.touched[waiting] = told
                    waiting += 1


@part
def _words_within(given, row, span):
    """How many words draw at most `span` from the law `row`: the first so many."""
    least, most = np.int64(0), np.int64(1) << 32
    if given.fixed[row] >= 0:
        return np.uint64(most if given.fixed[row] <= span else 0)
    while least < most:
        middle = (least + most) >> 1
        if between_knots(given.tables[row], np.uint64(middle)) <= span:
            least = middle + 1
        else:
            most = middle
    return np.uint64(least)
