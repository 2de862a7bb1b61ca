"""How a use is judged: by conditions on the entitlement, by context, by a person. Every act goes through here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from simkit.attackgraph import Conclusion, Fact
from simkit.attackgraph.facts import AT_ONCE
from simkit.distributions import Distribution
from simkit.entitlements import FREELY, Conditions
from simkit.model import STATE_CHANGING
from simkit.policies import FOR_THE_REST, Session, consent
from simkit.techniques.deed import Kind
from simkit.techniques.rule import Rule
from simkit.techniques.sealed import runtime_in
from simkit.techniques.world import REPLAYS, STEERS, Alert, World, has, runs_in


class Way(NamedTuple):
    """One way to get a use through: what it needs, the session first, its chance, and the wait for a person. `approves`
    is what their approval stands for besides."""

    name: str
    premises: tuple[Fact, ...]
    chance: float
    approval: Distribution
    approves: tuple[Conclusion, ...] = ()


Ways = Mapping[str, tuple[Way, ...]]
"""The ways in which a use may be let through, by mode."""
Bearing = tuple[bool, bool]
"""Whether what is used is elsewhere, and whether it is changed, as far as somebody looks at that."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """How all acts of one kind by one session fare: the ways in which they may be let through, by mode, and the alert
    that they raise."""

    ways: Ways
    alert: Alert

    def within(self, modes: tuple[str, ...]) -> Judgement:
        """The same in these `modes` alone."""
        return Judgement({mode: ways for mode, ways in self.ways.items() if mode in modes}, self.alert)


def ways(
    world: World,
    session: Session,
    mode: str,
    effect: str,
    environment: str,
    *,
    conditions: Conditions = FREELY,
    waits: tuple[str, ...] = (),
    rule: str = "",
) -> list[Way]:
    """The ways in which `session`, had in `mode`, may use `effect` on something in `environment`; `waits` says which
    approval the policy asks a person for first, if any, and `rule` by which rule of approval.

    Off host, a replayed token is out of context, and refused where the entitlement has the condition `source`; from
    the runtime of its identity it is neither. `context: checks` multiplies the chance of an out-of-context use by the
    miss rate; to ask people multiplies it by the chance that they agree and adds the wait for their answer. Where one
    approval stands for the rest of the session there is a way behind it, too, which asks nobody.
    Of several sets of conditions a use must meet one: of the ways that need the same facts the one that waits for
    nobody is the better one.
    """
    looked_at = bearing(world, session, effect, environment, conditions)
    return ways_through(world, session, mode, looked_at, conditions, waits, rule)


def bearing(world: World, session: Session, effect: str, environment: str, conditions: Conditions = FREELY) -> Bearing:
    """What policy or `conditions` look at where `session` uses `effect` on something in `environment`."""
    checked = session.policy.at_least("context", "checks")
    asked = bool(environment) and (checked or any("environment" in each for each in conditions))
    return asked and environment != _environment(world, session), checked and effect in STATE_CHANGING


def ways_through(
    world: World,
    session: Session,
    mode: str,
    looked_at: Bearing,
    conditions: Conditions,
    waits: tuple[str, ...],
    rule: str,
) -> list[Way]:
    """`ways`, which differ by effect and environment in what is `looked_at` alone."""
    found: dict[str, Way] = {}
    for each in conditions:
        for way in _under(world, session, mode, looked_at, each, waits, rule):
            best = found.setdefault(way.name, way)
            if best.approval != AT_ONCE:
                found[way.name] = way
    return [found[name] for name in sorted(found)]


def judge(world: World, rules: Mapping[str, Rule]) -> Callable[[str, Kind, Conditions], Judgement]:
    """Says how an act of some kind fares that a session so named does under some conditions, its alert as `rules` say;
    what is equal is worked out once."""

    @cache
    def ways_of(name: str, looked_at: Bearing, conditions: Conditions, waits: tuple[str, ...], rule: str) -> Ways:
        session = world.all_sessions[name].session
        return {
            mode: tuple(ways_through(world, session, mode, looked_at, conditions, waits, rule))
            for mode in world.modes_of(name)
        }

    @cache
    def judged(name: str, kind: Kind, conditions: Conditions) -> Judgement:
        session, (effect, environment, waits, rule) = world.all_sessions[name].session, kind
        looked_at = bearing(world, session, effect, environment, conditions)
        found = ways_of(name, looked_at, conditions, waits, rule)
        return Judgement(found, world.alert(rules[effect], session.policy))

    return judged


def unasked(conditions: Conditions) -> Conditions:
    """`conditions` without that of an approval.

    >>> unasked(frozenset({frozenset({"approval", "source"})})) == frozenset({frozenset({"source"})})
    True
    """
    return frozenset(each - {"approval"} for each in conditions)


def _under(
    world: World,
    session: Session,
    mode: str,
    looked_at: Bearing,
    conditions: frozenset[str],
    waits: tuple[str, ...],
    rule: str,
) -> Iterator[Way]:
    if "environment" in conditions and looked_at[0]:
        return
    free = _in_context(world, session, mode, looked_at, conditions)
    by_itself = "approval" in conditions
    if not waits and not by_itself:
        yield from free
        return
    given = consent(world.response, rule)
    approved = [Fact("approved", session.name, impact) for impact in waits]
    once = bool(waits) and session.policy.asked in FOR_THE_REST
    for way in free:
        asked = Way(way.name, way.premises, way.chance * given.chance, given.delay)
        yield asked._replace(approves=tuple(map(Conclusion, approved))) if once else asked
        if once and not by_itself:
            yield way._replace(name=f"{way.name} approved before", premises=(*way.premises, approved[-1]))


def _in_context(
    world: World, session: Session, mode: str, looked_at: Bearing, conditions: frozenset[str]
) -> Iterator[Way]:
    """The ways past the checks of where a use comes from, what it acts on, and what the session has read."""
    elsewhere, changing = looked_at
    checked = session.policy.at_least("context", "checks")
    miss = world.miss_rate(session.policy) if checked else 1.0
    on_host = miss if elsewhere or (changing and mode == STEERS) else 1.0
    had = has(mode, session.name)
    if mode != REPLAYS and not runtime_in(mode):
        yield Way("", (had,), on_host, AT_ONCE)
        return
    # An allow-list of addresses kept out whoever replayed the same stolen token from elsewhere (Okta, Drift, 2025).
    if "source" not in conditions:
        yield Way("", (had,), miss, AT_ONCE)
    if "source" in conditions or miss < 1.0:
        for identity in session.identities:
            yield Way(f" from {identity}", (had, runs_in(identity)), on_host, AT_ONCE)


def _environment(world: World, session: Session) -> str:
    """The environment of the session; of several identities that share one, none."""
    if len(session.identities) == 1:
        return world.model.identities[session.identities[0]].environment
    homes = {world.model.identities[name].environment for name in session.identities}
    return homes.pop() if len(homes) == 1 else ""
