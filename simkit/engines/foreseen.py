"""What a sample can reach at most, whatever the times turn out to be: 64 samples at once, a bit each.

A replay reaches nothing else. So where only what is reached is asked for, and not when, a sample is over as soon as it
has reached all of that, and need not begin where that is nothing, or nothing but what it reaches in any case (see
`assured`).
"""

# mypy: allow-untyped-defs

from __future__ import annotations

import numpy as np

from simkit.engines.compiled import outlined, part
from simkit.engines.draws import ALL, NONE, slot, success_word
from simkit.engines.times import success_of
from simkit.fate import Stream

_VARIANT, _ONE = np.uint64(Stream.VARIANT), np.uint64(1)


@part
def forget_sought(state, rows):
    """Nothing is sought any more."""
    for i in range(len(rows.kept)):
        state.facts[rows.kept[i]].sought = 0


@part
def to_reach(state, rows, row, sample):
    """How many of the facts that `rows` keeps `sample` can reach and may miss: these it seeks. Those that it reaches in
    any case are written down as reached."""
    count, place = np.int64(0), slot(sample)
    for i in range(len(rows.kept)):
        fact = np.int64(rows.kept[i])
        sure = (state.sure[fact] >> place) & _ONE
        sought = np.uint8((state.ahead[fact] >> place) & _ONE & ~sure)
        state.facts[fact].sought = sought
        count += sought
        if sure:
            rows.first[row, rows.column[fact]] = 0
    return count


@outlined
def foresee(links, state, start, sample):
    """Finds for each fact in which of the 64 samples around `sample` it can be reached."""
    first, before, waiting = sample & ~63, NONE, np.int64(0)
    for fact in range(len(state.ahead)):
        state.ahead[fact] = NONE
    for variant in range(len(start.root_ptr) - 1):
        below = success_word(state.seed, first, _VARIANT, start.key, start.upper[variant])
        for i in range(start.root_ptr[variant], start.root_ptr[variant + 1]):
            if start.root_idx[i] >= 0:
                waiting = _lead(links, state, np.int64(start.root_idx[i]), below & ~before, sample, waiting)
        before |= below
    while waiting > 0:
        waiting -= 1
        won = np.int64(state.touched[waiting])
        state.is_waiting[won] = 0
        for arc in range(links.arc_ptr[won], links.arc_ptr[won + 1]):
            waiting = _lead(links, state, np.int64(arc), state.ahead[won], sample, waiting)
        for i in range(links.join_ptr[won], links.join_ptr[won + 1]):
            join = np.int64(links.join_idx[i])
            waiting = _lead(links, state, join, premises_in(links, state.ahead, join), sample, waiting)


@part
def premises_in(links, words, step):
    """In which of the 64 samples all premises of `step` hold, where `words` says so of each fact."""
    found = ALL
    for i in range(links.premise_ptr[step], links.premise_ptr[step + 1]):
        found &= words[links.premise_idx[i]]
    return found


@part
def _lead(links, state, step, held, sample, waiting):
    """`step` concludes in those of the samples `held` in which it works; how many facts wait to be passed on."""
    if held == NONE:
        return waiting
    held &= success_of(links, state, step, sample)
    for place in range(links.out_ptr[step], links.out_ptr[step + 1]):
        fact = links.out_idx[place]
        if held & ~state.ahead[fact] != NONE:
            state.ahead[fact] |= held
            if not state.is_waiting[fact]:
                state.is_waiting[fact] = 1
                state.touched[waiting] = fact
                waiting += 1
    return waiting
