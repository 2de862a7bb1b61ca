"""Work tells how far it has come: only to who listens, always upwards, to the end, and without a change of results."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from numba.core.dispatcher import Dispatcher

import simkit
from simkit.engines import compiled
from simkit.progress import awaited, listening, remark, remarks, steps, stretch, waiting_for

STARTER = simkit.load(Path(__file__).parents[1] / "scenarios" / "starter.yaml")
ENTRY = "leaked-ci-secret"


def heard(work) -> list[float]:  # type: ignore[no-untyped-def]
    told: list[float] = []
    with listening(told.append):
        work()
    return told


def test_steps_within_steps_are_parts_of_them() -> None:
    def work() -> None:
        with stretch(0.0, 0.5):
            for _ in steps("abcd"):
                pass
        with stretch(0.5, 1.0):
            for _ in steps((letter for letter in "ab"), 2):
                list(steps(range(2)))

    assert heard(work) == [0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1.0]


def test_items_come_unchanged_whether_or_not_somebody_listens() -> None:
    assert list(steps("abc")) == ["a", "b", "c"]
    with listening(lambda _: None):
        assert list(steps("abc")) == ["a", "b", "c"]
        assert list(steps([])) == []
        assert list(steps(iter("abc"))) == ["a", "b", "c"]  # how many there are nobody knows


def test_nothing_is_told_backwards_nor_after_the_block() -> None:
    told: list[float] = []
    with listening(told.append):
        list(steps(range(2)))
        list(steps(range(4)))
        left = steps(range(2))
        next(left)
    list(left)
    list(steps(range(2)))
    assert told == [0.5, 1.0]


def fail() -> None:
    for _ in steps(range(2)):
        raise ValueError("lost")


def test_work_that_fails_leaves_no_listener_behind() -> None:
    told: list[float] = []
    with pytest.raises(ValueError, match="lost"), listening(told.append):
        fail()
    list(steps(range(2)))
    assert told == []


@pytest.mark.parametrize("threads", [1, 2])
def test_simulate_and_compare_tell_how_far_they_are(threads: int) -> None:
    asked = {"entry_point": ENTRY, "trials": 1200, "threads": threads}
    one = heard(lambda: simkit.simulate(STARTER, "rbac", **asked))
    three = heard(lambda: simkit.compare(STARTER, ["rbac", "jit", "task-scoped"], against="rbac", **asked))
    assert len(one) >= 2
    assert len(three) >= 6
    for told in (one, three):
        assert told == sorted(set(told))
        assert told[-1] == pytest.approx(1.0)


def test_rank_recommend_and_an_executor_tell_it_too() -> None:
    with ThreadPoolExecutor(2) as pool:
        spread = heard(lambda: simkit.simulate(STARTER, "rbac", entry_point=ENTRY, trials=9000, executor=pool))
    found = heard(lambda: simkit.recommend(STARTER, entry_points=ENTRY, trials=20, budget=1))
    assert len(spread) > 1
    assert len(found) > 20
    for told in (spread, found, heard(lambda: simkit.rank(STARTER))):
        assert told == sorted(set(told))
        assert told[-1] == pytest.approx(1.0)


def test_ablate_study_and_sweep_tell_it_too() -> None:
    ablation = heard(lambda: simkit.ablate(STARTER, ENTRY, "rbac", "rbac-context", trials=20))
    study = heard(lambda: simkit.study([STARTER], trials=20))
    swept = heard(lambda: simkit.sweep(STARTER, ["rbac", "jit"], [ENTRY], trials=128, block=64, threads=1))
    assert len(ablation) > 5
    assert len(swept) >= 4
    for told in (ablation, study, swept):
        assert told == sorted(set(told))
        assert told[-1] == pytest.approx(1.0)


def test_who_listens_changes_no_result() -> None:
    quiet = simkit.simulate(STARTER, entry_point=ENTRY, trials=600, seed=3)
    with listening(lambda _: None):
        loud = simkit.simulate(STARTER, entry_point=ENTRY, trials=600, seed=3)
    assert np.array_equal(quiet.outcomes.first, loud.outcomes.first)


def test_what_is_waited_for_is_told_from_any_thread_and_only_while_it_lasts() -> None:
    assert awaited() == ""
    with ThreadPoolExecutor(1) as pool, waiting_for("compiling the engine"):
        assert pool.submit(awaited).result() == "compiling the engine"
    assert awaited() == ""


def test_a_remark_is_given_out_once() -> None:
    remarks()
    remark("nothing is kept")
    remark("nothing is kept")
    assert remarks() == ["nothing is kept"]
    assert remarks() == []


def test_a_kernel_is_announced_while_it_is_compiled_and_not_once_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    heard = []

    class Compiled:
        overloads: dict[str, int] = {}  # noqa: RUF012

        @staticmethod
        def py_func(value: int) -> int:
            return value

        def __call__(self, value: int) -> int:
            heard.append(awaited())
            self.overloads["int64"] = 1
            return value

    told = compiled.announced("the engine", seconds=20)(Compiled())
    assert [told(1), told(2)] == [1, 2]
    assert heard == ["compiling the engine, once: about 20 s", ""]
    assert remarks() == []


def test_a_kernel_that_cannot_be_kept_is_remarked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "kept_in", lambda: "")

    def no_folder(self: object) -> None:
        raise RuntimeError("cannot cache function: no locator available")

    monkeypatch.setattr(Dispatcher, "enable_caching", no_folder)
    monkeypatch.setattr(compiled, "IN_MEMORY", set())

    @compiled.announced("the engine", seconds=1)
    @compiled.kernel
    def twice(value):  # type: ignore[no-untyped-def]
        return value + value

    assert remarks() == []
    assert twice(21) == 42
    assert remarks() == [compiled.UNKEPT]
