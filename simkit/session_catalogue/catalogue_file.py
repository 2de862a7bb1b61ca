"""The file of the catalogue: strict models of what stands in it, and the values that they become."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from simkit.errors import InputError, nearest
from simkit.session_catalogue.behaviour import (
    EVENTS,
    Admission,
    Grounding,
    Observation,
    Probe,
    Reaction,
    SessionBehaviour,
    Survival,
    SurvivalKind,
    TtlKind,
)


class Strict(BaseModel):
    """A part of the file: no key that is unknown, no text where a number stands."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class SeenSurvival(Strict):
    """One observation of an open session: the cell's own first, then its exceptions.

    `seconds` is how long after the event a session that survives goes on, where that was seen.
    """

    found: SurvivalKind
    seconds: Annotated[float, Field(gt=0)] | None = None
    grounding: Grounding
    seen: list[str]
    when: str = ""


class SeenAdmission(Strict):
    """One observation of a new session."""

    found: Admission
    grounding: Grounding
    seen: list[str]
    when: str = ""


class Event(Strict):
    """What was seen after one event."""

    operation: list[SeenSurvival] = []
    stream: list[SeenSurvival] = []
    new: list[SeenAdmission] = []

    def reaction(self) -> Reaction:
        """The same, as a value."""
        seen: Mapping[Probe, list[SeenSurvival] | list[SeenAdmission]] = {
            "operation": self.operation,
            "stream": self.stream,
            "new": self.new,
        }
        return Reaction(
            operation=_plain(self.operation),
            stream=_plain(self.stream),
            new=self.new[0].found if self.new else None,
            observations=tuple(
                Observation(of, one.found, tuple(one.seen), one.grounding, one.when)
                for of, many in seen.items()
                for one in many
            ),
        )


class System(Strict):
    """One system."""

    product: str
    version: str
    date: str
    ttl_kind: TtlKind = "none"
    cut_by: str = ""
    note: str = ""
    sources: list[str] = []
    on_expiry: Event = Event()
    on_revoke: Event = Event()
    on_disable: Event = Event()
    on_delete: Event = Event()
    on_entitlement_removed: Event = Event()
    on_role_removed: Event = Event()

    def behaviour(self, name: str) -> SessionBehaviour:
        """The same, as a value that is called `name`."""
        facts = self.model_dump(exclude=set(EVENTS)) | {"sources": tuple(self.sources)}
        return SessionBehaviour(name, **facts, **{event: getattr(self, event).reaction() for event in EVENTS})


class CatalogueFile(Strict):
    """The whole file."""

    about: str
    systems: dict[str, System]


def read_catalogue(text: str, file: str = "catalogue.json") -> dict[str, SessionBehaviour]:
    """Each system in `text`, the JSON of a catalogue, by name. Raises InputError for the first thing that is wrong."""
    try:
        read = CatalogueFile.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        spot = ".".join(str(part) for part in first["loc"])
        unknown = first["type"] == "extra_forbidden"
        mend = nearest(first["loc"][-1], EVENTS) if unknown else first["msg"]
        raise InputError(f"{file}: {spot or 'the whole'}: {mend}") from error
    return {name: system.behaviour(name) for name, system in read.systems.items()}


def _plain(seen: list[SeenSurvival]) -> Survival | None:
    return Survival(seen[0].found, seen[0].seconds) if seen else None
