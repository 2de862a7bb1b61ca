"""A narrower policy that loses more: rare, and never a thing to be silent about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

from simkit.blast_radius import intervals
from simkit.blast_radius.blast_radius import BlastRadius
from simkit.blast_radius.intervals import Interval
from simkit.policies import GrantPolicy
from simkit.table import duration, format_number, percent


@dataclass(frozen=True, slots=True)
class Reversal:
    """Under `policy`, which takes nothing less away than `against`, more is lost: `excess` is how much, paired sample
    by sample (in value, or in goals reached where nothing has a value). In `trial`, where the difference is greatest,
    `step` is the first thing that happens under it alone, `at` seconds after the beginning."""

    policy: str
    against: str
    excess: Interval
    in_value: bool
    trial: int
    step: str
    at: float

    def __str__(self) -> str:
        most = format_number(self.excess.estimate) if self.in_value else percent(self.excess.estimate)
        what = f"{most} more" if self.in_value else f"{most} more of the goals"
        return (
            f"{self.policy} is narrower than {self.against} and loses {what}: in trial {self.trial} the first step "
            f"that differs is {self.step!r}, after {duration(self.at)}"
        )

    def to_dict(self) -> dict[str, object]:
        """The reversal as plain data."""
        return {
            "policy": self.policy,
            "against": self.against,
            "excess": self.excess.to_dict(),
            "of": "value" if self.in_value else "goals",
            "trial": self.trial,
            "step": self.step,
            "at": self.at,
        }


def reversals(results: Sequence[BlastRadius], policies: Mapping[str, GrantPolicy]) -> Iterator[Reversal]:
    """Every pair of `results` in which the narrower policy loses more, with an interval that leaves no doubt.

    Taking away can add: what stops one read early may hide the next secret from the responders.
    """
    known = [result for result in results if result.provenance.policy in policies]
    for narrow, wide in permutations(known, 2):
        ours, theirs = (policies[result.provenance.policy] for result in (narrow, wide))
        if ours.is_narrower_than(theirs):
            found = _reversal(narrow, wide)
            if found is not None:
                yield found


def _reversal(narrow: BlastRadius, wide: BlastRadius) -> Reversal | None:
    in_value = bool(narrow.legend.value)
    excess = _losses(narrow, in_value) - _losses(wide, in_value)
    interval = intervals.mean(excess.tolist())
    if interval.low <= 0.0:
        return None
    row = int(np.argmax(excess))
    step, at = _first_step_that_differs(narrow, wide, row)
    trial = narrow.outcomes.offset + row
    return Reversal(narrow.provenance.policy, wide.provenance.policy, interval, in_value, trial, step, at)


def _losses(result: BlastRadius, in_value: bool) -> NDArray[np.float64]:
    """By sample: the value lost, or the share of the goals that are reached."""
    if in_value:
        return result.values
    goals = [fact for fact in result.legend.goals.values() if fact is not None]
    shares: NDArray[np.float64] = (result.times(goals) >= 0).sum(axis=1) / max(len(result.legend.goals), 1)
    return shares


def _first_step_that_differs(narrow: BlastRadius, wide: BlastRadius, row: int) -> tuple[str, float]:
    """What happens first in the sample under the narrower policy alone, and when, in seconds. Steps of two policies are
    told apart by their fates, which do not name the sessions that each policy cuts."""
    theirs = {fate for _, fate, _ in _taken(wide, row)}
    ours = sorted(step for step in _taken(narrow, row) if step[1] not in theirs)
    moment, _, label = ours[0] if ours else min(_taken(narrow, row))
    return label, moment / 1000


def _taken(result: BlastRadius, row: int) -> Iterator[tuple[int, str, str]]:
    """For each fact that the sample reached, when, and by which step: its fate and its label."""
    for moment, number in zip(result.outcomes.first[row].tolist(), result.outcomes.by[row].tolist(), strict=True):
        if moment >= 0:
            step = result.graph.steps[number]
            yield moment, step.fate or step.key, step.label or step.key
