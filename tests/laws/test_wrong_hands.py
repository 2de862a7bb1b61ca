"""What is handed over by mistake gets simkit's own error, in one sentence that says what it was and what would do."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from checks.worlds import DESK

import simkit
from simkit.errors import InputError, PolicyError, QuestionError
from simkit.narrowing import candidates, weigh
from simkit.scenario import Scenario

FEW: dict[str, Any] = {"trials": 4}


@cache
def desk() -> Scenario:
    return simkit.loads(DESK)


def entry() -> str:
    return next(iter(desk().entry_points))


def goal() -> str:
    return next(iter(desk().goals))


ONE_POLICY: dict[str, Callable[[Any], object]] = {
    "simulate": lambda given: simkit.simulate(desk(), given, entry_point=entry(), **FEW),
    "replay": lambda given: simkit.replay(desk(), given, entry_point=entry()),
    "rank": lambda given: simkit.rank(desk(), given),
    "reach": lambda given: simkit.reach(desk(), given),
    "worst_case_pairs": lambda given: simkit.worst_case_pairs(desk(), given),
    "over_privilege": lambda given: simkit.over_privilege(desk(), given),
    "evidence": lambda given: simkit.evidence(desk(), given, **FEW),
    "ablate from": lambda given: simkit.ablate(desk(), entry(), given, "jit", **FEW),
    "ablate to": lambda given: simkit.ablate(desk(), entry(), "rbac", given, **FEW),
    "study weak": lambda given: simkit.study([desk()], given, **FEW),
    "study strong": lambda given: simkit.study([desk()], "rbac", given, **FEW),
    "recommend": lambda given: simkit.recommend(desk(), given, **FEW),
    "cut_off": lambda given: simkit.cut_off(desk(), given, goal=goal(), **FEW),
    "role_granularity": lambda given: simkit.role_granularity(desk(), policy=given),
    "candidates": lambda given: candidates(desk(), given),
    "weigh": lambda given: weigh(desk(), given),
    "report_on": lambda given: simkit.report_on(desk(), given, entry_point=entry(), quick=True, **FEW),
    "policy": simkit.policy,
    "against": lambda given: simkit.compare(desk(), ["rbac"], entry_point=entry(), against=given, **FEW),
}
SEVERAL_POLICIES: dict[str, Callable[[Any], object]] = {
    "compare": lambda given: simkit.compare(desk(), given, entry_point=entry(), **FEW),
    "sweep": lambda given: simkit.sweep(desk(), given, **FEW),
    "report_on": lambda given: simkit.report_on(desk(), policies=given, entry_point=entry(), quick=True, **FEW),
}
A_SCENARIO: dict[str, Callable[[Any], object]] = {
    "simulate": lambda given: simkit.simulate(given, **FEW),
    "compare": lambda given: simkit.compare(given, **FEW),
    "replay": simkit.replay,
    "rank": simkit.rank,
    "reach": simkit.reach,
    "sweep": lambda given: simkit.sweep(given, **FEW),
    "worst_case_pairs": simkit.worst_case_pairs,
    "over_privilege": simkit.over_privilege,
    "evidence": lambda given: simkit.evidence(given, **FEW),
    "ablate": lambda given: simkit.ablate(given, **FEW),
    "study": lambda given: simkit.study(given, **FEW),
    "recommend": lambda given: simkit.recommend(given, **FEW),
    "cut_off": lambda given: simkit.cut_off(given, goal="g", **FEW),
    "role_granularity": simkit.role_granularity,
    "candidates": candidates,
    "weigh": weigh,
    "report_on": lambda given: simkit.report_on(given, **FEW),
}


def said(error: InputError) -> str:
    """The sentence of `error`, which is one."""
    assert "\n" not in str(error)
    return str(error)


@pytest.mark.parametrize("name", ONE_POLICY)
@pytest.mark.parametrize("given", [0, 1.5, True, ["rbac"], {"rbac": 1}, {}, b"rbac", len], ids=repr)
def test_what_is_no_policy_is_refused_with_what_would_do(name: str, given: object) -> None:
    with pytest.raises(PolicyError) as caught:
        ONE_POLICY[name](given)
    assert "'rbac'" in said(caught.value)


@pytest.mark.parametrize("name", sorted(set(ONE_POLICY) - {"policy"}))
def test_an_empty_name_is_no_policy_rather_than_the_one_in_force(name: str) -> None:
    with pytest.raises(PolicyError, match="no policy is called ''"):
        ONE_POLICY[name]("")


@pytest.mark.parametrize("name", SEVERAL_POLICIES)
@pytest.mark.parametrize(
    ("given", "says"),
    [
        (5, "5 is no list of grant policies: give one, such as ['rbac', 'jit']"),
        ({"rbac": 1}, "{'rbac': 1} is no list of grant policies"),
        ([None], "None is no grant policy: give the name of one, such as 'rbac', or a GrantPolicy"),
        (["rbac", 7], "7 is no grant policy"),
        ([["rbac"]], "['rbac'] is no grant policy"),
        ([], "no policy is in the list: name at least one, or leave the list out"),
        (["rbca"], "no policy is called 'rbca': did you mean rbac?"),
    ],
    ids=repr,
)
def test_what_is_no_list_of_policies_is_refused_with_what_would_do(name: str, given: object, says: str) -> None:
    with pytest.raises(PolicyError) as caught:
        SEVERAL_POLICIES[name](given)
    assert says in said(caught.value)


@pytest.mark.parametrize("name", A_SCENARIO)
@pytest.mark.parametrize("given", ["world.yaml", 5, None, [3]], ids=repr)
def test_what_is_no_scenario_is_refused_with_where_one_comes_from(name: str, given: object) -> None:
    with pytest.raises(QuestionError) as caught:
        A_SCENARIO[name](given)
    assert "is no scenario: read one with simkit.load" in said(caught.value)


def test_lists_of_nothing_are_refused_where_they_would_answer_nothing() -> None:
    with pytest.raises(QuestionError, match="no entry point is given"):
        simkit.sweep(desk(), ["rbac"], [], **FEW)
    with pytest.raises(QuestionError, match="no framework is given"):
        simkit.evidence(desk(), frameworks=[], **FEW)


def test_a_long_thing_is_told_in_short() -> None:
    with pytest.raises(PolicyError) as caught:
        simkit.policy(list(range(100_000)))  # type: ignore[arg-type]
    assert len(said(caught.value)) < 200


def test_the_name_and_the_settings_of_a_policy_are_texts() -> None:
    with pytest.raises(PolicyError, match=r"the name 5 of a policy is no text: give one"):
        simkit.GrantPolicy(5)  # type: ignore[arg-type]
    with pytest.raises(PolicyError, match=r"scope 5 is not a setting of that dial: known: all"):
        simkit.GrantPolicy("ours", scope=5)  # type: ignore[arg-type]


def test_one_scenario_alone_can_be_studied() -> None:
    assert simkit.study(desk(), **FEW).rows == simkit.study([desk()], **FEW).rows
