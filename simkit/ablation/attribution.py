"""The reduction between two policies, attributed to the dials in which they differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from simkit.ablation import shapley
from simkit.ablation.ablation import Ablation, Combination, DialEffect
from simkit.ablation.moves import differing, moved, setting
from simkit.ablation.samples import Floats, Sampled, sampled, saved
from simkit.ablation.time_curves import lag_curve, ttl_curve
from simkit.blast_radius import Provenance, intervals
from simkit.errors import QuestionError
from simkit.execution.executors import ExecutorLike
from simkit.fate import checked_seed
from simkit.measures import chosen_measure
from simkit.policies import GrantPolicy
from simkit.progress import steps, stretch
from simkit.scenario import Scenario, chosen_entry
from simkit.simulation import checked_trials

TIMES = ("expiry", "response")
"""Dials that move times and chances alone: what the attack can do is the same, and worked out once."""


def ablate(
    scenario: Scenario,
    entry_point: str | None = None,
    from_policy: str | GrantPolicy | None = None,
    to_policy: str | GrantPolicy = "zero-standing",
    *,
    trials: int = 1000,
    seed: int = 0,
    threads: int | None = None,
    executor: ExecutorLike = None,
    measure: str | None = None,
) -> Ablation:
    """What each dial buys on the way from `from_policy` (None: the one in force) to `to_policy`, and what it costs.

    The players are all the dials in which the two policies differ for any identity, so that the parts add up to the
    whole. All 2^k combinations are compiled, and replayed on the same samples; the drop in the mean of `measure`
    (None: the value lost, or the share of goals reached where nothing has a value) is attributed by Shapley value,
    sample by sample. Curves over remediation lag and ttl start from `from_policy`.

    Replays are worked out by `threads` or an `executor`, as in `simulate`; compiled is here. `entry_point` None is the
    first. Raises QuestionError for an unknown one, bad trials or seed, two policies that do
    not differ, or a `to_policy` that governs some identities only; PolicyError for an unknown policy.
    """
    entry = chosen_entry(scenario, entry_point)
    start, end = scenario.grant_policy(from_policy), scenario.grant_policy(to_policy)
    players = differing(start, end)
    if not players:
        raise QuestionError(f"policies {start.name!r} and {end.name!r} have the same dials: name two that differ")
    count, word = checked_trials(trials), checked_seed(seed)
    row = chosen_measure(measure, scenario.model, scenario.goals)

    def replay(world: Scenario, policy: GrantPolicy, *, only_loss: bool = True) -> Sampled:
        asked: dict[str, Any] = {"trials": count, "seed": word, "workers": (threads, executor), "measure": row}
        return sampled(world, policy, [entry], **asked, only_loss=only_loss)

    masks = sorted(range(1 << len(players)), key=partial(_but_times, players))
    with stretch(0.0, 0.7):
        found = {mask: replay(scenario, moved(start, end, _members(players, mask))) for mask in steps(masks)}
    runs = [replace(found[0], policy=start), *(found[mask] for mask in range(1, len(masks)))]
    with stretch(0.7, 0.85):
        lags = lag_curve(scenario, start, runs[0], partial(replay, only_loss=False))
    with stretch(0.85, 1.0):
        ttls = ttl_curve(scenario, start, runs[0], replay)
    return Ablation(
        effects=tuple(_effects(start, end, players, runs)),
        whole=saved(runs[0].loss(), runs[-1].loss()),
        exact_whole=shapley.exact_mean(runs[0].loss()) - shapley.exact_mean(runs[-1].loss()),
        combinations=tuple(_combination(players, runs, mask) for mask in range(len(runs))),
        curves=(lags, ttls),
        measure=row.words,
        unit=row.unit,
        from_policy=start.name,
        to_policy=end.name,
        provenance=_provenance(scenario, start, end, entry, word, count),
    )


def _members(players: Sequence[str], mask: int) -> tuple[str, ...]:
    return tuple(player for at, player in enumerate(players) if mask >> at & 1)


def _but_times(players: Sequence[str], mask: int) -> int:
    """`mask` without the dials of `TIMES`: those that differ in nothing else are compiled one after the other."""
    return sum(1 << at for at, player in enumerate(players) if mask >> at & 1 and player not in TIMES)


def _effects(start: GrantPolicy, end: GrantPolicy, players: Sequence[str], runs: Sequence[Sampled]) -> list[DialEffect]:
    losses = [run.loss() for run in runs]
    gains = [losses[0] - loss for loss in losses]
    means = [shapley.exact_mean(loss) for loss in losses]
    exact = shapley.shares([means[0] - mean for mean in means])
    by_sample = shapley.shares_by_sample(gains)
    return [
        DialEffect(
            dial=dial,
            before=setting(start, dial),
            after=setting(end, dial),
            alone=saved(losses[0], losses[1 << at]),
            last=saved(losses[~(1 << at)], losses[-1]),
            share=_around(float(exact[at]), by_sample[at]),
            exact=exact[at],
            base=runs[0].utility,
            turned=runs[1 << at].utility,
        )
        for at, dial in enumerate(players)
    ]


def _around(exact: float, values: Floats) -> intervals.Interval:
    """The interval of `values` around their mean as it is known exactly."""
    found = intervals.mean(values.tolist())
    half = (found.high - found.low) / 2
    return replace(found, estimate=exact, low=exact - half, high=exact + half)


def _combination(players: Sequence[str], runs: Sequence[Sampled], mask: int) -> Combination:
    run = runs[mask]
    return Combination(
        _members(players, mask), run.mean_loss(), saved(runs[0].loss(), run.loss()), run.worst, run.utility
    )


def _provenance(
    scenario: Scenario, start: GrantPolicy, end: GrantPolicy, entry: str, seed: int, trials: int
) -> Provenance:
    from simkit import __version__

    policies = f"{start.name} to {end.name}"
    return Provenance(scenario.name, scenario.digest, policies, entry, seed, trials, "replay", __version__)
