"""What a steered agent can do with what it sees: carry it out, or use the token that lies in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product

import numpy as np

from simkit.attackgraph import Conclusion, Fact, Ground, Step
from simkit.attackgraph.repeats import NO_NAME, Repeats, RepeatsMade, Series, Topic
from simkit.entitlements import Conditions, Grant
from simkit.policies import Session, Token
from simkit.techniques.ask import ANSWER, ASK, answered
from simkit.techniques.carried import by_token
from simkit.techniques.consequences import found_in, standing_tokens
from simkit.techniques.copies import Staging
from simkit.techniques.givers import in_resource
from simkit.techniques.grounds import credential, lies
from simkit.techniques.lift import Behind
from simkit.techniques.rule import Relevance, Rule, Uses
from simkit.techniques.stage import FIND, STAGE, lost_with
from simkit.techniques.world import ERRS, MINTED, STEERS, Alert, World, concludes, has, holds, next_run, opens

Granted = tuple[Grant, Conditions, Behind]
Exfiltrated = tuple[str, float, tuple[Conclusion, ...]]
"""A token that a task brings: its name, the rate of the runs that bring it, and that the attacker holds it then."""

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
    others, repeats = in_series(world)
    yield from (*others, *repeats.steps())


def in_series(world: World, of: Uses | None = None) -> tuple[list[Step], Repeats]:
    """`steps`, or those of some sessions: all but those of what is carried out at once, and these, which are
    repeats."""
    staging, leaving, others = Staging.of(world), _Leaving(world), list[Step]()
    for hands in staging.hands.values() if of is None else map(staging.hands.__getitem__, of):
        if hands.outward:
            others += leaving.carried_out(Handler.of(world, hands.session, EXFILTRATE), hands.sees)
        if hands.general:
            finds = Handler.of(world, hands.session, PICK_UP)
            behind = _behind(list(world.grants(hands.session)), world)
            for granted, resource, mode in product(behind, hands.sees, world.steering):
                if mode in _seen_by(resource):
                    others += _pick_up(world, finds, mode, resource, granted)
    others += [step for step in _answers(staging) if of is None or step.premises[0].subject in of]
    return others, leaving.made.made()


def _answers(staging: Staging) -> list[Step]:
    """What is asked and answered, which the world keeps: it is made of all sessions together."""
    kept = staging.world.worked_out
    if "answers" not in kept:
        kept["answers"] = [*answered(staging)]
    found: list[Step] = kept["answers"]
    return found


@dataclass(slots=True)
class _Leaving:
    """What is carried out: `numbers` are those of each resource, as a topic and as what is lost with it, and `late`
    what leaves with it later."""

    world: World
    made: RepeatsMade = field(default_factory=RepeatsMade)
    numbers: dict[str, tuple[int, int]] = field(default_factory=dict)
    late: dict[str, tuple[Exfiltrated, ...]] = field(default_factory=dict)

    def carried_out(self, handler: Handler, seen: Iterable[str]) -> Iterator[Step]:
        """Adds that `handler` carries out what it has seen; the steps by which it does so later."""
        for mode in self.world.steering:
            series = _exfiltrates(handler, mode)
            what = [resource for resource in seen if mode in _seen_by(resource)]
            needs = self.made.new_facts([Fact("seen", handler.name, resource) for resource in what])
            if what:
                numbers = np.array([*map(self._number, what)], dtype=np.int64)
                self.made.add(series, numbers[:, 0], needs, numbers[:, 1])
            for resource in what if self.late else ():
                yield from (_later(series, resource, out) for out in self.late.get(resource, ()))

    def _number(self, resource: str) -> tuple[int, int]:
        if resource not in self.numbers:
            held = self.world.held_in(resource)
            lost = (*lost_with(self.world, resource), *standing_tokens(held, resource))
            self.numbers[resource] = self.made.number(Topic(resource, names=(resource,))), self.made.leads_to(lost)
            brought = [
                (token.name, token.rate, (holds(token, found_in(token, resource)),)) for token in held if token.rate
            ]
            if brought:
                self.late[resource] = tuple(brought)
        return self.numbers[resource]


def _exfiltrates(handler: Handler, mode: str) -> Series:
    """steers(s) + seen(s, r) + outbound(s) -> lost(r, confidentiality), holds(token) for the tokens in r."""
    # An agent read private code because a public issue said so, and wrote it where all can read (GitHub MCP, 2025).
    plain = Step(
        key="",
        rule="exfiltrate",
        premises=(handler.had[mode], handler.outbound),
        conclusions=(),
        grounds=(Ground("flow", (handler.who,)),),
        alert=handler.alert.chance,
        alert_delay=handler.alert.delay,
        logged=handler.alert.logged,
    )
    key, fate = f"exfiltrate({mode}, {handler.name}, ", f"exfiltrate({handler.who}, "
    return Series(plain, (key, ")"), ("carry ", " out"), (fate, ")"), after=1)


def _later(series: Series, resource: str, out: Exfiltrated) -> Step:
    """As that of `series` for `resource`, for a token that a task brings."""
    (name, rate, concluded), plain, had = out, series.plain, series.plain.premises
    key, fate = (f"{resource.join(around or NO_NAME)} -> {name}" for around in (series.key, series.fate))
    return plain._replace(
        key=key,
        fate=fate,
        premises=(had[0], Fact("seen", had[0].subject, resource), *had[1:]),
        conclusions=concluded,
        grounds=(Ground("flow", (*plain.ground.names, resource)),),
        label=f"carry {resource} out",
        wait=next_run(rate),
    )


def _seen_by(resource: str) -> tuple[str, ...]:
    """The modes in which somebody may see it: a mistake mints a token for nobody."""
    return (STEERS,) if resource.startswith(MINTED) else (STEERS, ERRS)


def _behind(grants: list[Granted], world: World) -> list[tuple[Fact, ...]]:
    """The facts behind which one may use a general-purpose tool: none at all, if one simply may."""
    behind = [facts for (operation, _), _, facts in grants if world.model.tool_of(operation).general_purpose]
    return [()] if () in behind else list(dict.fromkeys(behind))


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
