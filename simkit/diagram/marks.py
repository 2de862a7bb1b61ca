"""The boxes of a picture that a reader looks for first: where an attack starts, and what a goal protects."""

from __future__ import annotations

from collections.abc import Mapping

from simkit.diagram.diagram import Picture, default_group, picture
from simkit.errors import QuestionError, nearest
from simkit.model import Model
from simkit.model.export import GROUPS
from simkit.scenario import Scenario
from simkit.techniques.grounds import start_of

MOST_NODES = 240
"""Beyond so many boxes a picture is no longer read: alike things share one."""

ATTACK = "an attack starts"
JEWEL = "a goal protects"


def starts(scenario: Scenario) -> frozenset[str]:
    """Where its attacks start: `credential:NAME`, `resource:NAME`, `identity:NAME` or `tool:NAME`."""
    entries = scenario.entry_points.values()
    return frozenset(filter(None, map(start_of, entries)))


def jewels(scenario: Scenario) -> frozenset[str]:
    """The resources that its goals protect: `resource:NAME`."""
    return frozenset(f"resource:{resource}" for goal in scenario.goals.values() for resource in goal.resources)


def marked(scenario: Scenario, drawn: Picture) -> Mapping[str, frozenset[str]]:
    """For each mark the boxes of `drawn` that carry it; only boxes that stand for one thing do."""
    single = {node.id for node in drawn.nodes if node.count == 1}
    return {ATTACK: starts(scenario) & single, JEWEL: jewels(scenario) & single}


def pictured(world: Scenario | Model, group: str | None = None, most: int = MOST_NODES) -> Picture:
    """The picture of `world` of at most about `most` boxes; what a scenario marks keeps a box of its own.

    `group` is what a boundary is: `environment`, `tier` or `none`; None chooses what tells most. Raises QuestionError
    for an unknown group.
    """
    if group is not None and group not in GROUPS:
        raise QuestionError(f"a graph cannot be grouped by {group!r}: {nearest(group, GROUPS)}")
    model = world.model if isinstance(world, Scenario) else world
    apart = starts(world) | jewels(world) if isinstance(world, Scenario) else frozenset()
    return picture(model, group or default_group(model), most, apart)
