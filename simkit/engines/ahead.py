"""Asks the memory for what coming events will need. It changes no result.

On a large graph nearly everything that an event reads is a cache line of its own, far from the last, and each is found
only by what stands in another. Taking an event off the heap moves one other up into each of the first levels. So the
events to come pass by here in single file, a level nearer each time, and each level fetches what the one before has
found: the place of a step, the step, its facts, the steps behind what it concludes, and what those conclude.
"""

# mypy: allow-untyped-defs

from __future__ import annotations

import numpy as np

from simkit.engines.clockwork import SAMPLE
from simkit.engines.compiled import part, prefetch
from simkit.engines.draws import NO_END, NONE, lane

_ONE = np.uint64(1)


@part
def look_ahead(plan, given, state):
    """Fetches for the events that just moved up in the heap."""
    prefetch(plan.place, np.int64(state.heap[state.moved[4]]) & ((1 << given.shift) - 1))
    step = _rising(plan, given, state, 3)
    prefetch(given.steps, step)
    prefetch(state.steps, step)
    prefetch(state.durations, step)
    step = _rising(plan, given, state, 2)
    prefetch(given.conclusions, np.int64(given.steps[step].begin))
    prefetch(state.facts, np.int64(given.steps[step].premise))
    _fetch_arcs(plan, given, state, _concluded(given, _rising(plan, given, state, 1)))
    _fetch_conclusions(plan, given, state, _concluded(given, _rising(plan, given, state, 0)))


@part
def _rising(plan, given, state, level):
    """The step of the event that just moved up into `level` of the heap."""
    return np.int64(plan.place[np.int64(state.heap[state.moved[level]]) & ((1 << given.shift) - 1)])


@part
def _concluded(given, step):
    """The first fact that `step` concludes, -1 for none."""
    place = given.steps[step].begin
    return np.int64(given.conclusions[place].fact) if place < given.steps[step].end else np.int64(-1)


@part
def _fetch_arcs(plan, given, state, fact):
    """The first steps that have `fact` as their only premise, and their fates; most facts have no more."""
    if fact >= 0:
        prefetch(state.facts, fact)
        arc = np.int64(plan.arc_ptr[fact])
        prefetch(state.asked, arc)
        for ahead in (0, 8):
            prefetch(state.works, arc + ahead)
        for ahead in (0, 4, 8):
            prefetch(given.conclusions, arc + ahead)
        for ahead in (0, 2, 4, 6):
            prefetch(given.steps, arc + ahead)


@part
def _fetch_conclusions(plan, given, state, fact):
    """What those of these steps that work need, if `fact` may be won or prolonged."""
    if fact >= 0 and state.facts[fact].until < NO_END:
        bit = lane(state.register[SAMPLE])
        for arc in range(plan.arc_ptr[fact], plan.arc_ptr[fact + 1]):
            if (state.works[arc] >> bit) & _ONE != NONE:
                prefetch(state.steps, np.int64(arc))
                prefetch(state.durations, np.int64(arc))
                prefetch(state.facts, _concluded(given, arc))
