"""How much was observed, and what can be concluded from never having seen something."""

from __future__ import annotations

from dataclasses import dataclass

from simkit.table import duration, percent

RARE = 0.05
"""The chance of a use in one run below which "never seen" counts as enough evidence (our choice): 59 runs."""


LONG = 90 * 86400.0
"""Seconds of all that an identity did after which what it never did is enough evidence: unused for 90 days is what IAM
Access Analyzer reports unless told otherwise (AWS, "unused access findings")."""


def most_likely_missed(runs: int) -> float:
    """The upper 95 % bound of the chance that a run uses what none of `runs` runs used; 1 without any run.

    Exactly 1 - 0.05 ** (1 / runs), of which the rule of three, 3 / runs, is the short form (Hanley and Lippman-Hand,
    If nothing goes wrong, is everything all right?, JAMA 249, 1983).

    >>> round(most_likely_missed(100), 4)
    0.0295
    """
    return 1.0 if runs == 0 else 1.0 - 0.05 ** (1 / runs)


@dataclass(frozen=True, slots=True)
class Window:
    """What was observed: how many `runs` (of which `good` did their job), of which of the declared `tasks`.

    `recorded` is how long from the first call to the last (seconds), None where some run does not say when it was;
    `lasting` how long the declared rates take to make as many runs. `summed`: all that was done in so many seconds is
    among them (last-accessed data); 0 where it is not.
    """

    runs: int
    good: int
    tasks: tuple[str, ...]
    unseen: tuple[str, ...]
    lasting: float
    recorded: float | None = None
    summed: float = 0.0

    @property
    def says(self) -> bool:
        """True if something says what is needed: a declared task, or all that was done in a time."""
        return bool(self.tasks or self.summed)

    @property
    def bound(self) -> float:
        """The upper 95 % bound of the chance that a run uses what no run used."""
        if self.summed:
            return 0.0
        return most_likely_missed(self.runs)

    @property
    def confidence(self) -> str:
        """`none` without runs or tasks, `too little` evidence, or `enough` to call what no run used rare."""
        if self.summed:
            return "enough" if self.summed >= LONG and not self.unseen else "too little"
        if not self.runs or not self.tasks:
            return "none"
        return "enough" if self.bound <= RARE and not self.unseen else "too little"

    @property
    def why(self) -> str:
        """What the confidence rests on, in words."""
        if self.summed:
            return f"all that was done in {duration(self.summed)}, as far as it is recorded"
        if not self.tasks:
            return "no declared task: what it needs is not known"
        if not self.runs:
            return "no run was observed: the declared tasks are all there is to go by"
        text = f"{self.runs} runs in {len(self.tasks) - len(self.unseen)} of {len(self.tasks)} tasks: "
        text += f"what none of them used, fewer than {percent(self.bound)} of runs use (95 % bound)"
        return f"{text}; tasks never seen: {len(self.unseen)}" if self.unseen else text

    def to_dict(self) -> dict[str, object]:
        """The window as plain data."""
        return {
            "runs": self.runs,
            "good": self.good,
            "tasks": len(self.tasks),
            "unseen": list(self.unseen),
            "lasting": self.lasting,
            "recorded": self.recorded,
            "summed": self.summed,
            "bound": self.bound,
            "confidence": self.confidence,
        }
