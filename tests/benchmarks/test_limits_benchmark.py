"""Each engine beside what limits it, on one thread, in processor time."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from benchmarks import limits
from benchmarks.peers import digraph, fates
from benchmarks.racing import Limit, Race, processor_time
from benchmarks.random_graphs import random_graph

from simkit.engines.breadth_first import adjacency_of
from simkit.engines.links import links_of
from simkit.engines.reach import reach, worst_case, worst_cases
from simkit.engines.replay import replay

SAMPLES = 256


def test_reach_and_its_draws(race: Race, full: bool) -> None:
    facts, steps = (10_000, 100_000) if full else (500, 5_000)
    graph = random_graph(facts, steps, chance=0.3, seed=1)
    reached = reach(graph, "entry", seed=1, trials=SAMPLES)
    degree = np.diff(digraph(graph).ptr)
    asked = [reached[begin : begin + 64].any(axis=0) @ degree for begin in range(0, SAMPLES, 64)]
    taken = spent(race, full, lambda: reach(graph, "entry", seed=1, trials=SAMPLES, threads=1))
    assert 0 < sum(asked) <= steps * SAMPLES / 64
    if full:
        race.limits.append(
            Limit(f"reach, {steps:,} steps, {SAMPLES} samples", taken, "draws", sum(asked) * limits.success_draw())
        )


@pytest.mark.parametrize(("steps", "samples"), [(100_000, SAMPLES), (1_000_000, 64)])
def test_replay_its_queue_and_its_lines(race: Race, full: bool, steps: int, samples: int) -> None:
    """Counted is what no replay can do without: one event for each fact that is reached, its step, its place and its
    two facts; and behind it where the steps begin and their fates, then each step that works and what it concludes."""
    steps = steps if full else steps // 100
    graph = random_graph(steps // 10, steps, chance=0.3, lifetimes=True, seed=1)
    given = digraph(graph)
    reached = replay(graph, "entry", seed=1, trials=samples).first >= 0
    came_by = reached[:, given.source]
    working = int((fates(graph, 1, samples)[given.step].T & came_by).sum())
    events = int(reached.sum())
    taken = spent(race, full, lambda: replay(graph, "entry", seed=1, trials=samples, threads=1))
    assert 0 < events < working < steps * samples
    if full:
        name = f"replay, {steps:,} steps, {samples} samples"
        drawn = came_by.reshape(-1, 64, came_by.shape[1]).any(axis=1).sum() * limits.success_draw()
        drawn += working * limits.generator_call() / 4
        race.limits.append(Limit(name, taken, "draws", float(drawn)))
        queue = events * limits.queue_event(events // samples // 4)
        race.limits.append(Limit(name, taken, f"the queue, at least {events // samples:,} events a sample", queue))
        lines = (6 * events + 2 * working) * limits.fetched_line(limits.LINE * steps)
        race.limits.append(Limit(name, taken, "cache lines, all known beforehand", lines))


def test_worst_cases_and_memory(race: Race, full: bool) -> None:
    facts, steps = (100_000, 1_000_000) if full else (1_000, 10_000)
    graph = random_graph(facts, steps, joins=0.1, seed=3)
    links = links_of(graph)
    taken = spent(race, full, lambda: worst_case(graph, [0]), rounds=10)
    firsts = [[step] for step in range(1, 513)]
    assert np.array_equal(worst_cases(graph, firsts[:9])[0], worst_case(graph, firsts[0]))
    if full:
        sweep = processor_time(lambda: worst_cases(graph, firsts, threads=1))
        least = limits.look_up(adjacency_of(links).stream, facts)
        race.limits.append(Limit(f"one worst case, {steps:,} steps", taken, "one byte for each step", least))
        rows = limits.look_up_rows(links.out_idx, facts)
        race.limits.append(Limit(f"512 worst cases, {steps:,} steps", sweep, "one row for each step", rows))
        moved = 2 * limits.LINE * steps / limits.bandwidth()
        race.limits.append(Limit(f"512 worst cases, {steps:,} steps", sweep, "memory, were it in order", moved))


def spent(race: Race, full: bool, run: Any, rounds: int = 3) -> float:
    """Processor time of `run`, which the benchmark calls once where nothing is timed."""
    race.benchmark.pedantic(run, rounds=1)
    return processor_time(run, rounds) if full else 0.0
