"""Steps in rows: those that are objects and those that only repeat others, and what each row says, as numbers."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from operator import attrgetter, eq
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from simkit.attackgraph.facts import Conclusion, Fact, Step
from simkit.attackgraph.form import of_form
from simkit.attackgraph.order import order_of
from simkit.attackgraph.repeats import Flags, Index, Ints, Repeats, StepSequence, Topic
from simkit.errors import EngineError
from simkit.fate import key_hashes

Words = NDArray[np.uint64]
T = TypeVar("T")
Concluded = tuple[list[Conclusion], Ints, Ints]
"""What rows conclude, where the conclusions of each begin, and which of the former each is."""
TWICE = "two different steps share the key {!r}: report this as a bug of simkit"


@dataclass(frozen=True, slots=True, eq=False)
class StepRows:
    """`steps` and then `repeats`, or both in one `order`."""

    steps: Sequence[Step]
    repeats: Repeats | None = None
    order: Ints | None = None

    @classmethod
    def by_key(cls, steps: Sequence[Step], repeats: Repeats | None = None) -> StepRows:
        """All of them in the order of their keys, each once. Raises EngineError if two different ones share a key."""
        ordered = by_key(steps)
        if repeats is None or not len(repeats):
            return cls(ordered)
        order, again = of_form("order", ordered, repeats, lambda: _by_key(column(ordered, "key"), repeats))
        if again.any():
            together = StepSequence(ordered, repeats, order)
            for row in np.flatnonzero(again).tolist():
                if together[row] != together[row - 1]:
                    raise EngineError(TWICE.format(together[row].key))
        return cls(ordered, repeats, order[~again])

    def __len__(self) -> int:
        if self.order is not None:
            return len(self.order)
        return len(self.steps) + (len(self.repeats) if self.repeats is not None else 0)

    @property
    def sequence(self) -> Sequence[Step]:
        """The step in each row."""
        if self.repeats is None or self.order is None:
            return tuple(self.steps)
        return StepSequence(tuple(self.steps), self.repeats, self.order)

    @property
    def alike(self) -> list[Step]:
        """The steps, and one for each series of repeats."""
        return [*self.steps, *(series.plain for series in self.repeats.series)] if self.repeats else [*self.steps]

    def spread(self, values: NDArray[Any]) -> NDArray[Any]:
        """By row what `values` has for each of those that are `alike`."""
        if self.repeats is None:
            return values
        own = len(self.steps)
        return self._ordered(np.concatenate([values[:own], values[own:][self.repeats.of]]))

    def of_things(self, said: Callable[[Topic], Any], unsaid: Any, kind: type) -> NDArray[Any]:
        """By row what is `said` of the thing that it is about, `unsaid` for what repeats nothing."""
        own: NDArray[Any] = np.full(len(self.steps), unsaid, dtype=kind)
        if self.repeats is None:
            return own
        return self._ordered(np.concatenate([own, each_of(said, self.repeats.things, kind)[self.repeats.thing]]))

    def hashes(self) -> Words:
        """The key of what is drawn for each row: what one carries over has the fate of its act."""
        fates, which = distinct([step.fate or step.key for step in self.alike])
        found = key_hashes(fates)[which]
        if self.repeats is None:
            return found
        own = len(self.steps)
        found = np.concatenate([found[:own], found[own:][self.repeats.of]])
        rows, hashes = self.repeats.fates()
        found[own + rows] = hashes
        return self._ordered(found)

    def premises(self) -> tuple[list[Fact], Ints, Ints]:
        """The facts that some row needs; where the premises of each begin, and which of those facts each is."""
        needed = column(self.steps, "premises")
        facts, starts = [*chain.from_iterable(needed)], pointers(map(len, needed))
        which = np.arange(len(facts), dtype=np.int64)
        if self.repeats is not None:
            of, shared = self.repeats.of, [series.plain.premises for series in self.repeats.series]
            first, common = len(facts), pointers(map(len, shared))
            facts += chain.from_iterable(shared)
            more, need = self.repeats.needed()
            besides = need >= 0
            begin = summed(np.diff(common)[of] + besides)
            after = [len(each.plain.premises) if each.after is None else each.after for each in self.repeats.series]
            places = (begin[:-1] + np.array(after, dtype=np.int64)[of])[besides]
            found = np.full(begin[-1], -1, dtype=np.int64)
            found[places] = len(facts) + need[besides]
            found[found < 0] = first + positions(common, of)
            facts += more
            starts, which = np.concatenate([starts, starts[-1] + begin[1:]]), np.concatenate([which, found])
        if self.order is None:
            return facts, starts, which
        return facts, summed(np.diff(starts)[self.order]), which[positions(starts, self.order)]

    def concluded(self) -> Concluded:
        """What the rows conclude, once where many of them share it; where the conclusions of each begin, and which of
        those each is."""
        shared, which = distinct(column(self.steps, "conclusions"))
        if self.repeats is None:
            starts = pointers(map(len, shared))
            return list(chain.from_iterable(shared)), summed(np.diff(starts)[which]), positions(starts, which)
        found, made, more = self.repeats.made()
        none = len(shared) + len(found)
        starts = pointers(map(len, [*shared, *found, ()]))
        first = np.concatenate([which, len(shared) + made])
        then = np.concatenate([np.full(len(which), none), np.where(more >= 0, len(shared) + more, none)])
        both = np.stack([self._ordered(first), self._ordered(then)], axis=1)
        lengths = np.diff(starts)[both].sum(axis=1)
        return list(chain.from_iterable([*shared, *found])), summed(lengths), positions(starts, both.ravel())

    def _ordered(self, values: NDArray[Any]) -> NDArray[Any]:
        return values if self.order is None else values[self.order]


def _by_key(keys: Sequence[str], repeats: Repeats) -> tuple[Ints, Flags]:
    """The numbers of the steps with these `keys`, and then of `repeats`, in the order of their keys; and which of them
    have the same key as the one before.

    A key of a repeat is the beginning of its series, a thing, and an end. Beginnings are in order, of which none begins
    with another, and what follows them is, too: there are far fewer of both than of keys.
    """
    roots = _roots(series.key[0] for series in repeats.series)
    begun = [_root(roots, series.key[0]) for series in repeats.series]
    ends = [(series.key[0][len(root) :], series.key[1]) for series, root in zip(repeats.series, begun, strict=True)]
    kinds = {end: number for number, end in enumerate(dict.fromkeys(ends))}
    ending = each_of(kinds.__getitem__, ends, np.int64)[repeats.of] * len(repeats.things) + repeats.thing
    used, which = np.unique(ending, return_inverse=True)
    known, things = [*kinds], [thing.name for thing in repeats.things]
    pairs = [divmod(each, len(things)) for each in used.tolist()]
    rests = [f"{known[kind][0]}{things[thing]}{known[kind][1]}" for kind, thing in pairs]
    own = [_root(roots, key) for key in keys]
    left = [key[len(root) :] if root else "" for key, root in zip(keys, own, strict=True)]
    first = _places([root or key for key, root in zip(keys, own, strict=True)], begun)
    then = _places(left, rests)
    places = [first[0] * then[2] + then[0], first[1][repeats.of] * then[2] + then[1][which]]
    place = np.concatenate(places)
    order = order_of(place)
    ordered = place[order]
    return order, np.concatenate([[False], ordered[1:] == ordered[:-1]])


def _places(some: Sequence[str], others: Sequence[str]) -> tuple[Ints, Ints, int]:
    """The place of each of `some` and of `others` in the order of all, and how many different ones there are."""
    place = {name: number for number, name in enumerate(sorted({*some, *others}))}
    return each_of(place.__getitem__, some, np.int64), each_of(place.__getitem__, others, np.int64), len(place)


def _roots(names: Iterable[str]) -> list[str]:
    """Those of `names` that begin with no other one, in order."""
    found: list[str] = []
    for name in sorted(set(names)):
        if not found or not name.startswith(found[-1]):
            found.append(name)
    return found


def _root(roots: Sequence[str], name: str) -> str:
    """That of `roots` with which `name` begins; empty if there is none."""
    place = bisect_right(roots, name)
    return roots[place - 1] if place and name.startswith(roots[place - 1]) else ""


def by_key(steps: Sequence[Step]) -> list[Step]:
    """`steps` in the order of their keys, each once. Raises EngineError if two different ones share a key."""
    ordered = sorted(steps, key=attrgetter("key"))
    keys = column(ordered, "key")
    if not any(map(eq, keys, keys[1:])):
        return ordered
    found = dict(zip(keys, ordered, strict=True))
    for step in ordered:  # some key is there twice, which is no harm if the steps are the same
        if found[step.key] != step:
            raise EngineError(TWICE.format(step.key))
    return list(found.values())


def column(things: Iterable[Any], name: str) -> list[Any]:
    """What each of `things` has under `name`."""
    return list(map(attrgetter(name), things))


def pointers(lengths: Iterable[int]) -> Ints:
    """Where each of so many rows begins, and where the last one ends."""
    return summed(np.fromiter(lengths, dtype=np.int64))


def summed(lengths: Ints) -> Ints:
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)


def distinct(things: Sequence[T]) -> tuple[list[T], Ints]:
    """The different objects among `things`, in the order in which they come, and which of these each is: to hash what
    they say costs far more, and to sort where they lie a fifth of a dict of that."""
    if not things:
        return [], np.zeros(0, dtype=np.int64)
    marks = each_of(id, things, np.int64)
    order = np.argsort(marks)
    ordered = marks[order]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    first = np.minimum.reduceat(order, starts)
    by = np.argsort(first)
    numbers, rows = np.empty_like(by), np.empty_like(order)
    numbers[by] = np.arange(len(by))
    rows[order] = np.repeat(numbers, np.diff(starts, append=len(marks)))
    return [things[place] for place in first[by].tolist()], rows


def positions(ptr: Ints | Index, rows: Ints | Index) -> Ints:
    """Where in a list of lists everything in `rows` stands, row after row."""
    starts, lengths = ptr[rows], ptr[rows + 1] - ptr[rows]
    ends = np.cumsum(lengths)
    found: Ints = np.arange(ends[-1] if len(ends) else 0, dtype=np.int64) + np.repeat(starts - ends + lengths, lengths)
    return found


def each_of(rule: Callable[[Any], int], values: Sequence[Any], kind: type) -> NDArray[Any]:
    return np.fromiter(map(rule, values), dtype=kind, count=len(values))
