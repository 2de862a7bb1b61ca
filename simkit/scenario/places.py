"""Where each key and value of a file stands, and the text that no file may hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from simkit.errors import Problem, ScenarioError
from simkit.scenario.ignores import Ignore
from simkit.scenario.origins import Origin, from_part

Value = dict[str, "Value"] | list["Value"] | str | int | float | bool | None

DEEPEST = 50
"""The deepest nesting that is read; the format itself needs eight levels."""

FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]")
"""Control characters but tab and line end, line separators that only some readers see, halves of surrogate pairs."""


class Mark(Protocol):
    """A place in a text; both count from 0."""

    @property
    def line(self) -> int:
        """The line."""

    @property
    def column(self) -> int:
        """The column, in characters."""


class Point(NamedTuple):
    """A mark of our own."""

    line: int
    column: int


@dataclass(slots=True)
class Branch:
    """Where a mapping or a list stands: its start, its keys and what is in it."""

    mark: Mark
    keys: dict[str, Mark] = field(default_factory=dict)
    children: dict[str, Place] = field(default_factory=dict)
    items: list[Place] = field(default_factory=list)

    def child(self, part: str | int) -> Place | None:
        """The place under a key or an index; None where there is none."""
        if isinstance(part, str):
            return self.children.get(part)
        return self.items[part] if 0 <= part < len(self.items) else None


Place = Branch | Mark


@dataclass(slots=True)
class Document:
    """A file as read: its value, its mistakes so far, and how to find out where a thing stands."""

    file: str
    value: Value
    places: Callable[[], Place]
    problems: list[Problem] = field(default_factory=list)
    ignores: tuple[Ignore, ...] = ()
    origins: Mapping[str, Mapping[int, tuple[Origin, ...]]] = field(default_factory=dict)
    """By file and line (from 0): where the lines of imported parts come from."""

    def located(self, problem: Problem, *, key: bool = False) -> Problem:
        """`problem` with the line and column of its value (of its `key`), or of the deepest thing on the way to it."""
        mark = locate(self.places(), problem.where, key=key)
        return Problem(problem.where, problem.message, self.file_of(mark), mark.line + 1, mark.column + 1)

    def file_of(self, mark: Mark) -> str:
        """The file in which `mark` stands: one that is included, or this."""
        return str(getattr(mark, "file", self.file))

    def origin_of(self, mark: Mark) -> Origin:
        """Where what stands at `mark` comes from: in an imported part the first place in the files that were imported,
        else `mark` itself."""
        found = self.origins_of(mark)
        return found[0] if found else (self.file_of(mark), mark.line + 1, mark.column + 1)

    def origins_of(self, mark: Mark) -> tuple[Origin, ...]:
        """All places in files that were imported from which what stands at `mark` comes; none of what was not."""
        file = self.file_of(mark)
        found = self.origins.get(file, {}).get(mark.line, ())
        return tuple((from_part(file, name), line, column) for name, line, column in found)


def locate(place: Place, where: Sequence[str | int], *, key: bool = False) -> Mark:
    """The mark of what `where` leads to, or of the deepest thing on the way that exists."""
    for depth, part in enumerate(where):
        if not isinstance(place, Branch):
            return place
        if key and depth == len(where) - 1 and part in place.keys:
            return place.keys[str(part)]
        below = place.child(part)
        if below is None and part == "targets":
            below = place.child("target")
        if below is None:
            break
        place = below
    return place.mark if isinstance(place, Branch) else place


def files_in(place: Place) -> set[str]:
    """The files in which `place` and what is below it stand, where these are included."""
    if not isinstance(place, Branch):
        file: str | None = getattr(place, "file", None)
        return {file} if file else set()
    below = [*place.children.values(), *place.items]
    return files_in(place.mark).union(*map(files_in, (*place.keys.values(), *below)))


def refusal(file: str, mark: Mark, message: str, where: tuple[str | int, ...] = ()) -> Problem:
    """A problem at `mark`."""
    return Problem(where, message, file, mark.line + 1, mark.column + 1)


def stop(file: str, mark: Mark, message: str, before: Sequence[Problem] = ()) -> ScenarioError:
    """The error for a file that cannot be read beyond `mark`, with the problems found `before`."""
    return ScenarioError(in_order([*before, refusal(file, mark, message)], file))


def in_order(problems: Iterable[Problem], file: str) -> list[Problem]:
    """`problems` in file order, one for each place: the first that was found there."""
    places: dict[tuple[str, int, int], Problem] = {}
    for problem in problems:
        places.setdefault((problem.file, problem.line, problem.column), problem)
    return sorted(places.values(), key=lambda each: (each.file != file, each.file, each.line, each.column))


def point(text: str, position: int) -> Point:
    """Where the character at `position` stands in `text`."""
    before = text[:position].replace("\r\n", "\n").replace("\r", "\n")
    return Point(before.count("\n"), len(before) - before.rfind("\n") - 1)


def forbidden(character: str) -> str:
    """The message about a character that no file may hold."""
    return f"the character U+{ord(character):04X} is a control character: remove it"
