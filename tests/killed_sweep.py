"""A sweep in a process of its own that is killed in the middle, and leaves its checkpoint."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from simkit.estate import generate
from simkit.sweeps import SweepResult, sweep

LONG: dict[str, Any] = {"trials": 12_000, "seed": 4, "block": 64}
BLOCKS = 4 * 188
"""How many blocks the sweep has: two policies, two entry points."""
FEW = 5
"""It is killed when so many are kept."""


def swept(**how: Any) -> SweepResult:
    """The sweep, whole."""
    return sweep(generate(300, 1), ["rbac", "jit"], **LONG, **how)


def command(folder: Path) -> list[str]:
    """How a process sweeps with a checkpoint in `folder`, and prints the digest."""
    return [sys.executable, str(Path(__file__)), str(folder)]


def kill_in_the_middle(folder: Path) -> dict[Path, int]:
    """Begins the sweep, and kills it with SIGKILL; the kept blocks, with the time at which each was written."""
    running = subprocess.Popen(command(folder), stdout=subprocess.PIPE)
    try:
        deadline = time.monotonic() + 120
        while len(list(folder.glob("*.block"))) < FEW and running.poll() is None and time.monotonic() < deadline:
            time.sleep(0.005)
        os.kill(running.pid, signal.SIGKILL)
    finally:
        running.kill()
        out, _ = running.communicate()
    assert (running.returncode, out) == (-signal.SIGKILL, b""), "it was to be killed in the middle"
    kept = {file: file.stat().st_mtime_ns for file in folder.glob("*.block")}
    assert FEW <= len(kept) < BLOCKS
    return kept


if __name__ == "__main__":
    sys.stdout.write(swept(threads=2, checkpoint=sys.argv[1]).digest)
