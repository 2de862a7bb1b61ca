"""Whether one policy beats another whatever the inputs are, and which of them decides where it depends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from simkit.blast_radius import Interval
from simkit.blast_radius.intervals import wilson
from simkit.decisions.drawn_values import Floats, Given
from simkit.unknowns import NotKnown

Flags = NDArray[np.bool_]
ENOUGH = 0.95
"""A decision is taken where it holds in this share of the draws, or fails in it, whatever the shape of any input."""
BINS = 16
"""Into so many groups of draws that lie next to each other the worth of knowing an input is cut, each of so many
draws at least."""
CHANCE_ORDERS = 8
"""Orders that mean nothing, against which the worth of knowing an input is held."""
NOTHING = 1e-3
"""Less than this share of the mean difference is nothing: the groups are no finer."""
Status = Literal["DECIDED", "OPEN"]


@dataclass(frozen=True, slots=True)
class Decider:
    """One input of a decision: what it would be worth to know it (in the unit of the costs; 0 where no draw flips), and
    the values at which the decision turns, all else at its best guess. see `swing`."""

    input: NotKnown
    worth: float
    turns_at: tuple[float, ...] = ()
    swing: tuple[float, ...] = ()
    """What the stronger policy saves at the two ends of the range."""

    @property
    def bears(self) -> bool:
        """True if it could turn the decision."""
        return self.worth > 0 or bool(self.turns_at)


@dataclass(frozen=True, slots=True)
class Preference:
    """Whether to go from `weak` to `strong`.

    `cheaper` is the share of draws in which `strong` costs less, of those in which the two differ; `equal` is the share
    in which they do not. `loses_less` that in which it loses less, `saves` how
    much less it costs on average. `other_shapes` has, by input, the share in which it is cheaper if that input has its
    other shape.
    """

    weak: str
    strong: str
    cheaper: Interval
    equal: float
    loses_less: float
    saves: float
    other_shapes: Mapping[str, float]
    deciders: tuple[Decider, ...]

    @property
    def status(self) -> Status:
        """DECIDED if every share says the same, and clearly."""
        if self.equal == 1.0:
            return "DECIDED"
        shares = [self.cheaper.estimate, *self.other_shapes.values()]
        sure = all(share >= ENOUGH for share in shares) or all(share <= 1 - ENOUGH for share in shares)
        return "DECIDED" if sure else "OPEN"

    @property
    def is_for(self) -> bool:
        """True if `strong` costs less on average."""
        return self.saves > 0

    @property
    def swayed(self) -> tuple[str, float] | None:
        """The input whose other shape moves the share most, and the share then; None where none moves it by a point."""
        moved = {name: abs(share - self.cheaper.estimate) for name, share in self.other_shapes.items()}
        name = max(moved, key=lambda each: moved[each], default="")
        return (name, self.other_shapes[name]) if name and moved[name] >= 0.01 else None

    def to_dict(self) -> dict[str, object]:
        """The decision as plain data."""
        return {
            "from": self.weak,
            "to": self.strong,
            "status": self.status,
            "cheaper_in": self.cheaper.to_dict(),
            "equal_in": self.equal,
            "loses_less_in": self.loses_less,
            "saves": self.saves,
            "cheaper_in_other_shape": dict(self.other_shapes),
            "inputs": [
                {"name": each.input.name, "worth_knowing": each.worth, "turns_at": list(each.turns_at)}
                for each in self.deciders
            ],
        }


def decided(
    names: tuple[str, str],
    costs: tuple[Floats, Floats],
    losses: tuple[Floats, Floats],
    given: Given,
    inputs: Sequence[NotKnown],
    turns: Mapping[str, tuple[float, ...]],
    swings: Mapping[str, tuple[float, ...]] = MappingProxyType({}),
) -> Preference:
    """The decision between two policies from what each costs and loses in every draw; `turns` has, by input, where the
    decision turns, and `swings` what is saved at the ends of its range."""
    gain = costs[0] - costs[1]
    wins, differ = gain > 0, gain != 0
    ranked = [
        Decider(each, worth_knowing(given[each.name], gain), turns.get(each.name, ()), tuple(swings.get(each.name, ())))
        for each in inputs
    ]
    ranked.sort(key=lambda each: (-each.worth, not each.turns_at, each.input.name))
    return Preference(
        weak=names[0],
        strong=names[1],
        cheaper=wilson(int(wins.sum()), int(differ.sum())),
        equal=float(1 - differ.mean()),
        loses_less=_less(losses[0] - losses[1]),
        saves=float(gain.mean()),
        other_shapes=dict(_other_shapes(wins, differ, given, inputs)),
        deciders=tuple(ranked),
    )


def _less(saved: Floats) -> float:
    """The share of draws in which something is saved, of those in which there is a difference; else 0."""
    differ = int((saved != 0).sum())
    return float((saved > 0).sum() / differ) if differ else 0.0


def _other_shapes(wins: Flags, differ: Flags, given: Given, inputs: Sequence[NotKnown]) -> Iterator[tuple[str, float]]:
    """By input the share of wins if it had its other shape: the same draws, weighed anew."""
    for each in inputs:
        if each.range.other is not each.range:
            weights = each.range.weights(given[each.name])
            counted = float((weights * differ).sum())
            yield each.name, float((weights * wins).sum()) / counted if counted else 0.0


def worth_knowing(values: Floats, gain: Floats) -> float:
    """What it is worth, on average, to know an input before one decides: the expected value of partial perfect
    information (Raiffa and Schlaifer, 1961). `gain` is what the stronger policy saves in each draw.

    Draws that lie next to each other in `values` are decided alike, in groups. What groups would seem to be worth by
    chance, if the input explained nothing more, is taken off: noise decides nothing. 0 where no draw flips.
    """
    if (gain >= 0).all() or (gain <= 0).all():
        return 0.0
    ordered = gain[np.argsort(values, kind="stable")]
    rest = np.concatenate([group - group.mean() for group in _groups(ordered)]) + gain.mean()
    by_chance = [_by_groups(rest[_shuffled(len(rest), turn)]) for turn in range(CHANCE_ORDERS)]
    found = _by_groups(ordered) - float(np.mean(by_chance))
    return found if found > NOTHING * float(np.abs(gain).mean()) else 0.0


def _shuffled(count: int, key: int) -> NDArray[np.int64]:
    """An order of `count` things that has nothing to do with any input."""
    return np.argsort(np.random.Philox(key=key).random_raw(count), kind="stable")


def _groups(ordered: Floats) -> list[Floats]:
    return np.array_split(ordered, max(2, min(BINS, len(ordered) // BINS)))


def _by_groups(ordered: Floats) -> float:
    """How much better it is to decide in each group than once for all."""
    known = sum(max(0.0, float(group.sum())) for group in _groups(ordered)) / len(ordered)
    return known - max(0.0, float(ordered.mean()))
