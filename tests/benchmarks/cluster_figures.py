"""The figures behind docs/cluster.md, measured here.

    python tests/benchmarks/cluster_figures.py STEPS SAMPLES   an estate, on one core: compile, travel, sample a block
    python tests/benchmarks/cluster_figures.py dask            what a block costs whoever hands it to a cluster

Prints JSON: processor seconds, bytes.
"""

from __future__ import annotations

import json
import pickle
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from dask_cluster import running_cluster

import simkit
from simkit.execution import Block, Shared, bare
from simkit.simulation import compile_attack
from simkit.sweeps.schedule import GraphJob, sweep, tallied
from simkit.sweeps.tally import Meaning, Tally

ENTRY = "poisoned-inbox"
MANY, TINY = 2_000, 64
"""Blocks handed to the cluster, and samples in each."""


def on_one_core(steps: int, samples: int) -> dict[str, Any]:
    """What an estate of `steps` costs to compile, to send, to work out a block of `samples`, and to send that back."""
    estate = simkit.generate(steps, seed=1)
    sweep(simkit.generate(300, seed=1), trials=64, threads=1)  # the kernels are loaded
    begun = time.process_time()
    attack = compile_attack(estate, "rbac")
    compiled = time.process_time()
    job = GraphJob(bare(attack.graph), Meaning.of(attack.legend))
    travels = len(Shared(job).pickled)
    tallied(job, Block(ENTRY, 1, 0, 64))
    ready = time.process_time()
    tally = tallied(job, Block(ENTRY, 1, 0, samples))
    done = time.process_time()
    unit = 1 if sys.platform == "darwin" else 1024
    return {
        "steps": len(attack.graph.steps),
        "facts": len(attack.graph.facts),
        "compile": round(compiled - begun, 3),
        "graph": travels,
        "samples": samples,
        "sample": (done - ready) / samples,
        "tally": len(pickle.dumps(tally, protocol=5)),
        "kept": len(json.dumps(tally.to_dict(), sort_keys=True, separators=(",", ":"))),
        "adding": _adding(tally),
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit,
    }


def _adding(tally: Tally) -> float:
    total, begun = Tally(), time.process_time()
    for _ in range(100):
        total = total + tally
    return (time.process_time() - begun) / 100


def through_dask() -> dict[str, Any]:
    """What the calling process spends on one block that two workers on loopback do."""
    estate = simkit.generate(300, seed=1)
    with tempfile.TemporaryDirectory() as folder, running_cluster(Path(folder)) as cluster, cluster.client() as client:
        size: dict[str, Any] = {"entry_points": [ENTRY], "block": TINY, "executor": client}
        sweep(estate, trials=TINY * 50, **size)
        begun = time.process_time()
        sweep(estate, trials=TINY * MANY, **size)
        return {"blocks": MANY, "block": (time.process_time() - begun) / MANY}


if __name__ == "__main__":
    asked = sys.argv[1:]
    sys.stdout.write(json.dumps(through_dask() if asked == ["dask"] else on_one_core(*map(int, asked))) + "\n")
