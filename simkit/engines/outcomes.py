"""What a replay found, as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NEVER = -1
"""In `first` and `contained`: it did not happen before the horizon. In `by`: no step."""


@dataclass(frozen=True, slots=True, eq=False)
class Outcomes:
    """N samples of a graph with F facts.

    `first` (N, F) is when each fact first held, in ms; of one whose time adds up (`TIMED`), how long it did in all.
    `by` (N, F) is the step that concluded it then; `contained` (N) the moment of containment; `variant` (N) how the
    entry turned out; `seed` and `offset` say which samples these are.
    `kept` says which facts the columns are, where the caller did not keep all of them.
    """

    first: NDArray[np.int64]
    by: NDArray[np.int32]
    contained: NDArray[np.int64]
    variant: NDArray[np.int32]
    seed: int
    offset: int = 0
    kept: tuple[int, ...] | None = None

    def __len__(self) -> int:
        return len(self.contained)

    def times(self, facts: Sequence[int]) -> NDArray[np.int64]:
        """(N, len(facts)) When each of `facts` first held, in ms."""
        if self.kept is None:
            return self.first[:, list(facts)]
        column = {fact: number for number, fact in enumerate(self.kept)}
        return self.first[:, [column[fact] for fact in facts]]

    @staticmethod
    def joined(blocks: Sequence[Outcomes]) -> Outcomes:
        """Consecutive blocks of one run as one."""
        return Outcomes(
            first=np.concatenate([block.first for block in blocks]),
            by=np.concatenate([block.by for block in blocks]),
            contained=np.concatenate([block.contained for block in blocks]),
            variant=np.concatenate([block.variant for block in blocks]),
            seed=blocks[0].seed,
            offset=blocks[0].offset,
            kept=blocks[0].kept,
        )
