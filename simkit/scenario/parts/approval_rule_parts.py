"""What a scenario file says of how operations are approved."""

from __future__ import annotations

from pydantic import Field, model_validator

from simkit.scenario import fields as f
from simkit.scenario.parts.part import LEFT_OUT, Part
from simkit.scenario.units import MisfitError

MOST = 20
"""People that may be asked for one approval."""


class QuorumPart(Part):
    """How many people are asked, n, and how many of them must agree, k."""

    k: int = Field(ge=1, le=MOST)
    n: int = Field(ge=1, le=MOST)

    @model_validator(mode="after")
    def _enough(self) -> QuorumPart:
        if self.k > self.n:
            raise MisfitError(f"{self.k} of {self.n} people can never agree: write a k of at most {self.n}", "k")
        return self


class ApprovalRulePart(Part):
    """How operations are approved, wherever a policy or a condition asks for it."""

    covers: f.Names = Field(default_factory=list)
    """Operations, names or globs; default: all."""
    of: QuorumPart = LEFT_OUT
    """How many people are asked, and how many must agree; default: one."""
    blind: bool = False
    """They see something else than what is done, and approve whatever."""
    exempt: f.Names = Field(default_factory=list)
    """Roles: what they give needs nobody."""
    off_in: f.Names = Field(default_factory=list)
    """Tasks and environments in which nobody is asked."""
