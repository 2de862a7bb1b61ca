"""In what two worlds are alike: the sessions of which each does in one exactly what it does in the other."""

from __future__ import annotations

from collections.abc import Iterator

from simkit.policies import Session
from simkit.techniques.world import World


def alike(before: World, now: World) -> frozenset[str]:
    """The sessions of `now` that are in `before` as well, and use what they are entitled to in the same way; none where
    the worlds differ in something that all of them meet."""
    if not _same_ground(before, now):
        return frozenset()
    changed = frozenset(_changed_people(before, now))
    elsewhere = frozenset(_holding_others(before, now))
    places = {name for name in now.model.resources if not elsewhere.isdisjoint(now.model.within(name))}
    return frozenset(name for name in now.all_sessions if _is_alike(before, now, name, changed, places))


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
        and old.speaks_of_streams == new.speaks_of_streams
        and old.resolver.limits_somebody == new.resolver.limits_somebody
        and list(before.model.identities) == list(now.model.identities)
        and all(_home(before, name) == _home(now, name) for name in now.model.identities)
        and all(old.entitled[name] == new.entitled[name] for name in _deputies(now))
    )


def _home(world: World, identity: str) -> str:
    return world.model.identities[identity].environment


def _deputies(world: World) -> set[str]:
    """The identities that tools run as: what these may do bounds what everybody does by way of the tool."""
    return {tool.runs_as for tool in world.model.tools.values() if tool.runs_as}


def _changed_people(before: World, now: World) -> Iterator[str]:
    old, new = before.model.identities, now.model.identities
    for name in now.model.identities:
        if old[name] != new[name] or before.sessions.entitled[name] != now.sessions.entitled[name]:
            yield name


def _holding_others(before: World, now: World) -> Iterator[str]:
    """The resources in which other tokens lie: who reads there wins something else."""
    old, new = before.sessions.tokens, now.sessions.tokens
    changed = {name for name in new if old.get(name) != new[name]}
    changed |= old.keys() - new.keys()
    for name, resource in now.model.resources.items():
        if not changed.isdisjoint(resource.holds):
            yield name


def _is_alike(before: World, now: World, name: str, changed: frozenset[str], places: set[str]) -> bool:
    if name not in before.all_sessions:
        return False
    old, new = before.all_sessions[name], now.all_sessions[name]
    if old.part != new.part or old.session != new.session or not changed.isdisjoint(_members(new.session)):
        return False
    if before.gained.get(name) != now.gained.get(name):
        return False
    return not places or places.isdisjoint(target for (_, target), _, _ in now.grants(new.session))


def _members(session: Session) -> tuple[str, ...]:
    return (*session.identities, *session.holders)
