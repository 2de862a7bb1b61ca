"""An assertion is forged with a stolen signing key, and whoever trusts the issuer believes it: T1606.002."""

from __future__ import annotations

from collections.abc import Iterator

from simkit.attackgraph import Fact, Step
from simkit.attackgraph.facts import AT_ONCE
from simkit.model import TrustEdge
from simkit.policies import Token
from simkit.techniques.assume import HANDED_OVER
from simkit.techniques.grounds import credential, trust
from simkit.techniques.redeem import used_inside
from simkit.techniques.rule import Relevance, Rule
from simkit.techniques.survival import along
from simkit.techniques.world import World, opened, opens, runs_in

FORGE = Rule(
    "forge", Relevance(("T1606.002",), (), ("ASI03",), ("NHI4:2025", "NHI7:2025")), event="identity", logged="logon"
)
RULES = (FORGE,)


def steps(world: World) -> Iterator[Step]:
    """forge: holds(signing key of j) [+ runs_in(j), if the key cannot leave], k federates with j -> replays(sessions of
    k). The issuer is not asked: its policies, its checks and its logs do not see it (SolarWinds, 2020: golden SAML)."""
    for key in world.model.credentials.values():
        if key.use == "signing":
            for edge in world.model.trust:
                if edge.kind == "federate" and edge.source == key.identity:
                    for token in world.tokens([key.name]):
                        yield from _forge(world, token, edge)


def _forge(world: World, token: Token, edge: TrustEdge) -> Iterator[Step]:
    """The alert is that of who believes the assertion: the issuer has nothing to log. It claims
    whatever is asked for; the conditions of the edge are judged by who believes it."""
    people = world.model.identities
    if "environment" in edge.conditions and people[edge.source].environment != people[edge.target].environment:
        return
    home = (runs_in(edge.source),) if "source" in edge.conditions else ()
    asked = "approval" in edge.conditions
    alert = world.alert(FORGE, world.sessions.governing(edge.target))
    for session in world.sessions.by_identity[edge.target]:
        step = Step(
            key=f"forge({token.name}): {edge.name} as {session}",
            fate=f"forge({token.name}): {edge.name}",
            rule="forge",
            premises=tuple(dict.fromkeys((Fact("holds", token.name), *opens(token), *home))),
            conclusions=opened(world, session, along(edge)),
            grounds=(credential(token.credential), trust(edge)),
            label=f"sign as {edge.source} that one is {edge.target}",
            chance=world.response.rubber_stamp if asked else 1.0,
            duration=HANDED_OVER,
            approval=world.response.approval_delay if asked else AT_ONCE,
            alert=alert.chance,
            alert_delay=alert.delay,
            logged=alert.logged,
        )
        yield step
        yield from used_inside(world, step, token.name, session)
