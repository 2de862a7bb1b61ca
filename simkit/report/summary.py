"""What a report comes down to: one sentence, and the few numbers beside it."""

from __future__ import annotations

from dataclasses import dataclass

from simkit.blast_radius import BlastRadius, Comparison, Interval
from simkit.model import EntryPoint
from simkit.narrowing import Recommendation, Recommendations
from simkit.scenario import Scenario
from simkit.table import duration, format_number, percent

_STARTS = {
    "leak": "If {} leaks",
    "poison": "If somebody plants content in {}",
    "compromise": "If {} is taken over",
    "mistake": "If {} makes a mistake",
}


@dataclass(frozen=True, slots=True)
class Tile:
    """A number that is read at a glance: what it is, the number, and what must be known beside it."""

    name: str
    value: str
    beside: str


@dataclass(frozen=True, eq=False)
class Findings:
    """A comparison and the recommendations for the policy in force (None: not asked for), put into words."""

    scenario: Scenario
    comparison: Comparison
    ranking: Recommendations | None

    @property
    def in_force(self) -> BlastRadius:
        """The blast radius under the policy in force."""
        return self.comparison[self.comparison.against]

    @property
    def best(self) -> BlastRadius:
        """The policy that loses least of those that break no more tasks than the one in force; it may be that one."""
        broken = len(self.in_force.utility.broken)
        able = [result for result in self.comparison.results if len(result.utility.broken) <= broken]
        return min(able, key=lambda result: (self._badness(result), result is not self.in_force))

    def _badness(self, result: BlastRadius) -> float:
        return result.value_lost().estimate if self.comparison.has_values else result.goals_reached()

    @property
    def first(self) -> Recommendation | None:
        """What to narrow first; None where nothing helps, or nobody asked."""
        return next((each for each in self.ranking or () if each.helps), None)

    @property
    def sentence(self) -> str:
        """What is lost, what the best policy would save and cost, and what to do first; and what to doubt of it."""
        return " ".join(filter(None, (f"{'; '.join(self.parts)}.", self.comparison.alarm, self.comparison.doubt)))

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts of the sentence."""
        return (self.lost, self.saved, *([self.to_do] if self.to_do else []))

    @property
    def lost(self) -> str:
        """What is lost under the policy in force."""
        entry = self.scenario.entry_points[self.in_force.provenance.entry_point]
        start = _STARTS[entry.kind].format(_started(entry))
        return f"{start}, {self._lost(self.in_force)} under {self.comparison.against}, the policy in force"

    def _lost(self, result: BlastRadius) -> str:
        if not self.comparison.has_values:
            return f"{percent(result.goals_reached())} of the goals are reached on average"
        value = result.value_lost()
        return f"{format_number(value.estimate)} of value is lost on average {_bounds(value)}"

    @property
    def saved(self) -> str:
        """What the best policy would save, and what it costs the legitimate work."""
        best = self.best
        if best is self.in_force:
            return "no policy compared here loses less without breaking more tasks"
        name = best.provenance.policy
        if not self.comparison.has_values:
            less = f"{name} would let {percent(best.goals_reached())} of them be reached"
        else:
            difference = self.comparison.difference(name)
            if difference.is_none:
                return f"{name} loses least of the policies compared here, but the difference is none to speak of"
            value = difference.value
            less = f"{name} would save {format_number(-value.estimate)} of it {_bounds(_negative(value))}"
        return f"{less}, at the cost of {self._cost(best)}"

    def _cost(self, best: BlastRadius) -> str:
        """Utility stands beside a saving always."""
        more, now = best.utility, self.in_force.utility
        return _counted(
            more.tokens_a_day - now.tokens_a_day,
            more.checks_a_day - now.checks_a_day,
            more.approvals_a_day - now.approvals_a_day,
            more.waiting_minutes_a_day - now.waiting_minutes_a_day,
        )

    @property
    def to_do(self) -> str:
        """What to narrow first; empty where nobody asked."""
        if self.ranking is None:
            return ""
        if self.first is None:
            return "no single narrowing that keeps every task makes a difference"
        amount = self.ranking.question.amount
        less = f"{amount(self.first.less.estimate)} [{amount(self.first.less.low)}, {amount(self.first.less.high)}]"
        gain = f"the {self.ranking.question.measure} falls by {less}"
        return f"first to narrow: {_lower(self.first.narrowing.name)} ({gain}, and every task still works)"

    def tiles(self) -> list[Tile]:
        """The numbers of the policy in force."""
        now, found = self.in_force, []
        if self.comparison.has_values:
            value, p95 = now.value_lost(), now.quantile(0.95)
            found.append(Tile("value lost, mean", format_number(value.estimate), f"95 % interval {_bounds(value)}"))
            if now.legend.remedies is not None:
                good = now.value_lost_for_good()
                beside = f"the rest is undone in time; 95 % interval {_bounds(good)}"
                found.append(Tile("lost for good, mean", format_number(good.estimate), beside))
            beside = f"p95 of the trials {format_number(p95.estimate)}"
            found.append(Tile("value lost, worst case", format_number(now.worst_case.value), beside))
        if now.legend.goals:
            goal = max(now.legend.goals, key=lambda name: now.chance(name).estimate)
            reached = sum(now.chance(name).estimate > 0 for name in now.legend.goals)
            beside = f"in some trial; likeliest: {goal}, {percent(now.chance(goal).estimate)}"
            found.append(Tile("goals reached", f"{reached} of {len(now.legend.goals)}", beside))
        if self.comparison.has_values:
            first = now.time_to_first_loss()
            beside = f"median; {percent(first.trials / now.trials)} of trials lose something"
            found.append(Tile("first loss after", duration(first.estimate if first.trials else None), beside))
        end = now.time_to_containment()
        beside = f"median; {percent(now.contained().estimate)} of trials are contained"
        found.append(Tile("contained after", duration(end.estimate if end.trials else None), beside))
        return found


def costs(each: Recommendation) -> str:
    """What one narrowing costs, in words."""
    if each.unneeded:
        return "nothing: no declared task and no observed run needs it"
    cost = each.cost
    work = _counted(cost.tokens_a_day, cost.checks_a_day, cost.approvals_a_day, cost.waiting_minutes_a_day)
    stopped = f", {cost.stopped} more real runs stopped" if cost.stopped > 0 else ""
    return f"{cost.changes} change{'s' if cost.changes != 1 else ''} to make, and for the work {work}{stopped}"


def _counted(tokens: float, checks: float, approvals: float, minutes: float) -> str:
    """What comes on top each day, in words."""
    parts = ((tokens, "tokens"), (checks, "checks"), (approvals, "approvals"), (minutes, "minutes of waiting"))
    said = [f"{format_number(round(count, 6))} more {what}" for count, what in parts if round(count, 6) > 0]
    if not said:
        return "nothing that is counted here"
    return f"{', '.join(said[:-1])} and {said[-1]} a day" if len(said) > 1 else f"{said[0]} a day"


def _bounds(interval: Interval) -> str:
    return f"[{format_number(interval.low)}, {format_number(interval.high)}]"


def _negative(value: Interval) -> Interval:
    return Interval(-value.estimate, -value.high, -value.low, value.trials, value.method)


def _lower(text: str) -> str:
    """`text`, a sentence, as it stands inside another one."""
    return text[:1].lower() + text[1:]


def _started(entry: EntryPoint) -> str:
    """What an attack starts at, in words."""
    if entry.tool:
        return f"the tool {entry.tool}"
    if entry.operation:
        return f"what {entry.operation} returns"
    return entry.target or f"what {entry.task} reads"
