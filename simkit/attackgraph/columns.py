"""Steps as columns: names turned into integers, and what each step and conclusion says into arrays."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from operator import attrgetter, eq
from typing import Any, TypeGuard, TypeVar

import numpy as np
from numpy.typing import NDArray

from simkit.attackgraph.facts import (
    ACTIONS,
    LASTING,
    STIRRING,
    TIMED,
    WITHIN,
    Conclusion,
    Entry,
    Fact,
    Step,
)
from simkit.attackgraph.responders import credential_hash
from simkit.distributions import FOREVER, Distribution, Fixed, quantile_table, ticks
from simkit.errors import EngineError
from simkit.fate import CERTAIN, key_hash, key_hashes, thresholds

Ints = NDArray[np.int64]
Words = NDArray[np.uint64]
Flags = NDArray[np.bool_]
T = TypeVar("T")

_ENDS: tuple[float | None, ...] = (0.0,) * len(ACTIONS)
_SURVIVES: tuple[float | None, ...] = (None,) * len(ACTIONS)


@dataclass(frozen=True, slots=True)
class EntryArrays:
    """An entry's variants: upper thresholds of the draw, and the first steps of each (CSR)."""

    name: str
    hash: int
    upper: Words
    root_ptr: Ints
    root_idx: Ints
    names: tuple[str, ...]

    def roots(self, variant: int) -> list[int]:
        """The steps without premises that start `variant`."""
        return [int(i) for i in self.root_idx[self.root_ptr[variant] : self.root_ptr[variant + 1]]]


def by_key(steps: Sequence[Step]) -> list[Step]:
    """`steps` in the order of their keys, each once. Raises EngineError if two different ones share a key."""
    ordered = sorted(steps, key=attrgetter("key"))
    keys = column(ordered, "key")
    if not any(map(eq, keys, keys[1:])):
        return ordered
    found = dict(zip(keys, ordered, strict=True))
    for step in ordered:  # some key is there twice, which is no harm if the steps are the same
        if found[step.key] != step:
            raise EngineError(f"two different steps share the key {step.key!r}: report this as a bug of simkit")
    return list(found.values())


def column(things: Iterable[Any], name: str) -> list[Any]:
    """What each of `things` has under `name`."""
    return list(map(attrgetter(name), things))


def pointers(lengths: Iterable[int]) -> Ints:
    """Where each of so many rows begins, and where the last one ends."""
    return _summed(np.fromiter(lengths, dtype=np.int64))


def _summed(lengths: Ints) -> Ints:
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)


def linked(steps: Sequence[Step]) -> tuple[dict[Fact, int], dict[str, Any]]:
    """The number of each fact, in the order of their names, and the arrays that say which of them each step needs, and
    what it concludes."""
    needed = column(steps, "premises")
    made, conclusion_ptr, which = _concluded(steps)
    concluded = column(made, "fact")
    objects, rows = _distinct([*concluded, *chain.from_iterable(needed)])
    facts = sorted(dict.fromkeys(objects))  # steps are sorted: half of the order is there already
    index = dict(zip(facts, range(len(facts)), strict=True))
    numbers = _each(index.__getitem__, objects, np.int64)[rows]
    premises, conclusions = numbers[len(concluded) :], numbers[: len(concluded)][which]
    return index, links(pointers(map(len, needed)), premises, conclusion_ptr, conclusions, len(facts))


def _concluded(steps: Sequence[Step]) -> tuple[list[Conclusion], Ints, Ints]:
    """What `steps` conclude, once where many of them share it; where the conclusions of each step begin, and which of
    those each is."""
    shared, rows = _distinct(column(steps, "conclusions"))
    starts = pointers(map(len, shared))
    return list(chain.from_iterable(shared)), _summed(np.diff(starts)[rows]), positions(starts, rows)


def _distinct(things: Sequence[T]) -> tuple[list[T], Ints]:
    """The different objects among `things`, in the order in which they come, and which of these each is: to hash what
    they say costs far more, and to sort where they lie a fifth of a dict of that."""
    if not things:
        return [], np.zeros(0, dtype=np.int64)
    marks = _each(id, things, np.int64)
    order = np.argsort(marks)
    ordered = marks[order]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    first = np.minimum.reduceat(order, starts)
    by = np.argsort(first)
    numbers, rows = np.empty_like(by), np.empty_like(order)
    numbers[by] = np.arange(len(by))
    rows[order] = np.repeat(numbers, np.diff(starts, append=len(marks)))
    return [things[place] for place in first[by].tolist()], rows


