"""What a scenario file says of those who respond, each to what they govern."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from simkit.scenario import fields as f
from simkit.scenario.parts.part import LEFT_OUT, Part
from simkit.scenario.parts.response_action_parts import ResponseActionPart
from simkit.scenario.units import MisfitError


def _something(names: list[str]) -> list[str]:
    if not names:
        raise MisfitError("a responder governs nothing: name an identity or a resource")
    return names


class ResponderPart(Part):
    """Somebody who responds to what befalls a part of the world, whatever the response dial."""

    governs: Annotated[f.Names, AfterValidator(_something)]
    """Identities, with their secrets, sessions and runtimes, and resources, with what was planted there."""
    delay: f.Delay = LEFT_OUT
    """From known to done; default: the remediation lag."""
    actions: list[Annotated[ResponseActionPart, f.SHORT_ACTION]] = Field(default_factory=list)
    """Default: as `response.actions`, else secrets are revoked."""
