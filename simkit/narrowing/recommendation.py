"""One recommendation, and the list of them: what to narrow first, what it buys, what it costs."""

from __future__ import annotations

from dataclasses import dataclass

from simkit.blast_radius import Interval, Provenance
from simkit.narrowing.costs import PRICES, Cost, Prices
from simkit.narrowing.measuring import Effect, Question
from simkit.narrowing.narrowing import Narrowing
from simkit.scenario import Scenario
from simkit.standards import Reference
from simkit.table import Cell, Table, format_number, percent

HINT = "Relevant to, never prevents: simkit's own reading of the public lists."


@dataclass(frozen=True, slots=True)
class Recommendation:
    """One narrowing, measured. `less` is how much less is lost, paired sample by sample, of the question's measure.

    `path` is the most frequent attack path that it bears on, `at` the step of that path; `tasks` are those that still
    work, which is all that worked before. `unneeded`: nobody's declared work or observed run leans on what it drops.
    """

    narrowing: Narrowing
    unneeded: bool
    cost: Cost
    price: float
    less: Interval
    before: Effect
    after: Effect
    path: str
    at: str
    tasks: tuple[str, ...]
    relevant: tuple[Reference, ...]

    def __repr__(self) -> str:
        spread = _share if self.before.chance else _spread
        return f"Recommendation({self.narrowing.name}: {spread(self.less)} less, costs {format_number(self.price)})"

    def table(self) -> Table:
        """What it buys and costs, the path that it cuts, and what still works."""
        spread = _share if self.before.chance else _spread
        rows = [
            ("less is lost", "no difference" if self.is_none else spread(self.less)),
            ("mean value lost before", _spread(self.before.mean)),
            ("mean value lost after", _spread(self.after.mean)),
            ("costs, in the price of one change", format_number(self.price)),
            ("takes away", self.at or None),
            ("on the path", self.path or None),
            ("tasks that still work", ", ".join(self.tasks)),
            ("relevant to", ", ".join(map(str, self.relevant)) or None),
        ]
        return Table(("measure", "is"), rows, title=self.narrowing.name, note=HINT)

    def _repr_html_(self) -> str:
        return self.table().html()

    @property
    def is_none(self) -> bool:
        """True if there is no difference to speak of: the interval of it holds zero."""
        return 0.0 in self.less

    @property
    def helps(self) -> bool:
        """True if less is lost, and the interval of the difference says so too."""
        return self.less.low > 0

    @property
    def worth(self) -> float:
        """Gain per cost; what costs nothing is worth more than anything that does, if it gains at all."""
        if not self.helps:
            return min(0.0, self.less.high)
        return self.less.estimate / self.price if self.price else float("inf")

    def to_dict(self) -> dict[str, object]:
        """The recommendation as plain data."""
        return {
            **self.narrowing.to_dict(),
            "unneeded": self.unneeded,
            "less": self.less.to_dict(),
            "no_difference": self.is_none,
            "price": self.price,
            "cost": self.cost.to_dict(),
            "before": self.before.to_dict(),
            "after": self.after.to_dict(),
            "path": self.path,
            "at": self.at,
            "tasks_that_still_work": list(self.tasks),
            "relevant_to": [str(reference) for reference in self.relevant],
        }


@dataclass(frozen=True, slots=True)
class Point:
    """One point of the greedy curve: after one more change (`added`; None at the start), all of them together."""

    added: Narrowing | None
    cost: Cost
    price: float
    effect: Effect
    less: Interval
    on_front: bool = True

    def to_dict(self) -> dict[str, object]:
        """The point as plain data."""
        return {
            "added": self.added.name if self.added else None,
            "price": self.price,
            "cost": self.cost.to_dict(),
            "effect": self.effect.to_dict(),
            "less_than_before_it": self.less.to_dict(),
            "on_front": self.on_front,
        }


