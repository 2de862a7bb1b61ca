"""What leaks: credentials as tokens, and how long they live."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Required, TypedDict

from simkit.distributions import Distribution
from simkit.model import Credential, Refresh
from simkit.policies.dials import GrantPolicy
from simkit.session_catalogue import session_behaviour


class Life(TypedDict, total=False):
    """How long a token lives, as fields of it."""

    ttl: Required[float | None]
    run: Distribution | None
    rotates: float | None
    renewed: float | None


REFRESH = "refresh of "
"""What the name of a refresh token begins with; the name of the token beside which it lies follows."""
NO_TASK_TTL = 3600.0
"""Seconds that a token lives under `expiry: completion` where its identity declares no task (our assumption)."""


@dataclass(frozen=True, slots=True)
class Token:
    """What leaks: a credential as the policy issues it. `ttl` is in seconds, None for ever.

    One that lives as long as a run whose length varies has a `run`, of which `ttl` is the mean; one that `rotates` ends
    when its secret is changed next, on a schedule with a period of so many seconds, and has no ttl besides. Who uses it
    before that keeps it alive for `renewed` more (None for ever). A `refresh` token lies `beside` another one, as
    does what a role for a time adds to it.
    `share` weighs it against the other tokens of its credential (rate x duration of its task); `rate` is how often a
    fresh one is issued, a second (0: it is always there); `managed` is False where no grant policy rules it.
    """

    name: str
    credential: str
    identity: str
    sessions: tuple[str, ...]
    ttl: float | None
    binding: str
    share: float = 1.0
    rate: float = 0.0
    managed: bool = True
    run: Distribution | None = None
    rotates: float | None = None
    renewed: float | None = 0.0
    refresh: bool = False
    beside: str = ""

    @property
    def longest(self) -> float | None:
        """Seconds that it lives at most, of a run that varies on average; None for ever."""
        return self.rotates if self.ttl is None else self.ttl


def lives_by_itself(leaf: GrantPolicy) -> bool:
    """True if the life of a token is its credential's own: the policy sets none."""
    return leaf.expiry == "ttl" and leaf.ttl is None


def refreshing(refresh: Refresh, token: Token) -> Token:
    """The refresh token that lies beside `token` and brings the same sessions."""
    binding = refresh.binding or token.binding
    name, life = f"{REFRESH}{token.name}", Life(ttl=refresh.ttl, run=None, rotates=None, renewed=0.0)
    return replace(token, name=name, binding=binding, share=0.0, refresh=True, beside=token.name, **life)


def finite(seconds: float) -> float | None:
    return None if math.isinf(seconds) else seconds


def renewal(credential: Credential) -> float:
    """For how many seconds beyond its ttl who uses `credential` keeps it alive: an idle one for ever.

    >>> renewal(Credential("ticket", "ann", ttl=36000.0, ttl_kind="renewable", renewable=604800.0))
    568800.0
    """
    terms = credential.session
    kind = credential.ttl_kind or (session_behaviour(terms.like).ttl_kind if terms and terms.like else "absolute")
    if kind not in ("idle", "renewable"):
        return 0.0
    return math.inf if credential.renewable is None else max(credential.renewable - lifetime(credential), 0.0)


def mean(duration: Distribution) -> float:
    return duration.mean


def lifetime(credential: Credential) -> float:
    """How long `credential` really lives, in seconds: as measured, else as documented; infinity for ever.

    >>> lifetime(Credential("k", "ci", ttl=7200.0, effective_ttl=259200.0))
    259200.0
    """
    measured = credential.effective_ttl if credential.effective_ttl is not None else credential.ttl
    return math.inf if measured is None else measured


def elevated(token: Token, name: str, session: str, ttl: float, rate: float) -> Token:
    """What a role that is active for `ttl` seconds adds to `token`: `session`, for as long, and no longer than a token
    lives. It lies beside the token, and is issued anew `rate` times a second."""
    made = replace(token, name=name, sessions=(session,), share=0.0, rate=rate, beside=token.name, renewed=0.0)
    if token.rotates is not None and token.rotates <= ttl:
        return made
    if token.ttl is not None and token.ttl <= ttl:
        return made
    return replace(made, ttl=ttl, run=None, rotates=None)
