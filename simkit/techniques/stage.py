"""A steered session writes down what it has seen, and whoever reads there has seen it too, or has lost it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import product

from simkit.attackgraph import Conclusion, Fact, Ground, Step
from simkit.model import Task
from simkit.policies import Session
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
        for act in acts(staging.world, {"write": RULE_OF["write"]}, by=by):
            yield from _stage(staging, act, led)


def found(staging: Staging, led: Led = None) -> Iterator[Step]:
    """find: whoever reads p has from there what was copied to it: steered, in a run, in a runtime, or off host."""
    if not staging.copies:
        return
    world = staging.world
    for name in sorted(staging.steered):
        hands = staging.hands[name]
        if led is None or has(STEERS, name) in led:
            for place in [place for place in hands.sees if place in staging.copies and hands.hands_on]:
                yield from (_find(world, hands.session, what, place) for what in staging.finds(name, place))
    runs = TaskRuns.of(world)
    for task in world.model.tasks.values():
        yield from _find_in_input(staging, runs, task)
    for name, hands in staging.runtimes.items():
        for place in hands.sees:
            for what in staging.finds(name, place):
                yield from _find_in_file(world, hands.session.identities[0], what, place)
    if staging.replayed:
        reading = [name for name, hands in staging.hands.items() if not staging.copies.keys().isdisjoint(hands.sees)]
        by = [name for name in reading if led is None or has(REPLAYS, name) in led]
        for act in acts(world, {"read": RULE_OF["read"]}, by=by):
            yield from _find_off_host(staging, act)


def _stage(staging: Staging, act: Act, led: Led) -> Iterator[Step]:
    """It is the write itself that carries a copy: both share one fate."""
    for what in staging.hands[act.session].sees:
        seen = Fact("seen", act.session, what)
        if led is not None and seen not in led:
            continue
        places = [place for place in act.deed.within if what in staging.copies.get(place, ())]
        copied = tuple(concludes("copied", what, place) for place in places if place != what)
        for way in act.judged.ways.get(STEERS, ()) if copied else ():
            made = step_of(act, way, f"{act.key(STEERS)} with {what}", copied)
            label = f"copy {what} to {act.deed.label}"
            yield noticed(made, STAGE, act)._replace(premises=(*made.premises, seen), label=label)


def noticed(step: Step, rule: Rule, act: Act) -> Step:
    """`step` as one of `rule`: it has the fate of its act, and alerts that are as likely are one."""
    alert = act.actor.world.alert(rule, act.actor.session.policy)
    return step._replace(rule=rule.name, alert=alert.chance, alert_delay=alert.delay, logged=alert.logged, shown=0.0)


def _find(world: World, session: Session, what: str, place: str) -> Step:
    """steers(t) + seen(t, p) + copied(r, p) -> seen(t, r)."""
    alert = world.alert(FIND, session.policy)
    who = min(session.identities)
    return Step(
        key=f"find({session.name}, {what} in {place})",
        fate=f"find({who}, {what} in {place})",
        rule="find",
        premises=(has(STEERS, session.name), Fact("seen", session.name, place), Fact("copied", what, place)),
        conclusions=(concludes("seen", session.name, what),),
        grounds=(Ground("flow", (who, place)),),
        label=f"find {what} in {place}",
        alert=alert.chance,
        alert_delay=alert.delay,
        logged=alert.logged,
    )


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


def _find_off_host(staging: Staging, act: Act) -> Iterator[Step]:
    """replays(t) + a read of p + copied(r, p) -> all that is lost with r, and the tokens in it."""
    for mode in act.taking:
        yield from _find_by(staging, act, mode)


def _find_by(staging: Staging, act: Act, mode: str) -> Iterator[Step]:
    world, inside = staging.world, runtime_in(mode)
    for place in act.deed.within:
        for what in staging.finds(act.session, place) if place not in world.contexts.all else ():
            tokens, copied = world.held_in(what), Fact("copied", what, place)
            found = (*lost_with(world, what), *standing_tokens(tokens, what))
            late = [token for token in tokens if token.rate]
            for way in act.judged.ways.get(mode, ()):
                key = f"{act.key(mode)} -> {what} in {place}"
                made = [step_of(act, way, key, found)] if found else []
                for token in late:
                    brought = (holds(token, found_in(token, what)),)
                    made.append(step_of(act, way, f"{key} -> {token.name}", brought, wait=token.rate))
                for step in made:
                    there = kept_inside(step.conclusions, inside)
                    yield noticed(step, FIND, act)._replace(premises=(*step.premises, copied), conclusions=there)


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
