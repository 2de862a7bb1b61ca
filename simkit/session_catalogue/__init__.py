"""What real servers do with an open session when its credential expires, is revoked, or its right is taken away."""

from simkit.session_catalogue.behaviour import EVENTS, Observation, Reaction, SessionBehaviour, Survival
from simkit.session_catalogue.catalogue import SessionCatalogue, session_behaviour, session_behaviours
from simkit.session_catalogue.shares import Share, shares

__all__ = [
    "EVENTS",
    "Observation",
    "Reaction",
    "SessionBehaviour",
    "SessionCatalogue",
    "Share",
    "Survival",
    "session_behaviour",
    "session_behaviours",
    "shares",
]
