"""The named policies, their order, and how others are added."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from simkit.errors import PolicyError
from simkit.policies import DIALS, NAMED, GrantPolicy, named_policies, policy, presets

ORDER = ["static-secrets", "rbac", "rbac-context", "jit", "task-scoped-reads", "task-scoped", "zero-standing"]


@dataclass
class Entry:
    """An entry point of an installed package, as far as simkit looks at it."""

    value: str
    loads: Any

    def load(self) -> Any:
        return self.loads


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> list[Entry]:
    """The entry points that installed packages register; a test adds to them."""
    entries: list[Entry] = []
    monkeypatch.setattr(presets, "_installed", presets._installed.__wrapped__)  # without its memory
    monkeypatch.setattr(presets, "entry_points", lambda *, group: entries if group == "simkit.policies" else [])
    return entries


def test_the_named_policies_stand_from_weakest_to_strongest() -> None:
    assert list(NAMED) == ORDER
    assert all(NAMED[name].name == name and NAMED[name].summary for name in ORDER)


def test_static_secrets_is_the_weakest_corner() -> None:
    dials = NAMED["static-secrets"].dials()
    assert dials == {name: dial.start if dial.opted_into else dial.settings[0] for name, dial in DIALS.items()}


def test_zero_standing_is_the_strongest_corner() -> None:
    dials = NAMED["zero-standing"].dials()
    assert dials == {name: dial.start if dial.opted_into else dial.settings[-1] for name, dial in DIALS.items()}


def test_no_named_policy_turns_how_people_approve_and_the_strongest_asks_about_high_impact() -> None:
    assert [name for name, dial in DIALS.items() if dial.opted_into] == ["approval", "asked"]
    assert {(each.approval, each.asked) for each in NAMED.values()} == {("none", "each-use")}
    assert {name for name, each in NAMED.items() if each.approves != "none"} == {"zero-standing"}
    assert NAMED["zero-standing"].approves == "high-impact"


@pytest.mark.parametrize(
    ("weaker", "stronger"),
    [
        ("static-secrets", "rbac"),
        ("rbac", "rbac-context"),
        ("rbac", "jit"),
        ("jit", "task-scoped-reads"),
        ("rbac-context", "task-scoped-reads"),
        ("task-scoped-reads", "task-scoped"),
        ("task-scoped", "zero-standing"),
    ],
)
def test_no_dial_of_the_stronger_stands_weaker(weaker: str, stronger: str) -> None:
    assert all(NAMED[stronger].at_least(dial, setting) for dial, setting in NAMED[weaker].dials().items())
    assert NAMED[weaker].dials() != NAMED[stronger].dials() or NAMED[weaker].ttl != NAMED[stronger].ttl


def test_jit_issues_for_a_quarter_of_an_hour() -> None:
    assert policy("jit").ttl == 900.0


@pytest.mark.parametrize(
    ("name", "end"),
    [("zero-standin", "did you mean zero-standing?"), ("qqq", "known: jit, rbac, rbac-context, static-secrets, ")],
)
def test_an_unknown_policy_names_the_nearest(name: str, end: str) -> None:
    with pytest.raises(PolicyError) as caught:
        policy(name)
    assert f"no policy is called {name!r}: {end}" in str(caught.value)


def test_own_policies_win_over_named_ones() -> None:
    own = GrantPolicy("rbac", scope="all")
    assert policy("rbac", {"rbac": own}) is own
    assert named_policies({"rbac": own})["rbac"] is own
    assert policy("rbac") is NAMED["rbac"]


def test_own_policies_come_after_the_named_ones() -> None:
    assert list(named_policies({"mine": GrantPolicy("mine")})) == [*ORDER, "mine"]


def test_a_package_registers_a_policy_or_a_callable_for_one(installed: list[Entry]) -> None:
    installed += [
        Entry("pkg:POLICY", GrantPolicy("corp", ttl=60.0)),
        Entry("pkg:build", lambda: GrantPolicy("corp-built", ttl=30.0)),
    ]
    assert policy("corp").ttl == 60.0
    assert policy("corp-built").ttl == 30.0
    assert list(named_policies()) == [*ORDER, "corp", "corp-built"]


def test_what_is_registered_must_be_a_grant_policy(installed: list[Entry]) -> None:
    installed.append(Entry("pkg:build", lambda: {"name": "corp"}))
    with pytest.raises(PolicyError, match="entry point 'pkg:build' gives a dict: it must give a GrantPolicy"):
        policy("corp")
    assert policy("rbac").name == "rbac", "a bad package does not break the named policies"


def test_the_table_of_named_policies_is_not_changed_by_asking() -> None:
    named_policies({"mine": GrantPolicy("mine")})["rbac"] = GrantPolicy("other")
    assert list(NAMED) == ORDER
    assert NAMED["rbac"].scope == "role"
