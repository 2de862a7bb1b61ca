"""Reach: what a thousand samples ever reach."""

from __future__ import annotations

import numpy as np
from benchmarks import networkx_alone
from benchmarks.peers import Sweep, digraph, fates, networkx_rebuild, one_at_a_time, unpacked
from benchmarks.racing import Goal, Peer, Race
from benchmarks.random_graphs import random_graph

from simkit.engines.reach import reach

CHECKED = 64
"""Samples in which a peer is given our fates, and must find what we find."""


def test_a_thousand_samples(race: Race, full: bool) -> None:
    facts, steps, samples = (10_000, 100_000, 1000) if full else (500, 5_000, 128)
    graph = random_graph(facts, steps, chance=0.3, seed=1)
    given, works = digraph(graph), fates(graph, 1, CHECKED)
    ours = reach(graph, "entry", seed=1, trials=CHECKED)
    sweep = Sweep(given)
    assert np.array_equal(unpacked(sweep.run(CHECKED, works=works), CHECKED), ours)
    assert np.array_equal(one_at_a_time(given, CHECKED, works=works), ours)
    assert np.array_equal(networkx_rebuild(given, 4, works=works), ours[:4])
    few = samples // 250 or 1
    race(
        1,
        f"reach, {samples:,} samples, {facts:,} nodes / {steps:,} steps, chance 0.3",
        lambda: reach(graph, "entry", seed=1, trials=samples),
        [
            Peer("numpy, 64 samples a word", lambda: sweep.run(samples), goal=5),
            Peer("numba, one sample at a time", lambda: one_at_a_time(given, samples)),
            Peer(
                f"networkx, {few} samples scaled up",
                lambda: networkx_alone.ask(facts, steps, few),
                goal=1000,
                share=few / samples,
            ),
        ],
        goal=Goal(within=0.10),
    )
