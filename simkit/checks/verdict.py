"""Whether a scenario keeps what it promises: judged with the interval, never with the estimate alone."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from simkit.blast_radius import BlastRadius
from simkit.blast_radius.intervals import Z
from simkit.checks.measures import PROVEN, Measured, measured, written
from simkit.scenario import Expectation, Scenario

MOST_TRIALS = 10**9
"""More trials than this are no advice."""

Replay = Callable[[str | None, str], BlastRadius]
"""The blast radius under a policy (None: the one in force) through an entry point."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one expectation came to through one entry point.

    `status` is `pass` (the whole interval keeps the bound), `fail` (the whole interval breaks it) or `unsure` (the
    interval holds the bound); then `needed` is about how many trials would tell, None if no number of them would.
    """

    expectation: Expectation
    policy: str
    entry_point: str
    status: str
    measured: Measured
    needed: int | None = None

    @property
    def holds(self) -> bool:
        """True if the expectation is shown to hold."""
        return self.status == "pass"

    @property
    def bound(self) -> str:
        """The bound in words."""
        sign = "at most" if self.expectation.at_most is not None else "at least"
        return f"{sign} {written(self.measured, self.expectation.bound)}"

    @property
    def sentence(self) -> str:
        """The verdict, the measure and its interval, and what to do if it is unsure."""
        head = {"pass": "passed", "fail": "FAILED", "unsure": "CANNOT TELL"}[self.status]
        made = self.expectation
        text = f"{head}: {made.name}: {made.measure} is {self.measured} under {self.policy} through "
        text += f"{self.entry_point}, where {self.bound} is expected."
        return text if self.status != "unsure" else f"{text} {self.advice}"

    @property
    def advice(self) -> str:
        """What to do where too few trials cannot tell."""
        if self.needed is None:
            return (
                f"After {self.measured.trials:,} trials the estimate is so near to the bound that no number of trials "
                "is sure to tell: try ten times as many, or move the bound."
            )
        return (
            f"{self.measured.trials:,} trials are too few: about {self.needed:,} would tell (--trials {self.needed})."
        )

    def to_dict(self) -> dict[str, object]:
        """The verdict as plain data."""
        return {
            "expectation": self.expectation.name,
            "measure": self.expectation.measure,
            "policy": self.policy,
            "entry_point": self.entry_point,
            "at_most": self.expectation.at_most,
            "at_least": self.expectation.at_least,
            "status": self.status,
            "measured": self.measured.to_dict(),
            "trials_needed": self.needed,
            "sentence": self.sentence,
        }


def judge(scenario: Scenario, replay: Replay) -> Iterator[Verdict]:
    """A verdict for each expectation of `scenario` and each entry point that it is about."""
    for expectation in scenario.expect.values():
        entries = [expectation.entry_point] if expectation.entry_point else list(scenario.entry_points)
        for entry in entries:
            yield verdict(expectation, replay(expectation.policy or None, entry))


def verdict(expectation: Expectation, result: BlastRadius) -> Verdict:
    """What `expectation` comes to in `result`."""
    found = measured(result, expectation.measure)
    status = _status(expectation, found)
    needed = trials_needed(found, expectation.bound) if status == "unsure" else None
    provenance = result.provenance
    return Verdict(expectation, provenance.policy, provenance.entry_point, status, found, needed)


def _status(expectation: Expectation, found: Measured) -> str:
    bound = expectation.bound
    if expectation.at_most is not None:
        kept, broken = found.high <= bound, found.low > bound
    else:
        kept, broken = found.low >= bound, found.high < bound
    return "pass" if kept else "fail" if broken else "unsure"


def trials_needed(found: Measured, bound: float) -> int | None:
    """About how many trials would leave `bound` outside the interval, if the estimate stays what it is.

    None where no number of trials below `MOST_TRIALS` would. Chances: the score test that Wilson turns round. Means:
    widths shrink with the root of the trials. Quantiles: the ranks are binomial.
    """
    if found.method == PROVEN or found.estimate == bound:
        return None
    if found.method == "Wilson":
        return _for_a_chance(found, bound)
    if found.method == "normal":
        half = (found.high - found.low) / 2
        return _advice(found.trials * (half / (found.estimate - bound)) ** 2)
    return _for_a_quantile(found, bound)


def _for_a_chance(found: Measured, bound: float) -> int | None:
    """The Wilson interval turns the score test round: it holds those bounds b with (p - b)^2 <= Z^2 b (1 - b) / n."""
    return _advice(Z * Z * bound * (1 - bound) / (found.estimate - bound) ** 2)


def _for_a_quantile(found: Measured, bound: float, share: float = 0.95) -> int | None:
    if found.result is None:
        return None
    values = found.result.values
    below = float((values < bound).mean()) if bound > found.estimate else float((values <= bound).mean())
    gap = abs(below - share)
    return _advice(Z * Z * share * (1 - share) / (gap * gap)) if gap else None


def _advice(trials: float) -> int | None:
    """`trials` and a tenth, rounded up to two digits: advice, not a promise."""
    if not trials * 1.1 <= MOST_TRIALS:
        return None
    unit: int = 10 ** max(0, len(str(math.ceil(trials * 1.1))) - 2)
    return math.ceil(trials * 1.1 / unit) * unit
