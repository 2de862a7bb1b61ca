"""What a steered agent can do with what it sees: carry it out, or use the token that lies in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from itertools import product

from simkit.attackgraph import Conclusion, Fact, Ground, Step
from simkit.entitlements import Conditions, Grant
from simkit.policies import Session, Token
from simkit.techniques.ask import ANSWER, ASK, answered
from simkit.techniques.carried import by_token
from simkit.techniques.consequences import found_in, standing_tokens
from simkit.techniques.copies import Staging
from simkit.techniques.givers import in_resource
from simkit.techniques.grounds import credential, lies
from simkit.techniques.lift import Behind
from simkit.techniques.rule import Relevance, Rule
from simkit.techniques.stage import FIND, STAGE, lost_with
from simkit.techniques.world import ERRS, MINTED, STEERS, Alert, World, concludes, has, holds, next_run, opens

Granted = tuple[Grant, Conditions, Behind]
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
RULES = (EXFILTRATE, PICK_UP, STAGE, FIND, ASK, ANSWER)


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
    """exfiltrate, pick up, stage and find: the joins of private data, untrusted input, and a way out, a general-purpose
    tool, or a place where somebody else reads."""
    staging, carried = Staging.of(world), cache(partial(_carried, world))
    for hands in staging.hands.values():
        if hands.outward:
            leaves = Handler.of(world, hands.session, EXFILTRATE)
            for resource, mode in product(hands.sees, world.steering):
                if mode in _seen_by(resource):
                    yield from (_exfiltrate(leaves, mode, resource, out) for out in carried(resource))
        if hands.general:
            finds = Handler.of(world, hands.session, PICK_UP)
            behind = _behind(list(world.grants(hands.session)), world)
            for granted, resource, mode in product(behind, hands.sees, world.steering):
                if mode in _seen_by(resource):
                    yield from _pick_up(world, finds, mode, resource, granted)
    yield from answered(staging)


def _seen_by(resource: str) -> tuple[str, ...]:
    """The modes in which somebody may see it: a mistake mints a token for nobody."""
    return (STEERS,) if resource.startswith(MINTED) else (STEERS, ERRS)


def _behind(grants: list[Granted], world: World) -> list[tuple[Fact, ...]]:
    """The facts behind which one may use a general-purpose tool: none at all, if one simply may."""
    behind = [facts for (operation, _), _, facts in grants if world.model.tool_of(operation).general_purpose]
    return [()] if () in behind else list(dict.fromkeys(behind))


def _carried(world: World, resource: str) -> tuple[Exfiltrated, ...]:
    """What leaves with `resource`, whoever carries it out: its data with the tokens that always lie in it, and each of
    those that a task brings."""
    held, lost = world.held_in(resource), lost_with(world, resource)
    label, late = f"carry {resource} out", (token for token in held if token.rate)
    brought = ((label, f" -> {token.name}", token.rate, (holds(token, found_in(token, resource)),)) for token in late)
    return ((label, "", 0.0, (*lost, *standing_tokens(held, resource))), *brought)


def _exfiltrate(handler: Handler, mode: str, resource: str, out: Exfiltrated) -> Step:
    """steers(s) + seen(s, r) + outbound(s) -> lost(r, confidentiality), holds(token) for the tokens in r."""
    # An agent read private code because a public issue said so, and wrote it where all can read (GitHub MCP, 2025).
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
            step = _picked_up(handler, mode, resource, token, granted)
            claims = [Conclusion(fact) for name in token.sessions for fact in by_token(world, token, name)]
            yield step._replace(conclusions=(*step.conclusions, *claims)) if claims else step


def _picked_up(handler: Handler, mode: str, resource: str, token: Token, granted: tuple[Fact, ...]) -> Step:
    # A coding agent found a token in a file that had nothing to do with its task, and used it (PocketOS, 2026).
    after = f" after {' and '.join(map(str, granted))}" if granted else ""
    place = (lies(token.credential, in_resource(resource)),) if token.credential else ()
    return Step(
        key=f"pick up({mode}, {handler.name}, {resource}, {token.name}){after}",
        fate=f"pick up({handler.who}, {resource}, {token.name})",
        rule="pick-up",
        premises=(handler.had[mode], Fact("seen", handler.name, resource), *opens(token), *granted),
        conclusions=tuple(concludes(mode, name) for name in token.sessions),
        grounds=(credential(token.credential or token.name), *place, Ground("general-purpose", (handler.name,))),
        label=f"use {token.name}, found in {resource}",
        wait=next_run(token.rate),
        alert=handler.alert.chance,
        alert_delay=handler.alert.delay,
        logged=handler.alert.logged,
    )
