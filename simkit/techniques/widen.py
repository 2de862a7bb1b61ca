"""Grants that a step of effect `grant` adds: T1098.003. The entitlement exists from then on, behind a fact."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from simkit.attackgraph import Fact
from simkit.entitlements import Conditions, Grant, Grants, Resolver, either, tools_of
from simkit.policies import Session, Sessions

if TYPE_CHECKING:
    from simkit.techniques.lineage import Reached

Added = Mapping[Fact, Grants]
"""For each fact that widens somebody, the grants that exist once it holds."""


def additions(sessions: Sessions) -> dict[str, Added]:
    """For each identity that somebody may widen, what it gains."""
    model, resolver = sessions.model, sessions.resolver
    given = {
        full_name: resolver.gained(operation.role)
        for full_name, _, operation in model.operations()
        if operation.effect == "grant"
    }
    if not given:
        return {}
    found: dict[str, dict[Fact, Grants]] = {}
    for full_name, identity in dict.fromkeys(_everything_granted(sessions, given.values())):
        if full_name in given and identity:
            more, limits = given[full_name], resolver.limits(identity)
            gained = more if limits is None else resolver.limited(more, limits)
            found.setdefault(identity, {})[Fact("performed", full_name, identity)] = gained
    return {identity: dict(sorted(added.items())) for identity, added in found.items()}


def _everything_granted(sessions: Sessions, given: Iterable[Grants]) -> Iterator[Grant]:
    """All that some identity may do, or could do after it was widened."""
    for grants in (*sessions.entitled.values(), *given):
        yield from grants


def gains(resolver: Resolver, reached: Reached, added: Mapping[str, Added]) -> dict[Fact, Grants]:
    """What the session that was `reached` gains when those are widened whose entitlements it uses; nothing under a task
    scope, whose task needs no more.

    A token that only some tools accept gains nothing elsewhere, an attenuated session nothing that its source does not
    hold, and nobody what his limits keep from him.
    """
    session, source = reached.session, reached.source
    if session.policy.scope.startswith("task"):
        return {}
    found: dict[Fact, Grants] = {}
    for identity in session.entitled_as:
        for fact, grants in added.get(identity, {}).items():
            kept = grants if session.limits is None else resolver.limited(grants, session.limits)
            new = {grant: c for grant, c in kept.items() if _is_new(session, source, grant, c)}
            if new:
                found[fact] = {**found.get(fact, {}), **new}
    return found


def _is_new(session: Session, source: Session | None, grant: Grant, conditions: Conditions) -> bool:
    """True unless the session holds the grant under conditions that are no stricter, or may never use it."""
    if grant in session.grants and either(session.grants[grant], conditions) == session.grants[grant]:
        return False
    if session.audience and not tools_of([grant]) <= set(session.audience):
        return False
    return source is None or grant in source.grants


def all_grants(session: Session, gained: Mapping[Fact, Grants]) -> Iterator[tuple[Grant, Conditions, Fact | None]]:
    """Every grant that `session` has, or may gain: with its conditions, and the fact behind which it stands."""
    for grant, conditions in session.grants.items():
        yield grant, conditions, None
    for fact, grants in gained.items():
        for grant, conditions in grants.items():
            yield grant, conditions, fact
