"""The dials of a grant policy, and who is governed by which leaf of a hybrid."""

from __future__ import annotations

import itertools

import pytest

from simkit.errors import PolicyError
from simkit.model import Identity
from simkit.policies import DIALS, GrantPolicy, Selector
from simkit.policies.dials import LOGGING

AGENT = Identity("bot", "agent", tier="support", environment="sandbox")
PIPELINE = Identity("ci", "pipeline", stage="deployment")


@pytest.mark.parametrize("dial", DIALS)
def test_a_setting_that_a_dial_lacks_is_refused(dial: str) -> None:
    with pytest.raises(PolicyError, match=rf"^policy 'p': {dial} 'qqqq' is not a setting of that dial: known: "):
        GrantPolicy("p", **{dial: "qqqq"})


def test_a_misspelt_setting_names_the_nearest() -> None:
    with pytest.raises(PolicyError, match=r"scope 'roles' .*: did you mean role\?$"):
        GrantPolicy("p", scope="roles")


@pytest.mark.parametrize(("dial", "settings"), [(dial.name, dial.settings) for dial in DIALS.values()])
def test_settings_are_ordered_weakest_first(dial: str, settings: tuple[str, ...]) -> None:
    for stands, asked in itertools.product(settings, repeat=2):
        policy = GrantPolicy("p").turned(**{dial: stands})
        assert policy.at_least(dial, asked) is (settings.index(stands) >= settings.index(asked))


def test_dials_are_all_of_them_and_turning_one_moves_no_other() -> None:
    policy = GrantPolicy("p")
    assert policy.dials() == {
        "identity": "workload",
        "scope": "role",
        "expiry": "none",
        "context": "none",
        "approval": "none",
        "asked": "each-use",
        "response": "manual",
        "binding": "bearer",
        "delegation": "full",
    }
    for name, dial in DIALS.items():
        assert policy.turned(**{name: dial.strongest}).dials() == {**policy.dials(), name: dial.settings[-1]}
    assert policy == GrantPolicy("p")


def test_a_turn_to_nowhere_is_refused() -> None:
    with pytest.raises(PolicyError):
        GrantPolicy("p").turned(expiry="soon")


@pytest.mark.parametrize(
    ("identity", "scope", "per_task"),
    [
        ("workload", "role", False),
        ("shared", "all", False),
        ("task", "role", True),
        ("workload", "task", True),
        ("workload", "task+reads", True),
        ("workload", "task+arguments", True),
    ],
)
def test_sessions_are_cut_by_task_by_either_dial(identity: str, scope: str, per_task: bool) -> None:
    assert GrantPolicy("p", identity=identity, scope=scope).per_task is per_task


def test_logging_comes_with_the_response() -> None:
    assert {response: GrantPolicy("p", response=response).logging for response in DIALS["response"].settings} == LOGGING
    assert list(LOGGING.values()) == ["none", "identity", "action"]


@pytest.mark.parametrize(
    ("selector", "governs"),
    [
        (Selector(), True),
        (Selector(kind=("agent",)), True),
        (Selector(kind=("pipeline", "age*")), True),
        (Selector(kind=("pipeline",)), False),
        (Selector(name=("b?t",), environment=("sandbox",)), True),
        (Selector(name=("b?t",), environment=("production",)), False),
        (Selector(stage=("inference",), tier=("support",)), True),
        (Selector(tier=("billing",)), False),
        (Selector(kind=("Agent",)), False),
    ],
)
def test_a_selector_wants_every_given_field_to_match_one_glob(selector: Selector, governs: bool) -> None:
    assert selector.governs(AGENT) is governs


def test_a_policy_without_otherwise_governs_everyone() -> None:
    policy = GrantPolicy("p", applies_to=Selector(kind=("agent",)))
    assert policy.governing(PIPELINE) is policy


def test_a_hybrid_governs_whom_it_selects_and_leaves_the_rest() -> None:
    weak = GrantPolicy("weak", scope="all")
    hybrid = GrantPolicy("hybrid", applies_to=Selector(kind=("agent",)), otherwise=weak)
    assert hybrid.governing(AGENT) is hybrid
    assert hybrid.governing(PIPELINE) is weak


def test_hybrids_nest() -> None:
    last = GrantPolicy("last")
    middle = GrantPolicy("middle", applies_to=Selector(stage=("deployment",)), otherwise=last)
    first = GrantPolicy("first", applies_to=Selector(kind=("agent",)), otherwise=middle)
    people = [AGENT, PIPELINE, Identity("ann", "human")]
    assert [first.governing(identity).name for identity in people] == ["first", "middle", "last"]
