"""Tiny worlds from a few lines of YAML, and what an attack reaches in them, by the plain reference engine."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import dedent
from typing import Any

from simkit.attackgraph import Step
from simkit.engines import reference
from simkit.policies import GrantPolicy
from simkit.scenario import Scenario, loads
from simkit.simulation import Attack, compile_attack

LONG = "simkit: 1\nname: tiny\nhorizon: 1000d\n"


def world(*parts: str) -> Scenario:
    """The scenario in `parts` of YAML, each indented as it likes; its horizon is 1,000 days."""
    return loads(LONG + "".join(dedent(part) for part in parts))


def attacked(scenario: Scenario, **dials: Any) -> Attack:
    """The compiled attack; roles that never expire, where `dials` say nothing else: no checks, no logs."""
    return compile_attack(scenario, GrantPolicy("tested", **dials))


def ever(attack: Attack, entry: str = "start", variant: int = 0) -> set[str]:
    """The facts that can be reached at all through `entry`, as text."""
    graph = attack.graph
    return {str(graph.facts[fact]) for fact in reference.worst_case(graph, graph.entry(entry).roots(variant))}


def can(scenario: Scenario, entry: str = "start", **dials: Any) -> set[str]:
    """The facts that can be reached at all in `scenario` under roles, or other `dials`."""
    return ever(attacked(scenario, **dials), entry)


@dataclass(frozen=True)
class Replayed:
    """One sample: when (in seconds) each fact first held, and when the attack was contained."""

    at: dict[str, float]
    contained: float | None
    variant: int


def replayed(attack: Attack, entry: str = "start", *, sample: int = 0, seed: int = 0) -> Replayed:
    """What `sample` reaches through `entry`, and when."""
    graph = attack.graph
    trace = reference.replay(graph, graph.entry(entry), seed=seed, sample=sample)
    at = {str(graph.facts[fact]): time / 1000 for fact, time in trace.first.items()}
    return Replayed(at, None if trace.contained is None else trace.contained / 1000, trace.variant)


def steps(attack: Attack, rule: str) -> list[Step]:
    """The steps of `rule`, in the order of their keys."""
    return [step for step in attack.graph.steps if step.rule == rule]


def step(attack: Attack, key: str) -> Step:
    """The step with `key`."""
    return next(step for step in attack.graph.steps if step.key == key)
