"""Which input drives a number: Sobol' indices, the first order by the estimator of Saltelli et al. (2010, Comput. Phys.
Commun. 181), the total by that of Jansen (1999, Comput. Phys. Commun. 117)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from simkit.decisions.drawn_values import Floats
from simkit.unknowns.lattice import points

Answer = tuple[Floats, Floats]
"""A number at each point, and the variance of what the trials leave open in each."""
Model = Callable[[Floats], Answer]


@dataclass(frozen=True, slots=True)
class Indices:
    """By input: `first`, the share of the variance that it explains alone; `total`, with all that it acts with."""

    first: Floats
    total: Floats


def sobol_indices(model: Model, inputs: int, *, draws: int = 1024, seed: int = 0) -> Indices:
    """The indices of the number that `model` gives for points (draws, inputs) of the unit cube.

    `draws` x (inputs + 2) points are asked about. The noise of the trials is taken off every variance: it is no
    input's.
    """
    both = points(draws, 2 * inputs, seed)
    first, second = both[:, :inputs], both[:, inputs:]
    (here, noise), (there, other) = model(first), model(second)
    middle = np.concatenate([here, there]).mean()
    spread = float(np.concatenate([here, there]).var() - np.concatenate([noise, other]).mean())
    alone, together = np.zeros(inputs), np.zeros(inputs)
    for number in range(inputs):
        mixed = first.copy()
        mixed[:, number] = second[:, number]
        moved, left = model(mixed)
        alone[number] = float(((there - middle) * (moved - here)).mean())
        together[number] = float(((here - moved) ** 2).mean() - (noise + left).mean()) / 2
    if spread <= 0:
        return Indices(np.zeros(inputs), np.zeros(inputs))
    return Indices(np.clip(alone / spread, 0.0, 1.0), np.maximum(together / spread, 0.0))
