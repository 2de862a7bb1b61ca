"""Random words about how much and how many: alternatives of goals."""

from __future__ import annotations

from collections.abc import Iterable

from simkit.model import GoalTerm


def terms_of(lost: Iterable[tuple[str, str]]) -> tuple[GoalTerm, ...]:
    """A term for each loss."""
    return tuple(GoalTerm(lost=(pair,)) for pair in lost)
