"""Random words about sessions, tokens and what responders do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from simkit.distributions import Exponential, Fixed
from simkit.model import (
    BEFALLS,
    MAY_MISS,
    RESPONSE_ACTIONS,
    Outliving,
    Refresh,
    ResponseAction,
    SessionEvents,
    SessionTerms,
)

DAY = 86400.0
ENDING = (Outliving("ends"), Outliving("next-use"))
SURVIVING = (Outliving("survives"), Outliving("survives", Fixed(600.0)), Outliving("survives", Fixed(7200.0)))
VARYING = Outliving("survives", Exponential(3600.0))
LIKE = ("", "", "", "postgresql-15", "krb5-1.20", "etcd-3.4-jwt", "nats-2.9", "redis-7.0")


@st.composite
def events(draw: st.DrawFn) -> dict[str, Outliving | None]:
    """What a session does on each event, where anything is said."""
    found = {event: draw(st.sampled_from((None, None, *ENDING, *SURVIVING))) for event in BEFALLS}
    if draw(st.booleans()):
        found["on_expiry"] = draw(st.sampled_from((None, VARYING)))
    return found


@st.composite
def terms(draw: st.DrawFn) -> SessionTerms | None:
    """What is said of sessions: mostly nothing."""
    if draw(st.integers(0, 2)):
        return None
    stream = draw(st.one_of(st.none(), st.builds(lambda said: SessionEvents(**said), events())))
    return SessionTerms(
        **draw(events()),
        like=draw(st.sampled_from(LIKE)),
        stream=stream,
        ttl=draw(st.sampled_from((None, 1800.0, 2 * DAY))),
        cut_by=draw(st.sampled_from(((), (), ("delete",), ("terminate-sessions", "disable")))),
    )


@st.composite
def token_words(draw: st.DrawFn) -> dict[str, Any]:
    """How a credential's ttl counts, where it is checked, and what lies beside it."""
    kind = draw(st.sampled_from(("", "", "absolute", "idle", "renewable")))
    beside = st.builds(Refresh, st.sampled_from((None, 7200.0)), st.sampled_from(("", "bearer", "sender-constrained")))
    return {
        "session": draw(terms()),
        "format": draw(st.sampled_from(("opaque", "opaque", "jwt"))),
        "ttl_kind": kind,
        "renewable": draw(st.sampled_from((7200.0, 2 * DAY))) if kind == "renewable" else None,
        "refresh": draw(st.one_of(st.none(), st.none(), beside)),
        "revocation_unit": draw(st.sampled_from(("token", "token", "identity"))),
    }


@st.composite
def response_actions(draw: st.DrawFn, names: Mapping[str, list[str]]) -> tuple[ResponseAction, ...]:
    """What responders do, or nothing said; `names` are those of the things that each kind of action is done to."""
    kinds = draw(st.lists(st.sampled_from(sorted(RESPONSE_ACTIONS)), max_size=4, unique=True))
    found = []
    for kind in kinds:
        things = names[RESPONSE_ACTIONS[kind]]
        found.append(
            ResponseAction(
                kind,
                draw(st.sampled_from((None, Fixed(0.0), Fixed(600.0), Exponential(600.0)))),
                draw(st.sampled_from((None, 0.5, 1.0))) if kind in MAY_MISS else None,
                draw(st.sampled_from(((), (), *((name,) for name in things)))),
            )
        )
    return tuple(found)


def ended(terms: SessionTerms | None) -> SessionTerms | None:
    """`terms` with `ends` wherever a session survives, by word or by what was measured of the system."""
    if terms is None:
        return None
    ends = dict.fromkeys(BEFALLS, ENDING[0])
    return replace(terms, **ends, stream=SessionEvents(**ends))
