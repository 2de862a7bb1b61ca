"""What adds up: backups that are gone too, and crown jewels that are reached."""

from __future__ import annotations

from collections.abc import Iterator

from simkit.attackgraph import Conclusion, Fact, Ground, Step
from simkit.model import Goal, Resource
from simkit.techniques.rule import Rule
from simkit.techniques.world import World, has

RULES = (Rule("objective", None),)


def steps(world: World) -> Iterator[Step]:
    """deleted(r) + deleted(every backup of r) -> lost(r, availability); all of a goal -> reached(goal)."""
    for resource in world.model.resources.values():
        yield _unavailable(resource)
    for goal in world.goals.values():
        yield from _reached(world, goal)


def _unavailable(resource: Resource) -> Step:
    # Backups that lie in the volume are gone with it (PocketOS, 2026); those elsewhere bring the data back.
    gone = (resource.name, *resource.recoverable_from)
    return Step(
        key=f"unavailable({resource.name})",
        rule="objective",
        premises=tuple(Fact("deleted", name) for name in gone),
        conclusions=(Conclusion(Fact("lost", resource.name, "availability")),),
        grounds=(Ground("goal", (resource.name,)),),
        label=f"{resource.name} is gone" + (", backups too" if resource.recoverable_from else ""),
    )


def _reached(world: World, goal: Goal) -> Iterator[Step]:
    facts = [Fact("lost", resource, impact) for resource, impact in goal.lost]
    facts += [Fact("performed", operation, target) for operation, target in goal.performed]
    for name, by in _steered(world, goal):
        yield Step(
            key=f"goal({goal.name}){name}",
            rule="objective",
            premises=tuple(dict.fromkeys([*facts, *by])),
            conclusions=(Conclusion(Fact("reached", goal.name)),),
            grounds=(Ground("goal", (goal.name,)),),
            label=f"{goal.name} is reached",
        )


def _steered(world: World, goal: Goal) -> Iterator[tuple[str, tuple[Fact, ...]]]:
    """One that asks for a steered agent is reached by words in any of its sessions; a stolen token misleads nobody."""
    if not goal.steered:
        yield "", ()
        return
    for name, reached in world.all_sessions.items():
        if goal.steered in reached.session.identities:
            for mode in world.steering:
                yield f" by {mode}({name})", (has(mode, name),)
