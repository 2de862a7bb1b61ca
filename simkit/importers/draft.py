"""A scenario that is being put together from files, thing by thing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from simkit.importers.asked_of_token import AskedOfToken
from simkit.importers.file_place import FilePlace
from simkit.importers.imported import REACH, Assumed, Imported, Untranslated
from simkit.importers.source_file import SourceFile


class Draft:
    """Collects what an importer finds; `done` is the frozen result."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.sections: dict[str, dict[str, dict[str, Any]]] = {}
        self.origins: dict[tuple[str, ...], FilePlace] = {}
        self.read: dict[str, int] = {}
        self.observed: list[dict[str, Any]] = []
        self.unchangeable: list[dict[str, Any]] = []
        self.asked: dict[tuple[str, str], list[AskedOfToken]] = {}
        """What trust policies ask of tokens, by issuer and role: a statement each."""
        self.beside: Mapping[str, Draft] = {}
        """What files of other kinds gave: an importer that joins names their things in place of its own."""
        self.seen: Sequence[SourceFile] = ()
        """Files of other kinds that an importer looks into, and that stay theirs."""
        self.given: list[tuple[str, str]] = []
        """(variable, credential): what agents find in their environment."""
        self._trust: dict[tuple[str, ...], dict[str, Any]] = {}
        self._assumed: dict[Assumed, None] = {}
        self._untranslated: dict[Untranslated, None] = {}

    def put(self, section: str, name: str, said: dict[str, Any], origin: FilePlace | None = None) -> dict[str, Any]:
        """Add `name` to `section` as the scenario file says it; the first one stays where the name is taken."""
        found = self.sections.setdefault(section, {}).setdefault(name, said)
        if origin is not None:
            self.origins.setdefault((section, name), origin)
        return found

    def trace(self, section: str, name: str, item: str, origin: FilePlace) -> None:
        """Tell where an operation comes from that the thing `name` has, or is entitled to."""
        self.origins.setdefault((section, name, item), origin)

    def has(self, section: str, name: str) -> bool:
        """True if there is a thing of this name."""
        return name in self.sections.get(section, {})

    def trusts(self, source: str, target: str, kind: str, place: FilePlace | None = None, **more: Any) -> None:
        """Add a trust edge, once, and where it comes from."""
        self._trust.setdefault((source, target, kind), {"from": source, "to": target, "kind": kind, **more})
        if place is not None:
            self.origins.setdefault(("trust", source, kind, target), place)

    def assume(self, about: str, taken: str, why: str, decides: str = REACH) -> None:
        """Tell that no file says this, what was taken in its place, and what that decides."""
        self._assumed[Assumed(about, taken, why, decides)] = None

    def fix(self, what: Iterable[str], why: str, *changes: str) -> None:
        """Tell that nobody can change the things whose names fit `what`, by `changes`; none named, by any."""
        named = list(dict.fromkeys(what))
        if named:
            self.unchangeable.append({"what": named, "why": why, **({"changes": list(changes)} if changes else {})})

    def leave(self, origin: FilePlace, what: str, why: str) -> None:
        """Tell that `what`, at `origin`, is not in the scenario, and why."""
        self._untranslated[Untranslated(origin, what, why)] = None

    def count(self, file: str, number: int = 1) -> None:
        """So many things more were read from `file`."""
        self.read[file] = self.read.get(file, 0) + number

    def done(self, unseen: tuple[str, ...] = ()) -> Imported:
        """What was collected."""
        sections: Mapping[str, dict[str, dict[str, Any]]] = {
            section: dict(things) for section, things in self.sections.items() if things
        }
        return Imported(
            self.kind,
            sections,
            tuple(self._trust.values()),
            dict(self.origins),
            dict(self.read),
            tuple(self._assumed),
            tuple(sorted(self._untranslated)),
            unseen,
            tuple(self.observed),
            tuple(dict.fromkeys(self.given)),
            tuple(each.done() for each in self.beside.values()),
            tuple(self.unchangeable),
            {ends: tuple(of) for ends, of in self.asked.items()},
        )
