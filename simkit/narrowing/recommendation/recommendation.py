"""One recommendation, and the list of them: what to narrow first, what it buys, what it costs."""

from __future__ import annotations

from dataclasses import dataclass, field

from simkit.blast_radius import Interval, Provenance
from simkit.narrowing.edits.edit import Narrowing
from simkit.narrowing.edits.in_practice import in_practice_table
from simkit.narrowing.recommendation.costs import PRICES, Balance, Cost, Prices
from simkit.narrowing.recommendation.effect import Effect, Question
from simkit.narrowing.recommendation.relevance import Bearing, BeforeAndAfter
from simkit.narrowing.recommendation.screen import COUNTED
from simkit.scenario import Scenario
from simkit.standards import Reference
from simkit.table import Cell, Table, format_number, percent

HINT = "Relevant to, never prevents: simkit's own reading of the public lists."
KEPT = "and every task still works"
UNKNOWN = "but no task is declared, so nothing says what that breaks"
SHOWN = 12
"""How many tasks a note lists before it says how many more there are."""


@dataclass(frozen=True, slots=True)
class Recommendation:
    """One narrowing, measured. `less` is how much less is lost, paired sample by sample, of the question's measure.

    `bearing` is the attack path that it cuts; `tasks` are those that still work, which is all that worked before.
    `unneeded`: nobody's declared work or observed run leans on what it drops, and `evidence` says how much is known of
    that. `ties_with` is the place (from 1) of the first recommendation that costs the same and does as well: the paired
    difference holds zero; 0 for none. `balance` is the money of it; None where the file has no prices.
    """

    narrowing: Narrowing
    unneeded: bool
    evidence: str
    cost: Cost
    price: float
    less: Interval
    before: Effect
    after: Effect
    bearing: Bearing
    tasks: tuple[str, ...]
    ties_with: int = 0
    balance: Balance | None = None

    def __repr__(self) -> str:
        less = self.before.gain(self.less)
        return f"Recommendation({self.narrowing.name}: {less} less, costs {format_number(self.price)})"

    def table(self) -> Table:
        """What it buys and costs, the path that it cuts, and what still works."""
        before, after, harm = self.before, self.after, self.before.harm
        both = (("before", before), ("after", after))
        rows = [
            ("less", "no difference" if self.is_none else before.gain(self.less)),
            (f"mean {harm}, before", before.spread(before.mean)),
            (f"mean {harm}, after", after.spread(after.mean)),
            (f"p95 of {harm}, before", before.spread(before.p95)),
            (f"p95 of {harm}, after", after.spread(after.p95)),
            *((f"chance of the goal, {when}", each.gain(each.chance)) for when, each in both if each.chance),
            *money_rows(self.balance),
            ("costs, in the price of one change", format_number(self.price)),
            ("evidence that nobody needs it", self.evidence or None),
            ("takes away", self.at or None),
            ("on the path", self.path or None),
            ("tasks that still work", ", ".join(self.tasks)),
            ("relevant to", ", ".join(map(str, self.relevant)) or None),
        ]
        return Table(("measure", "is"), rows, title=self.narrowing.name, note=HINT)

    def _repr_html_(self) -> str:
        return self.table().html()

    @property
    def path(self) -> str:
        """The most frequent attack path that it cuts; empty if none that was taken uses what goes."""
        return self.bearing.path

    @property
    def at(self) -> str:
        """The step of `path` that it takes away or weakens."""
        return self.bearing.at

    @property
    def relevant(self) -> tuple[Reference, ...]:
        """The techniques and controls that it is relevant to."""
        return self.bearing.relevant

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
        """Gain per cost; what costs nothing is worth more than anything that does, if it gains at all. Where there are
        prices, what it saves a year above what it costs."""
        if not self.helps:
            return min(0.0, self.less.high)
        if self.balance is not None:
            return self.balance.net
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
            **({"money": self.balance.to_dict()} if self.balance else {}),
            "before": self.before.to_dict(),
            "after": self.after.to_dict(),
            "evidence": self.evidence,
            "ties_with": self.ties_with,
            "path": self.path,
            "at": self.at,
            "tasks_that_still_work": list(self.tasks),
            "relevant_to": [str(reference) for reference in self.relevant],
        }


