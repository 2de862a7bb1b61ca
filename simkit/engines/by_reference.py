"""The reference as an engine: the same answers as arrays, some thousand times slower, for whoever doubts a kernel."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from simkit.attackgraph.graph import EXTENSIONS, AttackGraph
from simkit.engines import reference
from simkit.engines.outcomes import NEVER, Outcomes
from simkit.engines.reach import Held, chosen_facts
from simkit.progress import steps


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
) -> Outcomes:
    """As `simkit.engines.replay.replay`; `threads` and `only_whether` have no meaning here."""
    entered, chosen = graph.entry(entry), chosen_facts(graph, facts)
    samples = range(offset, offset + trials)
    traces = [
        reference.replay(graph, entered, seed=seed, sample=sample, extensions=extensions) for sample in steps(samples)
    ]
    return Outcomes(
        first=_table([trace.times() for trace in traces], chosen).astype(np.int64),
        by=_table([trace.by for trace in traces], chosen).astype(np.int32),
        contained=np.array([NEVER if trace.contained is None else trace.contained for trace in traces], dtype=np.int64),
        variant=np.array([trace.variant for trace in traces], dtype=np.int32),
        seed=seed,
        offset=offset,
        kept=None if facts is None else tuple(chosen.tolist()),
    )


def _table(found: Sequence[dict[int, int]], chosen: NDArray[np.int64]) -> NDArray[np.int64]:
    """A row for each of `found`, with what it says of the facts `chosen`, or NEVER."""
    rows = [[row.get(fact, NEVER) for fact in chosen.tolist()] for row in found]
    return np.array(rows, dtype=np.int64).reshape(len(found), len(chosen))


def worst_cases(
    graph: AttackGraph,
    starts: Sequence[Sequence[int]],
    *,
    without: Sequence[Sequence[int]] | None = None,
    facts: Sequence[int] | None = None,
    threads: int | None = None,
) -> Held:
    """As `simkit.engines.reach.worst_cases`; `threads` has no meaning here."""
    gone = [()] * len(starts) if without is None else without
    found = [
        reference.worst_case(graph, start, without=frozenset(less))
        for start, less in steps(list(zip(starts, gone, strict=True)))
    ]
    return _columns(found, chosen_facts(graph, facts))


def reach(
    graph: AttackGraph,
    entry: str,
    *,
    seed: int,
    trials: int,
    facts: Sequence[int] | None = None,
    threads: int | None = None,
) -> Held:
    """As `simkit.engines.reach.reach`; `threads` has no meaning here."""
    entered = graph.entry(entry)
    found = [reference.reach(graph, entered, seed=seed, sample=sample) for sample in steps(range(trials))]
    return _columns(found, chosen_facts(graph, facts))


def _columns(found: Sequence[set[int]], chosen: NDArray[np.int64]) -> Held:
    """(rows, columns) Which of the facts `chosen` each of `found` holds."""
    held = [[fact in row for fact in chosen.tolist()] for row in found]
    return np.array(held, dtype=np.bool_).reshape(len(found), len(chosen))
