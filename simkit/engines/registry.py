"""The engines that answer what can ever be reached, by name: a row is a module with the two functions of `ReachEngine`.

All rows give the same bits as `simkit.engines.reference`; they differ in what they run on, and in speed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray

from simkit.attackgraph.graph import AttackGraph
from simkit.errors import QuestionError

CPU = "cpu"
REACH_ENGINES: Mapping[str, str] = {
    CPU: "simkit.engines.reach",
    "cuda": "simkit.engines.cuda",
}
"""Where each engine is; it is imported when it is first asked for."""


class ReachEngine(Protocol):
    """What an engine of the table answers. Rows are slots, columns the `facts` to keep (None: all)."""

    def worst_cases(
        self,
        graph: AttackGraph,
        starts: Sequence[Sequence[int]],
        *,
        without: Sequence[Sequence[int]] | None = None,
        facts: Sequence[int] | None = None,
        threads: int | None = None,
    ) -> NDArray[np.bool_]:
        """What follows from each of `starts` (first steps) if every step that can succeed does, but those of
        `without`."""

    def reach(
        self,
        graph: AttackGraph,
        entry: str,
        *,
        seed: int,
        trials: int,
        facts: Sequence[int] | None = None,
        threads: int | None = None,
    ) -> NDArray[np.bool_]:
        """What each of `trials` samples ever reaches: fates count; time, lifetimes and alerts do not."""


def reach_engine(name: str) -> ReachEngine:
    """The engine called `name`. Raises QuestionError for an unknown one."""
    if name not in REACH_ENGINES:
        raise QuestionError(f"no engine is called {name!r}: known: {', '.join(REACH_ENGINES)}")
    return cast("ReachEngine", import_module(REACH_ENGINES[name]))
