"""A steered session writes down what it has seen, and whoever reads there has seen it too, or has lost it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product

from simkit.attackgraph import Conclusion, Fact, Step
from simkit.model import Task
from simkit.policies import Token
from simkit.techniques.act import Act
from simkit.techniques.consequences import found_in, standing_tokens
from simkit.techniques.copies import Staging
from simkit.techniques.disk import files, lying_file
from simkit.techniques.inputs import inputs
from simkit.techniques.rule import Relevance, Rule
from simkit.techniques.runs import TaskRuns
from simkit.techniques.sealed import runtime_in
from simkit.techniques.use import Way
from simkit.techniques.world import (
    World,
    concludes,
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


def find_in_input(staging: Staging, runs: TaskRuns, task: Task) -> Iterator[Step]:
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


def find_late(
    act: Act, mode: str, plain: Iterable[tuple[Way, Step]], token: Token, what: str, copied: Fact
) -> Iterator[Step]:
    """As `_find_off_host`, for a token that comes with the next run of its task; the find is `plain` in each way."""
    key = f"{act.key(mode)} -> {what} in {copied.object} -> {token.name}"
    found, inside, wait = holds(token, found_in(token, what)), runtime_in(mode), next_run(token.rate)
    for way, step in plain:
        yield step._replace(
            key=key + way.name,
            premises=(*step.premises, copied),
            conclusions=kept_inside((found, *way.approves), inside),
            fate=f"{act.fate} -> {found.fact}",
            wait=wait,
        )


def taken_with(world: World, what: str) -> tuple[Conclusion, ...]:
    """All that is lost with `what`, and the tokens that are always in it."""
    return (*lost_with(world, what), *standing_tokens(world.held_in(what), what))


def find_in_file(world: World, identity: str, what: str, place: str) -> Iterator[Step]:
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
