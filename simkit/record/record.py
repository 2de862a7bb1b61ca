"""The event log of one sample, and the state that it tells."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from simkit.attackgraph import AttackGraph, Fact
from simkit.engines.reference import Fates, Trace
from simkit.files import write
from simkit.record.header import Header, clock, epoch
from simkit.record.ocsf import Line
from simkit.record.views import Views
from simkit.record.watch import Watched
from simkit.record.writer import Writer, numbered
from simkit.table import Table

State = dict[Fact, tuple[int, int | None]]
"""The facts that hold: since when and, as things stand, until when (ms since the start; None: to the horizon)."""

MOST_LINES = 40
"""Lines of a log that a notebook shows."""


@dataclass(frozen=True, eq=False)
class Record:
    """One sample, event by event. `lines` are OCSF events as plain data, the header first."""

    header: Header
    lines: tuple[Line, ...]

    def __repr__(self) -> str:
        return f"Record({len(self.lines):,} lines: {self.header})"

    def table(self, most: int = MOST_LINES) -> Table:
        """The first `most` lines after the header: when, what happened, and how it came out."""
        rows = [
            (clock(line["time"] - self.header.epoch), line["message"], line.get("status"), line.get("status_detail"))
            for line in self.lines[1 : most + 1]
        ]
        left = len(self.lines) - 1 - len(rows)
        note = f"{left:,} lines more" if left else ""
        return Table(("at", "what", "outcome", "why"), rows, str(self.header), note)

    def _repr_html_(self) -> str:
        return self.table().html()

    def text(self) -> str:
        """The log as JSON lines, keys sorted, in ASCII whatever the names are: the same bytes for the same replay."""
        return "".join(json.dumps(line, sort_keys=True) + "\n" for line in self.lines)

    def write(self, path: str | os.PathLike[str]) -> None:
        """Write the log to `path`, whole or not at all. Raises InputError where it cannot be written."""
        write(path, self.text())

    def until(self, at: int) -> tuple[Line, ...]:
        """The lines of what happened up to and at `at` (ms since the start), without the header."""
        last = self.header.epoch + at
        return tuple(line for line in self.lines[1:] if line["time"] <= last)

    def state(self, at: int) -> State:
        """What holds at `at` (ms since the start), after all that happens then."""
        return state_after(self.until(at))


def state_after(lines: Iterable[Line]) -> State:
    """The state after `lines`, from nothing."""
    state: State = {}
    for line in lines:
        for told in line["unmapped"]["facts"]:
            fact = Fact(*told["fact"])
            if told.get("ended"):
                state.pop(fact, None)
            else:
                state[fact] = (told["since"], told["until"])
    return state


def recorded(
    graph: AttackGraph,
    entry_point: str,
    views: Views,
    *,
    seed: int,
    trial: int,
    start: str,
    about: Mapping[str, str],
) -> Record:
    """The record of sample `trial`. `about` gives the scenario, digest, policy and version for the header.

    Raises QuestionError for an unknown entry point or a start that is no date.
    """
    fates = Fates(graph, seed, trial)
    writer = Writer(graph, fates, views, epoch(start))
    entry = graph.entry(entry_point)
    trace = Watched(graph, fates, writer.hear).run(entry)
    header = Header(
        entry_point=entry_point,
        variant=_variant(trace, entry.names),
        seed=seed,
        trial=trial,
        start=start,
        horizon=graph.horizon,
        contained=trace.contained,
        identities={name: views.kind(name) for name in views.model.identities} if views.model else {},
        **about,
    )
    lines = [header.line(len(writer.lines) + 1), *writer.lines]
    return Record(header, tuple(numbered(lines, header.version)))


def _variant(trace: Trace, names: tuple[str, ...]) -> str:
    return names[trace.variant] if trace.variant >= 0 else ""
