"""What a replay reads besides the links, and the arrays in which a thread replays one sample after the other."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simkit.attackgraph.graph import AttackGraph
from simkit.engines.plan import Index, Ints, Plan, Words, rows
from simkit.errors import EngineError
from simkit.fate import CERTAIN

SIZE, TOUCHED, CHANGED, LISTED, CONTAIN_AT, ALARMED, SAMPLE = range(7)
"""Places in `State.register`: events in the heap, facts that held, facts that just changed, steps
that were due, the moment of containment, 1
while it may still come, and the sample."""
ASIDE, CONCLUDED, KNOWN = np.uint8(1), np.uint8(2), np.uint8(4)
"""Marks of a step in a sample: its event waits aside, it concluded, it stands in the list of steps to reset."""


class Clockwork(NamedTuple):
    """Times and chances, by step of the plan, by conclusion or by fact. Times are int64 ms, chances thresholds."""

    constant: Ints
    """How long a step takes if that never varies, else -1."""
    takes: Index
    """(steps, 3) The tables of its duration, wait and approval."""
    behind_ptr: Index
    """(facts + 1) Into `behind_idx`: the steps that have a fact as a premise."""
    behind_idx: Index
    alert_delay: Index
    alert: Words
    certain: NDArray[np.uint8]
    """1 for a step that always works."""
    after: Ints
    aged: NDArray[np.bool_]
    lasting: NDArray[np.bool_]
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
    alarms: int
    """1 if some step may raise an alert."""


def clockwork(graph: AttackGraph, plan: Plan) -> Clockwork:
    """The clockwork of `graph`. Raises EngineError if its horizon and its number of steps do not fit in an event."""
    fixed = [graph.fixed[row][plan.number] for row in (graph.duration, graph.wait, graph.approval)]
    never_varies = np.logical_and.reduce([part >= 0 for part in fixed])
    places = rows(graph.conclusion_ptr, plan.number)[1]  # type: ignore[arg-type]
    shift = max(len(graph.step_hash) - 1, 1).bit_length()
    longest = (1 << (63 - shift)) - 1
    if graph.horizon > longest:
        raise EngineError(
            f"a horizon of {graph.horizon} ms is too long for a graph of {len(graph.step_hash)} steps: "
            f"choose one of at most {longest} ms"
        )
    return Clockwork(
        constant=np.where(never_varies, sum(fixed), -1),
        takes=np.stack([graph.duration, graph.wait, graph.approval], axis=1)[plan.number].astype(np.int32),
        behind_ptr=(plan.arc_ptr + plan.join_ptr).astype(np.int32),
        behind_idx=_behind(plan),
        alert_delay=graph.alert_delay[plan.number].astype(np.int32),
        alert=graph.alert[plan.number],
        certain=(plan.success >= np.uint64(CERTAIN)).astype(np.uint8),
        after=graph.conclusion_after[places],
        aged=graph.conclusion_aged[places],
        lasting=graph.fact_lasting,
        surviving=graph.fact_surviving,
        forgotten=graph.fact_forgotten,
        fact_key=graph.fact_hash,
        tables=graph.tables,
        fixed=graph.fixed,
        response_delay=graph.response_delay,
        lag=graph.lag,
        horizon=graph.horizon,
        shift=shift,
        alarms=int((graph.alert[plan.number] > 0).any()),
    )


def _behind(plan: Plan) -> Index:
    """For each fact the steps that it is the only premise of, then those with more premises."""
    facts = np.arange(plan.facts)
    arcs = np.repeat(facts, np.diff(plan.arc_ptr))
    joins = np.repeat(facts, np.diff(plan.join_ptr))
    steps = np.concatenate([np.arange(len(arcs), dtype=np.int32), plan.join_idx])
    return steps[np.argsort(np.concatenate([arcs, joins]), kind="stable")]


class State(NamedTuple):
    """One sample under way. All is zero between two samples, but for draws, which several samples share."""

    seed: np.uint64
    extensions: int
    register: Ints
    since: Ints
    until: Ints
    won: Ints
    first: Ints
    by: Index
    touched: Index
    """The facts that held, in the order in which they first did."""
    changed: Ints
    """The facts that changed at this moment."""
    due: Ints
    """The moment, and one, at which a step concludes; 0 if it has no event."""
    marks: NDArray[np.uint8]
    listed: Index
    """The steps with a mark."""
    heap: Words
    works: Words
    """The fates of a step in the 64 samples around this one (see `success_word`)."""
    asked: NDArray[np.uint8]
    takes: Ints
    """(steps, 4) How long a step takes in the four samples that share its draws."""
    taken_in: Ints
    """Which four samples these are: the block, and one."""


def state_of(plan: Plan, given: Clockwork, seed: int, extensions: int) -> State:
    """The arrays for one thread."""
    facts, steps = plan.facts, len(plan.key)
    return State(
        seed=np.uint64(seed),
        extensions=extensions,
        register=np.zeros(7, dtype=np.int64),
        since=np.zeros(facts, dtype=np.int64),
        until=np.zeros(facts, dtype=np.int64),
        won=np.zeros(facts, dtype=np.int64),
        first=np.zeros(facts, dtype=np.int64),
        by=np.zeros(facts, dtype=np.int32),
        touched=np.zeros(facts, dtype=np.int32),
        changed=np.zeros(facts + int(np.diff(plan.out_ptr).max(initial=0)) + 1, dtype=np.int64),
        due=np.zeros(steps, dtype=np.int64),
        marks=np.zeros(steps, dtype=np.uint8),
        listed=np.zeros(steps, dtype=np.int32),
        heap=np.zeros(2 * steps + 16, dtype=np.uint64),
        works=np.where(given.certain, np.uint64(0xFFFFFFFFFFFFFFFF), np.uint64(0)),
        asked=given.certain.copy(),
        takes=np.zeros((steps, 4), dtype=np.int64),
        taken_in=np.zeros(steps, dtype=np.int64),
    )


class Start(NamedTuple):
    """An entry in the plan's numbers."""

    key: np.uint64
    upper: Words
    root_ptr: Ints
    root_idx: Ints


class Rows(NamedTuple):
    """Where the samples of a block go. `column` says which column keeps a fact, -1 for none."""

    first: Ints
    by: Index
    contained: Ints
    variant: Index
    column: Index
