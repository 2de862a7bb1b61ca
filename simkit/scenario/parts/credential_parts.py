"""What a scenario file says of credentials."""

from __future__ import annotations

from pydantic import Field

from simkit.scenario import fields as f
from simkit.scenario.parts.identity_parts import ShortEntitlement
from simkit.scenario.parts.part import LEFT_OUT, Part
from simkit.scenario.parts.session_parts import RefreshPart, SessionPart


class CredentialPart(Part):
    """A secret or token that authenticates one identity."""

    identity: f.Name
    kind: str = ""
    ttl: f.Lifetime = LEFT_OUT
    """As documented; default never."""
    effective_ttl: f.Lifetime = LEFT_OUT
    """As measured; default: ttl."""
    binding: f.Binding = "bearer"
    use: f.CredentialUse = "login"
    """signing: the key of an issuer, which opens no session; who federates with the issuer believes what it signs."""
    audience: f.Names = Field(default_factory=list)
    """The tools that accept it; default: all."""
    managed: bool = True
    """false: a third party's fixed secret, which no grant policy governs."""
    session: SessionPart | None = None
    """How sessions behave that it opens; default: they end with it."""
    format: f.TokenFormat = "opaque"
    """jwt: checked where it is used, it lives to its end whatever is revoked."""
    ttl_kind: f.TtlKind = LEFT_OUT
    """absolute, idle, or {renewable: 7d}; default: as the catalogue says, else absolute."""
    refresh: RefreshPart | None = None
    """A refresh token that lies beside it."""
    revocation_unit: f.RevocationUnit = "token"
    """identity: to revoke one ends all of the identity's."""
    limited_to: list[ShortEntitlement] = LEFT_OUT
    """The most that this token carries; default: all that its identity may do."""
    claims: f.Claimed = ()
    """What it says of itself, for trust edges that ask."""
    note: str = ""
