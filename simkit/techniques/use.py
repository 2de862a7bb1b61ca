"""How a use is judged: by conditions on the entitlement, by context, by a person. Every act goes through here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from simkit.attackgraph import Fact
from simkit.attackgraph.facts import AT_ONCE
from simkit.distributions import Distribution
from simkit.entitlements import FREELY, Conditions
from simkit.model import STATE_CHANGING
from simkit.policies import Session
from simkit.techniques.world import REPLAYS, STEERS, World, has, runs_in


class Way(NamedTuple):
    """One way to get a use through: what it needs, the session first, its chance, and the wait for a person."""

    name: str
    premises: tuple[Fact, ...]
    chance: float
    approval: Distribution


def ways(
    world: World,
    session: Session,
    mode: str,
    effect: str,
    environment: str,
    *,
    conditions: Conditions = FREELY,
    waits: bool = False,
) -> list[Way]:
    """The ways in which `session`, had in `mode`, may use `effect` on something in `environment`; `waits` says that the
    operation waits for a person where `context: approval` asks one.

    Off host, a replayed token is out of context, and refused where the entitlement has the condition `source`; from
    the runtime of its identity it is neither. `context: checks` multiplies the chance of an out-of-context use by the
    miss rate; `approval` multiplies that of a high-impact one by the rubber-stamp rate and adds the approval delay.
    Of several sets of conditions a use must meet one: of the ways that need the same facts the one that waits for
    nobody is the better one.
    """
    found: dict[str, Way] = {}
    for each in conditions:
        for way in _under(world, session, mode, effect, environment, each, waits):
            best = found.setdefault(way.name, way)
            if best.approval != AT_ONCE:
                found[way.name] = way
    return [found[name] for name in sorted(found)]


def _under(
    world: World, session: Session, mode: str, effect: str, environment: str, conditions: frozenset[str], waits: bool
) -> Iterator[Way]:
    home = _environment(world, session)
    elsewhere = bool(environment) and environment != home
    if "environment" in conditions and elsewhere:
        return
    chance, approval = _person(world, session, waits, conditions)
    checked = session.policy.at_least("context", "checks")
    miss = world.miss_rate(session.policy) if checked else 1.0
    tainted = mode == STEERS and effect in STATE_CHANGING
    on_host = chance * (miss if elsewhere or tainted else 1.0)
    had = has(mode, session.name)
    if mode != REPLAYS:
        yield Way("", (had,), on_host, approval)
        return
    # An allow-list of addresses kept out whoever replayed the same stolen token from elsewhere (Okta, Drift, 2025).
    if "source" not in conditions:
        yield Way("", (had,), chance * miss, approval)
    if "source" in conditions or miss < 1.0:
        for identity in session.identities:
            yield Way(f" from {identity}", (had, runs_in(identity)), on_host, approval)


def _environment(world: World, session: Session) -> str:
    """The environment of the session; of several identities that share one, none."""
    if len(session.identities) == 1:
        return world.model.identities[session.identities[0]].environment
    homes = {world.model.identities[name].environment for name in session.identities}
    return homes.pop() if len(homes) == 1 else ""


def _person(world: World, session: Session, waits: bool, conditions: frozenset[str]) -> tuple[float, Distribution]:
    asked = session.policy.context == "approval" and waits
    if asked or "approval" in conditions:
        return world.response.rubber_stamp, world.response.approval_delay
    return 1.0, AT_ONCE
