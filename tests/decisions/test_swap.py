"""A swapped graph is that of a new compilation: the same samples, bit for bit, at random points and at the extremes."""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from simkit.decisions.swap import swap_of, with_values
from simkit.engines.links import links_of
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
        made = swap.compiled(given, drawn, draw)
        if made.in_place:
            facts = range(len(graph.facts))
            first, contained = made.in_place.replay(entry, seed=7, offset=0, trials=TRIALS, facts=facts)
            assert np.array_equal(first, here.first)
            assert np.array_equal(contained, here.contained)
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
def test_columns_written_over_are_those_of_a_graph_of_its_own(policy: str) -> None:
    """Draw after draw, in the same arrays: at the bounds, where a chance is zero, it says that it cannot."""
    scenario = world(WORLDS[0])
    inputs = tuple(each for each in everything(scenario) if kind_of(each.places[0]) not in ("money", "frequency"))
    swap = swap_of(scenario, scenario.grant_policy(policy), inputs)
    given = {each.name: each.range.at(np.array([0.3, 0.0, 0.7, 0.5])) for each in inputs}
    drawn = swap.drawn(given, 4)
    written = [swap.compiled(given, drawn, draw).in_place for draw in range(4)]
    assert [each is not None for each in written] == [True, False, True, True]
    for draw in (2, 0, 3):
        made = swap.compiled(given, drawn, draw).in_place
        assert made is not None
        graph, _ = swap.at(given, drawn, draw)
        links = links_of(graph)
        assert all(map(np.array_equal, made.links, links))
        for mine, new in zip(made.given, parameters_of(graph, links), strict=True):
            pairs = zip(mine, new, strict=True) if isinstance(mine, ResponseColumns) else [(mine, new)]
            assert all(np.array_equal(one, other) for one, other in pairs)


def test_many_samples_in_place_are_those_of_the_replay_wherever_they_begin() -> None:
    scenario = world(WORLDS[0])
    inputs = not_known(scenario)
    swap = swap_of(scenario, scenario.grant_policy("task-scoped"), inputs)
    given = {each.name: each.range.at(np.array([0.2, 0.8])) for each in inputs}
    drawn = swap.drawn(given, 2)
    for draw, offset, trials in ((0, 0, 64), (1, 0, 64), (0, 1000, 700), (1, 37, 200), (0, 37, 200)):
        graph, _ = swap.at(given, drawn, draw)
        made = swap.compiled(given, drawn, draw).in_place
        assert made is not None
        for entry in scenario.entry_points:
            facts = range(len(graph.facts))
            there = replay(graph, entry, seed=3, trials=trials, offset=offset)
            first, contained = made.replay(entry, seed=3, offset=offset, trials=trials, facts=facts)
            assert np.array_equal(first, there.first)
            assert np.array_equal(contained, there.contained)
            lost = [graph.index[fact] for fact in graph.index if fact.kind == "lost"]
            short, _ = made.replay(entry, seed=3, offset=offset, trials=trials, facts=lost, only_whether=True)
            assert np.array_equal(short >= 0, there.first[:, lost] >= 0)
