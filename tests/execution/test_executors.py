"""Work is spread over any executor: every item once, in few flights, with failures told in a sentence."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from threading import Lock

import pytest

from simkit.errors import EngineError, InputError, QuestionError
from simkit.execution import executors
from simkit.execution.executors import Missing, Shared, held, spread

ITEMS = range(23)


def times(shared: list[int], item: int) -> int:
    return shared[0] * item


def where(shared: list[int], item: int) -> int:
    return os.getpid()


def dies(shared: list[int], item: int) -> int:
    os._exit(1)


def fails(shared: list[int], item: int) -> int:
    raise ValueError(f"item {item}")


@pytest.fixture(scope="module")
def processes() -> Iterator[ProcessPoolExecutor]:
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield pool


@pytest.mark.parametrize("threads", [None, 1, 3])
def test_threads_do_every_item_once(threads: int | None) -> None:
    found = dict(spread(times, Shared([7]), ITEMS, threads=threads))
    assert found == {item: 7 * item for item in ITEMS}


def test_a_given_pool_of_threads_is_used_and_left_open() -> None:
    with ThreadPoolExecutor(2) as pool:
        assert dict(spread(times, Shared([2]), ITEMS, pool)) == {item: 2 * item for item in ITEMS}
        assert pool.submit(int, "5").result() == 5


def test_processes_do_every_item_once_and_elsewhere(processes: ProcessPoolExecutor) -> None:
    assert dict(spread(times, Shared([3]), ITEMS, processes)) == {item: 3 * item for item in ITEMS}
    assert os.getpid() not in dict(spread(where, Shared([3]), ITEMS, processes)).values()


class Counting(Executor):
    """A pool that is no ThreadPoolExecutor, with one worker in this process; counts what travels."""

    def __init__(self) -> None:
        self.pickles = 0
        self.most = 0
        self._waiting: list[Future[object]] = []

    def submit(self, function, /, *args, **kwargs):  # type: ignore[no-untyped-def]
        self.pickles += any(isinstance(arg, bytes) for arg in args)
        future: Future[object] = Future()
        future.set_result(function(*args, **kwargs))
        return future


def test_the_shared_value_travels_once_to_a_worker_and_again_only_where_it_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    pool, shared = Counting(), Shared([11, 99])
    list(spread(times, shared, ITEMS, pool))
    list(spread(times, shared, ITEMS, pool))
    assert pool.pickles == 2
    executors._kept.clear()
    pool.pickles = 0
    dealt = spread(times, shared, ITEMS, pool)
    next(dealt)
    executors._kept.clear()  # the worker was restarted: it has nothing, and says so
    assert len(list(dealt)) == len(ITEMS) - 1
    assert 2 <= pool.pickles <= 2 + executors.AHEAD


def test_a_pool_larger_than_this_machine_is_kept_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody tells how many workers a pool has: blocks are added while those there are run."""
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    at_work, most, lock = 0, 0, Lock()

    def lasts(shared: list[int], item: int) -> int:
        nonlocal at_work, most
        with lock:
            at_work += 1
            most = max(most, at_work)
        time.sleep(0.01)
        with lock:
            at_work -= 1
        return item

    with ThreadPoolExecutor(5) as pool:
        assert len(list(spread(lasts, Shared([0]), range(60), pool))) == 60
    assert most == 5


def test_a_worker_keeps_the_values_that_it_used_last() -> None:
    values = [Shared([number, -1]) for number in range(executors.KEPT + 1)]
    for value in values:
        assert held(value.key, value.pickled) == value.value
    assert isinstance(held(values[0].key, None), Missing)
    assert held(values[-1].key, None) == values[-1].value


def test_items_are_taken_a_few_at_a_time() -> None:
    taken = 0

    def endless() -> Iterator[int]:
        nonlocal taken
        while True:
            taken += 1
            yield taken

    dealt = spread(times, Shared([1]), endless(), threads=2)
    for _ in range(50):
        next(dealt)
    dealt.close()  # type: ignore[attr-defined]
    assert taken <= 50 + 3 * executors.AHEAD * 2


def test_a_failure_of_the_work_is_passed_on() -> None:
    with pytest.raises(ValueError, match="item"):
        list(spread(fails, Shared([1]), ITEMS, threads=2))


def test_a_dead_process_is_one_sentence() -> None:
    pool = ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"))
    with pool, pytest.raises(EngineError, match="the workers were lost") as caught:
        list(spread(dies, Shared([1]), ITEMS, pool))
    assert "\n" not in str(caught.value)


def test_another_version_on_a_worker_is_refused() -> None:
    with pytest.raises(EngineError, match="install the same on all"):
        executors._far(times, Shared([1]).key, None, "0.0.0", 1)


def test_both_threads_and_an_executor_are_refused() -> None:
    with ThreadPoolExecutor(1) as pool, pytest.raises(QuestionError, match="leave one of the two out"):
        list(spread(times, Shared([1]), ITEMS, pool, threads=2))


def test_what_is_no_executor_is_refused() -> None:
    with pytest.raises(QuestionError, match=r"^int is no executor"):
        list(spread(times, Shared([1]), ITEMS, 5))


def test_an_address_where_nobody_answers_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr(executors, "PATIENCE", 0.5)
    with pytest.raises(InputError, match=r"no Dask scheduler answers at 'tcp://127\.0\.0\.1:9'") as caught:
        list(spread(times, Shared([1]), ITEMS, "tcp://127.0.0.1:9"))
    assert "\n" not in str(caught.value)


def test_without_dask_an_address_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    with pytest.raises(InputError, match=r"pip install 'blast-radius-simkit\[dask\]'"):
        list(spread(times, Shared([1]), ITEMS, "tcp://127.0.0.1:8786"))
