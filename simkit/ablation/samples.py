"""The same samples of an attack under one policy after another."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simkit.blast_radius import Interval, Utility, intervals
from simkit.engines.outcomes import Outcomes
from simkit.measures import Measure, harm_of
from simkit.policies import GrantPolicy
from simkit.scenario import Scenario
from simkit.simulation import Attack, Workers, compile_attack, in_memory, outcomes_of

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Sampled:
    """What N samples of each entry point got under `policy`; sample n of every array met the same fates.

    Each is an array of N by entry point: what was `lost` by the `measure`, share of `goals` reached, time of
    containment `contained` (s, NaN for never), number of `identities` reached, and whether `code` ran in a runtime.
    `worst` is the greatest value that any entry point can lose at all, `pairs` how many (entry point, goal) pairs can
    succeed at all.
    """

    policy: GrantPolicy
    utility: Utility
    measure: Measure
    lost: Mapping[str, Floats]
    goals: Mapping[str, Floats]
    contained: Mapping[str, Floats]
    identities: Mapping[str, Floats]
    code: Mapping[str, Floats]
    worst: float
    pairs: frozenset[tuple[str, str]]

    def loss(self, entries: Sequence[str] = ()) -> Floats:
        """What each sample lost, by the measure; the mean over `entries` (none: all), each as likely as the next."""
        return averaged(self.lost, entries)

    def mean_loss(self, entries: Sequence[str] = ()) -> Interval:
        """The mean of `loss`, with its interval."""
        return intervals.mean(self.loss(entries).tolist())

    def containment(self, entries: Sequence[str] = ()) -> tuple[Interval, Interval]:
        """The chance that an attack is contained before the horizon, and the median time to it (s)."""
        times = np.concatenate([self.contained[entry] for entry in entries or self.contained])
        ended = sorted(times[~np.isnan(times)].tolist())
        return intervals.wilson(len(ended), len(times)), intervals.quantile(ended, 0.5)


def averaged(found: Mapping[str, Floats], entries: Sequence[str] = ()) -> Floats:
    """The mean over `entries` (none: all), sample by sample."""
    chosen = [found[entry] for entry in entries or found]
    total = np.zeros(len(chosen[0]))
    for array in chosen:
        total += array
    return total / len(chosen) if len(chosen) > 1 else total


def saved(before: Floats, after: Floats) -> Interval:
    """How much less is lost `after` than `before`, paired sample by sample; negative for more."""
    return intervals.mean((before - after).tolist())


def sampled(
    scenario: Scenario,
    policy: GrantPolicy,
    entries: Sequence[str],
    *,
    trials: int,
    seed: int,
    workers: Workers = (None, None),
    measure: Measure | None = None,
) -> Sampled:
    """Replay each of `entries` under `policy`: the graph is compiled once. `workers` are the threads or the executor;
    `measure` None is the harm of the model."""
    attack = compile_attack(scenario, policy)
    row = harm_of(scenario.model) if measure is None else measure
    columns: dict[str, tuple[Floats, ...]] = {}
    for entry in entries:
        with in_memory(attack.graph, trials):
            outcomes = outcomes_of(attack.graph, entry, seed, trials, workers)
            columns[entry] = _columns(attack, row, outcomes)
    lost, goals, contained, identities, code = ({entry: row[at] for entry, row in columns.items()} for at in range(5))
    threads, executor = workers
    worst = attack.worst_cases(entries, threads=threads, executor=executor)
    return Sampled(
        policy=attack.policy,
        utility=attack.utility,
        measure=row,
        lost=lost,
        goals=goals,
        contained=contained,
        identities=identities,
        code=code,
        worst=max(case.value for case in worst.values()),
        pairs=frozenset((entry, goal) for entry, case in worst.items() for goal in case.goals),
    )


def _columns(attack: Attack, row: Measure, outcomes: Outcomes) -> tuple[Floats, ...]:
    legend, held, contained = attack.legend, outcomes.first >= 0, outcomes.contained
    goals = [column for column in legend.goals.values() if column is not None]
    code = [at for at, fact in enumerate(attack.graph.facts) if fact.kind == "runs_in"]
    columns = (
        row.of_times(attack, outcomes.first, contained),
        held[:, goals].sum(axis=1) / max(len(legend.goals), 1),
        np.where(contained >= 0, contained / 1000, np.nan),
        legend.counts(held, "identities"),
        held[:, code].any(axis=1),
    )
    return tuple(np.asarray(column, dtype=np.float64) for column in columns)


def responding(scenario: Scenario, **changes: object) -> Scenario:
    """`scenario` with a response that differs in `changes`."""
    return dataclasses.replace(scenario, response=dataclasses.replace(scenario.response, **changes))  # type: ignore[arg-type]
