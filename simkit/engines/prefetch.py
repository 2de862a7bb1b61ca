"""Asks the memory for what coming events will need. It changes no result.

On a large graph nearly everything that an event reads is a cache line of its own, far from the last, and each is found
only by what stands in another. The queue knows the next events, some dozen at a time: for all of them together are
fetched the places of their steps, then the steps, then their facts, the fates of the steps behind what they conclude,
those of these steps that work, and what those conclude. So one wait serves a dozen.
"""

# mypy: allow-untyped-defs

from __future__ import annotations

import numpy as np

from simkit.engines.compiled import part
from simkit.engines.draws import NO_END, NONE, slot
from simkit.engines.instructions import prefetch
from simkit.engines.links import LINE
from simkit.engines.queue import SIZE
from simkit.engines.state import SAMPLE, number_of, step_of

_ONE = np.uint64(1)
WORDS_IN_A_LINE = LINE // 8


@part
def prefetch_events(links, given, state):
    """Fetches for the events that just came near."""
    near, coming = state.queue.near, range(state.queue.places[SIZE])
    bit = slot(state.register[SAMPLE])
    for i in coming:
        prefetch(links.place, number_of(given, near[i]))
    for i in coming:
        prefetch(state.steps, step_of(links, given, near[i]))
    for i in coming:
        mine = state.steps[step_of(links, given, near[i])]
        prefetch(state.facts, np.int64(mine.premise))
        prefetch(state.facts, np.int64(mine.fact))
        prefetch(links.arc_ptr, np.int64(mine.fact))
    for i in coming:
        first, end = _behind(links, given, state, near[i])
        for arc in range(first, end, WORDS_IN_A_LINE):
            prefetch(state.asked, arc)
            prefetch(state.works, arc)
    for i in coming:
        first, end = _behind(links, given, state, near[i])
        for arc in range(first, end):
            if (state.works[arc] >> bit) & _ONE != NONE:
                prefetch(state.steps, arc)
    for i in coming:
        first, end = _behind(links, given, state, near[i])
        for arc in range(first, end):
            if (state.works[arc] >> bit) & _ONE != NONE:
                prefetch(state.facts, np.int64(state.steps[arc].fact))


@part
def _behind(links, given, state, event):
    """The first and the end of the steps whose only premise is what `event` concludes, if that may be news."""
    fact = np.int64(state.steps[step_of(links, given, event)].fact)
    if fact < 0 or state.facts[fact].until == NO_END:
        return np.int64(0), np.int64(0)
    return np.int64(links.arc_ptr[fact]), np.int64(links.arc_ptr[fact + 1])
