"""How few steps lead to a fact, in the worst case."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from simkit.attackgraph import AttackGraph
from simkit.attackgraph.rows import positions


def shortest_hops(graph: AttackGraph, roots: Iterable[int]) -> dict[int, int]:
    """For each fact that follows from the first steps `roots` the least number of steps one after another.

    A step that needs several facts comes after the last of them. Steps without a chance do not count.

    >>> from simkit.attackgraph import Conclusion, Containment, Entry, Fact, Ground, Step, Variant
    >>> a, b = Fact("holds", "key"), Fact("lost", "db")
    >>> first = Step("leak", "leak", (), (Conclusion(a, None),), (Ground("entry"),))
    >>> then = Step("read", "read", (a,), (Conclusion(b),), (Ground("flow"),))
    >>> quiet = Containment()
    >>> graph = AttackGraph.build([then], [Entry("e", (Variant("", 1, (first,)),))], quiet, horizon=10)
    >>> shortest_hops(graph, graph.entry("e").roots(0))[graph.index[b]]
    2
    """
    missing, held = np.diff(graph.premise_ptr), np.zeros(len(graph.behind_ptr) - 1, dtype=np.bool_)
    ready = np.array([step for step in roots if graph.success[step] > 0], dtype=np.int64)
    found: dict[int, int] = {}
    level = 0
    while len(ready):
        level += 1
        made = graph.conclusion_idx[positions(graph.conclusion_ptr, ready)]
        front = np.unique(made[~held[made]])
        held[front] = True
        found.update(dict.fromkeys(front.tolist(), level))
        behind, times = np.unique(graph.behind_idx[positions(graph.behind_ptr, front)], return_counts=True)
        missing[behind] -= times
        ready = behind[(missing[behind] == 0) & (graph.success[behind] > 0)]
    return found


def fewest_hops(graph: AttackGraph, entry_point: str) -> dict[int, int]:
    """The same through `entry_point`, however it turns out."""
    found: dict[int, int] = {}
    for start in graph.entry(entry_point).starts:
        for fact, hops in shortest_hops(graph, start).items():
            found[fact] = min(hops, found.get(fact, hops))
    return found


class WayFinder:
    """Finds shortest ways in one graph, whose arrays it reads as lists: many ways are asked for, step by step."""

    def __init__(self, graph: AttackGraph) -> None:
        self._graph = graph
        self._concludes = graph.conclusion_ptr.tolist(), graph.conclusion_idx.tolist()
        self._behind = graph.behind_ptr.tolist(), graph.behind_idx.tolist()
        self._needs = (graph.premise_ptr[1:] - graph.premise_ptr[:-1]).tolist()
        self._may_be: list[bool] = (graph.success > 0).tolist()

    def way(self, roots: Iterable[int], wanted: int) -> tuple[int, ...]:
        """The steps of one of the shortest ways from the first steps `roots` to the fact `wanted`, each after all that
        it needs; nothing where there is none. Steps without a chance do not count."""
        by: dict[int, int] = {}
        for found in self.rounds(roots, by):
            if wanted in found:
                return self._led_to(by, wanted)
        return ()

    def rounds(self, roots: Iterable[int], by: dict[int, int]) -> Iterator[dict[int, int]]:
        """Round after round the facts that follow from the first steps `roots` and were in none before, each with the
        first step that concludes it; they are put into `by`, too."""
        left: dict[int, int] = {}
        ptr, behind = self._behind
        ready = [step for step in roots if self._may_be[step]]
        while ready:
            found = self._concluded(ready, by)
            by.update(found)
            yield found
            ready = []
            for fact in found:
                for step in behind[ptr[fact] : ptr[fact + 1]]:
                    left[step] = left.get(step, self._needs[step]) - 1
                    if not left[step] and self._may_be[step]:
                        ready.append(step)

    def _concluded(self, steps: Iterable[int], known: Mapping[int, int]) -> dict[int, int]:
        """The facts that `steps` conclude and that are not `known`, each with the first step that does."""
        ptr, concluded = self._concludes
        found: dict[int, int] = {}
        for step in steps:
            for fact in concluded[ptr[step] : ptr[step + 1]]:
                if fact not in known:
                    found.setdefault(fact, step)
        return found

    def _led_to(self, by: Mapping[int, int], wanted: int) -> tuple[int, ...]:
        """The steps behind `wanted`, each after those that gave it what it needs."""
        ordered: dict[int, None] = {}
        waiting = [(by[wanted], False)]
        while waiting:
            step, is_ready = waiting.pop()
            if is_ready:
                ordered[step] = None
            elif step not in ordered:
                waiting.append((step, True))
                waiting += [(by[premise], False) for premise in reversed(self._graph.premises(step))]
        return tuple(ordered)
