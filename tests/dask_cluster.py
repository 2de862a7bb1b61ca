"""A real Dask cluster on loopback: a scheduler and workers, each a process of its own, which can be killed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PATIENCE = 60.0


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@dataclass
class Cluster:
    """A scheduler and two workers, with their files in `folder`."""

    folder: Path
    address: str = ""
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        port = str(free_port())
        self.address = f"tcp://127.0.0.1:{port}"
        self._start("scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard")
        self.workers = [self.worker() for _ in range(2)]

    def _start(self, *words: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "dask", *words]
        here = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
        quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        environment = {**os.environ, "PYTHONPATH": here}
        started = subprocess.Popen(command, start_new_session=True, cwd=self.folder, env=environment, **quiet)
        self.processes.append(started)
        return started

    def worker(self) -> subprocess.Popen[bytes]:
        """One more worker; it has no nanny, so that killed is killed."""
        words = ("--no-nanny", "--nthreads", "1", "--no-dashboard", "--local-directory", str(self.folder))
        return self._start("worker", self.address, *words)

    @contextmanager
    def client(self) -> Iterator[Any]:
        """A client, as soon as two workers are there."""
        import distributed

        with distributed.Client(self.address, timeout=PATIENCE, set_as_default=False) as connected:
            connected.wait_for_workers(2, timeout=PATIENCE)
            yield connected

    def stop(self) -> None:
        """Kill and wait: a worker whose scheduler is gone may not listen to a gentler signal."""
        for process in reversed(self.processes):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(PATIENCE)


@contextmanager
def running_cluster(folder: Path) -> Iterator[Cluster]:
    """A cluster that is gone afterwards."""
    made = Cluster(folder)
    try:
        yield made
    finally:
        made.stop()
