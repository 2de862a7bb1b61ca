"""A place in a file."""

from __future__ import annotations

from typing import NamedTuple


class Spot(NamedTuple):
    """Line and column, from 1; `file` where that is another one than the scenario's own."""

    line: int
    column: int
    file: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.file else f"line {self.line}"


TOP = Spot(1, 1)
"""Where what has no place of its own stands."""
