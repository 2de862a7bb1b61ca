"""Which lines of the files that were imported allow the steps of an answer, and where they stand."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from simkit.cli.output import Answer, Result
from simkit.table import Table

if TYPE_CHECKING:
    from simkit.attackgraph import Ground
    from simkit.blast_radius import AttackPaths, Ranking
    from simkit.checks.lines import Lines
    from simkit.scenario import Scenario

ALLOWING = ("entitlements", "trust")
"""The sections whose lines allow a step; what leaks, and who is taken over, is where an attack starts."""
MOST_WAYS = 100
"""Of so many identities that reach a goal the way is looked for."""


@dataclass(frozen=True)
class ImportedPlaces:
    """The places of one scenario in the files that it was imported from."""

    scenario: Scenario
    _known: dict[Ground, tuple[str, ...]] = field(default_factory=dict)

    @property
    def are_there(self) -> bool:
        """True if a part of the scenario was imported."""
        document = self.scenario.document
        return document is not None and any(document.origins.values())

    @cached_property
    def _lines(self) -> Lines:
        from simkit.checks.lines import Lines

        return Lines(self.scenario)

    def of(self, grounds: Iterable[Ground]) -> tuple[str, ...]:
        """The file and line of each statement, rule or list that allows what rests on `grounds`."""
        return tuple(dict.fromkeys(place for each in grounds for place in self._of(each)))

    def _of(self, ground: Ground) -> tuple[str, ...]:
        from simkit.techniques.grounds import kind_of

        if kind_of(ground).section not in ALLOWING:
            return ()
        if ground not in self._known:
            found = self.scenario.origins(self._lines.where(ground))
            self._known[ground] = tuple(f"{_short(file)}:{line}" for file, line, _ in found)
        return self._known[ground]

    def of_paths(self, answer: Result, paths: AttackPaths) -> Answer:
        """`answer` with the steps of `paths` that a line of an imported file allows, each with its place."""
        steps = {step.label: self.of(step.grounds) for path in paths for step in path.steps}
        rows = [(label, " and ".join(places)) for label, places in steps.items() if places]
        table = Table(("step", "is allowed at"), rows, title="Where the files say it")
        return self._with(answer, steps, table if rows else None)

    def of_ranking(self, ranking: Ranking) -> Answer:
        """`ranking` with the ways in it, by the steps that a line of an imported file allows."""
        steps = {label: self.of(grounds) for way in ranking.ways for label, grounds in way.steps}
        return self._with(ranking, steps, self._ways(ranking))

    @staticmethod
    def _with(answer: Result, steps: Mapping[str, tuple[str, ...]], table: Table | None) -> Answer:
        said = {"places": {label: list(places) for label, places in steps.items() if places}} if table else {}
        tables = (*answer.tables(), *([table] if table else []))
        return Answer(answer.summary, tables, {**answer.to_dict(), **said})

    def _ways(self, ranking: Ranking) -> Table | None:
        """A row for each way; who goes the same one stands there together."""
        who: dict[tuple[str, str], list[str]] = {}
        for way in ranking.ways:
            allowed = [(label, self.of(grounds)) for label, grounds in way.steps]
            told = " -> ".join(f"{label} [{' and '.join(places)}]" for label, places in allowed if places)
            if told:
                who.setdefault((way.goal, told), []).append(way.name)
        rows = [(", ".join(names), *said) for said, names in who.items()]
        note = "one of the shortest ways; steps that no line allows, such as the use of a session, are left out"
        there = sum(row.kind == "identity" and bool(row.goals) for row in ranking.rows)
        note += f"; of {there:,} identities that reach a goal those of the worst {MOST_WAYS}" * (there > MOST_WAYS)
        title = "How a goal is reached, and where the files say it"
        return Table(("from", "goal", "by"), rows, title=title, note=note) if rows else None


def _short(file: str) -> str:
    """The path as it is seen from here, where that is shorter."""
    found = os.path.relpath(file)
    return found if len(found) < len(file) else file
