"""The same seed gives the same bytes: on any number of threads, in any process, in any order of the file."""

from __future__ import annotations

import hashlib
import json
import math
import os
import random
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simkit.blast_radius import BlastRadius
from simkit.engines.outcomes import Outcomes
from simkit.engines.replay import replay
from simkit.scenario import Scenario, load, loads
from simkit.scenario.parser import read
from simkit.simulation import compile_attack, simulate

ROOT = Path(__file__).parents[2]
STARTER = ROOT / "scenarios" / "starter.yaml"
ENTRIES = ("leaked-ci-secret", "poisoned-ticket", "leftover-credential")
POLICIES = (
    "static-secrets",
    "rbac",
    "rbac-context",
    "jit",
    "task-scoped-reads",
    "task-scoped",
    "zero-standing",
    "agents-only",
)


@cache
def starter() -> Scenario:
    return load(STARTER)


def digest(outcomes: Outcomes) -> str:
    """A hash of every byte of `outcomes`, whatever the machine's byte order."""
    found = hashlib.sha256()
    for name, kind in (("first", "<i8"), ("by", "<i4"), ("contained", "<i8"), ("variant", "<i4")):
        found.update(np.ascontiguousarray(getattr(outcomes, name), dtype=kind).tobytes())
    return found.hexdigest()


def written(result: BlastRadius) -> str:
    """A hash of everything that a result says: samples, paths and measures."""
    text = json.dumps([digest(result.outcomes), result.paths().to_dict(), result.to_dict()], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


# ---- threads


@pytest.mark.parametrize("policy", ["rbac", "task-scoped", "agents-only"])
@pytest.mark.parametrize("entry", ENTRIES)
def test_the_number_of_threads_changes_no_byte(policy: str, entry: str) -> None:
    found = {
        digest(simulate(starter(), policy, entry_point=entry, trials=1300, seed=9, threads=threads).outcomes)
        for threads in (1, 2, 8)
    }
    assert len(found) == 1


# ---- processes


SCRIPT = """
import sys
sys.path.insert(0, "tests/laws")
from test_same_bytes import starter, written
from simkit.simulation import simulate
for policy in ("static-secrets", "task-scoped", "agents-only"):
    print(written(simulate(starter(), policy, entry_point="poisoned-ticket", trials=300, seed=4)))
"""


def test_the_hash_seed_of_the_process_changes_no_byte() -> None:
    found = set()
    for seed in ("0", "1", "12345"):
        run = subprocess.run(
            [sys.executable, "-c", SCRIPT],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=240,
            check=True,
        )
        found.add(run.stdout)
    (only,) = found
    here = [
        written(simulate(starter(), policy, entry_point="poisoned-ticket", trials=300, seed=4))
        for policy in ("static-secrets", "task-scoped", "agents-only")
    ]
    assert only.split() == here
    assert len(set(here)) == 3


# ---- longer runs


@pytest.mark.parametrize("policy", ["static-secrets", "task-scoped"])
def test_a_longer_run_extends_a_shorter_one(policy: str) -> None:
    graph = compile_attack(starter(), policy).graph
    long = replay(graph, "leaked-ci-secret", seed=2, trials=701)
    short = replay(graph, "leaked-ci-secret", seed=2, trials=130)
    for name in ("first", "by", "contained", "variant"):
        assert np.array_equal(getattr(long, name)[:130], getattr(short, name)), name


def test_blocks_of_a_run_join_to_the_run() -> None:
    graph = compile_attack(starter(), "rbac").graph
    blocks = [
        replay(graph, "poisoned-ticket", seed=2, trials=count, offset=at) for at, count in ((0, 3), (3, 90), (93, 7))
    ]
    assert digest(Outcomes.joined(blocks)) == digest(replay(graph, "poisoned-ticket", seed=2, trials=100))


def test_another_seed_is_another_run() -> None:
    found = {
        digest(simulate(starter(), "rbac", entry_point="poisoned-ticket", trials=64, seed=s).outcomes) for s in range(4)
    }
    assert len(found) == 4


# ---- the order of the file


def shuffled(value: Any, draws: random.Random) -> Any:
    """`value` with every mapping and every list in another order, but the two bounds of a range."""
    if isinstance(value, dict):
        items = [(key, inner if key == "between" else shuffled(inner, draws)) for key, inner in value.items()]
        draws.shuffle(items)
        return dict(items)
    if isinstance(value, list):
        items = [shuffled(inner, draws) for inner in value]
        draws.shuffle(items)
        return items
    return value


@cache
def turned(seed: int) -> Scenario:
    """The starter with all its parts in another order."""
    raw = read(STARTER.read_text("utf-8"), "starter.yaml").value
    return loads(json.dumps(shuffled(raw, random.Random(seed))), "turned.json")


def by_name(result: BlastRadius) -> dict[str, Any]:
    """Every sample by the names of facts and steps, and every measure."""
    graph, outcomes = result.graph, result.outcomes
    samples = []
    for first, by in zip(outcomes.first.tolist(), outcomes.by.tolist(), strict=True):
        reached = (number for number, time in enumerate(first) if time >= 0)
        samples.append({str(graph.facts[n]): (first[n], graph.steps[by[n]].key) for n in reached})
    return {"samples": samples, "contained": outcomes.contained.tolist(), "measures": without_order(result.to_dict())}


def without_order(value: Any) -> Any:
    """`value` with the lists that follow the order of the file sorted."""
    if isinstance(value, dict):
        return {key: without_order(inner) for key, inner in value.items() if key != "exceedance"}
    if isinstance(value, list | tuple):
        return sorted((without_order(inner) for inner in value), key=lambda inner: json.dumps(inner, sort_keys=True))
    return value


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("policy", POLICIES)
def test_the_order_of_the_file_is_irrelevant(policy: str, seed: int) -> None:
    assert list(turned(seed).model.identities) != list(starter().model.identities)
    assert turned(seed).digest == starter().digest
    for entry in ENTRIES:
        here, there = (
            simulate(scenario, policy, entry_point=entry, trials=40, seed=1) for scenario in (starter(), turned(seed))
        )
        assert by_name(here) == by_name(there)
        assert digest(here.outcomes) == digest(there.outcomes)


# ---- other machines


PINS = {
    ("rbac", "leaked-ci-secret"): "ef4c8ce158bdf1bc56559f0543933a3117ae5fbc8cc43a031507b8cacbf7384f",
    ("task-scoped-reads", "poisoned-ticket"): "1163e8af6896c39063d237d900da27f9c1f06a61618cf5c3512923edce6b6cee",
    ("agents-only", "leftover-credential"): "7bac3321189653739baa2e5b5edf12acd9690b5e37c840c1be8a949f8bae5bc2",
}
"""What this version computes, by the kernels and by the reference alike. A pin changes with a scenario or with what is
simulated, and never with a machine, a library or an engine."""


@pytest.mark.parametrize(("policy", "entry"), PINS)
def test_every_machine_computes_the_same_samples(policy: str, entry: str) -> None:
    found = simulate(starter(), policy, entry_point=entry, trials=200, seed=42)
    assert digest(found.outcomes) == PINS[policy, entry]


def test_what_is_written_has_no_number_that_is_none() -> None:
    """Not a number is not equal to itself, so it would break every comparison above without a word."""
    found = simulate(starter(), "rbac", entry_point="poisoned-ticket", trials=20)
    assert json.loads(json.dumps(found.to_dict(), allow_nan=False)) is not None
    assert not math.isnan(found.value_lost().estimate)
