"""Seconds of comparisons with the simkit on the path: `python one_comparison.py SCENARIO ENTRY_POINT HOW_MANY`.

prints the processor seconds of each, of seven policies with 1,000 trials, after one that does not count.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import simkit

SEVEN = ("static-secrets", "rbac", "rbac-context", "jit", "agents-only", "task-scoped", "zero-standing")


def times(file: Path, entry: str, count: int) -> list[float]:
    """Processor seconds of each of `count` comparisons: the machine may be busy."""
    scenario = simkit.load(file)
    found = []
    for _ in range(count + 1):
        begin = time.process_time()
        simkit.compare(scenario, SEVEN, entry_point=entry, trials=1000)
        found.append(time.process_time() - begin)
    return found[1:]


if __name__ == "__main__":
    print(*times(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
