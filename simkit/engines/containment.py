"""What responders know of a sample and do about it, as `engines/reference/defence` defines it: parts of the replay
kernel. None of it runs where nobody responds, and hardly any before the first alert."""

# mypy: allow-untyped-defs

from __future__ import annotations

import numpy as np

from simkit.attackgraph.facts import ACTIONS, GROUPED
from simkit.engines import heap
from simkit.engines.compiled import outlined, part
from simkit.engines.draws import NO_END, word
from simkit.engines.parameters import LASTING, LOGGED
from simkit.engines.state import (
    ALERTS,
    BARRED,
    COMING,
    CONTAINED,
    ENDED,
    ENDLESS,
    KNOWN,
    SAMPLE,
    WRITTEN,
    step_of,
)
from simkit.engines.times import drawn, is_heard
from simkit.engines.windows import consider
from simkit.fate import Stream

_ALERT_DELAY = np.uint64(Stream.ALERT_DELAY)
_FORGOTTEN, _LAG, _RESPONSE = np.uint64(Stream.FORGOTTEN), np.uint64(Stream.LAG), np.uint64(Stream.RESPONSE)
GROUPED_ACTIONS = np.array([action in GROUPED for action in ACTIONS], dtype=np.uint8)


@outlined
def is_seen(given, state, step, now):
    """True if nothing keeps `step` from being seen."""
    for i in range(given.silencer_ptr[step], given.silencer_ptr[step + 1]):
        if state.facts[given.silencer_idx[i]].until > now:
            return False
    return True


@outlined
def raise_alert(links, given, state, step, now, seen):
    """The alert that `step`, concluded for the first time, may raise is on its way: as it is logged, or, if it is not
    `seen`, as it shows by itself."""
    register = state.register
    if is_heard(links, state, step, given.alert[step] if seen else given.shown[step]):
        when = now + drawn(given, state, given.alert_delay[step], _ALERT_DELAY, links.key[step])
        if when < given.horizon:
            event = np.uint64((when << given.shift) | state.steps[step].number)
            heap.push(state.defence.alerts, register[ALERTS], event)
            register[ALERTS] += 1
            register[COMING] = min(register[COMING], when)


@outlined
def link(links, given, state, step, now):
    """`step`, which is logged, concluded: if any of what it rests on or concludes is known, all of it is."""
    if state.register[KNOWN] == 0:
        return
    found = False
    for i in range(links.premise_ptr[step], links.premise_ptr[step + 1]):
        found |= state.defence.known_at[links.premise_idx[i]] >= 0
    for i in range(links.out_ptr[step], links.out_ptr[step + 1]):
        found |= state.defence.known_at[links.out_idx[i]] >= 0
    if found:
        _learn(links, given, state, step, now)


@part
def _know(given, state, fact, now):
    """`fact` is known."""
    defence, register = state.defence, state.register
    if given.responders.knowable[fact] and defence.known_at[fact] < 0:
        defence.known_at[fact] = now
        defence.known[register[KNOWN]] = fact
        register[KNOWN] += 1


@part
def _know_all_of(links, given, state, step, now):
    for i in range(links.premise_ptr[step], links.premise_ptr[step + 1]):
        _know(given, state, links.premise_idx[i], now)
    for i in range(links.out_ptr[step], links.out_ptr[step + 1]):
        _know(given, state, links.out_idx[i], now)


@part
def _know_if_logged(links, given, state, step, now):
    mine = state.steps[step]
    if mine.traits & LOGGED and mine.marks & WRITTEN:
        _know_all_of(links, given, state, step, now)


@outlined
def _learn(links, given, state, step, now):
    """All that `step` is about is known, and what that gives away, and what logged steps link with it."""
    who, register = given.responders, state.register
    place = register[KNOWN]
    _know_all_of(links, given, state, step, now)
    while place < register[KNOWN]:
        fact = state.defence.known[place]
        place += 1
        for i in range(who.told_ptr[fact], who.told_ptr[fact + 1]):
            _know(given, state, who.told_idx[i], now)
        for behind in range(links.arc_ptr[fact], links.arc_ptr[fact + 1]):
            _know_if_logged(links, given, state, behind, now)
        for i in range(links.join_ptr[fact], links.join_ptr[fact + 1]):
            _know_if_logged(links, given, state, links.join_idx[i], now)
        for i in range(given.maker_ptr[fact], given.maker_ptr[fact + 1]):
            _know_if_logged(links, given, state, given.maker_idx[i], now)
    register[COMING] = _next_moment(given, state)


@part
def _due(given, state, row):
    """When the action `row` comes next."""
    defence, who, known = state.defence, given.responders, state.register[KNOWN]
    place = np.int64(defence.next[row])
    while place < known and who.by[defence.known[place]] != who.of[row]:
        place += 1
    defence.next[row] = place
    if place == known:
        return NO_END
    if defence.delays[row] < 0:
        defence.delays[row] = drawn(given, state, who.delay[row], _RESPONSE, who.fate[row])
    return defence.known_at[defence.known[place]] + defence.delays[row]


