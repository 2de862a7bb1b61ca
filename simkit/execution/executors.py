"""Blocks of work spread over threads, processes or machines; what they share travels once to each worker."""

from __future__ import annotations

import os
import pickle
import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from queue import SimpleQueue
from typing import Any, Generic, TypeVar

from simkit.errors import EngineError, InputError, QuestionError
from simkit.package import pip_install

S = TypeVar("S")
I = TypeVar("I")  # noqa: E741
R = TypeVar("R")

ExecutorLike = Any
"""A `concurrent.futures.Executor`, a `distributed.Client`, the address of a Dask scheduler, or None for threads."""

AHEAD = 2
"""Blocks in flight for each worker: one that runs, one that waits, so that no worker idles between two."""
KEPT = 4
"""Shared values that a worker process keeps: more than one, because a sweep goes from graph to graph."""
PATIENCE = 10.0
"""Seconds to wait for the scheduler of a cluster."""


class Shared(Generic[S]):
    """A value that many blocks need. In this process it is used as it is; elsewhere its pickle is kept by digest."""

    def __init__(self, value: S) -> None:
        self.value = value

    @cached_property
    def pickled(self) -> bytes:
        """The pickle of the value."""
        return pickle.dumps(self.value, protocol=5)

    @cached_property
    def key(self) -> str:
        """The digest of the pickle."""
        return blake2b(self.pickled, digest_size=16).hexdigest()


@dataclass(frozen=True, slots=True)
class Missing:
    """A worker's answer: it does not have the shared value (yet, or any more)."""


_kept: OrderedDict[str, Any] = OrderedDict()
_lock = threading.Lock()


def held(key: str, pickled: bytes | None) -> Any:
    """The shared value called `key` in this process, unpickled if it came along; Missing if it is not here."""
    with _lock:
        if key not in _kept:
            if pickled is None:
                return Missing()
            _kept[key] = pickle.loads(pickled)
        _kept.move_to_end(key)
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
        return _kept[key]


def _far(work: Callable[[S, I], R], key: str, pickled: bytes | None, version: str, item: I) -> R | Missing:
    """One block in another process."""
    _same_version(version)
    shared = held(key, pickled)
    return shared if isinstance(shared, Missing) else work(shared, item)


def _far_from(work: Callable[[S, I], R], shared: S, version: str, item: I) -> R:
    """One block on a Dask worker, which was handed the shared value by the scheduler or by another worker."""
    _same_version(version)
    return work(shared, item)


def _same_version(version: str) -> None:
    from simkit import __version__

    if version != __version__:
        raise EngineError(f"a worker has simkit {__version__}, this machine {version}: install the same on all")


def spread(
    work: Callable[[S, I], R],
    shared: Shared[S],
    items: Iterable[I],
    executor: ExecutorLike = None,
    *,
    threads: int | None = None,
) -> Iterator[tuple[I, R]]:
    """Each of `items` with what `work` makes of it and the shared value, as they are done (in no order).

    `executor` is any `concurrent.futures.Executor`, a Dask client, or the address of its scheduler; without one,
    `threads` threads of this process work (None: one for each processor). `work` must be a function of a module, as
    pickle wants it. Few items are in flight at a time, so that `items` may be long. Raises QuestionError if both an
    executor and threads are given, InputError for a cluster that does not answer, EngineError if workers die.
    """
    if executor is not None and threads is not None:
        raise QuestionError(f"threads={threads} counts only without an executor: leave one of the two out")
    with _hands(executor, threads) as hands:
        try:
            yield from hands.done(work, shared, items)
        except _losses() as error:
            raise EngineError(_lost(error)) from error


def _losses() -> tuple[type[BaseException], ...]:
    """What executors raise when workers are gone: Dask after its `allowed-failures` deaths under one block."""
    if "distributed" not in sys.modules:
        return (BrokenExecutor, CancelledError)
    import distributed

    return (BrokenExecutor, CancelledError, distributed.KilledWorker)


def _lost(error: BaseException) -> str:
    why = str(error) or type(error).__name__
    return f"the workers were lost ({why}): run it again; a sweep with a checkpoint goes on where it stopped"


@contextmanager
def _hands(executor: ExecutorLike, threads: int | None) -> Iterator[_Hands]:
    """Whoever works; what was made here is closed here."""
    if executor is None:
        count = threads or os.cpu_count() or 1
        with ThreadPoolExecutor(count) as pool:
            yield _Near(pool, count)
    elif isinstance(executor, str):
        with _connected(executor) as client, client.get_executor(pure=False) as pool:
            yield _Dask(pool, _cores(client), client)
    elif isinstance(executor, ThreadPoolExecutor):
        yield _Near(executor)
    elif isinstance(executor, Executor):
        yield _Far(executor)
    elif hasattr(executor, "get_executor") and hasattr(executor, "scheduler_info"):
        with executor.get_executor(pure=False) as pool:
            yield _Dask(pool, _cores(executor), executor)
    else:
        kind = type(executor).__name__
        raise QuestionError(f"{kind} is no executor: give a concurrent.futures.Executor or a Dask client or address")


