"""A real cluster on loopback: a Dask scheduler and two worker processes; one is killed in the middle."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from simkit.estate import generate
from simkit.scenario import dump
from simkit.scheduling import blocks
from simkit.simulation import compare, rank, simulate
from simkit.sweeping import sweep

distributed = pytest.importorskip("distributed")
pytestmark = pytest.mark.slow

ESTATE = generate(2000, seed=6)
PATIENCE = 60.0


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@dataclass
class Cluster:
    """A scheduler and its workers, each a process of its own."""

    folder: Path
    address: str = ""

    def __post_init__(self) -> None:
        self.address = f"tcp://127.0.0.1:{free_port()}"
        host, port = self.address.removeprefix("tcp://").split(":")
        self.processes = [self._started("scheduler", "--host", host, "--port", port, "--no-dashboard")]
        self.workers = [self.worker() for _ in range(2)]

    def _started(self, *words: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "dask", *words]
        quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        return subprocess.Popen(command, start_new_session=True, cwd=self.folder, **quiet)

    def worker(self) -> subprocess.Popen[bytes]:
        """One more worker; it has no nanny, so that killed is killed."""
        words = ("--no-nanny", "--nthreads", "1", "--no-dashboard", "--local-directory", str(self.folder))
        started = self._started("worker", self.address, *words)
        self.processes.append(started)
        return started

    def stop(self) -> None:
        """Kill and wait: a worker whose scheduler is gone may not listen to a gentler signal."""
        for process in reversed(self.processes):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(PATIENCE)


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    root = str(Path(__file__).parents[2])
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([root, str(Path(root) / "tests")]))
    made = Cluster(tmp_path)
    try:
        yield made
    finally:
        made.stop()


@pytest.fixture
def client(cluster: Cluster) -> Iterator[Any]:
    with distributed.Client(cluster.address, timeout=PATIENCE, set_as_default=False) as connected:
        connected.wait_for_workers(2, timeout=PATIENCE)
        yield connected


def told(result: Any) -> str:
    return json.dumps(result.to_dict(), sort_keys=True)


def test_a_cluster_gives_the_bytes_of_one_thread(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "LARGEST", 64)
    how: dict[str, Any] = {"entry_point": "leaked-token", "trials": 500, "seed": 8}
    here, there = simulate(ESTATE, threads=1, **how), simulate(ESTATE, executor=client, **how)
    for name in ("first", "by", "contained", "variant"):
        assert getattr(here.outcomes, name).tobytes() == getattr(there.outcomes, name).tobytes()
    assert told(here) == told(there)
    policies = ["rbac", "task-scoped"]
    assert told(compare(ESTATE, policies, threads=1, **how)) == told(compare(ESTATE, policies, executor=client, **how))
    assert rank(ESTATE, threads=1) == rank(ESTATE, executor=client)


def test_an_address_will_do_and_so_will_the_command_line(cluster: Cluster, client: Any) -> None:
    how: dict[str, Any] = {"entry_point": "leaked-token", "trials": 300}
    assert told(simulate(ESTATE, executor=cluster.address, **how)) == told(simulate(ESTATE, threads=1, **how))
    file = cluster.folder / "estate.yaml"
    file.write_text(dump(ESTATE), "utf-8")
    words = [sys.executable, "-m", "simkit", "run", str(file), "--trials", "300", "--format", "json"]
    here = subprocess.run([*words, "--threads", "1"], capture_output=True, check=True).stdout
    there = subprocess.run([*words, "--scheduler", cluster.address], capture_output=True, check=True).stdout
    assert here == there


def test_a_worker_killed_in_the_middle_loses_nothing(cluster: Cluster, client: Any, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    size: dict[str, Any] = {"trials": 6400, "seed": 3, "block": 64}

    def kill_one_in_the_middle() -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and len(list(kept.glob("*.block"))) < 20:
            time.sleep(0.002)
        os.killpg(cluster.workers[0].pid, signal.SIGKILL)

    killer = threading.Thread(target=kill_one_in_the_middle)
    killer.start()
    there = sweep(ESTATE, ["rbac", "jit"], executor=client, checkpoint=kept, **size)
    killer.join()
    assert cluster.workers[0].wait(PATIENCE) == -signal.SIGKILL
    assert len(client.nthreads()) == 1, "one worker was to die before the sweep ended"
    assert there.trials == 2 * 2 * 6400
    assert there.digest == sweep(ESTATE, ["rbac", "jit"], threads=1, **size).digest
