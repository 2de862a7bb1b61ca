"""A scenario compiled once for one policy, whose numbers are swapped for each draw: columns are written over, and the
graph is that which a new compilation would make, bit for bit."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simkit.attackgraph import AttackGraph, Containment
from simkit.attackgraph.quick_tables import write_laws
from simkit.blast_radius import Legend
from simkit.decisions.drawn_values import Floats, Given
from simkit.distributions import Distribution
from simkit.fate import CERTAIN
from simkit.policies import GrantPolicy
from simkit.scenario import Scenario
from simkit.scenario.numbers_at import with_numbers
from simkit.simulation import compile_attack, world_of
from simkit.techniques.respond import containment
from simkit.unknowns import NotKnown, kind_of
from simkit.unknowns.traced import Known, Traced, comparisons, evaluated, inputs_of

if TYPE_CHECKING:  # to draw up a scenario does not load the kernels
    from simkit.decisions.in_place import InPlace

PRICED = frozenset({"frequency", "money"})
"""Kinds of numbers that no replay depends on."""
GOLDEN = 0.6180339887498949


@dataclass(frozen=True, slots=True)
class Column:
    """Places of one array, and for each the number that stands there."""

    name: str
    places: NDArray[np.int64]
    numbers: tuple[float, ...]

    @classmethod
    def of(cls, name: str, found: Iterable[tuple[int, float]]) -> Column:
        """The traced ones among `found`, pairs of a place and a number."""
        pairs = [(place, number) for place, number in found if isinstance(number, Traced)]
        return cls(name, np.array([p for p, _ in pairs], dtype=np.int64), tuple(n for _, n in pairs))

    def at(self, given: Given, count: int, known: Known) -> Floats:
        """(count, places) The numbers in each draw; `known` as in `evaluated`."""
        rows = [evaluated(n, given, count, known) for n in self.numbers]
        return np.stack(rows, axis=1) if rows else np.zeros((count, 0))


@dataclass(frozen=True, slots=True)
class DrawnColumns:
    """The columns of one graph in every draw: thresholds (draws, places), and the laws behind rows of its tables."""

    thresholds: Mapping[str, NDArray[np.uint64]]
    laws: Mapping[int, tuple[Distribution, Given]]
    values: Floats
    alike: NDArray[np.bool_]
    """Where a new compilation would make the same graph but for its columns."""

    def laws_of(self, draw: int) -> dict[int, Distribution]:
        """The laws of one draw, by their row in the tables."""
        return {
            row: _law_at(law, {name: float(column[draw]) for name, column in given.items()})
            for row, (law, given) in self.laws.items()
        }


@dataclass(frozen=True, slots=True)
class Compiled:
    """A graph with its legend, as a measure looks it up; where it is replayed `in_place`, that has its columns."""

    graph: AttackGraph
    legend: Legend
    in_place: InPlace | None = None


@dataclass(frozen=True, eq=False)
class Swap:
    """One policy, compiled; `used` are the inputs that its graph depends on, by name."""

    scenario: Scenario
    policy: GrantPolicy
    inputs: tuple[NotKnown, ...]
    graph: AttackGraph
    legend: Legend
    columns: tuple[Column, ...]
    laws: Mapping[int, Distribution]
    losses: Column
    asked: Sequence[Any] = field(default=())

    @cached_property
    def used(self) -> frozenset[str]:
        """The names of the inputs that the graph or its losses depend on."""
        numbers = [number for column in (*self.columns, self.losses) for number in column.numbers]
        numbers += [number for law in self.laws.values() for number in _numbers(law)]
        return frozenset().union(*map(inputs_of, numbers))

    def drawn(self, given: Given, count: int) -> DrawnColumns:
        """The columns in each of `count` draws."""
        alike, known = np.ones(count, dtype=np.bool_), Known()
        for each in self.asked:
            alike &= each.holds(given, known)
        if self.legend.quotas is not None and len(self.losses.numbers):
            alike[:] = False  # what is worth most a record goes first, which the legend has sorted
        thresholds = {column.name: _thresholds(column.at(given, count, known)) for column in self.columns}
        laws = {row: (law, _of_law(law, given, count, known)) for row, law in self.laws.items()}
        return DrawnColumns(thresholds, laws, self.losses.at(given, count, known), alike)

    @cached_property
    def in_place(self) -> InPlace:
        """The graph with columns that are written over, for one draw at a time."""
        from simkit.decisions.in_place import InPlace

        return InPlace.of(self.graph)

    def compiled(self, given: Given, drawn: DrawnColumns, draw: int) -> Compiled:
        """One draw, ready to be replayed: in place where only columns differ, until the next draw is asked for."""
        if drawn.alike[draw]:
            places = {column.name: column.places for column in self.columns if len(column.places)}
            written = {name: (where, drawn.thresholds[name][draw]) for name, where in places.items()}
            if self.in_place.write(written, drawn.laws_of(draw)):
                return Compiled(self.graph, self._legend(drawn, draw), self.in_place)
        return Compiled(*self.at(given, drawn, draw))

    def at(self, given: Given, drawn: DrawnColumns, draw: int) -> tuple[AttackGraph, Legend]:
        """The graph of one draw, and its legend."""
        if not drawn.alike[draw]:
            values = {name: float(column[draw]) for name, column in given.items()}
            attack = compile_attack(with_values(self.scenario, self.inputs, values), self.policy)
            return attack.graph, attack.legend
        return self._graph(drawn, draw), self._legend(drawn, draw)

    def _graph(self, drawn: DrawnColumns, draw: int) -> AttackGraph:
        written = {column.name: self._written(column, drawn, draw) for column in self.columns if len(column.places)}
        responders = {name: written.pop(name) for name in ("forgotten", "overlooked") if name in written}
        if responders:
            written["responders"] = dataclasses.replace(self.graph.responders, **responders)
        return dataclasses.replace(self.graph, **written, **self._tables(drawn, draw))

    def _written(self, column: Column, drawn: DrawnColumns, draw: int) -> Any:
        holder = self.graph if hasattr(self.graph, column.name) else self.graph.responders
        found = getattr(holder, column.name).copy()
        found[column.places] = drawn.thresholds[column.name][draw]
        return found

    def _tables(self, drawn: DrawnColumns, draw: int) -> dict[str, Any]:
        if not drawn.laws:
            return {}
        tables, fixed = self.graph.tables.copy(), self.graph.fixed.copy()
        write_laws(drawn.laws_of(draw), tables, fixed)
        return {"tables": tables, "fixed": fixed}

    def _legend(self, drawn: DrawnColumns, draw: int) -> Legend:
        if not len(self.losses.places):
            return self.legend
        values = dict(self.legend.value)
        values.update(zip(self.losses.places.tolist(), drawn.values[draw].tolist(), strict=True))
        return dataclasses.replace(self.legend, value=values)


def swap_of(scenario: Scenario, policy: GrantPolicy, inputs: Sequence[NotKnown]) -> Swap:
    """`scenario` compiled under `policy`, with a traced number in the place of each of `inputs` that a replay may
    depend on. They stand inside their ranges, each at a place of its own: a chance of 0 would drop its step, and two
    equal numbers would share a table."""
    replayed = tuple(each for each in inputs if kind_of(each.places[0]) not in PRICED)
    values = {each.name: Traced.of(each.name, _inside(each, n)) for n, each in enumerate(replayed)}
    with comparisons() as asked:
        traced = with_values(scenario, replayed, values)
        attack = compile_attack(traced, policy)
        known = _containment(traced, policy, attack.graph)
        graph = attack.graph
        columns, laws = _columns(graph, known), _laws(graph, known)
    losses = Column.of("value", attack.legend.value.items())
    return Swap(scenario, policy, replayed, graph, attack.legend, columns, laws, losses, tuple(asked.values()))


def with_values(scenario: Scenario, inputs: Iterable[NotKnown], values: Mapping[str, float]) -> Scenario:
    """`scenario` with the value of each of `inputs` at every place where it stands."""
    return with_numbers(scenario, {where: values[each.name] for each in inputs for where in each.places})


def _inside(given: NotKnown, number: int) -> float:
    place = 0.4 + 0.2 * (GOLDEN * (number + 1) % 1.0)
    return float(given.range.at(np.array([place]))[0])


def _containment(scenario: Scenario, policy: GrantPolicy, graph: AttackGraph) -> Containment:
    """The defenders by the names of facts, as the compiler saw them."""
    asked = dict.fromkeys(each.fact for step in graph.steps if step.rule == "ask" for each in step.conclusions)
    return containment(world_of(scenario, policy), asked)


def _columns(graph: AttackGraph, known: Containment) -> tuple[Column, ...]:
    by_fact = {"forgotten": known.forgotten, "overlooked": known.overlooked}
    found = [Column.of(name, enumerate(getattr(step, key) for step in graph.steps)) for name, key in _OF_STEPS.items()]
    found += [
        Column.of(name, ((graph.index[fact], chance) for fact, chance in chances.items() if fact in graph.index))
        for name, chances in by_fact.items()
    ]
    return tuple(found)


_OF_STEPS: Mapping[str, str] = {"success": "chance", "alert": "alert"}
_LAWS_OF_STEPS = ("duration", "wait", "approval", "alert_delay")


def _laws(graph: AttackGraph, known: Containment) -> dict[int, Distribution]:
    """The traced laws by their row in the tables."""
    return {row: law for row, law in _rows(graph, known) if _numbers(law)}


def _rows(graph: AttackGraph, known: Containment) -> Iterator[tuple[int, Distribution]]:
    for name in _LAWS_OF_STEPS:
        rows = getattr(graph, name).tolist()
        yield from ((row, getattr(step, name)) for row, step in zip(rows, graph.steps, strict=True))
    lives = [each.after for step in graph.steps for each in step.conclusions]
    pairs = zip(graph.conclusion_life.tolist(), lives, strict=True)
    yield from ((row, life) for row, life in pairs if isinstance(life, Distribution))
    actions = [action for each in known.responders for action in each]
    yield from zip(graph.responders.delay.tolist(), (action.delay for action in actions), strict=True)
    yield graph.responders.lag, known.lag


def _numbers(law: Distribution) -> list[Traced]:
    """The traced numbers of `law`."""
    found = []
    for each in dataclasses.fields(law):  # type: ignore[arg-type]
        value = getattr(law, each.name)
        if isinstance(value, Distribution):
            found += _numbers(value)
        elif isinstance(value, Traced):
            found.append(value)
    return found


def _of_law(law: Distribution, given: Given, count: int, known: Known) -> Given:
    """The fields of `law` that are traced, in each draw; what lies deeper is named with a dot before it."""
    found: dict[str, Floats] = {}
    for each in dataclasses.fields(law):  # type: ignore[arg-type]
        value = getattr(law, each.name)
        if isinstance(value, Distribution):
            found |= {f"{each.name}.{name}": column for name, column in _of_law(value, given, count, known).items()}
        elif isinstance(value, Traced):
            found[each.name] = evaluated(value, given, count, known)
    return found


def _law_at(law: Distribution, values: Mapping[str, float]) -> Distribution:
    changed: dict[str, Any] = {}
    for name, value in values.items():
        first, _, rest = name.partition(".")
        if rest:
            changed[first] = _law_at(changed.get(first, getattr(law, first)), {rest: value})
        else:
            changed[first] = value
    return dataclasses.replace(law, **changed)  # type: ignore[type-var]


def _thresholds(chances: Floats) -> NDArray[np.uint64]:
    """As `simkit.fate.threshold`, for arrays: both round half to even."""
    found: NDArray[np.uint64] = np.clip(np.rint(chances * CERTAIN), 0, CERTAIN).astype(np.uint64)
    return found
