"""The form of steps: which there are, what each needs and leads to, but not how likely it is and how long that takes.

Policies of which one checks what the other asks a person about, or under which tokens only live longer, have steps of
one form: what a command worked out of it for one policy holds for the next.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from simkit.attackgraph.facts import Conclusion, Fact, Step
from simkit.attackgraph.repeats import Ints, Repeats
from simkit.remembered import recalled, remember

T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """What is `said` of steps and repeats, and the `columns` of these."""

    said: tuple[object, ...]
    columns: tuple[Ints, ...]

    @classmethod
    def of(cls, steps: Sequence[Step], repeats: Repeats) -> Form:
        """The form of `steps` and `repeats`."""
        said = (
            [(step.key, step.premises, _facts(step.conclusions)) for step in steps],
            [(series.key, series.after, series.plain.premises) for series in repeats.series],
            [thing.name for thing in repeats.things],
            repeats.facts,
            [*map(_facts, repeats.conclusions)],
        )
        return cls(said, (repeats.of, repeats.thing, repeats.need, repeats.concluded, repeats.more))

    def is_that(self, other: Form) -> bool:
        """True if both are the same."""
        return self.said == other.said and all(map(np.array_equal, self.columns, other.columns))


def of_form(
    name: str, steps: Sequence[Step], repeats: Repeats | None, made: Callable[[], T], *, besides: object = None
) -> T:
    """What is `made` of the form of these and of what is `besides`, or was for the last ones under this name, if they
    had the same."""
    if repeats is None or not len(repeats):
        return made()
    form = Form.of(steps, repeats)
    known: tuple[object, Form, T] | None = recalled(name)
    if known is not None and known[0] == besides and known[1].is_that(form):
        return known[2]
    known = None
    remember(name, None)  # it need not be there beside the next one
    found = made()
    remember(name, (besides, form, found))
    return found


def _facts(conclusions: tuple[Conclusion, ...]) -> tuple[Fact, ...]:
    return tuple([made.fact for made in conclusions])
