"""A number that remembers how it was worked out, so that the same sum can be done again with other inputs.

A graph is compiled once with such numbers in the place of what is not known. They are floats and compute as floats;
what comes of them says which inputs it was made of, and every comparison that the compiler made is written down.
Where the comparisons come out alike for other values, the compiler would have made the same graph with other numbers in
its columns, bit for bit; where one does not, it has to be asked again.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
N = TypeVar("N", float, Floats)
Sum = Callable[[Any, Any], Any]
Known = dict[int, Floats]
"""What traced numbers are in each draw, by their identity: many are made of the same ones."""
_asked: list[dict[tuple[str, int, float], Answered]] = []


class Traced(float):
    """A float with the sum that made it: the name of an input, or an operation on two numbers."""

    name: str
    made: tuple[Sum, float, float] | None

    @classmethod
    def of(cls, name: str, value: float) -> Traced:
        """The input called `name`, which is `value` now."""
        found = cls(value)
        found.name, found.made = name, None
        return found

    @classmethod
    def made_by(cls, how: Sum, left: float, right: float) -> Traced:
        """What `how` makes of two numbers."""
        found = cls(how(float(left), float(right)))
        found.name, found.made = "", (how, left, right)
        return found

    def __reduce__(self) -> tuple[type[float], tuple[float]]:
        """What is sent elsewhere is the plain number."""
        return float, (float(self),)

    __hash__ = float.__hash__

    def __mul__(self, other: Any) -> Any:
        return _done(operator.mul, self, other)

    def __rmul__(self, other: Any) -> Any:
        return _done(operator.mul, other, self)

    def __add__(self, other: Any) -> Any:
        return _done(operator.add, self, other)

    def __radd__(self, other: Any) -> Any:
        return _done(operator.add, other, self)

    def __sub__(self, other: Any) -> Any:
        return _done(operator.sub, self, other)

    def __rsub__(self, other: Any) -> Any:
        return _done(operator.sub, other, self)

    def __truediv__(self, other: Any) -> Any:
        return _done(operator.truediv, self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return _done(operator.truediv, other, self)

    def __eq__(self, other: object) -> Any:
        return _compared(operator.eq, self, other)

    def __ne__(self, other: object) -> Any:
        return _compared(operator.ne, self, other)

    def __lt__(self, other: Any) -> Any:
        return _compared(operator.lt, self, other)

    def __le__(self, other: Any) -> Any:
        return _compared(operator.le, self, other)

    def __gt__(self, other: Any) -> Any:
        return _compared(operator.gt, self, other)

    def __ge__(self, other: Any) -> Any:
        return _compared(operator.ge, self, other)

    def __bool__(self) -> bool:
        return bool(_compared(operator.ne, self, 0.0))


class Answered:
    """What was asked of a traced number, and the answer."""

    __slots__ = ("answer", "how", "left", "right")

    def __init__(self, how: Sum, left: Traced, right: float, answer: bool) -> None:
        self.how, self.left, self.right, self.answer = how, left, right, answer

    def holds(self, given: Mapping[str, Floats], known: Known | None = None) -> NDArray[np.bool_]:
        """(draws,) Where it comes out alike for the inputs `given`; `known` as in `evaluated`."""
        known = {} if known is None else known
        left, right = _worked_out(self.left, given, known), _worked_out(self.right, given, known)
        return np.asarray(self.how(left, right) == self.answer)


def _done(how: Sum, left: Any, right: Any) -> Any:
    if not isinstance(left, int | float) or not isinstance(right, int | float):
        return NotImplemented
    return Traced.made_by(how, left, right)


def _compared(how: Sum, left: Traced, right: Any) -> Any:
    if not isinstance(right, int | float):
        return NotImplemented
    answer = bool(how(float(left), float(right)))
    if _asked:
        _asked[-1].setdefault((how.__name__, id(left), float(right)), Answered(how, left, right, answer))
    return answer


@contextmanager
def comparisons() -> Iterator[dict[tuple[str, int, float], Answered]]:
    """What is asked of traced numbers inside the block."""
    found: dict[tuple[str, int, float], Answered] = {}
    _asked.append(found)
    try:
        yield found
    finally:
        _asked.pop()


def evaluated(number: float, given: Mapping[str, Floats], count: int, known: Known | None = None) -> Floats:
    """(count,) `number` worked out again for each draw, where the inputs are `given`; the order of the operations is
    that of the compiler, so that every bit is its, too. `known` keeps what was worked out for the next number."""
    found = _worked_out(number, given, {} if known is None else known)
    return found if isinstance(found, np.ndarray) else np.full(count, found)


def _worked_out(number: float, given: Mapping[str, Floats], known: Known) -> Floats | float:
    """An array of one number for each draw; one number where it is the same in all."""
    if not isinstance(number, Traced):
        return float(number)
    if number.made is None:
        return given[number.name]
    if id(number) not in known:
        how, left, right = number.made
        sides = _worked_out(left, given, known), _worked_out(right, given, known)
        with np.errstate(divide="ignore", invalid="ignore"):  # where the compiler asks, that draw is compiled anew
            known[id(number)] = cast("Floats", how(*sides))
    return known[id(number)]


def inputs_of(number: float) -> frozenset[str]:
    """The names of the inputs that `number` was made of."""
    if not isinstance(number, Traced):
        return frozenset()
    if number.made is None:
        return frozenset({number.name})
    _, left, right = number.made
    return inputs_of(left) | inputs_of(right)
