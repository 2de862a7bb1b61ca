"""Tasks from runs: what is called together, and how it is kept to a few."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from simkit.importers.recordings.proposed_tasks import MOST_TASKS, proposed_tasks
from simkit.importers.recordings.recorded import Recording, SeenCall
from simkit.importers.recordings.seen_runs import SeenRun, seen_runs


def run(*operations: str, outcome: str = "done", at: float = 0.0) -> SeenRun:
    calls = (SeenCall("bot", "crm", each, "t", outcome, at + place) for place, each in enumerate(operations, 1))
    return SeenRun("bot", "t", "log", tuple(calls), ())


def test_runs_that_use_the_same_are_one_task_whatever_their_order() -> None:
    tasks = proposed_tasks("bot", [run("read", "write"), run("write", "read", "read"), run("read")])
    assert [(task.name, len(task.runs)) for task in tasks] == [("bot: read, write", 2), ("bot: read", 1)]
    assert tasks[0].duration == 1.5


def test_what_was_denied_is_no_part_of_a_task() -> None:
    assert proposed_tasks("bot", [run("read", outcome="denied")]) == []


def test_the_rate_is_over_the_time_that_was_recorded_and_a_day_at_least() -> None:
    (day,) = proposed_tasks("bot", [run("read", at=hour * 3600.0) for hour in range(6)])
    assert day.rate == 6 / 86400
    (days,) = proposed_tasks("bot", [run("read", at=number * 86400.0) for number in range(11)])
    assert round(days.rate * 86400, 3) == 1.1


def test_targets_are_named_where_every_call_names_one() -> None:
    calls = (SeenCall("bot", "s3", "read", "t", "done", 1.0, target) for target in ("a", "b"))
    (task,) = proposed_tasks("bot", [SeenRun("bot", "t", "log", tuple(calls), ())])
    assert task.targets == {"s3.read": ("a", "b")}
    (open_task,) = proposed_tasks("bot", [run("read")])
    assert open_task.targets == {"crm.read": ()}


OPERATIONS = st.lists(st.sampled_from("abcdefghijklmnop"), min_size=1, max_size=5)


@given(st.lists(OPERATIONS, min_size=1, max_size=80))
def test_a_few_tasks_cover_every_run_and_nothing_that_no_run_used(runs: list[list[str]]) -> None:
    made = [run(*operations) for operations in runs]
    tasks = proposed_tasks("bot", made)
    assert len(tasks) <= MOST_TASKS
    assert sum(len(task.runs) for task in tasks) == len(made)
    assert len({task.name for task in tasks}) == len(tasks)
    for task in tasks:
        assert all(set(each.used) <= task.operations for each in task.runs)
        assert task.operations == {name for each in task.runs for name in each.used}


@given(st.lists(st.floats(1.0, 1e6), max_size=30), st.floats(1.0, 1e5))
def test_runs_are_cut_where_nothing_happened_for_long_and_nowhere_else(times: list[float], pause: float) -> None:
    recording = Recording("log", "log", "log", pause=pause)
    recording.add((SeenCall("bot", "crm", "read", "t", "done", time) for time in times), "agent")
    found = list(seen_runs(recording))
    assert sorted(call.time or 0.0 for each in found for call in each.calls) == sorted(times)
    for each in found:
        ordered = [call.time or 0.0 for call in each.calls]
        assert all(later - earlier <= pause for earlier, later in itertools.pairwise(ordered))
    ends = [(each.calls[0].time or 0.0, each.calls[-1].time or 0.0) for each in found]
    assert all(after[0] - before[1] > pause for before, after in itertools.pairwise(ends))
