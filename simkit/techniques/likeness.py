"""In what two worlds are alike: the sessions of which each does in one what it does in the other, grant by grant."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache, partial

from simkit.entitlements import Conditions, Grant
from simkit.model import Identity
from simkit.policies import Session
from simkit.techniques.world import World


def alike(before: World, now: World) -> dict[str, frozenset[Grant]]:
    """The sessions of `now` that are in `before` as well, each with those of its grants that it does not use in the
    same way; none where the worlds differ in something that all of them meet."""
    if not _same_ground(before, now):
        return {}
    others = _Others.of(before, now)
    found = {name: _used_otherwise(before, now, name, others) for name in now.all_sessions}
    return {name: grants for name, grants in found.items() if grants is not None}


def _same_ground(before: World, now: World) -> bool:
    """True if tools, resources, tasks, the response, and what the attack is about are the same."""
    old, new = before.sessions, now.sessions
    return (
        before.model.tools == now.model.tools
        and before.model.resources == now.model.resources
        and before.model.tasks == now.model.tasks
        and before.response == now.response
        and before.entries == now.entries
        and before.goals == now.goals
        and before.attacker == now.attacker
        and before.sparing == now.sparing
        and before.steering == now.steering
        and before.added == now.added
        and before.tool_sessions == now.tool_sessions
        and before.contexts == now.contexts
        and before.homes == now.homes
        and before.sealed == now.sealed
        and before.approvals is None  # a rule may spare somebody for what others are
        and now.approvals is None
        and not before.lifted  # who may yet do something, and unasked, depends on what everybody may lift
        and not now.lifted
        and old.speaks_of_streams == new.speaks_of_streams
        and old.resolver.limits_somebody == new.resolver.limits_somebody
        and list(before.model.identities) == list(now.model.identities)
        and all(_home(before, name) == _home(now, name) for name in now.model.identities)
    )


def _home(world: World, identity: str) -> str:
    return world.model.identities[identity].environment


@dataclass(frozen=True, slots=True)
class _Others:
    """What differs: `people` who are entitled to other things, or are others; `strangers` of these, who are; `places`
    in which other tokens lie; and whether a tool `lends` a grant as before, by what the identity it runs as may do."""

    people: frozenset[str]
    strangers: frozenset[str]
    places: frozenset[str]
    lends: Callable[[Grant], bool]

    @classmethod
    def of(cls, before: World, now: World) -> _Others:
        """In what `now` differs from `before`."""
        old, new = before.model.identities, now.model.identities
        strangers = frozenset(name for name in new if old[name] != new[name] and _bare(old[name]) != _bare(new[name]))
        entitled, given = before.sessions.entitled, now.sessions.entitled
        people = frozenset(name for name in new if old[name] != new[name] or entitled[name] != given[name])
        elsewhere = frozenset(_holding_others(before, now))
        places = (name for name in now.model.resources if not elsewhere.isdisjoint(now.model.within(name)))
        return cls(people, strangers, frozenset(places), cache(partial(_lends, before, now)))


def _bare(identity: Identity) -> Identity:
    """`identity` without what it is entitled to, which its sessions say."""
    return replace(identity, roles=(), entitlements=())


def _lends(before: World, now: World, grant: Grant) -> bool:
    deputy = now.model.tool_of(grant[0]).runs_as
    return not deputy or _covered(before, grant, deputy) == _covered(now, grant, deputy)


def _covered(world: World, grant: Grant, deputy: str) -> Conditions | None:
    return world.sessions.resolver.cover(grant, world.sessions.entitled[deputy])


def _holding_others(before: World, now: World) -> Iterator[str]:
    """The resources in which other tokens lie: who reads there wins something else."""
    old, new = before.sessions.tokens, now.sessions.tokens
    changed = {name for name in new if old.get(name) != new[name]}
    changed |= old.keys() - new.keys()
    for name, resource in now.model.resources.items():
        if not changed.isdisjoint(resource.holds):
            yield name


def _used_otherwise(before: World, now: World, name: str, others: _Others) -> frozenset[Grant] | None:
    """The grants of the session called `name` that it uses in another way than before; None where it is another one."""
    if name not in before.all_sessions or before.gained.get(name) != now.gained.get(name):
        return None
    old, new = before.all_sessions[name], now.all_sessions[name]
    session, members = new.session, _members(new.session)
    same_grants = old.session.grants == session.grants
    if old.part != new.part or (old.session != session and replace(old.session, grants=session.grants) != session):
        return None
    alone = len(session.identities) == len(session.entitled_as) == 1  # else it matters who of them has a grant
    if not others.strangers.isdisjoint(members) or not (alone or others.people.isdisjoint(members)):
        return None
    found = old.session.grants.keys() - session.grants.keys()
    found |= frozenset(
        grant
        for grant, conditions, _ in now.grants(session)
        if grant[1] in others.places
        or not others.lends(grant)
        or not (same_grants or old.session.grants.get(grant) == conditions)
    )
    return None if found and (now.gained.get(name) or not alone) else frozenset(found)


def _members(session: Session) -> tuple[str, ...]:
    return (*session.identities, *session.holders)
