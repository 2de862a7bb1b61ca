"""How the sessions of a system behave: what an open one does when its credential or its right goes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from simkit.distributions import Distribution

BEFALLS: Mapping[str, str] = {
    "on_expiry": "",
    "on_revoke": "revoke-secret",
    "on_disable": "disable",
    "on_delete": "delete",
    "on_entitlement_removed": "remove-entitlement",
}
"""What can befall an open session, and the action of responders that does it; nobody needs to do the first."""
TOKEN_FORMATS = ("opaque", "jwt")
TTL_KINDS = ("absolute", "idle", "renewable")
REVOCATION_UNITS = ("token", "identity")


@dataclass(frozen=True, slots=True)
class Outliving:
    """What an open session does after an event: the server `ends` it, refuses its `next-use`, or it `survives`, for
    `time` after the event, or, where that is None, to its own end."""

    kind: Literal["ends", "next-use", "survives"]
    time: Distribution | None = None


@dataclass(frozen=True, slots=True)
class SessionEvents:
    """What a session does on each event; None where nothing is said."""

    on_expiry: Outliving | None = None
    on_revoke: Outliving | None = None
    on_disable: Outliving | None = None
    on_delete: Outliving | None = None
    on_entitlement_removed: Outliving | None = None


@dataclass(frozen=True, slots=True)
class SessionTerms(SessionEvents):
    """How sessions behave that are opened with a credential, along a trust edge, or at a tool.

    `like` names a system of the session catalogue, for what is not said here. `stream` is for what flows without being
    asked for, where that differs. `ttl` (seconds) is how long a session lives that survives; None is for ever. `cut_by`
    are the only actions of responders that end an open session at once; empty: to terminate sessions does.
    """

    like: str = ""
    stream: SessionEvents | None = None
    ttl: float | None = None
    cut_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refresh:
    """A refresh token that lies beside a token: its lifetime in seconds (None for ever), and what binds it (empty: as
    the token is bound)."""

    ttl: float | None = None
    binding: str = ""
