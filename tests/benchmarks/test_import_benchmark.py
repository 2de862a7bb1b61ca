"""How long a large export takes from its files to the part of a scenario, and the memory that it needs.

Each kind is imported by the command, in a process of its own; the limits are processor seconds of all threads, imports
of Python included, and the peak of memory.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from benchmarks import one_command
from benchmarks.racing import Race, Row, seconds
from benchmarks.recorded_spans import EACH, write_spans
from generated_account import generated_account
from generated_cluster import generated_cluster

PLACE = 8
SECONDS, MEMORY = 10.0, 10**9
ROOT = Path(__file__).parents[2]


def write_cluster(folder: Path, accounts: int) -> None:
    (folder / "cluster.yaml").write_text(generated_cluster(accounts), "utf-8")


def write_account(folder: Path, principals: int) -> None:
    (folder / "account.json").write_text(generated_account(principals), "utf-8")


@dataclass(frozen=True, slots=True)
class Export:
    """`large` or, where nothing is timed, `small` things of a kind; for each, or for every `each` of them, the part has
    a match of `told`."""

    what: str
    write: Callable[[Path, int], object]
    large: int
    small: int
    part: str
    told: str
    each: int = 1

    def __str__(self) -> str:
        return self.part.removesuffix(".yaml")


EXPORTS = (
    Export("service accounts", write_cluster, 10_000, 100, "kubernetes.yaml", r'^  "sa:team\d+/app\d+": {"kind"'),
    Export("spans", write_spans, 100_000, 1_000, "runs.yaml", '"source"', EACH),
    Export("principals of AWS", write_account, 10_000, 200, "aws.yaml", r'^  "\d+:(user|role)/[^"]+": {"kind"'),
)


@pytest.mark.parametrize("export", EXPORTS, ids=str)
def test_a_large_export_becomes_a_part(export: Export, race: Race, full: bool, tmp_path: Path) -> None:
    race.benchmark.pedantic(lambda: None, rounds=1)
    count = export.large if full else export.small
    (tmp_path / "given").mkdir()
    export.write(tmp_path / "given", count)
    asked = [sys.executable, one_command.__file__, "import", "given", "-o", "imported"]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(asked, env=env, cwd=tmp_path, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    assert found["code"] == 0, done.stderr
    written = (tmp_path / "imported" / export.part).read_text("utf-8")
    assert len(re.findall(export.told, written, re.MULTILINE)) == count // export.each
    if full:
        reached = found["seconds"] <= SECONDS and found["peak"] <= MEMORY
        shown = f"{seconds(found['seconds'])}, {found['peak'] / 1e9:.2f} GB"
        goal = f"<= {SECONDS:g} s, 1 GB"
        race.note(Row(PLACE, f"import, {count:,} {export.what}", shown, goal=goal, reached=reached))
