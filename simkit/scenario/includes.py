"""Parts of a scenario in files of their own: one document of them all, in which each thing knows its file."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from simkit.errors import InputError, Problem, ScenarioError
from simkit.files import decoded
from simkit.files import read as read_bytes
from simkit.scenario.ignores import Ignore
from simkit.scenario.parser import read
from simkit.scenario.places import Branch, Document, Mark, Place, Value
from simkit.scenario.units import shown

KEY = "include"
NAMED = (
    *("identities", "resources", "tools", "credentials", "roles", "tasks"),
    *("entry_points", "goals", "policies", "expect", "unknowns"),
)
"""Sections whose things have names: those of all files together, each name once."""
LISTED = ("trust", "unchangeable", "observed", "sources", "assumptions")
"""Sections that are lists: those of all files, one after the other."""
MOST_FILES = 1000
"""So many parts at most: a chain that never ends is a mistake."""


class FileMark(NamedTuple):
    """A mark in another file than the scenario's own."""

    line: int
    column: int
    file: str


@dataclass(frozen=True, slots=True)
class _Included:
    """A file that was read, and the places of its names that are taken already, which are left out."""

    document: Document
    value: dict[str, Value]


def joined(document: Document, folder: str | None) -> Document:
    """`document` with all that it includes, directly or in turn; itself where it includes nothing.

    `folder` is where its file lies; None where it came from none. What is wrong is among the `problems`.
    """
    value = document.value
    if not isinstance(value, dict) or KEY not in value:
        return document
    found = _Joining(document, value)
    found.take(document, value, folder, (document.file,))
    return found.whole()


class _Joining:
    """The files of one scenario, put together in the order in which they are included."""

    def __init__(self, document: Document, value: dict[str, Value]) -> None:
        self.document = document
        self.problems = list(document.problems)
        self.files: list[_Included] = [_Included(document, dict(value))]
        self.ignores: list[Ignore] = list(document.ignores)
        self._read = {os.path.realpath(document.file)}

    def take(self, document: Document, value: dict[str, Value], folder: str | None, chain: tuple[str, ...]) -> None:
        """Everything that the file `document` includes; `chain` are the files that led to it."""
        names = value.get(KEY)
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            if document is not self.document:
                said = f"`include` is {shown(names)} where a list of files is due: write [identities.yaml]"
                self._refuse(document, (KEY,), said)
            return  # in the scenario itself the format says so
        for index, name in enumerate(names):
            self._one(document, str(name), (KEY, index), folder, chain)

    def _refuse(self, document: Document, where: tuple[str | int, ...], message: str, *, key: bool = False) -> None:
        self.problems.append(document.located(Problem(where, message), key=key))

    def _one(
        self, by: Document, name: str, where: tuple[str | int, ...], folder: str | None, chain: tuple[str, ...]
    ) -> None:
        if folder is None:
            self._refuse(by, where, f"the file {name[:60]!r} is included, but this scenario is no file: write it here")
            return
        if os.path.isabs(name) or os.pardir in name.replace("\\", "/").split("/"):
            self._refuse(by, where, f"the file {name[:60]!r} does not lie beside the scenario or below: move it there")
            return
        path = os.path.join(folder, name)
        real = os.path.realpath(path)
        if real in map(os.path.realpath, chain):
            loop = " -> ".join(map(os.path.basename, (*chain, name)))
            self._refuse(by, where, f"{loop} is a cycle of `include`: remove one of them")
        elif real in self._read or len(self._read) > MOST_FILES:
            why = "is included twice" if real in self._read else f"is more than the {MOST_FILES} files that are read"
            self._refuse(by, where, f"the file {name[:60]!r} {why}: remove one")
        else:
            self._read.add(real)
            self._add(by, path, where, chain)

    def _add(self, by: Document, path: str, where: tuple[str | int, ...], chain: tuple[str, ...]) -> None:
        try:
            part = read(decoded(read_bytes(path), path), path)
        except ScenarioError as error:
            self.problems.extend(error.problems)
            return
        except InputError as error:
            self._refuse(by, where, str(error))
            return
        self.problems.extend(part.problems)
        if not isinstance(part.value, dict):
            said = (
                f"the file holds {shown(part.value)}: a part of a scenario is a mapping of sections, such as identities"
            )
            self._refuse(part, (), said)
            return
        self.ignores += [ignore.of_file(path) for ignore in part.ignores]
        self.files.append(_Included(part, dict(self._sections(part, part.value))))
        if KEY in part.value:
            self.take(part, part.value, os.path.dirname(path), (*chain, path))

    def _sections(self, part: Document, value: dict[str, Value]) -> Iterator[tuple[str, Value]]:
        """What a part may say, without the names that another file has already."""
        for key, inner in value.items():
            if key in NAMED and isinstance(inner, dict):
                yield key, {name: thing for name, thing in inner.items() if self._is_new(part, key, name)}
            elif key in LISTED and isinstance(inner, list):
                yield key, inner
            elif key in (*NAMED, *LISTED):
                due = "a mapping" if key in NAMED else "a list"
                self._refuse(part, (key,), f"`{key}` is {shown(inner)} where {due} is due: write one")
            elif key != KEY:
                allowed = ", ".join((*NAMED, *LISTED))
                self._refuse(
                    part, (key,), f"`{key}` has no place in a part of a scenario: move it; known: {allowed}", key=True
                )

    def _is_new(self, part: Document, section: str, name: str) -> bool:
        for other in self.files:
            there = other.value.get(section)
            if isinstance(there, dict) and name in there:
                first = other.document.located(Problem((section, name), ""), key=True)
                message = f"{name!r} stands twice in `{section}`, first in {first.file}:{first.line}: remove one"
                self._refuse(part, (section, name), message, key=True)
                return False
        return True

    def whole(self) -> Document:
        """All of it, as if it stood in one file."""
        value: dict[str, Any] = dict(self.files[0].value)
        for each in self.files[1:]:
            for key, inner in each.value.items():
                value[key] = _together(value.get(key), inner)
        files = tuple(self.files)
        origins = {file: lines for each in self.files for file, lines in each.document.origins.items()}
        problems, ignores = self.problems, tuple(self.ignores)
        return Document(self.document.file, value, cache(lambda: _places(files)), problems, ignores, origins)


