"""Whether a scenario keeps what it promises: judged with the interval, never with the estimate alone."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from time import perf_counter
from typing import Literal

from simkit.blast_radius import BlastRadius
from simkit.measures.bound import HEADS, Bound, Status, advice, trials_needed
from simkit.measures.measure import unit_of
from simkit.measures.measured import Measured, measured
from simkit.scenario import Expectation, Scenario
from simkit.table import format_number, percent

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
    decided_by: str = ""
    """Over draws: which input decides it, and where it turns."""
    known: bool = False
    seconds: float = field(default=0.0, compare=False)

    @property
    def holds(self) -> bool:
        """True if the expectation is shown to hold."""
        return self.status == "pass"

    @property
    def bound(self) -> str:
        """The bound in words."""
        made = self.expectation
        if made.in_draws is not None:
            return f"at least {percent(made.in_draws)} of draws"
        sign = "at most" if made.at_most is not None else "at least"
        return f"{sign} {self.measured.written(self.expectation.bound)}"

    @property
    def sentence(self) -> str:
        """The verdict, the measure and its interval, and what to do if it is unsure."""
        made = self.expectation
        if made.in_draws is not None:
            return self._of_draws
        text = f"{HEADS[self.status]}: {made.name}: {made.measure} is {self.measured} under {self.policy} through "
        text += f"{self.entry_point}, where {self.bound} is expected."
        return text if self.status != "unsure" else f"{text} {self.advice}"

    @property
    def _of_draws(self) -> str:
        found = f"{percent(self.measured.low)}, {percent(self.measured.high)}"
        text = (
            f"{HEADS[self.status]}: {self.expectation.name}: {promise_in_words(self.expectation, self.policy)} through "
        )
        text += f"{self.entry_point} in {percent(self.measured.estimate)} [{found}] of {self.measured.trials:,} draws, "
        text += f"where {self.bound} is expected."
        return f"{text} {self.advice}".rstrip() if self.status != "pass" else text

    @property
    def advice(self) -> str:
        """What to do where too few trials, or what is known, cannot tell."""
        if self.expectation.in_draws is not None:
            return f"{self.decided_by}: measure it first." if self.decided_by else ""
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
            **({"decided_by": self.decided_by} if self.decided_by else {}),
            "sentence": self.sentence,
        }


def judge(scenario: Scenario, replay: Replay, entry_points: Collection[str]) -> Iterator[Verdict]:
    """A verdict for each expectation of `scenario` and each of `entry_points` that it is about."""
    for expectation in scenario.expect.values():
        if expectation.in_draws is not None:
            if expectation.entry_point in ("", *entry_points):
                yield timed(partial(over_draws, scenario, expectation))
            continue
        for entry in (each for each in entry_points if expectation.entry_point in ("", each)):
            yield timed(partial(_replayed, expectation, replay, entry))


def timed(judged: Callable[[], Verdict]) -> Verdict:
    """What `judged` says, with the wall seconds that it took."""
    began = perf_counter()
    return replace(judged(), seconds=perf_counter() - began)


def _replayed(expectation: Expectation, replay: Replay, entry: str) -> Verdict:
    return verdict(expectation, replay(expectation.policy or None, entry))


def over_draws(scenario: Scenario, expectation: Expectation) -> Verdict:
    """What an expectation over draws comes to: judged by the Wilson interval of the share of draws that keep it."""
    from simkit.decisions.drawn_share import drawn_share

    found = drawn_share(scenario, expectation)
    share = found.share
    if not share.trials:  # no draw in which there is a difference: nothing is cheaper
        share = replace(share, estimate=0.0)
    seen = Measured(share.estimate, share.low, share.high, share.trials, share.method, what=expectation.measure)
    status = Bound(">=", expectation.in_draws or 0.0).judge(seen)
    entries = ", ".join(found.entry_points)
    return Verdict(expectation, found.policy, entries, status, seen, None, found.decided_by)


def promise_in_words(made: Expectation, policy: str) -> str:
    """What is promised of each draw."""
    if made.cheaper_than:
        return f"{policy} costs less than {made.cheaper_than}"
    above = f" above {format_number(made.above)}" if made.above is not None else ""
    side, bound = ("most", made.at_most) if made.at_most is not None else ("least", made.at_least)
    return f"{made.measure}{above} is at {side} {unit_of(made.measure).write(bound or 0.0)} under {policy}"


def verdict(expectation: Expectation, result: BlastRadius) -> Verdict:
    """What `expectation` comes to in `result`."""
    found = measured(result, expectation.measure)
    sign: Literal["<=", ">="] = "<=" if expectation.at_most is not None else ">="
    status = Bound(sign, expectation.bound).judge(found)
    needed = trials_needed(found, expectation.bound) if status == "unsure" else None
    provenance = result.provenance
    return Verdict(expectation, provenance.policy, provenance.entry_point, status, found, needed)
