"""The engines beside those of an older build, in turn and in one run: `--beside FOLDER` names a checkout of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from benchmarks import engine_times
from benchmarks.racing import Race, Row, seconds

PLACE, ROUNDS = 9, 3
LEAST = 0.8
"""What is below this share of the older speed is a loss; a busy machine shifts a ratio by less."""
ROOT = Path(__file__).parents[2]


def times(build: Path) -> dict[str, float]:
    """The seconds of each work with the simkit in `build`."""
    asked = [sys.executable, engine_times.__file__]
    path = os.pathsep.join([str(build), str(build / "tests")])
    done = subprocess.run(
        asked, env={**os.environ, "PYTHONPATH": path}, cwd=build, capture_output=True, text=True, check=True
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def test_the_engines_are_as_fast_as_those_of_the_older_build(race: Race, full: bool, request: Any) -> None:
    older: Path | None = request.config.getoption("beside", None)
    race.benchmark.pedantic(lambda: None, rounds=1)
    if not full or older is None:
        pytest.skip("asks for --benchmark-enable and --beside FOLDER, a checkout of an older build")
    rounds = [(times(ROOT), times(older)) for _ in range(ROUNDS)]
    for work in rounds[0][0]:
        ours, before = (min(each[side][work] for each in rounds) for side in (0, 1))
        ratio, goal = before / ours, f">= {LEAST}x"
        row = Row(PLACE, work, seconds(ours), "the older build", seconds(before), ratio, goal, ratio >= LEAST)
        race.note(row)
        assert ratio >= LEAST
