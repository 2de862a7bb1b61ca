"""What a steered agent can do with what it sees: carry it out, or use the token that lies in it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from itertools import product

from simkit.attackgraph import Conclusion, Fact, Ground, Step
from simkit.entitlements import Conditions, Grant
from simkit.policies import Session, Token
from simkit.techniques.act import found_in, standing_tokens
from simkit.techniques.givers import in_resource
from simkit.techniques.grounds import lies
from simkit.techniques.rule import Relevance, Rule
from simkit.techniques.world import Alert, World, concludes, has, holds, next_run, opens

Granted = tuple[Grant, Conditions, Fact | None]
WAYS_OUT = ("send", "write")
"""Effects that may reach outsiders."""
Exfiltrated = tuple[str, str, float, tuple[Conclusion, ...]]
"""What is carried out together: how that reads, a suffix that names it, the rate of what it waits for, what follows."""

EXFILTRATE = Rule(
    "exfiltrate",
    Relevance((), ("AML.T0086",), ("ASI01", "ASI02"), ()),
    event="action",
    logged="agent",
    because="the session has seen it and has a way out",
)
PICK_UP = Rule(
    "pick-up",
    Relevance(("T1552.001", "T1552.008"), ("AML.T0082", "AML.T0098"), ("ASI03",), ("NHI2:2025", "NHI9:2025")),
    event="action",
    logged="logon",
)
RULES = (EXFILTRATE, PICK_UP)


@dataclass(frozen=True, slots=True)
class Handler:
    """A session that sees things and hands them on: `who` stands for its identities, `had` are the facts that the
    attacker has it, by mode, `alert` is what handing on raises."""

    name: str
    who: str
    had: Mapping[str, Fact]
    outbound: Fact
    alert: Alert

    @classmethod
    def of(cls, world: World, session: Session, rule: Rule) -> Handler:
        """`session`, as it does what `rule` says."""
        name, had = session.name, {mode: has(mode, session.name) for mode in world.steering}
        return cls(name, min(session.identities), had, Fact("outbound", name), world.alert(rule, session.policy))


def steps(world: World) -> Iterator[Step]:
    """exfiltrate and pick up: the joins of private data, untrusted input, and a way out or a general-purpose tool."""
    reading = {full_name for full_name, _, operation in world.model.operations() if operation.effect == "read"}
    outward = {full_name for full_name, _, operation in world.model.operations() if operation.effect in WAYS_OUT}
    general_purpose = {full_name for full_name, tool, _ in world.model.operations() if tool.general_purpose}
    steering, carried = world.steering, cache(partial(_carried, world))
    for reached in world.all_sessions.values():
        session = reached.session
        grants = list(world.grants(session))
        operations = {operation for (operation, _), _, _ in grants}
        seen = _visible(world, grants, reading)
        if not outward.isdisjoint(operations):
            leaves = Handler.of(world, session, EXFILTRATE)
            for resource, mode in product(seen, steering):
                for out in carried(resource):
                    yield _exfiltrate(leaves, mode, resource, out)
        if not general_purpose.isdisjoint(operations):
            finds = Handler.of(world, session, PICK_UP)
            for granted, resource, mode in product(_behind(grants, general_purpose), seen, steering):
                yield from _pick_up(world, finds, mode, resource, granted)


def _visible(world: World, grants: list[Granted], reading: Collection[str]) -> list[str]:
    """Every resource that a read can see."""
    read = dict.fromkeys(target for (operation, target), _, _ in grants if target and operation in reading)
    return list(dict.fromkeys(resource for target in read for resource in world.model.within(target)))


def _behind(grants: list[Granted], general_purpose: Collection[str]) -> list[tuple[Fact, ...]]:
    """The facts behind which one may use a general-purpose tool: none at all, if one simply may."""
    behind = [fact for (operation, _), _, fact in grants if operation in general_purpose]
    return [()] if None in behind else [(fact,) for fact in dict.fromkeys(behind) if fact]


def _carried(world: World, resource: str) -> tuple[Exfiltrated, ...]:
    """What leaves with `resource`, whoever carries it out: its data with the tokens that always lie in it, and each of
    those that a task brings."""
    held, lost = world.held_in(resource), concludes("lost", resource, "confidentiality")
    label, late = f"carry {resource} out", (token for token in held if token.rate)
    brought = ((label, f" -> {token.name}", token.rate, (holds(token, found_in(token, resource)),)) for token in late)
    return ((label, "", 0.0, (lost, *standing_tokens(held, resource))), *brought)


def _exfiltrate(handler: Handler, mode: str, resource: str, out: Exfiltrated) -> Step:
    """steers(s) + seen(s, r) + outbound(s) -> lost(r, confidentiality), holds(token) for the tokens in r."""
    label, suffix, rate, concluded = out
    return Step(
        key=f"exfiltrate({mode}, {handler.name}, {resource}){suffix}",
        fate=f"exfiltrate({handler.who}, {resource}){suffix}",
        rule="exfiltrate",
        premises=(handler.had[mode], Fact("seen", handler.name, resource), handler.outbound),
        conclusions=concluded,
        grounds=(Ground("flow", (handler.who, resource)),),
        label=label,
        wait=next_run(rate),
        alert=handler.alert.chance,
        alert_delay=handler.alert.delay,
        logged=handler.alert.logged,
    )


def _pick_up(world: World, handler: Handler, mode: str, resource: str, granted: tuple[Fact, ...]) -> Iterator[Step]:
    """steers(s) + seen(s, r) + a general-purpose tool -> steers(sessions that a token in r opens)."""
    for token in world.held_in(resource):
        if token.sessions:
            yield _picked_up(handler, mode, resource, token, granted)


def _picked_up(handler: Handler, mode: str, resource: str, token: Token, granted: tuple[Fact, ...]) -> Step:
    after = f" after {granted[0]}" if granted else ""
    place = lies(token.credential, in_resource(resource))
    return Step(
        key=f"pick up({mode}, {handler.name}, {resource}, {token.name}){after}",
        fate=f"pick up({handler.who}, {resource}, {token.name})",
        rule="pick-up",
        premises=(handler.had[mode], Fact("seen", handler.name, resource), *opens(token), *granted),
        conclusions=tuple(concludes(mode, name) for name in token.sessions),
        grounds=(Ground("credential", (token.credential,)), place, Ground("general-purpose", (handler.name,))),
        label=f"use {token.name}, found in {resource}",
        wait=next_run(token.rate),
        alert=handler.alert.chance,
        alert_delay=handler.alert.delay,
        logged=handler.alert.logged,
    )
