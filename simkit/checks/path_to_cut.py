"""An attack path behind findings, and the step of it to cut."""

from __future__ import annotations

from dataclasses import dataclass

from simkit.blast_radius import AttackPath, PathStep
from simkit.checks.fingerprint import fingerprint_of
from simkit.checks.spot import Spot
from simkit.techniques.grounds import kind_of


@dataclass(frozen=True, slots=True)
class PathToCut:
    """One attack path behind findings (`reasons`, their sentences), and the step of it to cut.

    `spots` are where in the file the ground of each step stands; for the step to cut, where the change is that made it
    possible. `needed_by` are the tasks that need what is cut.
    """

    file: str
    scenario: str
    policy: str
    entry_point: str
    path: AttackPath
    cut: int
    spots: tuple[Spot, ...]
    reasons: tuple[str, ...]
    sure: bool = True
    needed_by: tuple[str, ...] = ()

    @property
    def step(self) -> PathStep:
        """The step to cut."""
        return self.path.steps[self.cut]

    @property
    def fingerprint(self) -> str:
        """What stays the same while the path does: lines, chances and other paths do not matter."""
        parts = (self.scenario, self.policy, self.entry_point, self.path.goal, *(step.key for step in self.path.steps))
        return fingerprint_of(parts)

    @property
    def what(self) -> str:
        """The entitlement, credential or trust edge to take away."""
        return kind_of(self.step.ground).named(self.step.ground)

    @property
    def price(self) -> str:
        """What the cut costs the work, in words; empty if no task needs what is cut."""
        if not self.needed_by:
            return ""
        more = f" and {len(self.needed_by) - 1} more" if len(self.needed_by) > 1 else ""
        return f"needed by task {self.needed_by[0]}{more}: narrow it, or ask a person, rather than take it away"

    def to_dict(self) -> dict[str, object]:
        """The path as plain data."""
        return {
            **self.path.to_dict(),
            "policy": self.policy,
            "entry_point": self.entry_point,
            "cut": {"what": self.what, "label": self.step.label, **_at(self.spots[self.cut])},
            "needed_by": list(self.needed_by),
            "reasons": list(self.reasons),
            "fingerprint": self.fingerprint,
        }


def _at(spot: Spot) -> dict[str, object]:
    found: dict[str, object] = {"line": spot.line, "column": spot.column}
    return {**found, "file": spot.file} if spot.file else found
