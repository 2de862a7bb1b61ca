"""The question of exact sets: which removals leave no attack on a goal, while every task still works."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush

import numpy as np
from numpy.typing import NDArray

from simkit.attackgraph import Fact
from simkit.engines.reach import Held, worst_cases
from simkit.narrowing.edits.edit import Narrowing
from simkit.narrowing.edits.supports import Supported
from simkit.techniques.givers import Ways

Choices = frozenset[int]
"""Removals by their place in `CutProblem.choices`."""
UNREACHED = 1 << 60


@dataclass(frozen=True, slots=True)
class Choice:
    """A removal that may be chosen, its price, and the supports that it takes away."""

    narrowing: Narrowing
    price: float
    supports: frozenset[Fact]


@dataclass(frozen=True, slots=True, eq=False)
class CutProblem:
    """`choices` of removals, the `requirements` that tasks have, and the attack: first steps of each variant (rows),
    and the `goals`, none of which may be reached from any row."""

    supported: Supported
    choices: tuple[Choice, ...]
    requirements: tuple[Ways, ...]
    rows: tuple[tuple[int, ...], ...]
    goals: tuple[int, ...]
    by_step: dict[int, Choices] = field(default_factory=dict)
    steps_of: list[list[int]] = field(default_factory=list)

    @classmethod
    def of(
        cls,
        supported: Supported,
        choices: Iterable[Choice],
        requirements: Iterable[Ways],
        entry_points: Iterable[str],
        goals: Iterable[str],
    ) -> CutProblem:
        """The problem of cutting `goals` off from `entry_points`; choices that break a task by themselves are left
        out, and so are those that no step of the attack rests on."""
        ways = tuple(requirements)
        leaning: dict[Fact, list[Ways]] = {}
        for requirement in ways:
            for fact in frozenset[Fact]().union(*requirement):
                leaning.setdefault(fact, []).append(requirement)

        def harmless(choice: Choice) -> bool:
            return keeps(choice.supports, (each for fact in choice.supports for each in leaning.get(fact, ())))

        able = (choice for choice in choices if supported.without(choice.supports) and harmless(choice))
        index = supported.graph.index
        wanted = (index.get(Fact("reached", goal)) for goal in goals)
        rows = dict.fromkeys(row for entry in entry_points for row in supported.starts[entry])
        made = cls(supported, tuple(able), ways, tuple(rows), tuple(goal for goal in wanted if goal is not None))
        for number, choice in enumerate(made.choices):
            made.steps_of.append(supported.without(choice.supports))
            for step in made.steps_of[number]:
                made.by_step[step] = made.by_step.get(step, frozenset()) | {number}
        return made

    def price(self, chosen: Iterable[int]) -> float:
        """What `chosen` cost together."""
        return sum(self.choices[number].price for number in sorted(chosen))

    def steps(self, chosen: Iterable[int]) -> list[int]:
        """The steps that are gone after `chosen`."""
        return [step for number in chosen for step in self.steps_of[number]]

    def keeps(self, chosen: Iterable[int]) -> bool:
        """True if every task still works after `chosen`."""
        gone = frozenset[Fact]().union(*(self.choices[number].supports for number in chosen))
        return keeps(gone, self.requirements)

    def open_rows(self, chosen: Collection[int]) -> list[int]:
        """The rows from which some goal is still reached after `chosen`."""
        if not self.goals or not self.rows:
            return []
        gone = self.steps(chosen)
        held = worst_cases(self.supported.graph, self.rows, without=[gone] * len(self.rows), threads=1)
        return np.flatnonzero(self.reached(held)).tolist()

    def reached(self, held: Held) -> Held:
        """For each row of `held` whether it has some goal."""
        return np.asarray(held[:, list(self.goals)].any(axis=1))

    def survives(self, row: int, sets: Sequence[Collection[int]]) -> list[bool]:
        """For each of `sets` whether some goal is still reached from `row` after it."""
        without = [self.steps(chosen) for chosen in sets]
        held = worst_cases(self.supported.graph, [self.rows[row]] * len(sets), without=without, threads=1)
        return [bool(reached) for reached in self.reached(held)]


def keeps(gone: frozenset[Fact], requirements: Iterable[Ways]) -> bool:
    """True if each requirement has a way that rests on nothing in `gone`."""
    return all(any(way.isdisjoint(gone) for way in ways) for ways in requirements)


class Derivations:
    """Finds, for one problem, cheap derivations of a goal: the removals that it rests on, and its steps."""

    def __init__(self, problem: CutProblem) -> None:
        graph = problem.supported.graph
        self.problem, self.graph = problem, graph
        self.premises = _lists(graph.premise_ptr, graph.premise_idx)
        needed = self._needed()
        self.conclusions = [
            [fact for fact in facts if fact in needed] for facts in _lists(graph.conclusion_ptr, graph.conclusion_idx)
        ]
        self.behind = [
            [step for step in steps if self.conclusions[step]] for steps in _lists(graph.behind_ptr, graph.behind_idx)
        ]
        self.works = (graph.success > 0).tolist()
        self.missing = [len(premises) for premises in self.premises]
        self.own = [int(step in problem.by_step) for step in range(len(self.premises))]

    def _needed(self) -> set[int]:
        """The facts that a goal may rest on, by whatever steps: of a large graph they are few."""
        makers = _lists(self.graph.maker_ptr, self.graph.maker_idx)
        needed, waiting = set(self.problem.goals), [*self.problem.goals]
        while waiting:
            new = {fact for step in makers[waiting.pop()] for fact in self.premises[step]} - needed
            needed |= new
            waiting += new
        return needed

    def find(self, row: int, chosen: Collection[int]) -> tuple[Choices, list[int]] | None:
        """The removals that hit a derivation of some goal from `row` that survives `chosen`, and the derivation's
        steps in order; None if there is no such derivation.

        Knuth's generalisation of Dijkstra's algorithm to AND/OR graphs (1977, Information Processing Letters 6): facts
        are settled in the order of how many removable supports they rest on, counted with repetition.
        """
        by = self._settle(row, frozenset(self.problem.steps(chosen)))
        goal = next((goal for goal in self.problem.goals if goal in by), None)
        if goal is None:
            return None
        steps = self._back(goal, by)
        found = frozenset[int]().union(*(self.problem.by_step.get(step, frozenset()) for step in steps))
        return found, steps

    def _settle(self, row: int, gone: Collection[int]) -> dict[int, int]:
        """The step that concludes each fact the cheapest, up to the first goal."""
        goals = frozenset(self.problem.goals)
        missing, total = self.missing.copy(), self.own.copy()
        by: dict[int, int] = {}
        heap: list[tuple[int, int, int]] = []
        for step in self.problem.rows[row]:
            if self.works[step]:
                self._offer(heap, step, total[step], by)
        while heap:
            price, fact, step = heappop(heap)
            if fact in by:
                continue
            by[fact] = step
            if fact in goals:
                break
            for follower in self.behind[fact]:
                missing[follower] -= 1
                # counted with repetition a price may double at each step: without a cap the integers grow long
                total[follower] = min(total[follower] + price, UNREACHED)
                if not missing[follower] and self.works[follower] and follower not in gone:
                    self._offer(heap, follower, total[follower], by)
        return by

    def _offer(self, heap: list[tuple[int, int, int]], step: int, price: int, by: dict[int, int]) -> None:
        for fact in self.conclusions[step]:
            if fact not in by:
                # each step counts too: of derivations that rest on as much, people read the short one
                heappush(heap, (price + 1, fact, step))

    def _back(self, goal: int, by: dict[int, int]) -> list[int]:
        """The steps of the derivation of `goal`, each after those that it rests on."""
        order: dict[int, None] = {}
        waiting: list[tuple[int, bool]] = [(by[goal], False)]
        while waiting:
            step, ready = waiting.pop()
            if ready:
                order.setdefault(step)
            elif step not in order:
                waiting.append((step, True))
                waiting.extend((by[premise], False) for premise in reversed(self.premises[step]))
        return list(order)


def _lists(pointers: NDArray[np.int32], indices: NDArray[np.int32]) -> list[list[int]]:
    bounds, values = pointers.tolist(), indices.tolist()
    return [values[bounds[i] : bounds[i + 1]] for i in range(len(bounds) - 1)]


@dataclass(slots=True)
class Paths:
    """The attack paths found so far, each as the removals that hit it; one without any cannot be hit."""

    problem: CutProblem
    finder: Derivations
    sets: dict[Choices, None] = field(default_factory=dict)
    stuck: list[int] | None = None

    def add(self, chosen: Collection[int], rows: Iterable[int]) -> bool:
        """For each of `rows`, paths that survive `chosen` and share no removal with each other, until none is left.

        False (and `stuck` says which) if a path rests on nothing that can be removed.
        """
        for row in rows:
            gone = set(chosen)
            # the engine says much faster than the finder that there is none
            while self.problem.survives(row, [gone])[0] and (found := self.finder.find(row, gone)) is not None:
                path, steps = found
                if not path:
                    self.stuck = steps
                    return False
                needed = self._shrunk(row, path)
                if needed:
                    self.sets.setdefault(needed)
                gone |= needed or path  # where it needs none of its removals, another path goes without them
        return True

    def _shrunk(self, row: int, path: Choices) -> Choices:
        """A part of `path` that every cut must hit too: without all other removals, each of its members is needed."""
        choices = self.problem.choices
        others = set(range(len(choices))) - path
        dear_first = sorted(path, key=lambda n: (-choices[n].price, -n))
        spare = self.problem.survives(row, [{*others, number} for number in dear_first])
        gone: set[int] = set()
        for number, is_spare in zip(dear_first, spare, strict=True):
            # what is spare by itself may be needed once another spare one has gone
            if is_spare and (not gone or self.problem.survives(row, [{*others, *gone, number}])[0]):
                gone.add(number)
        return path - gone


def greedy_cut(problem: CutProblem, paths: Paths, chosen: Collection[int] = ()) -> Choices | None:
    """Removals that cut every path and keep every task: at each turn the one that hits the most known open paths for
    its price; then what turns out not to be needed is given back. None where that gets stuck."""
    taken = set(chosen)
    while rows := problem.open_rows(taken):
        if not paths.add(taken, rows[:1]):
            return None
        best = _best(problem, paths, taken)
        if best is None:
            return None
        taken.add(best)
    return _pruned(problem, taken)


def _best(problem: CutProblem, paths: Paths, taken: set[int]) -> int | None:
    hits: dict[int, int] = {}
    for path in paths.sets:
        if path.isdisjoint(taken):
            for number in path:
                hits[number] = hits.get(number, 0) + 1
    # some changes are free
    ranked = sorted(hits, key=lambda n: (-hits[n] / max(problem.choices[n].price, 1e-9), n))
    return next((number for number in ranked if problem.keeps({*taken, number})), None)


def _pruned(problem: CutProblem, taken: Collection[int]) -> Choices:
    kept = set(taken)
    # what greed took early may be spare by now; the dearest is given back first
    for number in sorted(taken, key=lambda n: (-problem.choices[n].price, -n)):
        if not problem.open_rows(kept - {number}):
            kept.discard(number)
    return frozenset(kept)
