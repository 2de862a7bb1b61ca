"""Which designs nothing beats: no other loses as little for as little overhead."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from simkit.blast_radius import Interval


@dataclass(frozen=True, slots=True)
class Design:
    """A point of the picture: what a design costs, what it still loses (mean with interval), and tasks it breaks."""

    name: str
    overhead: float
    loss: Interval
    broken: int = 0


def front(designs: Iterable[Design]) -> list[Design]:
    """The designs that no other beats: nobody loses less for as little overhead.

    >>> cheap, dear = Design("a", 0.0, Interval(5.0, 5.0, 5.0, 9, "")), Design("b", 1.0, Interval(6.0, 6.0, 6.0, 9, ""))
    >>> [design.name for design in front([cheap, dear])]
    ['a']
    """
    everyone = list(designs)
    return [one for one in everyone if not any(_beats(other, one) for other in everyone)]


def beaten_by(one: Design, designs: Sequence[Design]) -> Design:
    """The dearest of `designs` that beats `one`: it is the nearest to it."""
    return max((other for other in designs if _beats(other, one)), key=lambda other: other.overhead)


def _beats(other: Design, one: Design) -> bool:
    no_worse = other.overhead <= one.overhead and other.loss.estimate <= one.loss.estimate
    return no_worse and (other.overhead, other.loss.estimate) != (one.overhead, one.loss.estimate)
