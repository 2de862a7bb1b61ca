"""The named policies, from the weakest grant design to the strongest."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points

from simkit.errors import PolicyError, in_short, nearest
from simkit.policies.dials import DIALS, GrantPolicy

NAMED: Mapping[str, GrantPolicy] = {
    policy.name: policy
    for policy in (
        GrantPolicy("static-secrets", summary="One long-lived secret for a whole tier, remediated by hand.").turned(
            **{dial.name: dial.weakest for dial in DIALS.values() if not dial.opted_into}
        ),
        GrantPolicy(
            "rbac",
            identity="workload",
            scope="role",
            expiry="ttl",
            context="none",
            response="manual",
            summary="Each workload has its roles and a credential of its documented kind.",
        ),
        GrantPolicy(
            "rbac-context",
            identity="workload",
            scope="role",
            expiry="ttl",
            context="checks",
            response="rotation",
            summary="Roles, and each use is judged by its context; secrets rotate.",
        ),
        GrantPolicy(
            "jit",
            identity="workload",
            scope="role",
            expiry="ttl",
            ttl=900.0,
            context="none",
            response="rotation",
            summary="Roles, issued just in time for 15 minutes (the shortest AWS AssumeRole session).",
        ),
        GrantPolicy(
            "task-scoped-reads",
            identity="task",
            scope="task+reads",
            expiry="completion",
            context="checks",
            response="automatic",
            summary="A token for each task: the task's writes plus the role's reads.",
        ),
        GrantPolicy(
            "task-scoped",
            identity="task",
            scope="task",
            expiry="completion",
            context="checks",
            response="automatic",
            summary="A token for each task: exactly what it needs, until it completes.",
        ),
        GrantPolicy("zero-standing", summary="Every dial at its strongest.").turned(
            **{dial.name: dial.strongest for dial in DIALS.values() if not dial.opted_into}
        ),
    )
}

ENTRY_POINT_GROUP = "simkit.policies"
"""A package registers more policies under this group: each entry point loads to a GrantPolicy or a callable for one."""


def named_policies(custom: Mapping[str, GrantPolicy] | None = None) -> dict[str, GrantPolicy]:
    """The named policies, those that installed packages register, and `custom` ones, which win."""
    return {**NAMED, **_registered(), **(custom or {})}


def checked_policy(given: object) -> str | GrantPolicy:
    """`given` if it is the name of a grant policy or a GrantPolicy. Raises PolicyError for anything else."""
    if isinstance(given, str | GrantPolicy):
        return given
    raise PolicyError(f"{in_short(given)} is no grant policy: give the name of one, such as 'rbac', or a GrantPolicy")


def policy(name: str | GrantPolicy, custom: Mapping[str, GrantPolicy] | None = None) -> GrantPolicy:
    """The grant policy called `name`, or `name` itself if it is one. Raises PolicyError.

    >>> policy("jit").ttl
    900.0
    """
    if isinstance(name, GrantPolicy):
        return name
    checked_policy(name)
    if custom and name in custom:
        return custom[name]
    if name in NAMED:
        return NAMED[name]
    known = named_policies(custom)
    if name not in known:
        raise PolicyError(f"no policy is called {name!r}: {nearest(name, known)}")
    return known[name]


def _registered() -> dict[str, GrantPolicy]:
    found: dict[str, GrantPolicy] = {}
    for entry in _installed(tuple(sys.path)):
        loaded = entry.load()
        given = loaded() if callable(loaded) else loaded
        if not isinstance(given, GrantPolicy):
            raise PolicyError(f"entry point {entry.value!r} gives a {type(given).__name__}: it must give a GrantPolicy")
        found[given.name] = given
    return found


@cache
def _installed(_: tuple[str, ...]) -> tuple[EntryPoint, ...]:
    """The entry points of all packages on that path, read once: every scenario that is made asks for policies."""
    return tuple(entry_points(group=ENTRY_POINT_GROUP))
