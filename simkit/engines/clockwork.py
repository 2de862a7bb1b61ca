"""What a replay reads besides the links, and the arrays in which a thread replays one sample after the other."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simkit.attackgraph.graph import AttackGraph
from simkit.engines.plan import Index, Ints, Plan, Words, lined_up, rows
from simkit.errors import EngineError
from simkit.fate import CERTAIN

SIZE, TOUCHED, CHANGED, LISTED, CONTAIN_AT, ALARMED, SAMPLE = range(7)
"""Places in `State.register`: events in the heap, facts that held, facts that just changed, steps
that were due, the moment of containment, 1
while it may still come, and the sample."""
NEAR = 1 << 14
"""Steps of the largest graph whose samples fit the second cache of a core (2 MiB on the machines measured)."""
ASIDE, CONCLUDED, KNOWN = np.uint8(1), np.uint8(2), np.uint8(4)
"""Marks of a step in a sample: its event waits aside, it concluded, it stands in the list of steps to reset."""

Records = NDArray[np.void]


def _record(**fields: str) -> np.dtype[np.void]:
    """A record with these fields: what one visit reads lies together, since each cache line may be a wait."""
    return np.dtype({"names": list(fields), "formats": list(fields.values())}, align=True)


STEP = _record(constant="i8", alert="u8", begin="i4", end="i4", premise="i4", number="i4")
"""A step as given, half a cache line: how long it takes if that never varies, else -1; the threshold of its alert; its
conclusions are those from `begin` to `end`; its only premise, else -1; its number in the graph."""
CONCLUSION = _record(after="i8", fact="i4", lasting="u1", aged="u1")
"""What a step concludes, how long that outlives the premises, whether the fact lasts for ever or is an aged token."""
STEP_NOW = _record(due="i8", marks="u1")
"""A step in a sample: the moment, and one, at which it concludes (0 if it has no event), and its marks."""
TAKES_NOW = _record(takes="4i8", taken_in="i8", unused="3i8")
"""How long a step takes in the four samples that share its draws, and which four these are (the block, and one)."""
FACT_NOW = _record(since="i8", until="i8", won="i8", first="i8", by="i4", unused="28u1")
"""A fact in a sample, one cache line."""


class Clockwork(NamedTuple):
    """Times and chances, by step of the plan, by conclusion or by fact. Times are int64 ms, chances thresholds."""

    steps: Records
    """`STEP` by step."""
    conclusions: Records
    """`CONCLUSION` in the order of `Plan.out_idx`."""
    takes: Index
    """(steps, 3) The tables of its duration, wait and approval."""
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
    return Clockwork(
        steps=_steps(graph, plan),
        conclusions=_conclusions(graph, plan),
        takes=np.stack([graph.duration, graph.wait, graph.approval], axis=1)[plan.number].astype(np.int32),
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


def _steps(graph: AttackGraph, plan: Plan) -> Records:
    fixed = [graph.fixed[row][plan.number] for row in (graph.duration, graph.wait, graph.approval)]
    never_varies = np.logical_and.reduce([part >= 0 for part in fixed])
    found = lined_up(len(plan.number), STEP)
    found["constant"] = np.where(never_varies, sum(fixed), -1)
    found["alert"] = graph.alert[plan.number]
    found["begin"], found["end"] = plan.out_ptr[:-1], plan.out_ptr[1:]
    found["premise"] = -1
    found["premise"][: plan.arc_ptr[-1]] = plan.premise_idx[: plan.arc_ptr[-1]]
    found["number"] = plan.number
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
    """One sample under way. All is zero between two samples, but for draws, which several samples share."""

    seed: np.uint64
    extensions: int
    register: Ints
    steps: Records
    """`STEP_NOW` by step."""
    durations: Records
    """`TAKES_NOW` by step."""
    facts: Records
    """`FACT_NOW` by fact."""
    touched: Index
    """The facts that held, in the order in which they first did."""
    changed: Ints
    """The facts that changed at this moment."""
    listed: Index
    """The steps with a mark."""
    heap: Words
    moved: Ints
    """Where the events lie that moved up in the first levels of the heap when the last event was taken off it."""
    works: Words
    """The fates of a step in the 64 samples around this one (see `success_word`)."""
    asked: NDArray[np.uint8]


def state_of(plan: Plan, given: Clockwork, seed: int, extensions: int) -> State:
    """The arrays for one thread."""
    facts, steps = plan.facts, len(plan.key)
    return State(
        seed=np.uint64(seed),
        extensions=extensions,
        register=np.zeros(7, dtype=np.int64),
        steps=lined_up(steps, STEP_NOW),
        durations=lined_up(steps, TAKES_NOW),
        facts=lined_up(facts, FACT_NOW),
        touched=np.zeros(facts, dtype=np.int32),
        changed=np.zeros(facts + int(np.diff(plan.out_ptr).max(initial=0)) + 1, dtype=np.int64),
        listed=np.zeros(steps, dtype=np.int32),
        heap=np.zeros(2 * steps + 16, dtype=np.uint64),
        moved=np.zeros(5, dtype=np.int64),
        works=np.where(given.certain, np.uint64(0xFFFFFFFFFFFFFFFF), np.uint64(0)),
        asked=given.certain.copy(),
    )


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
