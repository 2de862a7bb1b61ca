"""The boxes of a picture that a reader looks for first: where an attack starts, and what a goal protects."""

from __future__ import annotations

from collections.abc import Mapping

from simkit.drawing.lanes import Picture
from simkit.scenario import Scenario

ATTACK = "an attack starts"
JEWEL = "a goal protects"
STARTS = {"leak": "credential", "poison": "resource", "compromise": "identity", "mistake": "identity"}
"""What kind of thing each kind of entry point starts at."""


def marked(scenario: Scenario, drawn: Picture) -> Mapping[str, frozenset[str]]:
    """For each mark the boxes of `drawn` that carry it; only boxes that stand for one thing do."""
    single = {node.id for node in drawn.nodes if node.count == 1}
    starts = {f"{STARTS[entry.kind]}:{entry.target}" for entry in scenario.entry_points.values() if entry.target}
    jewels = {f"resource:{resource}" for goal in scenario.goals.values() for resource, _ in goal.lost}
    return {ATTACK: frozenset(starts & single), JEWEL: frozenset(jewels & single)}
