"""What leaves a runtime without a network: all that its code has, once somebody can say something to outsiders."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from simkit.attackgraph import Conclusion, Fact, Ground, Step
from simkit.policies import Session
from simkit.techniques.act import LEAVES
from simkit.techniques.givers import runtime_of
from simkit.techniques.inputs import inputs
from simkit.techniques.redeem import mintable
from simkit.techniques.rule import Relevance, Rule
from simkit.techniques.sealed import driven_in, runtime_in
from simkit.techniques.world import World, concludes, has, kept, minted_token, runs_in

CARRY_OUT = Rule(
    "carry-out",
    Relevance((), ("AML.T0086",), ("ASI02", "ASI05"), ()),
    event="action",
    because="code in the runtime of {0} has it and a way out",
)
WAY_OUT = Rule("way-out", None)
RULES = (CARRY_OUT, WAY_OUT)


def steps(world: World) -> Iterator[Step]:
    """carry-out: inside(r, j) + outlet(j) -> lost(r, confidentiality); kept(token, j) + outlet(j) -> holds(token).
    way-out: runs_in(j) and somebody who can say something to outsiders -> outlet(j)."""
    for runtime in sorted(world.sealed.identities):
        yield from _carried(world, runtime)
        yield from _spoken(world, runtime)
        yield from _left(world, runtime)


def _carried(world: World, runtime: str) -> Iterator[Step]:
    # A token that is carried out lives no longer for it: it ends when what is left of it inside does.
    alert, out = world.alert(CARRY_OUT, world.sessions.governing(runtime)), Fact("outlet", runtime)
    what: list[tuple[Fact, Conclusion, tuple[str, ...]]] = [
        (Fact("inside", name, runtime), concludes("lost", name, "confidentiality"), (runtime, name))
        for name in world.model.resources
    ]
    tokens = [*world.tokens(world.model.credentials), *map(minted_token, mintable(world.model))]
    what += [(kept(each.name, runtime), concludes("holds", each.name), (runtime,)) for each in tokens]
    for had, conclusion, names in what:
        yield Step(
            key=f"carry-out({runtime}): {had.subject}{' (token)' if had.kind == 'kept' else ''}",
            rule="carry-out",
            premises=(had, out),
            conclusions=(conclusion,),
            grounds=(Ground("flow", names),),
            label=f"carry {had.subject} out of the runtime of {runtime}",
            alert=alert.chance,
            alert_delay=alert.delay,
            logged=alert.logged,
        )


def _way_out(runtime: str, by: str, *premises: Fact, how: str = "") -> Step:
    """`premises`, together with code in `runtime`, are a way out of it; `how` tells apart those with the same name."""
    return Step(
        key=f"way-out({runtime}): {by}{f' ({how})' if how else ''}",
        rule="way-out",
        premises=tuple(dict.fromkeys((runs_in(runtime), *premises))),
        conclusions=(concludes("outlet", runtime),),
        grounds=(Ground("egress", (runtime,)),),
        label=f"code in the runtime of {runtime} gets out by {by}",
    )


def _spoken(world: World, runtime: str) -> Iterator[Step]:
    """A session that the code has, or its own agent's that is steered, and one that it calls, which can send."""
    mode = driven_in(runtime)
    for name, reached in world.all_sessions.items():
        own = world.steering if runtime in reached.session.identities else ()
        inside = (mode,) if mode in world.sealed.modes.get(name, ()) else ()
        for how in (*own, *inside):
            yield _way_out(runtime, f"session {name}", has(how, name), Fact("outbound", name), how=how)
        for called in dict.fromkeys(_called(world, reached.session)) if inside else ():
            for how in world.steering:
                by = f"session {called}, which {name} calls"
                yield _way_out(runtime, by, has(mode, name), has(how, called), Fact("outbound", called), how=how)


def _called(world: World, session: Session) -> Iterator[str]:
    for edge, targets in world.edges.get(session.name, ()):
        if edge.kind == "invoke":
            yield from (part for target in targets for part in world.runs_of(target))
    for (operation, target), _, _ in world.grants(session):
        if target and world.model.operation(operation).effect == "invoke":
            yield from (part for own in world.sessions.by_identity[target] for part in world.runs_of(own))


def _left(world: World, runtime: str) -> Iterator[Step]:
    """What the code leaves where the attacker reads it, where it is run, or where it is some agent's input."""
    resources = world.model.resources
    for place in sorted(_places(world, runtime)):
        left = Fact("dropped", place, runtime)
        if place not in resources:
            yield from _elsewhere(world, runtime, "", place.removeprefix(runtime_of("")), left)
            continue
        yield _way_out(runtime, place, left, Fact("lost", place, "confidentiality"))
        for whole in resources.values():
            for runner in whole.run_by if place in world.model.within(whole.name) else ():
                yield from _elsewhere(world, runtime, f"{whole.name}: {place} in ", runner, left)
    for task in world.model.tasks.values():
        session = world.sessions.serving(task)
        if session is not None:
            name = world.contexts.of_task(world.model, session.name, task)
            for source in dict.fromkeys(each.source for each in inputs(world, task)):
                left = Fact("dropped", source, runtime)
                for how in world.steering if source in resources else ():
                    by = f"{source}, which {name} reads in {task.name}"
                    yield _way_out(runtime, by, left, has(how, name), Fact("outbound", name), how=how)


def _elsewhere(world: World, runtime: str, by: str, other: str, left: Fact) -> Iterator[Step]:
    """Code that brings what it has to the runtime of `other` is out, or as far out as code is there."""
    if other != runtime:
        further = (Fact("outlet", other),) if other in world.sealed.identities else ()
        yield _way_out(runtime, f"{by}{runtime_of(other)}", left, runs_in(other), *further)


def _places(world: World, runtime: str) -> set[str]:
    """Where the code, or an agent that may be steered there, leaves something."""
    found = {part for file in world.model.files_in_runtime(runtime) for part in world.model.within(file)}
    mode = driven_in(runtime)
    for name, reached in world.all_sessions.items():
        if mode in world.sealed.modes.get(name, ()) or runtime in reached.session.identities:
            for (operation, target), _, _ in world.grants(reached.session):
                effect = world.model.operation(operation).effect
                if target and effect in LEAVES:
                    found.update(world.model.within(target))
                elif target and effect == "execute":
                    found.add(runtime_of(target))
    return found


def told_outside(world: World, by: Mapping[str, Iterable[str]]) -> Iterator[Step]:
    """Whoever asks an agent may hear what code in its runtime has: the attacker; a steered session that can send; code
    in another runtime, if that has a way out. `by` are for each session those who ask it."""
    for name in sorted(by):
        homes = [each for each in world.all_sessions[name].session.identities if each in world.sealed.identities]
        for runtime, asking in ((home, asking) for home in homes for asking in by[name]):
            asked, other = Fact("asks", name, asking), runtime_in(asking)
            told = f"the answers of {name} to {f'code in {other}' if other else asking or 'who asks'}"
            if other and other != runtime:
                yield _way_out(runtime, told, asked, Fact("outlet", other))
            elif not asking:
                yield _way_out(runtime, told, asked)
            for how in world.steering if asking and not other else ():
                yield _way_out(runtime, told, asked, has(how, asking), Fact("outbound", asking), how=how)
