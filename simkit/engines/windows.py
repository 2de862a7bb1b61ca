"""When the premises of a step hold together, and when it is therefore to conclude, as `engines/reference/chronicle`
defines it: parts of the replay kernel.

What the reference does not do changes no result: a step that cannot prolong anything, and will raise no alert, gets no
event. If what it would conclude is ended after all, that considers it again. Where it never ends, the step is given up
for this sample; and how long a fact holds is no matter once all steps behind it are given up or fail, if nothing else
asks for its time.
"""

# mypy: allow-untyped-defs

from __future__ import annotations

import numpy as np

from simkit.attackgraph.graph import BEGINNINGS
from simkit.engines.compiled import inlined, outlined, part
from simkit.engines.draws import NO_END
from simkit.engines.parameters import AGAIN, ALARMING, ASKS, LOGGED, ONCE
from simkit.engines.queue import push
from simkit.engines.state import CHANGED, CONCLUDED, ENDLESS, LEFT, LISTED, MARKED, SPENT, STIRRED, TOUCHED, WRITTEN
from simkit.engines.times import answer_after, give_up, is_heard, may_last, takes, works

NEVER = np.int64(-1)


@part
def mark(state, step, found):
    """Marks `step`, and lists it, so that a sample leaves no trace."""
    mine = state.steps[step]
    if not mine.marks & MARKED:
        state.listed[state.register[LISTED]] = step
        state.register[LISTED] += 1
    mine.marks |= found | MARKED


@part
def window(links, given, state, step, now):
    """From when until when the premises of `step` hold together around `now`, and until when they may do so again;
    (-1, -1, -1) if they do not."""
    mine = state.steps[step]
    if mine.traits & ASKS:
        return _window_of_one_who_asks(links, given, state, step, now)
    since, until, renew, only = np.int64(0), NO_END, NO_END, mine.premise
    if only >= 0:
        premise = state.facts[only]
        since, until, renew = premise.since, premise.until, premise.renew
    else:
        for i in range(links.premise_ptr[step], links.premise_ptr[step + 1]):
            premise = state.facts[links.premise_idx[i]]
            since, until, renew = max(since, premise.since), min(until, premise.until), min(renew, premise.renew)
    return (since, until, renew) if until > now else (NEVER, NEVER, NEVER)


@outlined
def _window_of_one_who_asks(links, given, state, step, now):
    """The same for a step that waits for a person: in a run, its premises wait with it."""
    since, until, renew = np.int64(0), NO_END, NO_END
    for i in range(links.premise_ptr[step], links.premise_ptr[step + 1]):
        premise = state.facts[links.premise_idx[i]]
        if premise.begun == 0:
            return NEVER, NEVER, NEVER
        since, renew = max(since, premise.since), min(renew, premise.renew)
    for i in range(links.premise_ptr[step], links.premise_ptr[step + 1]):
        until = min(until, waiting_until(links, given, state, step, links.premise_idx[i], since))
    return (since, until, renew) if until > now else (NEVER, NEVER, NEVER)


@outlined
def waiting_until(links, given, state, step, fact, since):
    """Until when `fact` holds for `step`, which waits for a person unless it had the answer since `since`."""
    premise = state.facts[fact]
    if state.answered[step] >= since or premise.until >= premise.renew:
        return premise.until
    wait = answer_after(given, state, step)
    return premise.renew if wait >= premise.renew - premise.until else premise.until + wait


@part
def is_able(links, given, state, step):
    """True if `step` works in this sample, and can still do something."""
    if not works(links, state, step):
        return False
    if _is_over(links, given, state, step):
        give_up(state, step)
        return False
    return True


@part
def _is_over(links, given, state, step):
    """True if `step`, which works, can do nothing more: asked first, since it reads little, which lies together."""
    if not given.final[step] or not all_is_spent(links, state, step):
        return False
    if given.final[step] == ONCE:
        return state.steps[step].marks & CONCLUDED
    return given.alert[step] == 0 or not is_heard(links, state, step, given.alert[step])


@part
def all_is_spent(links, state, step):
    """True if it is no matter any more how long anything holds that `step` concludes."""
    for place in range(links.out_ptr[step], links.out_ptr[step + 1]):
        if not state.settled[links.out_idx[place]] & SPENT:
            return False
    return True


@part
def _useful(links, given, state, step, until, renew):
    """True if `step` may be noticed, comes again or makes a run go on, or may prolong what it concludes."""
    mine = state.steps[step]
    if mine.traits & (AGAIN | ASKS) or (mine.traits & LOGGED and not mine.marks & WRITTEN):
        return True
    if mine.fact >= 0:
        if _prolongs(given, state, mine, until, renew):
            return True
    else:
        for place in range(links.out_ptr[step], links.out_ptr[step + 1]):
            if _prolongs(given, state, given.conclusions[place], until, renew):
                return True
    return mine.traits & ALARMING and not mine.marks & CONCLUDED and is_heard(links, state, step, given.alert[step])


@part
def _prolongs(given, state, concluded, until, renew):
    if state.settled[concluded.fact]:
        return False
    fact, (end, again) = state.facts[concluded.fact], may_last(given, concluded, until, renew)
    return fact.until < end or fact.renew < again


@inlined
def schedule(links, given, state, step, since, until, renew, now):
    """Makes the event at which the able `step` concludes, if its premises, that hold from `since`, do until then."""
    if not _useful(links, given, state, step, until, renew):
        return
    mine, begin = state.steps[step], since
    if mine.traits & AGAIN and mine.marks & CONCLUDED:
        if mine.due:
            return
        begin = now
    when = max(now, begin + takes(links, given, state, step))
    if when >= until or when >= given.horizon or mine.due == when + 1:
        return
    mine.due = when + 1
    mark(state, step, MARKED)
    push(state.queue, np.uint64((when << given.shift) | mine.number))


@outlined
def consider(links, given, state, step, now):
    """`step` is to conclude as soon as it can, if its premises hold."""
    if links.premise_ptr[step] == links.premise_ptr[step + 1] or not is_able(links, given, state, step):
        return
    since, until, renew = window(links, given, state, step, now)
    if since >= 0:
        schedule(links, given, state, step, since, until, renew, now)


@part
def win(given, state, fact, now, until, renew, step, place):
    """`fact` holds until `until`: for the first time, again, or longer. What begins anew at the moment at which it ends
    goes on."""
    if state.settled[fact]:
        return
    mine, register = state.facts[fact], state.register
    if (
        until <= now
        or (until <= mine.until and renew <= mine.renew)
        or (given.alarms and state.defence.is_barred[fact])
    ):
        return
    if mine.begun == 0 or mine.until < now:
        if mine.begun == 0:
            state.touched[register[TOUCHED]] = fact
            register[TOUCHED] += 1
            register[LEFT] -= mine.sought
            mine.first = now
            mine.by = state.steps[step].number
            mine.since = now
        elif len(given.timed) and given.timed[fact]:
            mine.since += now - mine.until
        else:
            mine.since = now
        mine.begun += 1
        register[STIRRED] |= given.stirs[fact]
    else:
        mine.extended += 1
    ever = mine.extended > state.extensions or mine.begun > BEGINNINGS
    mine.until = NO_END if ever else max(until, mine.until)
    mine.renew = NO_END if ever else max(renew, mine.renew)
    mine.support = place
    if mine.until == NO_END and mine.renew == NO_END:
        state.settled[fact] |= ENDLESS | given.lasts[fact] * SPENT
    if given.leads[fact]:
        state.changed[register[CHANGED]] = fact
        register[CHANGED] += 1
    elif not given.asked_for[fact]:
        state.settled[fact] |= SPENT
