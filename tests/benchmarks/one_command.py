"""One command of simkit in a process of its own: `python one_command.py COMMAND FILE [OPTIONS]`.

prints JSON: the processor seconds of all threads from start to end, imports included, the peak resident memory in
bytes, and the exit code. Which build it is, PYTHONPATH says. It runs as where it was installed: modules are compiled
once, and scipy, which only the tests need and numba imports where it is, is not there.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path


def measured(words: Sequence[str], env: Mapping[str, str], folder: Path) -> dict[str, float]:
    """What the command `words` takes in a process of its own, in `folder`, as this script prints it. `env` says by its
    PYTHONPATH which build it is. Python keeps what it compiles, as it does for who installs it. Fails where the command
    ends with anything but 0."""
    asked = [sys.executable, __file__, *words]
    around = {name: value for name, value in env.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(asked, env=around, cwd=folder, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout)
    assert found["code"] == 0, done.stderr
    return found


def main() -> None:
    """Runs the command line of simkit; what it says is thrown away."""
    sys.dont_write_bytecode = False
    sys.modules["scipy"] = None  # type: ignore[assignment]

    from simkit.cli import main as simkit

    code: object = 0
    sys.argv[0] = "simkit"
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        try:
            code = simkit()
        except SystemExit as ended:
            code = ended.code
    print(json.dumps({"seconds": time.process_time(), "peak": peak(), "code": code or 0}))


def peak() -> int:
    """The peak resident memory of this process in bytes (`VmHWM` of proc(5)); 0 where the system does not say."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0
    line = next(line for line in status.read_text("utf-8").splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024


if __name__ == "__main__":
    main()
