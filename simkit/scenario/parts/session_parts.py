"""What a scenario file says of sessions and refresh tokens."""

from __future__ import annotations

from pydantic import Field

from simkit.scenario import fields as f
from simkit.scenario.parts.part import LEFT_OUT, Part


class SessionEventsPart(Part):
    """What an open session does on each event."""

    on_expiry: f.Outlives = LEFT_OUT
    on_revoke: f.OutlivesAction = LEFT_OUT
    """Its secret is revoked, or rotated."""
    on_disable: f.OutlivesAction = LEFT_OUT
    on_delete: f.OutlivesAction = LEFT_OUT
    on_entitlement_removed: f.OutlivesAction = LEFT_OUT


class SessionPart(SessionEventsPart):
    """How sessions behave when what opened them goes."""

    like: f.System = ""
    """A system of the session catalogue."""
    stream: SessionEventsPart | None = None
    """What flows without being asked for, where that differs."""
    ttl: f.Lifetime = LEFT_OUT
    """Of a session that survives; default never."""
    cut_by: f.Actions = Field(default_factory=list)
    """The only actions of responders that end it at once; default terminate-sessions."""


class RefreshPart(Part):
    """A token that brings new ones."""

    ttl: f.Lifetime = LEFT_OUT
    """Default never."""
    binding: f.Binding = LEFT_OUT
    """Default: as the token's."""