def links(premise_ptr: Ints, premise_idx: Ints, conclusion_ptr: Ints, made_idx: Ints, facts: int) -> dict[str, Any]:
    """Premises and conclusions of each step, and the way back: the steps that make each of so many `facts`, and those
    behind it."""
    steps = np.arange(len(premise_ptr) - 1, dtype=np.int64)
    owner, maker = (np.repeat(steps, np.diff(p)) for p in (premise_ptr, conclusion_ptr))
    return {
        "premise_ptr": premise_ptr,
        "premise_idx": premise_idx,
        "conclusion_ptr": conclusion_ptr,
        "conclusion_idx": made_idx,
        "maker_ptr": pointers(np.bincount(made_idx, minlength=facts)),
        "maker_idx": maker[np.argsort(made_idx, kind="stable")],
        "behind_ptr": pointers(np.bincount(premise_idx, minlength=facts)),
        "behind_idx": owner[np.argsort(premise_idx, kind="stable")],
    }


def positions(ptr: Ints, rows: Ints) -> Ints:
    """Where in a list of lists everything in `rows` stands, row after row."""
    starts, lengths = ptr[rows], ptr[rows + 1] - ptr[rows]
    ends = np.cumsum(lengths)
    found: Ints = np.arange(ends[-1] if len(ends) else 0, dtype=np.int64) + np.repeat(starts - ends + lengths, lengths)
    return found


def led_to(tied: Mapping[str, Ints], first: Ints) -> Flags:
    """Which facts those which hold at `first`, all together, lead to by the steps of `tied`."""
    missing = np.diff(tied["premise_ptr"])
    held = np.zeros(len(tied["behind_ptr"]) - 1, dtype=np.bool_)
    held[first] = True
    front: Ints = np.flatnonzero(held)
    while len(front):
        behind = tied["behind_idx"][positions(tied["behind_ptr"], front)]
        np.subtract.at(missing, behind, 1)
        taken = np.unique(behind[missing[behind] == 0])
        made = tied["conclusion_idx"][positions(tied["conclusion_ptr"], taken)]
        front = np.unique(made[~held[made]])
        held[front] = True
    return held


def _each(rule: Callable[[Any], int], values: Sequence[Any], kind: type) -> NDArray[Any]:
    return np.fromiter(map(rule, values), dtype=kind, count=len(values))


def draws(steps: Sequence[Step], tables: Tables) -> dict[str, Any]:
    """What is drawn for each step: whether it succeeds and is noticed, and how long it takes."""
    fates, rows = _distinct([step.fate or step.key for step in steps])  # what one carries over has the fate of its act
    return {
        "step_hash": key_hashes(fates)[rows],
        "success": thresholds(column(steps, "chance")),
        "alert": thresholds(column(steps, "alert")),
        "logged": np.array(column(steps, "logged"), dtype=np.bool_),
        "again": np.array(column(steps, "again"), dtype=np.bool_),
        "shown": thresholds(column(steps, "shown")),
        **{name: tables.rows(column(steps, name)) for name in ("duration", "wait", "approval", "alert_delay")},
    }


def silence(steps: Sequence[Step], index: Mapping[Fact, int]) -> dict[str, Any]:
    """What keeps each step from being seen; what is nowhere in the graph never holds."""
    silenced = column(steps, "silenced")
    if not any(silenced):
        silencers: Sequence[list[int]] = [[]] * len(steps)
    else:
        silencers = [[index[fact] for fact in given if fact in index] for given in silenced]
    return {
        "silencer_ptr": pointers(map(len, silencers)),
        "silencer_idx": np.array([*chain.from_iterable(silencers)], dtype=np.int64),
    }


Outlives = dict[tuple[int, ...], int]
"""Numbers the ways in which a fact outlives what ended, each of `ACTIONS` in ticks."""


def first_outlives() -> Outlives:
    """What ends with it comes first."""
    return {tuple(map(ticks, _ENDS)): 0}


def lives(steps: Sequence[Step], tables: Tables, outlives: Outlives) -> dict[str, Any]:
    """How long what each step concludes holds; `outlives` gets what is new there. Nearly all conclusions are alike in
    that, so that each way is worked out once."""
    made, _, which = _concluded(steps)
    conclusions, rows = _distinct(made)
    found = {name: values[rows[which]] for name, values in _lives(conclusions, tables, outlives).items()}
    return {**found, "outlives": np.array(list(outlives), dtype=np.int64)}


