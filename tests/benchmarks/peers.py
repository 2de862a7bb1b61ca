"""What users write today, compactly: each answers the same question as an engine, on the same arrays.

A digraph is what `random_graph` makes without joins: step 0 is the root, and each other step has one premise.
"""

from __future__ import annotations

import random
from heapq import heappop, heappush
from itertools import pairwise
from typing import Any, NamedTuple

import networkx as nx
import numba
import numpy as np
from numpy.typing import NDArray

from simkit.attackgraph import AttackGraph
from simkit.engines.compiled import kernel
from simkit.engines.draws import slot, success_word
from simkit.fate import CERTAIN, Stream

_SUCCESS, _ONE = np.uint64(Stream.SUCCESS), np.uint64(1)
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]


class Digraph(NamedTuple):
    """A digraph with edges sorted by source: `ptr` (facts + 1), `target`, and the step that each edge was."""

    root: int
    ptr: Ints
    source: Ints
    target: Ints
    step: Ints
    chance: float

    @property
    def facts(self) -> int:
        """How many facts there are."""
        return len(self.ptr) - 1


def digraph(graph: AttackGraph) -> Digraph:
    """The digraph of a `random_graph` whose steps have one premise each, all with the same chance."""
    source, target = graph.premise_idx, graph.conclusion_idx[1:]
    assert len(source) == len(target), "a step has several premises"
    order = np.argsort(source, kind="stable")
    ptr = np.concatenate([[0], np.cumsum(np.bincount(source, minlength=len(graph.fact_hash)))])
    chance = float(graph.success[1]) / CERTAIN
    return Digraph(int(graph.conclusion_idx[0]), ptr, source[order], target[order], order + 1, chance)


# ---- fates


