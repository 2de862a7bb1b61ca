"""What adds up: backups that are gone too, and crown jewels that are reached."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from simkit.attackgraph import Conclusion, Fact, Ground, Step
from simkit.model import Goal, GoalTerm, Resource
from simkit.techniques.meter import enough, metered
from simkit.techniques.rule import Rule
from simkit.techniques.world import World, has

RULES = (Rule("objective", None),)


def steps(world: World) -> Iterator[Step]:
    """deleted(r) + deleted(all its backups) -> lost(r, availability). All of a goal, one of any -> reached(goal)."""
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
    """A step for each way to reach `goal`, named by its alternative, where it has any."""
    for way in goal.ways():
        other = f" or {_said(way[-1])}" if goal.any_of else ""
        for name, by in _steered(world, way):
            facts = [fact for term in way for fact in _happened(term)] + list(_enough(world, goal, way))
            yield Step(
                key=f"goal({goal.name}){other}{name}",
                rule="objective",
                premises=tuple(dict.fromkeys([*facts, *by])),
                conclusions=(Conclusion(Fact("reached", goal.name)),),
                grounds=(Ground("goal", (goal.name,)),),
                label=f"{goal.name} is reached",
            )


def _happened(term: GoalTerm) -> list[Fact]:
    lost = [Fact("lost", resource, impact) for resource, impact in term.lost]
    return lost + [Fact("performed", operation, target) for operation, target in term.performed]


def _enough(world: World, goal: Goal, way: tuple[GoalTerm, ...]) -> Iterator[Fact]:
    """So many records as `goal` asks for, where they can be counted: else what is lost is lost as a whole."""
    if goal.at_least is None or not metered(world):
        return
    for resource, impact in (pair for term in way for pair in term.lost):
        if impact == "confidentiality" and world.model.resources[resource].records:
            yield enough(resource, goal.at_least)


def _said(term: GoalTerm) -> str:
    return " + ".join([*map(str, _happened(term)), *([f"steered({term.steered})"] if term.steered else [])])


def _steered(world: World, way: tuple[GoalTerm, ...]) -> Iterator[tuple[str, tuple[Fact, ...]]]:
    """One that asks for steered agents is reached by words in any of their sessions; a stolen token misleads nobody."""
    agents = dict.fromkeys(term.steered for term in way if term.steered)
    for chosen in product(*(tuple(_words(world, agent)) for agent in agents)):
        yield "".join(f" by {fact.kind}({fact.subject})" for fact in chosen), chosen


def _words(world: World, agent: str) -> Iterator[Fact]:
    for name, reached in world.all_sessions.items():
        if agent in reached.session.identities:
            yield from (has(mode, name) for mode in world.steering)
