"""What a narrowing costs the people who work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from simkit.blast_radius import Utility
from simkit.blast_radius.utility import utility
from simkit.narrowing.edits.edit import Narrowing
from simkit.narrowing.edits.work import Work, work_of
from simkit.policies import sessions
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
class Side:
    """The utility side of one scenario under the policy in force."""

    work: Work
    utility: Utility

    @classmethod
    def of(cls, scenario: Scenario) -> Side:
        """The utility side of `scenario`."""
        cut = sessions(scenario.model, scenario.grant_policy(), rotation_period=scenario.response.rotation_period)
        return cls(work_of(scenario), utility(cut, scenario.response, scenario.observed))

    def cost_of(self, narrowing: Narrowing, scenario: Scenario) -> Cost:
        """What is lost from here, the side of `scenario`, by `narrowing` alone.

        Where nobody says what work there is, an edit that only removes grants, edges and places takes no work away.
        """
        if not self.work.needs and not self.utility.observed and narrowing.removes() is not None:
            return Cost()
        return self.cost(Side.of(narrowing.apply(scenario)))

    def cost(self, after: Side, changes: int = 1) -> Cost:
        """What is lost from here to `after`."""
        here, there = self.utility, after.utility
        broken = {*self.work.lost(after.work), *(set(there.broken) - set(here.broken))}
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
