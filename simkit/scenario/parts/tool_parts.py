"""What a scenario file says of tools and their operations."""

from __future__ import annotations

from pydantic import Field

from simkit.scenario import fields as f
from simkit.scenario import quota_units as quotas
from simkit.scenario.parts.part import LEFT_OUT, Part
from simkit.scenario.parts.response_parts import DetectionPart
from simkit.scenario.parts.session_parts import SessionPart
from simkit.scenario.undo_units import Undo


class OperationPart(Part):
    """One thing that a tool does."""

    effect: f.Effect
    targets: list[str] = Field(default_factory=list)
    """Default targets: resources, or identities for execute, assume, invoke, mint, grant, lift and silence."""
    duration: f.Delay = LEFT_OUT
    chance: f.Chance = 1.0
    role: f.Name = ""
    """Effect grant only: the role that it gives its target."""
    lifts: f.Restrictions = LEFT_OUT
    """Effect lift only: what it takes from its target: denies, boundary, approvals; default: all."""
    high_impact: bool = LEFT_OUT
    """Waits for a person under `context: approval`; default by effect."""
    stream: bool = False
    """It flows on without being asked for again."""
    answers: bool = True
    """Effect invoke: does who invokes get the answer?"""
    shows_itself: DetectionPart = LEFT_OUT
    """How it is noticed that this was performed, whatever the policy logs."""
    throughput: quotas.Throughput = LEFT_OUT
    """Records that it reads in a unit of time, for all who use it together; default: no limit."""
    undo: Undo = LEFT_OUT
    """How long what it did can be undone; default: as its target says."""
    restore: f.Horizon = LEFT_OUT
    """How long that takes."""
    note: str = ""


class ToolPart(Part):
    """An API that agents call."""

    operations: dict[f.Name, OperationPart] = Field(default_factory=dict)
    runs_as: f.Name = ""
    """Whose entitlements it uses itself (the confused deputy)."""
    general_purpose: bool = False
    """A shell or an HTTP client: an agent can use any token that it finds."""
    session: SessionPart | None = None
    """How sessions behave that are open at it; default: as what opened them says."""
    note: str = ""
