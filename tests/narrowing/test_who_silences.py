"""To take away the operation that switches logging off is proposed, by what responders see then."""

from __future__ import annotations

from pathlib import Path

import pytest

from simkit.narrowing import recommend
from simkit.scenario import Scenario, load, loads

CASE = Path(__file__).parents[1] / "cases" / "silence-trail-stopped.yaml"


@pytest.fixture(scope="module")
def at_work() -> Scenario:
    """The case, where the admin's work needs all but the switch."""
    tasks = "tasks: {backup: {identity: admin, needs: [s3.list, s3.copy], rate: 1/d, duration: 1h}}\n"
    return loads(CASE.read_text("utf-8").replace("entry_points:", f"{tasks}entry_points:", 1))


def test_without_the_switch_the_copy_is_noticed_in_time(at_work: Scenario) -> None:
    found = recommend(at_work, entry_points="admin-leaked", trials=200)
    first = found[0]
    assert first.narrowing.name == "Drop trail.stop on admin, trail.stop on clerk from identity admin"
    assert (first.before.mean.estimate, first.after.mean.estimate) == (1.0, 0.0)
    assert first.unneeded, "no work leans on it, so it costs nothing"


def test_it_is_proposed_where_nothing_is_said_of_work() -> None:
    names = [each.narrowing.name for each in recommend(load(CASE), entry_points="admin-leaked", trials=200)]
    assert any("trail.stop" in name for name in names)
