"""Steps that are alike but for one thing, in columns: where there are a million of them, no object is made of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from simkit.attackgraph.facts import Conclusion, Fact, Ground, Step
from simkit.distributions import Distribution
from simkit.fate import key_hashes
from simkit.remembered import recalled, remember

Ints = NDArray[np.int64]
Index = NDArray[np.int32]
Flags = NDArray[np.bool_]
Words = NDArray[np.uint64]
T = TypeVar("T")
N = TypeVar("N", str, tuple[str, str])
_HASHED = "the fates of repeats that were hashed last"
Around = tuple[str, str]
"""What a name says before and after the thing in which it differs from others."""
NO_NAME: Around = ("", "")


class Topic(NamedTuple):
    """What a step of a series is about, and all that it says of the step.

    `name` stands in its key and its fate (there as `fate`, where that is given), `label` in its label (the name, if
    empty). `chance` multiplies that of the series, `duration` stands for that of the series, and `shown`, a chance and
    how long after it, for its alert, where it is as likely. `names` come behind those of the first ground.
    """

    name: str
    label: str = ""
    fate: str = ""
    names: tuple[str, ...] = ()
    chance: float = 1.0
    duration: Distribution | None = None
    shown: tuple[float, Distribution] | None = None


class Series(NamedTuple):
    """What steps share that are about different things: all that `plain` says but its key, which begins with something,
    its conclusions, and what a thing says. Where `label` or `fate` is None, they have that of `plain`, too. A premise
    that a step needs besides stands behind the first `after` of `plain` (behind all, if that is None)."""

    plain: Step
    key: Around
    label: Around | None = None
    fate: Around | None = None
    after: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Repeats:
    """A step in each row: one of the series numbered `of`, for the thing numbered `thing`, which needs the fact
    numbered `need` besides (none: -1) and leads to the conclusions numbered `concluded`, and then to those numbered
    `more` (none: -1). Each series is in some row; of what else is numbered some may be in none."""

    series: Sequence[Series]
    things: Sequence[Topic]
    facts: Sequence[Fact]
    conclusions: Sequence[tuple[Conclusion, ...]]
    of: Ints
    thing: Ints
    need: Ints
    concluded: Ints
    more: Ints

    def __len__(self) -> int:
        return len(self.of)

    def step(self, row: int) -> Step:
        """The step in `row`."""
        return self._step({}, row)

    def steps(self) -> Iterator[Step]:
        """Every step; what several say they share."""
        return map(self.maker(), range(len(self)))

    def maker(self) -> Callable[[int], Step]:
        """What makes the step in a row; what several say they share."""
        return partial(self._step, {})

    def _step(self, known: dict[object, Any], row: int) -> Step:
        """The step in `row`; of what is equal in those that are `known`, one object is there."""
        of, thing, need = int(self.of[row]), self.things[int(self.thing[row])], int(self.need[row])
        (plain, key, label, fate, after), shown = self.series[of], thing.shown
        fated = (thing.fate or thing.name).join(fate) if fate else plain.fate
        grounds = (_about(plain.grounds[0], thing.names), *plain.grounds[1:]) if thing.names else plain.grounds
        noticed = shown if shown and shown[0] >= plain.alert else (plain.alert, plain.alert_delay)
        return Step(
            thing.name.join(key),
            plain.rule,
            _with(plain.premises, self.facts[need], after) if need >= 0 else plain.premises,
            self._concluded(int(self.concluded[row]), int(self.more[row]), known),
            known.setdefault(grounds, grounds),
            (thing.label or thing.name).join(label) if label else plain.label,
            known.setdefault(fated, fated),
            plain.chance * thing.chance,
            thing.duration or plain.duration,
            plain.wait,
            plain.approval,
            *noticed,
            plain.logged,
            plain.again,
            plain.silenced,
            shown[0] if shown else plain.shown,
        )

    def _concluded(self, first: int, then: int, known: dict[object, Any]) -> tuple[Conclusion, ...]:
        if then < 0:
            return self.conclusions[first]
        if (first, then) not in known:
            known[first, then] = self.conclusions[first] + self.conclusions[then]
        found: tuple[Conclusion, ...] = known[first, then]
        return found

    def where(self, kept: Flags) -> Repeats:
        """The rows that are `kept`."""
        left, of = _numbered_anew(self.series, self.of[kept])
        rows = {name: getattr(self, name)[kept] for name in ("thing", "need", "concluded", "more")}
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
            np.concatenate([self.need, _further(others.need, len(self.facts))]),
            np.concatenate([self.concluded, others.concluded + len(self.conclusions)]),
            np.concatenate([self.more, _further(others.more, len(self.conclusions))]),
        )

    def needed(self) -> tuple[list[Fact], Ints]:
        """The facts of which rows need one besides, and which of these each does (none: -1)."""
        return _numbered_anew(self.facts, self.need)

    def made(self) -> tuple[list[tuple[Conclusion, ...]], Ints, Ints]:
        """The conclusions that some row leads to, together, and which of these each does, and does then (none: -1)."""
        found, which = _numbered_anew(self.conclusions, np.concatenate([self.concluded, self.more]))
        return found, which[: len(self)], which[len(self) :]

    def fates(self) -> tuple[Ints, Words]:
        """The rows that have a fate of their own, and the key of what is drawn for each."""
        arounds, of = _in_order([series.fate or NO_NAME for series in self.series])
        called, about = _in_order([thing.fate or thing.name for thing in self.things])
        has = np.array([series.fate is not None for series in self.series], dtype=np.bool_)
        rows = np.flatnonzero(has[self.of])
        each = of[self.of[rows]] * len(called) + about[self.thing[rows]]
        pairs, which = np.unique(each, return_inverse=True)
        return rows, _hashed(arounds, called, pairs)[which]


def _in_order(names: Sequence[N]) -> tuple[list[N], Ints]:
    """The different ones of `names`, in order, and which of them each is."""
    found = sorted(set(names))
    place = {name: number for number, name in enumerate(found)}
    return found, np.array([place[name] for name in names], dtype=np.int64)


def _hashed(arounds: Sequence[Around], called: Sequence[str], pairs: Ints) -> Words:
    """The hash of what each of `pairs` says, of the number of one of `arounds` and of one that is `called`. A command
    often asks it again: policies of which one checks what the other asks a person about copy the same."""
    known: tuple[Sequence[Around], Sequence[str], Ints, Words] | None = recalled(_HASHED)
    if known is not None and known[:2] == (arounds, called) and np.array_equal(known[2], pairs):
        return known[3]
    of, about = np.divmod(pairs, max(len(called), 1))
    named = zip(of.tolist(), about.tolist(), strict=True)
    found = key_hashes(called[thing].join(arounds[place]) for place, thing in named)
    remember(_HASHED, (arounds, called, pairs, found))
    return found


def _about(ground: Ground, names: tuple[str, ...]) -> Ground:
    return Ground(ground.kind, (*ground.names, *names), ground.within)


def _with(premises: tuple[Fact, ...], need: Fact, after: int | None) -> tuple[Fact, ...]:
    place = len(premises) if after is None else after
    return (*premises[:place], need, *premises[place:])


def _further(numbers: Ints, first: int) -> Ints:
    """`numbers` counted from `first`; none stays none."""
    return np.where(numbers >= 0, numbers + first, numbers)


def _numbered_anew(things: Sequence[T], numbers: Ints) -> tuple[list[T], Ints]:
    """Those of `things` that are among `numbers`, and the number of each there; none (-1) stays none."""
    used = np.zeros(len(things) + 1, dtype=np.bool_)
    used[numbers] = True
    used[-1] = False
    found = np.cumsum(used) - 1
    found[-1] = -1
    return [things[number] for number in np.flatnonzero(used).tolist()], found[numbers]


@dataclass(slots=True)
class RepeatsMade:
    """Repeats, series after series."""

    things: dict[Topic, int] = field(default_factory=dict)
    facts: list[Fact] = field(default_factory=list)
    conclusions: list[tuple[Conclusion, ...]] = field(default_factory=list)
    series: list[Series] = field(default_factory=list)
    rows: list[tuple[Ints, Ints, Ints]] = field(default_factory=list)

    def number(self, thing: Topic) -> int:
        """The number of `thing`."""
        return self.things.setdefault(thing, len(self.things))

    def numbers(self, things: Iterable[Topic]) -> Ints:
        """The number of each of `things`."""
        return np.array([self.things.setdefault(each, len(self.things)) for each in things], dtype=np.int64)

    def new_facts(self, facts: Sequence[Fact]) -> Ints:
        """The number of each of `facts`, which are new."""
        self.facts += facts
        return np.arange(len(self.facts) - len(facts), len(self.facts), dtype=np.int64)

    def leads_to(self, conclusions: tuple[Conclusion, ...]) -> int:
        """The number of `conclusions`, which are new; -1 for none."""
        if not conclusions:
            return -1
        self.conclusions.append(conclusions)
        return len(self.conclusions) - 1

    def concludes(self, conclusions: Sequence[tuple[Conclusion, ...]]) -> Ints:
        """The number of each of `conclusions`, which are new; -1 for what leads to nothing."""
        there = [bool(each) for each in conclusions]
        first = len(self.conclusions)
        self.conclusions += [each for each in conclusions if each]
        return np.where(there, first + np.cumsum(there, dtype=np.int64) - 1, -1)

    def add(self, series: Series, thing: Ints, need: Ints, concluded: Ints) -> None:
        """Adds a step of `series` for each `thing`; none for what leads to nothing, and none that never succeeds."""
        led = concluded >= 0
        if series.plain.chance > 0 and led.any():
            self.series.append(series)
            self.rows.append((thing[led], need[led], concluded[led]))

    def made(self) -> Repeats:
        """All that was added."""
        nothing = np.zeros(0, dtype=np.int64)
        thing, need, concluded = (np.concatenate([nothing, *(each[n] for each in self.rows)]) for n in range(3))
        of = np.repeat(np.arange(len(self.rows)), [len(each[0]) for each in self.rows])
        more = np.full(len(of), -1, dtype=np.int64)
        return Repeats(self.series, [*self.things], self.facts, self.conclusions, of, thing, need, concluded, more)


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
        own, repeated = len(self.plain), self.repeats.maker()
        return (self.plain[n] if n < own else repeated(n - own) for n in self.order.tolist())

    def _at(self, number: int) -> Step:
        own = len(self.plain)
        return self.plain[number] if number < own else self.repeats.step(number - own)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and len(self) == len(other) and all(map(Step.__eq__, self, other))

    __hash__ = None  # type: ignore[assignment]
