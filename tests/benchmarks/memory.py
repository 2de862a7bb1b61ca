"""The peak memory of one heavy question, in a process of its own.

    python tests/benchmarks/memory.py reach|replay|estate|each STEPS

prints JSON: the peak resident memory in bytes, and the seconds by the clock that the question took (without making the
graph). `reach` and `replay` run 1,000 samples of a random graph, `estate` 1,000 samples of a generated estate from the
scenario to its blast radius, `each` the worst cases of losing each of 10,000 credentials.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.random_graphs import random_graph
from benchmarks.worst_costs import costs

import simkit
from simkit.engines.reach import reach
from simkit.engines.replay import replays

SAMPLES, STARTS = 1000, 10_000


def reach_question(steps: int) -> Callable[[], object]:
    graph = random_graph(steps // 10, steps, chance=0.3, seed=1)
    return lambda: reach(graph, "entry", seed=1, trials=SAMPLES)


def replay_question(steps: int) -> Callable[[], object]:
    """Replays are reduced as they come: how often each fact is reached."""
    graph = random_graph(steps // 10, steps, chance=0.3, lifetimes=True, seed=1)
    return lambda: sum((o.first >= 0).sum(axis=0) for o in replays(graph, "entry", seed=1, trials=SAMPLES, at_once=128))


def estate_question(steps: int) -> Callable[[], object]:
    estate = simkit.generate(steps, seed=1)
    return lambda: simkit.sweep(estate, ["rbac"], entry_points=["poisoned-inbox"], trials=SAMPLES)


def each_question(steps: int) -> Callable[[], object]:
    graph = random_graph(steps // 10, steps, joins=0.1, seed=3)
    firsts = np.random.default_rng(4).choice(np.arange(1, steps), min(STARTS, steps // 10), replace=False)
    return lambda: costs(graph, firsts.tolist(), np.ones(steps // 10))


QUESTIONS = {"reach": reach_question, "replay": replay_question, "estate": estate_question, "each": each_question}


def main() -> None:
    """Asks the question on the command line."""
    name, steps = sys.argv[1:]
    run = QUESTIONS[name](int(steps))
    begun = time.perf_counter()
    run()
    taken = time.perf_counter() - begun
    sys.stdout.write(json.dumps({"peak": peak(), "seconds": taken}))


def peak() -> int:
    """The peak resident memory of this process in bytes.

    Linux counts in `ru_maxrss` what the parent held when it started this process; `VmHWM` (proc(5)) begins anew.
    """
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text("utf-8").splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


if __name__ == "__main__":
    main()
