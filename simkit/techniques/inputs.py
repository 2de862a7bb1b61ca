"""What the runs of a task read: what it names, what lies in that, and what their agent remembers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from simkit.attackgraph import Fact, Ground
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
    for memory in world.memories:
        if memory not in found:
            for who in dict.fromkeys((task.identity, task.entitled_as)):
                ways = list(_remembers(world, who, memory))
                yield from (_remembered(task, who, memory, granted) for granted in ways)
                if ways:  # what the agent may not read itself it may read on behalf of its user
                    break


def _remembered(task: Task, who: str, memory: str, granted: tuple[Fact, ...]) -> Input:
    return Input(memory, "", granted, (Ground("task", (task.name, memory)), Ground("memory", (who, memory))))


def _remembers(world: World, identity: str, memory: str) -> Iterator[tuple[Fact, ...]]:
    """The facts behind which an agent may read `memory`, one tuple for each way: its runtime loads it in every run."""
    asked = [(operation, memory) for operation in world.reading]
    cover = world.sessions.resolver.cover
    if any(cover(grant, world.sessions.entitled[identity]) is not None for grant in asked):
        yield ()
        return
    for fact, grants in world.added.get(identity, {}).items():
        if any(cover(grant, grants) is not None for grant in asked):
            yield (fact,)
