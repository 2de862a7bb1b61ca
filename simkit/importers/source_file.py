"""A file of another system, read once: its text, and the values in it with their places."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from simkit.errors import InputError, Problem, ScenarioError
from simkit.files import LARGEST, decoded, read
from simkit.importers.file_place import FilePlace
from simkit.importers.rules_document import read_rules
from simkit.importers.toml_document import read_toml
from simkit.scenario.json_parser import read_json
from simkit.scenario.parser import read_stream
from simkit.scenario.places import FORBIDDEN, Branch, Document, Place, forbidden, locate, point, stop

_JSON_ENDINGS = (".json", ".jsonc", ".json5", ".code-workspace")
PACKED = ".gz"
_GZIP = 31
"""What tells zlib that a gzip header stands before the data."""
HEADED = ".md"
_HEAD = re.compile(r"\A---[ \t]*\r?\n(.*?)^---[ \t]*$", re.DOTALL | re.MULTILINE)
"""What stands at the top of a page between two lines: YAML about it."""
_TRAILING = re.compile(r",(?=\s*[}\]])")
_STRING_OR_COMMENT = re.compile(r'"(?:[^"\\\n]|\\.)*"|//[^\n]*|/\*.*?\*/', re.DOTALL)


@dataclass(frozen=True)
class SourceDocument:
    """One value of a file, and where its parts stand."""

    file: str
    document: Document

    @property
    def value(self) -> Any:
        """The value."""
        return self.document.value

    @property
    def problems(self) -> list[Problem]:
        """What is wrong with it, though it could be read: keys that stand twice, tags, merge keys."""
        return self.document.problems

    @cached_property
    def place(self) -> Place:
        """Where its parts stand; found out only when it is asked for."""
        return self.document.places()

    def origin(self, where: tuple[str | int, ...] = ()) -> FilePlace:
        """The place of what the keys `where` lead to, or of the deepest thing on the way."""
        mark = locate(self.place, where)
        return FilePlace(self.file, mark.line + 1, mark.column + 1)


@dataclass(frozen=True)
class SourceFile:
    """A file; `named` if the user named it, and not only a folder above it."""

    path: str
    text: str = field(repr=False)
    named: bool = True

    @classmethod
    def opened(cls, path: str, named: bool = True) -> SourceFile:
        """The file at `path`, unpacked if it is compressed (`.gz`). Raises InputError for one that cannot be read."""
        data = read(path)
        return cls(path, decoded(unpacked(data, path) if path.endswith(PACKED) else data, path), named)

    @property
    def plain_path(self) -> str:
        """Its path without what says that it is compressed."""
        return self.path.removesuffix(PACKED)

    @cached_property
    def documents(self) -> tuple[SourceDocument, ...]:
        """Its values; a YAML file may have several, and an empty one has none. Raises ScenarioError."""
        found = FORBIDDEN.search(self.text)
        if found:
            raise stop(self.path, point(self.text, found.start()), forbidden(found[0]))
        if not self.text.strip():
            return ()
        return tuple(SourceDocument(self.path, each) for each in self._values() if not _is_empty(each))

    def _values(self) -> list[Document]:
        path = self.plain_path
        if path.endswith(".toml"):
            return [read_toml(self.text, self.path)]
        if path.endswith(HEADED):
            head = _HEAD.match(self.text)
            # an empty line stands for the first one, so that each line keeps its number
            return read_stream(f"\n{head[1]}", self.path) if head else []
        if path.endswith(".rules"):
            return [read_rules(self.text, self.path)]
        if path.endswith(_JSON_ENDINGS) or self.text.lstrip()[0] == "{":
            document = read_json(self.text, self.path, only=False)
            if document is None:  # perhaps with the comments that editors allow
                document = read_json(plain_json(self.text), self.path, only=path.endswith(_JSON_ENDINGS))
            if document is not None:
                return [document]
        return read_stream(self.text, self.path)

    @property
    def origin(self) -> FilePlace:
        """The whole file."""
        return FilePlace(self.path)


def unpacked(data: bytes, path: str) -> bytes:
    """What was compressed into `data` by gzip, all members of it.

    Raises InputError for what is no such file, is cut short, or would be larger than a file may be.
    """
    made: list[bytes] = []
    size = 0
    while data:
        reader = zlib.decompressobj(_GZIP)
        try:
            made.append(reader.decompress(data, LARGEST + 1 - size))
        except zlib.error:
            raise InputError(f"{path} is no gzip file: unpack it by hand to see what it is") from None
        size += len(made[-1])
        if size > LARGEST:
            raise InputError(f"{path} unpacks to more than {LARGEST >> 20} MiB: split it")
        if not reader.eof:
            raise InputError(f"{path} is cut short: copy it again")
        data = reader.unused_data
    return b"".join(made)


def _is_empty(document: Document) -> bool:
    return document.value is None and not isinstance(document.places(), Branch)


def plain_json(text: str) -> str:
    """`text` without the comments and commas that editors allow in JSON; every other character keeps its place.

    >>> plain_json('{"a": "//1", /* b */ "c": [2,], // d')
    '{"a": "//1",         "c": [2 ],     '
    """
    if "//" not in text and "/*" not in text and not _TRAILING.search(text):
        return text

    def blank(found: re.Match[str]) -> str:
        return found[0] if found[0][0] == '"' else re.sub(r"[^\n]", " ", found[0])

    without = _STRING_OR_COMMENT.sub(blank, text)
    pieces = re.split(r'("(?:[^"\\\n]|\\.)*")', without)
    return "".join(piece if index % 2 else _TRAILING.sub(" ", piece) for index, piece in enumerate(pieces))


def first_problem(error: ScenarioError) -> Problem:
    """The first mistake that `error` names."""
    return error.problems[0]
