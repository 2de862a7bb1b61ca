"""Which goals the worst case reaches from which entry points."""

from __future__ import annotations

from dataclasses import dataclass

from simkit.blast_radius.provenance import Provenance
from simkit.table import Table, percent


@dataclass(frozen=True, slots=True)
class PairMatrix:
    """All (entry point, goal) pairs, and those that succeed in the worst case.

    `unstoppable` are goals that need no entitlement at all: no grant policy stops an attack that only needs words.
    """

    entries: tuple[str, ...]
    goals: tuple[str, ...]
    reached: frozenset[tuple[str, str]]
    unstoppable: tuple[str, ...]
    provenance: Provenance

    def __repr__(self) -> str:
        return f"PairMatrix({len(self.reached)} of {self.total} pairs succeed under {self.provenance.policy})"

    @property
    def total(self) -> int:
        """The number of pairs."""
        return len(self.entries) * len(self.goals)

    @property
    def share(self) -> float:
        """The share of pairs that succeed."""
        return len(self.reached) / self.total if self.total else 0.0

    @property
    def counted(self) -> str:
        """What is counted as a goal within reach, in words."""
        goals = f"{len(self.goals)} goals" if len(self.goals) > 1 else "1 goal"
        ways = f"{len(self.entries)} entry points" if len(self.entries) > 1 else "1 entry point"
        return f"goals within reach: of {goals} through each of {ways}, those that the worst case reaches"

    @property
    def without_entitlement(self) -> int:
        """How many of the pairs that succeed need no entitlement."""
        return sum(goal in self.unstoppable for _, goal in self.reached)

    @property
    def warning(self) -> str:
        """What no grant policy stops, in a sentence."""
        names, count = ", ".join(self.unstoppable), self.without_entitlement
        goals = "1 goal within reach needs" if count == 1 else f"{count} goals within reach need"
        return f"{goals} no entitlement ({names}): no grant policy stops that."

    @property
    def summary(self) -> str:
        """The matrix in a sentence or two."""
        text = f"Under {self.provenance.policy}, {len(self.reached)} of {self.total} goals are within reach in the "
        text += f"worst case ({percent(self.share)}), each counted for each entry point."
        return f"{text} {self.warning}" if self.without_entitlement else text

    def table(self) -> Table:
        """A row for each goal: from how many entry points it is reached."""
        rows = []
        for goal in self.goals:
            count = sum((entry, goal) in self.reached for entry in self.entries)
            rows.append((goal, f"{count} of {len(self.entries)}", "no entitlement" if goal in self.unstoppable else ""))
        return Table(("goal", "entry points", "needs"), rows, title=str(self.provenance))

    def tables(self) -> list[Table]:
        """All tables of this result."""
        return [self.table()]

    def to_dict(self) -> dict[str, object]:
        """The matrix as plain data."""
        return {
            "provenance": self.provenance.to_dict(),
            "entry_points": list(self.entries),
            "goals": list(self.goals),
            "reached": sorted([list(pair) for pair in self.reached]),
            "unstoppable": list(self.unstoppable),
            "share": self.share,
        }

    def _repr_html_(self) -> str:
        return self.table().html()
