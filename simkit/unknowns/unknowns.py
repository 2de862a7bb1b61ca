"""All that a scenario says that it does not know: its ranges, and those that have a name and are drawn once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from simkit.unknowns.guesses import Where, written
from simkit.unknowns.ranges import Range


@dataclass(frozen=True, slots=True)
class NotKnown:
    """One input that is not known: its name, its range, and every place where it stands."""

    name: str
    range: Range
    places: tuple[Where, ...]


@dataclass(frozen=True)
class Unknowns:
    """What a file says of numbers that are not known.

    `ranges` has the range that stands at a place, or the name of one of `named`; what is `named` is drawn once, however
    often it is used.
    """

    ranges: Mapping[Where, Range | str] = field(default_factory=dict)
    named: Mapping[str, Range] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.ranges)

    def range_at(self, where: Where) -> Range | None:
        """The range at `where`; None where the number is known, or left to its default."""
        found = self.ranges.get(where)
        return self.named[found] if isinstance(found, str) else found

    def inputs(self) -> Iterator[NotKnown]:
        """Each input that is not known, by name where it has one; what is named and used nowhere is none."""
        used: dict[str, list[Where]] = {}
        for where, given in self.ranges.items():
            used.setdefault(given if isinstance(given, str) else written(where), []).append(where)
        for name, places in used.items():
            found = self.range_at(places[0])
            if found is not None and not found.is_known:
                yield NotKnown(name, found, tuple(places))
