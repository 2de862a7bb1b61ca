"""What a sweep found: a tally for each scenario, policy and entry point."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from simkit.blast_radius import Provenance
from simkit.errors import QuestionError, nearest
from simkit.sweeps.tally import Tally
from simkit.table import Table, duration, format_number, percent


@dataclass(frozen=True, slots=True, order=True)
class Cell:
    """One scenario under one policy, attacked through one entry point."""

    scenario: str
    policy: str
    entry_point: str

    def __str__(self) -> str:
        return f"{self.scenario}, {self.policy}, {self.entry_point}"


@dataclass(frozen=True)
class SweepResult:
    """The tally and the provenance of each cell."""

    tallies: Mapping[Cell, Tally]
    provenances: Mapping[Cell, Provenance]

    def __repr__(self) -> str:
        return f"SweepResult({len(self.tallies)} cells, {self.trials:,} trials in all)"

    def __getitem__(self, cell: tuple[str, str, str] | Cell) -> Tally:
        wanted = cell if isinstance(cell, Cell) else Cell(*cell)
        if wanted not in self.tallies:
            raise QuestionError(f"({wanted}) is not in this sweep: {nearest(str(wanted), map(str, self.tallies))}")
        return self.tallies[wanted]

    @property
    def trials(self) -> int:
        """The samples of all cells."""
        return sum(tally.trials for tally in self.tallies.values())

    @cached_property
    def digest(self) -> str:
        """A hash of everything that was found: the same on any number of threads, processes or machines."""
        return hashlib.sha256(json.dumps(self.to_dict(), sort_keys=True).encode()).hexdigest()

    @property
    def summary(self) -> str:
        """The worst cell in a sentence."""
        worst = max(self.tallies, key=lambda cell: (self.tallies[cell].mean().estimate, str(cell)))
        mean = self.tallies[worst].mean()
        return (
            f"{len(self.tallies)} cells, {self.trials:,} trials: the most is lost in ({worst}), "
            f"{format_number(mean.estimate)} on average [{format_number(mean.low)}, {format_number(mean.high)}]."
        )

    def table(self) -> Table:
        """A row for each cell."""
        rows = [self._row(cell, tally) for cell, tally in self.tallies.items()]
        columns = ("scenario", "policy", "entry point", "value lost", "low", "high", "p95", "goals", "first loss")
        return Table(columns, rows, title="sweep", note="95 % intervals; p95 and times to 1 part in 128")

    def _row(self, cell: Cell, tally: Tally) -> tuple[str | float | None, ...]:
        mean = tally.mean()
        goals = sum(tally.chance(goal).estimate for goal in tally.goals) / max(len(tally.goals), 1)
        first = duration(tally.time_to_first_loss()) if tally.first_losses else None
        head = (cell.scenario, cell.policy, cell.entry_point)
        return (*head, mean.estimate, mean.low, mean.high, tally.quantile(0.95), percent(goals), first)

    def tables(self) -> list[Table]:
        """All tables of this result."""
        return [self.table()]

    def to_dict(self) -> dict[str, Any]:
        """The result as plain data."""
        return {
            "cells": [
                {"provenance": self.provenances[cell].to_dict(), "tally": tally.to_dict()}
                for cell, tally in self.tallies.items()
            ]
        }

    def _repr_html_(self) -> str:
        return self.table().html()
