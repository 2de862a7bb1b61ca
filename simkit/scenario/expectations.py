"""What a scenario promises: a bound on a measure, under a policy, through an entry point."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from simkit.errors import Problem
from simkit.measures import SHARE, names_of, unit_of
from simkit.model import Goal, Model
from simkit.model.references import dangling


@dataclass(frozen=True, slots=True)
class Expectation:
    """What must hold: `measure` stays at or below `at_most`, or at or above `at_least` (exactly one is given).

    `measure` is a goal, a resource (lost in any way), `resource:impact`, one of these after `time-to:`, or a row of
    `measures.MEASURES`; the bound of a time is in seconds. An empty `policy` is the one in force; an empty
    `entry_point` is every one, each on its own.
    """

    name: str
    measure: str
    at_most: float | None = None
    at_least: float | None = None
    policy: str = ""
    entry_point: str = ""
    note: str = ""

    @property
    def bound(self) -> float:
        """The number that the measure is held against."""
        return self.at_most if self.at_most is not None else self.at_least or 0.0

    @property
    def is_share(self) -> bool:
        """True for a share or a chance, of a goal for one, False for a number that may be above 1."""
        return unit_of(self.measure) is SHARE


def expectation_problems(
    expected: Mapping[str, Expectation],
    model: Model,
    goals: Mapping[str, Goal],
    entry_points: Mapping[str, object],
    policies: Mapping[str, object],
) -> Iterator[Problem]:
    """Everything in `expected` that dangles or cannot be meant."""
    known = dict.fromkeys(names_of(model, goals)) if expected else {}
    for expectation in expected.values():
        where = ("expect", expectation.name)
        yield from dangling((*where, "measure"), expectation.measure, known, "measure")
        if expectation.policy:
            yield from dangling((*where, "policy"), expectation.policy, policies, "policy")
        if expectation.entry_point:
            yield from dangling((*where, "entry_point"), expectation.entry_point, entry_points, "entry point")
        yield from _bounds(where, expectation)


def _bounds(where: tuple[str, str], expectation: Expectation) -> Iterator[Problem]:
    given = [each for each in ("at_most", "at_least") if getattr(expectation, each) is not None]
    if len(given) != 1:
        yield Problem(where, "an expectation has one bound, `at_most` or `at_least`: write one")
    elif expectation.is_share and expectation.bound > 1:
        said = f"`{given[0]}` is {expectation.bound:g}, but {expectation.measure} is a chance"
        yield Problem((*where, given[0]), f"{said}: write {_as_share(expectation.bound)}")


def _as_share(bound: float) -> str:
    return f"{bound:g}%" if bound <= 100 else "a number from 0 to 1"
