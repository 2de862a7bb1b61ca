"""The replay engine: what each sample reaches, and when, on compiled kernels in threads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from simkit.attackgraph.columns import met
from simkit.attackgraph.graph import EXTENSIONS, AttackGraph
from simkit.engines.links import Ints, Links, in_threads, kept_with, links_among, links_of, workers
from simkit.engines.outcomes import NEVER, Outcomes
from simkit.engines.reach import placed, worst_case

if TYPE_CHECKING:
    from simkit.engines.parameters import Parameters

EVENTS = 2
"""Events of one step for which a queue has room at first."""
BLOCK = 512
"""Samples a task of the thread pool at most; a multiple of 64, which is how many share the draws of success."""


def replay(
    graph: AttackGraph,
    entry: str,
    *,
    seed: int,
    trials: int,
    offset: int = 0,
    threads: int | None = None,
    extensions: int = EXTENSIONS,
    facts: Sequence[int] | None = None,
    only_whether: bool = False,
    without: Sequence[int] = (),
) -> Outcomes:
    """Samples `offset` to `offset + trials` of the attack through `entry`; the same bytes on any number of `threads`
    (None: one for each processor).

    `facts` are the columns to keep (None: all, which takes 12 bytes for each fact and sample). Raises QuestionError
    for an entry that the graph does not have, EngineError for a horizon too long for the size of the graph.

    Where `only_whether` they are reached is asked, a sample ends with the last that it can reach, however long it would
    have gone on, and what it reaches in any case is not replayed: `first` is 0 or more for what is reached, and neither
    moments and steps nor containment are told. The samples are those of a graph that never had the steps in `without`.
    """
    from simkit.engines.event_loop import replay_samples
    from simkit.engines.queue import LOST
    from simkit.engines.state import Rows, Start, state_of

    entered, (links, given) = graph.entry(entry), _laid_out(graph, without)
    start = Start(
        np.uint64(entered.hash), entered.upper, entered.root_ptr.astype(np.int32), links.place[entered.root_idx]
    )
    chosen = np.arange(links.facts) if facts is None else np.asarray(facts, dtype=np.int64)
    column = np.full(links.facts, -1, dtype=np.int32)
    column[chosen] = np.arange(len(chosen))
    rows = Rows(
        first=np.full((trials, len(chosen)), NEVER, dtype=np.int64),
        by=np.full((trials, len(chosen)), NEVER, dtype=np.int32),
        contained=np.full(trials, NEVER, dtype=np.int64),
        variant=np.full(trials, NEVER, dtype=np.int32),
        column=column,
        kept=chosen.astype(np.int32),
    )
    block = min(BLOCK, 64 * -(-trials // (64 * workers(threads))))
    ahead = offset % 64

    def run(begin: int) -> None:
        here = slice(max(begin - ahead, 0), min(begin - ahead + block, trials))
        mine = Rows(rows.first[here], rows.by[here], rows.contained[here], rows.variant[here], column, rows.kept)
        lost, room = True, EVENTS
        while lost:  # an event that a response overtook lies in the queue until its moment comes: seldom many do
            mine.first[:], mine.by[:] = NEVER, NEVER
            state = state_of(links, given, seed, extensions, room, foreseen=only_whether)
            replay_samples(links, given, state, start, mine, offset + here.start)
            lost, room = bool(state.queue.places[LOST]), 2 * room

    in_threads(run, range(0, ahead + trials, block), threads)
    kept = None if facts is None else tuple(chosen.tolist())
    return Outcomes(rows.first, rows.by, rows.contained, rows.variant, seed, offset, kept)


def _laid_out(graph: AttackGraph, without: Sequence[int]) -> tuple[Links, Parameters]:
    """What the kernel reads of `graph`, in which the steps `without` never succeed."""
    from simkit.engines.parameters import parameters_of

    links = kept_with(graph, "links of a replay", lambda: _links_of_a_replay(graph))
    given: Parameters = kept_with(graph, "parameters", lambda: parameters_of(graph, links))
    if not len(without):
        return links, given
    gone, success, certain = placed(links, without), links.success.copy(), given.certain.copy()
    success[gone], certain[gone] = 0, 0
    return links._replace(success=success), given._replace(certain=certain)


def _links_of_a_replay(graph: AttackGraph) -> Links:
    """The links of what some entry of `graph` leads to: of a large estate that is a tenth. A small graph is not worth
    the question."""
    from simkit.engines.parameters import NEAR

    if len(graph.success) <= NEAR:
        return links_of(graph)
    first: Ints = np.unique(np.concatenate([entry.root_idx for entry in graph.entries.values()]))
    able = (graph.success > 0) & (np.diff(graph.premise_ptr) > 0)
    able &= met(graph.premise_ptr, graph.premise_idx, worst_case(graph, first.tolist()))
    able[first] = graph.success[first] > 0
    return links_among(graph, able)


def replays(
    graph: AttackGraph,
    entry: str,
    *,
    seed: int,
    trials: int,
    at_once: int = BLOCK,
    offset: int = 0,
    threads: int | None = None,
    extensions: int = EXTENSIONS,
    facts: Sequence[int] | None = None,
) -> Iterator[Outcomes]:
    """The same samples as `replay`, `at_once` at a time and in order, to be reduced as they come: the memory does not
    grow with `trials`."""
    for begin in range(offset, offset + trials, at_once):
        count = min(at_once, offset + trials - begin)
        yield replay(
            graph, entry, seed=seed, trials=count, offset=begin, threads=threads, extensions=extensions, facts=facts
        )
