"""Grants that come to be during the attack: T1098.003. A step of effect `grant` gives a role, one of effect `lift`
takes away what kept somebody from something. The entitlement exists from then on, behind facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import TYPE_CHECKING

from simkit.attackgraph import Fact
from simkit.entitlements import Conditions, Grant, Grants, Limits, Resolver, either, tools_of
from simkit.model import Model
from simkit.policies import STANDING, Session, Sessions, within_scope
from simkit.techniques.lift import Behind, Lifted, left, lifts

if TYPE_CHECKING:
    from simkit.techniques.lineage import Reached

Added = Mapping[Behind, Grants]
"""For each way in which somebody is widened, by the facts that say so, the grants that exist once these hold."""


def additions(sessions: Sessions, lifted: Lifted) -> dict[str, Added]:
    """For each identity that somebody may widen, what it gains."""
    model, resolver = sessions.model, sessions.resolver
    roles = {full: operation.role for full, _, operation in model.operations() if operation.effect == "grant"}
    if not roles and not lifted:
        return {}
    found: dict[str, Added] = {}
    widened: dict[str, list[tuple[Fact, str]]] = {}
    given = [resolver.gained(role) for role in roles.values()]
    for full_name, identity in dict.fromkeys(_everything_granted(sessions, given, lifted)):
        if full_name in roles and identity:
            widened.setdefault(identity, []).append((Fact("performed", full_name, identity), roles[full_name]))
    for identity in dict.fromkeys((*widened, *lifted)):
        made = dict(_freed(sessions, identity, lifted)) if lifted else {}
        for fact, role in widened.get(identity, ()):
            made |= _granted(resolver, identity, fact, role, lifted)
        if made:
            found[identity] = dict(sorted(made.items()))
    return found


def _everything_granted(sessions: Sessions, given: Iterable[Grants], lifted: Lifted) -> Iterator[Grant]:
    """All that some identity may do, or could do after it was widened."""
    for grants in (*sessions.entitled.values(), *given):
        yield from grants
    for name in lifted:
        yield from sessions.resolver.with_roles(name, sessions.model.identities[name].roles, ("denies", "boundary"))


def _granted(
    resolver: Resolver, identity: str, fact: Fact, role: str, lifted: Lifted
) -> Iterator[tuple[Behind, Grants]]:
    """What `identity` gains with `role`, which it has once `fact` holds: within its limits, and without those that may
    be lifted."""
    limits = resolver.limits(identity)
    known: list[Grants] = []
    for gone, kinds in (((), frozenset[str]()), *lifts(identity, lifted)):
        more = resolver.gained(role, kinds)
        kept = more if limits is None else resolver.limited(more, limits.without(kinds))
        new = _beyond(kept, known) if gone else kept
        if new or not gone:
            yield (fact, *gone), new
            known.append(new)


def _freed(sessions: Sessions, identity: str, lifted: Lifted) -> Iterator[tuple[Behind, Grants]]:
    """What `identity` has once what bears on it is lifted, and has not before; nothing, where that matters only to what
    it does on behalf of others."""
    resolver, roles = sessions.resolver, sessions.model.identities[identity].roles
    known = [sessions.entitled[identity]]
    for gone, kinds in lifts(identity, lifted):
        new = _beyond(resolver.with_roles(identity, roles, kinds), known)
        known.append(new)
        yield gone, new


def _beyond(grants: Grants, known: list[Grants]) -> dict[Grant, Conditions]:
    """Those of `grants` that none of what is `known` gives as freely."""
    found = {}
    for grant, conditions in grants.items():
        had = [each[grant] for each in known if grant in each]
        if not any(either(each, conditions) == each for each in had):
            found[grant] = conditions
    return found


def gains(resolver: Resolver, reached: Reached, added: Mapping[str, Added]) -> dict[Behind, Grants]:
    """What the session that was `reached` gains when those are widened whose entitlements it uses; under a task scope
    only what its task needs, and was kept from it.

    A token that only some tools accept gains nothing elsewhere, an attenuated session nothing that its source does not
    hold, and nobody what his limits keep from him.
    """
    session, source = reached.session, reached.source
    scoped = session.policy.scope.startswith("task")
    found: dict[Behind, Grants] = {}
    for facts, grants in _offered(resolver, session, added):
        kept = grants
        if scoped:
            kept = _needed(resolver, session, grants) if _is_lifted(facts) else {}
        new = {grant: c for grant, c in kept.items() if _is_new(session, source, grant, c)}
        if new:
            found[facts] = {**found.get(facts, {}), **new}
    return found


def _is_lifted(facts: Behind) -> bool:
    return all(fact.kind == "lifted" for fact in facts)


def _offered(resolver: Resolver, session: Session, added: Mapping[str, Added]) -> Iterator[tuple[Behind, Grants]]:
    """What comes to those whose entitlements `session` uses, within the limits that are left of it. Of what an agent
    does for a user, what is lifted of the agent counts, too."""
    agents = session.identities if session.holders else ()
    own = [facts for name in agents for facts in added.get(name, {}) if _is_lifted(facts)]
    for name in session.entitled_as:
        theirs = added.get(name, {})
        if name in session.identities:
            for facts, grants in theirs.items():
                limits = left(resolver, session, facts)
                yield facts, _active(resolver, session, name, facts, _within(resolver, grants, limits))
            continue
        for facts, grants in theirs.items():
            yield facts, _within(resolver, grants, session.limits)
        for mine in own:
            limits = left(resolver, session, mine)
            for facts, grants in chain([((), resolver.identity(name))], theirs.items()):
                yield (*facts, *mine), _within(resolver, grants, limits)


def _within(resolver: Resolver, grants: Grants, limits: Limits | None) -> Grants:
    return grants if limits is None else resolver.limited(grants, limits)


def _active(resolver: Resolver, session: Session, identity: str, facts: Behind, grants: Grants) -> Grants:
    """Those of `grants` that `identity` has by the roles that are active in `session`, where some are for a time."""
    made = resolver.model.identities[identity]
    if not made.role_ttls or not _is_lifted(facts) or session.policy.scope == "all" or session.policy == STANDING:
        return grants
    timed = tuple(role for role, lasts in made.role_ttls if session.lasts is not None and lasts >= session.lasts)
    there = resolver.with_roles(identity, (*made.standing_roles, *timed), [fact.object for fact in facts])
    return {grant: conditions for grant, conditions in grants.items() if resolver.cover(grant, there) is not None}


def _needed(resolver: Resolver, session: Session, grants: Grants) -> Grants:
    """Those of `grants` that a session for a task would have, if its identity had them from the start."""
    needed: dict[Grant, Conditions] = {}
    for task in session.tasks:
        for grant in resolver.needs(resolver.model.tasks[task].needs):
            covered = resolver.cover(grant, grants)
            covered = resolver.cover(grant, session.grants) if covered is None else covered
            if covered is not None:
                needed[grant] = covered
    return within_scope(resolver.model, grants, needed, session.policy.scope)


def _is_new(session: Session, source: Session | None, grant: Grant, conditions: Conditions) -> bool:
    """True unless the session holds the grant under conditions that are no stricter, or may never use it."""
    if grant in session.grants and either(session.grants[grant], conditions) == session.grants[grant]:
        return False
    if session.audience and not tools_of([grant]) <= set(session.audience):
        return False
    return source is None or grant in source.grants


def role_of(model: Model, facts: Behind) -> str:
    """The role whose entitlements stand behind `facts`; empty for none: what somebody has anyway was freed."""
    return next((model.operation(fact.subject).role for fact in facts if fact.kind == "performed"), "")


def all_grants(session: Session, gained: Mapping[Behind, Grants]) -> Iterator[tuple[Grant, Conditions, Behind]]:
    """Every grant that `session` has, or may gain: with its conditions, and the facts behind which it stands."""
    for grant, conditions in session.grants.items():
        yield grant, conditions, ()
    for facts, grants in gained.items():
        for grant, conditions in grants.items():
            yield grant, conditions, facts
