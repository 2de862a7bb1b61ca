"""What a scenario file says of what nobody can change."""

from __future__ import annotations

from pydantic import Field

from simkit.scenario import fields as f
from simkit.scenario.parts.part import Part


class UnchangeablePart(Part):
    """What `simkit narrow` does not propose to change."""

    what: f.Globs
    """Globs of names: of roles, identities, credentials, resources, operations, trust edges (`ci -assume-> app`)."""
    why: str
    changes: f.ChangeKinds = Field(default_factory=list)
    """Kinds of change, each alone or with what is set (`add-condition approval`); default: all."""
