"""Which parts of a change give somebody more than before, whatever an attack makes of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from simkit.checks.elements import Element
from simkit.checks.spot import Spot

GIVEN = frozenset({"entitlements", "roles", "holds", "runtime_holds", "delegates_to", "run_by"})
"""Lists in which more is more for somebody."""
WITHHELD = frozenset({"denies"})
"""Lists in which less is more for somebody."""
ACTORS = frozenset({"identities", "credentials", "tools"})
"""Sections in which a new thing acts, or opens something."""


@dataclass(frozen=True, slots=True)
class Widening:
    """A part of a change that gives more, and where it stands."""

    element: Element
    spot: Spot

    @property
    def sentence(self) -> str:
        """What gives more, and where."""
        return f"WIDER: {self.element} at {self.spot}."

    def to_dict(self) -> dict[str, object]:
        """The part as plain data."""
        file: dict[str, object] = {"file": self.spot.file} if self.spot.file else {}
        return {"what": str(self.element), "line": self.spot.line, "column": self.spot.column, **file}


def widens(element: Element) -> bool:
    """True if somebody may do more after the change of `element`, or holds more.

    An entitlement, a role, a credential or a trust edge more, a deny or a boundary less, conditions that fall away (as
    where an agent asked a person, and asks no more). Lifetimes, chances and policies are left to the replay.
    """
    if element.where == ("trust",):
        return element.after is not None
    key = element.where[-1]
    if element.in_list and key in GIVEN:
        return element.after is not None and not _within(element.after, element.before)
    if element.in_list and key in WITHHELD:
        return element.before is not None and not _within(element.before, element.after)
    if key == "boundary" or "boundary" in element.where:
        return element.before is not None and not (element.in_list and element.after is None)
    added = element.change == "added"
    return added and ((len(element.where) == 2 and element.where[0] in ACTORS) or element.where[2:3] == ("operations",))


def wider(elements: Iterable[Element]) -> list[Element]:
    """Those of `elements` that give somebody more; a new operation counts with the entitlement that names it."""
    found = [each for each in elements if widens(each)]
    named = {each.after["operation"] for each in found if isinstance(each.after, Mapping) and "operation" in each.after}
    return [each for each in found if not (_is_operation(each) and f"{each.where[1]}.{each.where[3]}" in named)]


def _is_operation(element: Element) -> bool:
    return element.where[2:3] == ("operations",) and len(element.where) == 4


def _within(one: Any, other: Any) -> bool:
    """True if what `one` gives is part of what `other` gives, both entitlements to the same operation."""
    if not (isinstance(one, Mapping) and isinstance(other, Mapping)):
        return bool(one == other)
    conditions = _listed(one, "conditions") >= _listed(other, "conditions")
    spared = _listed(one, "except") >= _listed(other, "except")
    targets, all_targets = _listed(one, "targets"), _listed(other, "targets")
    return conditions and spared and (not all_targets or (bool(targets) and targets <= all_targets))


def _listed(given: Mapping[str, Any], key: str) -> frozenset[str]:
    value = given.get(key) or ()
    return frozenset(value if isinstance(value, Collection) and not isinstance(value, str) else [str(value)])
