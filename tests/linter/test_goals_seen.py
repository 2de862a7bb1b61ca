"""What a command has compiled answers whether a goal can be reached; what it leaves open is compiled and asked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from simkit import compare, lint, loads, rank
from simkit.linter import attack_checks
from simkit.remembered import remembering
from simkit.simulation import compile_attack, goals_seen

WORLD = """
simkit: 1
name: two doors
identities: {ci: {kind: pipeline, roles: [publisher]}, other: {kind: pipeline}}
credentials: {key: {identity: ci, ttl: 90d}}
resources: {site: {value: {integrity: 5}}}
tools: {web: {operations: {publish: {effect: write, targets: [site]}, erase: {effect: delete, targets: [site]}}}}
roles: {publisher: {entitlements: [web.publish]}}
entry_points: {leaked: {leak: key}}
goals: {defaced: {performed: [web.publish]}}
"""
OPEN = WORLD.replace("{defaced:", "{erased: {performed: [web.erase]}, defaced:")
CODE = "unreachable-goal"


def test_a_goal_that_the_answer_reached_needs_no_second_compile(monkeypatch: pytest.MonkeyPatch) -> None:
    world = loads(WORLD)
    for answer in (compile_attack, rank):
        with remembering(), monkeypatch.context() as patched:
            answer(world)
            patched.setattr(attack_checks, "compile_attack", None)
            assert lint(world, codes=[CODE]).codes == ()


def test_what_the_answer_leaves_open_is_asked_of_the_widest_policy() -> None:
    world = loads(OPEN)
    with remembering():
        compile_attack(world)
        assert goals_seen(world) == {"defaced"}
        assert [each.where for each in lint(world, codes=[CODE]).warnings] == [("goals", "erased")]


def test_nothing_is_known_of_another_world_nor_once_the_command_has_ended() -> None:
    world = loads(WORLD)
    with remembering():
        compile_attack(world)
        assert goals_seen(world) == {"defaced"}
        assert goals_seen(replace(world, policy="zero-standing")) == {"defaced"}
        assert goals_seen(loads(WORLD)) == set()
        assert goals_seen(replace(world, goals={})) == set()
    assert goals_seen(world) == set()


def test_another_entry_point_says_nothing() -> None:
    world = loads(WORLD)
    with remembering():
        compile_attack(world, entries={"x": replace(world.entry_points["leaked"], kind="compromise", target="other")})
        assert goals_seen(world) == set()


def test_a_goal_that_any_compared_policy_reached_needs_no_second_compile(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last one compiled reaches nothing."""
    world = loads(WORLD)
    with remembering():
        found = compare(world, ["rbac", "zero-standing"], trials=1)
        assert found.pairs["zero-standing"].reached == frozenset()
        monkeypatch.setattr(attack_checks, "compile_attack", None)
        assert lint(world, codes=[CODE]).codes == ()
        assert goals_seen(loads(WORLD)) == set()
