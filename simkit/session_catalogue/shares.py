"""How often an open session goes on after an event: counted over systems, never typed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from simkit.session_catalogue.behaviour import EVENTS, Reaction, SessionBehaviour


@dataclass(frozen=True, slots=True)
class Share:
    """In `goes_on` of `known` systems an open operation, or an open stream, goes on after `event`."""

    event: str
    of: Literal["operation", "stream"]
    goes_on: int
    known: int


def shares(systems: Iterable[SessionBehaviour]) -> Iterator[Share]:
    """For each event, and for operations and streams apart, in how many of `systems` an open one goes on.

    Systems that have no such event, or where nobody measured it, are not counted. After expiry an operation goes on too
    where who holds the session extends it (see `SessionBehaviour.outlives_its_ttl`).
    """
    every = tuple(one for one in systems if one.is_measured)
    for event in EVENTS:
        for of in ("operation", "stream"):
            known = [goes_on for one in every if (goes_on := _goes_on(one, event, of)) is not None]
            yield Share(event, of, sum(known), len(known))


def _goes_on(one: SessionBehaviour, event: str, of: str) -> bool | None:
    if event == "on_expiry" and of == "operation":
        return one.outlives_its_ttl
    reaction: Reaction = getattr(one, event)
    survival = reaction.stream if of == "stream" else reaction.operation
    return None if survival is None else survival.kind == "survives"
