"""What the runs of a task read: what it names, what lies in that, and what their agent remembers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from simkit.attackgraph import Fact, Ground
from simkit.entitlements import Grant
from simkit.model import Task
from simkit.techniques.world import World, input_of


class Input(NamedTuple):
    """One thing that a task reads. It lies in `container`, where the task names only that; `granted` are the facts
    that must hold first, `grounds` what the reading rests on."""

    source: str
    container: str
    granted: tuple[Fact, ...]
    grounds: tuple[Ground, ...]


def inputs(world: World, task: Task) -> Iterator[Input]:
    """Everything that `task` reads. What is not named is left out where nobody can have changed it."""
    found = dict.fromkeys(task.reads, "")
    for read in task.reads:
        for child in world.model.within(read)[1:]:
            if child in world.taintable:
                found.setdefault(child, read)
    if task.name in world.poisoned:
        found[input_of(task)] = ""
    for source, container in found.items():
        yield Input(source, container, (), (Ground("task", (task.name, source)),))
    for source in _spoken(world, task) if world.speaking else ():
        yield from (_returned(task, source, granted) for granted in _calls(world, task, source))
    for memory in world.memories:
        if memory not in found:
            for who in dict.fromkeys((task.identity, task.entitled_as)):
                ways = list(_remembers(world, who, memory))
                yield from (_remembered(task, who, memory, granted) for granted in ways)
                if ways:  # what the agent may not read itself it may read on behalf of its user
                    break


def _spoken(world: World, task: Task) -> dict[str, None]:
    """What may come back to `task` with the attacker's words, from the operations that it needs."""
    needed = world.sessions.resolver.needs(task.needs)
    return dict.fromkeys(source for operation, _ in needed for source in world.speaking.get(operation, ()))


def _returned(task: Task, source: str, granted: tuple[Fact, ...]) -> Input:
    return Input(source, "", granted, (call(task, source),))


def call(task: Task, source: str, grant: Grant = ("", "")) -> Ground:
    """The ground that `task` calls what returns `source`: by `grant`, or by any that it needs."""
    return Ground("call", (task.name, task.identity, source, *grant))


def _calls(world: World, task: Task, source: str) -> Iterator[tuple[Fact, ...]]:
    """The facts behind which `task` may call what returns `source`, one tuple for each way."""
    needed = [
        grant for grant in world.sessions.resolver.needs(task.needs) if source in world.speaking.get(grant[0], ())
    ]
    yield from behind(world, task.identity, needed)


def behind(world: World, identity: str, asked: list[Grant]) -> Iterator[tuple[Fact, ...]]:
    """The facts behind which `identity` has one of the grants that are `asked` for: none at all, if it simply has."""
    cover = world.sessions.resolver.cover
    if any(cover(grant, world.sessions.entitled[identity]) is not None for grant in asked):
        yield ()
        return
    for facts, grants in world.added.get(identity, {}).items():
        if any(cover(grant, grants) is not None for grant in asked):
            yield facts


def _remembered(task: Task, who: str, memory: str, granted: tuple[Fact, ...]) -> Input:
    return Input(memory, "", granted, (Ground("task", (task.name, memory)), Ground("memory", (who, memory))))


def _remembers(world: World, identity: str, memory: str) -> Iterator[tuple[Fact, ...]]:
    """The facts behind which an agent may read `memory`, one tuple for each way: its runtime loads it in every run."""
    yield from behind(world, identity, [(operation, memory) for operation in world.reading])
