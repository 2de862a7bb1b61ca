"""What a scenario file says of who acts: identities, roles and their entitlements."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from simkit.scenario import fields as f
from simkit.scenario.parts.part import LEFT_OUT, Part


class EntitlementPart(Part):
    """Permission to perform operations on targets."""

    operation: f.Name
    """tool.operation, or a glob over those names."""
    targets: list[str] = Field(default_factory=list)
    """Names or globs; default: the operation's own targets (of a deny or a boundary: any)."""
    conditions: f.Conditions = Field(default_factory=list)
    """source (own runtime only), environment, approval."""
    excepting: list[str] = Field(default_factory=list, alias="except")
    """Names or globs of targets that it leaves out, with what lies in them."""


ShortEntitlement = Annotated[EntitlementPart, f.SHORT_OPERATION]
"""A bare text is an operation on all of its targets."""


class LimitedPart(Part):
    """What takes away from what somebody is given."""

    denies: list[ShortEntitlement] = Field(default_factory=list)
    """They beat every entitlement, also one gained later."""
    boundary: list[ShortEntitlement] = LEFT_OUT
    """The most that any entitlement can give; default: there is none."""


class IdentityPart(LimitedPart):
    """Someone or something that acts."""

    kind: f.IdentityKind = "service"
    stage: f.Stage = "inference"
    environment: f.Environment = "production"
    tier: f.Name = ""
    """Whose shared secret it would use; default: a tier of its own."""
    susceptibility: f.Chance = 0.0
    """The chance that a poisoned input steers it."""
    roles: f.Assignments = ()
    """Names, or {role: NAME, ttl: 8h}: a role that is active for a time, once it is."""
    entitlements: list[ShortEntitlement] = Field(default_factory=list)
    runtime_holds: f.Names = Field(default_factory=list)
    """Credentials of other identities in its runtime, and resources that lie there as files."""
    count: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    """How many are alike: one entry for twelve developers."""
    egress: f.Egress = "any"
    """any, or none: code in its runtime has no network of its own."""
    note: str = ""


class RolePart(LimitedPart):
    """A named set of entitlements."""

    entitlements: list[ShortEntitlement] = Field(default_factory=list)
    note: str = ""
