"""Worst cases: one, and one from each of ten thousand credentials, AND steps included."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.peers import digraph, igraph_search, networkx_search, scipy_search
from benchmarks.racing import Goal, Peer, Race
from benchmarks.random_graphs import random_graph
from benchmarks.worst_costs import costs

from simkit.attackgraph import AttackGraph
from simkit.engines import reference
from simkit.engines.reach import worst_case, worst_cases
from simkit.package import pip_install

WORK = "one worst case, {:,} nodes / {:,} steps, a tenth of them AND"


def graphs(full: bool) -> tuple[AttackGraph, AttackGraph]:
    """A graph without AND steps, which the peers can search, and one of the same size with them."""
    facts, steps = (100_000, 1_000_000) if full else (1_000, 10_000)
    return random_graph(facts, steps, seed=3), random_graph(facts, steps, joins=0.1, seed=3)


def work(graph: AttackGraph) -> str:
    return WORK.format(len(graph.fact_hash), len(graph.step_hash))


def test_one_worst_case_beside_scipy(race: Race, full: bool) -> None:
    plain, joined = graphs(full)
    search = scipy_search(digraph(plain))
    assert set(search().tolist()) == set(np.flatnonzero(worst_case(plain, [0])).tolist())
    if not full:
        assert set(np.flatnonzero(worst_case(joined, [0])).tolist()) == reference.worst_case(joined, [0])
    race(
        3,
        work(joined),
        lambda: [worst_case(joined, [0]) for _ in range(20)],
        [Peer("scipy, without AND", lambda: [search() for _ in range(20)], goal=1)],
        each=20,
        goal=Goal(within=0.008),
    )


def test_one_worst_case_beside_igraph(race: Race, full: bool) -> None:
    pytest.importorskip("igraph", reason=f"igraph is not installed: {pip_install('peers')}")
    plain, joined = graphs(full)
    search = igraph_search(digraph(plain))
    assert set(search()) == set(np.flatnonzero(worst_case(plain, [0])).tolist())
    race(
        3,
        work(joined),
        lambda: [worst_case(joined, [0]) for _ in range(5)],
        [Peer("igraph, without AND", lambda: [search() for _ in range(5)])],
        each=5,
    )


def test_a_worst_case_from_each_credential(race: Race, full: bool) -> None:
    plain, joined = graphs(full)
    facts, starts = len(joined.fact_hash), 10_000 if full else 600
    rng = np.random.default_rng(4)
    values = rng.integers(1, 100, facts).astype(np.float64)
    firsts = rng.choice(np.arange(1, len(joined.step_hash)), starts, replace=False).tolist()
    found = costs(joined, firsts[:600], values)
    held = worst_cases(joined, [[first] for first in firsts[:2]])
    assert np.array_equal(found[:2], held @ values)
    assert np.array_equal(held, [worst_case(joined, [first]) for first in firsts[:2]])
    search, few = networkx_search(digraph(plain)), 2
    reached = worst_cases(plain, [[first] for first in firsts[:few]])
    begin = [int(plain.conclusion_idx[step]) for step in firsts[:few]]
    assert [search(fact) for fact in begin] == [set(np.flatnonzero(row).tolist()) for row in reached]
    race(
        4,
        f"a worst case from each of {starts:,} credentials, same graph",
        lambda: costs(joined, firsts, values),
        [
            Peer(
                f"networkx without AND, {few} scaled up",
                lambda: [search(fact) for fact in begin],
                share=few / starts,
            )
        ],
        goal=Goal(within=5.0),
    )
