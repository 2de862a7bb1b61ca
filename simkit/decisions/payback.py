"""In how many draws a change of a scenario pays: what it saves in a year against what it costs the work."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from simkit.blast_radius import Interval
from simkit.blast_radius.intervals import wilson
from simkit.decisions.accounts import Accounts, utility_under
from simkit.decisions.drawn_losses import Flags, Inquiry, Losses, replayed
from simkit.decisions.drawn_values import Floats, drawn_values
from simkit.decisions.swap import swap_of
from simkit.measures import harm_of
from simkit.scenario import Scenario
from simkit.scenario.numbers_at import not_known

DRAWS = 128
"""Enough to tell a share to within a few points; `simkit sensitivity` takes more for a decision between policies."""
CLEAR = 2.0
"""A difference within so many standard errors of zero needs more trials."""


@dataclass(frozen=True, slots=True)
class Payback:
    """Over draws of what is not known: the share in which a change saves more than it costs, of those in which it makes
    a difference, and the net saving a year (its mean, and where nine draws in ten lie)."""

    pays: Interval
    mean: float
    low: float
    high: float

    def to_dict(self) -> dict[str, object]:
        """The share and the saving as plain data."""
        return {"pays_in": self.pays.to_dict(), "net_saving": {"mean": self.mean, "p5": self.low, "p95": self.high}}


def paybacks(
    scenario: Scenario, changed: Sequence[Scenario], entry_points: Sequence[str], *, draws: int = DRAWS, seed: int = 0
) -> tuple[Payback, ...]:
    """What each of the `changed` scenarios saves against `scenario`, all under their policy in force, over attacks
    through `entry_points`; each draw has fates of its own, which all of them share.

    `scenario` has a currency, and says how often each of `entry_points` is tried. Where it knows everything there is
    one draw.
    """
    inputs = not_known(scenario)
    worlds = (scenario, *changed)
    policies = tuple(world.grant_policy() for world in worlds)
    swaps = tuple(swap_of(world, policy, inputs) for world, policy in zip(worlds, policies, strict=True))
    question = Inquiry(scenario, policies, tuple(entry_points), inputs, harm_of(scenario.model), swaps, seed)
    sides = tuple(utility_under(world, policy) for world, policy in zip(worlds, policies, strict=True))
    names = (policies[0].name,) * len(worlds)  # what the policy costs by itself is paid before and after
    accounts = Accounts(scenario, question.entries, inputs, sides, names)
    count = draws if inputs else 1
    given = drawn_values(inputs, count, seed)
    weights, control = accounts.weights(given, count), accounts.control(given, count)
    found = replayed(question, given, count, _unsettled(weights, control))
    costs = found.weighed(weights) + control
    return tuple(_payback(costs[:, 0] - costs[:, number]) for number in range(1, len(worlds)))


def _payback(saved: Floats) -> Payback:
    low, high = np.quantile(saved, [0.05, 0.95]).tolist()
    pays = wilson(int((saved > 0).sum()), int((saved != 0).sum()))
    return Payback(pays, float(saved.mean()), low, high)


def _unsettled(weights: Floats, control: Floats) -> Callable[[Losses], Flags]:
    """Asks for more trials of each change of which it is not clear whether it pays, and of the scenario as it is."""

    def asked(found: Losses) -> Flags:
        cost, noise = found.weighed(weights) + control, found.weighed_noise(weights)
        own = np.diagonal(noise, axis1=1, axis2=2)
        spread = own + own[:, :1] - 2 * noise[:, 0]
        gap = cost - cost[:, :1]
        alike = (gap == 0).all(axis=0)  # as it is in every draw: then it must have as many trials
        close: Flags = ~alike & (gap**2 <= CLEAR**2 * np.maximum(spread, 0.0))
        return np.asarray(close | (alike & np.any(close, axis=1, keepdims=True)), dtype=np.bool_)

    return asked
