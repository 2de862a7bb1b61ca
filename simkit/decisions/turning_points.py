"""Where a decision turns when one input moves and all others stay at their best guess."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from simkit.decisions.accounts import Accounts
from simkit.decisions.drawn_losses import Inquiry, one_at_a_time
from simkit.decisions.drawn_values import Floats, with_best_guesses
from simkit.unknowns import NotKnown

GRID = np.array([0.0, 0.25, 0.5, 0.75, 1.0])
"""Where in a range the sign is looked at first."""
HALVINGS = 8
TRIALS = 1024
"""The same fates at every value: the value at which the sign changes is that of these trials."""


@dataclass(frozen=True, eq=False)
class Moved:
    """What every policy costs where one input moves over its range and all others stay at their best guess."""

    question: Inquiry
    accounts: Accounts
    input: NotKnown

    @cached_property
    def _grid(self) -> Floats:
        """(places, policies) The costs over the grid."""
        return self._costs(GRID, range(len(self.question.policies)))

    def _costs(self, places: Floats, policies: Sequence[int]) -> Floats:
        values = self.input.range.at(places)
        mean = one_at_a_time(self.question.about(policies), self.input.name, values, TRIALS)
        column = with_best_guesses(self.question.inputs, {self.input.name: values}, len(values))
        weights = self.accounts.weights(column, len(values))
        control = self.accounts.control(column, len(values))[:, list(policies)]
        return np.asarray((weights[:, :, None] * mean).sum(axis=1) + control, dtype=np.float64)

    def swing(self, weak: int, strong: int) -> tuple[float, ...]:
        """What the second of two policies saves against the first, at the ends of the range; empty if that is one."""
        saved = self._grid[:, weak] - self._grid[:, strong]
        return () if (saved == saved[0]).all() else (float(saved[0]), float(saved[-1]))

    def turns(self, weak: int, strong: int) -> tuple[float, ...]:
        """The values at which two policies, by their numbers, change places, in order; none where they never do."""

        def gain(places: Floats) -> Floats:
            costs = self._costs(places, (weak, strong))
            return np.asarray(costs[:, 0] - costs[:, 1], dtype=np.float64)

        signs = np.sign(self._grid[:, weak] - self._grid[:, strong])
        crossed = [n for n in range(len(GRID) - 1) if signs[n] * signs[n + 1] < 0]
        found = [_halved(gain, float(GRID[n]), float(GRID[n + 1]), float(signs[n])) for n in crossed]
        return tuple(float(f"{value:.3g}") for value in self.input.range.at(np.array(found)).tolist()) if found else ()


def _halved(gain: Callable[[Floats], Floats], low: float, high: float, sign: float) -> float:
    """The place between `low`, where the gain has `sign`, and `high` at which it loses it."""
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if float(np.sign(gain(np.array([middle]))[0])) == sign:
            low = middle
        else:
            high = middle
    return (low + high) / 2