@kernel
def _fates(key, limit, seed, found):  # type: ignore[no-untyped-def]
    for step in range(len(key)):
        for word in range(found.shape[1] // 64):
            bits = success_word(seed, 64 * word, _SUCCESS, key[step], limit[step])
            for i in range(64):
                found[step, 64 * word + i] = (bits >> slot(i)) & _ONE


def fates(graph: AttackGraph, seed: int, samples: int) -> Flags:
    """(steps, samples) Where each step works; `samples` is a multiple of 64. What a peer needs to be equal to us."""
    found = np.zeros((len(graph.step_hash), samples), dtype=np.uint8)
    _fates(graph.step_hash, graph.success, np.uint64(seed), found)
    return found.view(np.bool_)


# ---- reach


def networkx_rebuild(given: Digraph, samples: int, seed: int = 0, works: Flags | None = None) -> Flags:
    """(samples, facts) For each sample: keep the edges that work, build a graph, ask for descendants."""
    rng = np.random.default_rng(seed)
    held = np.zeros((samples, given.facts), dtype=np.bool_)
    for sample in range(samples):
        kept = rng.random(len(given.source)) < given.chance if works is None else works[given.step, sample]
        graph = nx.DiGraph()
        graph.add_node(given.root)
        graph.add_edges_from(zip(given.source[kept].tolist(), given.target[kept].tolist(), strict=True))
        held[sample, [given.root, *nx.descendants(graph, given.root)]] = True
    return held


class Sweep:
    """Numpy, 64 samples a word: all edges pass their word on, until nothing changes."""

    def __init__(self, given: Digraph) -> None:
        self.given = given
        self.order = np.argsort(given.target, kind="stable")
        self.source = given.source[self.order]
        targets = given.target[self.order]
        self.begins = np.flatnonzero(np.concatenate([[True], targets[1:] != targets[:-1]]))
        self.targets = targets[self.begins]

    def run(self, samples: int, seed: int = 0, works: Flags | None = None) -> NDArray[np.uint64]:
        """(words, facts) In which samples each fact is reached; `samples` is rounded up to whole words."""
        rng = np.random.default_rng(seed)
        words = -(-samples // 64)
        return np.array([self._word(rng, None if works is None else works[:, 64 * w :][:, :64]) for w in range(words)])

    def _word(self, rng: np.random.Generator, works: Flags | None) -> NDArray[np.uint64]:
        given = self.given
        if works is None:
            drawn = rng.random((len(given.source), 64), dtype=np.float32) < given.chance
        else:
            drawn = works[given.step[self.order]]
        passes = np.packbits(drawn, axis=1, bitorder="little").view(np.uint64).ravel()
        held = np.zeros(given.facts, dtype=np.uint64)
        held[given.root] = ~np.uint64(0)
        while True:
            fresh = np.bitwise_or.reduceat(held[self.source] & passes, self.begins)
            before = held[self.targets]
            if not (fresh & ~before).any():
                return held
            held[self.targets] = before | fresh


def unpacked(words: NDArray[np.uint64], samples: int) -> Flags:
    """(samples, facts) The bits of a `Sweep`."""
    bits = np.unpackbits(np.ascontiguousarray(words.T).view(np.uint8), axis=1, bitorder="little")
    return bits[:, :samples].T.astype(np.bool_)


@numba.njit(nogil=True)  # type: ignore[untyped-decorator]
def _one_at_a_time(root, ptr, target, chance, step, works, seed, held):  # type: ignore[no-untyped-def]
    np.random.seed(seed)
    stack = np.empty(held.shape[1], dtype=np.int64)
    for sample in range(held.shape[0]):
        row = held[sample]
        row[root], stack[0], size = True, root, 1
        while size:
            size -= 1
            fact = stack[size]
            for edge in range(ptr[fact], ptr[fact + 1]):
                if row[target[edge]]:
                    continue
                if works[step[edge], sample] if works.shape[0] else np.random.random() < chance:
                    row[target[edge]] = True
                    stack[size] = target[edge]
                    size += 1


def one_at_a_time(given: Digraph, samples: int, seed: int = 0, works: Flags | None = None) -> Flags:
    """(samples, facts) Numba: a depth-first search for each sample, an edge drawn when it is come by."""
    held = np.zeros((samples, given.facts), dtype=np.bool_)
    known = np.zeros((0, 0), dtype=np.bool_) if works is None else works
    _one_at_a_time(given.root, given.ptr, given.target, given.chance, given.step, known, seed, held)
    return held


# ---- replay


class InTime:
    """Plain Python: Dijkstra's algorithm with a heap and lists, for each sample; no lifetimes, no alerts."""

    def __init__(self, given: Digraph, mean: float = 600.0) -> None:
        self.given, self.mean = given, mean
        targets = given.target.tolist()
        ptr = given.ptr.tolist()
        self.behind = [targets[begin:end] for begin, end in pairwise(ptr)]

    def run(self, samples: int, seed: int = 0) -> list[dict[int, float]]:
        """For each sample when each fact is first reached, in seconds."""
        draw = random.Random(seed)
        return [self._sample(draw) for _ in range(samples)]

    def _sample(self, draw: random.Random) -> dict[int, float]:
        behind, chance, speed, uniform, takes = (
            self.behind,
            self.given.chance,
            1 / self.mean,
            draw.random,
            draw.expovariate,
        )
        first: dict[int, float] = {}
        events = [(0.0, self.given.root)]
        while events:
            now, fact = heappop(events)
            if fact not in first:
                first[fact] = now
                for target in behind[fact]:
                    if target not in first and uniform() < chance:
                        heappush(events, (now + takes(speed), target))
        return first


# ---- worst cases


def scipy_search(given: Digraph) -> Any:
    """A function that returns the facts reached by scipy's breadth-first search, which knows no AND."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import breadth_first_order

    ones = np.ones(len(given.target), dtype=np.int8)
    matrix = csr_array((ones, given.target, given.ptr), shape=(given.facts, given.facts))
    return lambda: breadth_first_order(matrix, given.root, directed=True, return_predecessors=False)


def igraph_search(given: Digraph) -> Any:
    """A function that returns the facts reached by igraph, which knows no AND."""
    import igraph

    graph = igraph.Graph(given.facts, np.stack([given.source, given.target], axis=1).tolist(), directed=True)
    return lambda: graph.subcomponent(given.root, mode="out")


def networkx_search(given: Digraph) -> Any:
    """A function that returns what networkx reaches from a fact, which knows no AND."""
    graph = nx.DiGraph()
    graph.add_nodes_from(range(given.facts))
    graph.add_edges_from(zip(given.source.tolist(), given.target.tolist(), strict=True))
    return lambda fact: nx.descendants(graph, fact) | {fact}
