"""Where a thing comes from."""

from __future__ import annotations

from dataclasses import dataclass

from simkit.table import printable


@dataclass(frozen=True, slots=True, order=True)
class FilePlace:
    """A place in a file that was imported; line and column count from 1, and 0 stands for the whole file."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        place = f":{self.line}:{self.column}" if self.line else ""
        return printable(f"{self.file}{place}")
