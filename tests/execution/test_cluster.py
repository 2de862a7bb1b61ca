"""A real cluster on loopback: a Dask scheduler and two worker processes; one is killed in the middle."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from dask_cluster import PATIENCE, Cluster, running_cluster

from simkit.ablation import ablate
from simkit.estate import generate
from simkit.execution import blocks
from simkit.narrowing import recommend
from simkit.scenario import dump
from simkit.simulation import compare, rank, simulate
from simkit.studies import study
from simkit.sweeps import sweep

pytest.importorskip("distributed")
pytestmark = pytest.mark.slow

ESTATE = generate(2000, seed=6)
SMALL = generate(300, seed=6)
FEW: dict[str, Any] = {"trials": 200, "seed": 8}


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    with running_cluster(tmp_path) as made:
        yield made


@pytest.fixture
def client(cluster: Cluster) -> Iterator[Any]:
    with cluster.client() as connected:
        yield connected


def told(result: Any) -> str:
    return json.dumps(result.to_dict(), sort_keys=True)


def test_a_cluster_gives_the_bytes_of_one_thread(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "LARGEST", 64)
    how: dict[str, Any] = {"entry_point": "leaked-token", "trials": 500, "seed": 8}
    here, there = simulate(ESTATE, threads=1, **how), simulate(ESTATE, executor=client, **how)
    for name in ("first", "by", "contained", "variant"):
        assert getattr(here.outcomes, name).tobytes() == getattr(there.outcomes, name).tobytes()
    assert told(here) == told(there)
    policies = ["rbac", "task-scoped"]
    assert told(compare(ESTATE, policies, threads=1, **how)) == told(compare(ESTATE, policies, executor=client, **how))
    assert rank(ESTATE, threads=1) == rank(ESTATE, executor=client)


QUESTIONS: dict[str, Callable[..., Any]] = {
    "rank": partial(rank, ESTATE),
    "narrow": partial(recommend, SMALL, entry_points="leaked-token", budget=1, **FEW),
    "ablate": partial(ablate, SMALL, "leaked-token", "rbac", "rbac-context", **FEW),
    "study": partial(study, [SMALL], "rbac", "jit", **FEW),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_each_question_that_loses_a_worker_in_the_middle_says_what_one_thread_says(
    question: str, cluster: Cluster, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask, whole, left = QUESTIONS[question], blocks.spread, cluster.workers[0]

    def spread_with_a_loss(*work: Any, **how: Any) -> Iterator[Any]:
        """The blocks as they are done; once the first is, a worker is killed, while the others are under way."""
        for done in whole(*work, **how):
            if left.poll() is None:
                os.killpg(left.pid, signal.SIGKILL)
                assert left.wait(PATIENCE) == -signal.SIGKILL
            yield done

    monkeypatch.setattr(blocks, "LARGEST", 64)
    monkeypatch.setattr("simkit.simulation.attack.WORST_ROWS", 64)
    here = told(ask(threads=1))
    monkeypatch.setattr(blocks, "spread", spread_with_a_loss)
    assert told(ask(executor=client)) == here
    assert len(client.nthreads()) == 1, "one worker was to die before the answer"


COMMANDS = {
    "rank": (),
    "narrow": ("--entry-point", "leaked-token", "--trials", "100"),
    "ablate": ("--entry-point", "leaked-token", "--to", "rbac-context", "--trials", "100"),
    "study": ("--strong", "jit", "--trials", "100"),
}


def test_the_command_of_each_question_takes_the_address(cluster: Cluster, client: Any) -> None:
    file = cluster.folder / "estate.yaml"
    file.write_text(dump(SMALL), "utf-8")

    def said(command: str, *how: str) -> bytes:
        words = [sys.executable, "-m", "simkit", command, str(file), *COMMANDS[command], "--format", "json", *how]
        return subprocess.run(words, capture_output=True, check=True).stdout

    def tasks() -> int:
        """How often any task changed its state on the scheduler so far."""
        return int(client.run_on_scheduler(lambda dask_scheduler: dask_scheduler.transition_counter))

    for command in COMMANDS:
        here, before = said(command, "--threads", "1"), tasks()
        assert said(command, "--scheduler", cluster.address) == here
        assert tasks() > before, f"the cluster was not asked by {command}"


def test_an_address_will_do_and_so_will_the_command_line(cluster: Cluster, client: Any) -> None:
    how: dict[str, Any] = {"entry_point": "leaked-token", "trials": 300}
    assert told(simulate(ESTATE, executor=cluster.address, **how)) == told(simulate(ESTATE, threads=1, **how))
    file = cluster.folder / "estate.yaml"
    file.write_text(dump(ESTATE), "utf-8")
    words = [sys.executable, "-m", "simkit", "run", str(file), "--trials", "300", "--format", "json"]
    here = subprocess.run([*words, "--threads", "1"], capture_output=True, check=True).stdout
    there = subprocess.run([*words, "--scheduler", cluster.address], capture_output=True, check=True).stdout
    assert here == there


def test_a_worker_killed_in_the_middle_loses_nothing(cluster: Cluster, client: Any, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    size: dict[str, Any] = {"trials": 6400, "seed": 3, "block": 64}

    def kill_one_in_the_middle() -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and len(list(kept.glob("*.block"))) < 20:
            time.sleep(0.002)
        os.killpg(cluster.workers[0].pid, signal.SIGKILL)

    killer = threading.Thread(target=kill_one_in_the_middle)
    killer.start()
    there = sweep(ESTATE, ["rbac", "jit"], executor=client, checkpoint=kept, **size)
    killer.join()
    assert cluster.workers[0].wait(PATIENCE) == -signal.SIGKILL
    assert len(client.nthreads()) == 1, "one worker was to die before the sweep ended"
    assert there.trials == 2 * 2 * 6400
    assert there.digest == sweep(ESTATE, ["rbac", "jit"], threads=1, **size).digest
