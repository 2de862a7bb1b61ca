"""How sure an answer is: the question of `compare`, asked of many draws of what is not known."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from simkit.blast_radius import Provenance
from simkit.decisions.accounts import Accounts, events_of, utility_under
from simkit.decisions.drawn_losses import Flags, Inquiry, Losses, replayed
from simkit.decisions.drawn_values import Floats, Given, drawn_values, values_at, with_best_guesses
from simkit.decisions.preference import Preference, decided
from simkit.decisions.sobol import Indices, sobol_indices
from simkit.decisions.swap import PRICED
from simkit.decisions.turning_points import Moved
from simkit.decisions.words import tables, words
from simkit.errors import QuestionError
from simkit.fate import checked_seed
from simkit.policies import GrantPolicy, named_policies
from simkit.progress import steps
from simkit.scenario import Scenario, checked_scenario, chosen_entries, chosen_entry
from simkit.scenario.digest import canonical
from simkit.scenario.numbers_at import not_known
from simkit.simulation import PoliciesLike, several
from simkit.table import Table
from simkit.unknowns import NotKnown, kind_of
from simkit.unknowns.lattice import MOST_POINTS

FEWEST_DRAWS = 64
INDEX_DRAWS = 256
UNSETTLED = 2.0
"""A difference within so many standard errors of zero is unsettled."""


@dataclass(frozen=True, eq=False)
class Sensitivity:
    """What several policies cost in each of many draws of what is not known.

    `losses` and `control` are (draws, policies): money a year where the file has a currency and frequencies, else the
    mean value lost in one attack. `values` has what was drawn, by input. `indices` is None unless it was asked for.
    """

    scenario: Scenario
    policies: tuple[str, ...]
    accounts: Accounts
    inputs: tuple[NotKnown, ...]
    """Those on which something depends."""
    values: Given
    raw: Losses
    losses: Floats
    control: Floats
    preferences: tuple[Preference, ...]
    indices: Mapping[str, Indices] | None
    provenance: Provenance
    unit: str

    def __repr__(self) -> str:
        told = ", ".join(f"{each.weak} -> {each.strong} {each.status}" for each in self.preferences)
        return f"Sensitivity({self.scenario.name}: {told}; {self.draws:,} draws of {len(self.inputs)} inputs)"

    @property
    def draws(self) -> int:
        """How many draws there are."""
        return len(self.losses)

    @property
    def costs(self) -> Floats:
        """(draws, policies) What a policy loses, and what its controls cost."""
        return self.losses + self.control

    @cached_property
    def cheapest_in(self) -> dict[str, float]:
        """By policy the share of draws in which no other costs less."""
        best = self.costs.argmin(axis=1)
        return {name: float((best == number).mean()) for number, name in enumerate(self.policies)}

    @cached_property
    def regret(self) -> dict[str, float]:
        """By policy how much more it costs, on average, than the one that is the cheapest in each draw."""
        found = (self.costs - self.costs.min(axis=1, keepdims=True)).mean(axis=0)
        return dict(zip(self.policies, found.tolist(), strict=True))

    @property
    def summary(self) -> str:
        """What is decided and what is not, a line each."""
        return words(self)

    def tables(self) -> list[Table]:
        """The policies; what decides each open question; the inputs."""
        return tables(self)

    def table(self) -> Table:
        """The policies side by side."""
        return self.tables()[0]

    def preference(self, weak: str, strong: str) -> Preference:
        """Whether to go from `weak` to `strong`. Raises QuestionError for a pair that was not decided."""
        for each in self.preferences:
            if (each.weak, each.strong) == (weak, strong):
                return each
        known = ", ".join(f"{each.weak} -> {each.strong}" for each in self.preferences)
        raise QuestionError(f"{weak} -> {strong} was not decided: ask for both policies; known: {known}")

    @property
    def least_sure(self) -> Preference | None:
        """The decision that most needs to be looked into: an open one before one that is decided, and of those the one
        for which it is worth most to know an input; None where there is a single policy."""

        def unsure(made: Preference) -> tuple[bool, float]:
            return made.status == "OPEN", max((each.worth for each in made.deciders), default=0.0)

        return max(self.preferences, key=unsure, default=None)

    def to_dict(self) -> dict[str, object]:
        """The answer as plain data, without the single draws."""
        return {
            "provenance": self.provenance.to_dict(),
            "inputs_digest": inputs_digest(self.scenario),
            "unit": self.unit,
            "draws": self.draws,
            "trials": {"least": int(self.raw.trials.min()), "most": int(self.raw.trials.max())},
            "policies": {name: self._policy(number) for number, name in enumerate(self.policies)},
            "decisions": [each.to_dict() for each in self.preferences],
            "inputs": [_input(each) for each in self.inputs],
            **({} if self.indices is None else {"indices": self._indices()}),
        }

    def _policy(self, number: int) -> dict[str, object]:
        name, lost = self.policies[number], self.losses[:, number]
        low, high = np.quantile(lost, [0.05, 0.95]).tolist()
        return {
            "loss": {"mean": float(lost.mean()), "p5": low, "p95": high},
            "control": float(self.control[:, number].mean()),
            "cheapest_in": self.cheapest_in[name],
            "regret": self.regret[name],
        }

    def _indices(self) -> dict[str, object]:
        return {
            policy: {
                each.name: {"first": float(found.first[n]), "total": float(found.total[n])}
                for n, each in enumerate(self.inputs)
            }
            for policy, found in (self.indices or {}).items()
        }

    def _repr_html_(self) -> str:
        return "".join(table.html() for table in self.tables())


def _input(given: NotKnown) -> dict[str, object]:
    found = given.range
    return {
        "name": given.name,
        "places": [".".join(where) for where in given.places],
        "between": [found.low, found.high],
        "best": found.best,
        "shape": found.shape,
        "evidence": found.evidence,
        "why": found.why,
        "default": found.standard,
    }


def inputs_digest(scenario: Scenario) -> str:
    """A hash of what is not known about `scenario`, and of what it is worth."""
    events = {name: each.per_year for name, each in scenario.entry_points.items()}
    said = [[each.name, list(map(list, each.places)), canonical(each.range)] for each in not_known(scenario)]
    text = json.dumps([said, canonical(scenario.unit), canonical(scenario.prices), events], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def sensitivity(
    scenario: Scenario,
    policies: PoliciesLike | None = None,
    *,
    entry_point: str | None = None,
    against: str | None = None,
    draws: int = 1024,
    seed: int = 0,
    indices: bool = False,
) -> Sensitivity:
    """Ask the question of `compare` in each of `draws` draws of what `scenario` does not know.

    `policies` are as for `compare`. With a currency and frequencies every entry point that has one counts, in money a
    year; else the one called `entry_point` (None: the first), in value lost. Decisions are between neighbours, from the
    policy that loses the most to the one that loses the least; with `against`, between that policy and each other.
    `indices` adds Sobol' indices, which takes many times as long. Raises as `compare`, and QuestionError for a bad
    number of draws and for a scenario in which everything is known.
    """
    chosen = _policies(checked_scenario(scenario), policies, against)
    inputs = not_known(scenario)
    entries = _entries(scenario, entry_point)
    if not inputs:
        raise QuestionError(f"everything in {scenario.name} is known: give a number a range, or ask `compare`")
    if isinstance(draws, bool) or not isinstance(draws, int) or not FEWEST_DRAWS <= draws <= MOST_POINTS:
        raise QuestionError(f"draws {draws!r} is not a whole number from {FEWEST_DRAWS} to {MOST_POINTS:,}: choose one")
    asked = weighed(Inquiry.of(scenario, chosen, entries, inputs, seed=checked_seed(seed)), draws, seed)
    accounts = asked.accounts
    return Sensitivity(
        scenario=scenario,
        policies=accounts.policies,
        accounts=accounts,
        inputs=asked.inputs,
        values=asked.values,
        raw=asked.raw,
        losses=asked.losses,
        control=asked.control,
        preferences=tuple(asked.preferences(against)),
        indices=asked.indices(seed) if indices else None,
        provenance=_provenance(scenario, accounts.policies, entries, seed, int(asked.raw.trials.sum())),
        unit=_unit(asked.question, accounts),
    )


def weighed(question: Inquiry, draws: int, seed: int) -> Weighed:
    """The policies of `question` replayed in each of `draws`, and what they cost there."""
    accounts = _accounts(question)
    counted = tuple(each for each in question.inputs if _counts(each, question, accounts))
    values = drawn_values(counted, draws, seed)
    weights, control = accounts.weights(values, draws), accounts.control(values, draws)
    given = with_best_guesses(question.inputs, values, draws)
    raw = replayed(question, given, draws, _unsettled(weights, control))
    return Weighed(question, accounts, counted, values, raw, raw.weighed(weights), control)


def _unit(question: Inquiry, accounts: Accounts) -> str:
    return f"{accounts.currency} a year" if accounts.is_annual else question.measure.words


def _provenance(
    scenario: Scenario, policies: Sequence[str], entries: Sequence[str], seed: int, trials: int
) -> Provenance:
    from simkit import __version__

    return Provenance(
        scenario.title, scenario.digest, ", ".join(policies), ", ".join(entries), seed, trials, "replay", __version__
    )


def _policies(scenario: Scenario, policies: PoliciesLike | None, against: str | None) -> list[GrantPolicy]:
    chosen = several(policies) if policies is not None else list(scenario.compare)
    chosen = chosen or list(dict.fromkeys([*named_policies(), *scenario.policies]))
    made = [scenario.grant_policy(each) for each in ([against] if against else []) + chosen]
    found = list({each.name: each for each in made}.values())
    if len(found) < 2:
        raise QuestionError("a decision is between two policies: name at least two")
    return found


def _entries(scenario: Scenario, entry_point: str | None) -> tuple[str, ...]:
    """All that have a frequency where money is counted, else one."""
    if scenario.unit is None or not events_of(scenario):
        return (chosen_entry(scenario, entry_point),)
    if entry_point is None:
        return tuple(events_of(scenario))
    if entry_point not in events_of(scenario):
        name = chosen_entry(scenario, entry_point)
        raise QuestionError(f"nobody says how often {name} is tried: give it `per_year`, or choose another entry point")
    return chosen_entries(scenario, entry_point)


def _accounts(question: Inquiry) -> Accounts:
    sides = tuple(utility_under(question.scenario, policy) for policy in question.policies)
    names = tuple(policy.name for policy in question.policies)
    return Accounts(question.scenario, question.entries, question.inputs, sides, names)


def _counts(given: NotKnown, question: Inquiry, accounts: Accounts) -> bool:
    """True for an input on which something depends: a replay, or what is paid."""
    if kind_of(given.places[0]) not in PRICED:
        waits = accounts.is_priced and given.places[0][:2] == ("response", "approval_delay")
        return given.name in question.used or waits
    if given.places[0][0] == "entry_points":
        return accounts.is_annual and any(where[1] in question.entries for where in given.places)
    if given.places[0][:2] == ("prices", "policies"):
        return accounts.is_priced and any(where[2] in accounts.policies for where in given.places)
    return accounts.is_priced if given.places[0][0] == "prices" else accounts.is_annual


def _unsettled(weights: Floats, control: Floats) -> Callable[[Losses], Flags]:
    """Asks which policies of which draws need more trials: those that may or may not be cheaper than the one that looks
    the cheapest, and that one. What costs the same as the cheapest in every draw settles nothing, and has as many
    trials as that one: with fewer it would seem to differ."""

    def asked(found: Losses) -> Flags:
        cost, noise = found.weighed(weights) + control, found.weighed_noise(weights)
        rows, best = np.arange(len(cost)), cost.argmin(axis=1)
        gap = cost - cost[rows, best][:, None]
        own = np.diagonal(noise, axis1=1, axis2=2)
        spread = own + own[rows, best][:, None] - 2 * noise[rows, best]
        close: Flags = gap**2 <= UNSETTLED**2 * np.maximum(spread, 0.0)
        twin = _twins(cost)
        alike: Flags = twin[None, :] == twin[best][:, None]
        close[alike] = False
        close |= alike & np.any(close, axis=1, keepdims=True)
        return close

    return asked


def _twins(cost: Floats) -> NDArray[np.int64]:
    """(policies,) For each policy a number that those share with it which cost the same in all draws."""
    _, found = np.unique(cost, axis=1, return_inverse=True)
    return np.asarray(found, dtype=np.int64).reshape(-1)


@dataclass(frozen=True, eq=False)
class Weighed:
    """Everything that a decision is made of."""

    question: Inquiry
    accounts: Accounts
    inputs: tuple[NotKnown, ...]
    values: Given
    raw: Losses
    losses: Floats
    control: Floats

    @cached_property
    def _moved(self) -> dict[str, Moved]:
        return {each.name: Moved(self.question, self.accounts, each) for each in self.inputs}

    def preferences(self, against: str | None) -> Iterable[Preference]:
        """The decisions between neighbours, or between the policy `against` and each other."""
        for weak, strong in steps(self._pairs(against)):
            yield self.decision(weak, strong)

    def _pairs(self, against: str | None) -> list[tuple[int, int]]:
        names, lost = list(self.accounts.policies), self.losses.mean(axis=0)
        order = sorted(range(len(names)), key=lambda each: (-lost[each], each))
        if against is None:
            return list(pairwise(order))
        base = names.index(against)
        return [(base, each) for each in order if each != base]

    def decision(self, weak: int, strong: int) -> Preference:
        """The decision between two policies, by their numbers."""
        names, costs = self.accounts.policies, self.losses + self.control
        swaps = self.question.swaps
        bear = swaps[weak].used | swaps[strong].used
        inputs = [each for each in self.inputs if each.name in bear or kind_of(each.places[0]) in PRICED]
        turns = {each.name: self._moved[each.name].turns(weak, strong) for each in inputs}
        swings = {each.name: self._moved[each.name].swing(weak, strong) for each in inputs}
        return decided(
            (names[weak], names[strong]),
            (costs[:, weak], costs[:, strong]),
            (self.losses[:, weak], self.losses[:, strong]),
            self.values,
            inputs,
            turns,
            swings,
        )

    def indices(self, seed: int) -> dict[str, Indices]:
        """By policy the indices of what it costs."""
        return {
            name: sobol_indices(self._model(number), len(self.inputs), draws=INDEX_DRAWS, seed=seed)
            for number, name in enumerate(self.accounts.policies)
        }

    def _model(self, number: int):  # type: ignore[no-untyped-def]
        one = self.question.about([number])
        turn = [0]

        def cost(places: Floats) -> tuple[Floats, Floats]:
            count = len(places)
            given = with_best_guesses(self.question.inputs, values_at(self.inputs, places), count)
            turn[0] += 1  # fates of its own each time: then what the trials leave open is no input's, and is taken off
            own = Inquiry(**{**one.__dict__, "seed": (one.seed + turn[0]) % (1 << 64)})
            found = replayed(own, given, count, lambda losses: np.zeros(losses.trials.shape, dtype=np.bool_))
            weights = self.accounts.weights(given, count)
            cost = found.weighed(weights)[:, 0] + self.accounts.control(given, count)[:, number]
            return cost, found.weighed_noise(weights)[:, 0, 0]

        return cost
