"""What each policy loses in each draw, through each entry point, and how sure that is after so many trials."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simkit.decisions.drawn_values import Floats, Given, with_best_guesses
from simkit.decisions.swap import Compiled, DrawnColumns, Swap, swap_of
from simkit.engines.replay import replay
from simkit.measures import Measure, harm_of
from simkit.measures.samplers import ONLY_WHETHER
from simkit.policies import GrantPolicy
from simkit.progress import steps
from simkit.scenario import Scenario
from simkit.scenario.loader import uncollected
from simkit.unknowns import NotKnown

Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Inquiry:
    """Which policies, through which entry points, measured how; every policy is compiled once."""

    scenario: Scenario
    policies: tuple[GrantPolicy, ...]
    entries: tuple[str, ...]
    inputs: tuple[NotKnown, ...]
    measure: Measure
    swaps: tuple[Swap, ...]
    seed: int = 0
    known: dict[tuple[str, int], Floats] = field(default_factory=dict)
    """What was replayed with all inputs at their best guess, by policy and trials."""

    @classmethod
    def of(
        cls,
        scenario: Scenario,
        policies: Sequence[GrantPolicy],
        entries: Sequence[str],
        inputs: Sequence[NotKnown],
        *,
        seed: int = 0,
    ) -> Inquiry:
        """The question about `scenario`, compiled."""
        swaps = tuple(swap_of(scenario, policy, inputs) for policy in policies)
        measure = harm_of(scenario.model)
        return cls(scenario, tuple(policies), tuple(entries), tuple(inputs), measure, swaps, seed)

    def about(self, policies: Sequence[int]) -> Inquiry:
        """The same question about some of the policies, by their numbers."""
        return replace(
            self,
            policies=tuple(self.policies[each] for each in policies),
            swaps=tuple(self.swaps[each] for each in policies),
        )

    def at_best(self, number: int, trials: int) -> Floats:
        """(entries,) The mean loss under one of the policies with all inputs at their best guess."""
        key = (self.policies[number].name, trials)
        if key not in self.known:
            swap, given = self.swaps[number], with_best_guesses(self.inputs, {}, 1)
            made = swap.compiled(given, swap.drawn(given, 1), 0)
            rows = [self.samples(made, entry, n * trials, trials).mean() for n, entry in enumerate(self.entries)]
            self.known[key] = np.array(rows)
        return self.known[key]

    @cached_property
    def used(self) -> frozenset[str]:
        """The inputs that some policy depends on."""
        return frozenset().union(*(swap.used for swap in self.swaps))

    def samples(self, made: Compiled, entry: str, offset: int, trials: int) -> Floats:
        """(trials,) What is lost in each trial from `offset` on, one attack through `entry`."""
        sampler = self.measure.sampler(made)
        columns = list(sampler.columns)
        if not columns:
            return np.zeros(trials)
        trial: dict[str, Any] = {"seed": self.seed, "offset": offset, "trials": trials}
        quick = isinstance(sampler, ONLY_WHETHER)
        if made.in_place:
            return sampler(*made.in_place.replay(entry, **trial, facts=columns, only_whether=quick))
        found = replay(made.graph, entry, **trial, threads=1, facts=columns, only_whether=quick)
        return sampler(found.first, found.contained)


@dataclass(frozen=True, eq=False)
class Losses:
    """Sums over the trials of each draw: `trials` (draws, policies), `total` (entries, draws, policies) and `cross`
    (entries, draws, policies, policies), the sums of products."""

    trials: NDArray[np.int64]
    total: Floats
    cross: Floats

    @classmethod
    def none(cls, entries: int, draws: int, policies: int) -> Losses:
        """Nothing replayed yet."""
        return cls(
            np.zeros((draws, policies), dtype=np.int64),
            np.zeros((entries, draws, policies)),
            np.zeros((entries, draws, policies, policies)),
        )

    @property
    def mean(self) -> Floats:
        """(entries, draws, policies) The mean loss of one attack."""
        return np.asarray(self.total / np.maximum(self.trials, 1)[None], dtype=np.float64)

    def weighed(self, weights: Floats) -> Floats:
        """(draws, policies) What the losses cost, where one point of value costs `weights` (draws, entries)."""
        return np.asarray((weights.T[:, :, None] * self.mean).sum(axis=0), dtype=np.float64)

    def weighed_noise(self, weights: Floats) -> Floats:
        """(draws, policies, policies) The covariance of those costs."""
        return np.asarray((weights.T[:, :, None, None] ** 2 * self.noise).sum(axis=0), dtype=np.float64)

    @property
    def noise(self) -> Floats:
        """(entries, draws, policies, policies) The covariance of the means: what the trials leave open. Two policies
        share the trials of the one that has fewer."""
        shared = np.minimum(self.trials[:, :, None], self.trials[:, None, :])
        longer = np.maximum(self.trials[:, :, None], self.trials[:, None, :])
        mean = self.mean
        products = mean[..., :, None] * mean[..., None, :]
        spread = self.cross / np.maximum(shared, 1)[None] - products
        return np.asarray(spread / np.maximum(longer - 1, 1)[None], dtype=np.float64)


STAGES = (64, 192, 768)
"""Trials of every draw, and those that are added, twice, where its sign is unsettled: 64, 256, 1,024."""


@uncollected()
def replayed(question: Inquiry, given: Given, draws: int, unsettled: Callable[[Losses], Flags]) -> Losses:
    """The losses of every draw; `unsettled` says which policies (draws, policies) need more trials.

    Each draw has fates of its own, shared by its policies, and each entry point has, too.
    """
    drawn = [swap.drawn(given, draws) for swap in question.swaps]
    found = Losses.none(len(question.entries), draws, len(question.policies))
    base = 0
    for trials in STAGES:
        wanted = unsettled(found) if base else np.ones((draws, len(question.policies)), dtype=np.bool_)
        for draw in steps(np.flatnonzero(wanted.any(axis=1)).tolist()):
            chosen = np.flatnonzero(wanted[draw]).tolist()
            offsets = [base + (place * draws + draw) * trials for place in range(len(question.entries))]
            sampled = _of_draw(question, given, drawn, draw, chosen, offsets, trials)
            found.trials[draw, chosen] += trials
            found.total[:, draw, chosen] += sampled.sum(axis=2)
            found.cross[:, draw, np.array(chosen)[:, None], chosen] += sampled @ sampled.transpose(0, 2, 1)
        base += draws * trials * len(question.entries)
    return found


def _of_draw(
    question: Inquiry,
    given: Given,
    drawn: Sequence[DrawnColumns],
    draw: int,
    chosen: Sequence[int],
    offsets: Sequence[int],
    trials: int,
) -> Floats:
    """(entries, chosen, trials) What some of the policies lose in one draw."""
    found = np.zeros((len(question.entries), len(chosen), trials))
    for row, number in enumerate(chosen):
        made = question.swaps[number].compiled(given, drawn[number], draw)
        for place, entry in enumerate(question.entries):
            found[place, row] = question.samples(made, entry, offsets[place], trials)
    return found


@uncollected()
def one_at_a_time(question: Inquiry, name: str, values: Floats, trials: int) -> Floats:
    """(values, entries, policies) The mean loss where the input called `name` has each of `values` and all others are
    at their best guess; all on the same fates, and what the input does not bear on is replayed once."""
    count = len(values)
    given = with_best_guesses(question.inputs, {name: values}, count)
    found = np.zeros((count, len(question.entries), len(question.swaps)))
    for number, swap in enumerate(question.swaps):
        if name not in swap.used:
            found[:, :, number] = question.at_best(number, trials)
            continue
        drawn = swap.drawn(given, count)
        for turn in range(count):
            made = swap.compiled(given, drawn, turn)
            for place, entry in enumerate(question.entries):
                found[turn, place, number] = question.samples(made, entry, place * trials, trials).mean()
    return found
