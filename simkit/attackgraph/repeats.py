"""Steps that are alike but for one thing, in columns: where there are a million of them, no object is made of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from simkit.attackgraph.facts import Conclusion, Fact, Step

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
T = TypeVar("T")
Around = tuple[str, str]
"""What a name says before and after the thing in which it differs from others."""


class Series(NamedTuple):
    """What steps share that differ in one thing: all that `plain` says but its key, which begins with something, its
    last premise and its conclusions. Where `label` or `fate` is None, they have that of `plain`, too."""

    plain: Step
    key: Around
    label: Around | None = None
    fate: Around | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Repeats:
    """A step in each row: one of the series numbered `of`, for the thing numbered `thing`, which needs the fact
    numbered `need` besides and leads to the conclusions numbered `concluded`. Of what is numbered some may be in no
    row."""

    series: Sequence[Series]
    things: Sequence[str]
    facts: Sequence[Fact]
    conclusions: Sequence[tuple[Conclusion, ...]]
    of: Ints
    thing: Ints
    need: Ints
    concluded: Ints

    def __len__(self) -> int:
        return len(self.of)

    def step(self, row: int) -> Step:
        """The step in `row`."""
        series, thing = self.series[int(self.of[row])], self.things[int(self.thing[row])]
        plain = series.plain
        return plain._replace(
            key=thing.join(series.key),
            premises=(*plain.premises, self.facts[int(self.need[row])]),
            conclusions=self.conclusions[int(self.concluded[row])],
            label=thing.join(series.label) if series.label else plain.label,
            fate=thing.join(series.fate) if series.fate else plain.fate,
        )

    def steps(self) -> Iterator[Step]:
        """Every step."""
        return map(self.step, range(len(self)))

    def where(self, kept: Flags) -> Repeats:
        """The rows that are `kept`."""
        left, of = _numbered_anew(self.series, self.of[kept])
        rows = {name: getattr(self, name)[kept] for name in ("thing", "need", "concluded")}
        return replace(self, series=left, of=of, **rows)

    def beside(self, others: Repeats) -> Repeats:
        """These and `others`."""
        return Repeats(
            [*self.series, *others.series],
            [*self.things, *others.things],
            [*self.facts, *others.facts],
            [*self.conclusions, *others.conclusions],
            np.concatenate([self.of, others.of + len(self.series)]),
            np.concatenate([self.thing, others.thing + len(self.things)]),
            np.concatenate([self.need, others.need + len(self.facts)]),
            np.concatenate([self.concluded, others.concluded + len(self.conclusions)]),
        )

    def needed(self) -> tuple[list[Fact], Ints]:
        """The facts of which each row needs one besides, and which of these it is."""
        return _numbered_anew(self.facts, self.need)

    def made(self) -> tuple[list[tuple[Conclusion, ...]], Ints]:
        """The conclusions that some row leads to, together, and which of these each does."""
        return _numbered_anew(self.conclusions, self.concluded)

    def fates(self) -> tuple[Ints, list[str]]:
        """The rows that have a fate of their own, and how it is called."""
        own = [series.fate or ("", "") for series in self.series]
        has = np.array([series.fate is not None for series in self.series], dtype=np.bool_)
        rows = np.flatnonzero(has[self.of])
        pairs = zip(self.of[rows].tolist(), self.thing[rows].tolist(), strict=True)
        return rows, [self.things[thing].join(own[of]) for of, thing in pairs]


def _numbered_anew(things: Sequence[T], numbers: Ints) -> tuple[list[T], Ints]:
    """Those of `things` that are among `numbers`, and the number of each there."""
    used = np.zeros(len(things), dtype=np.bool_)
    used[numbers] = True
    return [things[number] for number in np.flatnonzero(used).tolist()], (np.cumsum(used) - 1)[numbers]


@dataclass(slots=True)
class RepeatsMade:
    """Repeats, series after series."""

    things: dict[str, int] = field(default_factory=dict)
    facts: list[Fact] = field(default_factory=list)
    conclusions: list[tuple[Conclusion, ...]] = field(default_factory=list)
    series: list[Series] = field(default_factory=list)
    rows: list[tuple[Ints, Ints, Ints]] = field(default_factory=list)

    def numbers(self, things: Iterable[str]) -> Ints:
        """The number of each of `things`."""
        return np.array([self.things.setdefault(each, len(self.things)) for each in things], dtype=np.int64)

    def new_facts(self, facts: Sequence[Fact]) -> Ints:
        """The number of each of `facts`, which are new."""
        self.facts += facts
        return np.arange(len(self.facts) - len(facts), len(self.facts), dtype=np.int64)

    def concludes(self, conclusions: Sequence[tuple[Conclusion, ...]]) -> Ints:
        """The number of each of `conclusions`, which are new; -1 for what leads to nothing."""
        there = [bool(each) for each in conclusions]
        first = len(self.conclusions)
        self.conclusions += [each for each in conclusions if each]
        return np.where(there, first + np.cumsum(there, dtype=np.int64) - 1, -1)

    def add(self, series: Series, thing: Ints, need: Ints, concluded: Ints) -> None:
        """Adds a step of `series` for each `thing`; none for what leads to nothing, and none that never succeeds."""
        if series.plain.chance > 0:
            led = concluded >= 0
            self.series.append(series)
            self.rows.append((thing[led], need[led], concluded[led]))

    def made(self) -> Repeats:
        """All that was added."""
        nothing = np.zeros(0, dtype=np.int64)
        thing, need, concluded = (np.concatenate([nothing, *(each[n] for each in self.rows)]) for n in range(3))
        of = np.repeat(np.arange(len(self.rows)), [len(each[0]) for each in self.rows])
        return Repeats(self.series, [*self.things], self.facts, self.conclusions, of, thing, need, concluded)


@dataclass(frozen=True, slots=True, eq=False)
class StepSequence(Sequence[Step]):
    """Steps and `repeats` in one `order`, as numbers of the former and then of the latter. A repeat becomes a step
    when somebody asks for it."""

    plain: Sequence[Step]
    repeats: Repeats
    order: Ints

    def __len__(self) -> int:
        return len(self.order)

    def __getitem__(self, place):  # type: ignore[no-untyped-def]
        if isinstance(place, slice):
            return tuple(map(self._at, self.order[place].tolist()))
        return self._at(int(self.order[place]))

    def __iter__(self) -> Iterator[Step]:
        return map(self._at, self.order.tolist())

    def _at(self, number: int) -> Step:
        own = len(self.plain)
        return self.plain[number] if number < own else self.repeats.step(number - own)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and len(self) == len(other) and all(map(Step.__eq__, self, other))

    __hash__ = None  # type: ignore[assignment]
