"""The replay engine: what each sample reaches, and when, on compiled kernels in threads."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from simkit.attackgraph.graph import EXTENSIONS, AttackGraph
from simkit.engines.outcomes import NEVER, Outcomes

BLOCK = 512
"""Samples a task of the thread pool: enough to hide its cost, few enough to share the work."""


def replay(
    graph: AttackGraph,
    entry: str,
    *,
    seed: int,
    trials: int,
    offset: int = 0,
    threads: int | None = None,
    extensions: int = EXTENSIONS,
) -> Outcomes:
    """Samples `offset` to `offset + trials` of the attack through `entry`; the same bytes on any number of `threads`
    (None: one for each processor). Raises QuestionError for an entry that the graph does not have.
    """
    from simkit.engines.kernels import arrays, replay_block

    start = graph.entry(entry)
    given = arrays(graph)
    facts = len(graph.facts)
    first = np.full((trials, facts), NEVER, dtype=np.int64)
    by = np.full((trials, facts), NEVER, dtype=np.int32)
    contained = np.full(trials, NEVER, dtype=np.int64)
    variant = np.full(trials, NEVER, dtype=np.int32)

    def run(begin: int) -> None:
        rows = slice(begin, min(begin + BLOCK, trials))
        replay_block(
            given, np.uint64(start.hash), start.upper, start.root_ptr, start.root_idx, np.uint64(seed),
            offset + begin, extensions, first[rows], by[rows], contained[rows], variant[rows],
        )  # fmt: skip

    blocks = range(0, trials, BLOCK)
    workers = min(threads or os.cpu_count() or 1, len(blocks))
    if workers <= 1:
        for begin in blocks:
            run(begin)
    else:
        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(run, blocks))
    return Outcomes(first, by, contained, variant, seed, offset)
