"""What networkx takes for reach in a process of its own, as a user's loop does.

    python tests/benchmarks/networkx_alone.py FACTS STEPS SAMPLES

prints seconds by the clock. It makes so many small objects that much of its time goes to Python's garbage collector,
and how much depends on what else the process holds.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.peers import digraph, networkx_rebuild
from benchmarks.random_graphs import random_graph

CHANCE = 0.3


def ask(facts: int, steps: int, samples: int) -> float:
    """The seconds that `main` prints."""
    asked = [sys.executable, __file__, str(facts), str(steps), str(samples)]
    return float(subprocess.run(asked, capture_output=True, text=True, check=True).stdout)


def main(facts: int, steps: int, samples: int) -> None:
    """Prints what `samples` take, after one that does not count."""
    given = digraph(random_graph(facts, steps, chance=CHANCE, seed=1))
    networkx_rebuild(given, 1)
    begun = time.perf_counter()
    networkx_rebuild(given, samples)
    sys.stdout.write(f"{time.perf_counter() - begun}\n")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
