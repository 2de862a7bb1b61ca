"""What a baseline keeps of one blast radius: few numbers for people, and a fingerprint of every sample."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from simkit.blast_radius import BlastRadius


@dataclass(frozen=True, slots=True)
class Figures:
    """One result in a line: what is lost, how many trials reach each goal, what the worst case reaches.

    `samples` are 16 hexadecimal digits of the SHA-256 over every sample's loss and first moments, so that two results
    with the same means but other samples are told apart.
    """

    value_lost: float
    p95: float
    worst_case: float
    worst_case_goals: tuple[str, ...]
    goals: Mapping[str, int]
    samples: str

    @classmethod
    def of(cls, result: BlastRadius) -> Figures:
        """The figures of `result`."""
        return cls(
            value_lost=result.value_lost().estimate,
            p95=result.quantile(0.95).estimate,
            worst_case=result.worst_case.value,
            worst_case_goals=tuple(sorted(result.worst_case.goals)),
            goals={goal: _count(result, fact) for goal, fact in sorted(result.legend.goals.items())},
            samples=_fingerprint(result),
        )

    def to_dict(self) -> dict[str, Any]:
        """The figures as plain data."""
        return {**asdict(self), "worst_case_goals": list(self.worst_case_goals)}


def _count(result: BlastRadius, fact: int | None) -> int:
    return 0 if fact is None else int(result.held[:, fact].sum())


def _fingerprint(result: BlastRadius) -> str:
    """Byte orders are fixed, so that every machine has the same."""
    seen = hashlib.sha256(result.values.astype("<f8").tobytes())
    for goal, fact in sorted(result.legend.goals.items()):
        seen.update(goal.encode())
        if fact is not None:
            seen.update(result.outcomes.first[:, fact].astype("<i8").tobytes())
    return seen.hexdigest()[:16]
