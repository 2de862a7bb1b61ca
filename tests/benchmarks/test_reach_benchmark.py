"""Reach: what a thousand samples ever reach, and what leaving out each of a thousand entitlements changes."""

from __future__ import annotations

import numpy as np
from benchmarks import networkx_alone
from benchmarks.peers import Sweep, digraph, fates, networkx_rebuild, one_at_a_time, unpacked
from benchmarks.racing import Goal, Peer, Race
from benchmarks.random_graphs import random_graph

from simkit.engines.reach import leave_one_out, reach

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


def test_leaving_each_entitlement_out(race: Race, full: bool) -> None:
    facts, steps, groups = (10_000, 50_000, 1000) if full else (500, 2_500, 40)
    graph = random_graph(facts, steps, chance=0.5, joins=0.1, seed=2)
    each = np.random.default_rng(0).permutation(np.arange(1, steps))[: steps // 2]
    removed = [part.tolist() for part in np.array_split(each, groups)]
    checked = range(0, groups, groups // 4)

    def one_by_one() -> list[np.ndarray]:
        return [leave_one_out(graph, "entry", [removed[n]], seed=1, trials=64)[1][0] for n in checked]

    def rebuilt() -> list[np.ndarray]:
        """The same by cutting the graph anew, and asking for samples of it."""
        return [reach(without(graph, removed[n]), "entry", seed=1, trials=64).sum(axis=0) for n in checked]

    baseline, counts = leave_one_out(graph, "entry", removed, seed=1, trials=64)
    assert np.array_equal(baseline, reach(graph, "entry", seed=1, trials=64).sum(axis=0))
    assert np.array_equal(counts[list(checked)], rebuilt())
    assert np.array_equal(counts[list(checked)], one_by_one())
    assert (counts < baseline).any()
    race(
        5,
        f"leave one out: each of {groups:,} entitlements, 64 samples, {facts:,} nodes / {steps:,} steps",
        lambda: leave_one_out(graph, "entry", removed, seed=1, trials=64),
        [Peer(f"a graph cut for each, {len(checked)} scaled up", rebuilt, share=len(checked) / groups)],
        goal=Goal(within=5.0),
    )


def without(graph, steps):  # type: ignore[no-untyped-def]
    """`graph` in which `steps` never succeed."""
    from dataclasses import replace

    success = graph.success.copy()
    success[steps] = 0
    return replace(graph, success=success)
