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

Floats = NDArray[np.float64]
Times = Callable[[Sequence[int]], NDArray[np.int64]]
"""From facts to a column of times for each: `first` of the outcomes."""


@dataclass(frozen=True, slots=True)
class Pipe:
    """One operation that reads records of one resource: the column that says for how long, records a millisecond, and
    how long a call takes until anything is lost (ms)."""

    operation: str
    reading: int
    pace: float
    call: int


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
    """All that is metered, what is worth most a record first; `using` is the column of an operation whose throughput
    several resources share."""

    metered: tuple[Metered, ...]
    using: Mapping[str, int]

    @classmethod
    def of(cls, graph: AttackGraph, model: Model) -> Quotas | None:
        """The quotas that count in `graph`; None where there are none."""
        if not graph.fact_timed.any():
            return None
        found = [each for each in _metered(graph, model) if each.pipes]
        found.sort(key=lambda each: (-each.value / each.records, each.resource))
        using = {fact.subject: number for number, fact in enumerate(graph.facts) if fact.kind == "using"}
        return cls(tuple(found), using) if found else None

    @property
    def columns(self) -> tuple[int, ...]:
        """The facts that are looked at."""
        found = [*self.using.values()]
        for each in self.metered:
            found += [each.lost, *([] if each.whole is None else [each.whole]), *(pipe.reading for pipe in each.pipes)]
        return tuple(dict.fromkeys(found))

    def out(self, times: Times, *, until: int | None = None) -> dict[int, Floats]:
        """By the column of each loss, how many records are out in each sample, until the moment `until` (ms; None: the
        horizon)."""
        left = {name: _lasting(times([number])[:, 0]) for name, number in self.using.items()}
        found = {}
        for each in self.metered:
            lost = times([each.lost])[:, 0]
            taken = np.zeros(len(lost))
            for pipe in each.pipes:
                time = _within(_lasting(times([pipe.reading])[:, 0]), lost - pipe.call, until)
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
        if fact.kind == "reading":
            operation = model.operation(fact.subject)
            pace, call = (operation.throughput or 0.0) / 1000, round(operation.duration.mean * 1000)
            pipes.setdefault(fact.object, []).append(Pipe(fact.subject, number, pace, call))
    for name, found in pipes.items():
        resource, lost = model.resources[name], graph.index.get(Fact("lost", name, "confidentiality"))
        if lost is not None and resource.records:
            value = resource.value.get("confidentiality", 0.0)
            whole = graph.index.get(Fact("whole", name))
            yield Metered(name, lost, whole, resource.records, value, tuple(found))


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
