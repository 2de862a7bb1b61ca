"""What a scenario file says of who attacks."""

from __future__ import annotations

from pydantic import Field

from simkit.scenario import fields as f
from simkit.scenario.parts.part import LEFT_OUT, Part


class AttackerPart(Part):
    """Who attacks; default: whoever takes whatever there is, at once."""

    aims_at: f.Names = Field(default_factory=list)
    """Goals: only what can help to reach one of them is done."""
    tries: f.Tries = LEFT_OUT
    """How often what may fail is tried: once, or each-time a task runs."""
    retry: f.Horizon = LEFT_OUT
    """How soon who tries each time makes a call again that was refused; default: never."""
