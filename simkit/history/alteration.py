"""One thing that is otherwise in a scenario than it was, in words and with its line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Self

from simkit.checks.elements import Element
from simkit.history.whole_form import SECTIONS

How = Literal["came", "went", "renamed", "changed"]
HOW: tuple[How, ...] = ("came", "went", "renamed", "changed")
"""In the order in which they are told."""
Gives = Literal["more", "less", ""]


@dataclass(frozen=True, slots=True)
class Alteration:
    """`what` came, went, was renamed or changed; `place` is `FILE:LINE`, in the new scenario or, for what went, in the
    old one. `gives` says whether somebody may do more by it, or less, where that can be told from the words alone."""

    how: How
    what: str
    place: str = ""
    gives: Gives = ""

    @classmethod
    def of(cls, element: Element, place: str, gives: Gives) -> Self:
        """`element` in words. A key of a thing that is no longer said, or newly said, changed: it has a default."""
        how: How = "changed"
        if _is_whole(element) and element.change != "changed":
            how = "came" if element.change == "added" else "went"
        return cls(how, _what(element, how), place, gives)

    @property
    def sentence(self) -> str:
        """It as one line of text."""
        at = f" ({self.place})" if self.place else ""
        return f"{self.how}: {self.what}{at}"

    def to_dict(self) -> dict[str, object]:
        """It as plain data."""
        return {"how": self.how, "what": self.what, "place": self.place, "gives": self.gives or None}


def _is_whole(element: Element) -> bool:
    """True for a thing with a name and for an item of a list; false for a key of a thing, and for a setting."""
    named = len(element.where) == 2 and element.where[0] in SECTIONS
    return element.in_list or named or (element.where[2:3] == ("operations",) and len(element.where) == 4)


def _what(element: Element, how: How) -> str:
    section, text = element.where[0], str(element)
    if element.in_list and section not in (*SECTIONS, "trust"):
        item = text.removeprefix(f"{element.kind} ").split(f" of {' '.join(element.where[:2])} ")[0]
        return f"{'.'.join(element.where)}: {item}"
    if section in SECTIONS and len(element.where) == 2:
        named = f"{SECTIONS[section]} {element.where[1]}"
        return named if how != "changed" else f"{named} {_turn(text)}".rstrip()
    return _without_verb(_without_verb(text, element.change), "changed")


def _turn(text: str) -> str:
    """The end of `text` that says from what to what."""
    _, mark, turn = text.partition(" (was ")
    return f"{mark.strip()} {turn}" if mark else ""


def _without_verb(text: str, verb: str) -> str:
    """`text` without the `verb` that `how` says already.

    >>> _without_verb("ttl of credential key added (was the default, is 1h)", "added")
    'ttl of credential key (was the default, is 1h)'
    """
    if text.endswith(f" {verb}"):
        return text.removesuffix(f" {verb}")
    return text.replace(f" {verb} (was ", " (was ", 1)
