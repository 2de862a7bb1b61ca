"""The log of a sample tells the engine's own state at every event, and agrees with what simulate found."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from drawn_graphs import drawn_graph
from examples_drawn import examples
from generated_graphs import graph_of, graphs, parts
from hypothesis import given
from hypothesis import strategies as st

import simkit
from simkit.attackgraph import AttackGraph, Fact
from simkit.attackgraph.columns import EntryArrays
from simkit.engines import reference
from simkit.engines.reference import Fates, Trace
from simkit.policies import sessions
from simkit.record import Record, Views, recorded, state_after
from simkit.record.ocsf import Line
from simkit.record.reader import read_lines
from simkit.record.record import State
from simkit.record.watch import Watched
from simkit.record.writer import Writer
from simkit.simulation import replay, simulate
from simkit.techniques import World, attack_graph

SCENARIOS = sorted((Path(__file__).parents[2] / "scenarios").rglob("*.yaml"))
ABOUT = {"scenario": "generated", "digest": "0" * 64, "policy": "none", "version": "0"}
CLOSED = "responders have closed the account"
seeds = st.integers(0, 2**64 - 1)


class Compared(Watched):
    """A watched replay that compares the log so far with the engine's own state after each of its events."""

    def __init__(self, graph: AttackGraph, fates: Fates, views: Views) -> None:
        self.writer = Writer(graph, fates, views, 0)
        super().__init__(graph, fates, self.writer.hear)
        self.compared = 0

    def own(self, now: int) -> State:
        return {
            self.graph.facts[fact]: (self.since[fact], until if until < self.graph.horizon else None)
            for fact, until in self.until.items()
            if until > now
        }

    def compare(self, now: int) -> None:
        """What ends at `now` is told when the moment is over: it may be won again until then, and goes on."""
        self.compared += 1
        told = state_after(self.writer.lines)
        assert {fact: found for fact, found in told.items() if found[1] is None or found[1] > now} == self.own(now)

    def attempt(self, now: int, step: int) -> None:
        super().attempt(now, step)
        self.compare(now)

    def catch_up(self, now: int) -> None:
        super().catch_up(now)
        assert state_after(self.writer.lines) == self.own(now - 1), "ends are told, and no others"
        self.compared += 1


def traced(graph: AttackGraph, entry: str, seed: int, sample: int) -> Trace:
    return reference.replay(graph, graph.entry(entry), seed=seed, sample=sample)


def lines_of(graph: AttackGraph, entry: str, seed: int, sample: int) -> list[Line]:
    """The lines of a record without views, as they are read back from a file."""
    made = recorded(graph, entry, Views(), seed=seed, trial=sample, start="2026-01-01", about=ABOUT)
    read = read_lines(made.text(), "log.jsonl")
    assert read.header == made.header
    assert read.lines == made.lines
    return list(read.lines[1:])


def watched(graph: AttackGraph, entry: str | EntryArrays, views: Views, seed: int, sample: int) -> Compared:
    start = graph.entry(entry) if isinstance(entry, str) else entry
    compared = Compared(graph, Fates(graph, seed, sample), views)
    expected = reference.replay(graph, start, seed=seed, sample=sample)
    assert compared.run(start) == expected
    return compared


@given(graphs, seeds, st.integers(0, 50))
@examples(200)
def test_the_state_rebuilt_from_the_log_is_the_engines_own_at_every_event(
    graph: AttackGraph, seed: int, sample: int
) -> None:
    watched(graph, "entry", Views(), seed, sample)


@pytest.mark.slow
@pytest.mark.parametrize("thousand", range(10))
def test_the_state_rebuilt_from_the_log_is_the_engines_own_on_larger_graphs(thousand: int) -> None:
    for seed in range(1000 * thousand, 1000 * (thousand + 1)):
        watched(drawn_graph(seed), "entry", Views(), seed, sample=seed % 7)


@given(graphs, seeds)
@examples(100)
def test_the_log_says_first_what_the_replay_found_first(graph: AttackGraph, seed: int) -> None:
    trace = traced(graph, "entry", seed, 3)
    first: dict[Fact, int] = {}
    for line in lines_of(graph, "entry", seed, 3):
        for told in line["unmapped"]["facts"]:
            if "since" in told:
                first.setdefault(Fact(*told["fact"]), told["since"])
    assert first == {graph.facts[fact]: time for fact, time in trace.first.items()}


