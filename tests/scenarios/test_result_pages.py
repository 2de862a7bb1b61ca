"""The pages of results that take a while are what their commands write, byte for byte."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COMMANDS = {
    "narrowing.md": ("scenarios/incidents/narrow.py",),
    "ablation.md": ("scenarios/ablate.py",),
    "study.md": ("-m", "simkit", "study", "scenarios", "--draws", "128"),
}


@pytest.mark.slow
@pytest.mark.parametrize("page", COMMANDS)
def test_the_page_of_results_is_what_the_command_writes(page: str, tmp_path: Path) -> None:
    made = tmp_path / page
    subprocess.run([sys.executable, *COMMANDS[page], "--out", str(made)], check=True, cwd=ROOT)
    assert made.read_bytes() == (ROOT / "results" / page).read_bytes()