@dataclass(frozen=True, slots=True)
class Breaking:
    """A narrowing that would help in the worst case, and is not recommended because these tasks would break."""

    narrowing: Narrowing
    tasks: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Recommendations:
    """What to narrow, the best gain for its cost first; the greedy curve of changes together; and what was left out.

    `candidates` counts everything that the model offers, `screened` what may help by the worst case; `ranked` is what
    was replayed in full. `narrowed` is the `scenario` after the whole curve.
    """

    question: Question
    ranked: tuple[Recommendation, ...]
    curve: tuple[Point, ...]
    breaking: tuple[Breaking, ...]
    candidates: int
    screened: int
    scenario: Scenario
    narrowed: Scenario
    provenance: Provenance
    prices: Prices = PRICES

    def __repr__(self) -> str:
        first = self.ranked[0].narrowing.name if self.ranked else "nothing"
        return f"Recommendations({len(self.ranked)} of {self.candidates}; first: {first})"

    def __len__(self) -> int:
        return len(self.ranked)

    def __iter__(self):  # type: ignore[no-untyped-def]
        return iter(self.ranked)

    def __getitem__(self, place: int) -> Recommendation:
        return self.ranked[place]

    @property
    def summary(self) -> str:
        """The recommendations in a sentence or two."""
        helpful = [each for each in self.ranked if each.helps]
        if not helpful:
            return (
                f"None of {self.candidates} narrowings that keep every task makes a difference to the "
                f"{self.question.measure} over {self.question.trials:,} trials."
            )
        best = helpful[0]
        text = f"{best.narrowing.name}: the {self.question.measure} falls by {self._amount(best.less)} "
        text += f"(from {self._level(best.before)} to {self._level(best.after)}), and every task still works."
        last = self.curve[-1]
        if len(self.curve) > 2:
            text += f" {len(self.curve) - 1} changes together bring it to {self._level(last.effect)}."
        return text

    def _amount(self, interval: Interval) -> str:
        write = self.question.amount
        return f"{write(interval.estimate)} [{write(interval.low)}, {write(interval.high)}]"

    def _level(self, effect: Effect) -> str:
        interval = effect.chance if effect.chance else effect.mean
        return self.question.amount(interval.estimate)

    def table(self) -> Table:
        """The recommendations in order: gain, cost, before and after."""
        rows = [self._row(place, each) for place, each in enumerate(self.ranked, 1)]
        columns: tuple[str, ...] = ("", "what to narrow", "costs", "less", "mean after", "p95 after")
        columns += (f"{self.question.measure} after", "still in the worst case") if self.question.goal else ()
        started = self.curve[0].effect
        before = f"Before: mean {_spread(started.mean)}, p95 {format_number(started.p95.estimate)}"
        if started.chance:
            before += f", chance {_share(started.chance)}"
        note = (
            f"{before}. {self.candidates} candidates, {self.screened} on an attack; {self.question.trials:,} trials "
            f"for each of {len(self.question.entry_points)} entry points, seed {self.question.seed}; differences are "
            "paired. Costs are in the price of one change; 0: nobody's work leans on it."
        )
        return Table(columns, rows, title=f"what to narrow: {self.question.measure}", note=note)

    def _row(self, place: int, each: Recommendation) -> tuple[Cell, ...]:
        less = "no difference" if each.is_none else self._amount(each.less)
        row: tuple[Cell, ...] = (place, each.narrowing.name, round(each.price, 3), less)
        row += (_spread(each.after.mean), each.after.p95.estimate)
        if each.after.chance is not None:
            row += (_share(each.after.chance), "yes" if each.after.in_worst_case else "no")
        return row

    def why_table(self) -> Table:
        """For each recommendation the path that it bears on, the tasks that still work, and what it is relevant to."""
        rows = [
            (
                place,
                each.at or None,
                each.path or None,
                f"{len(each.tasks)} of {len(each.tasks)}",
                ", ".join(reference.id for reference in each.relevant) or None,
            )
            for place, each in enumerate(self.ranked, 1)
        ]
        return Table(("", "takes away", "on the path", "tasks that still work", "relevant to"), rows, "why", HINT)

    def cost_table(self) -> Table:
        """What each recommendation costs the work, a day."""
        rows = [
            (
                place,
                each.cost.changes,
                each.cost.stopped,
                each.cost.tokens_a_day,
                each.cost.approvals_a_day,
                each.cost.waiting_minutes_a_day,
            )
            for place, each in enumerate(self.ranked, 1)
        ]
        columns = ("", "changes", "real runs stopped", "tokens/day", "approvals/day", "min waited/day")
        return Table(columns, rows, title="what it costs (more than now)")

    def curve_table(self) -> Table:
        """The greedy curve: changes one after the other, blast radius against cost."""
        rows = [
            (
                place,
                point.added.name if point.added else "as it is",
                round(point.price, 3),
                _spread(point.effect.mean),
                point.effect.p95.estimate,
                _share(point.effect.chance) if point.effect.chance else None,
                "yes" if point.effect.in_worst_case else "no",
                "yes" if point.on_front else "no",
            )
            for place, point in enumerate(self.curve)
        ]
        columns = ("", "and then", "costs together", "mean", "p95", "chance", "still in the worst case", "on the front")
        return Table(columns, rows, title="changes together, greedily")

    def breaking_table(self) -> Table:
        """What would help, but breaks tasks."""
        rows = [(each.narrowing.name, ", ".join(each.tasks)) for each in self.breaking]
        return Table(("would help in the worst case", "but breaks"), rows, title="left out")

    def tables(self) -> list[Table]:
        """All tables of this result."""
        found = [self.table(), self.why_table(), self.cost_table(), self.curve_table()]
        return [*found, *([self.breaking_table()] if self.breaking else [])]

    def to_dict(self) -> dict[str, object]:
        """The recommendations as plain data."""
        return {
            "provenance": self.provenance.to_dict(),
            "measure": self.question.measure,
            "entry_points": list(self.question.entry_points),
            "candidates": self.candidates,
            "screened": self.screened,
            "recommendations": [each.to_dict() for each in self.ranked],
            "curve": [point.to_dict() for point in self.curve],
            "breaking": [{**each.narrowing.to_dict(), "breaks": list(each.tasks)} for each in self.breaking],
        }

    def _repr_html_(self) -> str:
        return "".join(table.html() for table in self.tables())


def _spread(interval: Interval) -> str:
    return f"{format_number(interval.estimate)} [{format_number(interval.low)}, {format_number(interval.high)}]"


def _share(interval: Interval) -> str:
    return f"{percent(interval.estimate)} [{percent(interval.low)}, {percent(interval.high)}]"
