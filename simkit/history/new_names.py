"""What of a scenario has only a new name: told as a rename, not as one thing that went and another that came."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from simkit.checks.elements import Plain, changes, restored
from simkit.errors import InputError
from simkit.history.whole_form import IN_ORDER, SECTIONS
from simkit.scenario.sorted_form import sorted_form

_FREE = frozenset({"name", "description", "note", "why", "evidence"})
"""Keys whose text names nothing."""


@dataclass(frozen=True, slots=True)
class Rename:
    """A thing of `section` that was called `old` and is called `new`."""

    section: str
    old: str
    new: str

    @property
    def what(self) -> str:
        """It in words."""
        return f"{SECTIONS[self.section]} {self.old} is now {self.new}"

    def in_form(self, form: Plain) -> Plain:
        """`form` with the new name, where the thing stands and wherever it is meant."""
        named: Plain = self._named(form)
        things = named.get(self.section)
        if isinstance(things, dict) and self.old in things:
            named[self.section] = {self.new if key == self.old else key: inner for key, inner in things.items()}
        form_named: Plain = sorted_form(named, IN_ORDER)
        return form_named

    def _named(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: inner if key in _FREE else self._named(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self._named(inner) for inner in value]
        return self.in_text(value) if isinstance(value, str) else value

    def in_text(self, text: str) -> str:
        """`text` with the new name: a name alone, `tool.operation`, `resource:impact` or `time-to:goal`."""
        if text == self.old:
            return self.new
        for section, mark in (("tools", "."), ("resources", ":")):
            if self.section == section and text.startswith(f"{self.old}{mark}"):
                return self.new + text[len(self.old) :]
        if self.section in ("goals", "resources") and text == f"time-to:{self.old}":
            return f"time-to:{self.new}"
        return text


def renames(before: Plain, after: Plain) -> tuple[tuple[Rename, ...], Plain]:
    """What of `before` only has a new name in `after`, and `before` with these names.

    A rename counts where two things say the same, no third one does, and it leaves less to tell than there was.
    """
    found: list[Rename] = []
    named, left = before, len(changes(before, after))
    while (fresh := next(_better(named, after, left), None)) is not None:
        found.append(fresh[0])
        named, left = fresh[1], fresh[2]
    return tuple(found), named


def _better(before: Plain, after: Plain, left: int) -> Iterator[tuple[Rename, Plain, int]]:
    for candidate in _alike(before, after):
        named = candidate.in_form(before)
        count = len(changes(named, after))
        if count < left and _loads(named):
            yield candidate, named, count


def _loads(form: Plain) -> bool:
    """A name that is also a word of the format (an identity called `agent`) may have been put where it means that."""
    try:
        restored(form, "<text>")
    except InputError:
        return False
    return True


def _alike(before: Plain, after: Plain) -> Iterator[Rename]:
    """One that went and one that came, which say the same, with no other pair in doubt."""
    for section in SECTIONS:
        was, now = _things(before, section), _things(after, section)
        gone, come = [name for name in was if name not in now], [name for name in now if name not in was]
        pairs = [
            Rename(section, old, new)
            for old in gone
            for new in come
            if Rename(section, old, new).in_form(was[old]) == now[new]
        ]
        yield from (
            each
            for each in pairs
            if sum(other.old == each.old for other in pairs) == sum(other.new == each.new for other in pairs) == 1
        )


def _things(form: Plain, section: str) -> Mapping[str, Any]:
    found = form.get(section)
    return {name: each if isinstance(each, dict) else {"": each} for name, each in found.items()} if found else {}
