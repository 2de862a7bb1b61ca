"""What a narrowing costs the people who work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from simkit.attackgraph import Fact
from simkit.blast_radius import Interval, Utility, intervals
from simkit.blast_radius.utility import control_a_year, utility
from simkit.decisions.accounts import events_of
from simkit.decisions.payback import Payback
from simkit.model.money import ControlPrices
from simkit.narrowing.edits.edit import Narrowing
from simkit.narrowing.edits.work import Work, work_of
from simkit.policies import Sessions, sessions
from simkit.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Prices:
    """What things cost, in the price of one change that somebody must make (all of them our assumption).

    `change`: an edit. `token`: one more token a day, issued by a machine. `waited`: a minute a day that people wait
    for approvals, so that an hour a day is as dear as a change. `stopped`: one observed run stopped, of all (1.0 is
    every run). The price of an unneeded entitlement is 0: dropping it takes nothing from anybody.
    """

    change: float = 1.0
    token: float = 0.001
    waited: float = 1 / 60
    stopped: float = 10.0


PRICES = Prices()


@dataclass(frozen=True, slots=True)
class Cost:
    """What the work loses and what it gains in burden; counts a day are differences, so they may be negative."""

    changes: int = 1
    broken: tuple[str, ...] = ()
    stopped: int = 0
    observed: int = 0
    tokens_a_day: float = 0.0
    approvals_a_day: float = 0.0
    waiting_minutes_a_day: float = 0.0
    checks_a_day: float = 0.0
    records_a_day: float = 0.0

    def price(self, prices: Prices = PRICES) -> float:
        """One number to rank by. What gets cheaper elsewhere is not set off."""
        runs = self.stopped / self.observed if self.observed else 0.0
        burden = max(0.0, self.tokens_a_day) * prices.token + max(0.0, self.waiting_minutes_a_day) * prices.waited
        return self.changes * prices.change + burden + max(0.0, runs) * prices.stopped

    def to_dict(self) -> Mapping[str, object]:
        """The cost as plain data."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Money:
    """What a loss and a day's work cost, where a file says it: `often` is how often each entry point that was asked
    about is tried a year, `point` what a point of value is worth."""

    currency: str
    point: float
    often: tuple[float, ...]
    prices: ControlPrices

    @classmethod
    def of(cls, scenario: Scenario, entry_points: Sequence[str]) -> Money | None:
        """The money of `scenario`; None unless it says a currency, prices, and how often each entry point is tried."""
        events = events_of(scenario)
        if scenario.unit is None or scenario.prices is None or not set(entry_points) <= events.keys():
            return None
        often = tuple(events[name] for name in entry_points)
        return cls(scenario.unit.name, scenario.unit.point, often, scenario.prices)

    def saved(self, less: NDArray[np.float64]) -> Interval:
        """What `less`, a loss by trial, entry point after entry point, is worth a year."""
        weights = self.point * np.array(self.often)
        return intervals.mean((weights @ less.reshape(len(self.often), -1)).tolist())

    def control(self, cost: Cost) -> float:
        """What the work pays a year for `cost`, tokens, approvals, waiting and records; what gets cheaper counts. The
        change itself has no price in a file."""
        return control_a_year(cost, self.prices)


@dataclass(frozen=True, slots=True)
class Balance:
    """What a change saves a year and what it costs the work, in money; and in how many draws of what is not known it
    pays, where that was asked."""

    currency: str
    saves: Interval
    control: float
    payback: Payback | None = None

    @property
    def net(self) -> float:
        """What is left a year."""
        return self.saves.estimate - self.control

    def to_dict(self) -> dict[str, object]:
        """The balance as plain data."""
        found = {"currency": self.currency, "saves": self.saves.to_dict(), "control": self.control, "net": self.net}
        return found | (self.payback.to_dict() if self.payback else {})


@dataclass(frozen=True, slots=True)
class Side:
    """The utility side of one scenario under the policy in force."""

    work: Work
    utility: Utility
    cut: Sessions

    @classmethod
    def of(cls, scenario: Scenario, before: Side | None = None) -> Side:
        """The utility side of `scenario`, an edit of the one `before` where there is one."""
        cut = _cut(scenario, before)
        return cls(work_of(scenario), utility(cut, scenario.response, scenario.observed), cut)

    def cost_of(self, narrowing: Narrowing, scenario: Scenario) -> Cost:
        """What is lost from here, the side of `scenario`, by `narrowing` alone.

        An edit that only removes takes what of the work rests on nothing else; where no task is declared, that is all.
        """
        removed = narrowing.removes()
        if not scenario.model.tasks and removed is not None:
            return self.without(removed)
        return self.cost_at(narrowing.apply(scenario), removed)

    def cost_at(self, scenario: Scenario, removed: frozenset[Fact] | None, changes: int = 1) -> Cost:
        """What is lost from here to `scenario`, which is this one after `changes`; `removed` is what is gone there,
        None where one of them does something else."""
        if removed is None:
            return self.cost(Side.of(scenario, self), changes)
        there = utility(_cut(scenario, self), scenario.response, scenario.observed)
        return self._cost(there, self.work.without(removed), changes)

    def without(self, removed: frozenset[Fact]) -> Cost:
        """What is lost from here where no task is declared, and all that is `removed` is gone."""
        return Cost(broken=self.work.without(removed))

    def cost(self, after: Side, changes: int = 1) -> Cost:
        """What is lost from here to `after`."""
        return self._cost(after.utility, self.work.lost(after.work), changes)

    def _cost(self, there: Utility, lost: Sequence[str], changes: int) -> Cost:
        here = self.utility
        broken = {*lost, *(set(there.broken) - set(here.broken))}
        return Cost(
            changes=changes,
            broken=tuple(sorted(broken)),
            stopped=there.stopped - here.stopped,
            observed=here.observed,
            tokens_a_day=there.tokens_a_day - here.tokens_a_day,
            approvals_a_day=there.approvals_a_day - here.approvals_a_day,
            waiting_minutes_a_day=there.waiting_minutes_a_day - here.waiting_minutes_a_day,
            checks_a_day=there.checks_a_day - here.checks_a_day,
            records_a_day=there.records_a_day - here.records_a_day,
        )


def _cut(scenario: Scenario, before: Side | None) -> Sessions:
    """The sessions of `scenario` under the policy in force."""
    period = scenario.response.rotation_period
    known = before.cut if before else None
    return sessions(scenario.model, scenario.grant_policy(), rotation_period=period, before=known)
