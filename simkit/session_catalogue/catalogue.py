"""The catalogue that is shipped with the package: looked up by name, and shown as tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from simkit.errors import QuestionError, in_short, nearest
from simkit.session_catalogue.behaviour import Observation, Probe, Reaction, SessionBehaviour, Survival
from simkit.session_catalogue.shares import shares
from simkit.table import Table

EVENT_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "on_expiry": "expired",
        "on_revoke": "revoked",
        "on_disable": "disabled",
        "on_delete": "deleted",
        "on_entitlement_removed": "entitlement",
        "on_role_removed": "role",
    }
)
"""Each event as the head of a column: the secret revoked or rotated, the entitlement or the role taken away."""
NOT_MEASURED = "-"
ELSEWHERE = "*"
"""Marks a cell that has exceptions."""
LEGEND = (
    "After the credential expired, was revoked or rotated, its account was disabled or deleted, its right taken away."
)


def session_behaviours() -> Mapping[str, SessionBehaviour]:
    """What real systems do with an open session when its credential or its right goes, by the system's name.

    Measured on real servers, each value with its version, its date and what was seen; or documented by its vendor, with
    the pages (`sources`), where nobody can measure it.

    >>> session_behaviours()["postgresql-15"].on_expiry.operation.kind
    'survives'
    """
    return _shipped()


def session_behaviour(name: str) -> SessionBehaviour:
    """What the system called `name` does with its open sessions. Raises QuestionError for a name that is not known.

    >>> session_behaviour("nats-2.9").on_delete.stream.kind
    'ends'
    """
    known = session_behaviours()
    if not isinstance(name, str) or name not in known:
        raise QuestionError(f"the session catalogue has no system {in_short(name)}: {nearest(name, known)}")
    return known[name]


@cache
def _shipped() -> Mapping[str, SessionBehaviour]:
    from simkit.session_catalogue.catalogue_file import read_catalogue  # here, so that pydantic loads only for who asks

    room = files("simkit.session_catalogue")
    texts = ((name, room.joinpath(name).read_text("utf-8")) for name in ("catalogue.json", "documented.json"))
    return MappingProxyType({name: one for file, text in texts for name, one in read_catalogue(text, file).items()})


@dataclass(frozen=True, slots=True)
class SessionCatalogue:
    """Systems of the catalogue as an answer: of several, a row each; of one, everything."""

    systems: tuple[SessionBehaviour, ...]

    @property
    def summary(self) -> str:
        """What is in it, in a sentence or two."""
        if len(self.systems) == 1:
            return _about(self.systems[0])
        expired = next(share for share in shares(self.systems) if share.event == "on_expiry")
        measured = sum(one.is_measured for one in self.systems)
        documented = len(self.systems) - measured
        more = f" {documented} more are told as their vendors document them." if documented else ""
        return (
            f"What {measured} systems do with an open session when its credential or its right goes. After expiry, its "
            f"next operation goes on in {expired.goes_on} of the {expired.known} systems that know expiry.{more}"
        )

    def tables(self) -> tuple[Table, ...]:
        """The systems and how often a session goes on; of one system, its events and what was seen."""
        if len(self.systems) == 1:
            return (_events(self.systems[0]), _observations(self.systems[0]))
        documented = (self.documented_table(),) if any(not one.is_measured for one in self.systems) else ()
        return (self.operations_table(), self.streams_table(), self.shares_table(), *documented)

    def operations_table(self) -> Table:
        """Each system that was measured, with what the next operation of an open session does after each event."""
        measured = [one for one in self.systems if one.is_measured]
        rows = [(one.name, one.version, one.date, one.ttl_kind, *_cells(one, "operation")) for one in measured]
        columns = ("system", "version", "date", "ttl", *EVENT_WORDS.values())
        return Table(columns, rows, title="The next operation of an open session", note=LEGEND)

    def documented_table(self) -> Table:
        """Each system that nobody measured, with what its vendor's pages say of the next operation."""
        documented = [one for one in self.systems if not one.is_measured]
        rows = [(one.name, one.date, one.ttl_kind, *_cells(one, "operation")) for one in documented]
        columns = ("system", "read", "ttl", *EVENT_WORDS.values())
        return Table(columns, rows, title="Documented by the vendor, measured by nobody", note=LEGEND)

    def streams_table(self) -> Table:
        """Each system in which a stream was measured, with what an open one does after each event."""
        rows = [(one.name, *_cells(one, "stream")) for one in self.systems]
        measured = [row for row in rows if set(row[1:]) != {NOT_MEASURED}]
        return Table(("system", *EVENT_WORDS.values()), measured, title="An open stream", note=LEGEND)

    def shares_table(self) -> Table:
        """In how many systems an open session goes on, by event."""
        rows = [(EVENT_WORDS[one.event], one.of, f"{one.goes_on} of {one.known}") for one in shares(self.systems)]
        note = "An operation goes on after expiry also where who holds the session extends its time to live."
        return Table(("event", "open", "goes on in"), rows, title="How often an open session goes on", note=note)

    def to_dict(self) -> dict[str, Any]:
        """The systems and the shares as JSON takes them."""
        return {
            "systems": {one.name: _as_json(one) for one in self.systems},
            "shares": [
                {"event": one.event, "open": one.of, "goes_on": one.goes_on, "known": one.known}
                for one in shares(self.systems)
            ],
        }


