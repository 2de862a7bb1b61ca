"""JSON to values and places: the standard library's parser where nothing is wrong, our own where something is.

`json` is fast and keeps no positions, so a text is read a second time, with positions, only when there is a mistake to
be shown. Both readers take the same texts and find the same values.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import Any

from simkit.errors import Problem, ScenarioError
from simkit.scenario.parser import real, whole
from simkit.scenario.places import DEEPEST, FORBIDDEN, Branch, Document, Place, Point, Value, forbidden, refusal, stop

_ESCAPES = re.compile(r"\\[ubf]")
_SPACE = re.compile(r"[ \t\r\n]*")
_NUMBER = re.compile(r"(-?(?:0|[1-9][0-9]*))(\.[0-9]+)?([eE][-+]?[0-9]+)?", re.ASCII)
_WORD = re.compile(r"[A-Za-z]+")
_LINE_END = re.compile(r"\r\n|\n|\r")
_CONSTANTS: dict[str, Value] = {"true": True, "false": False, "null": None}


class _CarefulError(Exception):
    """The text needs the careful reader."""


def read_json(text: str, file: str, *, only: bool) -> Document | None:
    """What the JSON in `text` says; None where it is not JSON, unless `only` JSON will do.

    Raises ScenarioError, for a text that must be JSON and is not, or nests too deeply.
    """
    try:
        value = _quick(text)
    except json.JSONDecodeError:
        if not only:
            return None
    except (_CarefulError, RecursionError):
        pass
    else:
        return Document(file, value, lambda: _JsonReader(text, file).document().places())
    try:
        return _JsonReader(text, file).document()
    except ScenarioError:
        if only:
            raise
        return None


def _quick(text: str) -> Value:
    if _ESCAPES.search(text):
        raise _CarefulError
    value: Value = json.loads(
        text, object_pairs_hook=_unique, parse_int=_integer, parse_float=_float, parse_constant=_constant
    )
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _CarefulError
    return found


def _integer(text: str) -> int:
    try:
        return whole(text)
    except ValueError:
        raise _CarefulError from None


def _float(text: str) -> float:
    try:
        return real(text)
    except ValueError:
        raise _CarefulError from None


def _constant(_: str) -> Value:
    raise _CarefulError


class _JsonReader:
    """Recursive descent over one text, at most `DEEPEST` levels deep."""

    def __init__(self, text: str, file: str) -> None:
        self.text = text
        self.file = file
        self.problems: list[Problem] = []
        self._starts = [0, *(match.end() for match in _LINE_END.finditer(text))]
        self._depth = 0

    def document(self) -> Document:
        """The whole text. Raises ScenarioError."""
        value, place, end = self._value(self._skip(0))
        end = self._skip(end)
        if end < len(self.text):
            raise self._stop(end, "something follows the closing bracket: remove it")
        return Document(self.file, value, lambda: place, self.problems)

    def _skip(self, position: int) -> int:
        match = _SPACE.match(self.text, position)
        return match.end() if match else position

    def _at(self, position: int) -> Point:
        line = bisect_right(self._starts, position) - 1
        return Point(line, position - self._starts[line])

    def _stop(self, position: int, message: str) -> Exception:
        return stop(self.file, self._at(min(position, len(self.text))), f"this is not JSON, {message}", self.problems)

    def _refuse(self, position: int, message: str) -> None:
        self.problems.append(refusal(self.file, self._at(position), message))

    def _value(self, position: int) -> tuple[Value, Place, int]:
        character = self.text[position : position + 1]
        if character == "{":
            return self._nested(position, self._mapping)
        if character == "[":
            return self._nested(position, self._list)
        if character == '"':
            text, end = self._string(position)
            return text, self._at(position), end
        return self._atom(position)

    def _nested(self, position: int, read: Any) -> tuple[Value, Place, int]:
        self._depth += 1
        if self._depth > DEEPEST:
            message = f"more than {DEEPEST} levels are nested here: no scenario needs so many"
            raise stop(self.file, self._at(position), message, self.problems)
        branch = Branch(self._at(position))
        value, end = read(position, branch)
        self._depth -= 1
        return value, branch, end

    def _mapping(self, position: int, branch: Branch) -> tuple[Value, int]:
        value: dict[str, Value] = {}
        position = self._skip(position + 1)
        if self.text.startswith("}", position):
            return value, position + 1
        while True:
            position = self._pair(position, value, branch)
            if self.text.startswith("}", position):
                return value, position + 1
            if not self.text.startswith(",", position):
                raise self._stop(position, "a comma or } is due here: add it")
            position = self._skip(position + 1)

    def _pair(self, position: int, value: dict[str, Value], branch: Branch) -> int:
        """Read a key and its value; the position after them."""
        if not self.text.startswith('"', position):
            raise self._stop(position, "a key in double quotes is due here: add it")
        start = position
        key, position = self._string(start)
        position = self._skip(position)
        if not self.text.startswith(":", position):
            raise self._stop(position, f"a colon is due after the key {key[:60]!r}: add it")
        found, place, position = self._value(self._skip(position + 1))
        if key in branch.keys:
            line = branch.keys[key].line + 1
            self._refuse(start, f"the key {key[:60]!r} stands twice, first on line {line}: remove one")
        else:
            branch.keys[key] = self._at(start)
            branch.children[key] = place
            value[key] = found
        return self._skip(position)

    def _list(self, position: int, branch: Branch) -> tuple[Value, int]:
        value: list[Value] = []
        position = self._skip(position + 1)
        if self.text.startswith("]", position):
            return value, position + 1
        while True:
            found, place, position = self._value(position)
            value.append(found)
            branch.items.append(place)
            position = self._skip(position)
            if self.text.startswith("]", position):
                return value, position + 1
            if not self.text.startswith(",", position):
                raise self._stop(position, "a comma or ] is due here: add it")
            position = self._skip(position + 1)

    def _string(self, position: int) -> tuple[str, int]:
        try:
            text, end = scanstring(self.text, position + 1, True)
        except json.JSONDecodeError as error:
            raise self._stop(error.pos, f"{error.msg[:1].lower()}{error.msg[1:]}: mend the text here") from None
        found = FORBIDDEN.search(text)
        if found:
            self._refuse(position, forbidden(found[0]))
            text = FORBIDDEN.sub("?", text)
        return text, end

    def _atom(self, position: int) -> tuple[Value, Place, int]:
        mark = self._at(min(position, len(self.text)))
        word = _WORD.match(self.text, position)
        if word and word[0] in _CONSTANTS:
            return _CONSTANTS[word[0]], mark, word.end()
        number = _NUMBER.match(self.text, position)
        if not number:
            raise self._stop(position, "a value is due here: write text in quotes, a number, a list or a mapping")
        try:
            value = real(number[0]) if number[2] or number[3] else whole(number[0])
        except ValueError as error:
            self._refuse(position, str(error))
            return None, mark, number.end()
        return value, mark, number.end()
