"""The blast radius of one attack under one policy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from simkit.attackgraph import AttackGraph, Fact
from simkit.blast_radius import intervals
from simkit.blast_radius.hops import fewest_hops
from simkit.blast_radius.intervals import Interval
from simkit.blast_radius.legend import GROUPS, Legend
from simkit.blast_radius.paths import AttackPaths, paths_to
from simkit.blast_radius.provenance import Provenance
from simkit.blast_radius.quotas import Quotas
from simkit.blast_radius.utility import Utility
from simkit.blast_radius.worst_case import WorstCase
from simkit.engines.outcomes import NEVER, Outcomes
from simkit.errors import QuestionError, nearest
from simkit.model import IMPACTS
from simkit.table import Table, duration, format_number, percent

DOUBT = "a blast radius of zero is almost always a modelling error: check what the scenario leaves out"
"""What is said of every result that is zero."""


@dataclass(frozen=True, eq=False)
class BlastRadius:
    """What N samples of one attack reached. Times are in seconds, values in the scenario's own unit."""

    graph: AttackGraph
    outcomes: Outcomes
    legend: Legend
    worst_case: WorstCase
    utility: Utility
    provenance: Provenance

    def __repr__(self) -> str:
        value = self.value_lost()
        return (
            f"BlastRadius({self.provenance.policy}: {format_number(value.estimate)} lost on average "
            f"[{format_number(value.low)}, {format_number(value.high)}], worst case "
            f"{format_number(self.worst_case.value)}, {self.provenance.entry_point}, {self.trials:,} trials)"
        )

    @property
    def trials(self) -> int:
        """How many samples there are."""
        return len(self.contained_at)

    @property
    def horizon(self) -> float:
        """The horizon of the scenario, in seconds."""
        return self.graph.horizon / 1000

    def times(self, facts: Sequence[int]) -> NDArray[np.int64]:
        """(trials, facts) When each sample first reached each of `facts`, by their columns, in ms; negative: never."""
        return self.outcomes.times(facts)

    @property
    def contained_at(self) -> NDArray[np.int64]:
        """(trials) When each sample was contained, in ms; negative: never."""
        return self.outcomes.contained

    def touched(self, group: str) -> NDArray[np.int64]:
        """(trials) How many of `group` each sample reached."""
        return self.legend.counts(self.held, group)

    @cached_property
    def held(self) -> NDArray[np.bool_]:
        """Whether each sample (rows) reached each fact (columns)."""
        return self.outcomes.first >= 0

    @cached_property
    def values(self) -> NDArray[np.float64]:
        """The value that each sample lost."""
        return self.legend.counted_value(self.times)

    @cached_property
    def _ordered(self) -> list[float]:
        return sorted(self.values.tolist())

    def value_lost(self) -> Interval:
        """The mean value lost."""
        return intervals.mean(self.values.tolist())

    def value_lost_for_good(self) -> Interval:
        """The mean value lost that nothing undoes: what containment comes in time to undo is not lost for good."""
        remedies = self.legend.remedies
        if remedies is None:
            return self.value_lost()
        undone = remedies.undone(self.times, self.contained_at)
        return intervals.mean(self.legend.counted_value(self.times, undone=undone).tolist())

    def outage(self) -> Interval:
        """The mean hours for which things are gone of which the file says how long it takes to bring them back."""
        remedies = self.legend.remedies
        if remedies is None:
            return intervals.mean([0.0] * self.trials)
        return intervals.mean(remedies.outage(self.times, self.contained_at).tolist())

    def quantile(self, share: float) -> Interval:
        """The value that a `share` of the samples does not exceed (0.95 for p95). Raises QuestionError for no share."""
        return intervals.quantile(self._ordered, _checked_share(share))

    def cvar(self, share: float = 0.95) -> float:
        """The mean of the worst samples beyond the quantile at `share`. Raises QuestionError for no share."""
        return intervals.tail_mean(self._ordered, _checked_share(share))

    def exceedance(self) -> list[tuple[float, float]]:
        """The loss exceedance curve: each value that some sample lost, and the share of samples that lost more."""
        values, counts = np.unique(self.values, return_counts=True)
        beyond = len(self.values) - np.cumsum(counts)
        return [(float(v), int(b) / len(self.values)) for v, b in zip(values, beyond, strict=True)]

    def fact(self, what: str | Fact) -> int | None:
        """The column of `what`: a goal, `resource:impact`, or a Fact; None where no step concludes it.

        Raises QuestionError for a name that the scenario does not have.
        """
        if isinstance(what, Fact):
            return self.graph.index.get(what)
        if what in self.legend.goals:
            return self.legend.goals[what]
        resource, _, impact = what.rpartition(":")
        if impact in IMPACTS and resource in self.legend.resources:
            return self.graph.index.get(Fact("lost", resource, impact))
        known = [*self.legend.goals, *(f"{r}:{i}" for r in self.legend.resources for i in IMPACTS)]
        raise QuestionError(f"{what!r} is neither a goal nor a resource:impact: {nearest(what, known)}")

    def chance(self, what: str | Fact) -> Interval:
        """The chance that `what` (a goal, `resource:impact`, or a Fact) is reached before the horizon."""
        return self._chance(self.fact(what))

    def _chance(self, fact: int | None) -> Interval:
        return intervals.wilson(0 if fact is None else int((self.times([fact]) >= 0).sum()), self.trials)

    def time_to(self, what: str | Fact) -> Interval:
        """The median time to `what`, in seconds, over the samples that reach it."""
        return self._time_to(self.fact(what))

    def _time_to(self, fact: int | None) -> Interval:
        return self._median(self.times([] if fact is None else [fact]))

    def time_to_first_loss(self) -> Interval:
        """The median time to the first loss that has a value, over the samples that lose something."""
        first = self.times(list(self.legend.value))
        if not first.shape[1]:
            return self._median(np.array([], dtype=np.int64))
        never = np.iinfo(np.int64).max
        first[first < 0] = never  # a copy already: on a large graph another one would be what takes the most memory
        earliest = first.min(axis=1)
        return self._median(np.where(earliest < never, earliest, NEVER))

    def contained(self) -> Interval:
        """The chance that the attack is contained before the horizon."""
        return intervals.wilson(int((self.contained_at >= 0).sum()), self.trials)

    def time_to_containment(self) -> Interval:
        """The median time to containment, in seconds, over the samples that are contained."""
        return self._median(self.contained_at)

    def _median(self, times: NDArray[np.int64]) -> Interval:
        reached = sorted((times[times >= 0] / 1000).tolist())
        return intervals.quantile(reached, 0.5)

    def reached(self, group: str) -> Interval:
        """How many `identities`, `credentials`, `tools` or `resources` a sample reaches on average."""
        if group not in GROUPS:
            raise QuestionError(f"{group!r} is not a group: {nearest(group, GROUPS)}")
        return intervals.mean(self.touched(group).astype(float).tolist())

    def goals_reached(self) -> float:
        """The share of the goals that a sample reaches on average."""
        chances = [self.chance(goal).estimate for goal in self.legend.goals]
        return sum(chances) / len(chances) if chances else 0.0

    def over_time(self, moments: Sequence[float]) -> list[Interval]:
        """The mean value lost until each of `moments` (seconds)."""
        lost = self.legend.value_until_each(self.times, [round(moment * 1000) for moment in moments])
        return [intervals.mean(each.tolist()) for each in lost]

    def paths(self, goal: str | None = None, *, limit: int = 10) -> AttackPaths:
        """The attack paths to `goal` (None: to every goal, or to every loss with a value if there is none)."""
        if goal is not None:
            fact = self.fact(goal)
            targets = [] if fact is None else [(goal, fact)]
        else:
            targets = [(name, fact) for name, fact in self.legend.goals.items() if fact is not None]
            if not self.legend.goals:
                targets = [(str(self.graph.facts[fact]), fact) for fact in self.legend.value]
        return paths_to(self.graph, self.outcomes, targets, limit)

    @property
    def summary(self) -> str:
        """The result in a sentence or two."""
        prov = self.provenance
        text = f"Through {prov.entry_point}, under {prov.policy}, the attacker gets {self._gets()}."
        first = self.time_to_first_loss()
        if first.trials:
            text += f" {percent(first.trials / self.trials)} of trials lose something, the median after "
            text += f"{duration(first.estimate)}."
        if not self.is_zero:
            return text
        return f"{text} Mind that {self.utility.idle}." if self.utility.idle else f"{text} A{DOUBT[1:]}."

    @property
    def is_zero(self) -> bool:
        """True if no sample loses anything or reaches a goal."""
        return not self.time_to_first_loss().trials and not self.goals_reached()

    def _gets(self) -> str:
        """The mean loss with its interval; where nothing has a value, the goals that are reached."""
        if not self.legend.value:
            reached = sum(self.chance(goal).estimate > 0 for goal in self.legend.goals)
            return f"to {reached} of {len(self.legend.goals)} goals (no loss has a value)"
        value = self.value_lost()
        return (
            f"{format_number(value.estimate)} of value on average (95 % interval {format_number(value.low)} to "
            f"{format_number(value.high)}; worst case {format_number(self.worst_case.value)})"
        )

    def table(self) -> Table:
        """The measures, a row each; those of value and loss only where some loss has a value."""
        valued = bool(self.legend.value)
        rows = self._value_rows() if valued else []
        for group in GROUPS:
            rows.append((f"{group} reached (of {self.legend.totals[group]})", *_three(self.reached(group))))
        rows.append(("chance of containment", *_three(self.contained(), percent)))
        if valued:
            rows.append(("time to first loss, median", *_three(self.time_to_first_loss(), duration)))
        rows.append(("time to containment, median", *_three(self.time_to_containment(), duration)))
        return Table(("measure", "estimate", "low", "high"), rows, title=str(self.provenance), note="95 % intervals")

    def _value_rows(self) -> list[tuple[str | float | None, ...]]:
        p95, value = self.quantile(0.95), self.value_lost()
        return [
            ("value lost, mean", value.estimate, value.low, value.high),
            ("value lost, median", *_three(self.quantile(0.5))),
            ("value lost, p95", p95.estimate, p95.low, p95.high),
            ("value lost, CVaR95", self.cvar(), None, None),
            ("value lost, worst case", self.worst_case.value, None, None),
            *self._undone_rows(),
        ]

    def _undone_rows(self) -> Iterator[tuple[str | float | None, ...]]:
        """What can be undone, where the file says of anything that it can."""
        if self.legend.remedies is not None:
            yield "value lost for good, mean", *_three(self.value_lost_for_good())
            if self.legend.remedies.outages:
                yield "hours of outage, mean", *_three(self.outage())

    @cached_property
    def _hops(self) -> dict[int, int]:
        return fewest_hops(self.graph, self.provenance.entry_point)

    def shortest_hops(self, what: str | Fact) -> int | None:
        """The least number of steps one after another to `what`, in the worst case; None if it is out of reach."""
        fact = self.fact(what)
        return None if fact is None else self._hops.get(fact)

    def goals_table(self) -> Table:
        """The goals, with the chance of each, the time to it, and the least number of steps (in the worst case)."""
        rows = [
            (
                goal,
                *_three(self.chance(goal), percent),
                duration(time.estimate) if (time := self.time_to(goal)).trials else None,
                "reached" if goal in self.worst_case.goals else "out of reach",
                self.shortest_hops(goal),
            )
            for goal in self.legend.goals
        ]
        columns = ("goal", "chance", "low", "high", "median time", "worst case", "shortest hops")
        return Table(columns, rows, title="goals")

    def losses_table(self) -> Table:
        """Each loss with a value: its chance and the median time to it, the likeliest first."""
        rows = []
        for number, value in self.legend.value.items():
            resource, _, impact = self.legend.losses[number].rpartition(":")
            chance, time = self._chance(number), self._time_to(number)
            when = duration(time.estimate) if time.trials else None
            rows.append((chance.estimate, (resource, impact, value, *_three(chance, percent), when)))
        rows.sort(key=lambda row: (-row[0], row[1][:2]))
        columns = ("resource", "impact", "value", "chance", "low", "high", "median time")
        return Table(columns, [row for _, row in rows], title="losses")

    def records_out(self) -> dict[str, Interval]:
        """By resource that is read record by record, how many records are out on average."""
        quotas = self.legend.quotas
        return {} if quotas is None else {name: intervals.mean(o.tolist()) for name, o in self._out(quotas).items()}

    def _out(self, quotas: Quotas) -> dict[str, NDArray[np.float64]]:
        out = quotas.out(self.times)
        return {each.resource: out[each.lost] for each in quotas.metered}

    def records_table(self) -> Table:
        """Each resource that is read record by record: how many it has, and how many are out."""
        quotas = self.legend.quotas
        known = {} if quotas is None else {each.resource: each.records for each in quotas.metered}
        rows = [(name, known[name], *_three(out)) for name, out in sorted(self.records_out().items())]
        note = "throughput x time of reading; several resources that share a throughput: what is worth most first"
        return Table(("resource", "records", "out", "low", "high"), rows, title="records", note=note)

    def trials_table(self) -> Table:
        """A row for each trial: the value lost, and the seconds until it was contained and reached each goal (None:
        never). For data frames: `result.trials_table().to_pandas()`."""
        columns: dict[str, list[float | None]] = {
            "trial": list(range(self.trials)),
            "value lost": self.values.tolist(),
            "contained": _seconds(self.contained_at),
        }
        for goal, fact in self.legend.goals.items():
            columns[f"reached {goal}"] = [None] * self.trials if fact is None else _seconds(self.times([fact])[:, 0])
        return Table(tuple(columns), list(zip(*columns.values(), strict=True)), title=str(self.provenance))

    def tables(self) -> list[Table]:
        """All tables of this result but that of single trials."""
        found = [self.table()]
        if self.legend.goals:
            found.append(self.goals_table())
        found.append(self.losses_table())
        return found if self.legend.quotas is None else [*found, self.records_table()]

    def to_dict(self) -> dict[str, object]:
        """The result as plain data, without the samples."""
        return {
            "provenance": self.provenance.to_dict(),
            "value_lost": {
                "mean": self.value_lost().to_dict(),
                "median": self.quantile(0.5).to_dict(),
                "p95": self.quantile(0.95).to_dict(),
                "cvar95": self.cvar(),
            },
            **self._undone(),
            "worst_case": {
                "value": self.worst_case.value,
                "goals": list(self.worst_case.goals),
                "impact_share": self.worst_case.impact,
                **self.worst_case.counts,
            },
            "reached": {group: {"of": self.legend.totals[group], **self.reached(group).to_dict()} for group in GROUPS},
            "goals": {
                goal: {
                    "chance": self.chance(goal).to_dict(),
                    "median_time": _some(self.time_to(goal)),
                    "shortest_hops": self.shortest_hops(goal),
                }
                for goal in self.legend.goals
            },
            "losses": [
                {
                    **dict(zip(("resource", "impact"), self.legend.losses[number].rsplit(":", 1), strict=True)),
                    "value": value,
                    "chance": self._chance(number).to_dict(),
                }
                for number, value in self.legend.value.items()
            ],
            **({"records": out} if (out := {n: e.to_dict() for n, e in self.records_out().items()}) else {}),
            "time_to_first_loss": _some(self.time_to_first_loss()),
            "contained": self.contained().to_dict(),
            "time_to_containment": _some(self.time_to_containment()),
            "exceedance": [list(point) for point in self.exceedance()],
            "utility": self.utility.to_dict(),
        }

    def _undone(self) -> dict[str, object]:
        if self.legend.remedies is None:
            return {}
        return {"value_lost_for_good": self.value_lost_for_good().to_dict(), "outage_hours": self.outage().to_dict()}

    def _repr_html_(self) -> str:
        return "".join(table.html() for table in self.tables())


def _seconds(times: NDArray[np.int64]) -> list[float | None]:
    return [time / 1000 if time >= 0 else None for time in times.tolist()]


def _checked_share(share: float) -> float:
    if not 0 <= share <= 1:
        raise QuestionError(f"the share {share!r} is not from 0 to 1: write 0.95 for p95")
    return share


def _three(interval: Interval, write=None) -> tuple[str | float | None, ...]:  # type: ignore[no-untyped-def]
    """Estimate, low and high as cells; none where nothing was measured."""
    if not interval.trials:
        return (None, None, None)
    values = (interval.estimate, interval.low, interval.high)
    return tuple(write(value) for value in values) if write else values


def _some(interval: Interval) -> dict[str, float | int | str] | None:
    return interval.to_dict() if interval.trials else None
