"""The ranges of a file, taken out of it: in their place stands the best guess, which everything else reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from simkit.errors import Problem, nearest
from simkit.scenario.range_units import is_range, number, number_value, range_of
from simkit.scenario.units import MisfitError, shown
from simkit.unknowns import Kind, Range, Unknowns, Where, numbers_in, written

SECTION = "unknowns"


@dataclass(slots=True)
class Stated:
    """A file with the best guess in the place of each range, and what the ranges say."""

    value: dict[str, Any]
    unknowns: Unknowns
    problems: list[tuple[Problem, bool]] = field(default_factory=list)
    """What is wrong, and whether it is about a key."""


def stated(raw: dict[str, Any]) -> Stated:
    """The ranges that `raw`, a file as it was read, states. `raw` itself is left as it is."""
    names = raw.get(SECTION)
    found = _Found(raw, names if isinstance(names, dict) else {})
    for where, kind, value in numbers_in(raw):
        found.take(where, kind, value)
    found.unused()
    if isinstance(names, dict):
        found.value = {key: value for key, value in found.value.items() if key != SECTION}
    return Stated(found.value, Unknowns(found.ranges, found.named), found.problems)


class _Found:
    """What was found so far."""

    def __init__(self, raw: dict[str, Any], names: Mapping[str, Any]) -> None:
        self.value = raw
        self.names = names
        self.ranges: dict[Where, Range | str] = {}
        self.named: dict[str, Range] = {}
        self.kinds: dict[str, Kind] = {}
        self.problems: list[tuple[Problem, bool]] = []

    def take(self, where: Where, kind: Kind, value: object) -> None:
        """What stands at `where`: a range, the name of one, or something that is known."""
        if isinstance(value, str) and value in self.names:
            found = self._named(value, kind, where)
            self.ranges[where] = value
        elif is_range(value):
            found = self._read(value, kind, where)
            if found is not None:
                self.ranges[where] = found
        else:
            return
        best = found.best if found is not None else number("1s" if kind == "time" else 1, kind)
        self.value = replaced(self.value, where, number_value(best, kind))

    def _named(self, name: str, kind: Kind, where: Where) -> Range | None:
        """The range called `name`, which counts what it counts at its first use."""
        first = self.kinds.setdefault(name, kind)
        if first != kind:
            said = f"{name!r} is a {first} elsewhere, and a {kind} is due here: give this one a name of its own"
            self._refuse(where, MisfitError(said))
            return None
        if name not in self.named:
            found = self._read(self.names[name], kind, (SECTION, name))
            if found is None:
                return None
            self.named[name] = found
        return self.named[name]

    def unused(self) -> None:
        """Names that nothing uses are read, too, as what they look like."""
        for name, raw in self.names.items():
            self._prove(name)
            if name not in self.kinds:
                bounds = raw.get("between") if isinstance(raw, dict) else None
                texts = isinstance(bounds, list) and any(isinstance(each, str) for each in bounds)
                found = self._read(raw, "time" if texts else "worth", (SECTION, name))
                if found is not None:
                    self.named[name] = found

    def _prove(self, name: str) -> None:
        """A name that reads as a duration would be one."""
        try:
            number(name, "time")
        except MisfitError:
            return
        said = f"the name {shown(name)} of an unknown reads as a duration: choose another"
        self.problems.append((Problem((SECTION, name), said), True))

    def _read(self, raw: object, kind: Kind, where: Where) -> Range | None:
        try:
            return range_of(raw, kind)
        except MisfitError as misfit:
            self._refuse(where, misfit)
            return None

    def _refuse(self, where: Where, misfit: MisfitError) -> None:
        self.problems.append((Problem((*where, *misfit.at), str(misfit)), misfit.key))


def replaced(raw: dict[str, Any], where: Where, value: object) -> dict[str, Any]:
    """`raw` with `value` at `where`; what leads there is copied, and made where it is missing."""
    first, *rest = where
    inner = raw.get(first)
    below = value if not rest else replaced(inner if isinstance(inner, dict) else {}, tuple(rest), value)
    return {**raw, first: below}


def unused_names(unknowns: Unknowns) -> Iterator[str]:
    """The names that nothing uses."""
    used = {each for each in unknowns.ranges.values() if isinstance(each, str)}
    yield from (name for name in unknowns.named if name not in used)


def unknown_place(where: Where) -> str:
    """What is said of a range where none may stand."""
    from simkit.unknowns import GUESSES

    near = nearest(written(where), (written(guess.where) for guess in GUESSES))
    return f"no range can stand at {written(where)}, which is decided or is no number: {near}"
