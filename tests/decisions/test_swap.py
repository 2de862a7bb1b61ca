"""A swapped graph is that of a new compilation: the same samples, bit for bit, at random points and at the extremes."""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from simkit.decisions.swap import swap_of, with_values
from simkit.engines.links import _links, kept_with, links_of
from simkit.engines.parameters import ResponseColumns, parameters_of
from simkit.engines.replay import replay
from simkit.scenario import Scenario, load
from simkit.scenario.numbers_at import not_known
from simkit.simulation import compile_attack
from simkit.unknowns import NotKnown, Range, kind_of, numbers_in

ROOT = Path(__file__).parents[2]
WORLDS = (
    "scenarios/starter.yaml",
    "scenarios/incidents/salesloft-drift.yaml",
    "scenarios/incidents/replit.yaml",
    "scenarios/agentdojo/banking.yaml",
    "tests/data/starter.yaml",
)
POLICIES = ("static-secrets", "rbac", "rbac-context", "task-scoped", "zero-standing")
TRIALS = 64


@cache
def world(name: str) -> Scenario:
    return load(ROOT / name)


def everything(scenario: Scenario) -> tuple[NotKnown, ...]:
    """Every number of the file where a range may stand, and the defaults: as if nothing were known."""
    assert scenario.document
    known = {where for each in not_known(scenario) for where in each.places}
    found = list(not_known(scenario))
    for where, kind, value in numbers_in(scenario.document.value):
        if where in known or isinstance(value, dict) or kind in ("money", "frequency"):
            continue
        high = {"chance": 1.0, "time": 90 * 86400.0, "worth": 100.0}.get(kind, 3.0)
        low = 0.0 if kind != "number" else 0.1
        found.append(NotKnown(".".join(where), Range(low, high, high / 2), (where,)))
    return tuple(found)


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("name", WORLDS)
def test_a_swapped_graph_gives_the_samples_of_a_new_one(name: str, policy: str) -> None:
    scenario = world(name)
    inputs = tuple(each for each in everything(scenario) if kind_of(each.places[0]) not in ("money", "frequency"))
    swap = swap_of(scenario, scenario.grant_policy(policy), inputs)
    dice = random.Random(f"{name} {policy}")
    points = [[dice.random() for _ in inputs] for _ in range(3)] + [[0.0] * len(inputs), [1.0] * len(inputs)]
    values = {each.name: each.range.at(np.array([p[n] for p in points])).tolist() for n, each in enumerate(inputs)}
    entry = next(iter(scenario.entry_points))
    given = {key: np.array(column) for key, column in values.items()}
    drawn = swap.drawn(given, len(points))
    for draw in range(len(points)):
        graph, legend = swap.at(given, drawn, draw)
        here = replay(graph, entry, seed=7, trials=TRIALS, threads=1)
        fresh = compile_attack(with_values(scenario, inputs, {n: c[draw] for n, c in values.items()}), policy)
        there = replay(fresh.graph, entry, seed=7, trials=TRIALS, threads=1)
        shared = [fact for fact in graph.index if fact in fresh.graph.index]
        left = here.first[:, [graph.index[fact] for fact in shared]]
        right = there.first[:, [fresh.graph.index[fact] for fact in shared]]
        assert np.array_equal(left, right)
        assert np.array_equal(here.contained, there.contained)
        assert {graph.facts[n]: v for n, v in legend.value.items()} == {
            fresh.graph.facts[n]: v for n, v in fresh.legend.value.items()
        }


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("name", WORLDS)
def test_inside_of_the_ranges_nothing_is_compiled_again(name: str, policy: str) -> None:
    scenario = world(name)
    inputs = not_known(scenario)
    swap = swap_of(scenario, scenario.grant_policy(policy), inputs)
    given = {each.name: each.range.at(np.linspace(0.01, 0.99, 7)) for each in inputs}
    assert swap.drawn(given, 7).alike.all()


@pytest.mark.parametrize("policy", POLICIES)
def test_a_swapped_graph_is_laid_out_as_a_new_one_would_be(policy: str) -> None:
    scenario = world(WORLDS[0])
    inputs = tuple(each for each in everything(scenario) if kind_of(each.places[0]) not in ("money", "frequency"))
    swap = swap_of(scenario, scenario.grant_policy(policy), inputs)
    given = {each.name: each.range.at(np.array([0.0, 0.3, 0.7, 1.0])) for each in inputs}
    drawn = swap.drawn(given, 4)
    for draw in range(4):
        graph, _ = swap.at(given, drawn, draw)
        links = _links(graph)
        assert all(map(np.array_equal, links_of(graph), links))
        kept = kept_with(graph, "parameters", lambda: parameters_of(graph, links))  # noqa: B023
        for mine, new in zip(kept, parameters_of(graph, links), strict=True):
            pairs = zip(mine, new, strict=True) if isinstance(mine, ResponseColumns) else [(mine, new)]
            assert all(np.array_equal(one, other) for one, other in pairs)