def _about(one: SessionBehaviour) -> str:
    lives = "without a time to live" if one.ttl_kind == "none" else f"time to live {one.ttl_kind}"
    cut = f" Ended by: {one.cut_by}." if one.cut_by else ""
    note = f" {one.note}" if one.note else ""
    if not one.is_measured:
        pages = ", ".join(one.sources)
        return f"{one.name}: {one.product}, documented and not measured, {lives}.{cut}{note} Read {one.date}: {pages}."
    return f"{one.name}: {one.product} {one.version}, measured {one.date}, {lives}.{cut}{note}"


def _cells(one: SessionBehaviour, of: Probe) -> tuple[str, ...]:
    return tuple(_marked(reaction, of) for _, reaction in one.reactions())


def _marked(reaction: Reaction, of: Probe) -> str:
    survival: Survival | None = getattr(reaction, of)
    if survival is None:
        return NOT_MEASURED
    return f"{survival}{ELSEWHERE}" if any(one.of == of for one in reaction.exceptions()) else str(survival)


def _events(one: SessionBehaviour) -> Table:
    rows = [
        (EVENT_WORDS[event], _marked(reaction, "operation"), _marked(reaction, "stream"), reaction.new)
        for event, reaction in one.reactions()
    ]
    return Table(("event", "next operation", "open stream", "new session"), rows, title="Events")


def _observations(one: SessionBehaviour) -> Table:
    rows = [
        (EVENT_WORDS[event], seen.of, seen.when or "as a rule", seen.found, seen.grounding, "; ".join(seen.seen))
        for event, reaction in one.reactions()
        for seen in reaction.observations
    ]
    return Table(("event", "probe", "when", "found", "how", "seen"), rows, title="What was seen")


def _as_json(one: SessionBehaviour) -> dict[str, Any]:
    facts = {key: getattr(one, key) for key in ("product", "version", "date", "ttl_kind", "cut_by", "note")}
    facts |= {"sources": list(one.sources)} if one.sources else {}
    return {**facts, **{event: _reaction_as_json(reaction) for event, reaction in one.reactions()}}


def _reaction_as_json(reaction: Reaction) -> dict[str, Any]:
    return {
        "operation": None if reaction.operation is None else str(reaction.operation),
        "stream": None if reaction.stream is None else str(reaction.stream),
        "new": reaction.new,
        "observations": [_observation_as_json(one) for one in reaction.observations],
    }


def _observation_as_json(one: Observation) -> dict[str, Any]:
    return {"probe": one.of, "found": one.found, "when": one.when, "how": one.grounding, "seen": list(one.seen)}
