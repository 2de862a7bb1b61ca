"""The first answer after an installation: the engines are compiled, and kept for every command that follows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from benchmarks import one_command
from benchmarks.older_build import older_build
from benchmarks.racing import Race, Row, seconds

PLACE = 0
LESS = 3.0
ROOT = Path(__file__).parents[2]


def first_and_second(build: Path, folder: Path) -> tuple[float, float]:
    """The processor seconds of `simkit run` on the starter of `build` before anything is compiled, and after that."""
    kept = folder / f"compiled-by-{build.name}"
    env = {**older_build(build, folder), "NUMBA_CACHE_DIR": str(kept)}
    words = ("run", str(build / "scenarios" / "starter.yaml"))
    first, second = (one_command.measured(words, env, folder)["seconds"] for _ in range(2))
    assert any(kept.rglob("*.nbc")), "nothing was kept, so that the second compiled again"
    return first, second


def test_the_first_answer_after_an_installation(race: Race, full: bool, tmp_path: Path, request: Any) -> None:
    race.benchmark.pedantic(lambda: None, rounds=1)
    if not full:
        pytest.skip("compiling all engines takes as long as many tests")
    older: Path | None = request.config.getoption("beside", None)
    first, second = first_and_second(ROOT, tmp_path)
    race.note(Row(PLACE, "run, the starter, a second time", seconds(second)))
    if older is None:
        race.note(Row(PLACE, "run, the starter, the first time", seconds(first)))
        return
    before, _ = first_and_second(older, tmp_path)
    ratio, goal = before / first, f">= {LESS:g}x"
    row = ("the older build", seconds(before), ratio, goal, ratio >= LESS)
    race.note(Row(PLACE, "run, the starter, the first time", seconds(first), *row))
