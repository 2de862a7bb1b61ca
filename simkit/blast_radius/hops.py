"""How few steps lead to a fact, in the worst case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from simkit.attackgraph import AttackGraph


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
    missing = (graph.premise_ptr[1:] - graph.premise_ptr[:-1]).tolist()
    level = 1
    hops: dict[int, int] = {}
    ready = [step for step in roots if graph.success[step] > 0]
    while ready:
        found = dict.fromkeys(fact for step in ready for fact in _concluded(graph, step) if fact not in hops)
        hops.update(dict.fromkeys(found, level))
        ready = []
        for fact in found:
            for step in graph.behind_idx[graph.behind_ptr[fact] : graph.behind_ptr[fact + 1]].tolist():
                missing[step] -= 1
                if not missing[step] and graph.success[step] > 0:
                    ready.append(step)
        level += 1
    return hops


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
        left: dict[int, int] = {}
        by: dict[int, int] = {}
        ready = [step for step in roots if self._may_be[step]]
        while ready and wanted not in by:
            found = self._concluded(ready, by)
            by.update(found)
            ready = []
            for fact in found if wanted not in by else ():
                ptr, behind = self._behind
                for step in behind[ptr[fact] : ptr[fact + 1]]:
                    left[step] = left.get(step, self._needs[step]) - 1
                    if not left[step] and self._may_be[step]:
                        ready.append(step)
        return self._led_to(by, wanted) if wanted in by else ()

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


def _concluded(graph: AttackGraph, step: int) -> list[int]:
    return list(map(int, graph.conclusion_idx[graph.conclusion_ptr[step] : graph.conclusion_ptr[step + 1]]))
