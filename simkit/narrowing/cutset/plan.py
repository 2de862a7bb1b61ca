"""Sets of changes that cut a goal off: planned, proven, applied and shown as a diff."""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from simkit.blast_radius import Interval, Provenance
from simkit.errors import QuestionError
from simkit.narrowing.cutset.cut_search import search_cut
from simkit.narrowing.edits.candidates import checked_kinds, in_force
from simkit.narrowing.edits.edit import Narrowing
from simkit.narrowing.edits.in_practice import in_practice, in_practice_table
from simkit.narrowing.recommendation.costs import PRICES, Cost, Prices, Side
from simkit.narrowing.recommendation.effect import Effect, Question, measure, measured_with_paths
from simkit.narrowing.recommendation.recommend import provenance, recommend
from simkit.narrowing.recommendation.recommendation import HINT, KEPT, UNKNOWN, Recommendations
from simkit.narrowing.recommendation.relevance import Bearing, Bearings, BeforeAndAfter
from simkit.scenario import Scenario, dump
from simkit.simulation import PolicyLike, compile_attack
from simkit.table import Cell, Table, format_number, percent

TIME_LIMIT = 30.0
"""Seconds that the exact search may take."""


@dataclass(frozen=True, eq=False)
class Plan:
    """Changes to make together, and the scenario after them.

    `method` is `exact`, `greedy`, `budget`, `one change` or `given`; `bearings` says for each change which path it
    cuts. `bound` is the price that no set of removals which cuts the goal and keeps every task goes under; `proven`
    says that the plan meets it. Where there is no such set, `narrowings` is empty, `possible` is False, and `stuck`
    holds an attack that rests on nothing that could go (empty where only the tasks together, or the budget, forbid it).
    """

    question: Question
    method: str
    scenario: Scenario
    narrowed: Scenario
    narrowings: tuple[Narrowing, ...]
    bearings: tuple[Bearing, ...]
    price: float
    cost: Cost
    before: Effect
    after: Effect
    less: Interval
    possible: bool
    bound: float
    proven: bool
    gap: float
    paths: int
    stuck: tuple[str, ...]
    tasks: tuple[str, ...]
    provenance: Provenance

    def __repr__(self) -> str:
        return f"Plan({self.method}: {len(self.narrowings)} changes, cut: {self.is_cut}, proven: {self.proven})"

    @property
    def is_cut(self) -> bool:
        """True if not even the worst case reaches the goal any more."""
        return not self.after.in_worst_case

    @property
    def summary(self) -> str:
        """The plan in a sentence or two."""
        aim = self.question.goal or ("any loss" if self.question.valued else "any goal")
        if not self.possible and self.price:
            least = format_number(self.bound)
            return f"{aim} cannot be cut off within the budget: to do it, and keep every task, costs at least {least}."
        if not self.possible and not self.stuck and self.gap:
            return f"No removals were found that cut {aim} off without breaking a task; it is not proven that none do."
        if not self.possible:
            why = f": nothing on this path can go: {' -> '.join(self.stuck)}" if self.stuck else ""
            return f"{aim} cannot be cut off by removals without breaking a task{why}."
        if not self.narrowings:
            found = f"{aim} is out of reach already." if self.is_cut else f"No change found makes {aim} less likely."
            return found[0].upper() + found[1:] if not self.question.goal else found
        many = len(self.narrowings) > 1
        count, s = f"{len(self.narrowings)} change{'s' if many else ''}", "" if many else "s"
        end = (
            f"put{s} {aim} out of reach, even in the worst case"
            if self.is_cut
            else f"leave{s} {self._something} within reach"
        )
        return f"{count} {end}, {KEPT if self.tasks else UNKNOWN}; {self._proof()}."

    @property
    def _something(self) -> str:
        """What is left where it is not a goal with a name."""
        return self.question.goal or ("some loss" if self.question.valued else "some goal")

    def _proof(self) -> str:
        if self.method == "budget":
            return "greedily chosen, by replay"
        if self.method == "given":
            return "as asked"
        if self.method == "one change":
            return "no set of removals does that"
        if self.proven:
            proof = "1 attack path proves" if self.paths == 1 else f"{self.paths} attack paths prove"
            return f"no cheaper set does ({proof} it)"
        if self.method == "greedy":
            return "greedily chosen, so there may be a cheaper set"
        return f"no set can be cheaper than {format_number(self.bound)} (gap {percent(self.gap)})"

    def diff(self) -> str:
        """The scenario file before and after, as a unified diff of what `simkit.dump` writes; empty for no change."""
        before, after = dump(self.scenario).splitlines(), dump(self.narrowed).splitlines()
        return "\n".join(difflib.unified_diff(before, after, "before", "after", n=2, lineterm=""))

    def table(self) -> Table:
        """The changes."""
        rows = [(place, each.name, each.kind) for place, each in enumerate(self.narrowings, 1)]
        proof = f"Price {format_number(self.price)}; lower bound {format_number(self.bound)}"
        note = f"{proof}; {'proven cheapest' if self.proven else 'not proven'}." if self.method == "exact" else ""
        return Table(("", "change", "kind"), rows, title=f"plan ({self.method})", note=note)

    def why_table(self) -> Table:
        """For each change the path that it cuts, and what it is relevant to."""
        rows = [
            (place, found.at or None, found.path or None, found.ids or None)
            for place, found in enumerate(self.bearings, 1)
        ]
        note = f"The most frequent path before the change. {HINT}"
        return Table(("", "takes away", "on the path", "relevant to"), rows, title="why these changes", note=note)

    def effect_table(self) -> Table:
        """The blast radius before and after."""
        write, harm = self.question, self.question.harm
        rows: list[tuple[Cell, ...]] = [
            (f"{harm}, mean", write.spread(self.before.mean), write.spread(self.after.mean)),
            (f"{harm}, p95", write.spread(self.before.p95), write.spread(self.after.p95)),
            (f"{harm}, worst case", write.harmed(self.before.worst_value), write.harmed(self.after.worst_value)),
        ]
        if self.before.chance and self.after.chance:
            rows.append((self.question.measure, write.chance(self.before.chance), write.chance(self.after.chance)))
            worst = ("yes" if self.before.in_worst_case else "no", "yes" if self.after.in_worst_case else "no")
            rows.append((f"{self.question.goal} in the worst case", *worst))
        rows.append(("tasks that work", len(self.tasks), len(self.tasks) - len(self.cost.broken)))
        if self.cost.observed:
            rows.append((f"good runs stopped, of {self.cost.observed}, more than now", 0, self.cost.stopped))
        rows.append(("tokens a day, more than now", 0, self.cost.tokens_a_day))
        rows.append(("approvals a day, more than now", 0, self.cost.approvals_a_day))
        rows.append(("minutes waited a day, more than now", 0, self.cost.waiting_minutes_a_day))
        through = ", ".join(self.question.entry_points[:3]) + (", ..." if len(self.question.entry_points) > 3 else "")
        note = (
            f"Through {through}: {self.question.trials:,} trials for each entry point, seed {self.question.seed}; 95 % "
        )
        note += "intervals."
        return Table(("measure", "before", "after"), rows, title="before and after", note=note)

    def tables(self) -> list[Table]:
        """All tables of this result."""
        if not self.possible:
            return []
        how = in_practice_table(self.narrowings, self.scenario.model)
        changes = [self.table(), self.why_table(), *([how] if how.rows else [])] if self.narrowings else []
        return [*changes, self.effect_table()]

    def to_dict(self) -> dict[str, object]:
        """The plan as plain data."""
        return {
            "provenance": self.provenance.to_dict(),
            "goal": self.question.goal,
            "entry_points": list(self.question.entry_points),
            "method": self.method,
            "possible": self.possible,
            "cut": self.is_cut,
            "changes": [
                {
                    **each.to_dict(),
                    "in_practice": in_practice(each, self.scenario.model),
                    "path": found.path,
                    "at": found.at,
                    "relevant_to": [str(reference) for reference in found.relevant],
                }
                for each, found in zip(self.narrowings, self.bearings, strict=True)
            ],
            "price": self.price,
            "bound": self.bound,
            "proven": self.proven,
            "gap": self.gap,
            "paths": self.paths,
            "stuck": list(self.stuck),
            "cost": self.cost.to_dict(),
            "before": self.before.to_dict(),
            "after": self.after.to_dict(),
            "less": self.less.to_dict(),
            "tasks_that_still_work": [name for name in self.tasks if name not in self.cost.broken],
            "diff": self.diff(),
        }

    def _repr_html_(self) -> str:
        return "".join(table.html() for table in self.tables())


