"""What a scenario file says of who acts: identities, roles and their entitlements."""

from __future__ import annotations

from pydantic import Field

from simkit.scenario import fields as f
from simkit.scenario.part import Part


class EntitlementPart(Part):
    """Permission to perform operations on targets."""

    operation: f.Name
    """tool.operation, or a glob over those names."""
    targets: list[str] = Field(default_factory=list)
    """Names or globs; default: the operation's own targets."""
    conditions: f.Conditions = Field(default_factory=list)
    """source (own runtime only), environment, approval."""


class IdentityPart(Part):
    """Someone or something that acts."""

    kind: f.IdentityKind = "service"
    stage: f.Stage = "inference"
    environment: f.Environment = "production"
    tier: f.Name = ""
    """Whose shared secret it would use; default: a tier of its own."""
    susceptibility: f.Chance = 0.0
    """The chance that a poisoned input steers it."""
    roles: f.Names = Field(default_factory=list)
    entitlements: list[EntitlementPart] = Field(default_factory=list)
    runtime_holds: f.Names = Field(default_factory=list)
    """Credentials of other identities in its runtime, and resources that lie there as files."""
    note: str = ""


class RolePart(Part):
    """A named set of entitlements."""

    entitlements: list[EntitlementPart] = Field(default_factory=list)
    note: str = ""
