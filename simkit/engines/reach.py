"""The reach engine: what can ever be reached, with samples, starts or narrowings in the slots of a sweep."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simkit.attackgraph.columns import EntryArrays
from simkit.attackgraph.graph import AttackGraph
from simkit.engines.links import Ints, Links, Words, in_threads, kept_with, links_of, workers

Held = NDArray[np.bool_]
FEW = 8
"""Up to so many starts are flooded one by one, which is faster than a sweep of all slots."""


def worst_case(graph: AttackGraph, start: Sequence[int]) -> Held:
    """The facts that follow from the steps `start` if every step that can succeed does: one bool a fact."""
    from simkit.engines.breadth_first import adjacency_of, breadth_first

    links = links_of(graph)
    given = kept_with(graph, "adjacency", lambda: adjacency_of(links))
    held = np.zeros(links.facts, dtype=np.uint8)
    able = [step for step in start if graph.success[step] > 0]
    ranges = [graph.conclusion_idx[graph.conclusion_ptr[step] : graph.conclusion_ptr[step + 1]] for step in able]
    begin: Ints = np.concatenate([*ranges, np.array([], dtype=np.int64)])
    breadth_first(given, begin, given.missing.copy(), np.empty(links.facts + 1, dtype=np.uint32), held)
    return held.view(np.bool_)


def worst_cases(
    graph: AttackGraph,
    starts: Sequence[Sequence[int]],
    *,
    without: Sequence[Sequence[int]] | None = None,
    facts: Sequence[int] | None = None,
    threads: int | None = None,
) -> Held:
    """The facts (columns) that follow from each of `starts` (rows: first steps) if every step that can succeed does.

    `without` removes the given steps, row by row (leave one out). `facts` are the columns to keep (None: all, which
    takes a byte for each fact and start).
    """
    chosen = chosen_facts(graph, facts)
    held = np.zeros((len(starts), len(chosen)), dtype=np.bool_)
    if len(starts) <= FEW and without is None:
        for row, start in enumerate(starts):
            held[row] = worst_case(graph, start)[chosen]
        return held

    def keep(slots: range, words: Words) -> None:
        unpack_slots(words, chosen, held[slots.start : slots.stop])

    _each_worst_case(graph, starts, without, threads, keep)
    return held


def reach(
    graph: AttackGraph,
    entry: str,
    *,
    seed: int,
    trials: int,
    facts: Sequence[int] | None = None,
    threads: int | None = None,
) -> Held:
    """The facts (columns) that each sample (rows) ever reaches: fates count; time, lifetimes and alerts do not.

    `facts` are the columns to keep (None: all). Raises QuestionError for an entry that the graph does not have.
    """
    from simkit.engines.fixpoint import SLOTS, fixpoint, frontier_of, successes_of, uncertain_rows

    links, start, chosen = links_of(graph), graph.entry(entry), chosen_facts(graph, facts)
    row, rows = uncertain_rows(links)
    held = np.zeros((trials, len(chosen)), dtype=np.bool_)
    size = min(SLOTS, 64 * -(-trials // (64 * workers(threads))))

    def run(begin: int) -> None:
        slots = range(begin, min(begin + size, trials))
        steps, bits = entry_slots(links, start, seed, slots)
        frontier = frontier_of(links.facts)
        fixpoint(links, successes_of(row, rows, known=False), steps, bits, np.uint64(seed), begin, frontier)
        unpack_slots(frontier.held, chosen, held[slots.start : slots.stop])

    in_threads(run, range(0, trials, size), threads)
    return held


def chosen_facts(graph: AttackGraph, facts: Sequence[int] | None) -> Ints:
    """The columns to keep; None is all of them."""
    return np.arange(len(graph.fact_hash)) if facts is None else np.asarray(facts, dtype=np.int64)


def placed(links: Links, steps: Sequence[int]) -> list[int]:
    """The places in `links` of those of the graph's `steps` that can succeed."""
    return [int(links.place[step]) for step in steps if links.place[step] >= 0]


def unpack_slots(words: Words, chosen: Ints, held: Held) -> None:
    """The bits of the facts `chosen` in `words` (facts, words) into `held` (slots, facts)."""
    from simkit.engines.slots import unpack

    unpack(np.ascontiguousarray(words[chosen].T), held.view(np.uint8))


def entry_slots(links: Links, start: EntryArrays, seed: int, samples: range) -> tuple[Ints, Words]:
    """The first steps of `samples`, and the slots in which each starts."""
    from simkit.engines.instructions import WORDS
    from simkit.engines.slots import bit_of, variants

    drawn = np.empty(len(samples), dtype=np.int64)
    variants(start.upper, np.uint64(start.hash), np.uint64(seed), samples.start, drawn)
    slots = np.arange(len(samples))
    steps: list[int] = []
    bits: list[Words] = []
    for variant in np.unique(drawn[drawn >= 0]).tolist():
        mask = np.zeros(WORDS, dtype=np.uint64)
        mine = slots[drawn == variant]
        np.bitwise_or.at(mask, mine >> 6, bit_of(mine))
        able = placed(links, start.roots(variant))
        steps += able
        bits += [mask] * len(able)
    return np.array(steps, dtype=np.int64), np.array(bits, dtype=np.uint64).reshape(-1, WORDS)


def _each_worst_case(
    graph: AttackGraph,
    starts: Sequence[Sequence[int]],
    without: Sequence[Sequence[int]] | None,
    threads: int | None,
    take: Callable[[range, Words], Any],
) -> None:
    """Sweeps the worst cases of `starts`, as many at once as there are slots, and hands each lot to `take`."""
    from simkit.engines.fixpoint import SLOTS, certain_successes, fixpoint, frontier_of
    from simkit.engines.slots import pack

    links = links_of(graph)
    certain = certain_successes(links)

    def run(begin: int) -> None:
        slots = range(begin, min(begin + SLOTS, len(starts)))
        steps, bits = pack([placed(links, starts[i]) for i in slots])
        successes = certain
        if without is not None:
            successes = certain.without(*pack([placed(links, without[i]) for i in slots]))
        frontier = frontier_of(links.facts)
        fixpoint(links, successes, steps, bits, np.uint64(0), 0, frontier)
        take(slots, frontier.held)

    in_threads(run, range(0, len(starts), SLOTS), threads)
