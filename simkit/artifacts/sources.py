"""The files that a scenario was imported from, and the scenario that they would give if they said something else."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from simkit.errors import InputError
from simkit.files import decoded, read
from simkit.importers import IMPORTERS, Imported, import_files, parts_in, says_the_same
from simkit.importers.source_file import SourceFile
from simkit.patch import files_of, read_instead
from simkit.scenario import Scenario

_HEADER = re.compile(r"# Written by `simkit import` from files of the kind ([a-z-]+)\.")


@dataclass(frozen=True)
class ImportedSources:
    """What lies behind the imported parts of `scenario`.

    `texts` are its own files by name, `parts` those that were imported, by kind; `paths` is what they were imported
    from, which is known to give them again.
    """

    scenario: Scenario
    texts: Mapping[str, str] = field(repr=False)
    parts: Mapping[str, str]
    paths: Sequence[str]
    is_stale: bool = False
    """True if the files say something else than the parts by now: `scenario` is what the files say."""

    @classmethod
    def of(cls, scenario: Scenario, kind: str) -> ImportedSources:
        """The sources of a scenario with a part of `kind`.

        Raises InputError where no part is of that kind.
        """
        named = scenario.file not in ("", "-", "<text>") and os.path.isfile(scenario.file)
        texts = dict(files_of(scenario.file)) if named and not scenario.file.endswith(".json") else {}
        parts = {found[1]: name for name, text in texts.items() if (found := _HEADER.match(text))}
        if kind not in parts:
            wanted = IMPORTERS[kind].reads
            raise InputError(
                f"nothing in {scenario.file or 'this scenario'} was imported from {kind} ({wanted}), so there is no "
                f"file of that kind to change: `simkit init` or `simkit import` first"
            )
        return cls(scenario, texts, parts, ()).found(kind)

    def found(self, kind: str) -> ImportedSources:
        """The same with `paths` that give the part of `kind` again: the folder above the parts, else the files that
        its lines name. Where none do, the files have changed since: then the scenario is what that folder says now.
        Raises InputError where nothing of the kind is there any more."""
        above = self.folder or "."
        for paths in ((above,), tuple(self._named(kind))):
            there = ImportedSources(self.scenario, self.texts, self.parts, paths)
            if paths and says_the_same(self.texts[self.parts[kind]], there.part_texts({}).get(kind, "")):
                return there
        there = ImportedSources(self.scenario, self.texts, self.parts, (above,))
        now = there.part_texts({})
        if kind not in now:
            raise InputError(f"{self.parts[kind]} is not what the files in {above} say: `simkit import` them again")
        return replace(there, scenario=there.with_parts(now), is_stale=True)

    @property
    def folder(self) -> str:
        """The folder above the imported parts: paths in them are seen from there."""
        return os.path.dirname(os.path.dirname(next(iter(self.parts.values()))))

    def _named(self, kind: str) -> Iterator[str]:
        """The files that the part's lines come from."""
        origins = self.scenario.document.origins if self.scenario.document else {}
        said = origins.get(self.parts[kind], {}).values()
        names = dict.fromkeys(file for places in said for file, _, _ in places)
        seen = (next((each for each in (os.path.join(self.folder, n), n) if os.path.isfile(each)), "") for n in names)
        yield from filter(None, seen)

    @cached_property
    def now(self) -> tuple[Imported, ...]:
        """What the files say."""
        return self._imported({})

    def files(self, kind: str) -> list[SourceFile]:
        """The files of `kind`, each once."""
        made = next(each for each in self.now if each.kind == kind)
        names = map(os.path.normpath, made.read)
        return [SourceFile.opened(name, named=False) for name in names if os.path.isfile(name)]

    def part_texts(self, changed: Mapping[str, str]) -> dict[str, str]:
        """The text of each part, by kind, as it would be if the files held what `changed` says."""
        above = os.path.abspath(self.folder or ".")
        made = self._imported(changed) if changed else self.now
        return {each.kind: each.text(above) for each in made if each.kind in self.parts and not each.is_empty}

    def with_parts(self, parts: Mapping[str, str]) -> Scenario:
        """The scenario with other texts for its parts. Raises InputError where what people wrote in it asks for
        something that is then no longer there."""
        texts = dict(self.texts) | {self.parts[kind]: text for kind, text in parts.items()}
        found = read_instead(self.scenario.file, texts, self.scenario.changes)
        return replace(found, file=self.scenario.file, document=None)  # where it lay to be read says nothing

    def _imported(self, changed: Mapping[str, str]) -> tuple[Imported, ...]:
        folder = os.path.dirname(next(iter(self.parts.values()))) or "."
        before = parts_in(folder, [name for name, each in IMPORTERS.items() if not each.joins])
        more = [SourceFile(name, text, named=name in self.paths) for name, text in changed.items()]
        return import_files(self.paths, beside=before, more=more)


def text_of(path: str) -> str:
    """What the file at `path` holds; empty where there is none."""
    return decoded(read(path), path) if os.path.isfile(path) else ""
