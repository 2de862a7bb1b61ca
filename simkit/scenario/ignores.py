"""The comments in a YAML scenario that answer a warning: `# simkit: ignore[code] why`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

_IGNORES = re.compile(r"#[ \t]*simkit:[ \t]*ignore\[([^\]\n\r]*)\][ \t]*([^\n\r]*)")
_LINE_END = re.compile(r"\r\n|\n|\r")
_INDICATOR = re.compile(r"[|>]")


@dataclass(frozen=True, slots=True)
class Ignore:
    """A comment that silences the warnings `codes` on line `silences`, and why. Lines and columns count from 0.

    `file` is empty for the scenario's own.
    """

    line: int
    column: int
    silences: int
    codes: tuple[str, ...]
    why: str
    file: str = ""

    def of_file(self, file: str) -> Ignore:
        """The same comment in `file`."""
        return replace(self, file=file)


def ignores_in(text: str) -> tuple[Ignore, ...]:
    """Every such comment in the YAML `text`, which can be read; what stands in a text is no comment.

    A comment behind something silences its own line; one that has a line of its own the next line that is no comment.
    """
    if not _IGNORES.search(text):
        return ()
    return tuple(_found(_LINE_END.split(text), _texts(text)))


def _found(lines: list[str], texts: dict[int, list[tuple[int, float]]]) -> Iterator[Ignore]:
    for number, line in enumerate(lines):
        for match in _IGNORES.finditer(line):
            column = match.start()
            if any(start <= column < end for start, end in texts.get(number, ())):
                continue
            codes = tuple(dict.fromkeys(code for part in match[1].split(",") if (code := part.strip())))
            yield Ignore(number, column, _silenced(lines, number), codes, match[2].strip())
            break  # the rest of the line is part of this comment


def _silenced(lines: list[str], number: int) -> int:
    if not lines[number].lstrip().startswith("#"):
        return number
    behind = (later for later in range(number + 1, len(lines)) if not lines[later].lstrip().startswith("#"))
    return next(behind, number)


def _texts(text: str) -> dict[int, list[tuple[int, float]]]:
    """By line, from where to where (in columns) quoted texts and blocks of text stand, in which # is no comment."""
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    found: dict[int, list[tuple[int, float]]] = {}
    for event in yaml.parse(text, Loader=loader):
        if not isinstance(event, yaml.ScalarEvent) or event.style is None:
            continue
        start: Any = event.start_mark
        end: Any = event.end_mark
        # what stands behind the | or > that opens a block is a comment
        first = start.line + 1 if _INDICATOR.match(event.style) else start.line
        for line in range(first, end.line + 1):
            from_ = start.column if line == start.line else 0
            found.setdefault(line, []).append((from_, end.column if line == end.line else float("inf")))
    return found
