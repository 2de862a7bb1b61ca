"""The arrays in which a thread replays one sample after the other."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simkit.engines.compiled import part
from simkit.engines.links import Index, Ints, Links, Words, lined_up
from simkit.engines.parameters import Parameters, Records, record
from simkit.engines.queue import Queue, queue_of

TOUCHED, CHANGED, LISTED, CONTAIN_AT, ALARMED, SAMPLE = range(6)
"""Places in `State.register`: facts that held, facts that just changed, steps that were due, the moment of containment,
1 while it may still come, and the sample."""
ASIDE, CONCLUDED, KNOWN = np.uint8(1), np.uint8(2), np.uint8(4)
"""Marks of a step in a sample: its event waits aside, it concluded, it stands in the list of steps to reset."""

FACT_NOW = record(since="i8", until="i8", won="i8", first="i8", by="i4", unused="28u1")
"""A fact in a sample, one cache line."""


class State(NamedTuple):
    """One sample under way. Nothing of it is left between two samples, but draws, which several samples share."""

    seed: np.uint64
    extensions: int
    register: Ints
    steps: Records
    """`STEP` by step."""
    facts: Records
    """`FACT_NOW` by fact."""
    touched: Index
    """The facts that held, in the order in which they first did."""
    changed: Ints
    """The facts that changed at this moment."""
    listed: Index
    """The steps with a mark."""
    queue: Queue
    works: Words
    """The fates of a step in the 64 samples around this one (see `success_word`)."""
    asked: NDArray[np.uint8]


def _copied(records: Records) -> Records:
    found = lined_up(len(records), records.dtype)
    found[:] = records
    return found


def state_of(links: Links, given: Parameters, seed: int, extensions: int) -> State:
    """The arrays for one thread."""
    facts, steps = links.facts, len(links.key)
    return State(
        seed=np.uint64(seed),
        extensions=extensions,
        register=np.zeros(6, dtype=np.int64),
        steps=_copied(given.steps),
        facts=lined_up(facts, FACT_NOW),
        touched=np.zeros(facts, dtype=np.int32),
        changed=np.zeros(facts + int(np.diff(links.out_ptr).max(initial=0)) + 1, dtype=np.int64),
        listed=np.zeros(steps, dtype=np.int32),
        queue=queue_of(2 * steps),  # a window outlasts its event, unless containment ends it: then there are two
        works=np.where(given.certain, np.uint64(0xFFFFFFFFFFFFFFFF), np.uint64(0)),
        asked=given.certain.copy(),
    )


@part
def number_of(given, event):  # type: ignore[no-untyped-def]
    """The number, in the graph, of the step that `event` is about."""
    return np.int64(event) & ((1 << given.shift) - 1)


@part
def step_of(links, given, event):  # type: ignore[no-untyped-def]
    """That step, in the order of the links."""
    return np.int64(links.place[number_of(given, event)])


class Start(NamedTuple):
    """An entry in the numbers of the links."""

    key: np.uint64
    upper: Words
    root_ptr: Index
    root_idx: Index


class Rows(NamedTuple):
    """Where the samples of a block go. `column` says which column keeps a fact, -1 for none."""

    first: Ints
    by: Index
    contained: Ints
    variant: Index
    column: Index
