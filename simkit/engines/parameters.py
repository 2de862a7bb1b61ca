"""What a replay reads besides the links: how long steps take, how likely they work, what raises alerts."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simkit.attackgraph.graph import AttackGraph
from simkit.engines.links import Index, Ints, Links, Words, lined_up, rows
from simkit.errors import EngineError
from simkit.fate import CERTAIN

NEAR = 1 << 14
"""Steps of the largest graph whose samples fit the second cache of a core (2 MiB on the machines measured)."""
Records = NDArray[np.void]


def record(**fields: str) -> np.dtype[np.void]:
    """A record with these fields: what one visit reads lies together, since each cache line may be a wait."""
    return np.dtype({"names": list(fields), "formats": list(fields.values())}, align=True)


STEP = record(
    key="u8", after="i8", due="i8", takes="4u4", fact="i4", premise="i4", number="i4", timing="i4", taken_in="u4",
    lasting="u1", aged="u1", alarming="u1", marks="u1",
)  # fmt: skip
"""A step, one cache line. As given: the key of its draws; its conclusion, as in `CONCLUSION`, if there is just one
(else `fact` is -1); its only premise, else -1; its number in the graph; its row of `Parameters.timings`; 1 if it may
raise an alert. In a sample: its marks; the moment, and one, at which it concludes (0 if it has no event); how long it
takes in the four samples that share its draws, LONG if that is not less, and which four these are (the block, and
one)."""
LONG = 0xFFFFFFFF
CONCLUSION = record(after="i8", fact="i4", lasting="u1", aged="u1")
"""What a step concludes, how long that outlives the premises, whether the fact lasts for ever or is an aged token."""


class Parameters(NamedTuple):
    """Times and chances, by step (numbered as in `Links`), by conclusion or by fact: int64 ms and thresholds."""

    steps: Records
    """`STEP` by step, as given."""
    conclusions: Records
    """`CONCLUSION` in the order of `Links.out_idx`."""
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


def parameters_of(graph: AttackGraph, links: Links) -> Parameters:
    """The parameters of `graph`. Raises EngineError if its horizon and its number of steps do not fit in an event."""
    shift = max(len(graph.step_hash) - 1, 1).bit_length()
    longest = (1 << (63 - shift)) - 1
    if graph.horizon > longest:
        raise EngineError(
            f"a horizon of {graph.horizon} ms is too long for a graph of {len(graph.step_hash)} steps: "
            f"choose one of at most {longest} ms"
        )
    conclusions = _conclusions(graph, links)
    timings, timing = _timings(graph, links)
    fixed = graph.fixed[timings]
    return Parameters(
        steps=_steps(graph, links, conclusions, timing),
        conclusions=conclusions,
        alert=graph.alert[links.number],
        timings=timings,
        constant=np.where((fixed >= 0).all(axis=1), fixed.sum(axis=1), -1),
        alert_delay=graph.alert_delay[links.number].astype(np.int32),
        certain=(links.success >= np.uint64(CERTAIN)).astype(np.uint8),
        surviving=graph.fact_surviving,
        forgotten=graph.fact_forgotten,
        fact_key=graph.fact_hash,
        tables=graph.tables,
        fixed=graph.fixed,
        response_delay=graph.response_delay,
        lag=graph.lag,
        horizon=graph.horizon,
        shift=shift,
        far=len(links.number) > NEAR,
        alarms=int((graph.alert[links.number] > 0).any()),
    )


def _timings(graph: AttackGraph, links: Links) -> tuple[Index, Ints]:
    """The different (duration, wait, approval), and which of them each step has."""
    tables = len(graph.fixed)
    each = ((graph.duration * tables + graph.wait) * tables + graph.approval)[links.number]
    found, timing = np.unique(each, return_inverse=True)
    return np.stack([found // tables**2, found // tables % tables, found % tables], axis=1).astype(np.int32), timing


def _steps(graph: AttackGraph, links: Links, conclusions: Records, timing: Ints) -> Records:
    found = lined_up(len(links.number), STEP)
    only = np.flatnonzero(np.diff(links.out_ptr) == 1)
    found["fact"] = -1
    for name in CONCLUSION.names or ():
        found[name][only] = conclusions[name][links.out_ptr[only]]
    found["premise"] = -1
    found["premise"][: links.arc_ptr[-1]] = links.premise_idx[: links.arc_ptr[-1]]
    found["key"], found["number"], found["timing"] = links.key, links.number, timing
    found["alarming"] = graph.alert[links.number] > 0
    return found


def _conclusions(graph: AttackGraph, links: Links) -> Records:
    places = rows(graph.conclusion_ptr, links.number)[1]  # type: ignore[arg-type]
    found = lined_up(len(places), CONCLUSION)
    found["after"] = graph.conclusion_after[places]
    found["fact"] = links.out_idx
    found["lasting"] = graph.fact_lasting[links.out_idx]
    found["aged"] = graph.conclusion_aged[places]
    return found
