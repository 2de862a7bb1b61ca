"""Replay: time to compromise, on random graphs, on an agent estate and on malsim's own graphs."""

from __future__ import annotations

from functools import cache

import numpy as np
from benchmarks.malsim_graphs import as_ours, ask
from benchmarks.peers import InTime, digraph
from benchmarks.racing import Goal, Peer, Race
from benchmarks.random_graphs import random_graph

import simkit
from simkit.attackgraph import AttackGraph
from simkit.engines import reference
from simkit.engines.reach import reach
from simkit.engines.replay import replay
from simkit.simulation import Attack, compile_attack

PLACE = 2
AT_LEAST = 20e6
ESTATE = 1_000_000
"""Steps of an estate of 14,000 identities, credentials and resources."""


def equals_the_reference(graph: AttackGraph, entry: str, samples: int) -> None:
    outcomes = replay(graph, entry, seed=1, trials=samples)
    for sample in range(samples):
        trace = reference.replay(graph, graph.entry(entry), seed=1, sample=sample)
        assert {fact: time for fact, time in enumerate(outcomes.first[sample].tolist()) if time >= 0} == trace.first
        assert {fact: step for fact, step in enumerate(outcomes.by[sample].tolist()) if step >= 0} == trace.by


def one_by_the_reference(graph: AttackGraph, entry: str) -> object:
    return reference.replay(graph, graph.entry(entry), seed=1, sample=0)


def test_a_random_graph(race: Race, full: bool) -> None:
    facts, steps, samples = (10_000, 100_000, 256) if full else (500, 5_000, 64)
    graph = random_graph(facts, steps, chance=0.3, lifetimes=True, seed=1)
    equals_the_reference(graph, "entry", 2)
    plain = InTime(digraph(graph))
    ever = np.median(reach(graph, "entry", seed=1, trials=64).mean(axis=1))
    assert abs(np.median([len(first) for first in plain.run(9)]) / facts - ever) < 0.05
    race(
        PLACE,
        f"replay, {facts:,} nodes / {steps:,} steps, chance 0.3, lifetimes on",
        lambda: replay(graph, "entry", seed=1, trials=samples),
        [
            Peer("plain Python, no lifetimes", lambda: plain.run(2), share=2 / samples),
            Peer("the reference", lambda: one_by_the_reference(graph, "entry"), share=1 / samples),
        ],
        goal=Goal(edges=steps * samples, at_least=AT_LEAST),
    )


@cache
def estate(steps: int) -> Attack:
    """A generated estate of so many steps, compiled under rbac."""
    return compile_attack(simkit.generate(steps, seed=1), "rbac")


def test_an_agent_estate(race: Race, full: bool) -> None:
    attack = estate(ESTATE if full else 1_000)
    graph, model, samples = attack.graph, attack.scenario.model, 512 if full else 64
    steps, assets = len(graph.step_hash), len(model.identities) + len(model.credentials) + len(model.resources)
    equals_the_reference(graph, "poisoned-inbox", 1)
    facts = range(64)
    race(
        PLACE,
        f"replay, an agent estate of {assets:,} assets / {steps:,} steps",
        lambda: replay(graph, "poisoned-inbox", seed=1, trials=samples, facts=facts),
        [Peer("the reference", lambda: one_by_the_reference(graph, "poisoned-inbox"), share=1 / samples)],
        goal=Goal(edges=steps * samples, at_least=AT_LEAST),
    )


def test_the_moments_are_those_of_malsim() -> None:
    """Where every step takes as long as expected, nothing is random: each node is taken in the same round."""
    answer = ask("simulate", "50", "1", "EXPECTED_VALUE", "everything")
    graph = as_ours(answer, expected=True)
    outcomes = replay(graph, "entry", seed=1, trials=1)
    ours = {int(graph.facts[fact].subject): t / 1000 for fact, t in enumerate(outcomes.first[0].tolist()) if t >= 0}
    assert ours == {int(node): when for node, when in answer["samples"][0].items()}
    assert len(ours) > 20


def test_graphs_of_malsim(race: Race, full: bool) -> None:
    assets, samples, theirs = (1000, 4096, 8) if full else (50, 64, 1)
    everything = ask("simulate", str(assets), str(theirs), "PER_STEP_SAMPLE", "everything")
    breadth = ask("simulate", str(assets), "1", "PER_STEP_SAMPLE", "breadth")
    graph, edges = as_ours(everything), len(everything["edges"])
    race(
        PLACE,
        f"replay, malsim's graph of {assets:,} assets / {edges:,} edges",
        lambda: replay(graph, "entry", seed=1, trials=samples),
        [
            Peer("malsim, all that it can each round", lambda: float(everything["seconds"]), 700, theirs / samples),
            Peer("malsim, its breadth-first attacker", lambda: float(breadth["seconds"]), 700, 1 / samples),
        ],
        goal=Goal(edges=edges * samples, at_least=AT_LEAST),
    )
