"""One graph replayed in draw after draw: its columns are written over, and all else stays laid out as it is.

To make a graph of a draw, to lay it out and to make room for its samples takes longer than 64 of them do. What is
laid out depends on which chances are zero, on who may raise an alert, and on whether anybody waits: where these are as
in the graph, only columns differ. The samples are those of a graph of its own, bit for bit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.typing import NDArray

from simkit.attackgraph import AttackGraph
from simkit.attackgraph.graph import EXTENSIONS
from simkit.attackgraph.quick_tables import write_laws
from simkit.distributions import Distribution
from simkit.engines.event_loop import replay_samples
from simkit.engines.links import Links, links_of
from simkit.engines.outcomes import NEVER
from simkit.engines.parameters import Parameters, parameters_of
from simkit.engines.queue import LOST
from simkit.engines.replay import EVENTS
from simkit.engines.state import Rows, Start, State, state_of
from simkit.fate import CERTAIN

Words = NDArray[np.uint64]
Ints = NDArray[np.int64]
Write = Mapping[str, tuple[Ints, Words]]
"""By the name of a column the places that are written over, and what is written there."""


@dataclass(frozen=True, eq=False, slots=True)
class InPlace:
    """A graph laid out, with columns of its own; `columns` are those in the order of the graph."""

    graph: AttackGraph
    links: Links
    given: Parameters
    columns: Mapping[str, Words]
    states: dict[tuple[int, bool], State] = field(default_factory=dict)
    """The arrays of the samples, by the room for events of each step, and whether they are foreseen."""

    @classmethod
    def of(cls, graph: AttackGraph) -> InPlace:
        """`graph`, ready to be written over: it is left as it is itself."""
        links = links_of(graph)
        links = links._replace(success=links.success.copy())
        given, who = parameters_of(graph, links), graph.responders
        columns = {"success": graph.success.copy(), "alert": graph.alert.copy(),
                   "forgotten": who.forgotten.copy(), "overlooked": who.overlooked.copy()}  # fmt: skip
        given = given._replace(
            alert=given.alert.copy(),
            constant=given.constant.copy(),
            certain=given.certain.copy(),
            tables=graph.tables.copy(),
            fixed=graph.fixed.copy(),
            responders=given.responders._replace(forgotten=columns["forgotten"], overlooked=columns["overlooked"]),
        )
        return cls(graph, links, given, columns)

    def write(self, written: Write, laws: Mapping[int, Distribution]) -> bool:
        """Writes the columns and the laws of a draw over those of the one before. False where that draw would be laid
        out in another way: then nothing of it may be replayed here."""
        if not (self._is_alike("success", written) and self._is_alike("alert", written)):
            return False
        for name, (places, numbers) in written.items():
            self.columns[name][places] = numbers
        write_laws(laws, self.given.tables, self.given.fixed)
        if laws and not self._waits_as_before():
            return False
        self._spread(written, bool(laws))
        return True

    def _is_alike(self, name: str, written: Write) -> bool:
        """True if no chance is zero that was not, and none that was."""
        if name not in written:
            return True
        places, numbers = written[name]
        return np.array_equal(numbers > 0, getattr(self.graph, name)[places] > 0)

    def _waits_as_before(self) -> bool:
        rows = self.graph.approval
        return np.array_equal(self.given.fixed[rows] != 0, self.graph.fixed[rows] != 0)

    def _spread(self, written: Write, timed: bool) -> None:
        """What follows from the columns, in the order of the links."""
        links, given, number = self.links, self.given, self.links.number
        if "success" in written:
            links.success[:] = self.columns["success"][number]
            given.certain[:] = links.success >= np.uint64(CERTAIN)
        if "alert" in written:
            given.alert[:] = self.columns["alert"][number] * np.uint64(len(self.graph.responders.action) > 0)
        if timed:
            fixed = given.fixed[given.timings]
            given.constant[:] = np.where((fixed >= 0).all(axis=1), fixed.sum(axis=1), -1)

    def replay(
        self, entry: str, *, seed: int, offset: int, trials: int, facts: Sequence[int], only_whether: bool = False
    ) -> tuple[Ints, Ints]:
        """When each of `facts` was first reached, and when the attack was contained, in the samples from `offset` on:
        as `simkit.engines.replay` has them; also where `only_whether` they are reached is asked."""
        entered = self.graph.entry(entry)
        roots = entered.root_ptr.astype(np.int32), self.links.place[entered.root_idx]
        start = Start(np.uint64(entered.hash), entered.upper, *roots)
        column = np.full(self.links.facts, -1, dtype=np.int32)
        column[np.asarray(facts, dtype=np.int64)] = np.arange(len(facts))
        rows = Rows(
            first=np.full((trials, len(facts)), NEVER, dtype=np.int64),
            by=np.full((trials, len(facts)), NEVER, dtype=np.int32),
            contained=np.full(trials, NEVER, dtype=np.int64),
            variant=np.full(trials, NEVER, dtype=np.int32),
            column=column,
            kept=np.asarray(facts, dtype=np.int32),
        )
        run = partial(replay_samples, self.links, self.given)
        self._run(lambda state: run(state, start, rows, offset), rows, seed, only_whether)
        return rows.first, rows.contained

    def _run(self, run: Callable[[State], None], rows: Rows, seed: int, foreseen: bool) -> None:
        """Calls `run` with arrays that have room enough for all events."""
        room = EVENTS
        while True:
            state = self._state(seed, room, foreseen)
            run(state)
            if not state.queue.places[LOST]:
                return
            del self.states[room, foreseen]  # events lie in it that nobody takes any more
            room *= 2
            rows.first[:], rows.by[:] = NEVER, NEVER

    def _state(self, seed: int, room: int, foreseen: bool) -> State:
        """Arrays in which nothing is left of another draw."""
        if (room, foreseen) not in self.states:
            made = state_of(self.links, self.given, seed, EXTENSIONS, room, foreseen=foreseen)
            self.states[room, foreseen] = made
        state = self.states[room, foreseen]._replace(seed=np.uint64(seed))
        state.steps[:] = self.given.steps
        state.works[:] = np.where(self.given.certain, np.uint64(0xFFFFFFFFFFFFFFFF), np.uint64(0))
        state.asked[:] = self.given.certain
        return state
