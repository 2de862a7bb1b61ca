"""In which share of the draws a scenario keeps what it promises, and which input decides that."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from simkit.annual_loss import years
from simkit.blast_radius import Interval
from simkit.blast_radius.intervals import wilson
from simkit.decisions.accounts import Accounts, events_of, utility_under
from simkit.decisions.decisions import sensitivity
from simkit.decisions.drawn_losses import Inquiry
from simkit.decisions.drawn_values import Floats, Given, drawn_values, with_best_guesses
from simkit.decisions.preference import worth_knowing
from simkit.decisions.words import number_text
from simkit.errors import QuestionError
from simkit.measures import Measure, harm_of, measure_of
from simkit.policies import GrantPolicy
from simkit.scenario import Expectation, Scenario, chosen_entry
from simkit.scenario.expectations import ANNUAL_LOSS
from simkit.scenario.numbers_at import not_known
from simkit.unknowns import NotKnown

DRAWS = 256
TRIALS = 256
YEARS = 2000
"""Trials and years of each draw."""
PLACES = np.linspace(0.0, 1.0, 17)
"""Where in the range of the input that decides a promise its turning is looked for."""


@dataclass(frozen=True, slots=True)
class DrawnShare:
    """The share of draws that keep a promise, with its Wilson interval; the input that is worth most to know (None
    where no draw flips), and the values at which the promise turns, all else at its best guess."""

    share: Interval
    policy: str
    entry_points: tuple[str, ...]
    decider: NotKnown | None = None
    turns_at: tuple[float, ...] = ()

    @property
    def decided_by(self) -> str:
        """What decides it, in words; empty where nothing does alone."""
        if self.decider is None:
            return ""
        turns = " and ".join(number_text(self.decider, value) for value in self.turns_at)
        return f"{self.decider.name} decides it{f', which turns it at {turns}' if turns else ''}"


def drawn_share(scenario: Scenario, promise: Expectation, *, draws: int = DRAWS, seed: int = 0) -> DrawnShare:
    """In which share of `draws` `scenario` keeps `promise`, which has `in_draws`.

    `cheaper_than` asks as `simkit.sensitivity` does; else the measure is held against its bound in every draw. Raises
    QuestionError where money is asked about and the scenario says none.
    """
    if promise.cheaper_than:
        return _cheaper(scenario, promise, draws, seed)
    policy = scenario.grant_policy(promise.policy or None)
    held = _Held.of(scenario, policy, promise, seed)
    given = held.drawn(draws, seed)
    margin = held.margins(given, draws, 0)
    share = wilson(int((margin >= 0).sum()), len(margin))
    worth = {each.name: worth_knowing(given[each.name], margin) for each in held.inputs if len(margin) > 1}
    best = max(held.inputs, key=lambda each: worth.get(each.name, 0.0), default=None)
    if best is None or not worth.get(best.name):
        return DrawnShare(share, policy.name, held.question.entries)
    return DrawnShare(share, policy.name, held.question.entries, best, held.turns(best))


def _cheaper(scenario: Scenario, promise: Expectation, draws: int, seed: int) -> DrawnShare:
    strong, weak = scenario.grant_policy(promise.policy or None).name, promise.cheaper_than
    entry = promise.entry_point or None
    found = sensitivity(scenario, [weak, strong], entry_point=entry, against=weak, draws=draws, seed=seed)
    made = found.preference(weak, strong)
    bears = next((each for each in made.deciders if each.bears), None)
    entries = found.accounts.entries
    if bears is None:
        return DrawnShare(made.cheaper, strong, entries)
    return DrawnShare(made.cheaper, strong, entries, bears.input, bears.turns_at)


@dataclass(frozen=True, eq=False)
class _Held:
    """A promise about a measure: the question behind it, and by how much each draw keeps it."""

    question: Inquiry
    accounts: Accounts
    promise: Expectation

    @classmethod
    def of(cls, scenario: Scenario, policy: GrantPolicy, promise: Expectation, seed: int) -> _Held:
        annual = promise.measure == ANNUAL_LOSS
        entries = _entries(scenario, promise, annual)
        measure = harm_of(scenario.model) if annual else _measure(scenario, promise.measure)
        made = Inquiry.of(scenario, [policy], entries, not_known(scenario), seed=seed)
        asked = replace(made, measure=measure)
        accounts = Accounts(scenario, entries, made.inputs, (utility_under(scenario, policy),), (policy.name,))
        return cls(asked, accounts, promise)

    @property
    def inputs(self) -> tuple[NotKnown, ...]:
        """Those that may bear on the promise."""
        return tuple(each for each in self.question.inputs if each.name in self.question.used or self._is_paid(each))

    def _is_paid(self, given: NotKnown) -> bool:
        return self.promise.measure == ANNUAL_LOSS and given.places[0][0] in ("unit", "entry_points")

    def drawn(self, draws: int, seed: int) -> dict[str, Floats]:
        """The value of each input in each draw; what does not bear stands at its best guess."""
        count = draws if self.inputs else 1
        return with_best_guesses(self.question.inputs, drawn_values(self.inputs, count, seed), count)

    def margins(self, given: Given, draws: int, begin: int) -> Floats:
        """(draws,) By how much each draw keeps the promise: below zero it is broken. Each has trials of its own, from
        `begin` on."""
        count = len(next(iter(given.values()))) if given else 1
        swap = self.question.swaps[0]
        columns = swap.drawn(given, count)
        found = np.zeros(count)
        for draw in range(count):
            made = swap.compiled(given, columns, draw)
            offset = begin + draw * TRIALS * len(self.question.entries)
            lost = [
                self.question.samples(made, entry, offset + place * TRIALS, TRIALS)
                for place, entry in enumerate(self.question.entries)
            ]
            found[draw] = self._measured(given, draw, count, lost)
        if self.promise.at_most is not None:
            return np.asarray(self.promise.at_most - found, dtype=np.float64)
        return np.asarray(found - (self.promise.at_least or 0.0), dtype=np.float64)

    def _measured(self, given: Given, draw: int, count: int, lost: Sequence[Floats]) -> float:
        """The measure in one draw: a mean, or the share of years that lose more than the promise says."""
        if self.promise.measure != ANNUAL_LOSS:
            return float(np.mean([each.mean() for each in lost]))
        one = {name: column[draw : draw + 1] for name, column in given.items()}
        often, weights = self.accounts.frequencies(one, 1)[0], self.accounts.weights(one, 1)[0]
        samples = {
            entry: (float(often[n]), lost[n] * (weights[n] / often[n] if often[n] else 0.0))
            for n, entry in enumerate(self.question.entries)
        }
        return float((years(samples, seed=self.question.seed, count=YEARS) > (self.promise.above or 0.0)).mean())

    def turns(self, decider: NotKnown) -> tuple[float, ...]:
        """The values of one input at which the promise turns, all else at its best guess."""

        def margins(values: Floats) -> Floats:
            given = with_best_guesses(self.question.inputs, {decider.name: values}, len(values))
            return self.margins(given, len(values), 0)

        return _crossings(margins, decider.range.at(PLACES))


def _crossings(margins: Callable[[Floats], Floats], values: Floats) -> tuple[float, ...]:
    """Where between `values` the margins pass zero, on straight lines."""
    found = margins(values)
    kept = found >= 0
    turned = [n for n in range(len(values) - 1) if kept[n] != kept[n + 1]]
    return tuple(_between(values[n : n + 2], found[n : n + 2]) for n in turned)


def _between(values: Floats, margins: Floats) -> float:
    share = float(margins[0] / (margins[0] - margins[1]))
    return float(f"{values[0] + share * (values[1] - values[0]):.3g}")


def _entries(scenario: Scenario, promise: Expectation, annual: bool) -> tuple[str, ...]:
    if not annual:
        return (chosen_entry(scenario, promise.entry_point or None),)
    events = events_of(scenario)
    wanted = (promise.entry_point,) if promise.entry_point else tuple(events)
    if scenario.unit is None or not wanted or not set(wanted) <= events.keys():
        raise QuestionError(
            f"{promise.name} asks for a loss of money a year, but {scenario.name} does not say what a point of value "
            "is worth, or how often it is tried: give `unit` and `per_year`"
        )
    return wanted


def _measure(scenario: Scenario, name: str) -> Measure:
    return measure_of(name, scenario.goals, scenario.model.resources)
