"""The chance that a thing is ever reached: between what replay reaches and what the worst case does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import simkit
from simkit.blast_radius.intervals import wilson
from simkit.engines import reference
from simkit.simulation import compile_attack

STARTER = simkit.load(Path(__file__).parents[1] / "scenarios" / "starter.yaml")
ENTRY, TRIALS = "poisoned-ticket", 60


def asked(policy: str = "rbac", **how: object) -> simkit.Reach:
    return simkit.reach(STARTER, policy, entry_point=ENTRY, trials=TRIALS, seed=5, **how)  # type: ignore[arg-type]


def test_the_chance_is_the_share_of_the_samples_of_the_reference() -> None:
    graph = compile_attack(STARTER, "rbac").graph
    samples = [reference.reach(graph, graph.entry(ENTRY), seed=5, sample=sample) for sample in range(TRIALS)]
    for row in asked().rows:
        fact = simkit.simulate(STARTER, "rbac", entry_point=ENTRY, trials=1).fact(row.name)
        assert row.chance == wilson(sum(fact in sample for sample in samples), TRIALS)


def test_a_row_is_for_each_goal_and_for_each_loss_that_has_a_value() -> None:
    found = asked()
    assert [row.name for row in found.rows if row.kind == "goal"] == list(STARTER.goals)
    losses = [row.name for row in found.rows if row.kind == "loss"]
    assert losses == sorted(set(losses))
    assert found.chance(losses[0]) == next(row.chance for row in found.rows if row.name == losses[0])


@pytest.mark.parametrize("policy", ["static-secrets", "rbac", "jit"])
def test_replay_is_within_reach_and_reach_within_the_worst_case(policy: str) -> None:
    replayed = simkit.simulate(STARTER, policy, entry_point=ENTRY, trials=TRIALS, seed=5)
    found = asked(policy)
    reached = {row.name for row in found.rows if row.worst_case}
    assert reached == {*replayed.worst_case.goals, *replayed.worst_case.losses}
    for row in found.rows:
        assert replayed.chance(row.name).estimate <= row.chance.estimate <= row.worst_case


def test_what_expires_is_out_of_reach_by_time_alone() -> None:
    """Within a minute nothing is reached that has a chance if nothing expires."""
    short = replace(STARTER, horizon=60.0)
    ever = simkit.reach(short, "rbac", entry_point=ENTRY, trials=TRIALS, seed=5)
    in_time = simkit.simulate(short, "rbac", entry_point=ENTRY, trials=TRIALS, seed=5)
    assert ever.rows == asked().rows
    assert max(row.chance.estimate for row in ever.rows) > 0.5
    assert all(in_time.chance(row.name).estimate == 0.0 for row in ever.rows)


def test_any_engine_and_any_number_of_threads_give_the_same() -> None:
    assert asked(threads=1).to_dict() == asked(threads=3).to_dict() == asked(engine="reference").to_dict()


def test_a_name_that_is_neither_is_refused() -> None:
    with pytest.raises(simkit.QuestionError, match="'customers-leeked' is neither a goal nor a loss with a value"):
        asked().chance("customers-leeked")


def test_it_shows_itself() -> None:
    found = asked()
    assert repr(found).startswith("Reach(rbac: ")
    assert "\n" not in repr(found)
    assert found.table().columns == ("kind", "name", "chance ever", "95 % interval", "worst case")
    assert found.to_dict()["provenance"]["engine"] == "reach"  # type: ignore[index]
