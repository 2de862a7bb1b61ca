"""Steps as columns: names turned into integers, and what each step and conclusion says into arrays."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from operator import attrgetter
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
from simkit.attackgraph.order import each_once, order_of
from simkit.attackgraph.quick_tables import table_of
from simkit.attackgraph.responders import credential_hashes
from simkit.attackgraph.rows import Concluded, StepRows, column, distinct, each_of, pointers, positions, summed
from simkit.distributions import FOREVER, KNOTS, Distribution, Fixed, ticks
from simkit.errors import EngineError
from simkit.fate import CERTAIN, key_hash, thresholds

Ints = NDArray[np.int64]
Index = NDArray[np.int32]
Words = NDArray[np.uint64]
Flags = NDArray[np.bool_]
T = TypeVar("T")

MOST = int(np.iinfo(np.int32).max)
"""Links of a graph, at most: what is kept of a graph counts them in 32 bits, half of what it would take in 64."""
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

    @property
    def starts(self) -> list[tuple[int, ...]]:
        """The same of each variant; one start without steps where there is no variant."""
        return [tuple(self.roots(variant)) for variant in range(len(self.names))] or [()]


def linked(rows: StepRows, concluded: Concluded | None = None) -> tuple[dict[Fact, int], dict[str, Any]]:
    """The number of each fact, in the order of their names, and the arrays that say which of them each step needs, and
    what it concludes (as `concluded` of `rows` says)."""
    needed, premise_ptr, premises = rows.premises()
    made, conclusion_ptr, conclusions = concluded or rows.concluded()
    facts, numbers = in_order([*column(made, "fact"), *needed])
    index = dict(zip(facts, range(len(facts)), strict=True))
    needs, concludes = numbers[len(made) :][premises], numbers[: len(made)][conclusions]
    return index, links(premise_ptr, needs, conclusion_ptr, concludes, len(facts))


def in_order(facts: Sequence[Fact]) -> tuple[list[Fact], Ints]:
    """Each of `facts` once, in the order of what they say, and the place there of each: words are put in order, which
    are far fewer."""
    place = np.zeros(len(facts), dtype=np.int64)
    for name in Fact._fields:
        said = column(facts, name)
        words = {word: number for number, word in enumerate(sorted(set(said)))}
        place = place * len(words) + each_of(words.__getitem__, said, np.int64)
    _, first, places = np.unique(place, return_index=True, return_inverse=True)
    return [facts[number] for number in first.tolist()], places


def links(premise_ptr: Ints, premise_idx: Ints, conclusion_ptr: Ints, made_idx: Ints, facts: int) -> dict[str, Any]:
    """Premises and conclusions of each step, and the way back: the steps that make each of so many `facts`, and those
    behind it. Raises EngineError if they are more than `MOST`."""
    most = int(max(premise_ptr[-1], conclusion_ptr[-1]))
    if most > MOST:
        raise EngineError(
            f"a graph with {most:,} links between steps and facts is too large: ask about a part of the scenario, of "
            f"at most {MOST:,} links"
        )
    steps = np.arange(len(premise_ptr) - 1, dtype=np.int32)
    owner, maker = (np.repeat(steps, np.diff(p)) for p in (premise_ptr, conclusion_ptr))
    told: dict[str, Ints | Index] = {
        "premise_ptr": premise_ptr,
        "premise_idx": premise_idx,
        "conclusion_ptr": conclusion_ptr,
        "conclusion_idx": made_idx,
        "maker_ptr": pointers(np.bincount(made_idx, minlength=facts)),
        "maker_idx": maker[order_of(made_idx)],
        "behind_ptr": pointers(np.bincount(premise_idx, minlength=facts)),
        "behind_idx": owner[order_of(premise_idx)],
    }
    return {name: array.astype(np.int32, copy=False) for name, array in told.items()}


def met(premise_ptr: Index | Ints, premise_idx: Index | Ints, held: Flags) -> Flags:
    """For each step whether all its premises are `held`; what needs nothing is met."""
    missing = np.concatenate([[0], np.cumsum(~held[premise_idx])])[premise_ptr]
    found: Flags = missing[1:] == missing[:-1]
    return found


def led_to(tied: Mapping[str, Index], first: Ints) -> Flags:
    """Which facts those which hold at `first`, all together, lead to by the steps of `tied`."""
    missing = np.diff(tied["premise_ptr"])
    held = np.zeros(len(tied["behind_ptr"]) - 1, dtype=np.bool_)
    held[first] = True
    front: Ints | Index = np.flatnonzero(held)
    while len(front):
        behind = tied["behind_idx"][positions(tied["behind_ptr"], front)]
        came = np.bincount(behind, minlength=len(missing))
        missing -= came
        taken = np.flatnonzero((came > 0) & (missing == 0))
        made = tied["conclusion_idx"][positions(tied["conclusion_ptr"], taken)]
        front = each_once(made[~held[made]])
        held[front] = True
    return held


def draws(rows: StepRows, tables: Tables) -> dict[str, Any]:
    """What is drawn for each step: whether it succeeds and is noticed, and how long it takes."""
    alike = rows.alike
    flags = {name: np.array(column(alike, name), dtype=np.bool_) for name in ("logged", "again")}
    times = {name: tables.rows(column(alike, name)) for name in ("duration", "wait", "approval", "alert_delay")}
    said = {name: rows.spread(values) for name, values in (flags | times).items()}
    chances = {name: rows.spread(np.array(column(alike, name))) for name in ("chance", "alert", "shown")}
    chances["chance"] = chances["chance"] * rows.of_things(attrgetter("chance"), 1.0, np.float64)
    lasts = rows.of_things(lambda thing: -1 if thing.duration is None else tables.row(thing.duration), -1, np.int32)
    said["duration"] = np.where(lasts >= 0, lasts, said["duration"])
    # what shows by itself is noticed so, where that is as likely as what is noticed of it anyway
    shown = rows.of_things(lambda thing: thing.shown[0] if thing.shown else -1.0, -1.0, np.float64)
    delay = rows.of_things(lambda thing: tables.row(thing.shown[1]) if thing.shown else -1, -1, np.int32)
    likelier = (shown >= 0) & (shown >= chances["alert"])
    said["alert_delay"] = np.where(likelier, delay, said["alert_delay"])
    chances["alert"] = np.where(likelier, shown, chances["alert"])
    chances["shown"] = np.where(shown >= 0, shown, chances["shown"])
    success, alert, unseen = (thresholds(chances[name]) for name in ("chance", "alert", "shown"))
    return {"step_hash": rows.hashes(), "success": success, "alert": alert, "shown": unseen, **said}


def silence(rows: StepRows, index: Mapping[Fact, int]) -> dict[str, Any]:
    """What keeps each step from being seen; what is nowhere in the graph never holds."""
    silenced = column(rows.alike, "silenced")
    if not any(silenced):
        return {"silencer_ptr": np.zeros(len(rows) + 1, dtype=np.int32), "silencer_idx": np.zeros(0, dtype=np.int32)}
    silencers = [[index[fact] for fact in given if fact in index] for given in silenced]
    starts, which = pointers(map(len, silencers)), rows.spread(np.arange(len(silencers)))
    return {
        "silencer_ptr": summed(np.diff(starts)[which]).astype(np.int32),
        "silencer_idx": np.array([*chain.from_iterable(silencers)], dtype=np.int32)[positions(starts, which)],
    }


Outlives = dict[tuple[int, ...], int]
"""Numbers the ways in which a fact outlives what ended, each of `ACTIONS` in ticks."""


def first_outlives() -> Outlives:
    """What ends with it comes first."""
    return {tuple(map(ticks, _ENDS)): 0}


def lives(concluded: Concluded, tables: Tables, outlives: Outlives) -> dict[str, Any]:
    """How long what each step concludes holds; `outlives` gets what is new there. Nearly all conclusions are alike in
    that, so that each way is worked out once."""
    made, _, which = concluded
    ways: dict[Life, int] = {}
    of = np.array([ways.setdefault(_life(each), len(ways)) for each in made], dtype=np.int64)[which]
    found = {name: values[of] for name, values in _lives([*ways], tables, outlives).items()}
    return {**found, "outlives": np.array(list(outlives), dtype=np.int64)}


Life = tuple[float | Distribution | None, bool, bool, float | None, tuple[float | None, ...]]
"""How long a conclusion holds: `after`, `aged`, `run`, `rotates` and `outlives` of it."""


def _life(made: Conclusion) -> Life:
    fact, after, aged, run, rotates, outlives, _ = made
    return after, aged, run, rotates, outlives or (_ENDS if fact.kind in WITHIN else _SURVIVES)


def _lives(ways: Sequence[Life], tables: Tables, outlives: Outlives) -> dict[str, NDArray[Any]]:
    lasts, aged, run, rotates, ends = map(list, zip(*ways, strict=True)) if ways else ([],) * 5
    numbers = [outlives.setdefault(tuple(map(ticks, each)), len(outlives)) for each in ends]
    return {
        "conclusion_after": each_of(_fixed_life, lasts, np.int64),
        "conclusion_aged": np.array(aged, dtype=np.bool_),
        "conclusion_life": np.array([tables.row(last) if _varies(last) else -1 for last in lasts], dtype=np.int32),
        "conclusion_run": np.array(run, dtype=np.bool_),
        "conclusion_period": each_of(_period, rotates, np.int64),
        "conclusion_outlives": np.array(numbers, dtype=np.int32),
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
    numbers = {kind: number for number, kind in enumerate(dict.fromkeys(kinds))}
    of = each_of(numbers.__getitem__, kinds, np.int64)
    said = {"fact_lasting": LASTING, "fact_within": WITHIN, "fact_stirs": STIRRING, "fact_timed": TIMED}
    return {
        **{name: np.array([kind in among for kind in numbers], dtype=np.bool_)[of] for name, among in said.items()},
        "fact_hash": credential_hashes(column(index, "subject")),
    }


def entry_arrays(entries: Sequence[Entry], steps: Sequence[Step]) -> dict[str, EntryArrays]:
    """How each attack may start; `steps` are all, in order."""
    found, key = {}, attrgetter("key")
    for entry in entries:
        total = sum(variant.weight for variant in entry.variants)
        shares = [variant.weight / total if total else 1 / len(entry.variants) for variant in entry.variants]
        upper = [min(round(value * CERTAIN), CERTAIN) for value in np.cumsum(shares).tolist()]
        upper[-1:] = [CERTAIN] if upper else []
        roots = [sorted(bisect_left(steps, step.key, key=key) for step in variant.steps) for variant in entry.variants]
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

    def rows(self, distributions: Sequence[Distribution]) -> Index:
        """The number of each of `distributions`."""
        objects, rows = distinct(distributions)
        return each_of(self.row, objects, np.int32)[rows]

    def arrays(self) -> dict[str, Any]:
        """`tables` and `fixed`; a fixed duration needs no table, and no draw."""
        fixed = [min(ticks(row.seconds), FOREVER) if isinstance(row, Fixed) else -1 for row in self.numbered]
        tables = np.zeros((len(fixed), 2 * KNOTS), dtype=np.int64)
        for number, (law, value) in enumerate(zip(self.numbered, fixed, strict=True)):
            if value < 0:
                tables[number] = table_of(law)
        return {"tables": tables, "fixed": np.array(fixed, dtype=np.int64)}
