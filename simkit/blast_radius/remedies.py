"""What is lost for good, and for how long things are gone: counted after the replay, from when each was contained.

What containment comes in time to undo is not lost for good. What is read is never undone. Only what happened before the
first action of the responders counts as found by it: later damage is taken to stay.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simkit.attackgraph import AttackGraph, Fact
from simkit.blast_radius.quotas import Times
from simkit.distributions import HOUR, TICKS_PER_SECOND
from simkit.model import Model, Operation, Resource

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Undoing:
    """Something that was done to a thing, by its column: how long it can be undone, and how long that takes (ms)."""

    done: int
    within: int
    takes: int


@dataclass(frozen=True, slots=True)
class Remedies:
    """By the column of a loss, what undoes it: any of these is enough. `outages` are things of which the file says how
    long it takes to bring them back: what does, and the columns of the deletion of each backup (None: nothing deletes
    it)."""

    losses: tuple[tuple[int, tuple[Undoing, ...]], ...]
    outages: tuple[tuple[Undoing, tuple[int | None, ...]], ...]
    horizon: int

    @classmethod
    def of(cls, graph: AttackGraph, model: Model) -> Remedies | None:
        """The remedies that `model` has against what `graph` can do; None where the file says nothing of any."""
        things: list[Operation | Resource] = [*model.resources.values(), *(each for _, _, each in model.operations())]
        if all(thing.undo is None and thing.restore is None for thing in things):
            return None
        losses = tuple((loss, ways) for loss, ways in _losses(graph, model) if any(way.within for way in ways))
        return cls(losses, tuple(_outages(graph, model)), graph.horizon)

    @property
    def columns(self) -> tuple[int, ...]:
        """The facts that are looked at."""
        found = [fact for loss, ways in self.losses for fact in (loss, *(way.done for way in ways))]
        for undoing, backups in self.outages:
            found += [undoing.done, *(backup for backup in backups if backup is not None)]
        return tuple(dict.fromkeys(found))

    def undone(self, times: Times, contained: NDArray[np.int64]) -> dict[int, Flags]:
        """By the column of each loss, whether each sample undoes it."""
        return {
            loss: np.logical_or.reduce([_in_time(times([way.done])[:, 0], way, contained) for way in ways])
            for loss, ways in self.losses
        }

    def outage(self, times: Times, contained: NDArray[np.int64]) -> Floats:
        """Hours for which things are gone in each sample, added up over the things: until they are back, or to the
        horizon."""
        total = np.zeros(len(contained))
        for undoing, backups in self.outages:
            gone = times([undoing.done])[:, 0]
            back = _in_time(gone, undoing, contained)
            for backup in backups:
                left = np.ones(len(gone), dtype=np.bool_) if backup is None else times([backup])[:, 0] < 0
                back |= left & (gone >= 0) & (contained >= gone)
            end = np.where(back, np.minimum(contained + undoing.takes, self.horizon), self.horizon)
            total += np.where(gone >= 0, (end - gone) / (HOUR * TICKS_PER_SECOND), 0.0)
        return total


def _in_time(done: NDArray[np.int64], way: Undoing, contained: NDArray[np.int64]) -> Flags:
    found: Flags = (done >= 0) & (contained >= done) & (contained - done <= way.within) & (way.within > 0)
    return found


def _losses(graph: AttackGraph, model: Model) -> Iterator[tuple[int, tuple[Undoing, ...]]]:
    for number, fact in enumerate(graph.facts):
        if fact.kind == "lost" and fact.object == "integrity":
            yield number, (_undoing(graph, model, number, fact.subject),)
        elif fact.kind == "lost" and fact.object == "availability":
            gone = (fact.subject, *model.resources[fact.subject].recoverable_from)
            facts = ((graph.index.get(Fact("deleted", name)), name) for name in gone)
            yield number, tuple(_undoing(graph, model, done, name) for done, name in facts if done is not None)


def _outages(graph: AttackGraph, model: Model) -> Iterator[tuple[Undoing, tuple[int | None, ...]]]:
    """What can be deleted of that of which the file says how long it takes to bring it back."""
    for name, resource in model.resources.items():
        done = graph.index.get(Fact("deleted", name))
        if done is not None and (undoing := _undoing(graph, model, done, name)).takes:
            yield undoing, tuple(graph.index.get(Fact("deleted", backup)) for backup in resource.recoverable_from)


def _undoing(graph: AttackGraph, model: Model, done: int, name: str) -> Undoing:
    """What undoes the fact `done` about the resource called `name`: of all ways to bring it about, the one that can be
    undone the shortest, and the longest time that it takes to."""
    resource = model.resources[name]
    ways = [*_operations(graph, model, done)] or [None]
    within = min(_of(way.undo if way else None, resource.undo) for way in ways)
    takes = max(_of(way.restore if way else None, resource.restore) for way in ways)
    return Undoing(done, round(within * 1000), round(takes * 1000))


def _of(said: float | None, otherwise: float | None) -> float:
    """What an operation says, else the resource, else nothing."""
    return (otherwise or 0.0) if said is None else said


def _operations(graph: AttackGraph, model: Model, done: int) -> Iterator[Operation | None]:
    """The operation of each step that concludes the fact `done`; None for what is no operation."""
    makers: Sequence[int] = graph.maker_idx[graph.maker_ptr[done] : graph.maker_ptr[done + 1]].tolist()
    for step in makers:
        ground = graph.steps[step].ground
        yield model.operation(ground.names[1]) if ground.kind == "entitlement" else None
