"""What a scenario file says of goals."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from simkit.scenario import fields as f
from simkit.scenario.part import Part


class LostPart(Part):
    """A resource and the impact by which it is lost."""

    resource: f.Name
    impact: f.Impact


class PerformedPart(Part):
    """An operation, and the target on which it must have been performed (default: any)."""

    operation: f.Name
    target: f.Name = ""


class GoalPart(Part):
    """What must not happen: reached when all of it is."""

    lost: list[Annotated[LostPart, f.SHORT_LOST]] = Field(default_factory=list)
    performed: list[Annotated[PerformedPart, f.SHORT_OPERATION]] = Field(default_factory=list)
    steered: f.Name = ""
    """An agent of which some session is the attacker's."""
    note: str = ""
