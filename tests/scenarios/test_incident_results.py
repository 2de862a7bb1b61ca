"""The page of incident results is what its command writes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_page_of_results_is_what_the_command_writes(tmp_path: Path) -> None:
    page = tmp_path / "incidents.md"
    script = ROOT / "scenarios" / "incidents" / "measure.py"
    subprocess.run([sys.executable, str(script), "--out", str(page)], check=True, cwd=ROOT)
    assert page.read_text("utf-8") == (ROOT / "results" / "incidents.md").read_text("utf-8")
