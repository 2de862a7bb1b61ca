"""Growth: what a step of a sample costs from 1,000 to 1,000,000 steps, and how much memory that takes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from benchmarks import limits
from benchmarks.malsim_graphs import ask
from benchmarks.racing import Race, Row, processor_time, seconds
from benchmarks.random_graphs import random_graph
from benchmarks.test_replay_benchmark import estate

from simkit.attackgraph import AttackGraph
from simkit.engines.reach import reach
from simkit.engines.replay import replay

PLACE = 7
MOST = 1.3
GIB = 1 << 30
SIZES, SMALL_SIZES = (1_000, 10_000, 100_000, 1_000_000), (500, 2_000)
MEMORY = Path(__file__).with_name("memory.py")


def lifetimes(steps: int) -> tuple[AttackGraph, str]:
    return random_graph(steps // 10, steps, chance=0.3, lifetimes=True, seed=1), "entry"


def chances(steps: int) -> tuple[AttackGraph, str]:
    return random_graph(steps // 10, steps, chance=0.3, seed=1), "entry"


def organisation(steps: int) -> tuple[AttackGraph, str]:
    return estate(steps).graph, "poisoned-inbox"


def reached(graph: AttackGraph, entry: str, samples: int) -> object:
    return reach(graph, entry, seed=1, trials=samples, facts=range(8), threads=1)


def replayed(graph: AttackGraph, entry: str, samples: int) -> object:
    return replay(graph, entry, seed=1, trials=samples, facts=range(8), threads=1)


QUESTIONS = {
    "reach, random digraphs": (chances, reached, 512),
    "replay, random digraphs": (lifetimes, replayed, 64),
    "reach, agent estates": (organisation, reached, 512),
    "replay, agent estates": (organisation, replayed, 64),
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_cost_of_a_step(race: Race, full: bool, name: str) -> None:
    """On one thread, in processor time, which other work on the machine disturbs less."""
    graphs, ask_engine, fewest = QUESTIONS[name]
    costs = {}
    for size in SIZES if full else SMALL_SIZES:
        graph, entry = graphs(size)
        steps = len(graph.step_hash)
        samples = fewest * max(1, SIZES[-1] // steps // 10) if full else 64
        if not costs:
            ask_engine(graph, entry, 64)  # loads the kernels

        def run(graph: AttackGraph = graph, entry: str = entry, samples: int = samples) -> object:
            return ask_engine(graph, entry, samples)

        costs[steps] = processor_time(run, rounds=2) / steps / samples
    race.benchmark.pedantic(run, rounds=1)
    if full:
        growth = max(costs.values()) / min(costs[steps] for steps in list(costs)[:1])
        each = ", ".join(seconds(cost) for cost in costs.values())
        sizes = f"{SIZES[0]:,} to {SIZES[-1]:,} steps"
        race.note(Row(PLACE, f"{name}, {sizes}", each, ratio=growth, goal=f"<= {MOST}x", reached=growth <= MOST))


def test_the_growth_of_waiting_for_memory(race: Race, full: bool) -> None:
    """For comparison: what a line of memory costs that only the line before names, in as many lines as these graphs
    have steps. Nothing can ask for it ahead."""
    sizes = SIZES if full else SMALL_SIZES
    costs = [limits.followed_line(limits.LINE * steps, count=len(sizes) * sizes[-1]) for steps in sizes]
    race.benchmark.pedantic(lambda: None, rounds=1)
    assert all(cost > 0 for cost in costs)
    if full:
        each = ", ".join(map(seconds, costs))
        lines = f"{SIZES[0]:,} to {SIZES[-1]:,} lines"
        race.note(Row(PLACE, f"memory alone, line after line, {lines}", each, ratio=costs[-1] / costs[0]))


def test_the_growth_of_malsim(race: Race, full: bool) -> None:
    """For comparison: what a sample of malsim's breadth-first attacker takes when there are ten times the assets."""
    sizes = (100, 1000) if full else (20, 50)
    few, many = (ask("simulate", str(assets), "1", "PER_STEP_SAMPLE", "breadth") for assets in sizes)
    race.benchmark.pedantic(lambda: None, rounds=1)
    assert len(many["edges"]) > len(few["edges"])
    if full:
        name = f"malsim, {sizes[0]:,} and {sizes[1]:,} assets"
        taken = f"{seconds(few['seconds'])}, {seconds(many['seconds'])} a sample"
        race.note(Row(PLACE, "growth of malsim", "", name, taken, many["seconds"] / few["seconds"]))


@pytest.mark.parametrize(
    ("question", "most", "work"),
    [
        ("reach", 4 * GIB, "memory: reach, 1,000 samples, random digraph"),
        ("replay", 4 * GIB, "memory: replay, 1,000 samples, random digraph"),
        ("estate", 4 * GIB, "memory: sweep, 1,000 samples, agent estate, from the scenario on"),
        ("each", 2 * GIB, "memory: a worst case from each of 10,000 credentials"),
    ],
)
def test_memory(race: Race, full: bool, question: str, most: int, work: str) -> None:
    steps = SIZES[-1] if full else 2_000
    found = {}

    def run() -> None:
        asked = [sys.executable, str(MEMORY), question, str(steps)]
        found.update(json.loads(subprocess.run(asked, capture_output=True, text=True, check=True).stdout))

    race.benchmark.pedantic(run, rounds=1)
    assert found["peak"] <= most
    if full:
        shown = f"{found['peak'] / GIB:.2f} GiB, {seconds(found['seconds'])}"
        race.note(Row(PLACE + 1, f"{work}, {steps:,} steps", shown, goal=f"<= {most // GIB} GiB", reached=True))
