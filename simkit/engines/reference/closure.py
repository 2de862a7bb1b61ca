"""What can be reached: the worst case (at all), and reach (what one sample ever reaches, time ignored)."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from simkit.attackgraph.columns import EntryArrays
from simkit.attackgraph.graph import AttackGraph
from simkit.engines.reference.fates import Fates


def worst_case(graph: AttackGraph, roots: Iterable[int], *, without: frozenset[int] = frozenset()) -> set[int]:
    """The facts that follow from the steps `roots` if every step that can succeed does; `without` some steps."""
    return _closure(graph, roots, lambda step: graph.success[step] > 0 and step not in without)


def reach(graph: AttackGraph, entry: EntryArrays, *, seed: int, sample: int) -> set[int]:
    """The facts that `sample` ever reaches: its steps' fates count; time, lifetimes and alerts do not."""
    fates = Fates(graph, seed, sample)
    return _closure(graph, entry.roots(fates.variant(entry)), fates.succeeds)


def _closure(graph: AttackGraph, roots: Iterable[int], works: Callable[[int], bool]) -> set[int]:
    """The least set that holds what `roots` conclude, and what each working step concludes whose premises it holds."""
    held: set[int] = set()
    waiting = [step for step in roots if works(step)]
    while waiting:
        for fact in conclusions(graph, waiting.pop()):
            if fact not in held:
                held.add(fact)
                waiting += [s for s in behind(graph, fact) if held.issuperset(graph.premises(s)) and works(s)]
    return held


def conclusions(graph: AttackGraph, step: int) -> list[int]:
    """The facts that `step` concludes."""
    return [int(i) for i in graph.conclusion_idx[graph.conclusion_ptr[step] : graph.conclusion_ptr[step + 1]]]


def behind(graph: AttackGraph, fact: int) -> list[int]:
    """The steps that have `fact` as a premise."""
    return [int(i) for i in graph.behind_idx[graph.behind_ptr[fact] : graph.behind_ptr[fact + 1]]]


def makers(graph: AttackGraph, fact: int) -> list[int]:
    """The steps that conclude `fact`."""
    return [int(i) for i in graph.maker_idx[graph.maker_ptr[fact] : graph.maker_ptr[fact + 1]]]


def silencers(graph: AttackGraph, step: int) -> list[int]:
    """The facts that keep `step` from being seen while they hold."""
    return [int(i) for i in graph.silencer_idx[graph.silencer_ptr[step] : graph.silencer_ptr[step + 1]]]
