"""The engines by name: a row is a module, with the functions of `ReachEngine` (what can ever be reached) or of
`ReplayEngine` (what is reached, and when).

All rows give the same bits as `simkit.engines.reference`; they differ in what they run on, and in speed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from simkit.attackgraph.graph import EXTENSIONS, AttackGraph
from simkit.engines.outcomes import Outcomes
from simkit.errors import QuestionError

CPU = "cpu"
REACH_ENGINES: Mapping[str, str] = {
    CPU: "simkit.engines.reach",
    "cuda": "simkit.engines.cuda",
    "reference": "simkit.engines.by_reference",
}
"""Where each engine is; it is imported when it is first asked for."""
REPLAY_ENGINES: Mapping[str, str] = {
    CPU: "simkit.engines.replay",
    "reference": "simkit.engines.by_reference",
}
"""The same for replay. No row is for a GPU: each sample keeps a queue and a state of its own, some 100 bytes for each
step of the graph, and takes its events one after the other, so that neighbouring threads of a GPU would neither run the
same instruction nor read the same line of memory."""


class ReachEngine(Protocol):
    """What an engine for reach answers. Rows are samples or starts, columns the `facts` to keep (None: all)."""

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


class ReplayEngine(Protocol):
    """What an engine for replay answers."""

    def replay(
        self,
        graph: AttackGraph,
        entry: str,
        *,
        seed: int,
        trials: int,
        offset: int = 0,
        threads: int | None = None,
        extensions: int = EXTENSIONS,
        facts: Sequence[int] | None = None,
        only_whether: bool = False,
    ) -> Outcomes:
        """What samples `offset` to `offset + trials` reach before the horizon, and when; `facts` are the columns to
        keep (None: all). Where `only_whether` they are reached is asked, a sample may end with the last of them."""


def reach_engine(name: str) -> ReachEngine:
    """The engine for reach called `name`. Raises QuestionError for an unknown one."""
    return cast("ReachEngine", _engine(name, REACH_ENGINES))


def replay_engine(name: str) -> ReplayEngine:
    """The engine for replay called `name`. Raises QuestionError for an unknown one."""
    return cast("ReplayEngine", _engine(name, REPLAY_ENGINES))


def _engine(name: str, table: Mapping[str, str]) -> Any:
    if name not in table:
        raise QuestionError(f"no engine is called {name!r}: known: {', '.join(table)}")
    return import_module(table[name])
