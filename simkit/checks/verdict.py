"""Whether a scenario keeps what it promises: judged with the interval, never with the estimate alone."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import Literal

from simkit.blast_radius import BlastRadius
from simkit.measures.bound import HEADS, Bound, Status, advice, trials_needed
from simkit.measures.measured import Measured, measured
from simkit.scenario import Expectation, Scenario

Replay = Callable[[str | None, str], BlastRadius]
"""The blast radius under a policy (None: the one in force) through an entry point."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one expectation came to through one entry point.

    `status` is `pass` (the whole interval keeps the bound), `fail` (the whole interval breaks it) or `unsure` (the
    interval holds the bound); then `needed` is about how many trials would tell, None if no number of them would.
    `known` if it held no better before the change that is checked; `seconds` is how long it took to judge.
    """

    expectation: Expectation
    policy: str
    entry_point: str
    status: Status
    measured: Measured
    needed: int | None = None
    known: bool = False
    seconds: float = field(default=0.0, compare=False)

    @property
    def holds(self) -> bool:
        """True if the expectation is shown to hold."""
        return self.status == "pass"

    @property
    def bound(self) -> str:
        """The bound in words."""
        sign = "at most" if self.expectation.at_most is not None else "at least"
        return f"{sign} {self.measured.written(self.expectation.bound)}"

    @property
    def sentence(self) -> str:
        """The verdict, the measure and its interval, and what to do if it is unsure."""
        made = self.expectation
        text = f"{HEADS[self.status]}: {made.name}: {made.measure} is {self.measured} under {self.policy} through "
        text += f"{self.entry_point}, where {self.bound} is expected."
        return text if self.status != "unsure" else f"{text} {self.advice}"

    @property
    def advice(self) -> str:
        """What to do where too few trials cannot tell."""
        return advice(self.measured, self.needed)

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
            "known": self.known,
            "sentence": self.sentence,
        }


def judge(scenario: Scenario, replay: Replay, entry_points: Collection[str]) -> Iterator[Verdict]:
    """A verdict for each expectation of `scenario` and each of `entry_points` that it is about."""
    for expectation in scenario.expect.values():
        for entry in (each for each in entry_points if expectation.entry_point in ("", each)):
            began = perf_counter()
            found = verdict(expectation, replay(expectation.policy or None, entry))
            yield replace(found, seconds=perf_counter() - began)


def verdict(expectation: Expectation, result: BlastRadius) -> Verdict:
    """What `expectation` comes to in `result`."""
    found = measured(result, expectation.measure)
    sign: Literal["<=", ">="] = "<=" if expectation.at_most is not None else ">="
    status = Bound(sign, expectation.bound).judge(found)
    needed = trials_needed(found, expectation.bound) if status == "unsure" else None
    provenance = result.provenance
    return Verdict(expectation, provenance.policy, provenance.entry_point, status, found, needed)
