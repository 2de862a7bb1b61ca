"""What a replay reads besides the links: how long steps take, how likely they work, what raises alerts."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simkit.attackgraph.graph import AttackGraph
from simkit.distributions import FOREVER
from simkit.engines.links import Index, Ints, Links, Words, lined_up, makers_of, offsets, rows
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
    life="u1", varies="u1", traits="u1", marks="u1",
)  # fmt: skip
"""A step, one cache line. As given: the key of its draws; its conclusion, as in `CONCLUSION`, if there is just one
(else `fact` is -1); its only premise, else -1; its number in the graph; its row of `Parameters.timings`; its traits.
In a sample: its marks; the moment, and one, at which it concludes (0 if it has no event); how long it takes in the four
samples that share its draws, LONG if that is not less, and which four these are (the block, and one)."""
LONG = 0xFFFFFFFF
CONCLUSION = record(after="i8", fact="i4", life="u1", varies="u1")
"""What a step concludes, how long that outlives the premises, of which life the fact is, and 1 if its end is more than
that: aged, drawn, rotated, or that of a run (see `Parameters.special`)."""
PLAIN, LASTING, WITHIN = range(3)
"""Lives: a fact that ends, one that never does, and one that lives inside a session, and so inside a run."""
ALARMING, LOGGED, AGAIN, ASKS, SILENCED = np.uint8(1), np.uint8(2), np.uint8(4), np.uint8(8), np.uint8(16)
"""Traits of a step: it may raise an alert, links things in the log, comes again as a run of a task, waits for a person
in a run, is seen only while nothing keeps it from that. The first two and the last only where somebody responds, the
fourth only where there are runs."""
ONCE, EVEN_BEFORE = 1, 2
"""See `Parameters.final`."""
SPECIAL = record(period="i8", table="i4", aged="u1", run="u1")
"""How the end of a conclusion is found: a rotation schedule (0: none), the table of its life (-1: none), whether it has
a random part of its life left, and whether it is a run."""


class Parameters(NamedTuple):
    """Times and chances, by step (numbered as in `Links`), by conclusion or by fact: int64 ms and thresholds."""

    steps: Records
    """`STEP` by step, as given."""
    conclusions: Records
    """`CONCLUSION` in the order of `Links.out_idx`."""
    special: Records
    """`SPECIAL` by conclusion."""
    outlives: Index
    """By conclusion the row of `spans`."""
    spans: Ints
    """(rows, actions) How long a conclusion outlives a premise that an action ended."""
    maker_ptr: Index
    """(facts + 1) Into `maker_idx`: the steps that conclude a fact."""
    maker_idx: Index
    alert: Words
    timings: Index
    """(timings, 3) The tables of a duration, a wait and an approval: steps share few of these."""
    constant: Ints
    """(timings) Their sum, if none of them ever varies; else -1."""
    alert_delay: Index
    certain: NDArray[np.uint8]
    """1 for a step that always works."""
    final: NDArray[np.uint8]
    """When a step can do nothing more, if all is spent that it concludes (see `State.settled`): `ONCE` it concluded
    itself, or `EVEN_BEFORE`, unless it raises an alert; 0 for never."""
    lasts: NDArray[np.uint8]
    """1 for a fact that nobody ends, and nothing else."""
    leads: NDArray[np.uint8]
    """1 for a fact that some step has as a premise."""
    stirs: NDArray[np.uint8]
    asked_for: NDArray[np.uint8]
    """1 for a fact for whose time others ask than the steps behind it: runs, when it begins anew, who adds it up, what
    it keeps from being seen, and, where responders end it, steps that conclude it with others: these come anew then."""
    silencer_ptr: Index
    """(steps + 1) Into `silencer_idx`: the facts that keep a step from being seen."""
    silencer_idx: Index
    shown: Words
    timed: NDArray[np.uint8]
    """1 for a fact whose time adds up; empty where there is none."""
    fact_key: Words
    tables: Ints
    fixed: Ints
    responders: ResponseColumns
    alarms: int
    """How many steps may raise an alert; 0 if nobody responds."""
    horizon: int
    shift: int
    """An event is (moment << shift) | step."""
    far: bool
    """True if the state of a sample does not fit the nearest caches, so that looking ahead pays."""


class ResponseColumns(NamedTuple):
    """Who knows and ends what, as in `simkit.attackgraph.responders`."""

    knowable: NDArray[np.uint8]
    by: Index
    ended_by: Ints
    group: Index
    member_ptr: Index
    member_idx: Index
    forgotten: Words
    overlooked: Words
    key: Words
    spread: Ints
    told_ptr: Index
    told_idx: Index
    action: Index
    of: Index
    delay: Index
    fate: Words
    lag: int


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
    responds = len(graph.responders.action) > 0
    maker_ptr, maker_idx = makers_of(links)
    steps = _steps(graph, links, conclusions, timing, responds)
    silencer_ptr, silencers = rows(graph.silencer_ptr, links.number.astype(np.int64))
    return Parameters(
        steps=steps,
        conclusions=conclusions,
        special=_special(graph, links),
        outlives=graph.conclusion_outlives[_places(graph, links)].astype(np.int32),
        spans=graph.outlives,
        maker_ptr=maker_ptr,
        maker_idx=maker_idx,
        alert=graph.alert[links.number] * np.uint64(responds),
        timings=timings,
        constant=np.where((fixed >= 0).all(axis=1), fixed.sum(axis=1), -1),
        alert_delay=graph.alert_delay[links.number].astype(np.int32),
        certain=(links.success >= np.uint64(CERTAIN)).astype(np.uint8),
        final=_final(steps["traits"]),
        lasts=(~_endable(graph)).astype(np.uint8),
        leads=((np.diff(links.arc_ptr) > 0) | (np.diff(links.join_ptr) > 0)).astype(np.uint8),
        stirs=graph.fact_stirs.astype(np.uint8),
        asked_for=_asked_for(graph, links),
        silencer_ptr=silencer_ptr.astype(np.int32),
        silencer_idx=graph.silencer_idx[silencers].astype(np.int32),
        shown=graph.shown[links.number] * np.uint64(responds),
        timed=graph.fact_timed.astype(np.uint8) if graph.fact_timed.any() else np.zeros(0, dtype=np.uint8),
        fact_key=graph.fact_hash,
        tables=graph.tables,
        fixed=graph.fixed,
        responders=_responders(graph),
        alarms=int((graph.alert[links.number] > 0).sum()) if responds else 0,
        horizon=graph.horizon,
        shift=shift,
        far=len(links.number) > NEAR,
    )


def _places(graph: AttackGraph, links: Links) -> Ints:
    """Where each conclusion stands in the graph, in the order of `Links.out_idx`."""
    return rows(graph.conclusion_ptr, links.number.astype(np.int64))[1]


def _responders(graph: AttackGraph) -> ResponseColumns:
    who, small = graph.responders, np.int32
    return ResponseColumns(
        knowable=who.knowable.astype(np.uint8),
        by=who.by.astype(small),
        ended_by=who.ended_by,
        group=who.group.astype(small),
        member_ptr=who.member_ptr.astype(small),
        member_idx=who.member_idx.astype(small),
        forgotten=who.forgotten,
        overlooked=who.overlooked,
        key=who.key,
        spread=who.spread,
        told_ptr=who.told_ptr.astype(small),
        told_idx=who.told_idx.astype(small),
        action=who.action.astype(small),
        of=who.of.astype(small),
        delay=who.delay.astype(small),
        fate=who.fate,
        lag=who.lag,
    )


def _timings(graph: AttackGraph, links: Links) -> tuple[Index, Ints]:
    """The different (duration, wait, approval), and which of them each step has."""
    tables = len(graph.fixed)
    each = ((graph.duration.astype(np.int64) * tables + graph.wait) * tables + graph.approval)[links.number]
    found, timing = np.unique(each, return_inverse=True)
    return np.stack([found // tables**2, found // tables % tables, found % tables], axis=1).astype(np.int32), timing


def _steps(graph: AttackGraph, links: Links, conclusions: Records, timing: Ints, responds: bool) -> Records:
    found = lined_up(len(links.number), STEP)
    only = np.flatnonzero(np.diff(links.out_ptr) == 1)
    found["fact"] = -1
    for name in CONCLUSION.names or ():
        found[name][only] = conclusions[name][links.out_ptr[only]]
    found["premise"] = -1
    found["premise"][: links.arc_ptr[-1]] = links.premise_idx[: links.arc_ptr[-1]]
    found["key"], found["number"], found["timing"] = links.key, links.number, timing
    found["traits"] = _traits(graph, responds)[links.number]
    return found


def _traits(graph: AttackGraph, responds: bool) -> NDArray[np.uint8]:
    """By step of the graph. Nobody waits in a run where nothing is a run, and nobody looks where nobody responds."""
    again = graph.again.astype(np.uint8) * AGAIN
    asks = (graph.fixed[graph.approval] != 0).astype(np.uint8) * ASKS * np.uint8(graph.conclusion_run.any())
    noticed = (graph.alert > 0).astype(np.uint8) * ALARMING + _linking(graph).astype(np.uint8) * LOGGED
    noticed += (np.diff(graph.silencer_ptr) > 0).astype(np.uint8) * SILENCED
    found: NDArray[np.uint8] = again + asks + noticed * np.uint8(responds)
    return found


def _asked_for(graph: AttackGraph, links: Links) -> NDArray[np.uint8]:
    found = graph.fact_stirs | graph.fact_timed
    found[graph.silencer_idx] = True
    if len(graph.responders.action):
        ends = _endable(graph)[links.out_idx]
        ending = offsets(ends)
        together = np.repeat(ending[links.out_ptr[1:]] - ending[links.out_ptr[:-1]], np.diff(links.out_ptr))
        found[links.out_idx[ends & (together > 1)]] = True
    return found.astype(np.uint8)


def _endable(graph: AttackGraph) -> NDArray[np.bool_]:
    """True for a fact that ends, or that an action of some responder ends."""
    who = graph.responders
    done = int(np.bitwise_or.reduce(np.int64(1) << who.action)) if len(who.action) else 0
    found: NDArray[np.bool_] = ~graph.fact_lasting | ((who.ended_by & done) != 0)
    return found


def _linking(graph: AttackGraph) -> NDArray[np.bool_]:
    """True for a logged step that is about more than one thing that responders could know of: others link nothing."""
    steps, found = np.arange(len(graph.logged)), graph.logged.copy()
    owner = np.concatenate(
        [np.repeat(steps, np.diff(graph.premise_ptr)), np.repeat(steps, np.diff(graph.conclusion_ptr))]
    )
    fact = np.concatenate([graph.premise_idx, graph.conclusion_idx])
    known = graph.responders.knowable[fact] & graph.logged[owner]
    facts = max(len(graph.responders.knowable), 1)
    pairs = owner[known] * facts + fact[known]
    things = np.sort(pairs, kind="stable")  # they nearly are; numpy's `unique` hashes instead
    different = np.concatenate([things[:1], things[1:][things[1:] != things[:-1]]])
    found[:] = np.bincount(different // facts, minlength=len(steps)) > 1
    return found


def _final(traits: NDArray[np.uint8]) -> NDArray[np.uint8]:
    ends = traits & (AGAIN | ASKS) == 0
    ends &= traits & (LOGGED | SILENCED) != (LOGGED | SILENCED)  # one that nobody saw may be seen the next time
    found: NDArray[np.uint8] = np.where(ends, np.where(traits & LOGGED, ONCE, EVEN_BEFORE), 0).astype(np.uint8)
    return found


def _conclusions(graph: AttackGraph, links: Links) -> Records:
    places = _places(graph, links)
    found = lined_up(len(places), CONCLUSION)
    found["after"] = graph.conclusion_after[places]
    found["fact"] = links.out_idx
    lasting, within = graph.fact_lasting[links.out_idx], graph.fact_within[links.out_idx]
    found["life"] = np.where(lasting, LASTING, np.where(within, WITHIN, PLAIN))
    found["varies"] = _varies(graph)[places] & ~lasting
    return found


def _varies(graph: AttackGraph) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = graph.conclusion_aged | graph.conclusion_run
    return found | (graph.conclusion_life >= 0) | (graph.conclusion_period > 0)


def _special(graph: AttackGraph, links: Links) -> Records:
    places = _places(graph, links)
    found = lined_up(len(places), SPECIAL)
    found["period"] = graph.conclusion_period[places]
    found["table"] = graph.conclusion_life[places]
    found["aged"] = graph.conclusion_aged[places] & (graph.conclusion_after[places] < FOREVER)
    found["run"] = graph.conclusion_run[places]
    return found