def cut_off(
    scenario: Scenario,
    policy: PolicyLike = None,
    *,
    goal: str,
    entry_points: str | Iterable[str] | None = None,
    exact: bool = True,
    budget: int | None = None,
    time_limit: float = TIME_LIMIT,
    trials: int = 1000,
    seed: int = 0,
    threads: int | None = None,
    price: Callable[[Narrowing], float] | None = None,
    without: Iterable[str] = (),
    among: Iterable[Narrowing] | None = None,
) -> Plan:
    """The removals that put `goal` out of reach of `entry_points` (one, several, or None for all), in the worst case,
    while every task still works.

    With `exact` the cheapest set, with a proof, or the gap after `time_limit` seconds; else a greedy one. The exact
    search begins with a greedy set too, which is finished even where that takes longer. `price` says what a removal
    costs (default: 1 each, so that the fewest changes win). `without` names kinds that are out of the question, and
    `among` are all that there is to choose from (None: all of the model). With a `budget` and without `exact`: at most
    so many changes of any kind, chosen greedily by replay, which need not put the goal out of reach. Raises
    QuestionError and PolicyError.
    """
    base = in_force(scenario, policy)
    question = Question.about(base, entry_points, goal, trials=trials, seed=seed, threads=threads)
    if budget is not None and budget < 1:
        raise QuestionError(f"a budget of {budget} changes changes nothing: give at least 1")
    if not time_limit >= 0:
        raise QuestionError(f"a time limit of {time_limit} seconds is none: give 0 or more")
    unwanted = checked_kinds(without)
    if budget is not None and not exact:
        return within_budget(base, question, budget, without=unwanted, among=among)
    offered = None if among is None else tuple(among)
    found = search_cut(
        base, question, price or (lambda _: PRICES.change), unwanted, offered, seconds=time_limit if exact else None
    )
    if budget is not None and len(found.removals) > budget:
        found = replace(found, cut=replace(found.cut, chosen=None), removals=[], narrowed=base)
    cut, certain = found.cut, found.is_certain
    proven = exact and cut.proven and certain
    return plan_of(
        base,
        question,
        found.removals,
        found.narrowed,
        method="exact" if exact else "greedy",
        price=cut.price if math.isfinite(cut.price) else 0.0,
        possible=cut.chosen is not None,
        bound=cut.bound if certain else 0.0,
        proven=proven,
        gap=cut.gap if certain or proven else 1.0,
        paths=cut.paths,
        stuck=found.stuck,
    )


