"""The same attack under several policies, sample by sample."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from simkit.blast_radius import intervals
from simkit.blast_radius.blast_radius import DOUBT, BlastRadius
from simkit.blast_radius.intervals import Interval
from simkit.blast_radius.pairs import PairMatrix
from simkit.blast_radius.reversal import Reversal, reversals
from simkit.blast_radius.utility import control_a_year
from simkit.errors import QuestionError, nearest
from simkit.model.money import ControlPrices, Currency
from simkit.policies import GrantPolicy
from simkit.table import Table, duration, format_number, percent


@dataclass(frozen=True, slots=True)
class Difference:
    """How much less (negative) or more value a policy loses than another, paired sample by sample."""

    policy: str
    against: str
    value: Interval

    @property
    def is_none(self) -> bool:
        """True if the interval holds zero: then there is no difference to speak of."""
        return 0.0 in self.value

    def __str__(self) -> str:
        if self.is_none:
            return "no difference"
        return (
            f"{format_number(self.value.estimate)} [{format_number(self.value.low)}, {format_number(self.value.high)}]"
        )


@dataclass(frozen=True, eq=False)
class Comparison:
    """Blast radii of one entry point, from the same seed and trials; the others are held `against` one policy.

    `pairs` has, for each policy, the (entry point, goal) pairs of the whole scenario that succeed in the worst case.
    `unit` and `prices` are those of the scenario; None where it says none.
    """

    results: tuple[BlastRadius, ...]
    against: str
    pairs: Mapping[str, PairMatrix]
    policies: Mapping[str, GrantPolicy] = field(default_factory=dict)
    unit: Currency | None = None
    prices: ControlPrices | None = None

    def __repr__(self) -> str:
        shown = ", ".join(f"{r.provenance.policy} {self._measure(r)}" for r in self.results)
        return f"Comparison({self.results[0].provenance.entry_point}: {shown}; {self._measured})"

    def __getitem__(self, policy: str) -> BlastRadius:
        for result in self.results:
            if result.provenance.policy == policy:
                return result
        known = [result.provenance.policy for result in self.results]
        raise QuestionError(f"policy {policy!r} is not in this comparison: {nearest(policy, known)}")

    @property
    def has_values(self) -> bool:
        """True if some loss has a value; else goals are what there is to compare."""
        return bool(self.results[0].legend.value)

    @property
    def _measured(self) -> str:
        return "mean value lost" if self.has_values else "mean share of goals reached"

    def _measure(self, result: BlastRadius) -> str:
        return format_number(result.value_lost().estimate) if self.has_values else percent(result.goals_reached())

    def _badness(self, result: BlastRadius) -> tuple[float, str]:
        worst = result.value_lost().estimate if self.has_values else result.goals_reached()
        return worst, result.provenance.policy

    def difference(self, policy: str, against: str | None = None) -> Difference:
        """The paired difference in value lost between `policy` and `against` (None: the comparison's own)."""
        other = against or self.against
        pairs = zip(self[policy].values.tolist(), self[other].values.tolist(), strict=True)
        return Difference(policy, other, intervals.mean([value - base for value, base in pairs]))

    @property
    def control(self) -> dict[str, float]:
        """By policy what its controls cost a year, in the currency of `unit`; empty where there are no prices."""
        if self.prices is None or self.unit is None:
            return {}
        upkeep = self.prices.policies
        named = ((each.provenance.policy, each.utility) for each in self.results)
        return {name: control_a_year(side, self.prices) + upkeep.get(name, 0.0) for name, side in named}

    @cached_property
    def reversals(self) -> tuple[Reversal, ...]:
        """Where a narrower policy loses more."""
        return tuple(reversals(self.results, self.policies))

    @property
    def summary(self) -> str:
        """The comparison in a sentence or two."""
        best, worst = min(self.results, key=self._badness), max(self.results, key=self._badness)
        text = (
            f"Through {best.provenance.entry_point} ({self._measured}): {self._measure(self[self.against])} under "
            f"{self.against}, the most under {worst.provenance.policy} ({self._measure(worst)}), the least under "
            f"{best.provenance.policy} ({self._measure(best)})."
        )
        broken = best.utility
        if broken.broken:
            text += f" {best.provenance.policy} breaks {len(broken.broken)} of {broken.tasks} tasks."
        matrix = self.pairs[self.against]
        if matrix.without_entitlement:
            text += f" {matrix.warning}"
        return " ".join(filter(None, (text, self.alarm, self.doubt)))

    @property
    def alarm(self) -> str:
        """A sentence for each narrower policy that loses more; empty if none does."""
        return " ".join(f"Mind that {reversal}." for reversal in self.reversals)

    @property
    def doubt(self) -> str:
        """A sentence about the policies under which nothing is lost, with the identities to which they leave nothing
        because no task of theirs is declared; empty if there are none."""
        zero = [result for result in self.results if result.is_zero]
        if not zero:
            return ""
        text = f"Nothing is lost under {', '.join(result.provenance.policy for result in zero)}"
        if idle := next((result.utility.idle for result in zero if result.utility.idle), ""):
            return f"{text}: {idle}."
        everywhere = len(zero) == len(self.results)
        return f"{text}, and {DOUBT}." if everywhere else f"{text}: check what the scenario leaves out."

    def table(self) -> Table:
        """The policies side by side: what the attacker gets."""
        columns = ["policy", *(self._value_columns() if self.has_values else [])]
        columns += ["goals reached (mean)", *(["goals within reach"] if self._has_pairs else [])]
        columns += ["first loss", "contained"] if self.has_values else ["contained"]
        shown = self.results[0].provenance
        note = f"{shown.trials:,} trials, seed {shown.seed}; differences are paired, sample by sample"
        if self._has_pairs:
            note += f"; {self.pairs[self.against].counted}"
        if self.has_values and self._undone:
            note += "; for good: but for what is undone in time"
        if self._alike:
            note += "; all rows are alike: nothing that these policies differ in stands in the way of this attack"
        rows = [self._row(result) for result in self.results]
        return Table(columns, rows, title=f"{shown.scenario}: {shown.entry_point}", note=note)

    @property
    def _alike(self) -> bool:
        """True if the attack gets the same in every sample under all of several policies, and gets something."""
        first, *others = self.results
        return bool(others) and not first.is_zero and all(_gets_as_much(first, each) for each in others)

    @property
    def _has_pairs(self) -> bool:
        return self.pairs[self.against].total > 0

    def _value_columns(self) -> list[str]:
        rest = [f"against {self.against}", "p95", "worst case", "trials with loss"]
        return ["value lost", "95 % interval", *(["for good"] if self._undone else []), *rest]

    @property
    def _undone(self) -> bool:
        """True if the file says of anything that it can be undone."""
        return any(result.legend.remedies is not None for result in self.results)

    def _row(self, result: BlastRadius) -> list[str | float | None]:
        name, first = result.provenance.policy, result.time_to_first_loss()
        row: list[str | float | None] = [name, *(self._values(result) if self.has_values else [])]
        goals = len(result.legend.goals)
        row.append(f"{format_number(goals * result.goals_reached())} of {goals}" if goals else None)
        if self._has_pairs:
            row.append(f"{len(self.pairs[name].reached)} of {self.pairs[name].total}")
        if self.has_values:
            row.append(duration(first.estimate) if first.trials else None)
        return [*row, percent(result.contained().estimate)]

    def _values(self, result: BlastRadius) -> list[str | float | None]:
        value, name = result.value_lost(), result.provenance.policy
        return [
            value.estimate,
            f"{format_number(value.low)} to {format_number(value.high)}",
            *([result.value_lost_for_good().estimate] if self._undone else []),
            "-" if name == self.against else str(self.difference(name)),
            result.quantile(0.95).estimate,
            result.worst_case.value,
            percent(result.time_to_first_loss().trials / result.trials),
        ]

    def goals_table(self) -> Table:
        """The chance of each goal under each policy; `(worst case)` marks one that only the worst case reaches."""
        goals = list(self.results[0].legend.goals)
        rows = [(r.provenance.policy, *(_chance(r, goal) for goal in goals)) for r in self.results]
        return Table(("policy", *goals), rows, title="chance of each goal")

    def utility_table(self) -> Table:
        """The policies side by side: what they cost the legitimate work."""
        rows: list[tuple[str | float, ...]] = [_utility_row(result) for result in self.results]
        columns: tuple[str, ...] = (
            "policy",
            "tasks broken",
            "real runs stopped",
            "tokens/day",
            "checks/day",
            "approvals/day",
            "min waited/day",
            "records/day",
        )
        if not self.results[0].utility.observed:
            columns = columns[:2] + columns[3:]
            rows = [row[:2] + row[3:] for row in rows]
        if self.unit is not None and self.control:
            columns += (f"{self.unit.name} a year",)
            rows = [(*row, round(paid)) for row, paid in zip(rows, self.control.values(), strict=True)]
        return Table(columns, rows, title="what it costs the legitimate work")

    def tables(self) -> list[Table]:
        """All tables of this result."""
        goals = [self.goals_table()] if self.results[0].legend.goals else []
        return [self.table(), *goals, self.utility_table()]

    def to_dict(self) -> dict[str, object]:
        """The comparison as plain data."""
        return {
            "against": self.against,
            "pairs": {policy: matrix.to_dict() for policy, matrix in self.pairs.items()},
            "policies": {result.provenance.policy: result.to_dict() for result in self.results},
            **({"control_a_year": self.control} if self.control else {}),
            "narrower_but_more": [reversal.to_dict() for reversal in self.reversals],
            "differences": {
                result.provenance.policy: {
                    "value_lost": self.difference(result.provenance.policy).value.to_dict(),
                    "no_difference": self.difference(result.provenance.policy).is_none,
                }
                for result in self.results
                if result.provenance.policy != self.against
            },
        }

    def _repr_html_(self) -> str:
        return "".join(table.html() for table in self.tables())


def _gets_as_much(one: BlastRadius, other: BlastRadius) -> bool:
    """True if the attack loses as much in every sample of both, reaches as much as soon, and is ended as often."""
    if not (one.values == other.values).all() or one.time_to_first_loss() != other.time_to_first_loss():
        return False
    same = all(one.chance(goal) == other.chance(goal) for goal in one.legend.goals)
    return same and one.contained() == other.contained()


def _chance(result: BlastRadius, goal: str) -> str:
    interval = result.chance(goal)
    text = f"{percent(interval.estimate)} [{percent(interval.low)}, {percent(interval.high)}]"
    return f"{text} (worst case)" if not interval.estimate and goal in result.worst_case.goals else text


def _utility_row(result: BlastRadius) -> tuple[str | float, ...]:
    side = result.utility
    return (
        result.provenance.policy,
        f"{len(side.broken)} of {side.tasks}",
        f"{side.stopped} of {side.observed}",
        side.tokens_a_day,
        side.checks_a_day,
        side.approvals_a_day,
        side.waiting_minutes_a_day,
        side.records_a_day,
    )
