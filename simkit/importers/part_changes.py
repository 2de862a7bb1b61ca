"""How an imported part differs from the one that was there before: thing by thing, with the place of each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from simkit.errors import InputError
from simkit.importers.file_place import FilePlace
from simkit.importers.imported import item_name
from simkit.scenario.includes import LISTED, NAMED
from simkit.scenario.parser import read_yaml
from simkit.scenario.places import Document, locate

_BEHIND = re.compile(r"  # [^#\n]+?:[0-9]+:[0-9]+$", re.MULTILINE)
_WITHIN = re.compile(r"(?<=not translated, )([^\n]*?):[0-9]+:[0-9]+(?=: )")
_IN_BRACKETS = re.compile(r"(?<=\()([^()\n]+):[0-9]+:[0-9]+(?=\))")
"""As reasons of assumptions name a statement of a policy: with its place."""
_NOUNS = {"entitlements": "entitlement", "denies": "deny", "operations": "operation"}
"""Lists and mappings whose parts change one by one, and what a part is called."""
Parts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PartChange:
    """What appeared, vanished or changed, and the file and line that say so: in the files as they are now; of what
    vanished, where it stood."""

    change: str
    what: str
    place: str = ""

    def __str__(self) -> str:
        return f"{self.change}: {self.what}{f' ({self.place})' if self.place else ''}"


def says_the_same(before: str, after: str) -> bool:
    """True if two parts differ in the lines of their origins at most, as after a blank line more in a file."""
    return _placeless(before) == _placeless(after)


def _placeless(text: str) -> str:
    return _IN_BRACKETS.sub(r"\1", _WITHIN.sub(r"\1", _BEHIND.sub("", text)))


def part_changes(before: str, after: str) -> tuple[PartChange, ...]:
    """What is different in the part `after`, in file order; nothing where one of them cannot be read."""
    if before == after:
        return ()
    try:
        old, new = _read(before), _read(after)
    except InputError:
        return ()
    return tuple(_changes(old, new))


def _read(text: str) -> Document:
    return read_yaml(text if text.strip() else "{}", "part")


def _changes(old: Document, new: Document) -> Iterator[PartChange]:
    for section in NAMED:
        was, now = _part(old.value, section), _part(new.value, section)
        for name in (*now, *(name for name in was if name not in now)):
            yield from _thing((section, name), was.get(name), now.get(name), old, new)
    for section in LISTED:
        before, after = _items(_part(old.value), section), _items(_part(new.value), section)
        known, there = set(before), set(after)
        yield from (PartChange("appeared", f"{section}: {each}") for each in after if each not in known)
        yield from (PartChange("vanished", f"{section}: {each}") for each in before if each not in there)


def _thing(of: tuple[str, str], was: Any, now: Any, old: Document, new: Document) -> Iterator[PartChange]:
    told = ": ".join(of)
    if was is None or now is None:
        change, document = ("appeared", new) if was is None else ("vanished", old)
        yield PartChange(change, told, _place(document, of))
    elif isinstance(was, dict) and isinstance(now, dict):
        for key in dict.fromkeys((*now, *was)):
            if was.get(key) != now.get(key):
                yield from _under(of, key, (was.get(key), now.get(key)), old, new)


def _under(
    of: tuple[str, str], key: str, values: tuple[Any, Any], old: Document, new: Document
) -> Iterator[PartChange]:
    told, noun = ": ".join(of), _NOUNS.get(key)
    if noun is None:
        yield PartChange("changed", f"{told}: {key}", _place(new, of))
        return
    was, now = (_by_name(value) for value in values)
    for name in dict.fromkeys((*now, *was)):
        before, after = was.get(name), now.get(name)
        what = f"{told}: {noun} {name}"
        if before is None and after is not None:
            yield PartChange("appeared", what, _place(new, (*of, key, after[0])))
        elif after is None and before is not None:
            yield PartChange("vanished", what, _place(old, (*of, key, before[0])))
        elif before is not None and after is not None and before[1] != after[1]:
            yield PartChange("changed", f"{what}{_turn(before[1], after[1])}", _place(new, (*of, key, after[0])))


def _turn(was: Any, now: Any) -> str:
    """Whether an entitlement asks a person now, or does so no longer."""
    before, after = ("approval" in (each.get("conditions") or ()) for each in (was, now))
    return "" if before == after else " asks now" if after else " asks no more"


def _by_name(value: Any) -> dict[str, tuple[str | int, Any]]:
    """Entitlements by operation, operations by name: each with its key or index."""
    if isinstance(value, dict):
        return {name: (name, each) for name, each in value.items()}
    listed = value if isinstance(value, list) else []
    return {item_name(each): (at, each) for at, each in enumerate(listed) if isinstance(each, dict)}


def _place(document: Document, where: tuple[str | int, ...]) -> str:
    """The file and line that a thing comes from; empty where no line of the part says so."""
    mark = locate(document.places(), where, key=isinstance(where[-1], str))
    file, line, column = document.origin_of(mark)
    return str(FilePlace(file, line, column)) if file != document.file else ""


def _part(value: Any, *keys: str) -> Parts:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def _items(value: Parts, section: str) -> list[str]:
    """The items of a list in words: what an assumption is about, the ends of a trust edge."""
    found = value.get(section)
    listed = [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
    return [str(each.get("about") or f"{each.get('from')} -{each.get('kind')}-> {each.get('to')}") for each in listed]
