"""What simkit learns to say must not make graphs of before much larger: the bounds are ratios to stored counts."""

from __future__ import annotations

from pathlib import Path

import pytest

import simkit
from simkit.estate import generate
from simkit.simulation import compile_attack

SCENARIOS = Path(__file__).parents[2] / "scenarios"
BENCHMARKS = {
    "agentdojo/banking": {"rbac": 124, "task-scoped-reads": 679, "task-scoped": 338, "task-arguments": 207},
    "agentdojo/slack": {"rbac": 198, "task-scoped-reads": 1544, "task-scoped": 900, "task-arguments": 473},
    "agentdojo/travel": {"rbac": 200, "task-scoped-reads": 1576, "task-scoped": 532, "task-arguments": 523},
    "agentdojo/workspace": {"rbac": 263, "task-scoped-reads": 2263, "task-scoped": 694, "task-arguments": 484},
    "taubench-airline/airline": {"rbac": 194, "task-scoped-reads": 1779, "task-scoped": 540},
}
"""Steps by scenario and policy, before data was copied from place to place, sessions outlived their credentials and
responders knew things."""
ESTATE = 59895
"""Steps of the estate of 60,000 steps with seed 3 under rbac, then."""


@pytest.mark.parametrize("name", BENCHMARKS)
def test_the_graphs_of_the_benchmarks_are_at_most_three_times_as_large(name: str) -> None:
    scenario = simkit.load(SCENARIOS / f"{name}.yaml")
    for policy, before in BENCHMARKS[name].items():
        assert len(compile_attack(scenario, policy).graph.steps) <= 3 * before, policy


@pytest.mark.slow
def test_the_graph_of_a_made_up_estate_is_at_most_a_third_larger() -> None:
    assert len(compile_attack(generate(60_000, 3), "rbac").graph.steps) <= 1.3 * ESTATE
