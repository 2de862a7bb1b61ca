"""Blast radius against time: how fast secrets are remediated, and how long tokens live."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from simkit.ablation.moves import everywhere
from simkit.ablation.samples import Sampled, responding, saved
from simkit.blast_radius import Interval, Utility
from simkit.distributions import DAY, HOUR, MINUTE, Fixed
from simkit.measures import Unit
from simkit.policies import GrantPolicy
from simkit.progress import steps
from simkit.scenario import Scenario
from simkit.table import Table, duration

LAGS = (HOUR, DAY, 27 * DAY, 94 * DAY)
"""Remediation lags in seconds. 27 d is the mean that 1,000 IT decision makers reported (GitGuardian and CyberArk,
2024), 94 d the median for secrets found in GitHub repositories (Verizon DBIR, 2025)."""
TTLS = (5 * MINUTE, 15 * MINUTE, HOUR, 8 * HOUR, DAY, 7 * DAY, 30 * DAY, 90 * DAY, 365 * DAY)
"""Lifetimes of tokens in seconds, from the shortest in use to a year."""


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """One setting (seconds), what is lost, how much less than under the policy in force, and what it costs.

    `outlasted` are the tasks that take longer, on average, than a token lives: their runs must renew it or break.
    """

    seconds: float
    loss: Interval
    saved: Interval
    utility: Utility
    outlasted: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, object]:
        """The point as plain data."""
        return {
            "seconds": self.seconds,
            "loss": self.loss.to_dict(),
            "saved": self.saved.to_dict(),
            "outlasted": list(self.outlasted),
            "utility": self.utility.to_dict(),
        }


@dataclass(frozen=True, slots=True)
class Curve:
    """What is lost against one duration, all else as it is."""

    title: str
    axis: str
    points: tuple[CurvePoint, ...]
    measure: str
    unit: Unit
    note: str

    def __repr__(self) -> str:
        shown = ", ".join(f"{duration(p.seconds)}: {self.unit.write(p.loss.estimate)}" for p in self.points)
        return f"Curve({self.axis}: {shown}; mean {self.measure})"

    @property
    def summary(self) -> str:
        """The ends of the curve in a sentence."""
        first, last = self.points[0], self.points[-1]
        low, high = (self.unit.write(point.loss.estimate) for point in (first, last))
        ends = f"from {low} at {duration(first.seconds)} to {high} at {duration(last.seconds)}"
        if all(0.0 in point.saved for point in self.points):
            return f"{self.title}: no difference at any setting ({ends})."
        return f"{self.title}: mean {self.measure} {ends}."

    def table(self) -> Table:
        """A row for each setting."""
        rows = [
            (
                duration(point.seconds),
                self.unit.spread(point.loss),
                "no difference" if 0.0 in point.saved else self.unit.spread(point.saved),
                point.utility.tokens_a_day,
                len(point.utility.broken),
                point.utility.stopped,
                len(point.outlasted),
            )
            for point in self.points
        ]
        columns = (
            self.axis,
            f"mean {self.measure}",
            "saved",
            "tokens/day",
            "tasks broken",
            "runs stopped",
            "outlasted",
        )
        return Table(columns, rows, title=self.title, note=self.note)

    def tables(self) -> list[Table]:
        """The one table."""
        return [self.table()]

    def to_dict(self) -> dict[str, object]:
        """The curve as plain data."""
        return {"title": self.title, "axis": self.axis, "points": [point.to_dict() for point in self.points]}

    def _repr_html_(self) -> str:
        return self.table().html()


Replay = Callable[[Scenario, GrantPolicy], Sampled]
"""Replays a scenario under a policy: entry points, trials and seed are settled."""


def lag_curve(scenario: Scenario, policy: GrantPolicy, base: Sampled, replay: Replay) -> Curve:
    """What is lost if every secret that is remediated by hand is remediated exactly so long after the alert."""
    points, ended = [], False
    for lag in steps(LAGS):
        found = replay(responding(scenario, remediation_lag=Fixed(lag)), policy)
        points.append(CurvePoint(lag, found.mean_loss(), saved(base.loss(), found.loss()), found.utility))
        ended = ended or bool(found.containment()[0].estimate)
    note = f"The lag runs from the first alert; the horizon is {duration(scenario.horizon)}: no later lag shows."
    if _alike(points):
        late = "what is lost is lost before the shortest lag is over"
        note += f" All rows are alike: {late if ended else f'no trial raises an alert that {policy.name} logs'}."
    return Curve(
        f"remediation lag under {policy.name}", "lag", tuple(points), base.measure.words, base.measure.unit, note
    )


def _alike(points: Sequence[CurvePoint]) -> bool:
    """True if every setting loses the same, and something: where nothing is lost, there is nothing to explain."""
    return bool(points[0].loss.estimate) and all(point.loss == points[0].loss for point in points)


def ttl_curve(scenario: Scenario, policy: GrantPolicy, base: Sampled, replay: Replay) -> Curve:
    """What is lost if every managed token lives so long, all other dials as they are."""
    points = []
    for ttl in steps(TTLS):
        shown = everywhere(policy, f"{policy.name}, ttl {duration(ttl)}", {"expiry": "ttl", "ttl": ttl})
        found = replay(scenario, shown)
        long = tuple(name for name, task in scenario.model.tasks.items() if task.duration.mean > ttl)
        points.append(CurvePoint(ttl, found.mean_loss(), saved(base.loss(), found.loss()), found.utility, long))
    note = "outlasted: tasks that take longer than a token lives, whose runs must renew it or break; "
    note += "a fixed secret of a third party keeps its own life."
    if _alike(points):
        note += " All rows are alike: nothing that the attack uses expires before it is used."
    return Curve(
        f"token lifetime under {policy.name}", "ttl", tuple(points), base.measure.words, base.measure.unit, note
    )
