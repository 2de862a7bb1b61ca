"""JSON as AWS hands it out: read at the speed of the standard library, places looked up only when one is shown.

A key that stands twice is refused: which of the two counts is not said, and policies of AWS must not have it.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import Any, NoReturn
from urllib.parse import unquote

from simkit.errors import InputError

SEARCHED = 1 << 20
"""The longest text in which a doubled key is looked for: nested a thousand levels deep, more would take minutes."""

_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()


class _TwiceError(Exception):
    """A key stands twice in one object."""


def unquoted(text: str) -> str:
    """The JSON of `text`, which IAM hands out URL-encoded in some answers and plain in others."""
    return unquote(text) if text.lstrip()[:3].upper() == "%7B" else text


def read_json(text: str, file: str) -> Any:
    """What the JSON in `text` says; messages call it `file`.

    Raises InputError, with line and column, for a text that is not JSON, has a key twice, or nests too deeply.
    """
    try:
        return json.loads(text, object_pairs_hook=_unique, parse_constant=_constant)
    except json.JSONDecodeError as error:
        reason = f"{error.msg[:1].lower()}{error.msg[1:]}"
        raise InputError(f"{file}:{error.lineno}:{error.colno}: this is not JSON, {reason}: mend it here") from None
    except _TwiceError as error:
        key = str(error)
        raise InputError(f"{_place_of_twice(text, file, key)}: the key {key[:60]!r} stands twice: remove one") from None
    except RecursionError:
        raise InputError(f"{file}: the JSON is nested too deeply to be read: no export nests so far") from None
    except ValueError as error:  # a number with thousands of digits, or NaN
        raise InputError(f"{file}: a number cannot be read ({str(error)[:80]}): write a plain number") from None


def located(text: str, where: Sequence[str | int]) -> tuple[int, int]:
    """Line and column (from 1) of what `where` leads to in the JSON `text`, or of the deepest thing on the way.

    >>> located('{"Statement": [\\n  {"Effect": "Allow"}]}', ("Statement", 0))
    (2, 3)
    """
    position = _skip(text, 0)
    for part in where:
        step = next((start for key, _, start in _entries(text, position) if key == part), None)
        if step is None:
            break
        position = step
    return _line_column(text, position)


def spanned(text: str, where: Sequence[str | int]) -> tuple[int, int]:
    """Where the value begins and ends that `where` leads to in the JSON `text`. Raises KeyError if there is none.

    >>> spanned('{"Action": ["s3:*"]}', ("Action", 0))
    (12, 18)
    """
    position = _skip(text, 0)
    for part in where:
        step = next((start for key, _, start in _entries(text, position) if key == part), None)
        if step is None:
            raise KeyError(part)
        position = step
    return position, _DECODER.raw_decode(text, position)[1]


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _TwiceError(Counter(key for key, _ in pairs).most_common(1)[0][0])
    return found


def _constant(name: str) -> NoReturn:
    raise ValueError(name)


def _skip(text: str, position: int) -> int:
    match = _SPACE.match(text, position)
    return match.end() if match else position


def _entries(text: str, position: int) -> Iterator[tuple[str | int, int, int]]:
    """Key, place of the key, place of the value, for each entry of the object or list at `position` of a sound text.

    What lies inside a value is skipped by the standard library's reader, so one way down costs little.
    """
    if text[position : position + 1] not in ("{", "["):
        return
    named, index = text[position] == "{", 0
    position = _skip(text, position + 1)
    while text[position] not in "}]":
        key: str | int = index
        at_key = position
        if named:
            key, position = scanstring(text, position + 1, True)
            position = _skip(text, _skip(text, position) + 1)
        yield key, at_key, position
        position = _skip(text, _DECODER.raw_decode(text, position)[1])
        if text[position] == ",":
            position = _skip(text, position + 1)
        index += 1


def _place_of_twice(text: str, file: str, key: str) -> str:
    """Where `key` stands for the second time; the file alone where the text is too long, or unsound further on."""
    if len(text) > SEARCHED:
        return file
    try:
        position = next((place for name, place in _twice(text) if name == key), None)
    except (IndexError, ValueError, RecursionError):
        return file
    return file if position is None else _at(text, file, position)


def _twice(text: str) -> Iterator[tuple[str | int, int]]:
    """Name and place of each key that its object has already, outermost objects first."""
    waiting = [_skip(text, 0)]
    while waiting:
        seen: set[str | int] = set()
        for key, at_key, start in _entries(text, waiting.pop()):
            if key in seen:
                yield key, at_key
            seen.add(key)
            waiting.append(start)


def _line_column(text: str, position: int) -> tuple[int, int]:
    return text.count("\n", 0, position) + 1, position - text.rfind("\n", 0, position)


def _at(text: str, file: str, position: int) -> str:
    line, column = _line_column(text, position)
    return f"{file}:{line}:{column}"
