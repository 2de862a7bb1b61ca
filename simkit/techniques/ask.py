"""Whoever may invoke an agent gets its answer: what it may read comes back, without a word that steers it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from typing import NamedTuple

from simkit.attackgraph import Conclusion, Fact, Step
from simkit.model import TrustEdge
from simkit.policies import Session
from simkit.techniques.act import Act, acts, step_of
from simkit.techniques.assume import HANDED_OVER
from simkit.techniques.carried import claims_for
from simkit.techniques.consequences import found_in
from simkit.techniques.copies import Staging
from simkit.techniques.egress import told_outside
from simkit.techniques.grounds import trust
from simkit.techniques.rule import Relevance, Rule
from simkit.techniques.sealed import runtime_in
from simkit.techniques.stage import FIND, lost_with, noticed, varied
from simkit.techniques.use import Way, ways
from simkit.techniques.world import ASKS, REPLAYS, STEERS, World, concludes, holds, kept_inside

ASK = Rule("ask", Relevance(("T1199",), ("AML.T0053",), ("ASI07",), ()), event="action", logged="call")
ANSWER = Rule(
    "answer", Relevance((), ("AML.T0085",), ("ASI03", "ASI07"), ("NHI5:2025",)), event="action", logged="call"
)
RULES = (ASK, ANSWER)


def answered(staging: Staging) -> Iterator[Step]:
    """ask: replays(s) or steers(s), s may invoke the agent of t, which answers -> asks(t). answer: asks(t) + what t may
    read -> it is lost, or seen by the steered session that asks."""
    if not staging.asked:
        return
    by: dict[str, list[str]] = {}
    for name in sorted(staging.asked):
        for answering in staging.asked[name]:
            by.setdefault(answering, []).append(name)
    yield from _first(staging)
    yield from told_outside(staging.world, by)
    yield from _onward(staging.world, by)
    copies = _Copies(staging, cache(partial(Fact, "copied")), cache(partial(_brought, staging.world)))
    for act in acts(staging.world, {"read": ANSWER}, of=dict.fromkeys(sorted(by))):
        for name in by[act.session]:
            yield from _answer(copies, act, name)


def _first(staging: Staging) -> Iterator[Step]:
    """Whoever has a session that may invoke, or steers one, asks."""
    world, wanted = staging.world, staging.asked
    for name, followed in world.edges.items():
        session = world.all_sessions[name].session
        for edge, targets in followed:
            if edge.kind == "invoke" and edge.answers:
                for mode in world.modes_of(name):
                    asking = _asking(name, mode)
                    if asking in wanted:
                        parts = (part for target in targets for part in world.runs_of(target) if part != asking)
                        yield from _along(world, session, mode, edge, parts, asking)
    for act in acts(world, {"invoke": ASK}):
        if act.deed.operation.answers:
            for mode, let in act.judged.ways.items():
                asking = _asking(act.session, mode)
                if asking in wanted:
                    yield from _by_call(act, let, act.key(mode), _invoked(act, asking))


def _along(
    world: World, session: Session, mode: str, edge: TrustEdge, targets: Iterator[str], asking: str
) -> Iterator[Step]:
    """To ask is a part of handing on, whether that steers or not: both share one fate."""
    effect = "invoke" if edge.kind == "invoke" else "assume"
    alert, where = world.alert(ASK, session.policy), world.model.identities[edge.target].environment
    claims = claims_for(world, session, mode, edge)
    conditions = frozenset({frozenset(edge.conditions)})
    for target in targets if claims is not None else ():
        for way in ways(world, session, mode, effect, where, conditions=conditions):
            yield Step(
                key=f"{mode}({session.name}): {edge.name} asks {target}{_for(asking)}{way.name}",
                fate=f"{edge.name}",
                rule="ask",
                premises=(*_asked(way, mode, session.name, asking), *(claims or ())),
                conclusions=(Conclusion(Fact(ASKS, target, asking)),),
                grounds=(trust(edge),),
                label=f"ask {edge.target}",
                chance=way.chance,
                duration=HANDED_OVER,
                approval=way.approval,
                alert=alert.chance,
                alert_delay=alert.delay,
                logged=alert.logged,
            )


def _by_call(act: Act, let: tuple[Way, ...], key: str, targets: Mapping[str, str]) -> Iterator[Step]:
    for target, asking in targets.items():
        for way in let:
            made = step_of(act, way, f"{key} asks {target}{_for(asking)}", (Conclusion(Fact(ASKS, target, asking)),))
            yield made._replace(rule="ask")


def _onward(world: World, by: Mapping[str, list[str]]) -> Iterator[Step]:
    """An agent that was asked asks others, or becomes somebody, to find the answer."""
    for name in sorted(by):
        session = world.all_sessions[name].session
        for edge, targets in world.edges.get(name, ()):
            if edge.answers:
                invoked = edge.kind == "invoke"
                parts = [part for each in targets for part in (world.runs_of(each) if invoked else (each,))]
                for asking in by[name]:
                    wanted = (part for part in parts if asking in by.get(part, ()))
                    yield from _along(world, session, ASKS, edge, wanted, asking)
    for act in acts(world, {"invoke": ASK, "assume": ASK}, of=dict.fromkeys(sorted(by))):
        if act.deed.operation.answers:
            for asking in by[act.session]:
                let = tuple(_told(way, act.session, asking) for way in act.judged.ways.get(STEERS, ()))
                wanted_there = {t: a for t, a in _invoked(act, asking).items() if asking in by.get(t, ())}
                yield from _by_call(act, let, f"{act.key(ASKS)}", wanted_there)


def _invoked(act: Act, asking: str) -> dict[str, str]:
    """The sessions that a call leads to, but who asks."""
    world, target = act.actor.world, act.deed.grant[1]
    if not target:
        return {}
    own = world.sessions.by_identity[target]
    if act.deed.operation.effect == "assume":
        found = world.assumed.get((world.whole(act.session), target), own)
    else:
        found = tuple(part for name in own for part in world.runs_of(name))
    return {name: asking for name in found if name != asking}


class _Copies(NamedTuple):
    """What an answer finds in copies; facts and conclusions are made once for all who read them."""

    staging: Staging
    copied: Callable[[str, str], Fact]
    brought: Callable[[str], tuple[tuple[str, tuple[Conclusion], float], ...]]


def _brought(world: World, what: str) -> tuple[tuple[str, tuple[Conclusion], float], ...]:
    """What is lost with a copy of `what`, and the tokens in it: how a key says it, and the rate of what it waits
    for."""
    tokens = world.held_in(what)
    return (
        *((f" -> {what}", (each,), 0.0) for each in lost_with(world, what)),
        *((f" -> {token.name}", (holds(token, found_in(token, what)),), token.rate) for token in tokens),
    )


def _answer(copies: _Copies, act: Act, asking: str) -> Iterator[Step]:
    """What the agent reads for whoever asks: it is out where that is the attacker; a steered session has seen it."""
    contexts = act.actor.world.contexts.all
    there = [name for name in act.deed.within if name not in contexts]
    if not there:
        return
    inside = runtime_in(asking)
    if asking and not inside:
        found = (*act.deed.concluded, *(concludes("seen", asking, name) for name in there))
    else:
        found = kept_inside(act.deed.replayed, inside)
    for way in act.judged.ways.get(STEERS, ()):
        let, key = _told(way, act.session, asking), f"{act.key('answer')}{_for(asking)}"
        yield step_of(act, let, key, found)._replace(rule="answer")
        for token, place in act.deed.late if inside or not asking else ():
            late = step_of(act, let, f"{key} -> {token.name}", (holds(token, place),), wait=token.rate)
            yield late._replace(rule="answer", conclusions=kept_inside(late.conclusions, inside))
        if inside or not asking:
            for step in _find(copies, act, let, key, there):
                yield step._replace(conclusions=kept_inside(step.conclusions, inside)) if inside else step


def _find(copies: _Copies, act: Act, let: Way, key: str, there: list[str]) -> Iterator[Step]:
    """asks(t) + a read of p + copied(r, p) -> all that is lost with r, and the tokens in it."""
    plain = noticed(step_of(act, let, "", ()), FIND, act)
    for place in there:
        for what in copies.staging.finds(act.session, place):
            premises = (*plain.premises, copies.copied(what, place))
            for tail, found, rate in copies.brought(what):
                of_it = f"{key} -> {what} in {place}{tail}"
                if rate:
                    yield noticed(step_of(act, let, of_it, found, wait=rate), FIND, act)._replace(premises=premises)
                else:
                    concluded = (*found, *let.approves) if let.approves else found
                    yield varied(plain, of_it + let.name, premises, concluded, plain.label)


def _asking(session: str, mode: str) -> str:
    """Who gets the answer if `session`, had in `mode`, asks: the attacker (empty), code in a runtime, or itself."""
    return "" if mode == REPLAYS else mode if runtime_in(mode) else session


def _told(way: Way, session: str, asking: str) -> Way:
    """`way` of who was asked."""
    return way._replace(premises=(Fact(ASKS, session, asking), *way.premises[1:]))


def _asked(way: Way, mode: str, session: str, asking: str) -> tuple[Fact, ...]:
    return _told(way, session, asking).premises if mode == ASKS else way.premises


def _for(asking: str) -> str:
    return f" for {asking}" if asking else ""
