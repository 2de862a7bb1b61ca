"""The queue of the replay: the least first, whatever comes when, and nothing lost."""

from __future__ import annotations

from heapq import heappop, heappush
from itertools import groupby

import numpy as np
import pytest
from benchmarks.random_graphs import random_graph
from hypothesis import given
from hypothesis import strategies as st

from simkit.engines import reference, state
from simkit.engines.compiled import kernel
from simkit.engines.queue import LOST, MANY, NO_EVENT, Queue, is_short, least, push, queue_of, refill, reset, take
from simkit.engines.replay import replay
from simkit.engines.structure import spans

TAKE = -1
STEPS = 1 << 12
"""An event is a moment times so many, and a step. Below TAKE, a number is a step at the present moment."""
now_again = st.integers(TAKE - STEPS, TAKE - 1)
lengths = st.one_of(st.integers(0, 20), st.integers(0, 2**16), st.integers(0, 2**40), st.integers(0, 2**61))
actions = st.lists(st.one_of(st.just(TAKE), lengths, now_again), max_size=60)
crowds = st.lists(
    st.one_of(st.integers(0, 3000), now_again, now_again, st.just(TAKE)), min_size=2 * MANY, max_size=8 * MANY
)
"""More within the limit of `near` than stay in it."""


@kernel
def work_through(given, deltas, found):  # type: ignore[no-untyped-def]
    """Adds an event so long after the last one taken, or takes one; what `least` said of it comes first."""
    queue, now, rows = spans(given), np.uint64(0), 0
    for delta in deltas:
        if delta >= 0:
            push(queue, now + np.uint64(delta))
            continue
        if delta < TAKE:
            push(queue, (now & ~np.uint64(STEPS - 1)) + np.uint64(TAKE - 1 - delta))
            continue
        found[rows, 0] = least(queue)
        if is_short(queue):
            refill(queue)
        found[rows, 1] = take(queue)
        if found[rows, 1] != NO_EVENT:
            now = found[rows, 1]
        rows += 1
    return rows


@kernel
def begin_anew(given):  # type: ignore[no-untyped-def]
    reset(spans(given))


def taken(queue: Queue, deltas: list[int]) -> list[tuple[int, int]]:
    found = np.zeros((len(deltas) + 1, 2), dtype=np.uint64)
    rows = work_through(queue, np.array(deltas, dtype=np.int64), found)
    return [(int(before), int(event)) for before, event in found[:rows].tolist()]


def expected(deltas: list[int]) -> list[int]:
    """By heapq."""
    heap: list[int] = []
    now, found = 0, []
    for delta in deltas:
        if delta >= 0:
            heappush(heap, now + delta)
        elif delta < TAKE:
            heappush(heap, now // STEPS * STEPS + TAKE - 1 - delta)
        elif heap:
            now = heappop(heap)
            found.append(now)
    return found


def without_twins(events: list[int]) -> list[int]:
    """An event that was added twice may come once or twice, at once."""
    return [event for event, _ in groupby(events)]


@given(st.lists(st.integers(0, 2**61), unique=True, max_size=300))
def test_what_was_added_comes_out_in_order(events: list[int]) -> None:
    assert [event for _, event in taken(queue_of(300), [*events, *[TAKE] * len(events)])] == sorted(events)


@given(st.one_of(actions, crowds))
def test_the_least_comes_first_whatever_comes_when(deltas: list[int]) -> None:
    drained = [*deltas, *[TAKE] * (len(deltas) + 1)]
    found = taken(queue_of(len(deltas)), drained)
    assert all(before == event for before, event in found)
    told = [event for _, event in found if event != NO_EVENT]
    assert without_twins(told) == without_twins(expected(drained))


def test_a_cascade_of_lower_steps_at_one_moment_comes_before_the_others() -> None:
    """They are less than the base, so that none of them may go to a bucket."""
    crowd = [9 * STEPS + 3000 + step for step in range(2 * MANY)]
    cascade = [TAKE - 1 - step for step in range(4 * MANY)]
    drained = [*crowd, TAKE, *cascade, *[TAKE] * (6 * MANY)]
    assert [event for _, event in taken(queue_of(len(drained)), drained) if event != NO_EVENT] == expected(drained)


def test_a_queue_that_is_empty_begins_anew() -> None:
    queue = queue_of(4)
    assert taken(queue, [5000, TAKE, TAKE]) == [(5000, 5000), (int(NO_EVENT), int(NO_EVENT))]
    begin_anew(queue)
    assert taken(queue, [3, TAKE]) == [(3, 3)]


def test_what_finds_no_room_is_counted() -> None:
    queue = queue_of(1)
    taken(queue, [1 << 60 | event for event in range(5000)])
    assert 0 < queue.places[LOST] < 5000


def test_a_replay_whose_queue_is_too_small_begins_again_with_a_larger_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the first try, which lost alerts and went on where responders would have acted, nothing is left."""
    graph = random_graph(2_000, 60_000, chance=0.2, joins=0.3, lifetimes=True, alerts=0.02, seed=1)
    whole = replay(graph, "entry", seed=1, trials=4, threads=1)
    capacities: list[int] = []

    def tight(capacity: int) -> Queue:
        capacities.append(capacity)
        return queue_of(capacity if len(capacities) > 1 else 0)

    monkeypatch.setattr(state, "queue_of", tight)
    again = replay(graph, "entry", seed=1, trials=4, threads=1)
    assert capacities == [capacities[0], 2 * capacities[0]]
    for name in ("first", "by", "contained", "variant"):
        assert np.array_equal(getattr(again, name), getattr(whole, name)), name


@pytest.mark.parametrize("lifetimes", [False, True])
@pytest.mark.parametrize("alerts", [0.0, 0.001])
def test_a_crowded_replay_equals_the_reference(*, lifetimes: bool, alerts: float) -> None:
    """Far more events at once than `near` has room for, and containment in the middle of them."""
    graph = random_graph(300, 3_000, chance=0.6, joins=0.2, lifetimes=lifetimes, alerts=alerts, seed=2)
    found = replay(graph, "entry", seed=3, trials=4)
    for sample in range(4):
        trace = reference.replay(graph, graph.entry("entry"), seed=3, sample=sample)
        assert {fact: time for fact, time in enumerate(found.first[sample].tolist()) if time >= 0} == trace.times()
        assert {fact: step for fact, step in enumerate(found.by[sample].tolist()) if step >= 0} == trace.by
