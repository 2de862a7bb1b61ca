"""One of the shortest ways to a fact: as long as the hops say, and each step after all that it needs."""

from __future__ import annotations

from pathlib import Path

import pytest

from simkit import load
from simkit.blast_radius.hops import WayFinder, shortest_hops
from simkit.simulation import compile_attack

STARTER = Path(__file__).parents[2] / "scenarios" / "starter.yaml"


@pytest.mark.parametrize("policy", ["rbac", "task-scoped"])
def test_the_shortest_way_is_as_long_as_the_hops_say_and_in_order(policy: str) -> None:
    attack = compile_attack(load(STARTER), policy)
    graph = attack.graph
    roots = tuple(graph.entry("leaked-ci-secret").roots(0))
    hops = shortest_hops(graph, roots)
    goals = [fact for fact in attack.legend.goals.values() if fact is not None]
    for fact in [*goals, *list(hops)[::25]]:
        way = WayFinder(graph).way(roots, fact)
        assert bool(way) == (fact in hops)
        level: dict[int, int] = {}
        for step in way:
            after = max((level[premise] for premise in graph.premises(step)), default=0)
            for concluded in graph.conclusion_idx[graph.conclusion_ptr[step] : graph.conclusion_ptr[step + 1]].tolist():
                level.setdefault(concluded, after + 1)
        assert not way or level[fact] == hops[fact]
