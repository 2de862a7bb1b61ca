"""What fails works in a later run, or when the call is made again; what cannot fail is left alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tiny_worlds import attacked, world

from simkit.attackgraph import Step
from simkit.distributions import Exponential, Fixed, Geometric, InTurn
from simkit.model import Attacker

WIKI = """
identities: {bot: {kind: agent, susceptibility: 0.25, entitlements: [{operation: crm.edit}]}}
resources: {wiki: {}, cases: {value: {integrity: 1}}}
tools: {crm: {operations: {edit: {effect: write, targets: [cases], duration: 2s, chance: 0.5}}}}
credentials: {key: {identity: bot}}
tasks: {answer: {identity: bot, needs: [crm.edit], reads: [wiki], rate: 1/h, duration: 1m}}
goals: {edited: {lost: ["cases: integrity"]}}
"""
POISONED = "entry_points: {start: {poison: wiki}}"
LEAKED = "entry_points: {start: {leak: key}}"
ERRING = "entry_points: {start: {mistake: bot}}"


def steps(start: str, attacker: Attacker) -> dict[str, Step]:
    graph = attacked(replace(world(WIKI, start), attacker=attacker)).graph
    return {step.key: step for step in graph.steps}


def new(start: str, attacker: Attacker) -> list[Step]:
    before = steps(start, Attacker())
    return [step for key, step in steps(start, attacker).items() if key not in before]


def test_a_run_that_works_comes_at_the_rate_times_the_chance_after_one_that_fails() -> None:
    (again,) = new(POISONED, Attacker(tries="each-time"))
    first = steps(POISONED, Attacker())["steer(answer <- wiki)"]
    assert again.key == "steer(answer <- wiki) in a later run"
    assert (again.fate, again.chance, again.wait) == (first.fate, 1.0, Exponential(3600.0))
    assert again.duration == Exponential(4 * 3600.0)
    assert (again.premises, again.conclusions, again.grounds) == (first.premises, first.conclusions, first.grounds)


def test_a_call_that_was_refused_is_made_again_as_often_as_the_file_says() -> None:
    assert new(LEAKED, Attacker(tries="each-time"))[0].rule == "steer"
    made = [step for step in new(LEAKED, Attacker(tries="each-time", retry=600.0)) if step.rule == "write"]
    assert {(step.wait, step.chance, step.duration) for step in made} == {(Geometric(600.0, 0.5), 1.0, Fixed(2.0))}
    assert all(step.key.endswith(" tried again") for step in made)


def test_who_tries_once_makes_no_call_again() -> None:
    assert new(LEAKED, Attacker(tries="once", retry=600.0)) == []


@pytest.mark.parametrize("start", [POISONED, LEAKED, ERRING])
def test_what_an_agent_is_refused_it_does_not_try_again(start: str) -> None:
    made = new(start, Attacker(tries="each-time", retry=600.0))
    assert {step.premises[0].kind for step in made if step.rule == "write"} == {"replays"}


def test_work_in_a_later_run_takes_as_long_as_in_the_first() -> None:
    hijacked = """
        identities: {bot: {entitlements: [{operation: crm.read}]}}
        resources: {cases: {value: {confidentiality: 1}}}
        tools: {crm: {operations: {read: {effect: read, targets: [cases], duration: 2s, chance: 0.5}}}}
        tasks: {answer: {identity: bot, needs: [crm.read], rate: 1/h, duration: 1m}}
        entry_points: {start: {compromise: {tool: crm}}}
        goals: {read: {lost: ["cases: confidentiality"]}}
        attacker: {tries: each-time}
        """
    found = {step.key: step for step in attacked(world(hijacked)).graph.steps}
    again = found["overhear(answer: crm.read(cases)) in a later run"]
    assert again.duration == InTurn(Fixed(2.0), Exponential(2 * 3600.0))


@pytest.mark.parametrize("start", [POISONED, LEAKED])
def test_a_sample_that_works_at_once_works_at_the_same_moment_by_trying_each_time(start: str) -> None:
    from simkit.simulation import simulate

    scenario = world(WIKI, start)
    once = simulate(scenario, trials=400)
    each = simulate(replace(scenario, attacker=Attacker(tries="each-time", retry=60.0)), trials=400)
    column, other = once.legend.goals["edited"], each.legend.goals["edited"]
    assert column is not None
    assert other is not None
    early = once.outcomes.first[:, column] >= 0
    assert 0 < early.sum() < 400
    assert (once.outcomes.first[early, column] >= each.outcomes.first[early, other]).all()
    assert (each.outcomes.first[:, other] >= 0).sum() > early.sum()
