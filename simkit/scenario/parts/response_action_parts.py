"""What a scenario file says of one thing that responders do."""

from __future__ import annotations

from pydantic import Field, model_validator

from simkit.model import MAY_MISS
from simkit.scenario import fields as f
from simkit.scenario.parts.part import LEFT_OUT, Part
from simkit.scenario.units import MisfitError


class ResponseActionPart(Part):
    """One thing that responders do; short forms: its name, or {name: {delay, chance, of}}."""

    action: f.ResponseActionKind
    delay: f.Delay = LEFT_OUT
    """From known to done; default: by the response dial."""
    chance: f.Chance = LEFT_OUT
    """That a given thing is not missed; default completeness, and 1 for sessions."""
    of: f.Names = Field(default_factory=list)
    """The credentials, identities or resources that it is done to; default: all."""

    @model_validator(mode="after")
    def _may_miss(self) -> ResponseActionPart:
        if self.chance is not None and self.action not in MAY_MISS:
            raise MisfitError(f"{self.action} is done to a whole account at once: remove `chance`", "chance")
        return self