def _together(here: Value, more: Value) -> Value:
    if isinstance(here, dict) and isinstance(more, dict):
        return {**here, **more}
    if isinstance(here, list) and isinstance(more, list):
        return [*here, *more]
    return more if here is None else here


def _places(files: Sequence[_Included]) -> Place:
    """Where everything stands, each thing in its own file."""
    root = files[0].document.places()
    if not isinstance(root, Branch):
        return root
    whole = Branch(root.mark, dict(root.keys), dict(root.children), list(root.items))
    for each in files[1:]:
        part = _in_file(each.document.places(), each.document.file)
        if not isinstance(part, Branch):
            continue
        for key in each.value:
            more, here = part.children.get(key), whole.children.get(key)
            if isinstance(here, Branch) and isinstance(more, Branch):
                kept = {name: place for name, place in more.children.items() if name not in here.children}
                keys = {name: mark for name, mark in more.keys.items() if name not in here.keys}
                whole.children[key] = Branch(
                    here.mark, {**here.keys, **keys}, {**here.children, **kept}, [*here.items, *more.items]
                )
            elif more is not None and here is None:
                whole.keys[key], whole.children[key] = part.keys[key], more
    return whole


def _in_file(place: Place, file: str) -> Place:
    """`place` and all below, with marks that name `file`."""
    if not isinstance(place, Branch):
        return _marked(place, file)
    return Branch(
        _marked(place.mark, file),
        {key: _marked(mark, file) for key, mark in place.keys.items()},
        {key: _in_file(below, file) for key, below in place.children.items()},
        [_in_file(below, file) for below in place.items],
    )


def _marked(mark: Mark, file: str) -> FileMark:
    return FileMark(mark.line, mark.column, file)
