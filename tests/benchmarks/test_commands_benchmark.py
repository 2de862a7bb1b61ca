"""What users wait for: each command from its start to its answer, beside an older build where `--beside FOLDER` names a
checkout of it.

Both read the same estate of `simkit generate`, each command in a process of its own. The older build knows no
`answers: false`, and no session that answers: it reads the file without that word, which is the same world.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from benchmarks import one_command
from benchmarks.older_build import older_build
from benchmarks.racing import Race, Row, seconds

from simkit.estate import generate
from simkit.scenario import dump

PLACE, SMALL = 0, 300
ROOT = Path(__file__).parents[2]
NEW_WORD = re.compile(r", answers: false|^ +answers: false\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Work:
    """A command on an estate of so many steps, and how many times as fast as the older build it is to be."""

    command: str
    steps: int
    goal: float
    options: tuple[str, ...] = ("--trials", "100")

    def __str__(self) -> str:
        return f"{self.command}-{self.steps}"


WORKS = (
    *(Work("rank", steps, goal, ()) for steps, goal in ((60_000, 0.0), (240_000, 20.0), (1_000_000, 20.0))),
    *(Work(command, 60_000, 10.0) for command in ("narrow", "ablate", "evidence")),
    Work("report", 60_000, 10.0, ("--trials", "100", "--out", os.devnull)),
    *(Work("run", steps, goal) for steps, goal in ((60_000, 0.0), (240_000, 0.0), (1_000_000, 5.0))),
    *(Work("compare", steps, goal) for steps, goal in ((60_000, 0.0), (1_000_000, 4.0))),
)


@cache
def estate(steps: int) -> str:
    return dump(generate(steps, seed=1))


def measured(build: Path, work: Work, file: Path) -> dict[str, float]:
    """The processor seconds and the peak memory of `work` with the simkit in `build`."""
    words = (work.command, str(file), *work.options)
    return one_command.measured(words, older_build(build, file.parent), file.parent)


def shown(found: dict[str, float]) -> str:
    return f"{seconds(found['seconds'])}, {found['peak'] / 2**30:.2f} GiB"


@pytest.mark.parametrize("work", WORKS, ids=str)
def test_each_command_is_as_much_faster_than_the_older_build(
    work: Work, race: Race, full: bool, tmp_path: Path, request: Any
) -> None:
    older: Path | None = request.config.getoption("beside", None)
    race.benchmark.pedantic(lambda: None, rounds=1)
    text = estate(work.steps if full else SMALL)
    ours, theirs = tmp_path / "estate.yaml", tmp_path / "older.yaml"
    ours.write_text(text, "utf-8")
    theirs.write_text(NEW_WORD.sub("", text), "utf-8")
    found = measured(ROOT, work, ours)  # the first of each build makes what it keeps for the next, and does not count
    if not full:
        return
    name = f"{work.command}, {work.steps:,} steps"
    if older is None:
        race.note(Row(PLACE, name, shown(measured(ROOT, work, ours))))
        return
    found, before = measured(ROOT, work, ours), measured(older, work, theirs)
    ratio, goal = before["seconds"] / found["seconds"], f">= {work.goal:g}x" if work.goal else ""
    reached = ratio >= work.goal if work.goal else None
    race.note(Row(PLACE, name, shown(found), "the older build", shown(before), ratio, goal, reached))
