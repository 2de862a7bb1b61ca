"""Where a thing comes from."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace

from simkit.table import printable


@dataclass(frozen=True, slots=True, order=True)
class FilePlace:
    """A place in a file that was imported; line and column count from 1, and 0 stands for the whole file.

    `also` are places of what says it together with this: of two statements one that lets pass a role, one that runs it.
    """

    file: str
    line: int = 0
    column: int = 0
    also: tuple[FilePlace, ...] = ()

    def seen_from(self, folder: str) -> FilePlace:
        """The same place, as its file is called in `folder`; itself where it lies elsewhere, or there is no folder."""
        if not folder:
            return self
        path = os.path.relpath(self.file, folder)
        inside = not path.startswith("..") and not os.path.isabs(path)
        also = tuple(each.seen_from(folder) for each in self.also)
        return replace(self, file=path.replace(os.sep, "/") if inside else self.file, also=also)

    def __str__(self) -> str:
        place = f":{self.line}:{self.column}" if self.line else ""
        return " and ".join([printable(f"{self.file}{place}"), *map(str, self.also)])