@outlined
def _next_moment(given, state):
    """When an alert or a response comes next."""
    found = NO_END
    if state.register[ALERTS] > 0:
        found = np.int64(state.defence.alerts[0]) >> given.shift
    for row in range(len(given.responders.action)):
        found = min(found, _due(given, state, row))
    return found


@outlined
def act(links, given, state, now):
    """The next alert, or the next response, of the moment `now`."""
    defence, register = state.defence, state.register
    if register[ALERTS] > 0 and np.int64(defence.alerts[0]) >> given.shift == now:
        event = heap.pop(defence.alerts, register[ALERTS])
        register[ALERTS] -= 1
        _learn(links, given, state, step_of(links, given, event), now)
        return
    row = 0
    while _due(given, state, row) != now:
        row += 1
    if register[CONTAINED] < 0:
        register[CONTAINED] = now
    while _due(given, state, row) == now:
        _target(given, state, row, defence.known[defence.next[row]], now)
        defence.next[row] += 1
    _pass_on(links, given, state, given.responders.action[row], now)
    register[COMING] = _next_moment(given, state)


@part
def _target(given, state, row, known, now):
    """Notes the ends of what the action `row` ends because `known` is known; none, if the account behind it is
    missed."""
    who, action = given.responders, given.responders.action[row]
    if GROUPED_ACTIONS[action] and _is_missed(state, who.key[known], who.overlooked[known]):
        return
    if GROUPED_ACTIONS[action] and who.group[known] >= 0:
        group = who.group[known]
        for i in range(who.member_ptr[group], who.member_ptr[group + 1]):
            _end(given, state, action, np.int64(who.member_idx[i]), now)
    else:
        _end(given, state, action, np.int64(known), now)


@part
def _is_missed(state, key, chance):
    return word(state.seed, state.register[SAMPLE], _FORGOTTEN, key) < chance


@part
def _end(given, state, action, fact, now):
    who, defence, mine = given.responders, state.defence, state.facts[fact]
    if not (who.ended_by[fact] >> action) & 1:
        return
    goes_on = np.int64(0)
    if GROUPED_ACTIONS[action]:
        if not defence.is_barred[fact]:
            defence.is_barred[fact] = 1
            defence.barred[state.register[BARRED]] = fact
            state.register[BARRED] += 1
        if mine.begun > 0:
            goes_on = given.spans[given.outlives[mine.support], action]
    elif _is_missed(state, who.key[fact], who.forgotten[fact]):
        goes_on = drawn(given, state, who.lag, _LAG, who.key[fact])
    else:
        goes_on = who.spread[fact]
    _note(state, fact, _after(now, goes_on))


@part
def _after(moment, span):
    return moment + span if span < NO_END - moment else NO_END


@part
def _note(state, fact, end):
    """`fact` is to end at `end`, and what rests on it is to hear of it: the earliest end counts."""
    defence, register = state.defence, state.register
    if defence.ends[fact] == NO_END and end < NO_END:
        defence.waiting[register[ENDED]] = fact
        register[ENDED] += 1
    defence.ends[fact] = min(defence.ends[fact], end)


@outlined
def _pass_on(links, given, state, action, now):
    """Facts end, and what rested on them, as far as it does not outlive that; other ways take over at once."""
    defence, register, count = state.defence, state.register, 0
    while register[ENDED] > 0:
        register[ENDED] -= 1
        fact = np.int64(defence.waiting[register[ENDED]])
        end, mine = defence.ends[fact], state.facts[fact]
        defence.ends[fact] = NO_END
        if mine.begun == 0 or mine.renew <= max(end, now):
            continue
        mine.until, mine.renew = min(mine.until, end), end
        state.settled[fact] &= ~ENDLESS
        if not defence.is_ended[fact]:
            defence.is_ended[fact] = 1
            defence.ended[count] = fact
            count += 1
        for behind in range(links.arc_ptr[fact], links.arc_ptr[fact + 1]):
            _tell(links, given, state, behind, action, end)
        for i in range(links.join_ptr[fact], links.join_ptr[fact + 1]):
            _tell(links, given, state, np.int64(links.join_idx[i]), action, end)
    for i in range(count):
        fact = defence.ended[i]
        defence.is_ended[fact] = 0
        for maker in range(given.maker_ptr[fact], given.maker_ptr[fact + 1]):
            consider(links, given, state, np.int64(given.maker_idx[maker]), now)


@part
def _tell(links, given, state, step, action, end):
    """What `step` supports ends with its premise, or so long after it as it outlives that."""
    for place in range(links.out_ptr[step], links.out_ptr[step + 1]):
        fact = np.int64(links.out_idx[place])
        mine = state.facts[fact]
        if mine.begun > 0 and mine.support == place and given.conclusions[place].life != LASTING:
            _note(state, fact, _after(end, given.spans[given.outlives[place], action]))


@part
def forget(given, state):
    """Leaves no trace of the sample."""
    defence, register = state.defence, state.register
    for i in range(register[KNOWN]):
        defence.known_at[defence.known[i]] = -1
    for i in range(register[BARRED]):
        defence.is_barred[defence.barred[i]] = 0
    for row in range(len(defence.next)):
        defence.next[row] = 0
        defence.delays[row] = -1
    register[KNOWN], register[BARRED], register[ALERTS] = 0, 0, 0
