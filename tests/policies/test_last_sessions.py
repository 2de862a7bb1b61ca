"""A command cuts a model once under one policy, and resolves its entitlements once for all policies."""

from __future__ import annotations

import math
from dataclasses import replace

from support_desk import DESK

from simkit.policies import NAMED, sessions
from simkit.policies.last_sessions import last_or_new
from simkit.remembered import remembering

RBAC, JIT = NAMED["rbac"], NAMED["jit"]


def test_what_is_asked_again_in_a_command_is_there() -> None:
    with remembering():
        made = last_or_new(DESK, RBAC, math.inf)
        assert last_or_new(DESK, RBAC, math.inf) is made
        assert made.sessions == sessions(DESK, RBAC).sessions


def test_another_policy_resolves_the_same_entitlements() -> None:
    with remembering():
        made, other = last_or_new(DESK, RBAC, math.inf), last_or_new(DESK, JIT, math.inf)
        assert other.resolver is made.resolver
        assert (other.sessions, other.tokens) == (sessions(DESK, JIT).sessions, sessions(DESK, JIT).tokens)


def test_another_period_or_another_model_is_cut_anew() -> None:
    with remembering():
        made = last_or_new(DESK, JIT, math.inf)
        assert last_or_new(DESK, JIT, 60.0) is not made
        assert last_or_new(replace(DESK), JIT, 60.0).resolver is not made.resolver


def test_without_a_command_nothing_is_kept() -> None:
    assert last_or_new(DESK, RBAC, math.inf) is not last_or_new(DESK, RBAC, math.inf)
