"""What an ablation found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from simkit.ablation.time_curves import Curve
from simkit.blast_radius import Interval, Provenance, Utility
from simkit.errors import QuestionError, nearest
from simkit.measures import VALUE, Unit
from simkit.table import Table, format_number, percent

COSTS = (
    "tasks broken",
    "runs stopped",
    "tokens/day",
    "checks/day",
    "approvals/day",
    "min waited/day",
    "records/day",
)
"""The columns of the utility side."""


@dataclass(frozen=True, slots=True)
class DialEffect:
    """What one dial buys: how much less is lost, on average, with paired 95 % intervals.

    `alone`: turned first, all others as they were. `last`: turned when all others are. `share`: its Shapley value,
    the mean over every order; `exact` is the same as a fraction. `base` and `turned` are the utility side without it,
    and with it alone.
    """

    dial: str
    before: str
    after: str
    alone: Interval
    last: Interval
    share: Interval
    exact: Fraction
    base: Utility
    turned: Utility

    @property
    def is_none(self) -> bool:
        """True if the interval of its share holds zero: then it buys nothing to speak of."""
        return 0.0 in self.share

    def to_dict(self) -> dict[str, object]:
        """The effect as plain data."""
        return {
            "dial": self.dial,
            "from": self.before,
            "to": self.after,
            "alone": self.alone.to_dict(),
            "last": self.last.to_dict(),
            "shapley": self.share.to_dict(),
            "utility": self.turned.to_dict(),
        }


@dataclass(frozen=True, slots=True)
class Combination:
    """Some dials turned together, the others as they were."""

    dials: tuple[str, ...]
    loss: Interval
    saved: Interval
    worst: float
    utility: Utility

    def to_dict(self) -> dict[str, object]:
        """The combination as plain data."""
        return {
            "dials": list(self.dials),
            "loss": self.loss.to_dict(),
            "saved": self.saved.to_dict(),
            "worst_case": self.worst,
            "utility": self.utility.to_dict(),
        }


@dataclass(frozen=True, eq=False)
class Ablation:
    """The reduction from one policy to another, and the part of each dial. Losses are in the scenario's own unit.

    `exact_whole` is the sum of the `exact` parts of `effects`, as fractions and to the last digit. `combinations` are
    all of them, by the bits of the dials.
    """

    effects: tuple[DialEffect, ...]
    whole: Interval
    exact_whole: Fraction
    combinations: tuple[Combination, ...]
    curves: tuple[Curve, ...]
    measure: str
    unit: Unit
    from_policy: str
    to_policy: str
    provenance: Provenance

    def __repr__(self) -> str:
        parts = ", ".join(f"{e.dial} {self._said(e.share.estimate)}" for e in self.ordered())
        return f"Ablation({self.from_policy} to {self.to_policy}: {self._said(self.whole.estimate)} saved; {parts})"

    @property
    def valued(self) -> bool:
        """True if the losses are values in the scenario's own unit."""
        return self.unit is VALUE

    def __getitem__(self, dial: str) -> DialEffect:
        found = {effect.dial: effect for effect in self.effects}
        if dial not in found:
            raise QuestionError(f"{dial!r} is not a dial that was moved: {nearest(dial, found)}")
        return found[dial]

    def _said(self, amount: float) -> str:
        return self.unit.write(amount)

    def ordered(self) -> list[DialEffect]:
        """The dials, that with the greatest part first."""
        return sorted(self.effects, key=lambda effect: (-effect.exact, effect.dial))

    @property
    def before(self) -> Combination:
        """No dial turned."""
        return self.combinations[0]

    @property
    def after(self) -> Combination:
        """All dials turned."""
        return self.combinations[-1]

    def best(self) -> Iterator[Combination]:
        """For each number of dials the combination that leaves the least; among equals the one that breaks least.

        Ends with the fewest dials that leave as little as any combination does.
        """
        least = min(found.loss.estimate for found in self.combinations)
        for size in range(len(self.effects) + 1):
            of_size = [found for found in self.combinations if len(found.dials) == size]
            yield (best := min(of_size, key=_preferred))
            if best.loss.estimate <= least:
                return

    @property
    def summary(self) -> str:
        """The result in a few sentences."""
        before, after = (self._said(c.loss.estimate) for c in (self.before, self.after))
        text = f"Through {self.provenance.entry_point}, from {self.from_policy} to {self.to_policy}, the mean "
        text += f"{self.measure} goes from {before} to {after}"
        if 0.0 in self.whole:
            return f"{text}, which is no difference. {self._costs()}"
        return f"{text} (saved: {self.unit.spread(self.whole)}). {self._parts()} {self._costs()}"

    def _parts(self) -> str:
        counted = [effect for effect in self.ordered() if not effect.is_none]
        silent = [effect.dial for effect in self.effects if effect.is_none]
        shown = ", ".join(f"{effect.dial} {self._share(effect)}" for effect in counted)
        text = f"Of that: {shown}." if counted else "No dial has a part that is told from zero."
        return f"{text} No difference by {', '.join(silent)}." if silent else text

    def _share(self, effect: DialEffect) -> str:
        part = effect.share.estimate / self.whole.estimate
        return percent(part) if part >= 0 else f"-{percent(-part)}"

    def _costs(self) -> str:
        cost, base = self.after.utility, self.before.utility
        text = f"All dials together break {len(cost.broken)} of {cost.tasks} tasks ({len(base.broken)} before)"
        if cost.observed:
            text += f", stop {cost.stopped} of {cost.observed} good runs"
        text += f", and issue {format_number(cost.tokens_a_day)} tokens a day."
        if self.before.loss.estimate and not self.after.loss.estimate:
            text += (
                " Nothing is lost with all of them turned, which is almost always more than is true: check what the "
            )
            text += "scenario leaves out."
        return text

    def table(self) -> Table:
        """A row for each dial: what it buys alone, last, and on average."""
        rows: list[tuple[str | None, ...]] = [
            (
                effect.dial,
                effect.before,
                effect.after,
                self.unit.spread(effect.alone),
                self.unit.spread(effect.last),
                self.unit.spread(effect.share),
                self._share(effect) if self.exact_whole else None,
            )
            for effect in self.ordered()
        ]
        rows.append(("all", "", "", "", "", self.unit.spread(self.whole), "100 %" if self.exact_whole else None))
        columns = ("dial", "from", "to", "alone", "last", "part (Shapley)", "of the whole")
        note = f"Saved: how much lower the mean {self.measure} is; {self.provenance.trials:,} trials, "
        note += f"seed {self.provenance.seed}; 95 % intervals, paired; the parts add up to the whole exactly."
        return Table(columns, rows, title=f"{self.provenance.scenario}: what each dial buys", note=note)

    def costs_table(self) -> Table:
        """A row for each dial turned alone: what it costs the legitimate work."""
        rows: list[tuple[str | float, ...]] = [("none", *costs(self.before.utility))]
        rows += [(f"{effect.dial} {effect.after}", *costs(effect.turned)) for effect in self.effects]
        rows.append(("all", *costs(self.after.utility)))
        note = "Exact for the declared tasks and rates. Costs of dials turned together do not add up."
        return Table(("turned alone", *COSTS), rows, title="what each dial costs", note=note)

    def best_table(self) -> Table:
        """The best combination of each size."""
        rows = [
            (
                len(found.dials),
                ", ".join(found.dials) or "none",
                self.unit.spread(found.loss),
                len(found.utility.broken),
                found.utility.stopped,
                found.utility.tokens_a_day,
                found.utility.approvals_a_day,
            )
            for found in self.best()
        ]
        columns = ("dials", "which", f"mean {self.measure}", "tasks broken", "runs stopped", "tokens/day")
        note = "Of those that leave equally little, the one that breaks the fewest tasks; "
        note += "more dials than in the last row leave no less."
        return Table((*columns, "approvals/day"), rows, title="the best combination of each size", note=note)

    def combinations_table(self) -> Table:
        """Every combination, that which leaves the least first."""
        ordered = sorted(self.combinations, key=lambda found: (found.loss.estimate, len(found.dials), found.dials))
        rows: list[tuple[str | float, ...]] = [
            (", ".join(found.dials) or "none", self.unit.spread(found.loss), found.worst, *costs(found.utility))
            for found in ordered
        ]
        columns = ("turned", f"mean {self.measure}", "worst case", *COSTS)
        return Table(columns, rows, title="every combination")

    def tables(self) -> list[Table]:
        """What each dial buys and costs, the best combinations, and the curves; every combination on request."""
        curves = [table for curve in self.curves for table in curve.tables()]
        return [self.table(), self.costs_table(), self.best_table(), *curves]

    def to_dict(self) -> dict[str, object]:
        """The result as plain data."""
        return {
            "provenance": self.provenance.to_dict(),
            "measure": self.measure,
            "from": self.from_policy,
            "to": self.to_policy,
            "whole": self.whole.to_dict(),
            "dials": [effect.to_dict() for effect in self.ordered()],
            "combinations": [found.to_dict() for found in self.combinations],
            "curves": [curve.to_dict() for curve in self.curves],
        }

    def _repr_html_(self) -> str:
        return "".join(table.html() for table in self.tables())


def _preferred(found: Combination) -> tuple[float, int, float, float, tuple[str, ...]]:
    cost = found.utility
    return found.loss.estimate, len(cost.broken), cost.waiting_minutes_a_day, cost.tokens_a_day, found.dials


def costs(utility: Utility) -> tuple[float, ...]:
    """The utility side as cells under `COSTS`."""
    return (
        len(utility.broken),
        utility.stopped,
        utility.tokens_a_day,
        utility.checks_a_day,
        utility.approvals_a_day,
        utility.waiting_minutes_a_day,
        utility.records_a_day,
    )
