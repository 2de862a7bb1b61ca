"""Words about code obey the laws: at their defaults they say nothing, and a narrower world reaches no more."""

from __future__ import annotations

from dataclasses import replace

from examples_drawn import examples
from generated_worlds import copying_worlds, worlds
from hypothesis import assume, given
from hypothesis import strategies as st
from what_holds import never_adds, replay_is_within_reach_within_the_worst_case, worst

from simkit.scenario import Scenario, dump, loads
from simkit.simulation import compile_attack

either = st.one_of(worlds(), copying_worlds())


def without_files(scenario: Scenario) -> Scenario:
    model = scenario.model
    people = {name: replace(each, runtime_holds=model.keys_in_runtime(name)) for name, each in model.identities.items()}
    return replace(scenario, model=replace(model, identities=people))


@given(either)
@examples(40)
def test_a_runtime_without_files_never_adds_to_what_any_sample_reaches(scenario: Scenario) -> None:
    narrow = without_files(scenario)
    assume(narrow != scenario)
    never_adds(compile_attack(scenario), compile_attack(narrow))


def unanswered(scenario: Scenario) -> Scenario:
    model = scenario.model
    trust = tuple(replace(edge, answers=edge.kind != "invoke") for edge in model.trust)
    tools = {
        name: replace(
            tool,
            operations={
                each: replace(operation, answers=operation.effect != "invoke")
                for each, operation in tool.operations.items()
            },
        )
        for name, tool in model.tools.items()
    }
    return replace(scenario, model=replace(model, trust=trust, tools=tools))


@given(worlds())
@examples(25)
def test_who_gets_no_answer_never_reaches_more_in_any_sample(scenario: Scenario) -> None:
    narrow = unanswered(scenario)
    assume(narrow != scenario)
    never_adds(compile_attack(scenario), compile_attack(narrow))


@given(worlds())
@examples(40)
def test_code_that_nobody_runs_never_adds_to_what_any_sample_reaches(scenario: Scenario) -> None:
    model = scenario.model
    things = {name: replace(each, run_by=()) for name, each in model.resources.items()}
    narrow = replace(scenario, model=replace(model, resources=things))
    assume(narrow != scenario)
    never_adds(compile_attack(scenario), compile_attack(narrow))


@given(either)
@examples(40)
def test_what_can_be_said_of_code_is_written_as_it_was_read(scenario: Scenario) -> None:
    again = loads(dump(scenario), scenario.file)
    assert again == scenario
    assert again.digest == scenario.digest


@given(either)
@examples(40)
def test_replay_is_within_reach_within_the_worst_case_with_words_about_code(scenario: Scenario) -> None:
    replay_is_within_reach_within_the_worst_case(scenario)


@given(worlds())
@examples(40)
def test_a_file_in_a_runtime_without_the_attackers_code_makes_no_difference(scenario: Scenario) -> None:
    narrow = without_files(scenario)
    assume(narrow != scenario)
    for name in scenario.entry_points:
        less = worst(compile_attack(narrow), name)
        if not any(fact.kind == "runs_in" for fact in less):
            assert worst(compile_attack(scenario), name) == less