@dataclass(frozen=True, slots=True)
class BudgetPoint:
    """One point of the greedy curve: after one more change (`added`; None at the start), all of them together."""

    added: Narrowing | None
    cost: Cost
    price: float
    effect: Effect
    less: Interval
    on_front: bool = True
    control: float | None = None
    """What the changes cost the work a year, in money; None where the file has no prices."""

    @property
    def outlay(self) -> float:
        """What the changes cost: in money where there are prices, else in the price of one change."""
        return self.price if self.control is None else self.control

    def to_dict(self) -> dict[str, object]:
        """The point as plain data."""
        return {
            "added": self.added.name if self.added else None,
            "price": self.price,
            **({} if self.control is None else {"control": self.control}),
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

    `candidates` counts everything that the model offers, `screened` what may help by the worst case (`in_part`: of the
    removals only those that cut one way to each loss); `ranked` is what was replayed in full, `narrowed` the `scenario`
    after the whole curve.
    """

    question: Question
    ranked: tuple[Recommendation, ...]
    curve: tuple[BudgetPoint, ...]
    breaking: tuple[Breaking, ...]
    candidates: int
    screened: int
    scenario: Scenario
    narrowed: Scenario
    provenance: Provenance
    prices: Prices = PRICES
    in_part: bool = False
    measured: BeforeAndAfter | None = field(default=None, repr=False)
    annual_loss: float | None = None
    """What a year loses as it is, in the currency of the file; None where the file has no prices or frequencies."""

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
            part = f", {self.screened:,} {COUNTED[True]}" * self.in_part
            text = f"No narrowing that keeps every task makes the {self.question.measure} smaller over "
            return f"{text}{self.question.trials:,} trials ({self.candidates:,} candidates{part})."
        best = helpful[0]
        falling = self.question.measure if best.before.lost == self.question.lost else best.before.harm
        text = f"{best.narrowing.name}: the {falling} falls by {self.question.gain(best.less)} "
        kept = KEPT if best.tasks else UNKNOWN
        text += f"(from {self._level(best.before)} to {self._level(best.after)}), {kept}.{_paid(best)}"
        twins = sum(each.ties_with == 1 for each in self.ranked)
        if twins:
            text += f" {twins} other{'s do' if twins > 1 else ' does'} as well at the same price."
        if len(self.curve) > 2:
            text += f" {len(self.curve) - 1} changes together bring it to {self._level(self.curve[-1].effect)}."
        return text

    def _level(self, effect: Effect) -> str:
        return self.question.amount((effect.chance or effect.mean).estimate)

    def _numbered(self) -> list[tuple[int, Recommendation]]:
        """Those that make a difference, with their places."""
        return [(place, each) for place, each in enumerate(self.ranked, 1) if not each.is_none]

    def table(self) -> Table:
        """Those that make a difference, in order: gain, cost, before and after."""
        rows = [self._row(place, each) for place, each in self._numbered()]
        columns: tuple[str, ...] = ("", "what to narrow", *self._cost_columns, "less", "mean after", "p95 after")
        columns += (f"{self.question.measure} after", "still in the worst case") if self.question.goal else ()
        entries = len(self.question.entry_points)
        note = (
            f"{self._started()} {self.candidates:,} candidates, {self.screened:,} {COUNTED[self.in_part]}; "
            f"{self.question.trials:,} trials for each of {entries} entry point{'s' if entries > 1 else ''}, seed "
            f"{self.question.seed}; 95 % intervals, differences are paired. {self._costed()} As 1: at the same cost, "
            f"no difference to 1. {self._kept()}"
        )
        return Table(columns, rows, title=f"what to narrow: {self.question.measure}", note=note)

    @property
    def currency(self) -> str:
        """The currency in which gains and costs are ranked; empty where the file has no prices."""
        return next((each.balance.currency for each in self.ranked if each.balance), "")

    @property
    def _cost_columns(self) -> tuple[str, ...]:
        return (f"saves, {self.currency} a year", "costs a year", "pays in") if self.currency else ("costs",)

    def _costed(self) -> str:
        if self.currency:
            return "Ranked by what it saves a year above what the work pays for it; pays in: share of draws."
        return "Costs are in the price of one change; 0: nobody's work leans on it."

    def _started(self) -> str:
        started, write = self.curve[0].effect, self.question
        chance = f", chance {write.chance(started.chance)}" if started.chance else ""
        year = "" if self.annual_loss is None else f", {format_number(round(self.annual_loss))} {self.currency} a year"
        return f"Before: mean {write.spread(started.mean)}{year}, p95 {write.spread(started.p95)}{chance}."

    def _kept(self) -> str:
        """The tasks that still work, which are the same for all of them."""
        tasks = self.ranked[0].tasks if self.ranked else ()
        if not tasks:
            return "No task is declared, so nothing says what each of them breaks." if self.ranked else ""
        named = ", ".join(tasks[:SHOWN]) + (f", {len(tasks) - SHOWN} more" if len(tasks) > SHOWN else "")
        return f"Every task that works now still works after each of them: {named}."

    def _row(self, place: int, each: Recommendation) -> tuple[Cell, ...]:
        label = f"{place}, as {each.ties_with}" if each.ties_with else str(place)
        write = self.question
        paid = money_cells(each.balance) if each.balance else (round(each.price, 3),)
        beside = f" ({each.before.harm})" if each.before.lost != write.lost else ""
        row: tuple[Cell, ...] = (label, f"{each.narrowing.name}{beside}", *paid, write.gain(each.less))
        row += (write.spread(each.after.mean), write.spread(each.after.p95))
        if each.after.chance is not None:
            row += (write.chance(each.after.chance), "yes" if each.after.in_worst_case else "no")
        return row

    def why_table(self) -> Table:
        """For each that makes a difference the path that it cuts, the evidence that nobody needs what goes, and what it
        is relevant to."""
        seen: dict[tuple[str, str], int] = {}
        rows: list[tuple[Cell, ...]] = []
        for place, each in self._numbered():
            found = each.bearing
            first = seen.setdefault((found.path, found.ids), place)
            path, ids = (found.path, found.ids) if first == place else (f"as {first}", f"as {first}")
            rows.append((place, found.at or None, path or None, each.evidence or None, ids or None))
        note = f"{HINT} Evidence: what says that nobody needs what goes, where nobody is known to."
        return Table(("", "takes away", "on the path", "evidence", "relevant to"), rows, "why", note)

    def cost_table(self) -> Table:
        """What those that make a difference cost the work, a day; those that cost nothing but the change are left
        out."""
        rows = [(place, *_burden(each.cost)) for place, each in self._numbered() if any(_burden(each.cost))]
        observed = max((each.cost.observed for each in self.ranked), default=0)
        stopped = f"good runs stopped, of {observed}" if observed else "good runs stopped"
        columns = ("", stopped, "tokens/day", "approvals/day", "min waited/day")
        note = "More than now. The others cost the change alone: no token, no wait, no run."
        return Table(columns, rows, title="what it costs the work", note=note)

    def idle_table(self) -> Table:
        """Those that were replayed in full, and make no difference."""
        rows = [
            (place, each.narrowing.name, round(each.price, 3), each.evidence or None)
            for place, each in enumerate(self.ranked, 1)
            if each.is_none
        ]
        note = f"No difference to the {self.question.measure}: the interval of the paired difference holds zero."
        return Table(("", "what to narrow", "costs", "evidence"), rows, title="no difference", note=note)

    def curve_table(self) -> Table:
        """The greedy curve: changes one after the other, blast radius against cost."""
        write = self.question
        rows = [
            (
                place,
                point.added.name if point.added else "as it is",
                round(point.outlay, 3),
                write.spread(point.effect.mean),
                write.spread(point.effect.p95),
                *((write.chance(point.effect.chance),) if point.effect.chance else ()),
                "yes" if point.effect.in_worst_case else "no",
                "yes" if point.on_front else "no",
            )
            for place, point in enumerate(self.curve)
        ]
        together = f"costs together, {self.currency} a year" if self.currency else "costs together"
        columns = ("", "and then", together, "mean", "p95", *(("chance",) if self.question.goal else ()))
        note = "On the front: nothing else on the curve is both as cheap and better. It ends where nothing gains more."
        return Table((*columns, "still in the worst case", "on the front"), rows, "changes together, greedily", note)

    def breaking_table(self) -> Table:
        """What would help, but breaks tasks."""
        rows = [(each.narrowing.name, ", ".join(each.tasks)) for each in self.breaking]
        return Table(("would help in the worst case", "but breaks"), rows, title="left out")

    def tables(self) -> list[Table]:
        """All tables of this result."""
        how = in_practice_table([each.narrowing for each in self.ranked], self.scenario.model)
        found = [self.table(), self.why_table(), how, self.cost_table(), self.idle_table()]
        curve = [self.curve_table()] if len(self.curve) > 1 else []
        return [table for table in [*found, *curve, self.breaking_table()] if table.rows]

    def to_dict(self) -> dict[str, object]:
        """The recommendations as plain data."""
        return {
            "provenance": self.provenance.to_dict(),
            "measure": self.question.measure,
            "entry_points": list(self.question.entry_points),
            "candidates": self.candidates,
            "screened": self.screened,
            "screened_in_part": self.in_part,
            "recommendations": [each.to_dict() for each in self.ranked],
            "curve": [point.to_dict() for point in self.curve],
            **({} if self.annual_loss is None else {"annual_loss": self.annual_loss}),
            "breaking": [{**each.narrowing.to_dict(), "breaks": list(each.tasks)} for each in self.breaking],
        }

    def _repr_html_(self) -> str:
        return "".join(table.html() for table in self.tables())


def _burden(cost: Cost) -> tuple[float, ...]:
    return cost.stopped, cost.tokens_a_day, cost.approvals_a_day, cost.waiting_minutes_a_day


def money_rows(balance: Balance | None) -> list[tuple[str, Cell]]:
    """What a change saves and costs a year, as rows of a table; none where there are no prices."""
    if balance is None:
        return []
    saves, costs, pays = money_cells(balance)
    named = (("saves a year", saves), ("costs the work a year", costs))
    found: list[tuple[str, Cell]] = [(f"{words}, {balance.currency}", cell) for words, cell in named]
    return [*found, ("pays in", pays)]


def money_cells(balance: Balance) -> tuple[Cell, ...]:
    """What a change saves a year, what it costs the work, and in which share of draws it pays."""
    pays = percent(balance.payback.pays.estimate) if balance.payback else None
    return format_number(round(balance.saves.estimate)), format_number(round(balance.control)), pays


def _paid(best: Recommendation) -> str:
    """Whether the first recommendation pays, in a sentence."""
    if best.balance is None or best.balance.payback is None:
        return ""
    found, pays = best.balance.payback, best.balance.payback.pays
    share = "all draws" if pays.estimate == 1 else f"{percent(pays.estimate)} of draws"
    many = f"{format_number(round(found.mean))} {best.balance.currency} a year on average"
    return f" It pays in {share} of what is not known: {many}."
