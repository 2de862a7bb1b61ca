"""What a steered agent can do with what it sees: carry it out, or use the token that lies in it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from simkit.attackgraph import Cause, Conclusion, Fact, Step
from simkit.policies import Session, Token
from simkit.techniques.act import standing_tokens
from simkit.techniques.world import World, concludes, fact, has, holds, next_run, opens


def steps(world: World) -> Iterator[Step]:
    """exfiltrate and pick up: the joins of private data, untrusted input, and a way out or a general-purpose tool."""
    for reached in world.all_sessions.values():
        session = reached.session
        seen = _visible(world, session)
        general = _general_purpose(world, session)
        leaves = _has_way_out(world, session)
        for resource, mode in product(seen, world.steering):
            if leaves:
                yield from _exfiltrate(world, session, mode, resource)
            for granted in general:
                yield from _pick_up(world, session, mode, resource, granted)


def _visible(world: World, session: Session) -> list[str]:
    """Every resource that a read of this session can see."""
    found: dict[str, None] = {}
    for (operation, target), _, _ in world.grants(session):
        if target and world.model.operation(operation).effect == "read":
            found.update(dict.fromkeys(world.model.within(target)))
    return list(found)


def _has_way_out(world: World, session: Session) -> bool:
    grants = world.grants(session)
    return any(world.model.operation(operation).effect in ("send", "write") for (operation, _), _, _ in grants)


def _general_purpose(world: World, session: Session) -> list[tuple[Fact, ...]]:
    """The facts behind which the session may use a general-purpose tool: none at all, if it simply may."""
    behind = [fact for (op, _), _, fact in world.grants(session) if world.model.tool_of(op).general_purpose]
    return [()] if None in behind else [(fact,) for fact in dict.fromkeys(behind) if fact]


def _exfiltrate(world: World, session: Session, mode: str, resource: str) -> Iterator[Step]:
    """steers(s) + seen(s, r) + outbound(s) -> lost(r, confidentiality), holds(token) for the tokens in r."""
    held = world.held_in(resource)
    lost = concludes("lost", resource, "confidentiality")
    yield _carried_out(world, session, mode, resource, (lost, *standing_tokens(held)), "", 0.0)
    for token in held:
        if token.rate:
            yield _carried_out(world, session, mode, resource, (holds(token),), f" -> {token.name}", token.rate)


def _carried_out(
    world: World,
    session: Session,
    mode: str,
    resource: str,
    concluded: tuple[Conclusion, ...],
    suffix: str,
    rate: float,
) -> Step:
    alert, delay = world.alert("exfiltrate", session.policy)
    seen, out = fact("seen", session.name, resource), fact("outbound", session.name)
    return Step(
        key=f"exfiltrate({mode}, {session.name}, {resource}){suffix}",
        fate=f"exfiltrate({min(session.identities)}, {resource}){suffix}",
        rule="exfiltrate",
        premises=(has(mode, session.name), seen, out),
        conclusions=concluded,
        cause=Cause("flow", (min(session.identities), resource)),
        label=f"carry {resource} out",
        wait=next_run(rate),
        alert=alert,
        alert_delay=delay,
    )


def _pick_up(world: World, session: Session, mode: str, resource: str, granted: tuple[Fact, ...]) -> Iterator[Step]:
    """steers(s) + seen(s, r) + a general-purpose tool -> steers(sessions that a token in r opens)."""
    for token in world.held_in(resource):
        if token.sessions:
            yield _picked_up(world, session, mode, resource, token, granted)


def _picked_up(
    world: World, session: Session, mode: str, resource: str, token: Token, granted: tuple[Fact, ...]
) -> Step:
    after = f" after {granted[0]}" if granted else ""
    alert, delay = world.alert("pick-up", session.policy)
    return Step(
        key=f"pick up({mode}, {session.name}, {resource}, {token.name}){after}",
        fate=f"pick up({min(session.identities)}, {resource}, {token.name})",
        rule="pick-up",
        premises=(has(mode, session.name), fact("seen", session.name, resource), *opens(token), *granted),
        conclusions=tuple(concludes(mode, name) for name in token.sessions),
        cause=Cause("credential", (token.credential,)),
        label=f"use {token.name}, found in {resource}",
        wait=next_run(token.rate),
        alert=alert,
        alert_delay=delay,
    )
