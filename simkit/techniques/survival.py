"""How long a session outlives what opened it: what the file says, else what was measured of a system, else it ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from simkit.attackgraph import ACTIONS
from simkit.distributions import Distribution, Fixed
from simkit.model import BEFALLS, SessionTerms, TrustEdge
from simkit.session_catalogue import session_behaviour

Outlives = tuple[float | None, ...]
"""Seconds for each of `ACTIONS`; None is for ever."""

APART = ("assume", "federate")
"""Trust edges along which a session is opened that is a thing of its own: it survives the end of what opened it (as
temporary credentials of AWS STS do)."""


@dataclass(frozen=True, slots=True)
class Survivals:
    """For how many seconds a session goes on after each event: 0 where it ends with it, None where it never does.

    `cut_by` are the only actions that end it at once; empty: to terminate sessions does.
    """

    on_expiry: float | Distribution | None = 0.0
    on_revoke: float | None = 0.0
    on_disable: float | None = 0.0
    on_delete: float | None = 0.0
    on_entitlement_removed: float | None = 0.0
    cut_by: tuple[str, ...] = ()

    @property
    def outlives(self) -> Outlives:
        """How long it outlives what each action ended; what was opened from a runtime ends when its code is evicted."""
        by_action = {action: getattr(self, event) for event, action in BEFALLS.items() if action}
        return tuple(0.0 if action in self.cut_by else by_action.get(action, 0.0) for action in ACTIONS)

    @property
    def cannot_be_terminated(self) -> bool:
        """True if to terminate sessions does not end it."""
        return bool(self.cut_by) and "terminate-sessions" not in self.cut_by


ENDS = Survivals()
Survive = Callable[[bool], Survivals]
"""What is said of a session, and of a stream (True) in it."""


def survivals(terms: SessionTerms | None, default: Survivals, *, stream: bool) -> Survivals:
    """What `terms` say of a session, or of a stream in it; `default` is for what neither they nor the system say that
    they are like."""
    if terms is None:
        return default
    found = {event: _after(terms, event, getattr(default, event), stream=stream) for event in BEFALLS}
    return Survivals(**found, cut_by=terms.cut_by or default.cut_by)


def along(edge: TrustEdge) -> Survive:
    """What becomes of a session that `edge` opened: it lives its ttl, which counts from the last moment at which it
    could be opened; one that is no thing of its own ends when responders end what opened it."""
    left = edge.ttl if edge.kind in APART else 0.0
    default = Survivals(edge.ttl, left, left, left, left)
    terms = edge.session
    if terms is not None and terms.ttl is None:
        terms = replace(terms, ttl=edge.ttl)
    return lambda stream: survivals(terms, default, stream=stream)


def _after(terms: SessionTerms, event: str, default: Any, *, stream: bool) -> Any:
    said = getattr(terms.stream, event) if stream and terms.stream is not None else None
    measured = _measured(terms, event, "stream") if stream and said is None else None
    said = said or measured or getattr(terms, event) or _measured(terms, event, "operation")
    if said is None:
        return default
    if said.kind != "survives":
        return 0.0
    return _seconds(said) if _seconds(said) is not None else terms.ttl


def _measured(terms: SessionTerms, event: str, probe: str) -> Any:
    return getattr(getattr(session_behaviour(terms.like), event), probe) if terms.like else None


def _seconds(said: Any) -> float | Distribution | None:
    """The time after the event that a word of the file, or a cell of the catalogue, gives."""
    time = getattr(said, "time", None)
    if isinstance(time, Fixed):
        return time.seconds
    return getattr(said, "seconds", None) if time is None else time
