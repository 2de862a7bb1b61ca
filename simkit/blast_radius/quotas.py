"""How many records are out in each sample, counted after the replay: throughput times the time of reading.

Several resources that one operation reads share its throughput. What is taken is what is worth most to the attacker: of
all ways to share it the one that loses the most value. So no sample loses more for a narrower policy or a lower quota.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simkit.attackgraph import AttackGraph, Fact
from simkit.model import Model
from simkit.techniques.meter import of_runs

Floats = NDArray[np.float64]
Times = Callable[[Sequence[int]], NDArray[np.int64]]
"""From facts to a column of times for each: `first` of the outcomes."""


@dataclass(frozen=True, slots=True)
class Pipe:
    """One operation that reads records of one resource: the column that says for how long, records a millisecond, and
    how long a call takes until anything is lost (ms). In later runs, which come and go, it reads for a
    `share` of the time."""

    operation: str
    reading: int
    pace: float
    call: int
    share: float | None = None


@dataclass(frozen=True, slots=True)
class Metered:
    """A resource with `records`: the columns of its loss and of `whole` (None: nothing reads it otherwise)."""

    resource: str
    lost: int
    whole: int | None
    records: float
    value: float
    pipes: tuple[Pipe, ...]


@dataclass(frozen=True, slots=True)
class Quotas:
    """All that is metered, what is worth most a record first; `using` are the columns of an operation whose
    throughput several resources share, each with the share of its time in which that reads."""

    metered: tuple[Metered, ...]
    using: Mapping[str, tuple[tuple[int, float | None], ...]]

    @classmethod
    def of(cls, graph: AttackGraph, model: Model) -> Quotas | None:
        """The quotas that count in `graph`; None where there are none."""
        if not graph.fact_timed.any():
            return None
        found = [each for each in _metered(graph, model) if each.pipes]
        found.sort(key=lambda each: (-each.value / each.records, each.resource))
        using: dict[str, tuple[tuple[int, float | None], ...]] = {}
        for number, fact in enumerate(graph.facts):
            if fact.kind in ("using", "reusing"):
                operation, share = _shared(fact)
                before = using.get(operation, ())
                using[operation] = ((number, None), *before) if share is None else (*before, (number, share))
        return cls(tuple(found), using) if found else None

    @property
    def columns(self) -> tuple[int, ...]:
        """The facts that are looked at."""
        found = [number for columns in self.using.values() for number, _ in columns]
        for each in self.metered:
            found += [each.lost, *([] if each.whole is None else [each.whole]), *(pipe.reading for pipe in each.pipes)]
        return tuple(dict.fromkeys(found))

    def out(self, times: Times, *, until: int | None = None) -> dict[int, Floats]:
        """By the column of each loss, how many records are out in each sample, until the moment `until` (ms; None: the
        horizon)."""
        left = {name: self._left(columns, times) for name, columns in self.using.items()}
        found = {}
        for each in self.metered:
            lost = times([each.lost])[:, 0]
            taken, spent = np.zeros(len(lost)), dict[str, Floats]()
            for pipe in each.pipes:
                held = _within(_lasting(times([pipe.reading])[:, 0]), lost - pipe.call, until)
                time = _beside(spent.get(pipe.operation, np.zeros(len(lost))), held, pipe.share)
                spent[pipe.operation] = spent.get(pipe.operation, 0.0) + time
                if pipe.operation in left:
                    # what others take of the shared time is gone; the milliseconds left are whole records' worth
                    time = np.minimum(time, np.maximum(left[pipe.operation], 0.0))
                more = np.minimum(time * pipe.pace, each.records - taken)
                taken += more
                if pipe.operation in left:
                    left[pipe.operation] = left[pipe.operation] - more / pipe.pace
            out = np.where(self._as_one(each, times, until), each.records, taken)
            found[each.lost] = np.where(_held(lost, until), out, 0.0)
        return found

    @staticmethod
    def _left(columns: Sequence[tuple[int, float | None]], times: Times) -> Floats:
        """For how long an operation is used in each sample, by all who use it."""
        total = np.zeros(len(times([columns[0][0]])))
        for number, share in columns:
            total = total + _beside(total, _lasting(times([number])[:, 0]), share)
        return total

    @staticmethod
    def _as_one(each: Metered, times: Times, until: int | None) -> NDArray[np.bool_]:
        """Where it was got at in another way than record by record."""
        found = ~_held(times([pipe.reading for pipe in each.pipes]).max(axis=1), None)
        return found if each.whole is None else found | _held(times([each.whole])[:, 0], until)

    def shares(self, times: Times, *, until: int | None = None) -> dict[int, Floats]:
        """By the column of each loss, the share of its value that each sample lost, until `until` (ms)."""
        out = self.out(times, until=until)
        return {each.lost: out[each.lost] / each.records for each in self.metered}


def _metered(graph: AttackGraph, model: Model) -> Iterator[Metered]:
    pipes: dict[str, list[Pipe]] = {}
    for number, fact in enumerate(graph.facts):
        if fact.kind in ("reading", "rereading"):
            name, share = _shared(fact)
            operation = model.operation(name)
            pace, call = (operation.throughput or 0.0) / 1000, round(operation.duration.mean * 1000)
            pipes.setdefault(fact.object, []).append(Pipe(name, number, pace, call, share))
    for name, found in pipes.items():
        resource, lost = model.resources[name], graph.index.get(Fact("lost", name, "confidentiality"))
        if lost is not None and resource.records:
            value = resource.value.get("confidentiality", 0.0)
            whole = graph.index.get(Fact("whole", name))
            yield Metered(name, lost, whole, resource.records, value, tuple(found))


def _beside(before: Floats, held: Floats, share: float | None) -> Floats:
    """What comes to the time `before`, in which something was read: all of that in which it `held`, or a `share` of it,
    which is no more than is left where runs overlap."""
    return held if share is None else np.minimum(held * share, np.maximum(held - before, 0.0))


def _shared(fact: Fact) -> tuple[str, float | None]:
    """The operation that a fact of reading is about; and for which share of its time, where that is in later runs."""
    if fact.kind in ("reading", "using"):
        return fact.subject, None
    return of_runs(fact.subject)


def _lasting(held: NDArray[np.int64]) -> Floats:
    """For how long it held, in ms; nothing where it never did."""
    return np.maximum(held, 0).astype(np.float64)


def _within(time: Floats, since: NDArray[np.int64], until: int | None) -> Floats:
    """What of `time` can lie before `until`, if it began at `since` or later."""
    return time if until is None else np.clip(time, 0.0, np.maximum(until - np.maximum(since, 0), 0))


def _held(first: NDArray[np.int64], until: int | None) -> NDArray[np.bool_]:
    return (first >= 0) if until is None else (first >= 0) & (first <= until)


def value_lost(
    value: Mapping[int, float],
    quotas: Quotas | None,
    times: Times,
    *,
    until: int | None = None,
    undone: Mapping[int, NDArray[np.bool_]] | None = None,
) -> Floats:
    """The value that each sample lost until `until` (ms; None: the horizon), but for what is `undone`, added up in the
    order of the columns."""
    shares = {} if quotas is None else quotas.shares(times, until=until)
    first = times(list(value))
    total = np.zeros(len(first))
    for place, (column, worth) in enumerate(value.items()):
        if column in shares:
            total += worth * shares[column]
        else:
            lost = _held(first[:, place], until)
            total += np.where(lost & ~undone[column] if undone and column in undone else lost, worth, 0.0)
    return total
