"""A value in a file of another system, read part by part; what is not of the kind that it should be is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from simkit.importers.draft import Draft
from simkit.importers.file_place import FilePlace
from simkit.importers.source_file import SourceDocument
from simkit.scenario.units import shown

Where = tuple[str | int, ...]
_WILD = frozenset("*?[")
_YES = {True, "yes", "Yes", "YES", "on", "On", "ON", "y", "Y", "true", "True"}
"""What other systems read as true: their YAML is often that of 2005, in which `yes` is no text."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """What the keys `where` lead to in `document`; `draft` hears what is wrong with it."""

    document: SourceDocument
    draft: Draft
    value: Any
    where: Where = ()

    @property
    def origin(self) -> FilePlace:
        """Where it stands."""
        return self.document.origin(self.where)

    def under(self, key: str | int, value: Any) -> Excerpt:
        """The part of it under `key`."""
        return Excerpt(self.document, self.draft, value, (*self.where, key))

    def part(self, *keys: str) -> Excerpt:
        """The mapping that `keys` lead to, one below the other; an empty one where there is none."""
        found = self
        for key in keys:
            inner = found.value.get(key) if isinstance(found.value, dict) else None
            below = found.under(key, inner)
            found = below if isinstance(inner, dict) else below.refused("a mapping", {})
        return found

    def refused(self, wanted: str, instead: Any) -> Excerpt:
        """The same place with `instead`; told, unless nothing stood there."""
        if self.value is not None:
            self.draft.leave(self.origin, _named(self.where), f"it is {shown(self.value)} where {wanted} should be")
        return Excerpt(self.document, self.draft, instead, self.where)

    def items(self) -> Iterator[tuple[str, Excerpt]]:
        """The keys of a mapping, each with what is under it."""
        if isinstance(self.value, dict):
            for key, value in self.value.items():
                yield key, self.under(key, value)

    def each(self, key: str) -> Iterator[Excerpt]:
        """The mappings in the list under `key`."""
        for item in self.entries(key):
            if isinstance(item.value, dict):
                yield item
            else:
                item.refused("a mapping", {})

    def entries(self, key: str) -> Iterator[Excerpt]:
        """All that is in the list under `key`."""
        below = self.under(key, self.value.get(key) if isinstance(self.value, dict) else None)
        if isinstance(below.value, list):
            for index, item in enumerate(below.value):
                yield below.under(index, item)
        else:
            below.refused("a list", [])

    def texts(self, key: str) -> tuple[str, ...]:
        """The texts in the list under `key`."""
        found: list[str] = []
        for item in self.entries(key):
            if isinstance(item.value, str):
                found.append(item.value)
            else:
                item.refused("a text", "")
        return tuple(found)

    def text(self, key: str) -> str:
        """The text under `key`; empty where there is none."""
        found = self.value.get(key) if isinstance(self.value, dict) else None
        if isinstance(found, str):
            return found
        self.under(key, found).refused("a text", "")
        return ""

    def name(self, key: str) -> str:
        """The text under `key` as a name; empty, and told, where it has what globs are made of."""
        return self.under(key, self.text(key)).plain()

    def plain(self) -> str:
        """The text as a name; empty, and told, where it has what globs are made of."""
        if isinstance(self.value, str) and not set(self.value) & _WILD and self.value.isprintable():
            return self.value
        self.draft.leave(self.origin, _named(self.where), "no such thing can be called so")
        return ""

    def flag(self, key: str) -> bool | None:
        """True or false as `key` says, None where it says nothing."""
        found = self.value.get(key) if isinstance(self.value, dict) else None
        return None if found is None else isinstance(found, bool | str) and found in _YES

    def has(self, key: str) -> bool:
        """True if there is something under `key`."""
        return isinstance(self.value, dict) and self.value.get(key) is not None


def _named(where: Where) -> str:
    return ".".join(map(str, where)) or "the document"


def texts_in(value: Any) -> Iterator[str]:
    """Every text in `value`, however deep."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            yield each
        elif isinstance(each, dict):
            waiting += each.values()
        elif isinstance(each, list):
            waiting += each
