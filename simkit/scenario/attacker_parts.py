"""What a scenario file says of who attacks."""

from __future__ import annotations

from pydantic import Field

from simkit.scenario import fields as f
from simkit.scenario.part import Part


class AttackerPart(Part):
    """Who attacks; default: whoever takes whatever there is, at once."""

    aims_at: f.Names = Field(default_factory=list)
    """Goals: only what can help to reach one of them is done."""
