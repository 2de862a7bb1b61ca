"""One attack of a study: two designs, sample by sample."""

from __future__ import annotations

from dataclasses import dataclass

from simkit.blast_radius import Interval, Utility
from simkit.blast_radius.reversal import Reversal
from simkit.decisions.drawn_pair import DrawnPair
from simkit.measures import Unit


@dataclass(frozen=True, slots=True)
class StudyRow:
    """One attack (or all of a scenario's) under the `weak` and the `strong` design, sample by sample.

    `scope_alone` is what the strong scope saves with every other dial as the weak design has it. `still` are the goals
    that some sample reaches under the strong design, the likeliest first, and `path` how one of them is reached.
    `refused` are the identities without a task, for which a design that scopes by task gets no credit. `reversal` is
    there where the strong design is the narrower one and loses more.
    """

    scenario: str
    digest: str
    entry_point: str
    measure: str
    unit: Unit
    weak: Interval
    strong: Interval
    saved: Interval
    scope_alone: Interval
    goals_weak: Interval
    goals_strong: Interval
    pairs: tuple[int, int, int]
    still: tuple[str, ...]
    path: str
    utility_weak: Utility
    utility_strong: Utility
    refused: tuple[str, ...] = ()
    drawn: DrawnPair | None = None
    """The same question over draws of what is not known, where that was asked."""
    reversal: Reversal | None = None

    @property
    def verdict(self) -> str:
        """`helps`, `helps in part` (a goal is still reached), `no difference`, `worse`, or `nothing to lose`."""
        if not self.weak.estimate and not self.strong.estimate:
            return "nothing to lose"
        if 0.0 in self.saved:
            return "no difference"
        if self.saved.high < 0:
            return "worse"
        return "helps in part" if self.still else "helps"

    @property
    def name(self) -> str:
        """The scenario and the entry point."""
        return f"{self.scenario}: {self.entry_point}"

    @property
    def share(self) -> float:
        """The share of the loss that is saved."""
        return self.saved.estimate / self.weak.estimate if self.weak.estimate else 0.0

    def to_dict(self) -> dict[str, object]:
        """The row as plain data."""
        return {
            "scenario": self.scenario,
            "digest": self.digest,
            "entry_point": self.entry_point,
            "measure": self.measure,
            "verdict": self.verdict,
            "weak": self.weak.to_dict(),
            "strong": self.strong.to_dict(),
            "saved": self.saved.to_dict(),
            "scope_alone": self.scope_alone.to_dict(),
            "goals": {"weak": self.goals_weak.to_dict(), "strong": self.goals_strong.to_dict()},
            "pairs_possible": {"weak": self.pairs[0], "strong": self.pairs[1], "of": self.pairs[2]},
            "still_reached": list(self.still),
            "path": self.path,
            "refused": list(self.refused),
            **({"drawn": self.drawn.to_dict()} if self.drawn else {}),
            "narrower_but_more": self.reversal.to_dict() if self.reversal else None,
            "utility": {"weak": self.utility_weak.to_dict(), "strong": self.utility_strong.to_dict()},
        }
