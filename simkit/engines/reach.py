"""The reach engine: what can ever be reached, 64 samples, starts or narrowings in the bits of a word."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from simkit.attackgraph.graph import AttackGraph

LANES = 64
Held = NDArray[np.bool_]


def worst_cases(
    graph: AttackGraph,
    starts: Sequence[Sequence[int]],
    *,
    without: Sequence[Sequence[int]] | None = None,
    threads: int | None = None,
) -> Held:
    """The facts (columns) that follow from each of `starts` (rows: first steps) if every step that can succeed does.

    `without` removes the given steps, row by row (leave one out).
    """
    from simkit.engines.kernels import arrays, sweep

    given = arrays(graph)
    held = np.zeros((len(starts), len(graph.facts)), dtype=np.bool_)

    def run(begin: int) -> None:
        rows = range(begin, min(begin + LANES, len(starts)))
        steps, bits = _roots([starts[row] for row in rows])
        allowed = _allowed(len(graph.steps), [without[row] for row in rows] if without else [])
        words = np.zeros(len(graph.facts), dtype=np.uint64)
        sweep(given, steps, bits, allowed, False, np.uint64(0), 0, words)
        _unpack(words, held[rows.start : rows.stop])

    _in_threads(run, range(0, len(starts), LANES), threads)
    return held


def reach(graph: AttackGraph, entry: str, *, seed: int, trials: int, threads: int | None = None) -> Held:
    """The facts (columns) that each sample (rows) ever reaches: fates count; time, lifetimes and alerts do not."""
    from simkit.engines.kernels import arrays, sweep, variant_of

    given, start = arrays(graph), graph.entry(entry)
    held = np.zeros((trials, len(graph.facts)), dtype=np.bool_)
    everywhere = np.full(len(graph.steps), np.uint64(0xFFFFFFFFFFFFFFFF), dtype=np.uint64)

    def run(begin: int) -> None:
        rows = range(begin, min(begin + LANES, trials))
        drawn = [variant_of(start.upper, np.uint64(start.hash), np.uint64(seed), row) for row in rows]
        steps, bits = _roots([start.roots(variant) if variant >= 0 else [] for variant in drawn])
        words = np.zeros(len(graph.facts), dtype=np.uint64)
        sweep(given, steps, bits, everywhere, True, np.uint64(seed), begin, words)
        _unpack(words, held[rows.start : rows.stop])

    _in_threads(run, range(0, trials, LANES), threads)
    return held


def _in_threads(run: Callable[[int], None], blocks: range, threads: int | None) -> None:
    workers = min(threads or os.cpu_count() or 1, len(blocks))
    if workers <= 1:
        for begin in blocks:
            run(begin)
        return
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(run, blocks))


def _roots(starts: Sequence[Sequence[int]]) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
    """The first steps of up to 64 lanes, each with the lanes in which it starts."""
    lanes: dict[int, int] = {}
    for lane, steps in enumerate(starts):
        for step in steps:
            lanes[step] = lanes.get(step, 0) | 1 << lane
    return np.array(list(lanes), dtype=np.int64), np.array(list(lanes.values()), dtype=np.uint64)


def _allowed(steps: int, removed: Sequence[Sequence[int]]) -> NDArray[np.uint64]:
    allowed = np.full(steps, np.uint64(0xFFFFFFFFFFFFFFFF), dtype=np.uint64)
    for lane, gone in enumerate(removed):
        allowed[np.asarray(gone, dtype=np.int64)] &= ~(np.uint64(1) << np.uint64(lane))
    return allowed


def _unpack(words: NDArray[np.uint64], rows: Held) -> None:
    """Bit `i` of each word into row `i`."""
    bits = np.unpackbits(words.view(np.uint8).reshape(-1, 8), axis=1, bitorder="little")
    rows[:] = bits[:, : len(rows)].T.astype(np.bool_)
