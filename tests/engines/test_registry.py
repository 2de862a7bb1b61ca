"""Every row of the tables of engines keeps the contract; a GPU is asked in test_cuda.py."""

from __future__ import annotations

from pathlib import Path

import pytest
from examples_drawn import examples
from generated_graphs import graphs
from hypothesis import given
from reach_contract import only_the_columns_asked_for_are_kept, reach_equals_the_reference
from reach_contract import worst_case_equals_the_reference as worst_case_equals
from replay_contract import only_the_columns_asked_for_are_in_the_outcomes, replay_equals_the_reference

import simkit
from simkit.attackgraph import AttackGraph
from simkit.engines.registry import REACH_ENGINES, REPLAY_ENGINES, reach_engine, replay_engine

STARTER = simkit.load(Path(__file__).parents[2] / "scenarios" / "starter.yaml")


@pytest.mark.parametrize("name", [name for name in REACH_ENGINES if name != "cuda"])
@given(graph=graphs)
@examples(20)
def test_an_engine_for_reach_gives_the_bits_of_the_reference(name: str, graph: AttackGraph) -> None:
    engine = reach_engine(name)
    reach_equals_the_reference(engine, graph, 7)
    worst_case_equals(engine, graph)
    only_the_columns_asked_for_are_kept(engine, graph, 7)


@pytest.mark.parametrize("name", REPLAY_ENGINES)
@given(graph=graphs)
@examples(20)
def test_an_engine_for_replay_gives_the_bits_of_the_reference(name: str, graph: AttackGraph) -> None:
    engine = replay_engine(name)
    replay_equals_the_reference(engine, graph, 7, 3)
    only_the_columns_asked_for_are_in_the_outcomes(engine, graph, 7, 3)


def test_the_answer_to_a_question_is_that_of_the_reference() -> None:
    ours, plain = (simkit.simulate(STARTER, trials=40, seed=3, engine=name) for name in ("cpu", "reference"))
    assert ours.to_dict() == plain.to_dict()


def test_an_unknown_engine_is_refused_in_a_sentence() -> None:
    with pytest.raises(simkit.QuestionError, match="no engine is called 'cuda': known: cpu, reference"):
        simkit.simulate(STARTER, engine="cuda")
