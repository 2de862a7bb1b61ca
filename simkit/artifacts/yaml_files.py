"""YAML files of several documents, changed where they change and nowhere else."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from simkit.errors import InputError
from simkit.importers.excerpt import Excerpt
from simkit.importers.source_file import SourceFile
from simkit.patch import CannotEditError, Edit, Rewriting, YamlText

Path = tuple[str | int, ...]


@dataclass
class YamlFiles:
    """Files with what they are to say: `before` and `after` hold a value for each place that was asked for."""

    files: Sequence[SourceFile]
    before: dict[tuple[str, int, Path], Any] = field(default_factory=dict)
    after: dict[tuple[str, int, Path], Any] = field(default_factory=dict)

    def value(self, body: Excerpt, key: str) -> Any:
        """What stands under `key` in `body`, to be changed in place."""
        place = (*self._place(body), (*body.where, key))
        if place not in self.after:
            self.before[place] = copy.deepcopy(body.value.get(key))
            self.after[place] = copy.deepcopy(body.value.get(key))
        return self.after[place]

    def say(self, body: Excerpt, key: str, value: Any) -> None:
        """Let `value` stand under `key` in `body`."""
        self.value(body, key)
        self.after[(*self._place(body), (*body.where, key))] = value

    def _place(self, body: Excerpt) -> tuple[str, int]:
        for file in self.files:
            for number, document in enumerate(file.documents):
                if document is body.document:
                    return file.path, number
        raise KeyError(body.document.file)

    def changed(self) -> dict[str, str]:
        """The new text of each file, read back. Raises InputError for what is spelt in a way that is not edited."""
        found = {}
        for file in self.files:
            wanted = {place: after for place, after in self.after.items() if place[0] == file.path}
            if any(after != self.before[place] for place, after in wanted.items()):
                try:
                    found[file.path] = self._text(file)
                    self._read_back(file.path, found[file.path])
                except CannotEditError as error:
                    told = "change it by hand, or spell out what is to change"
                    raise InputError(f"{file.path} cannot be changed in place ({error}): {told}") from None
        return found

    def _read_back(self, path: str, text: str) -> None:
        """Raises CannotEditError where `text` does not say what it should."""
        try:
            documents = SourceFile(path, text).documents
        except InputError:
            raise CannotEditError("what came of it is no YAML") from None
        for (name, number, where), after in self.after.items():
            if name == path and _value(documents[number].value, where) != after:
                raise CannotEditError("what came of it says something else")

    def _text(self, file: SourceFile) -> str:
        sources = _documents(file.text)
        as_json = file.path.endswith(".json") or file.text.lstrip().startswith("{")
        edits: list[Edit] = []
        for (path, number, where), after in self.after.items():
            if path == file.path and after != self.before[path, number, where]:
                source = sources[number]
                edits += _edits(Rewriting(source, as_json), source, where, self.before[path, number, where], after)
        return sources[0].edited(edits)


def _edits(rewriting: Rewriting, source: YamlText, where: Path, before: Any, after: Any) -> Iterator[Edit]:
    holder = _node(source.root, where[:-1])
    found = next((value for key, value in holder.value if key.value == where[-1]), None)
    if found is None:
        first, *rest = [key.value for key, _ in holder.value]
        yield from rewriting.added(holder, {str(where[-1]): after}, [first, str(where[-1]), *rest])
    else:
        yield from rewriting.of(found, before, after)


def _value(value: Any, where: Path) -> Any:
    for part in where:
        value = value.get(part) if isinstance(value, dict) else value[int(part)]
    return value


def _node(root: Any, where: Path) -> Any:
    for part in where:
        if isinstance(part, int):
            root = root.value[part]
        else:
            root = next((value for key, value in root.value if key.value == part), None)
        if root is None:
            raise CannotEditError("a merge key or an alias says it")
    return root


def _documents(text: str) -> list[YamlText]:
    """The documents of `text` that say something, each with its nodes."""
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    roots: list[Any] = list(yaml.compose_all(text, Loader=loader))
    return [YamlText(text, root) for root in roots if root is not None and (root.id != "scalar" or root.value)]
