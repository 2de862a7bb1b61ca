"""The arrays in which a thread replays one sample after the other."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simkit.distributions import FOREVER
from simkit.engines.compiled import part
from simkit.engines.links import Index, Ints, Links, Words, lined_up
from simkit.engines.parameters import AGAIN, ASKS, Parameters, Records, record
from simkit.engines.queue import Queue, queue_of

TOUCHED, CHANGED, LISTED, SAMPLE, STIRRED, RUNS, ALERTS, KNOWN, BARRED, ENDED, CONTAINED, COMING, LEFT = range(13)
"""Places in `State.register`: how many facts held, changed just now, and how many steps have a mark; the sample; 1 if
something began that runs may use; how many runs were there, alerts are on their way, facts are known, barred, and were
ended just now; the moment of the first response; that of the next alert or response; and how many facts a sample may
still reach of those that are sought: it is over when that is none."""
CONCLUDED, MARKED, WRITTEN = np.uint8(1), np.uint8(2), np.uint8(4)
"""Marks of a step in a sample: it concluded, it stands in the list of steps to reset, and in the log."""

FACT_NOW = record(
    since="i8",
    until="i8",
    renew="i8",
    first="i8",
    by="i4",
    support="i4",
    begun="i4",
    extended="i4",
    sought="u1",
    unused="15u1",
)
"""A fact in a sample, one cache line: from when until when it holds, until when it may come again, when it first did
and by which step, the conclusion that gave it its end, how often it began and was prolonged, and 1 if it is sought."""
ENDLESS, SPENT = np.uint8(1), np.uint8(2)
"""Why nothing can prolong a fact: it holds for ever, or it is no matter any more how long it does, because nobody ends
it, or because no step behind it can do anything more in this sample."""


class State(NamedTuple):
    """One sample under way. Nothing of it is left between two samples, but draws, which several samples share."""

    seed: np.uint64
    extensions: int
    register: Ints
    steps: Records
    """`STEP` by step."""
    facts: Records
    """`FACT_NOW` by fact."""
    settled: NDArray[np.uint8]
    """By fact `ENDLESS` and `SPENT`; apart from `facts`, since it lies in the nearest cache."""
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
    ahead: Words
    """By fact in which of these 64 samples it can be reached; empty where every sample is replayed to its end."""
    is_waiting: NDArray[np.uint8]
    """By fact 1 while that is to be passed on."""
    sure: Words
    """By fact in which of these samples it is reached in any case; as long as `ahead`, as are the next six."""
    at_latest: Ints
    """By fact the moment by which that is so."""
    rests_until: Ints
    """By fact the moment beyond which the facts that it all begins with must hold for that."""
    outlives: Ints
    """By fact how long it outlives these at least."""
    guessed: Words
    """By fact in which of these samples responders may come to know it."""
    is_needed: NDArray[np.uint8]
    """By fact 1 if anything that is sure may rest on it."""
    at_risk: Ints
    """By group of facts the actions (a bit each) that end any of it that is needed."""
    runs: Index
    """The steps that came, and come again."""
    answered: Ints
    """When a step that waits for a person last had an answer; -1 for never. Empty where none does."""
    defence: DefenceNow


class DefenceNow(NamedTuple):
    """What responders know in a sample, and do."""

    alerts: Words
    """A heap of the alerts that are on their way: (moment << shift) | step."""
    known: Index
    """The facts that are known, in the order in which they became so."""
    known_at: Ints
    """Since when; -1 for what is not known."""
    barred: Index
    is_barred: NDArray[np.uint8]
    delays: Ints
    """By row of the responders, as drawn; -1 before that."""
    next: Index
    """By row, the first place of `known` that it may have to deal with."""
    ended: Index
    """The facts that were ended just now."""
    is_ended: NDArray[np.uint8]
    waiting: Index
    """Facts whose end is to be passed on."""
    ends: Ints
    """By fact, the end that waits to be passed on; NO_END for none."""


def _copied(records: Records) -> Records:
    found = lined_up(len(records), records.dtype)
    found[:] = records
    return found


def state_of(
    links: Links, given: Parameters, seed: int, extensions: int, room: int, *, foreseen: bool = False
) -> State:
    """The arrays for one thread, with room for `room` events of each step. Where it is to be `foreseen` what a sample
    can reach, none goes on once it did."""
    facts, steps = links.facts, len(links.key)
    return State(
        seed=np.uint64(seed),
        extensions=extensions,
        register=np.zeros(13, dtype=np.int64),
        steps=_copied(given.steps),
        facts=lined_up(facts, FACT_NOW),
        settled=np.zeros(facts, dtype=np.uint8),
        touched=np.zeros(facts, dtype=np.int32),
        changed=np.zeros(facts + _most(links.out_ptr) + _most(links.premise_ptr) + 1, dtype=np.int64),
        listed=np.zeros(steps, dtype=np.int32),
        queue=queue_of(room * steps),
        works=np.where(given.certain, np.uint64(0xFFFFFFFFFFFFFFFF), np.uint64(0)),
        asked=given.certain.copy(),
        ahead=np.zeros(facts if foreseen else 0, dtype=np.uint64),
        is_waiting=np.zeros(facts if foreseen else 0, dtype=np.uint8),
        sure=np.zeros(facts if foreseen else 0, dtype=np.uint64),
        at_latest=np.zeros(facts if foreseen else 0, dtype=np.int64),
        rests_until=np.zeros(facts if foreseen else 0, dtype=np.int64),
        outlives=np.zeros(facts if foreseen else 0, dtype=np.int64),
        guessed=np.zeros(facts if foreseen else 0, dtype=np.uint64),
        is_needed=np.zeros(facts if foreseen else 0, dtype=np.uint8),
        at_risk=np.zeros(facts if foreseen else 0, dtype=np.int64),
        runs=np.zeros(int((given.steps["traits"] & AGAIN > 0).sum()), dtype=np.int32),
        answered=np.full(steps if (given.steps["traits"] & ASKS).any() else 0, -1, dtype=np.int64),
        defence=_defence(facts if given.alarms else 0, given),
    )


def _defence(facts: int, given: Parameters) -> DefenceNow:
    responses = len(given.responders.action)
    return DefenceNow(
        alerts=np.zeros(given.alarms + 1, dtype=np.uint64),
        known=np.zeros(facts, dtype=np.int32),
        known_at=np.full(facts, -1, dtype=np.int64),
        barred=np.zeros(facts, dtype=np.int32),
        is_barred=np.zeros(max(facts, 1), dtype=np.uint8),
        delays=np.full(responses, -1, dtype=np.int64),
        next=np.zeros(responses, dtype=np.int32),
        ended=np.zeros(facts, dtype=np.int32),
        is_ended=np.zeros(facts, dtype=np.uint8),
        waiting=np.zeros(facts, dtype=np.int32),
        ends=np.full(facts, FOREVER, dtype=np.int64),
    )


def _most(pointers: Index) -> int:
    return int(np.diff(pointers).max(initial=0))


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
    """Where the samples of a block go. `column` says which column keeps a fact, -1 for none; `kept` are these facts."""

    first: Ints
    by: Index
    contained: Ints
    variant: Index
    column: Index
    kept: Index
