"""What a replay reads besides the links, and the arrays in which a thread replays one sample after the other."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simkit.attackgraph.graph import AttackGraph
from simkit.engines.compiled import part
from simkit.engines.plan import Index, Ints, Plan, Words, lined_up, rows
from simkit.engines.queue import Queue, queue_of
from simkit.errors import EngineError
from simkit.fate import CERTAIN

TOUCHED, CHANGED, LISTED, CONTAIN_AT, ALARMED, SAMPLE = range(6)
"""Places in `State.register`: facts that held, facts that just changed, steps that were due, the moment of containment,
1 while it may still come, and the sample."""
NEAR = 1 << 14
"""Steps of the largest graph whose samples fit the second cache of a core (2 MiB on the machines measured)."""
ASIDE, CONCLUDED, KNOWN = np.uint8(1), np.uint8(2), np.uint8(4)
"""Marks of a step in a sample: its event waits aside, it concluded, it stands in the list of steps to reset."""

Records = NDArray[np.void]


def _record(**fields: str) -> np.dtype[np.void]:
    """A record with these fields: what one visit reads lies together, since each cache line may be a wait."""
    return np.dtype({"names": list(fields), "formats": list(fields.values())}, align=True)


STEP = _record(
    key="u8", after="i8", due="i8", takes="4u4", fact="i4", premise="i4", number="i4", timing="i4", taken_in="u4",
    lasting="u1", aged="u1", alarming="u1", marks="u1",
)  # fmt: skip
"""A step, one cache line. As given: the key of its draws; its conclusion, as in `CONCLUSION`, if there is just one
(else `fact` is -1); its only premise, else -1; its number in the graph; its row of `Clockwork.timings`; 1 if it may
raise an alert. In a sample: its marks; the moment, and one, at which it concludes (0 if it has no event); how long it
takes in the four samples that share its draws, LONG if that is not less, and which four these are (the block, and
one)."""
LONG = 0xFFFFFFFF
CONCLUSION = _record(after="i8", fact="i4", lasting="u1", aged="u1")
"""What a step concludes, how long that outlives the premises, whether the fact lasts for ever or is an aged token."""
FACT_NOW = _record(since="i8", until="i8", won="i8", first="i8", by="i4", unused="28u1")
"""A fact in a sample, one cache line."""


class Clockwork(NamedTuple):
    """Times and chances, by step of the plan, by conclusion or by fact. Times are int64 ms, chances thresholds."""

    steps: Records
    """`STEP` by step, as given."""
    conclusions: Records
    """`CONCLUSION` in the order of `Plan.out_idx`."""
    alert: Words
    timings: Index
    """(timings, 3) The tables of a duration, a wait and an approval: steps share few of these."""
    constant: Ints
    """(timings) Their sum, if none of them ever varies; else -1."""
    alert_delay: Index
    certain: NDArray[np.uint8]
    """1 for a step that always works."""
    surviving: NDArray[np.bool_]
    forgotten: Words
    fact_key: Words
    tables: Ints
    fixed: Ints
    response_delay: int
    lag: int
    horizon: int
    shift: int
    """An event is (moment << shift) | step."""
    far: bool
    """True if the state of a sample does not fit the nearest caches, so that looking ahead pays."""
    alarms: int
    """1 if some step may raise an alert."""


def clockwork(graph: AttackGraph, plan: Plan) -> Clockwork:
    """The clockwork of `graph`. Raises EngineError if its horizon and its number of steps do not fit in an event."""
    shift = max(len(graph.step_hash) - 1, 1).bit_length()
    longest = (1 << (63 - shift)) - 1
    if graph.horizon > longest:
        raise EngineError(
            f"a horizon of {graph.horizon} ms is too long for a graph of {len(graph.step_hash)} steps: "
            f"choose one of at most {longest} ms"
        )
    conclusions = _conclusions(graph, plan)
    timings, timing = _timings(graph, plan)
    fixed = graph.fixed[timings]
    return Clockwork(
        steps=_steps(graph, plan, conclusions, timing),
        conclusions=conclusions,
        alert=graph.alert[plan.number],
        timings=timings,
        constant=np.where((fixed >= 0).all(axis=1), fixed.sum(axis=1), -1),
        alert_delay=graph.alert_delay[plan.number].astype(np.int32),
        certain=(plan.success >= np.uint64(CERTAIN)).astype(np.uint8),
        surviving=graph.fact_surviving,
        forgotten=graph.fact_forgotten,
        fact_key=graph.fact_hash,
        tables=graph.tables,
        fixed=graph.fixed,
        response_delay=graph.response_delay,
        lag=graph.lag,
        horizon=graph.horizon,
        shift=shift,
        far=len(plan.number) > NEAR,
        alarms=int((graph.alert[plan.number] > 0).any()),
    )


def _timings(graph: AttackGraph, plan: Plan) -> tuple[Index, Ints]:
    """The different (duration, wait, approval), and which of them each step has."""
    tables = len(graph.fixed)
    each = ((graph.duration * tables + graph.wait) * tables + graph.approval)[plan.number]
    found, timing = np.unique(each, return_inverse=True)
    return np.stack([found // tables**2, found // tables % tables, found % tables], axis=1).astype(np.int32), timing


def _steps(graph: AttackGraph, plan: Plan, conclusions: Records, timing: Ints) -> Records:
    found = lined_up(len(plan.number), STEP)
    only = np.flatnonzero(np.diff(plan.out_ptr) == 1)
    found["fact"] = -1
    for name in CONCLUSION.names or ():
        found[name][only] = conclusions[name][plan.out_ptr[only]]
    found["premise"] = -1
    found["premise"][: plan.arc_ptr[-1]] = plan.premise_idx[: plan.arc_ptr[-1]]
    found["key"], found["number"], found["timing"] = plan.key, plan.number, timing
    found["alarming"] = graph.alert[plan.number] > 0
    return found


def _conclusions(graph: AttackGraph, plan: Plan) -> Records:
    places = rows(graph.conclusion_ptr, plan.number)[1]  # type: ignore[arg-type]
    found = lined_up(len(places), CONCLUSION)
    found["after"] = graph.conclusion_after[places]
    found["fact"] = plan.out_idx
    found["lasting"] = graph.fact_lasting[plan.out_idx]
    found["aged"] = graph.conclusion_aged[places]
    return found


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


def state_of(plan: Plan, given: Clockwork, seed: int, extensions: int) -> State:
    """The arrays for one thread."""
    facts, steps = plan.facts, len(plan.key)
    return State(
        seed=np.uint64(seed),
        extensions=extensions,
        register=np.zeros(6, dtype=np.int64),
        steps=_copied(given.steps),
        facts=lined_up(facts, FACT_NOW),
        touched=np.zeros(facts, dtype=np.int32),
        changed=np.zeros(facts + int(np.diff(plan.out_ptr).max(initial=0)) + 1, dtype=np.int64),
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
def step_of(plan, given, event):  # type: ignore[no-untyped-def]
    """That step, in the plan."""
    return np.int64(plan.place[number_of(given, event)])


class Start(NamedTuple):
    """An entry in the plan's numbers."""

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
