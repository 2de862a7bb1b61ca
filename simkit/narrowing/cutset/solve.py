"""The cheapest set of removals, with the bound that proves it: implicit hitting sets.

Every set that cuts the goal must hit every attack path. The paths are too many to write down, so a set is found that
hits those known so far (an integer programme, solved by HiGHS), the engine looks for a path that survives it, and the
path joins the known ones; when none survives, the set is the cheapest there is. What the solver proves about the known
paths is a lower bound at any time (Moreno-Centeno and Karp, 2013, Operations Research 61: implicit hitting sets).
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from simkit.narrowing.cutset.problem import Choices, CutProblem, Derivations, Paths, greedy_cut

TINY = 1e-6


@dataclass(frozen=True, slots=True)
class CutSet:
    """A set of removals after which no goal is reached, and what is known about how cheap one can be.

    `chosen` is None where there is none: then `stuck` holds the steps of an attack that rests on nothing removable
    (empty where only the tasks together forbid it). `bound` is the price that no set goes under; `proven` says that
    `chosen` meets it (or that there is none).
    """

    chosen: Choices | None
    price: float
    bound: float
    proven: bool
    paths: int
    rounds: int
    stuck: tuple[int, ...] = ()

    @property
    def gap(self) -> float:
        """How far the price may lie above the best there is, as a share of the price; 0 where it is proven."""
        if self.proven or self.chosen is None or not self.price:
            return 0.0
        return max(0.0, (self.price - self.bound) / self.price)


def greedy(problem: CutProblem) -> CutSet:
    """The set that greed finds; `bound` is 0, for nothing is proven, unless there is nothing to cut at all."""
    paths = Paths(problem, Derivations(problem))
    chosen = greedy_cut(problem, paths)
    price = problem.price(chosen) if chosen is not None else math.inf
    nothing = chosen is not None and not chosen
    return CutSet(chosen, price, 0.0, nothing or paths.stuck is not None, len(paths.sets), 0, tuple(paths.stuck or ()))


def cheapest(problem: CutProblem, *, time_limit: float = 30.0) -> CutSet:
    """The cheapest set; after `time_limit` seconds the better of what was found, with the gap."""
    return _Search(problem, time.monotonic() + time_limit).run()


class _Search:
    def __init__(self, problem: CutProblem, deadline: float) -> None:
        self.problem, self.deadline = problem, deadline
        self.paths = Paths(problem, Derivations(problem))
        self.best: Choices | None = None
        self.bound, self.rounds = 0.0, 0

    def run(self) -> CutSet:
        self._accept(greedy_cut(self.problem, self.paths))
        if self.paths.stuck is not None:
            return self._answer(proven=True)
        programme = Programme(self.problem)
        while True:
            self.rounds += 1
            programme.add(self.paths.sets)
            left = self.deadline - time.monotonic()
            # without any time the solver would give not even a bound
            found = programme.solve(max(left, 0.1))
            if found is None:
                self.best = None
                return self._answer(proven=True)
            # fewer paths make a cheaper optimum, so that every earlier bound still holds
            self.bound = max(self.bound, found.bound)
            if self._price() <= self.bound + TINY:
                return self._answer(proven=True)
            rows = self.problem.open_rows(found.chosen)
            if not rows:
                self._accept(found.chosen)
                # the cheapest set that hits the known paths hits them all: none can be cheaper
                if found.optimal:
                    return self._answer(proven=True)
            if time.monotonic() > self.deadline:
                return self._answer(proven=False)
            if not self.paths.add(found.chosen, rows):
                self.best = None
                return self._answer(proven=True)
            self._accept(greedy_cut(self.problem, self.paths, found.chosen))

    def _price(self) -> float:
        return math.inf if self.best is None else self.problem.price(self.best)

    def _accept(self, chosen: Choices | None) -> None:
        if chosen is not None and self.problem.price(chosen) < self._price() - TINY:
            self.best = chosen

    def _answer(self, *, proven: bool) -> CutSet:
        price = self._price()
        bound = price if proven else min(self.bound, price)
        stuck = tuple(self.paths.stuck or ())
        return CutSet(self.best, price, bound, proven, len(self.paths.sets), self.rounds, stuck)


@dataclass(frozen=True, slots=True)
class Solved:
    """What the solver says: a set that hits the known paths, the bound, and whether it is the cheapest such set."""

    chosen: Choices
    bound: float
    optimal: bool


class Programme:
    """The integer programme: a 0/1 column for each choice, a row for each path, and rows that keep the tasks.

    A requirement with several ways gets a column for each way, which may be 1 only if none of the choices that harm it
    is taken; one of them must be.
    """

    def __init__(self, problem: CutProblem) -> None:
        import highspy

        self._highs: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        self._integer = highspy.HighsVarType.kInteger
        self._status = highspy.HighsModelStatus
        # one thread and one seed: of sets that cost the same, every machine must name the same one
        for option, value in (("output_flag", False), ("threads", 1), ("random_seed", 0), ("mip_rel_gap", 0.0)):
            self._highs.setOptionValue(option, value)
        self.problem = problem
        self.columns = 0
        self.known: set[Choices] = set()
        for choice in problem.choices:
            self._column(choice.price)
        self._keep_tasks()

    def _column(self, price: float) -> int:
        self._highs.addCol(price, 0.0, 1.0, 0, [], [])
        self._highs.changeColIntegrality(self.columns, self._integer)
        self.columns += 1
        return self.columns - 1

    def _row(self, low: float, columns: Iterable[int], values: Iterable[float]) -> None:
        given, factors = list(columns), list(values)
        self._highs.addRow(low, math.inf, len(given), given, factors)

    def _keep_tasks(self) -> None:
        harms: dict[object, set[int]] = {}
        for number, choice in enumerate(self.problem.choices):
            for support in choice.supports:
                harms.setdefault(support, set()).add(number)
        for ways in self.problem.requirements:
            harmful = [frozenset[int]().union(*(harms.get(s, set()) for s in way)) for way in ways]
            if all(harmful):
                self._one_of([sorted(numbers) for numbers in harmful])

    def _one_of(self, harmful: list[list[int]]) -> None:
        whole = [self._column(0.0) for _ in harmful]
        for column, numbers in zip(whole, harmful, strict=True):
            for number in numbers:
                # rows have lower sides only: column + choice <= 1, with its signs turned
                self._row(-1.0, (column, number), (-1.0, -1.0))
        self._row(1.0, whole, [1.0] * len(whole))

    def add(self, paths: Iterable[Choices]) -> None:
        """Every path must be hit from now on."""
        for path in paths:
            if path not in self.known:
                self.known.add(path)
                self._row(1.0, sorted(path), [1.0] * len(path))

    def solve(self, seconds: float) -> Solved | None:
        """The cheapest choices that hit all the paths; None where the tasks forbid it."""
        # HiGHS counts the time of all its runs together
        self._highs.setOptionValue("time_limit", self._highs.getRunTime() + seconds)
        self._highs.run()
        status = self._highs.getModelStatus()
        if status == self._status.kInfeasible:
            return None
        values = list(self._highs.getSolution().col_value)
        chosen = frozenset(n for n, value in enumerate(values[: len(self.problem.choices)]) if value > 0.5)
        optimal = status == self._status.kOptimal
        # the solver's own bound lies off by its tolerance, and prices are compared with it
        bound = self.problem.price(chosen) if optimal else max(0.0, float(self._highs.getInfo().mip_dual_bound))
        return Solved(chosen, bound, optimal)
