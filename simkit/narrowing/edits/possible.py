"""Which narrowings can be made at all: not those of what the scenario says is unchangeable."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fnmatch import translate
from functools import cache

from simkit.model import Unchangeable
from simkit.narrowing.edits.edit import Narrowing


class Possible:
    """True of a narrowing that can be made: none of the things that it is about is unchangeable in this way."""

    def __init__(self, unchangeable: Iterable[Unchangeable]) -> None:
        self._rows = [(re.compile("|".join(map(translate, each.what))), each.changes) for each in unchangeable]
        self._fitting = cache(self._rows_of)

    def __call__(self, narrowing: Narrowing) -> bool:
        """Whether `narrowing` can be made."""
        if not self._rows:
            return True
        kinds = {narrowing.kind, f"{narrowing.kind} {narrowing.how}"}
        rows = (row for name in narrowing.touches for row in self._fitting(name))
        return not any(not changes or kinds.intersection(changes) for changes in rows)

    def _rows_of(self, name: str) -> tuple[tuple[str, ...], ...]:
        """What cannot be done to the thing called `name`, row by row."""
        return tuple(changes for pattern, changes in self._rows if pattern.match(name))
