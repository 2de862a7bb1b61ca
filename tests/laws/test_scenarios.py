"""Laws on every scenario that is shipped: replay within reach within the worst case; kernels equal the reference."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from what_holds import each_bounds_the_next

from simkit.engines import reference
from simkit.engines.reach import reach, worst_cases
from simkit.engines.replay import replay
from simkit.policies import NAMED
from simkit.scenario import Scenario, load
from simkit.simulation import Attack, compile_attack

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "scenarios").rglob("*.yaml"))
INCIDENTS = ("salesloft-drift", "tj-actions", "github-mcp")
COMPARED = (
    ROOT / "scenarios" / "starter.yaml",
    *(ROOT / "scenarios" / "incidents" / f"{name}.yaml" for name in INCIDENTS),
)
TRIALS = 12
SAMPLES = 20


def named(path: Path) -> str:
    return path.stem


@cache
def scenario(path: Path) -> Scenario:
    return load(path)


@cache
def attack(path: Path, policy: str) -> Attack:
    return compile_attack(scenario(path), policy)


def entries(path: Path) -> list[str]:
    """The entry points of the scenario; of very many the first, the middle and the last."""
    names = list(scenario(path).entry_points)
    return names if len(names) <= 6 else [names[0], names[len(names) // 2], names[-1]]


def test_scenarios_are_shipped() -> None:
    assert len(FILES) >= 17
    assert set(COMPARED) <= set(FILES)


@pytest.mark.parametrize("policy", NAMED)
@pytest.mark.parametrize("path", FILES, ids=named)
def test_replay_is_within_reach_within_the_worst_case(path: Path, policy: str) -> None:
    each_bounds_the_next(attack(path, policy).graph, entries(path), TRIALS)


@pytest.mark.parametrize("policy", NAMED)
@pytest.mark.parametrize("path", COMPARED, ids=named)
def test_the_kernels_equal_the_reference(path: Path, policy: str) -> None:
    graph = attack(path, policy).graph
    for name in entries(path):
        entry = graph.entry(name)
        outcomes = replay(graph, name, seed=11, trials=SAMPLES, threads=1)
        ever = reach(graph, name, seed=11, trials=SAMPLES, threads=1)
        for row in range(SAMPLES):
            trace = reference.replay(graph, entry, seed=11, sample=row)
            first = {fact: time for fact, time in enumerate(outcomes.first[row].tolist()) if time >= 0}
            by = {fact: step for fact, step in enumerate(outcomes.by[row].tolist()) if step >= 0}
            contained = int(outcomes.contained[row]) if outcomes.contained[row] >= 0 else None
            assert (first, by, contained) == (trace.first, trace.by, trace.contained)
            assert outcomes.variant[row] == trace.variant
            assert set(np.flatnonzero(ever[row]).tolist()) == reference.reach(graph, entry, seed=11, sample=row)


@pytest.mark.parametrize("policy", NAMED)
@pytest.mark.parametrize("path", COMPARED, ids=named)
def test_the_worst_case_equals_the_reference(path: Path, policy: str) -> None:
    graph = attack(path, policy).graph
    for name in entries(path):
        entry = graph.entry(name)
        starts = [entry.roots(variant) for variant in range(len(entry.names))]
        for start, held in zip(starts, worst_cases(graph, starts, threads=1), strict=True):
            assert set(np.flatnonzero(held).tolist()) == reference.worst_case(graph, start)


@pytest.mark.parametrize("path", FILES, ids=named)
def test_some_policy_leaves_the_attacker_something(path: Path) -> None:
    """A blast radius of zero under every policy is a modelling error."""
    found = attack(path, scenario(path).policy)
    reached = [found.worst_cases([name])[name] for name in entries(path)]
    assert any(case.value > 0 or case.goals for case in reached)
