"""Every property on all of its examples; a plain run takes two fifths of them (`examples_drawn`)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from examples_drawn import examples

ROOT = Path(__file__).parents[2]
FILES = (ROOT / "tests").rglob("test_*.py")
USERS = {str(path.relative_to(ROOT)) for path in FILES if "@examples(" in path.read_text("utf-8")}
USERS |= {"tests/engines/test_cuda.py"}
"""That one starts a process that checks more."""


def test_a_plain_run_takes_two_fifths() -> None:
    assert examples(100).max_examples == (100 if os.environ.get("EXAMPLES") == "all" else 40)


@pytest.mark.slow
@pytest.mark.parametrize("file", sorted(USERS - {str(Path(__file__).relative_to(ROOT))}))
def test_a_property_holds_on_all_examples(file: str) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-n0", "-p", "no:randomly", "-p", "no:cacheprovider", file]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "EXAMPLES": "all"}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-4000:]
