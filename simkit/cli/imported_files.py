"""What `import` and `init` write: a part for each kind, and the scenario that includes them."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from simkit.cli.output import Answer
from simkit.errors import InputError
from simkit.table import Table

if TYPE_CHECKING:
    from simkit.importers import Imported, PartChange
    from simkit.importers.source_file import SourceFile

WHOLE = "scenario.yaml"
"""The file beside the parts that includes them all."""


@dataclass(frozen=True)
class ImportedFiles:
    """What belongs into `folder`, and which of it is not there or is otherwise."""

    folder: str
    made: tuple[Imported, ...]
    texts: Mapping[str, str]
    before: Mapping[str, str]
    lists: tuple[SourceFile, ...] = ()
    """What servers answered that were asked for their tools."""

    @classmethod
    def planned(cls, made: Sequence[Imported], folder: str, lists: Sequence[SourceFile] = ()) -> ImportedFiles:
        """The files for what was `made`, and `lists`; parts of other kinds that lie in `folder` stay, and are included
        too."""
        from simkit.importers import IMPORTERS, whole

        above = os.path.dirname(os.path.abspath(folder))
        texts = {f"{each.kind}.yaml": _checked(each, above) for each in made if not each.is_empty}
        there = [f"{kind}.yaml" for kind in IMPORTERS if os.path.isfile(os.path.join(folder, f"{kind}.yaml"))]
        texts[WHOLE] = whole("imported", sorted({*there, *texts}))
        found = {name: _on_disk(os.path.join(folder, name)) for name in texts}
        before = {name: text for name, text in found.items() if text is not None}
        return cls(folder, tuple(made), texts, before, tuple(lists))

    @cached_property
    def parts(self) -> list[str]:
        """The parts in the folder, those that were there before among them, as the whole includes them."""
        from simkit.importers import IMPORTERS

        there = {f"{kind}.yaml" for kind in IMPORTERS if os.path.isfile(os.path.join(self.folder, f"{kind}.yaml"))}
        return sorted(there | (self.texts.keys() - {WHOLE}))

    @property
    def stale(self) -> list[str]:
        """The files that are not there, or do not say what they should."""
        return [name for name in self.moved if not self._says(name)]

    @property
    def moved(self) -> list[str]:
        """The files that are not there, or in which anything is otherwise, be it the line of an origin."""
        return [name for name, text in self.texts.items() if self.before.get(name) != text]

    def _says(self, name: str) -> bool:
        from simkit.importers import says_the_same

        return name in self.before and says_the_same(self.before[name], self.texts[name])

    def write(self) -> None:
        """Write what is stale, and where lines have moved. Raises InputError where that cannot be."""
        from simkit.files import write

        folders = dict.fromkeys((self.folder, *(os.path.dirname(each.path) for each in self.lists)))
        try:
            for each in folders:
                os.makedirs(each, exist_ok=True)
        except OSError as error:
            why = error.strerror
            raise InputError(f"{self.folder}: no folder can be made there ({why}): name another") from error
        for name in self.moved:
            write(os.path.join(self.folder, name), self.texts[name])
        for file in self.lists:
            write(file.path, file.text)

    def answer(self, *, changes: bool = True) -> Answer:
        """What was read, assumed, not translated and cannot be seen; with a table of `changes` what is different."""
        tables = [table for each in self.made for table in each.tables()]
        rows = [(each.change, each.what, each.place) for each in self.changes]
        if rows and changes:
            tables.append(Table(("change", "what", "where"), rows, title="Since the last import"))
        data = {"imported": [each.to_dict() for each in self.made], "changes": [list(row) for row in rows]}
        return Answer("\n".join(each.summary for each in self.made), tuple(tables), data)

    @cached_property
    def changes(self) -> tuple[PartChange, ...]:
        """What appeared, vanished or changed since the last import."""
        from simkit.importers import part_changes

        parts = (name for name in self.texts if name != WHOLE and name in self.before)
        return tuple(each for name in parts for each in part_changes(self.before[name], self.texts[name]))


def _checked(imported: Imported, seen_from: str) -> str:
    """The text of a part that loads."""
    imported.check()
    return imported.text(seen_from)


def _on_disk(file: str) -> str | None:
    from simkit.files import decoded, read

    return decoded(read(file), file) if os.path.isfile(file) else None
