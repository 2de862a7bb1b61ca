"""Seconds of processor time that the engines of the simkit on the path take, as JSON: one process for each build.

PYTHONPATH=/path/to/a/build:/path/to/a/build/tests python tests/benchmarks/engine_times.py

Each build makes the graphs itself, from the same numbers: its arrays are its own.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1]))

from benchmarks.racing import processor_time
from benchmarks.random_graphs import random_graph

import simkit
from simkit.attackgraph import AttackGraph
from simkit.engines.reach import reach, worst_cases
from simkit.engines.replay import replay
from simkit.simulation import compile_attack

ESTATE = "replay, 256 samples, an agent estate of 60,000 steps under rbac, {}"
"""Each build makes the estate from the same numbers, and what its rules make of it: alerts, and runs that end."""


def works() -> dict[str, Callable[[], object]]:
    """What is timed, by name; one thread. No alerts on random graphs: what they end is not what it was."""
    large = random_graph(10_000, 100_000, chance=0.3, lifetimes=True, seed=1)
    small = random_graph(500, 5_000, chance=0.3, lifetimes=True, joins=0.1, seed=2)
    plain = random_graph(10_000, 100_000, chance=0.3, seed=1)
    estate = compile_attack(simkit.generate(60_000, seed=1), "rbac").graph
    return {
        "replay, 64 samples, 100,000 steps, lifetimes": lambda: _replay(large, 64),
        "replay, 1,024 samples, 5,000 steps, lifetimes, joins": lambda: _replay(small, 1024),
        "reach, 1,000 samples, 100,000 steps": lambda: reach(plain, "entry", seed=1, trials=1000, threads=1),
        ESTATE.format("leaked token"): lambda: _replay(estate, 256, "leaked-token"),
        ESTATE.format("poisoned inbox"): lambda: _replay(estate, 256, "poisoned-inbox"),
        "512 worst cases, 100,000 steps": lambda: worst_cases(plain, [[step] for step in range(512)], threads=1),
    }


def _replay(graph: AttackGraph, samples: int, entry: str = "entry") -> object:
    return replay(graph, entry, seed=1, trials=samples, threads=1, facts=range(64))


def main() -> None:
    """Prints the seconds of each work, its first run (which compiles) left out."""
    found = {}
    for name, run in works().items():
        run()
        found[name] = processor_time(run)
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
