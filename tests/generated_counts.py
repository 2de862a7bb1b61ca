"""Random words about how much and how many: alternatives of goals, records and how fast they are read."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import strategies as st

from simkit.model import GoalTerm

records = st.sampled_from((None, None, None, 20.0, 1000.0))
"""How many there are in a resource."""


def throughputs(effect: str) -> st.SearchStrategy[float | None]:
    """How many records an operation of `effect` reads a second."""
    return st.sampled_from((None, None, 0.01, 5.0)) if effect == "read" else st.none()


def terms_of(lost: Iterable[tuple[str, str]]) -> tuple[GoalTerm, ...]:
    """A term for each loss."""
    return tuple(GoalTerm(lost=(pair,)) for pair in lost)
