"""What a scenario file says of resources."""

from __future__ import annotations

from pydantic import Field

from simkit.scenario import fields as f
from simkit.scenario import quota_units as quotas
from simkit.scenario.parts.part import LEFT_OUT, Part
from simkit.scenario.parts.response_parts import DetectionPart
from simkit.scenario.undo_units import Undo


class ValuePart(Part):
    """What losing a resource costs, in the scenario's own unit."""

    confidentiality: f.Worth = 0.0
    integrity: f.Worth = 0.0
    availability: f.Worth = 0.0


class ResourcePart(Part):
    """A thing that can be lost."""

    kind: f.ResourceKind = "data-store"
    value: ValuePart = Field(default_factory=ValuePart)
    holds: f.Names = Field(default_factory=list)
    """Credentials that lie in it."""
    recoverable_from: f.Names = Field(default_factory=list)
    """Its backups."""
    exposure: f.Exposure = "private"
    contains: f.Names = Field(default_factory=list)
    """Its children: what is done to it is done to them."""
    environment: f.Environment = ""
    shows_itself: DetectionPart = LEFT_OUT
    """How a change of it is noticed whatever the policy logs."""
    records: quotas.Records = LEFT_OUT
    """How many there are in it, for operations with a `throughput`; default: it is read as one."""
    undo: Undo = LEFT_OUT
    """How long a change of it, or its deletion, can be undone; default: never."""
    restore: f.Horizon = LEFT_OUT
    """How long that takes."""
    run_by: f.OneOrMoreNames = Field(default_factory=list)
    """Identities that execute it as code: whoever writes it runs in them when their tasks next run."""
    note: str = ""
