"""The picture of a trend says what moved, and what it leaves out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from simkit import plots
from simkit.blast_radius import Interval
from simkit.checks.baseline import IN_FORCE
from simkit.history import Trend, TrendPoint
from simkit.history.trend_points import AttackFigures, SkippedCommit


def made(*lost: dict[str, float]) -> Trend:
    """A trend with a commit for each of `lost`: what the attack through each entry point loses."""
    points = [
        TrendPoint(f"commit{at}", f"2026-01-0{at}", "", "", "rbac", 0, {
            (IN_FORCE, entry): AttackFigures(Interval(value, value, value, 9, "normal"), value, value, 0.0, {})
            for entry, value in each.items()
        })
        for at, each in enumerate(lost, 1)
    ]  # fmt: skip
    return Trend("world.yaml", tuple(points))


def title(found: Trend) -> str:
    return " ".join(plots.trend(found).get_title(loc="left").split())


@pytest.mark.parametrize(
    ("lost", "said"),
    [
        ([{"key": 5.0}], "key loses 5"),
        ([{"key": 5.0}, {"key": 5.0}], "key loses 5, as at each of 2 commits"),
        ([{"key": 5.0}, {"key": 7.0}, {"key": 6.0}], "key loses 6, 5 at first; the steepest rise: commit2"),
        ([{"key": 5.0}, {}, {"key": 7.0}], "key loses 7, 5 at first; the steepest rise: commit3"),
        ([{"key": 5.0}, {}, {"key": 5.0}], "key loses 5, as at each of 2 commits that have it"),
        ([{}, {"key": 5.0}], "key loses 5"),
        ([{"key": 5.0}, {}], "key is no more"),
        ([{}], "No commit has an attack"),
    ],
)
def test_the_title_says_what_moved_over_gaps_too(lost: list[dict[str, float]], said: str) -> None:
    assert title(made(*lost)) == said


def test_attacks_without_a_line_and_commits_without_a_place_are_counted() -> None:
    nine = {f"key{number}": float(number) for number in range(1, 10)}
    assert title(made(nine)) == "key9 loses 9; not shown: 1 attack that loses less"
    assert len(plots.trend(made(nine)).get_lines()) == 8
    gone = SkippedCommit("commit0", "2026-01-01", "", "it is empty")
    now = replace(gone, commit="")
    found = replace(made({**nine, "key0": 0.0}), skipped=(gone, gone, replace(gone, there=False), now), older=1)
    assert title(found) == (
        "key9 loses 9; not shown: 2 attacks that lose less, 2 commits that cannot be read, 1 commit without the file, "
        "1 older commit"
    )


def test_what_is_not_committed_is_no_commit() -> None:
    twice = made({"key": 5.0}, {"key": 5.0})
    found = replace(twice, points=(twice.points[0], replace(twice.points[1], commit="", moment="")))
    assert title(found) == "key loses 5, as at the commit before"
