"""A fixed run has one digest, whoever works it out and however often it is killed."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from dask_cluster import running_cluster
from killed_sweep import kill_in_the_middle, swept

from simkit.sweeps import SweepResult

PIN = "e454ec052cff74622c0e919e69947fbb04021e52a18e3e1659173858a95d91d3"
"""What this version computes on any machine. It changes with the estate or with what is simulated, and with nothing
else."""


def digest(result: SweepResult) -> str:
    """A hash of all tallies: the digest of the result holds the version of simkit, too."""
    tallies = [tally.to_dict() for tally in result.tallies.values()]
    return hashlib.sha256(json.dumps(tallies, sort_keys=True).encode()).hexdigest()


@pytest.mark.slow
def test_the_digest_is_the_same_on_1_2_8_threads_on_processes_on_dask_and_after_a_kill(tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    found: dict[str, Any] = {f"{threads} threads": swept(threads=threads) for threads in (1, 2, 8)}
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        found["processes"] = swept(executor=pool)
    with running_cluster(tmp_path) as cluster, cluster.client() as client:
        found["dask"] = swept(executor=client)
    kept = kill_in_the_middle(tmp_path / "kept")
    found["after a kill"] = swept(checkpoint=tmp_path / "kept")
    assert {file: file.stat().st_mtime_ns for file in kept} == kept, "what was kept is not done again"
    assert {who: digest(result) for who, result in found.items()} == dict.fromkeys(found, PIN)
    assert len({result.digest for result in found.values()}) == 1
