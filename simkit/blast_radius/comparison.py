"""The same attack under several policies, sample by sample."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from simkit.blast_radius import intervals
from simkit.blast_radius.intervals import Interval
from simkit.blast_radius.result import BlastRadius
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
    """Blast radii of one entry point, from the same seed and trials; the others are held `against` one policy."""

    results: tuple[BlastRadius, ...]
    against: str

    def __repr__(self) -> str:
        shown = ", ".join(f"{r.provenance.policy} {format_number(r.value_lost().estimate)}" for r in self.results)
        return f"Comparison({self.results[0].provenance.entry_point}: {shown}; mean value lost)"

    def __getitem__(self, policy: str) -> BlastRadius:
        return next(result for result in self.results if result.provenance.policy == policy)

    def difference(self, policy: str, against: str | None = None) -> Difference:
        """The paired difference in value lost between `policy` and `against` (None: the comparison's own)."""
        other = against or self.against
        pairs = zip(self[policy].values.tolist(), self[other].values.tolist(), strict=True)
        return Difference(policy, other, intervals.mean([value - base for value, base in pairs]))

    @property
    def summary(self) -> str:
        """The comparison in a sentence."""
        base = self[self.against].value_lost().estimate
        ordered = sorted(self.results, key=lambda result: (result.value_lost().estimate, result.provenance.policy))
        best, worst = ordered[0], ordered[-1]
        text = (
            f"Through {best.provenance.entry_point}: {self.against} loses {format_number(base)} on average, "
            f"{worst.provenance.policy} the most ({format_number(worst.value_lost().estimate)}), "
            f"{best.provenance.policy} the least ({format_number(best.value_lost().estimate)})."
        )
        broken = best.utility
        if broken.broken:
            text += f" {best.provenance.policy} breaks {len(broken.broken)} of {broken.tasks} tasks."
        return text

    def table(self) -> Table:
        """The policies side by side: what the attacker gets."""
        rows = []
        for result in self.results:
            value, first = result.value_lost(), result.time_to_first_loss()
            name = result.provenance.policy
            rows.append(
                (
                    name,
                    value.estimate,
                    f"{format_number(value.low)} to {format_number(value.high)}",
                    "-" if name == self.against else str(self.difference(name)),
                    result.quantile(0.95).estimate,
                    result.worst_case.value,
                    percent(first.trials / result.trials),
                    duration(first.estimate) if first.trials else None,
                    percent(result.contained().estimate),
                )
            )
        columns = (
            "policy",
            "value lost",
            "95 % interval",
            f"against {self.against}",
            "p95",
            "worst case",
            "trials with loss",
            "first loss",
            "contained",
        )
        shown = self.results[0].provenance
        note = f"{shown.trials:,} trials, seed {shown.seed}; differences are paired, sample by sample"
        return Table(columns, rows, title=f"{shown.scenario}: {shown.entry_point}", note=note)

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
        return Table(columns, rows, title="what it costs the legitimate work")

    def tables(self) -> list[Table]:
        """All tables of this result."""
        goals = [self.goals_table()] if self.results[0].legend.goals else []
        return [self.table(), *goals, self.utility_table()]

    def to_dict(self) -> dict[str, object]:
        """The comparison as plain data."""
        return {
            "against": self.against,
            "policies": {result.provenance.policy: result.to_dict() for result in self.results},
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


def compared(results: Sequence[BlastRadius], against: str) -> Comparison:
    """The comparison of `results`, which must share entry point, seed and trials."""
    return Comparison(tuple(results), against)
