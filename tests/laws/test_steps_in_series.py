"""A graph whose steps are rows of columns is the graph of the same steps as objects."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

import numpy as np
import pytest
from examples_drawn import examples
from generated_worlds import copying_worlds, worlds
from hypothesis import given
from hypothesis import strategies as st

from simkit.attackgraph import AttackGraph
from simkit.attackgraph.repeats import StepSequence
from simkit.estate import generate
from simkit.policies import NAMED
from simkit.scenario import Scenario, load
from simkit.simulation import compile_attack
from simkit.techniques import compile as compiling
from simkit.techniques import reachable_copies

either = st.one_of(copying_worlds(alerts=True), worlds(alerts=True, grants=True))
policies = st.sampled_from(sorted(NAMED))
TABLES = ("duration", "wait", "approval", "alert_delay", "conclusion_life")


@contextmanager
def all_in_series() -> Iterator[None]:
    with patch.object(compiling, "FEW", 0), patch.object(reachable_copies, "FEW", 0):
        yield


def are_the_same(scenario: Scenario, policy: str) -> AttackGraph:
    plain = compile_attack(scenario, policy).graph
    with all_in_series():
        columns = compile_attack(scenario, policy).graph
    assert plain.facts == columns.facts
    assert [*plain.steps] == [*columns.steps]
    for name in AttackGraph.__slots__:
        one, other = getattr(plain, name), getattr(columns, name)
        if name in TABLES:  # rows of tables may stand in another order
            assert plain.fixed[one].tolist() == columns.fixed[other].tolist()
            assert (plain.tables[one] == columns.tables[other]).all()
        elif isinstance(one, np.ndarray) and name not in ("tables", "fixed", "outlives", "conclusion_outlives"):
            assert one.tolist() == other.tolist(), name
    return columns


@given(either, policies)
@examples(25)
def test_steps_in_series_are_the_steps_as_objects(scenario: Scenario, policy: str) -> None:
    are_the_same(scenario, policy)


@pytest.mark.parametrize("policy", ["static-secrets", "rbac-context"])
def test_an_estate_in_series_is_the_estate(policy: str) -> None:
    assert isinstance(are_the_same(generate(1000, seed=2), policy).steps, StepSequence)


@pytest.mark.parametrize("case", ["silence-is-itself-seen", "silence-trail-stopped"])
def test_what_is_switched_off_is_so_for_steps_in_series(case: str) -> None:
    assert are_the_same(load(f"tests/cases/{case}.yaml"), "watched").silencer_ptr[-1] > 0
