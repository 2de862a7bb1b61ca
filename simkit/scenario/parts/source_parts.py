"""What a scenario file says of where its facts come from."""

from __future__ import annotations

from pydantic import Field

from simkit.scenario import fields as f
from simkit.scenario.parts.part import Part


class IncidentPart(Part):
    """What the public record says."""

    date: str
    kind: f.IncidentKind = "incident"
    hops: list[str] = Field(default_factory=list)
    reached: f.Names = Field(default_factory=list)
    """The goals that the public record says were reached."""
    lifetimes: str = ""
    detected: str = ""


class SourcePart(Part):
    """Where a fact comes from."""

    url: str
    grade: f.Grade = "S"
    """P own text, S secondary page, D derived, M from memory."""
    says: str = ""


class AssumptionPart(Part):
    """A number or a shape that no source gives."""

    about: str
    why: str
