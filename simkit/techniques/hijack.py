"""A tool that the attacker has taken over sees what it is given; that it steers its callers is a rule of `steer`."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from simkit.attackgraph import Fact, Ground, Step
from simkit.entitlements import Grant, by_spared
from simkit.model import IDENTITY_EFFECTS, Task
from simkit.policies import Oversight
from simkit.techniques.act import Actor, asked
from simkit.techniques.consequences import found_in, taken
from simkit.techniques.inputs import behind, call
from simkit.techniques.lift import Behind
from simkit.techniques.rule import Relevance, Rule
from simkit.techniques.use import Way, unasked, ways
from simkit.techniques.world import World, answers_of, holds, is_taken_over, next_run

OVERHEAR = Rule("overhear", Relevance((), (), ("ASI04",), ("NHI3:2025",)), event="action")
HAND_OVER = Rule("hand-over", Relevance((), ("AML.T0086",), ("ASI02", "ASI04"), ()), event="action", logged="call")
RULES = (OVERHEAR, HAND_OVER)
CONTENT = frozenset({"read", "write", "send"})
"""Effects by which the content of the target goes through the tool."""


def steps(world: World) -> Iterator[Step]:
    """overhear: a task needs an operation of the tool on r -> lost(r, confidentiality), when it next runs. hand-over:
    steers(s), s may call the tool -> outbound(s)."""
    if not any(entry.tool for entry in world.entries.values()):
        return
    for task in world.model.tasks.values():
        if world.sessions.serving(task) is not None:
            for grant in world.sessions.resolver.needs(task.needs):
                if grant[1] and is_taken_over(world, grant[0]):
                    yield from _overhear(world, task, grant)
    yield from _hand_over(world)


def _overhear(world: World, task: Task, grant: Grant) -> Iterator[Step]:
    full, target = grant
    operation, source = world.model.operation(full), answers_of(full.partition(".")[0])
    if operation.effect in IDENTITY_EFFECTS or operation.effect not in CONTENT:
        return
    there = [name for name in world.model.within(target) if name not in world.contexts.all]
    alert = world.alert(OVERHEAR, world.sessions.governing(task.identity))
    for granted in behind(world, task.identity, [grant]):
        plain = Step(
            key=f"overhear({task.name}: {full}({target}))" + "".join(f" after {fact}" for fact in granted),
            fate=f"overhear({task.name}: {full}({target}))",
            rule="overhear",
            premises=(Fact("tainted", source), *granted),
            conclusions=tuple(each for name in there for each in taken(world, name)),
            grounds=(call(task, source, grant),),
            label=f"{full} {target} in {task.name} goes through the attacker's tool",
            chance=operation.chance,
            wait=next_run(task.rate),
            duration=operation.duration,
            alert=alert.chance,
            alert_delay=alert.delay,
            logged=alert.logged,
        )
        if plain.conclusions:
            yield plain
        for name in there:
            for token in world.held_in(name):
                if token.rate:  # its task brings it there, whoever looks at what goes through
                    tail, brought = f" -> {token.name}", (holds(token, found_in(token, name)),)
                    late = plain._replace(key=plain.key + tail, fate=plain.fate + tail, conclusions=brought)
                    yield late._replace(wait=next_run(min(token.rate, task.rate)))


def _hand_over(world: World) -> Iterator[Step]:
    """Words to a tool that the attacker has are words to an outsider, whatever the identity may do that it runs as."""
    for name, reached in world.all_sessions.items():
        session = reached.session
        actor, oversight = Actor.of(world, session), Oversight.of(world.sessions, session)
        for grant, conditions, behind_it in world.grants(session):
            if is_taken_over(world, grant[0]):
                operation = world.model.operation(grant[0])
                where = world.environment(grant[1], world.model.targets_of(operation)[grant[1]] if grant[1] else None)
                asking = asked(world, session, grant, behind_it, conditions, oversight)
                rule = world.approvals.rule(grant[0]) if world.approvals else ""
                modes = (*world.steering, *world.sealed.modes.get(name, ())) if reached.part is None else ()
                for mode, (asks, once) in product(modes, asking):
                    for spared, under in by_spared(conditions).items():
                        let = ways(
                            *(world, session, mode, operation.effect, where),
                            conditions=under if asks else unasked(under),
                            waits=oversight.waits(grant) if oversight and asks else (),
                            rule=rule,
                        )
                        but = f" but {' and '.join(sorted(spared))}" if spared else ""
                        granted = (*behind_it, *once)
                        after = f" after {' and '.join(map(str, granted))}" if granted else ""
                        for way in let:
                            yield _given(
                                actor, grant, way, f"{mode}({name}): {grant[0]}({grant[1]}){but}{after}", granted
                            )


def _given(actor: Actor, grant: Grant, way: Way, key: str, granted: Behind) -> Step:
    tool, operation = grant[0].partition(".")[0], actor.world.model.operation(grant[0])
    alert = actor.world.alert(HAND_OVER, actor.session.policy)
    return Step(
        key=f"hand-over {key}{way.name}",
        fate=f"{actor.who}: {grant[0]}({grant[1]})",
        rule="hand-over",
        premises=(way.premises[0], *granted, *way.premises[1:], Fact("tainted", answers_of(tool))),
        conclusions=(actor.outbound, *way.approves),
        grounds=(Ground("given", (actor.owner(grant), *grant), actor.session.name),),
        label=f"{grant[0]} {grant[1]}".strip(),
        chance=operation.chance * way.chance,
        duration=operation.duration,
        approval=way.approval,
        alert=alert.chance,
        alert_delay=alert.delay,
        logged=alert.logged,
    )
