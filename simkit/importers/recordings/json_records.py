"""The values of a log: one JSON text, or one a line; with sentences for what is neither."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from simkit.errors import Problem, ScenarioError
from simkit.importers.source_file import SourceFile, plain_json
from simkit.scenario.places import DEEPEST, FORBIDDEN, Point, forbidden, point, stop

LINES = (".jsonl", ".ndjson", ".log")
"""How files are called that hold a value a line."""


def records(file: SourceFile) -> Iterator[Any]:
    """The values in `file`: those of a list one by one. Raises ScenarioError where it cannot be read.

    A last line that is cut short is passed over: logs are copied while they are written.
    """
    _checked(file)
    text = file.text
    if is_lines(file):
        yield from _lines(file)
        return
    try:
        value = _read(text)
    except _BrokenError as broken:
        without = plain_json(text)
        if without != text:
            yield from records(replace(file, text=without))
            return
        raise stop(file.path, point(text, broken.at), broken.why) from None
    yield from value if isinstance(value, list) else [value]


def is_lines(file: SourceFile) -> bool:
    """True if it has a value a line: by its name, or because the first line is whole and there are more."""
    if file.plain_path.endswith(LINES):
        return True
    first, _, rest = file.text.lstrip().partition("\n")
    if not rest.strip() or not first.startswith("{") or not first.rstrip().endswith("}"):
        return False
    try:
        _read(first)
    except _BrokenError:
        return False
    return True


class _BrokenError(Exception):
    """A text that is not JSON: where, and why."""

    def __init__(self, at: int, why: str) -> None:
        super().__init__(why)
        self.at = at
        self.why = why


def _read(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        raise _BrokenError(error.pos, f"this is not JSON ({error.msg}): check the file") from None
    except RecursionError:
        raise _BrokenError(0, f"this nests more than {DEEPEST} levels deep: flatten it") from None
    except ValueError:
        raise _BrokenError(0, "this holds a number with too many digits: write a shorter one") from None


def _no_number(_: str) -> None:
    return None


def _checked(file: SourceFile) -> None:
    found = FORBIDDEN.search(file.text)
    if found:
        raise stop(file.path, point(file.text, found.start()), forbidden(found[0]))


def _lines(file: SourceFile) -> Iterator[Any]:
    lines = file.text.split("\n")
    last = max((number for number, line in enumerate(lines) if line.strip()), default=-1)
    for number, line in enumerate(lines):
        if not line.strip():
            continue
        try:
            yield _read(line)
        except _BrokenError as broken:
            if number == last and number:
                return
            where = Point(number, broken.at)
            raise ScenarioError([Problem((), broken.why, file.path, where.line + 1, where.column + 1)]) from None
