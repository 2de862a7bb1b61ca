"""Which attack paths a report shows first."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from simkit.report import Report


def test_the_most_frequent_path_to_each_goal_comes_before_the_second_to_any() -> None:
    found = [SimpleNamespace(goal=goal, place=place) for place, goal in enumerate(("a", "a", "b", "a", "b", "c"))]
    result: Any = SimpleNamespace(paths=lambda goal, limit: SimpleNamespace(paths=found))
    scenario: Any = None
    comparison: Any = {"rbac": result}
    shown: list[Any] = Report(scenario, comparison, None, "").paths("rbac")
    assert [path.place for path in shown] == [0, 2, 5, 1, 3, 4]
