"""From losses to what a year costs in each draw: events, what a point of value is worth, what the controls cost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simkit.blast_radius import Utility, utility
from simkit.blast_radius.utility import YEAR
from simkit.decisions.drawn_values import Floats, Given
from simkit.policies import GrantPolicy, sessions
from simkit.scenario import Scenario
from simkit.scenario.numbers_at import changed_at, number_at
from simkit.unknowns import NotKnown, Where


@dataclass(frozen=True, eq=False)
class Accounts:
    """How losses and controls are counted. Without a currency and frequencies a loss is that of one attack, in the
    scenario's own unit, and controls are not priced."""

    scenario: Scenario
    entries: tuple[str, ...]
    inputs: tuple[NotKnown, ...]
    utilities: tuple[Utility, ...]
    policies: tuple[str, ...]

    @property
    def is_annual(self) -> bool:
        """True if what is counted is money a year."""
        return self.scenario.unit is not None and bool(events_of(self.scenario))

    @property
    def is_priced(self) -> bool:
        """True if controls have prices, too."""
        return self.is_annual and self.scenario.prices is not None

    @property
    def currency(self) -> str:
        """The name of the currency; empty for the scenario's own unit of value."""
        return self.scenario.unit.name if self.is_annual and self.scenario.unit else ""

    def weights(self, given: Given, count: int) -> Floats:
        """(count, entries) What one point of value, lost in each attack through an entry point, costs a year."""
        if not self.is_annual:
            return np.ones((count, len(self.entries)))
        return self.frequencies(given, count) * self._column(("unit", self.currency), given, count)[:, None]

    def frequencies(self, given: Given, count: int) -> Floats:
        """(count, entries) How often somebody tries each entry point, a year."""
        often = [self._column(("entry_points", entry, "per_year"), given, count) for entry in self.entries]
        return np.stack(often, axis=1)

    def control(self, given: Given, count: int) -> Floats:
        """(count, policies) What the controls of each policy cost a year."""
        found = np.zeros((count, len(self.policies)))
        if not self.is_priced:
            return found
        minutes = self._waiting(given, count)
        price = {key: self._column(("prices", key), given, count) for key in _A_DAY}
        for number, (name, side) in enumerate(zip(self.policies, self.utilities, strict=True)):
            daily = side.approvals_a_day * (price["approval"] + minutes * price["waiting_minute"])
            daily = daily + side.tokens_a_day / 1000 * price["thousand_tokens"]
            daily = daily + side.records_a_day / 1000 * price["thousand_records"]
            found[:, number] = YEAR * daily + self._column(("prices", "policies", name, "per_year"), given, count)
        return found

    def _column(self, where: Where, given: Given, count: int) -> Floats:
        """(count,) The number at `where` in each draw; nothing where the file says none."""
        for each in self.inputs:
            if where in each.places and each.name in given:
                return given[each.name]
        return np.full(count, number_at(self.scenario, where) or 0.0)

    def _waiting(self, given: Given, count: int) -> Floats:
        """(count,) How many minutes an approval takes on average."""
        places = [each for each in self.inputs if each.places[0][:2] == ("response", "approval_delay")]
        drawn = [each for each in places if each.name in given]
        if not drawn:
            return np.full(count, self.scenario.response.approval_delay.mean / 60)
        found, steps = np.zeros(count), [(each.name, where[1:]) for each in drawn for where in each.places
                                         if where[:2] == ("response", "approval_delay")]  # fmt: skip
        for draw in range(count):
            response = self.scenario.response
            for name, inside in steps:
                response = changed_at(response, inside, float(given[name][draw]))
            found[draw] = response.approval_delay.mean / 60
        return found


_A_DAY = ("approval", "waiting_minute", "thousand_tokens", "thousand_records")


def events_of(scenario: Scenario) -> dict[str, float]:
    """By entry point how often somebody tries it a year, where the file says so."""
    return {name: each.per_year for name, each in scenario.entry_points.items() if each.per_year is not None}


def utility_under(scenario: Scenario, policy: GrantPolicy) -> Utility:
    """What `policy` costs the legitimate work of `scenario`; nothing is compiled."""
    cut = sessions(scenario.model, policy, rotation_period=scenario.response.rotation_period)
    return utility(cut, scenario.response, scenario.observed)