def within_budget(
    scenario: Scenario,
    question: Question,
    budget: int,
    prices: Prices = PRICES,
    without: Iterable[str] = (),
    among: Iterable[Narrowing] | None = None,
) -> Plan:
    """At most `budget` changes of any kind, each the best gain for its cost after those before it."""
    found = recommend(
        scenario,
        entry_points=question.entry_points,
        goal=question.goal or None,
        trials=question.trials,
        seed=question.seed,
        threads=question.threads,
        budget=budget,
        prices=prices,
        without=without,
        among=among,
    )
    return plan_from(found)


def cut_by_one(found: Recommendations) -> Plan | None:
    """The plan of the best single change of `found`, of any kind, after which not even the worst case reaches its goal;
    None if there is none. A dial or a condition may do what no removal does."""
    best = next((each for each in found.ranked if each.helps and not each.after.in_worst_case), None)
    if best is None:
        return None
    narrowed = best.narrowing.apply(found.scenario)
    return plan_of(found.scenario, found.question, [best.narrowing], narrowed, method="one change", price=best.price)


def plan_from(found: Recommendations) -> Plan:
    """The plan of making all the changes of the greedy curve of `found`."""
    chosen = [point.added for point in found.curve if point.added is not None]
    price, known = found.curve[-1].price, found.measured
    return plan_of(found.scenario, found.question, chosen, found.narrowed, method="budget", price=price, known=known)


def _measured(scenario: Scenario, narrowed: Scenario, question: Question) -> BeforeAndAfter:
    before, results = measured_with_paths(compile_attack(scenario), question)
    after = before if narrowed is scenario else measure(narrowed, question)
    return BeforeAndAfter(before, after, Bearings(results, question, scenario.model))


def plan_of(
    scenario: Scenario,
    question: Question,
    chosen: list[Narrowing],
    narrowed: Scenario,
    *,
    method: str,
    price: float,
    possible: bool = True,
    bound: float = 0.0,
    proven: bool = False,
    gap: float = 1.0,
    paths: int = 0,
    stuck: tuple[str, ...] = (),
    known: BeforeAndAfter | None = None,
) -> Plan:
    """The plan of making `chosen`, measured; `known` is what was measured already."""
    side, made = Side.of(scenario), known or _measured(scenario, narrowed, question)
    before, after, found = made.before, made.after, made.bearings
    return Plan(
        question=question,
        method=method,
        scenario=scenario,
        narrowed=narrowed,
        narrowings=tuple(chosen),
        bearings=tuple(map(found.of, chosen)),
        price=price,
        cost=side.cost(Side.of(narrowed), len(chosen)),
        before=before.effect(),
        after=after.effect(),
        less=before.less(after),
        possible=possible,
        bound=bound,
        proven=proven,
        gap=gap,
        paths=paths,
        stuck=stuck,
        tasks=tuple(name for name in scenario.model.tasks if name not in side.utility.broken),
        provenance=provenance(scenario, question),
    )
