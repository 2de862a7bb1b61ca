"""A steered session writes down what it has seen, and whoever reads there has seen it too, or has lost it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from functools import cache, partial
from itertools import product

from simkit.attackgraph import Conclusion, Fact, Ground, Step
from simkit.model import Task
from simkit.policies import Session, Token
from simkit.techniques.act import RULE_OF, Act, acts, step_of
from simkit.techniques.consequences import found_in, standing_tokens
from simkit.techniques.copies import Staging
from simkit.techniques.disk import files, lying_file
from simkit.techniques.inputs import inputs
from simkit.techniques.rule import Relevance, Rule
from simkit.techniques.runs import TaskRuns
from simkit.techniques.sealed import runtime_in
from simkit.techniques.world import (
    REPLAYS,
    STEERS,
    World,
    concludes,
    has,
    holds,
    kept_inside,
    next_run,
    runs_in,
)

STAGE = Rule(
    "stage",
    Relevance(("T1074.002",), ("AML.T0053",), ("ASI02",), ()),
    event="action",
    logged="agent",
    because="the session has seen it and writes where others read",
)
FIND = Rule("find", Relevance(("T1213.006",), ("AML.T0085",), ("ASI02",), ()), event="action", logged="agent")


Led = Collection[Fact] | None
"""Facts to which an attack may lead: steps that need others are not made. None where all are to be made."""


def written(staging: Staging, led: Led = None) -> Iterator[Step]:
    """stage: steers(s) + seen(s, r) + a write of s to p -> copied(r, p)."""
    if staging.copies:
        writing = [name for name in staging.hands if name in staging.steered and staging.hands[name].writes]
        by = [name for name in writing if led is None or has(STEERS, name) in led]
        copied_of = cache(partial(concludes, "copied"))
        for act in acts(staging.world, {"write": RULE_OF["write"]}, of=dict.fromkeys(by)):
            yield from _stage(staging, act, led, copied_of)


def found(staging: Staging, led: Led = None) -> Iterator[Step]:
    """find: whoever reads p has from there what was copied to it: steered, in a run, in a runtime, or off host."""
    if not staging.copies:
        return
    world = staging.world
    copied_of = cache(partial(Fact, "copied"))
    for name in sorted(staging.steered):
        hands = staging.hands[name]
        if led is None or has(STEERS, name) in led:
            places = [place for place in hands.sees if place in staging.copies and hands.hands_on]
            yield from _find(staging, hands.session, places, copied_of)
    runs = TaskRuns.of(world)
    for task in world.model.tasks.values():
        yield from _find_in_input(staging, runs, task)
    for name, hands in staging.runtimes.items():
        for place in hands.sees:
            for what in staging.finds(name, place):
                yield from _find_in_file(world, hands.session.identities[0], what, place)
    yield from _off_host(staging, led, copied_of)


def _off_host(staging: Staging, led: Led, copied_of: Callable[[str, str], Fact]) -> Iterator[Step]:
    reading = [name for name, hands in staging.hands.items() if not staging.copies.keys().isdisjoint(hands.sees)]
    by = [name for name in reading if led is None or has(REPLAYS, name) in led]
    taken_of = cache(partial(_taken, staging.world))
    for act in acts(staging.world, {"read": RULE_OF["read"]}, of=dict.fromkeys(by)) if staging.replayed else ():
        for mode in act.taking:
            yield from _find_off_host(staging, act, mode, (copied_of, taken_of))


def _stage(staging: Staging, act: Act, led: Led, copied_of: Callable[[str, str], Conclusion]) -> Iterator[Step]:
    """It is the write itself that carries a copy: both share one fate."""
    within = [place for place in act.deed.within if place in staging.copies]
    ways = act.judged.ways.get(STEERS, ()) if within else ()
    if not ways:
        return
    key, to = act.key(STEERS), act.deed.label
    plain = [(way, noticed(step_of(act, way, "", ()), STAGE, act)) for way in ways]
    for what in staging.hands[act.session].sees:
        seen = Fact("seen", act.session, what)
        if led is not None and seen not in led:
            continue
        places = [place for place in within if place != what and what in staging.copies[place]]
        copied = tuple([copied_of(what, place) for place in places])
        for way, step in plain if copied else ():
            concluded = (*copied, *way.approves) if way.approves else copied
            yield varied(
                step, f"{key} with {what}{way.name}", (*step.premises, seen), concluded, f"copy {what} to {to}"
            )


def varied(
    step: Step, key: str, premises: tuple[Fact, ...], concluded: tuple[Conclusion, ...], label: str, fate: str = ""
) -> Step:
    """`step` with another key, other premises and conclusions. Of copies there may be a million, and `_replace` takes
    several times as long."""
    return Step._make((key, step.rule, premises, concluded, step.grounds, label, fate or step.fate, *step[7:]))


def noticed(step: Step, rule: Rule, act: Act) -> Step:
    """`step` as one of `rule`: it has the fate of its act, and alerts that are as likely are one."""
    alert = act.actor.world.alert(rule, act.actor.session.policy)
    return step._replace(rule=rule.name, alert=alert.chance, alert_delay=alert.delay, logged=alert.logged, shown=0.0)


def _find(
    staging: Staging, session: Session, places: Iterable[str], copied_of: Callable[[str, str], Fact]
) -> Iterator[Step]:
    """steers(t) + seen(t, p) + copied(r, p) -> seen(t, r)."""
    alert, name, who = staging.world.alert(FIND, session.policy), session.name, min(session.identities)
    steers, seen_of = has(STEERS, name), cache(lambda what: (concludes("seen", name, what),))
    for place in places:
        flow = (Ground("flow", (who, place)),)
        plain = Step("", FIND.name, (steers, Fact("seen", name, place)), (), flow, alert=alert.chance)
        plain = plain._replace(alert_delay=alert.delay, logged=alert.logged)
        for what in staging.finds(name, place):
            key, label = f"find({name}, {what} in {place})", f"find {what} in {place}"
            premises = (*plain.premises, copied_of(what, place))
            yield varied(plain, key, premises, seen_of(what), label, f"find({who}, {what} in {place})")


def _find_in_input(staging: Staging, runs: TaskRuns, task: Task) -> Iterator[Step]:
    """steer + copied(r, p), and the task reads p -> seen(t, r): it is the same run, so that it has the same fate."""
    world, session = staging.world, staging.world.sessions.serving(task)
    agent = world.model.identities[task.identity]
    if session is None or not agent.susceptibility:
        return
    name = world.contexts.of_task(world.model, session.name, task)
    read = list(inputs(world, task))
    places = [each for each in read if each.source in staging.copies] if staging.hands[name].hands_on else []
    for by, place in product(read, places):
        granted = tuple(dict.fromkeys((*by.granted, *place.granted)))
        for what in staging.finds(name, place.source):
            yield Step(
                key=f"steer({task.name} <- {by.source}): find {what} in {place.source}{after(granted)}",
                fate=f"steer({task.name} <- {by.container or by.source})",
                rule="find",
                premises=(Fact("tainted", by.source), Fact("copied", what, place.source), *granted),
                conclusions=(runs.run(Fact("seen", name, what), task),),
                grounds=tuple(dict.fromkeys((*place.grounds, *by.grounds))),
                label=f"find {what} in {place.source}",
                chance=agent.susceptibility,
                wait=next_run(world.model.runs(task)),
                logged=world.alert(FIND, session.policy).logged,
                again=True,
            )


def after(granted: tuple[Fact, ...]) -> str:
    """How a key says which facts had to hold first."""
    return "".join(f" after {fact}" for fact in granted)


def _find_off_host(
    staging: Staging,
    act: Act,
    mode: str,
    known: tuple[Callable[[str, str], Fact], Callable[[str], tuple[Conclusion, ...]]],
) -> Iterator[Step]:
    """replays(t) + a read of p + copied(r, p) -> all that is lost with r, and the tokens in it."""
    world, inside, ways = staging.world, runtime_in(mode), act.judged.ways.get(mode, ())
    copied_of, taken_of = known
    places = [place for place in act.deed.within if place in staging.copies and place not in world.contexts.all]
    if not places or not ways:
        return
    key, label = act.key(mode), act.deed.label
    plain = [(way, noticed(step_of(act, way, "", ()), FIND, act)) for way in ways]
    for place in places:
        for what in staging.finds(act.session, place):
            copied, found = copied_of(what, place), taken_of(what)
            for way, step in plain if found else ():
                concluded = kept_inside((*found, *way.approves) if way.approves else found, inside)
                of_it = f"{key} -> {what} in {place}{way.name}"
                yield varied(step, of_it, (*step.premises, copied), concluded, label)
            for token in [token for token in world.held_in(what) if token.rate]:
                yield from _find_late(act, mode, token, what, copied)


def _find_late(act: Act, mode: str, token: Token, what: str, copied: Fact) -> Iterator[Step]:
    """As `_find_off_host`, for a token that comes with the next run of its task."""
    key = f"{act.key(mode)} -> {what} in {copied.object} -> {token.name}"
    for way in act.judged.ways[mode]:
        made = noticed(step_of(act, way, key, (holds(token, found_in(token, what)),), wait=token.rate), FIND, act)
        there = kept_inside(made.conclusions, runtime_in(mode))
        yield made._replace(premises=(*made.premises, copied), conclusions=there)


def _taken(world: World, what: str) -> tuple[Conclusion, ...]:
    """All that is lost with `what`, and the tokens that are always in it."""
    return (*lost_with(world, what), *standing_tokens(world.held_in(what), what))


def _find_in_file(world: World, identity: str, what: str, place: str) -> Iterator[Step]:
    """runs_in(j) + copied(r, p), p a file in the runtime of j -> all that is lost with r, and the tokens in it."""
    tokens = world.held_in(what)
    key, sealed = f"find(code in {identity}, {what} in {place})", world.sealed.home(identity)
    for file in (file for owner, file in files(world) if owner == identity):
        if place not in world.model.within(file):
            continue
        plain = Step(
            key=key if file == place else f"{key} in {file}",
            fate=key,
            rule="find",
            premises=(runs_in(identity), Fact("copied", what, place)),
            conclusions=kept_inside((*lost_with(world, what), *standing_tokens(tokens, what)), sealed),
            grounds=lying_file(identity, file, place),
            label=f"find {what} in {place}",
        )
        if plain.conclusions:
            yield plain
        for token in tokens:
            if token.rate:
                brought = kept_inside((holds(token, found_in(token, what)),), sealed)
                key_to, fate_to = (f"{each} -> {token.name}" for each in (plain.key, key))
                yield plain._replace(key=key_to, fate=fate_to, conclusions=brought, wait=next_run(token.rate))


def lost_with(world: World, what: str) -> tuple[Conclusion, ...]:
    """What is lost with `what`: the data of a resource; a token that was minted is no data."""
    return (concludes("lost", what, "confidentiality"),) if what in world.model.resources else ()
