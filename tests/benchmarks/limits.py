"""What the machine allows: how fast memory is read, success is drawn, a byte is looked up and a queue is kept.

    python tests/benchmarks/limits.py

prints each, on one thread, in processor time. `test_limits_benchmark.py` holds the engines against them.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.racing import processor_time, seconds

from simkit.engines.compiled import kernel
from simkit.engines.draws import success_word, words
from simkit.engines.instructions import wide
from simkit.engines.queue import is_short, push, queue_of, refill, take
from simkit.engines.structure import spans
from simkit.fate import Stream

_SUCCESS, _DURATION = np.uint64(Stream.SUCCESS), np.uint64(Stream.DURATION)
LINE = 64
"""Bytes that memory gives at a time."""


def bandwidth(size: int = 1 << 28) -> float:
    """Bytes a second that are copied from memory to memory, counted once read and once written."""
    source, target = np.ones(size // 8), np.empty(size // 8)
    np.copyto(target, source)
    return 2 * size / processor_time(lambda: np.copyto(target, source))


@kernel
def _draw_words(keys, limit, found):  # type: ignore[no-untyped-def]
    wide()
    for i in range(len(keys)):
        found[i] = success_word(np.uint64(1), 0, _SUCCESS, keys[i], limit)


def success_draw(count: int = 200_000) -> float:
    """Seconds to draw whether a step works in 64 samples."""
    keys = np.random.default_rng(0).integers(0, 2**64, count, dtype=np.uint64)
    found = np.empty(count, dtype=np.uint64)
    return processor_time(lambda: _draw_words(keys, np.uint64(1 << 31), found)) / count


@kernel
def _draw_fours(keys, found):  # type: ignore[no-untyped-def]
    for i in range(len(keys)):
        four = words(np.uint64(1), 0, _DURATION, keys[i])
        found[i] = four[0] ^ four[1] ^ four[2] ^ four[3]


def generator_call(count: int = 1_000_000) -> float:
    """Seconds for one call of the generator: a word for each of four samples."""
    keys = np.random.default_rng(0).integers(0, 2**64, count, dtype=np.uint64)
    found = np.empty(count, dtype=np.uint64)
    return processor_time(lambda: _draw_fours(keys, found)) / count


@kernel
def _look_up(stream, held, found):  # type: ignore[no-untyped-def]
    total = 0
    for i in range(len(stream)):
        total += held[stream[i]]
    found[0] = total


def look_up(stream: NDArray[np.uint32], facts: int) -> float:
    """Seconds to read all of `stream`, a list of facts, and one byte of each fact."""
    held, found = np.zeros(facts, dtype=np.uint8), np.zeros(1, dtype=np.int64)
    return processor_time(lambda: _look_up(stream, held, found), rounds=10)


@kernel
def _look_up_rows(targets, rows, found):  # type: ignore[no-untyped-def]
    for i in range(len(targets)):
        for w in range(rows.shape[1]):
            found[w] |= rows[targets[i], w]


def look_up_rows(targets: NDArray[np.int32], facts: int) -> float:
    """Seconds to read the eight words of each fact of `targets`."""
    rows, found = np.zeros((facts, 8), dtype=np.uint64), np.zeros(8, dtype=np.uint64)
    return processor_time(lambda: _look_up_rows(targets, rows, found), rounds=5)


@kernel
def _keep_queue(moments, pending, given):  # type: ignore[no-untyped-def]
    queue = spans(given)
    for i in range(len(moments)):
        now = np.uint64(0)
        if i >= pending:
            if is_short(queue):
                refill(queue)
            now = take(queue)
        push(queue, now + moments[i])


def queue_event(pending: int, count: int = 1_000_000) -> float:
    """Seconds to put an event into a queue of `pending` others, and to take one out."""
    moments = np.random.default_rng(0).integers(0, 2**40, count, dtype=np.uint64)
    return processor_time(lambda: _keep_queue(moments, pending, queue_of(pending))) / count


@kernel
def _fetch(lines, order, found):  # type: ignore[no-untyped-def]
    total = 0
    for i in range(len(order)):
        total += lines[8 * order[i]]
    found[0] = total


def fetched_line(size: int, count: int = 1_000_000) -> float:
    """Seconds for a cache line somewhere in `size` bytes, where all that will be needed is known beforehand."""
    lines, found = np.ones(size // 8, dtype=np.int64), np.zeros(1, dtype=np.int64)
    order = np.random.default_rng(0).integers(0, size // LINE, count)
    return processor_time(lambda: _fetch(lines, order, found)) / count


@kernel
def _follow(lines, count, found):  # type: ignore[no-untyped-def]
    line = 0
    for _ in range(count):
        line = lines[8 * line]
    found[0] = line


def followed_line(size: int, count: int = 1_000_000) -> float:
    """Seconds for a cache line somewhere in `size` bytes, where only the line before says which."""
    order, found = np.random.default_rng(0).permutation(size // LINE), np.zeros(1, dtype=np.int64)
    lines = np.zeros(size // 8, dtype=np.int64)
    lines[8 * order] = np.roll(order, -1)
    return processor_time(lambda: _follow(lines, count, found)) / count


def main() -> None:
    """Prints what the machine allows."""
    for name, value in (
        ("success of a step in 64 samples", seconds(success_draw())),
        ("one call of the generator", seconds(generator_call())),
        ("an event through a queue of 1,000", seconds(queue_event(1_000))),
        ("an event through a queue of 100,000", seconds(queue_event(100_000))),
        ("a cache line somewhere in 64 MiB", seconds(fetched_line(1 << 26))),
        ("the same, where only the line before says which", seconds(followed_line(1 << 26))),
        ("memory to memory", f"{bandwidth() / 1e9:.3g} GB/s"),
    ):
        sys.stdout.write(f"{name:48} {value}\n")


if __name__ == "__main__":
    main()