@given(graphs, seeds)
@examples(100)
def test_what_is_in_the_log_is_in_order_and_within_the_horizon(graph: AttackGraph, seed: int) -> None:
    times = [line["time"] for line in lines_of(graph, "entry", seed, 1)]
    assert all(before <= after for before, after in pairwise(times))
    start = 1767225600000
    assert all(start <= time < start + graph.horizon for time in times)


def held_all_along(lines: list[Line], step: str, premises: tuple[Fact, ...]) -> Iterator[bool]:
    """For each executed line of `step`: did its premises hold just before?"""
    for number, line in enumerate(lines):
        if line["unmapped"].get("step") == step and line["unmapped"]["outcome"] == "executed":
            yield all(premise in state_after(lines[:number]) for premise in premises)


@given(parts(), seeds)
@examples(100)
def test_nothing_is_executed_without_what_it_needs(given_parts, seed: int) -> None:  # type: ignore[no-untyped-def]
    graph = graph_of(*given_parts)
    lines = lines_of(graph, "entry", seed, 2)
    for step in graph.steps:
        assert all(held_all_along(lines, step.key, step.premises))


@given(graphs, seeds)
@examples(100)
def test_only_what_was_not_executed_is_refused(graph: AttackGraph, seed: int) -> None:
    fates = Fates(graph, seed, 0)
    number = {step.key: at for at, step in enumerate(graph.steps)}
    for line in lines_of(graph, "entry", seed, 0):
        outcome = line["unmapped"].get("outcome")
        if outcome == "executed":
            assert fates.succeeds(number[line["unmapped"]["step"]])
        elif outcome in ("failed", "denied") and line["status_detail"] != CLOSED:
            assert not fates.succeeds(number[line["unmapped"]["step"]])


@pytest.mark.parametrize("policy", ["static-secrets", "task-scoped", "zero-standing"])
@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_the_state_rebuilt_from_the_log_is_the_engines_own_in_shipped_scenarios(path: Path, policy: str) -> None:
    scenario = simkit.load(path)
    cut = sessions(scenario.model, simkit.policy(policy), rotation_period=scenario.response.rotation_period)
    world = World.of(cut, scenario.response, scenario.entry_points, scenario.goals)
    graph, views = attack_graph(world, horizon=scenario.horizon), Views.of(world)
    for entry in scenario.entry_points:
        for sample in (0, 7):
            assert watched(graph, entry, views, 0, sample).compared


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_the_log_of_a_trial_agrees_with_its_row_of_simulate(path: Path) -> None:
    scenario = simkit.load(path)
    for entry in list(scenario.entry_points)[:2]:
        result = simulate(scenario, "rbac-context", entry_point=entry, trials=10, seed=4, threads=1)
        record = replay(scenario, "rbac-context", entry_point=entry, trial=7, seed=4)
        row = result.outcomes.first[7].tolist()
        found = {result.graph.facts[fact]: time for fact, time in enumerate(row) if time >= 0}
        assert firsts(record) == found
        contained = int(result.outcomes.contained[7])
        assert record.header.contained == (contained if contained >= 0 else None)


def firsts(record: Record) -> dict[Fact, int]:
    found: dict[Fact, int] = {}
    for line in json.loads(json.dumps(record.lines)):
        for told in line["unmapped"]["facts"]:
            if "since" in told:
                found.setdefault(Fact(*told["fact"]), told["since"])
    return found


def test_only_what_was_not_known_becomes_known_and_what_is_dealt_with_was_known() -> None:
    """Each alert and each linked step adds to what responders know; they act on nothing else."""
    acted = 0
    for seed in range(150):
        lines, known = lines_of(drawn_graph(seed), "entry", seed, 0), set()
        for line in lines:
            new = {tuple(fact) for fact in line["unmapped"].get("known", ())}
            assert not new & known
            known |= new
            if line["unmapped"].get("rule") == "response":
                assert known
                acted += 1
    assert acted > 50
