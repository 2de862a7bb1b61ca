"""The files of a scenario, each with the least of its text changed that makes them say something else."""

from __future__ import annotations

import difflib
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from simkit.errors import InputError
from simkit.files import decoded, read
from simkit.patch.rewrite import Rewriting
from simkit.patch.yaml_text import CannotEditError, Edit, YamlText, is_mapping
from simkit.scenario import Scenario, dump, load
from simkit.scenario.dumper import plain


@dataclass(frozen=True, slots=True)
class Patch:
    """`files` maps each file that changes to its text before and after. `whole` is False where a file could not be
    edited in place and is written anew: then `why` says what was in the way."""

    files: Mapping[str, tuple[str, str]]
    why: str = ""

    @property
    def in_place(self) -> bool:
        """True if all that did not change stayed byte for byte."""
        return not self.why

    @property
    def diff(self) -> str:
        """The change as a unified diff, which `git apply` and `patch` take; empty where nothing changes."""
        return "".join(line for name, (old, new) in sorted(self.files.items()) for line in _unified(name, old, new))


def smallest_change(scenario: Scenario, changed: Scenario) -> Patch:
    """What to change in the files that `scenario` was read from, so that they say what `changed` says.

    What cannot be edited in place (an alias, a mapping of which nothing would be left) is written anew, if the scenario
    is one file. Raises InputError for a scenario that is no file, and for several files of which one cannot be edited.
    """
    if scenario.file in ("", "-", "<text>"):
        raise InputError("this scenario was not read from a file: there is nothing to change in place")
    sources = dict(_sources_of(scenario.file))
    texts = {name: source.text for name, source in sources.items()}
    try:
        edited = _edited(sources, plain(scenario), plain(changed))
        _prove(scenario.file, edited, changed)
    except CannotEditError as error:
        if len(texts) > 1:
            told = f"the files of {scenario.file} cannot be changed in place ({error})"
            raise InputError(f"{told}: write the narrowed scenario to another file") from None
        return Patch({scenario.file: (texts[scenario.file], dump(changed))}, str(error))
    return Patch({name: (texts[name], text) for name, text in edited.items() if text != texts[name]})


def files_of(file: str) -> Iterator[tuple[str, str]]:
    """The scenario's own file first, then what it includes, in order."""
    return ((name, source.text) for name, source in _sources_of(file))


def _sources_of(file: str) -> Iterator[tuple[str, YamlText]]:
    waiting = [file]
    while waiting:
        name = waiting.pop(0)
        source = YamlText.of(decoded(read(name), name))
        yield name, source
        pairs = source.root.value if source.root is not None and is_mapping(source.root) else []
        for part in (each for key, value in pairs if key.value == "include" for each in value.value):
            waiting.append(os.path.join(os.path.dirname(name), part.value))


def _edited(sources: Mapping[str, YamlText], before: dict[str, Any], after: dict[str, Any]) -> dict[str, str]:
    """Each section is changed in the file in which it stands, each named thing in its own."""
    edits: dict[str, list[Edit]] = {name: [] for name in sources}
    for key in {**before, **after}:
        had, has = before.get(key), after.get(key)
        if had == has:
            continue
        places = [(name, found) for name, source in sources.items() if (found := _value(source, key)) is not None]
        if not places:
            name, source = next(iter(sources.items()))
            edits[name] += _rewriting(source, name).added(source.root, {key: has}, list(after))
        elif len(places) == 1:
            ((name, node),) = places
            edits[name] += _section(sources[name], name, key, node, had, has)
        else:
            for name, part in _shared_out(places, had, has):
                edits[name] += part(sources[name], name)
    return {name: source.edited(edits[name]) for name, source in sources.items()}


def _value(source: YamlText, key: str) -> Any:
    """The node under the top-level `key`; None where there is none."""
    pairs = source.root.value if source.root is not None and is_mapping(source.root) else []
    return next((value for name, value in pairs if name.value == key), None)


def _section(source: YamlText, name: str, key: str, node: Any, had: Any, has: Any) -> Sequence[Edit]:
    rewriting = _rewriting(source, name)
    if has is None:
        whole = {each.value: each.value for each, _ in source.root.value}
        return list(rewriting.of(source.root, whole, {each: said for each, said in whole.items() if each != key}))
    return list(rewriting.of(node, had, has))


def _rewriting(source: YamlText, name: str) -> Rewriting:
    return Rewriting(source, name.endswith(".json") or source.text.lstrip().startswith("{"))


def _shared_out(places: Sequence[tuple[str, Any]], had: Any, has: Any) -> Iterator[tuple[str, Any]]:
    """The parts of a section that several files hold: each file its own names; what is new goes to the first."""
    if not (isinstance(had, dict) and isinstance(has, dict)):
        raise CannotEditError("several files hold parts of one list")
    taken: set[str] = set()
    for number, (name, node) in enumerate(places):
        mine = {key.value for key, _ in node.value} - taken
        taken |= mine
        own = {key: said for key, said in had.items() if key in mine}
        kept = {key: said for key, said in has.items() if key in mine or (number == 0 and key not in had)}
        if own != kept:
            yield name, lambda source, file, node=node, own=own, kept=kept: _section(source, file, "", node, own, kept)


def _prove(file: str, texts: Mapping[str, str], changed: Scenario) -> None:
    """Raises CannotEditError unless the edited files, read again, say what `changed` says, with the values that were
    set beside the file."""
    try:
        found = read_instead(file, texts, changed.changes)
    except InputError as error:
        raise CannotEditError(str(error).splitlines()[0]) from None
    if plain(found) != plain(changed):
        raise CannotEditError("it is spelt in a way that simkit does not edit")


def read_instead(file: str, texts: Mapping[str, str], changes: Iterable[str] = ()) -> Scenario:
    """The scenario in `file` as it would be if all of its files, by name, held `texts`; with `changes`, the values
    that were set beside it. Raises InputError."""
    pairs = (each.partition("=") for each in changes)
    set_by_hand: dict[str, object] = {path: value for path, _, value in pairs}
    folder = os.path.dirname(os.path.abspath(file))
    with tempfile.TemporaryDirectory(prefix="simkit-") as other:
        for name, text in texts.items():
            inside = os.path.join(other, os.path.relpath(os.path.abspath(name), folder))
            os.makedirs(os.path.dirname(inside), exist_ok=True)
            with open(inside, "w", encoding="utf-8", newline="") as copy:
                copy.write(text)
        _with_runs(texts[file], folder, other)
        try:
            return load(os.path.join(other, os.path.basename(file)), changes=set_by_hand)
        except InputError as error:
            raise InputError(str(error).replace(other, folder)) from None


def _with_runs(text: str, folder: str, other: str) -> None:
    """The file of observed runs lies beside, if there is one."""
    node = _value(YamlText.of(text), "observed")
    if node is not None and node.id == "scalar" and os.path.isfile(os.path.join(folder, node.value)):
        os.makedirs(os.path.dirname(os.path.join(other, node.value)), exist_ok=True)
        shutil.copy(os.path.join(folder, node.value), os.path.join(other, node.value))


def _unified(name: str, old: str, new: str) -> Iterator[str]:
    shown = os.path.relpath(name).replace(os.sep, "/")
    was = f"a/{shown}" if old or os.path.exists(name) else "/dev/null"
    lines = difflib.unified_diff(old.splitlines(keepends=True), new.splitlines(keepends=True), was, f"b/{shown}")
    for line in lines:
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
