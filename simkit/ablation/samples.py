"""The same samples of an attack under one policy after another."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simkit.blast_radius import Interval, Utility, intervals
from simkit.engines.outcomes import Outcomes
from simkit.measures import Measure, harm_of
from simkit.measures.measure import Sampler
from simkit.measures.samplers import ONLY_WHETHER
from simkit.policies import GrantPolicy
from simkit.scenario import Scenario
from simkit.simulation import Attack, Workers, compile_samples, in_memory, outcomes_of

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Sampled:
    """What N samples of each entry point got under `policy`; sample n of every array met the same fates.

    Each is an array of N by entry point: what was `lost` by the `measure`, share of `goals` reached, time of
    containment `contained` (s, NaN for never), number of `identities` reached, and whether `code` ran in a runtime.
    `worst` is the greatest value that any entry point can lose at all, `pairs` how many (entry point, goal) pairs can
    succeed at all. Where only the loss was asked, no entry point has a time of containment, identities or code.
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
    only_loss: bool = False,
) -> Sampled:
    """Replay each of `entries` under `policy`: the graph is compiled once. `workers` are the threads or the executor;
    `measure` None is the harm of the model. Where `only_loss` is asked (and the goals), a sample ends as soon as
    that is settled."""
    told, attack = compile_samples(scenario, policy, entries, seed=seed, trials=trials)
    row = harm_of(scenario.model) if measure is None else measure
    sampler = row.sampler(attack)
    columns: dict[str, dict[str, Floats]] = {}
    for entry in entries:
        with in_memory(attack.graph, trials):
            asked = _asked(attack, sampler) if only_loss else {}
            outcomes = outcomes_of(attack.graph, entry, seed, trials, workers, **asked)
            columns[entry] = _losses(attack, sampler, outcomes) | ({} if only_loss else _others(attack, outcomes))
    threads, executor = workers
    worst = told.worst_cases(entries, threads=threads, executor=executor)
    return Sampled(
        policy=attack.policy,
        utility=attack.utility,
        measure=row,
        lost=_by_entry(columns, "lost"),
        goals=_by_entry(columns, "goals"),
        contained=_by_entry(columns, "contained"),
        identities=_by_entry(columns, "identities"),
        code=_by_entry(columns, "code"),
        worst=max(case.value for case in worst.values()),
        pairs=frozenset((entry, goal) for entry, case in worst.items() for goal in case.goals),
    )


def _by_entry(columns: Mapping[str, Mapping[str, Floats]], name: str) -> dict[str, Floats]:
    return {entry: found[name] for entry, found in columns.items() if name in found}


def _asked(attack: Attack, sampler: Sampler) -> dict[str, Any]:
    """What a replay keeps for the loss and the goals, and whether it may end before the times are known."""
    return {"facts": (*sampler.columns, *_goals(attack)), "only_whether": isinstance(sampler, ONLY_WHETHER)}


def _goals(attack: Attack) -> list[int]:
    return [column for column in attack.legend.goals.values() if column is not None]


def _losses(attack: Attack, sampler: Sampler, outcomes: Outcomes) -> dict[str, Floats]:
    reached = (outcomes.times(_goals(attack)) >= 0).sum(axis=1)
    return {
        "lost": sampler(outcomes.times(sampler.columns), outcomes.contained),
        "goals": np.asarray(reached / max(len(attack.legend.goals), 1), dtype=np.float64),
    }


def _others(attack: Attack, outcomes: Outcomes) -> dict[str, Floats]:
    held, contained = outcomes.first >= 0, outcomes.contained
    code = [at for at, fact in enumerate(attack.graph.facts) if fact.kind == "runs_in"]
    return {
        "contained": np.where(contained >= 0, contained / 1000, np.nan),
        "identities": attack.legend.counts(held, "identities").astype(np.float64),
        "code": np.asarray(held[:, code].any(axis=1), dtype=np.float64),
    }


def responding(scenario: Scenario, **changes: object) -> Scenario:
    """`scenario` with a response that differs in `changes`."""
    return dataclasses.replace(scenario, response=dataclasses.replace(scenario.response, **changes))  # type: ignore[arg-type]
