"""Which narrowings may help at all: asked of the worst case, for all of them at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simkit.attackgraph import AttackGraph, Fact, Ground
from simkit.engines.reach import Held, worst_cases
from simkit.narrowing.edits.edit import Narrowing
from simkit.narrowing.edits.live_grounds import LiveGrounds
from simkit.narrowing.edits.supports import Supported, supported
from simkit.narrowing.recommendation.effect import Question
from simkit.narrowing.recommendation.one_way import steps_of_one_way
from simkit.scenario import Scenario
from simkit.simulation import compile_attack

if TYPE_CHECKING:
    from simkit.engines.leave_out import Remaining

BLOCK = 4_000_000
"""Removals times starts that are asked about in one go: it bounds the memory that the answers take."""
MOST_WORK = 10_000_000_000_000
"""Removals times starts times steps up to which each removal is asked of everything; beyond, only what lies on one way
to each loss is asked. Most removals touch little: an account of 10,000 principals has a ninth of this."""
COUNTED = "on an attack", "on one way to each loss (the model is too large to ask about others)"
"""What the number of those found counts, in words: of everything, and in part."""


@dataclass(frozen=True, slots=True)
class Screened:
    """What the worst case says about a narrowing.

    `less` is by how much the worst case of the question's measure shrinks, `fewer` how many facts are out of reach then
    (0 and 0 for one that is not a removal but bears on the attack: only replay can tell).
    """

    narrowing: Narrowing
    less: float
    fewer: int


@dataclass(frozen=True, slots=True)
class Screening:
    """The narrowings that may help, those that shrink the worst case the most first.

    It is `in_part` where the graph is so large that removals were only asked about if they cut one way to each loss:
    what is not `found` may then still make an attack longer, less likely or smaller.
    """

    found: tuple[Screened, ...]
    in_part: bool


def screen(
    scenario: Scenario,
    narrowings: Sequence[Narrowing],
    question: Question,
    graph: AttackGraph | None = None,
    made: Supported | None = None,
) -> Screening:
    """The narrowings that may help.

    Pure removals are left out, each in a lane of its own, of one graph; others are kept where they bear on a step that
    the attack can take. Unless it is `in_part`, what is not found changes nothing that the attack can reach. `graph`
    and `made`, the supported one, are those of `scenario`, where somebody has them already.
    """
    removing = [each for each in narrowings if each.removes() is not None]
    sweep = _Sweep.of(scenario, question, made or supported(scenario, in_reach=True))
    in_part = len(removing) * len(sweep.rows) * len(sweep.made.graph.steps) > MOST_WORK
    removals = _removals_of_harm(sweep, removing) if in_part else _removals(sweep, removing)
    found = [each for each in removals if each.fewer]
    live = LiveGrounds.of(live_grounds(graph or compile_attack(scenario).graph, question), scenario.model)
    others = (each for each in narrowings if each.removes() is None)
    found += [Screened(each, 0.0, 0) for each in others if live.are_borne_on(each)]
    found.sort(key=lambda each: (-each.less, -each.fewer, each.narrowing.name))
    return Screening(tuple(found), in_part)


def _removals(sweep: _Sweep, narrowings: Sequence[Narrowing]) -> Iterator[Screened]:
    gone = [sweep.made.without(each.removes() or ()) for each in narrowings]
    acting = [number for number, steps in enumerate(gone) if steps]
    size = max(1, BLOCK // max(len(sweep.rows), 1))
    for begin in range(0, len(acting), size):
        block = acting[begin : begin + size]
        found = sweep.left_out([gone[number] for number in block])
        harm = sweep.mean(found.before)
        changed = (found.values != found.before).any(axis=1).tolist()
        for number, values, fewer, is_less in zip(block, found.values, found.fewer.tolist(), changed, strict=True):
            yield Screened(narrowings[number], harm - sweep.mean(values) if is_less else 0.0, fewer)


def _removals_of_harm(sweep: _Sweep, narrowings: Sequence[Narrowing]) -> Iterator[Screened]:
    """Those that shrink the worst case, on a large graph: asked only from where something is lost, and only about what
    lies on one way to it. What others put out of reach is not counted."""
    (before,) = sweep.held([[]])
    values, reached = before @ sweep.weights, before.sum(axis=1)
    ways = {row: sweep.way(row) for row in np.flatnonzero(values > 0).tolist()}
    asked: list[tuple[Narrowing, list[int], list[int]]] = []
    for narrowing in narrowings:
        gone = sweep.made.without(narrowing.removes() or ())
        rows = [row for row, way in ways.items() if not way.isdisjoint(gone)] if gone else []
        asked += [(narrowing, gone, rows)] if rows else []
    harm = sweep.mean(values)
    for narrowing, gone, rows in asked:
        starts = [sweep.rows[row] for row in rows]
        without, facts = [gone] * len(rows), sweep.columns
        held = worst_cases(sweep.made.graph, starts, without=without, facts=facts, threads=sweep.threads)
        after, fewer = values.copy(), int(reached[rows].sum()) - int(held.sum())
        after[rows] = held @ sweep.weights
        yield Screened(narrowing, harm - sweep.mean(after), fewer)


@dataclass(frozen=True, slots=True, eq=False)
class _Sweep:
    """The supported graph with a row for each variant of each entry point, and what its facts weigh."""

    made: Supported
    rows: list[tuple[int, ...]]
    bounds: list[int]
    columns: list[int]
    weights: NDArray[np.float64]
    threads: int | None

    @classmethod
    def of(cls, scenario: Scenario, question: Question, made: Supported) -> _Sweep:
        # Supports are what is taken away, not what is reached.
        columns = [number for number, fact in enumerate(made.graph.facts) if fact.kind in REACHED]
        facts = [made.graph.facts[number] for number in columns]
        return cls(
            made,
            *made.variants(question.entry_points),
            columns,
            np.array([_weight(fact, scenario, question) for fact in facts], dtype=np.float64),
            question.threads,
        )

    def held(self, sets: Sequence[Sequence[int]]) -> list[Held]:
        """For each of `sets` of steps to leave out, the facts (columns) that each row reaches."""
        starts = [row for _ in sets for row in self.rows]
        without = [gone for gone in sets for _ in self.rows]
        held = worst_cases(self.made.graph, starts, without=without, threads=self.threads)
        kept = np.asarray(held[:, self.columns])
        return list(kept.reshape(len(sets), len(self.rows), len(self.columns)))

    def left_out(self, sets: Sequence[Sequence[int]]) -> Remaining:
        """What each of `sets` of steps, left out, leaves from each row."""
        from simkit.engines.leave_out import leave_each_out

        graph, facts = self.made.graph, self.columns
        return leave_each_out(graph, self.rows, sets, facts=facts, weights=self.weights, threads=self.threads)

    def way(self, row: int) -> set[int]:
        """The steps of one way from the start `row` to all that it loses."""
        weighty = [column for column, weight in zip(self.columns, self.weights.tolist(), strict=True) if weight]
        return steps_of_one_way(self.made.graph, self.rows[row], weighty)

    def mean(self, values: NDArray[np.float64]) -> float:
        """The mean over the entry points of the worst of their variants, whose `values` these are: the harm, or whether
        the goal is reached."""
        worst = [values[first:last].max() for first, last in pairwise(self.bounds)]
        return float(np.mean(worst))


REACHED = frozenset(
    {
        "holds",
        "replays",
        "steers",
        "errs",
        "asks",
        "drives",
        "kept",
        "inside",
        "runs_in",
        "tainted",
        "seen",
        "outbound",
        "performed",
        "deleted",
        "lost",
    }
    | {"lost", "reached", "exposed"}
)
"""Kinds of facts that the attacker reaches."""


def _weight(fact: Fact, scenario: Scenario, question: Question) -> float:
    if question.goal:
        return float(fact == Fact("reached", question.goal))
    if not question.valued:
        return 1 / len(scenario.goals) if fact.kind == "reached" else 0.0
    return scenario.model.resources[fact.subject].value.get(fact.object, 0.0) if fact.kind == "lost" else 0.0


def live_grounds(graph: AttackGraph, question: Question) -> list[Ground]:
    """The grounds of all steps that the attack can take, through any of the entry points."""
    starts = [graph.entry(name).roots(v) for name in question.entry_points for v in range(len(graph.entry(name).names))]
    if not starts:
        return []
    known = np.asarray(worst_cases(graph, starts, threads=question.threads).any(axis=0))
    grounds = dict.fromkeys(ground for step in graph.met_by(known) for ground in graph.steps[step].grounds)
    # In which of its sessions somebody uses what he is entitled to makes no difference to an edit.
    return list(dict.fromkeys(ground._replace(within="") for ground in grounds))
