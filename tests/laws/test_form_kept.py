"""What a command worked out of the form of steps for one policy changes nothing of the graph under the next one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from unittest.mock import patch

import numpy as np
import pytest
from examples_drawn import examples
from generated_worlds import copying_worlds, worlds
from hypothesis import given
from hypothesis import strategies as st

from simkit.ablation import differing, moved
from simkit.attackgraph import AttackGraph
from simkit.estate import generate
from simkit.policies import NAMED, GrantPolicy, policy
from simkit.remembered import remembering
from simkit.scenario import Scenario
from simkit.simulation import compile_attack
from simkit.techniques import compile as compiling
from simkit.techniques import reachable_copies

either = st.one_of(copying_worlds(alerts=True), worlds(alerts=True, grants=True))
START, END = policy("static-secrets"), policy("zero-standing")
DIALS = differing(START, END)
combinations = st.builds(lambda dials: moved(START, END, sorted(dials)), st.sets(st.sampled_from(DIALS)))
chosen = st.lists(st.one_of(st.sampled_from([*NAMED.values()]), combinations), min_size=2, max_size=5)


@contextmanager
def all_in_series() -> Iterator[None]:
    with patch.object(compiling, "FEW", 0), patch.object(reachable_copies, "FEW", 0):
        yield


def are_the_same(one: AttackGraph, other: AttackGraph) -> None:
    assert (one.facts, one.index, [*one.steps]) == (other.facts, other.index, [*other.steps])
    for name in AttackGraph.__slots__:
        mine, theirs = getattr(one, name, None), getattr(other, name, None)
        if isinstance(mine, np.ndarray):
            assert mine.dtype == theirs.dtype
            assert mine.tolist() == theirs.tolist(), name


def each_is_as_alone(scenario: Scenario, policies: Sequence[GrantPolicy]) -> list[AttackGraph]:
    alone = [compile_attack(scenario, each).graph for each in policies]
    with remembering():
        found = [compile_attack(scenario, each).graph for each in policies]
    for one, other in zip(found, alone, strict=True):
        are_the_same(one, other)
    return found


@given(either, chosen)
@examples(10)
def test_a_graph_after_others_is_the_graph_alone(scenario: Scenario, policies: list[GrantPolicy]) -> None:
    with all_in_series():
        each_is_as_alone(scenario, policies)


@pytest.mark.parametrize(
    ("dials", "is_shared"),
    [(["expiry"], True), (["response"], True), (["identity"], False), (["binding"], False), (["scope"], False)],
)
def test_policies_that_differ_in_times_alone_share_their_links(dials: list[str], is_shared: bool) -> None:
    start = moved(policy("rbac"), END, ["context"])
    with all_in_series():
        one, other = each_is_as_alone(generate(500, seed=1), [start, moved(start, END, dials)])
    assert (one.premise_idx is other.premise_idx) == is_shared
    assert one.conclusion_after is not other.conclusion_after
