"""What a scenario file says of grant policies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field, create_model

from simkit.policies import DIALS
from simkit.scenario import fields as f
from simkit.scenario.parts.part import LEFT_OUT, Part


class SelectorPart(Part):
    """Which identities a policy governs: globs over these fields."""

    name: f.Globs = Field(default_factory=list)
    kind: f.Globs = Field(default_factory=list)
    stage: f.Globs = Field(default_factory=list)
    environment: f.Globs = Field(default_factory=list)
    tier: f.Globs = Field(default_factory=list)


class Extending(Part):
    """What a policy rests on."""

    extends: f.Name = "rbac"


if TYPE_CHECKING:  # a field for each row of DIALS, which a type checker cannot see
    Turned = Extending
else:
    Turned = create_model(
        "Turned", __base__=Extending, __module__=__name__, **{name: (f.dial(name), LEFT_OUT) for name in DIALS}
    )


class PolicyPart(Turned):
    """A grant policy: another one with some dials turned."""

    ttl: f.Lifetime = LEFT_OUT
    miss_rate: f.Chance = LEFT_OUT
    approved_for: f.Horizon = LEFT_OUT
    """How long an approval stands under `asked: time`; default an hour."""
    applies_to: SelectorPart = Field(default_factory=SelectorPart)
    otherwise: f.Name = ""
    """Governs the identities that applies_to leaves out; default static-secrets."""
    note: str = ""