@contextmanager
def _connected(address: str) -> Iterator[Any]:
    try:
        import distributed
        from distributed.comm.addressing import resolve_address
    except ImportError:
        raise InputError(f"scheduler {address!r} needs Dask: {pip_install('dask')}") from None
    connect: Any = distributed.Client
    try:
        resolve_address(address)  # a client that begins with a bad one leaves a traceback behind
        client = connect(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        why = " ".join(str(error).split())[:120]
        raise InputError(f"no Dask scheduler answers at {address!r} ({why}): start one, or mend the address") from None
    with client:
        yield client


def _cores(client: Any) -> int:
    """How many blocks the cluster can work on at once; at least one, for workers that are still to come."""
    return max(1, sum(int(count) for count in client.nthreads().values()))


class _Hands:
    """Submits blocks to an executor, a few ahead of those that work.

    An executor of the caller does not say how many workers it has (`workers` None): what its blocks say of themselves
    is enough, since those that run need no other behind them but one.
    """

    def __init__(self, pool: Executor, workers: int | None = None) -> None:
        self.pool = pool
        self.known = workers
        self.workers = workers or os.cpu_count() or 1
        self._cargo: dict[Future[Any], Any] = {}
        self._finished: SimpleQueue[Future[Any]] = SimpleQueue()

    def done(self, work: Callable[[S, I], R], shared: Shared[S], items: Iterable[I]) -> Iterator[tuple[I, R]]:
        """Each item with its result, as they are done; a failure cancels what has not begun."""
        left = iter(items)
        try:
            while self._fill(work, shared, left) or self._cargo:
                future = self._finished.get()
                item = self._cargo.pop(future)
                result = future.result()
                if isinstance(result, Missing):
                    self._put(self.submit(work, shared, item, True), item)
                else:
                    yield item, result
        finally:
            wait_for([future for future in self._cargo if not future.cancel()])
            self._cargo.clear()

    def _fill(self, work: Callable[[S, I], R], shared: Shared[S], left: Iterator[I]) -> bool:
        """Submits until enough is in flight; False if nothing is left to submit."""
        while self._in_flight() < AHEAD * self.workers:
            try:
                item = next(left)
            except StopIteration:
                return False
            self._put(self.submit(work, shared, item, False), item)
        return True

    def _in_flight(self) -> int:
        """How many blocks are on their way; of a pool of unknown size those that no worker has begun, so that a large
        one fills up step by step."""
        if self.known is not None:
            return len(self._cargo)
        return sum(not future.running() for future in self._cargo)

    def _put(self, future: Future[Any], item: Any) -> None:
        self._cargo[future] = item
        future.add_done_callback(self._finished.put)

    def submit(self, work: Callable[[S, I], R], shared: Shared[S], item: I, with_value: bool) -> Future[Any]:
        """One block on its way."""
        raise NotImplementedError


class _Near(_Hands):
    """Threads of this process."""

    def submit(self, work: Callable[[S, I], R], shared: Shared[S], item: I, with_value: bool) -> Future[Any]:
        """One block, with the value itself."""
        return self.pool.submit(work, shared.value, item)


class _Far(_Hands):
    """Other processes: the value goes along with the first blocks, as many as there are workers (or processors
    here, where nobody knows), and where it is found missing."""

    sent = 0

    def submit(self, work: Callable[[S, I], R], shared: Shared[S], item: I, with_value: bool) -> Future[Any]:
        """One block, with the key of the value."""
        from simkit import __version__

        first = self.sent < self.workers
        self.sent += first
        pickled = shared.pickled if first or with_value else None
        return self.pool.submit(_far, work, shared.key, pickled, __version__, item)


class _Dask(_Hands):
    """A Dask cluster: the value is a task of its own, so that workers hand it on, and it is made anew if they die."""

    def __init__(self, pool: Executor, workers: int, client: Any) -> None:
        super().__init__(pool, workers)
        self.client = client
        self._value: Any = None

    def submit(self, work: Callable[[S, I], R], shared: Shared[S], item: I, with_value: bool) -> Future[Any]:
        """One block, which depends on the value."""
        import dask

        from simkit import __version__

        if self._value is None:
            # Large on purpose, and sent once: no reason to warn.
            with dask.config.set({"distributed.admin.large-graph-warning-threshold": "100 GiB"}):
                key = f"simkit-shared-{shared.key}"
                self._value = self.client.submit(pickle.loads, shared.pickled, key=key)
        return self.pool.submit(_far_from, work, self._value, __version__, item)
