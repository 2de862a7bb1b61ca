"""Every narrowing that the model offers with what it costs, before anything is replayed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from simkit.blast_radius import Provenance
from simkit.narrowing.edits.candidates import checked_kinds, each_narrowing, in_force
from simkit.narrowing.edits.edit import Narrowing
from simkit.narrowing.edits.removals import DropEntitlements
from simkit.narrowing.edits.unneeded import Unneeded, unneeded
from simkit.narrowing.recommendation.costs import PRICES, Cost, Prices, Side
from simkit.narrowing.recommendation.effect import Question
from simkit.narrowing.recommendation.recommend import provenance
from simkit.narrowing.recommendation.screen import Screened, screen
from simkit.privilege import over_privilege
from simkit.scenario import Scenario
from simkit.simulation import PolicyLike
from simkit.table import Cell, Table, format_number
from simkit.techniques.givers import Givers


@dataclass(frozen=True, slots=True)
class Candidate:
    """One narrowing, its cost, and what the worst case says: `less` is by how much the worst case of the question's
    measure shrinks (None where only replay can tell), `bears` whether it bears on a step that the attack can take."""

    narrowing: Narrowing
    cost: Cost
    price: float
    evidence: str
    less: float | None
    bears: bool

    def to_dict(self) -> dict[str, object]:
        """The candidate as plain data."""
        return {
            **self.narrowing.to_dict(),
            "price": self.price,
            "cost": self.cost.to_dict(),
            "evidence": self.evidence,
            "on_the_attack": self.bears,
            "less_in_the_worst_case": self.less,
        }


@dataclass(frozen=True, eq=False)
class Candidates:
    """Every narrowing of a scenario: those on the attack first, those that break no task before the others."""

    question: Question
    rows: tuple[Candidate, ...]
    provenance: Provenance
    in_part: bool = False
    """True if the model is so large that removals were only asked about if they cut one way to each loss."""

    def __repr__(self) -> str:
        return f"Candidates({len(self.rows)}, {len(self.on_the_attack())} on the attack; {self.provenance.scenario})"

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self):  # type: ignore[no-untyped-def]
        return iter(self.rows)

    def on_the_attack(self) -> list[Candidate]:
        """Those that bear on a step that the attack can take."""
        return [each for each in self.rows if each.bears]

    @property
    def summary(self) -> str:
        """How many there are, in a sentence."""
        free = sum(not each.price for each in self.rows)
        broken = sum(bool(each.cost.broken) for each in self.rows)
        text = f"{len(self.rows):,} narrowings: {len(self.on_the_attack()):,} bear on the attack, {broken:,} break a "
        return f"{text}task, {free:,} cost nothing."

    def table(self) -> Table:
        """A row for each."""
        rows = [self._row(each) for each in self.rows]
        note = (
            "Costs are in the price of one change; 0: nobody's work leans on it. On the attack: by how much the worst "
        )
        note += f"case of the {self.question.measure} shrinks, where it does; else only replay can tell."
        if self.in_part:
            note += " The model is so large that a removal counts only where it cuts one way to each loss."
        title = f"{self.provenance.scenario}: every narrowing, with its cost"
        columns = ("narrowing", "costs", "what it breaks, and its burden a day", "on the attack")
        return Table(columns, rows, title=title, note=note)

    def _row(self, each: Candidate) -> tuple[Cell, ...]:
        shrinks = f"less by {self.question.amount(each.less)}" if each.less else "yes"
        burden = "; ".join(_burden(each.cost)) or None
        return each.narrowing.name, round(each.price, 3), burden, shrinks if each.bears else "no"

    def tables(self) -> list[Table]:
        """The one table."""
        return [self.table()]

    def to_dict(self) -> dict[str, object]:
        """The candidates as plain data."""
        return {
            "provenance": self.provenance.to_dict(),
            "measure": self.question.measure,
            "entry_points": list(self.question.entry_points),
            "screened_in_part": self.in_part,
            "candidates": [each.to_dict() for each in self.rows],
        }

    def _repr_html_(self) -> str:
        return self.table().html()


def weigh(
    scenario: Scenario,
    policy: PolicyLike = None,
    *,
    entry_points: str | Iterable[str] | None = None,
    goal: str | None = None,
    threads: int | None = None,
    prices: Prices = PRICES,
    without: Iterable[str] = (),
) -> Candidates:
    """Every narrowing of `scenario` under `policy` (None: the one in force) with what it costs the people who work, and
    whether it bears on the attack through `entry_points` (one, several, or None for all).

    Nothing is replayed: what each buys, `recommend` says. `without` names kinds that are out of the question. Raises
    QuestionError and PolicyError.
    """
    question = Question.about(scenario, entry_points, goal, trials=1, seed=0, threads=threads)
    unwanted, base = checked_kinds(without), in_force(scenario, policy)
    privilege, givers = over_privilege(base), Givers(base.model)
    spare = list(unneeded(base.model, privilege, givers))
    offered = [each for each in dict.fromkeys(each_narrowing(base, privilege, givers)) if each.kind not in unwanted]
    screening = screen(base, offered, question)
    bearing = {each.narrowing: each for each in screening.found}
    side = Side.of(base)
    rows = [
        _weighed(each, side.cost_of(each, base), _part_of(each, spare), bearing.get(each), prices) for each in offered
    ]
    rows.sort(key=lambda row: (not row.bears, bool(row.cost.broken), row.price, -(row.less or 0.0)))
    return Candidates(question, tuple(rows), provenance(base, question), screening.in_part)


def _weighed(
    narrowing: Narrowing, cost: Cost, found: Unneeded | None, screened: Screened | None, prices: Prices
) -> Candidate:
    price = cost.price(prices)
    if found is not None and found.is_free:
        price = max(0.0, price - cost.changes * prices.change)
    less = screened.less if screened and narrowing.removes() is not None else None
    return Candidate(narrowing, cost, price, found.evidence if found else "", less, screened is not None)


def _part_of(narrowing: Narrowing, spare: Iterable[Unneeded]) -> Unneeded | None:
    """What says that `narrowing` takes away only what nobody needs, by itself or as a part of more."""
    return next((each for each in spare if _is_part(narrowing, each.narrowing)), None)


def _is_part(narrowing: Narrowing, whole: Narrowing) -> bool:
    if isinstance(whole, DropEntitlements) and isinstance(narrowing, DropEntitlements):
        return whole.holder == narrowing.holder and set(narrowing.grants) <= set(whole.grants)
    return narrowing == whole


def _burden(cost: Cost) -> Iterator[str]:
    """What the work loses and bears, in words, a day."""
    if cost.broken:
        more = f", {len(cost.broken) - 2} more" if len(cost.broken) > 2 else ""
        yield f"breaks {', '.join(cost.broken[:2])}{more}"
    if cost.stopped > 0:
        yield f"stops {cost.stopped} of {cost.observed} good runs"
    if cost.tokens_a_day > 0:
        yield f"tokens {format_number(cost.tokens_a_day)}"
    if cost.approvals_a_day > 0:
        minutes = format_number(cost.waiting_minutes_a_day)
        yield f"approvals {format_number(cost.approvals_a_day)}, min waited {minutes}"
