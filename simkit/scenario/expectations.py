"""What a scenario promises: a bound on a measure, under a policy, through an entry point."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from simkit.errors import Problem
from simkit.measures import P95, SHARE, TIME, named, names_of, unit_of
from simkit.model import Goal, Model
from simkit.model.references import dangling

ANNUAL_LOSS = "annual-loss"
"""The share of years that lose more than a sum of money: over draws alone."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """What must hold: `measure` stays at or below `at_most`, or at or above `at_least` (exactly one is given).

    `measure` is a goal, a resource (lost in any way), `resource:impact`, one of these after `time-to:`, or a row of
    `measures.MEASURES`; the bound of a time is in seconds. An empty `policy` is the one in force; an empty
    `entry_point` is every one, each on its own.

    With `in_draws` the promise is held against draws of what is not known: in that share of them the mean of the
    measure keeps its bound. Then it may also be about `ANNUAL_LOSS`, the share of years that lose more than `above`, or
    say `cheaper_than`: the policy costs less than another one, in loss and controls.
    """

    name: str
    measure: str = ""
    at_most: float | None = None
    at_least: float | None = None
    policy: str = ""
    entry_point: str = ""
    note: str = ""
    in_draws: float | None = None
    cheaper_than: str = ""
    above: float | None = None

    @property
    def bound(self) -> float:
        """The number that the measure is held against; 0 for a promise about another policy."""
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
        if not (expectation.measure or expectation.cheaper_than):
            yield Problem(where, "the key `measure` is missing: write it, or `cheaper_than` and a policy")
        elif expectation.measure != ANNUAL_LOSS and not expectation.cheaper_than:
            yield from dangling((*where, "measure"), expectation.measure, known, "measure")
        if expectation.policy:
            yield from dangling((*where, "policy"), expectation.policy, policies, "policy")
        if expectation.entry_point:
            yield from dangling((*where, "entry_point"), expectation.entry_point, entry_points, "entry point")
        if expectation.cheaper_than:
            yield from dangling((*where, "cheaper_than"), expectation.cheaper_than, policies, "policy")
        yield from _about_draws(where, expectation)
        if not expectation.cheaper_than:
            yield from _bounds(where, expectation)


def _about_draws(where: tuple[str, str], expectation: Expectation) -> Iterator[Problem]:
    """What is said of draws and can only be said together."""
    annual = expectation.measure == ANNUAL_LOSS
    share = expectation.in_draws
    if share is not None and not 0 < share <= 1:
        yield Problem((*where, "in_draws"), f"`in_draws` is {share:g}, but a share of draws is asked for: write 95%")
    if share is None and (annual or expectation.cheaper_than):
        yield Problem(where, "what depends on the draw holds in a share of the draws: add `in_draws`, such as 95%")
    if expectation.cheaper_than and (
        expectation.measure or expectation.at_most is not None or expectation.at_least is not None
    ):
        yield Problem(where, "`cheaper_than` compares what two policies cost: leave out `measure` and its bound")
    if annual != (expectation.above is not None):
        yield Problem(where, f"`above` says from which sum on a year counts, and goes with `measure: {ANNUAL_LOSS}`: "
                             "write both or neither")  # fmt: skip
    if share is not None and expectation.measure and not annual:
        row = named(expectation.measure)
        if row.samples is None or row.estimator is P95 or row.unit is TIME:
            said = f"{expectation.measure} is no mean, so that draws cannot be judged by it"
            yield Problem((*where, "measure"), f"{said}: ask for value-lost, a goal or a loss")


def _bounds(where: tuple[str, str], expectation: Expectation) -> Iterator[Problem]:
    given = [each for each in ("at_most", "at_least") if getattr(expectation, each) is not None]
    if len(given) != 1:
        yield Problem(where, "an expectation has one bound, `at_most` or `at_least`: write one")
    elif expectation.is_share and expectation.bound > 1:
        said = f"`{given[0]}` is {expectation.bound:g}, but {expectation.measure} is a chance"
        yield Problem((*where, given[0]), f"{said}: write {_as_share(expectation.bound)}")


def _as_share(bound: float) -> str:
    return f"{bound:g}%" if bound <= 100 else "a number from 0 to 1"