def _lives(conclusions: Sequence[Conclusion], tables: Tables, outlives: Outlives) -> dict[str, NDArray[Any]]:
    lasts = column(conclusions, "after")
    ways = [c.outlives or (_ENDS if c.fact.kind in WITHIN else _SURVIVES) for c in conclusions]
    numbers = {way: outlives.setdefault(tuple(map(ticks, way)), len(outlives)) for way in dict.fromkeys(ways)}
    return {
        "conclusion_after": _each(cache(_fixed_life), lasts, np.int64),
        "conclusion_aged": np.array(column(conclusions, "aged"), dtype=np.bool_),
        "conclusion_life": np.array([tables.row(last) if _varies(last) else -1 for last in lasts], dtype=np.int64),
        "conclusion_run": np.array(column(conclusions, "run"), dtype=np.bool_),
        "conclusion_period": _each(cache(_period), column(conclusions, "rotates"), np.int64),
        "conclusion_outlives": _each(numbers.__getitem__, ways, np.int64),
    }


def _fixed_life(after: float | Distribution | None) -> int:
    """In ticks; that of a life which varies is nowhere used."""
    return 0 if isinstance(after, Distribution) else ticks(after)


def _varies(after: float | Distribution | None) -> TypeGuard[Distribution]:
    """True for a life that is drawn. Nearly all are plain, and an abstract class is slow to ask."""
    return after is not None and after.__class__ is not float and isinstance(after, Distribution)


def _period(rotates: float | None) -> int:
    """In ticks; 0 for what never rotates."""
    return 0 if rotates is None else ticks(rotates)


def fact_arrays(index: Collection[Fact]) -> dict[str, Any]:
    """What the kind of each fact says, and the key of what is drawn for it."""
    kinds = column(index, "kind")
    return {
        "fact_lasting": _each(LASTING.__contains__, kinds, np.bool_),
        "fact_within": _each(WITHIN.__contains__, kinds, np.bool_),
        "fact_stirs": _each(STIRRING.__contains__, kinds, np.bool_),
        "fact_timed": _each(TIMED.__contains__, kinds, np.bool_),
        "fact_hash": _each(cache(credential_hash), column(index, "subject"), np.uint64),
    }


def entry_arrays(entries: Sequence[Entry], keys: Sequence[str]) -> dict[str, EntryArrays]:
    """How each attack may start; `keys` are those of all steps, in order."""
    found = {}
    for entry in entries:
        total = sum(variant.weight for variant in entry.variants)
        shares = [variant.weight / total if total else 1 / len(entry.variants) for variant in entry.variants]
        upper = [min(round(value * CERTAIN), CERTAIN) for value in np.cumsum(shares).tolist()]
        upper[-1:] = [CERTAIN] if upper else []
        roots = [sorted(bisect_left(keys, step.key) for step in variant.steps) for variant in entry.variants]
        found[entry.name] = EntryArrays(
            name=entry.name,
            hash=key_hash(f"entry:{entry.name}"),
            upper=np.array(upper, dtype=np.uint64),
            root_ptr=pointers(len(steps) for steps in roots),
            root_idx=np.array([step for steps in roots for step in steps], dtype=np.int64),
            names=tuple(variant.name for variant in entry.variants),
        )
    return found


class Tables:
    """Numbers each distinct distribution, and makes its quantile table once."""

    def __init__(self) -> None:
        self.numbered: dict[Distribution, int] = {}

    def row(self, distribution: Distribution) -> int:
        """The number of `distribution`."""
        return self.numbered.setdefault(distribution, len(self.numbered))

    def rows(self, distributions: Sequence[Distribution]) -> Ints:
        """The number of each of `distributions`."""
        objects, rows = _distinct(distributions)
        return _each(self.row, objects, np.int64)[rows]

    def arrays(self) -> dict[str, Any]:
        """`tables` and `fixed`; a fixed duration needs no table, and no draw."""
        fixed = [min(ticks(row.seconds), FOREVER) if isinstance(row, Fixed) else -1 for row in self.numbered]
        blank = (0,) * len(quantile_table(Fixed(0.0)))
        tables = [blank if value >= 0 else quantile_table(row) for row, value in zip(self.numbered, fixed, strict=True)]
        return {"tables": np.array(tables, dtype=np.int64), "fixed": np.array(fixed, dtype=np.int64)}
