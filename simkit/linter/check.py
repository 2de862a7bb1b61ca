"""A row of the table of checks, and what its function finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from simkit.linter.inspected import Inspected

Where = tuple[str | int, ...]
"""Keys and indices from the root of the file."""


@dataclass(frozen=True, slots=True)
class Slip:
    """What a check found: where, and in one sentence what is so and what mends it.

    `policies` and `entry_points` are those whose answers it touches; None stands for all.
    """

    where: Where
    says: str
    policies: frozenset[str] | None = None
    entry_points: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """One question that the linter asks of a scenario.

    `code` is its stable name, `asks` what it looks for, `why` what goes wrong where nobody answers. `answers` is False
    for what no number depends on.
    """

    code: str
    asks: str
    why: str
    finds: Callable[[Inspected], Iterator[Slip]]
    answers: bool = True
