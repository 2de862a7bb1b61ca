"""What the inputs of a scenario are in each draw: drawn from their ranges, or left at their best guess."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from simkit.unknowns import NotKnown
from simkit.unknowns.lattice import points

Floats = NDArray[np.float64]
Given = Mapping[str, Floats]
"""The value of each input in each draw, by its name."""


def drawn_values(inputs: Sequence[NotKnown], draws: int, seed: int) -> dict[str, Floats]:
    """The value of each of `inputs` in each of `draws`: the points of one lattice."""
    return values_at(inputs, points(draws, len(inputs), seed))


def values_at(inputs: Sequence[NotKnown], places: Floats) -> dict[str, Floats]:
    """The value of each of `inputs` at `places` (draws, inputs), which lie between 0 and 1."""
    return {each.name: each.range.at(places[:, number]) for number, each in enumerate(inputs)}


def best_guesses(inputs: Iterable[NotKnown]) -> dict[str, float]:
    """By name the best guess of each input."""
    return {each.name: each.range.best for each in inputs}


def with_best_guesses(inputs: Iterable[NotKnown], given: Given, count: int) -> dict[str, Floats]:
    """`given`, and every other one of `inputs` at its best guess in all of `count` draws."""
    return {name: np.full(count, value) for name, value in best_guesses(inputs).items()} | dict(given)
