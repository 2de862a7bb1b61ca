"""A bound on a measure, judged with the whole interval, and how many trials would tell where these cannot."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from simkit.blast_radius.intervals import Interval, Z
from simkit.measures.measured import PROVEN, Measured

MOST_TRIALS = 10**9
"""More trials than this are no advice."""

Sign = Literal["<=", "<", ">=", ">"]
Status = Literal["pass", "fail", "unsure"]
HEADS: dict[Status, str] = {"pass": "passed", "fail": "FAILED", "unsure": "CANNOT TELL"}
"""How a sentence about each status begins."""


@dataclass(frozen=True, slots=True)
class Bound:
    """What must hold of a measure: it is `sign` `number`."""

    sign: Sign
    number: float

    def judge(self, found: Interval) -> Status:
        """`pass` if the whole interval keeps the bound, `fail` if the whole of it breaks it, else `unsure`.

        >>> few = Interval(0.04, 0.02, 0.07, 100, "Wilson")
        >>> [Bound("<=", number).judge(few) for number in (0.07, 0.01, 0.05)]
        ['pass', 'fail', 'unsure']
        """
        low, high, number = found.low, found.high, self.number
        kept, broken = {
            "<=": (high <= number, low > number),
            "<": (high < number, low >= number),
            ">=": (low >= number, high < number),
            ">": (low > number, high <= number),
        }[self.sign]
        return "pass" if kept else "fail" if broken else "unsure"


def advice(found: Measured, needed: int | None) -> str:
    """What to do where the trials of `found` cannot tell, and about `needed` would (None: no number is sure to)."""
    if needed is None:
        return (
            f"After {found.trials:,} trials the estimate is so near to the bound that no number of trials is sure to "
            "tell: try ten times as many, or move the bound."
        )
    return f"{found.trials:,} trials are too few: about {needed:,} would tell."


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
        return _rounded(found.trials * (half / (found.estimate - bound)) ** 2)
    return _for_a_quantile(found, bound)


def _for_a_chance(found: Measured, bound: float) -> int | None:
    """The Wilson interval turns the score test round: it holds those bounds b with (p - b)^2 <= Z^2 b (1 - b) / n."""
    return _rounded(Z * Z * bound * (1 - bound) / (found.estimate - bound) ** 2)


def _for_a_quantile(found: Measured, bound: float, share: float = 0.95) -> int | None:
    if found.result is None:
        return None
    values = found.measure.of_samples(found.result)
    below = float((values < bound).mean()) if bound > found.estimate else float((values <= bound).mean())
    gap = abs(below - share)
    return _rounded(Z * Z * share * (1 - share) / (gap * gap)) if gap else None


def _rounded(trials: float) -> int | None:
    """`trials` and a tenth, rounded up to two digits: advice, not a promise."""
    if not trials * 1.1 <= MOST_TRIALS:
        return None
    unit: int = 10 ** max(0, len(str(math.ceil(trials * 1.1))) - 2)
    return math.ceil(trials * 1.1 / unit) * unit
