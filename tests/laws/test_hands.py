"""Whoever works, the bytes are those of one thread."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import numpy as np
import pytest

from simkit.blast_radius import BlastRadius
from simkit.estate import generate
from simkit.execution import blocks
from simkit.simulation import compare, rank, simulate

ESTATE = generate(1500, seed=2)
TRIALS = 600


@pytest.fixture(scope="module")
def processes() -> Iterator[ProcessPoolExecutor]:
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield pool


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "LARGEST", 100)


def run_digest(result: BlastRadius) -> str:
    """A hash of every array of the outcomes, and of the result as plain data."""
    outcomes = result.outcomes
    parts = [np.ascontiguousarray(getattr(outcomes, name)) for name in ("first", "by", "contained", "variant")]
    told = json.dumps(result.to_dict(), sort_keys=True).encode()
    return hashlib.sha256(b"".join([*(part.tobytes() for part in parts), told])).hexdigest()


def simulated(**hands: object) -> str:
    return run_digest(simulate(ESTATE, "rbac", entry_point="leaked-token", trials=TRIALS, seed=5, **hands))  # type: ignore[arg-type]


ONE_THREAD = simulated(threads=1)


@pytest.mark.parametrize("threads", [2, 8])
def test_threads_give_the_bytes_of_one_thread(threads: int) -> None:
    assert simulated(threads=threads) == ONE_THREAD


def test_a_pool_of_threads_gives_the_bytes_of_one_thread() -> None:
    with ThreadPoolExecutor(3) as pool:
        assert simulated(executor=pool) == ONE_THREAD


def test_processes_give_the_bytes_of_one_thread(processes: ProcessPoolExecutor) -> None:
    assert simulated(executor=processes) == ONE_THREAD


def test_comparisons_and_rankings_are_the_same_in_processes(processes: ProcessPoolExecutor) -> None:
    here = compare(ESTATE, ["rbac", "jit"], entry_point="poisoned-inbox", trials=150, threads=1)
    there = compare(ESTATE, ["rbac", "jit"], entry_point="poisoned-inbox", trials=150, executor=processes)
    assert [run_digest(result) for result in here.results] == [run_digest(result) for result in there.results]
    assert rank(ESTATE, executor=processes) == rank(ESTATE, threads=1)


def test_worst_cases_do_not_depend_on_how_many_are_held_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = rank(ESTATE)
    monkeypatch.setattr("simkit.simulation.attack.WORST_ROWS", 3)
    assert rank(ESTATE) == whole
