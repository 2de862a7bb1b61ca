"""A result with what a year of it costs beside it, and how much of what it rests on is not known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simkit.cli.output import Result
from simkit.table import Table

if TYPE_CHECKING:
    from simkit.annual_loss import AnnualLosses
    from simkit.blast_radius import BlastRadius
    from simkit.cli.terminal import Terminal
    from simkit.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Beside:
    """A result, and the annual losses behind it."""

    result: Result
    annual: AnnualLosses
    provenance: object

    @property
    def summary(self) -> str:
        """The summary of the result."""
        return self.result.summary

    def tables(self) -> Sequence[Table]:
        """The first table, the annual losses, and the others."""
        first, *rest = self.result.tables()
        return [first, self.annual.table(), *rest]

    def to_dict(self) -> Mapping[str, Any]:
        """The result, with its annual losses by policy."""
        return {**self.result.to_dict(), "annual_loss": self.annual.to_dict()}


def with_annual_loss(result: Result, radii: Sequence[BlastRadius], scenario: Scenario) -> Result:
    """`result` with the annual loss of each of `radii`; itself where the scenario says no currency or frequency."""
    if scenario.unit is None or scenario.entry_points[radii[0].provenance.entry_point].per_year is None:
        return result
    from simkit.annual_loss import AnnualLoss, AnnualLosses

    found = AnnualLosses(tuple(made for each in radii if (made := AnnualLoss.of(scenario, each))))
    return Beside(result, found, getattr(result, "provenance", None))


def say_what_is_not_known(terminal: Terminal, scenario: Scenario) -> None:
    """A note on how many inputs of the file are not known, where it says so of any."""
    count = len(list(scenario.unknowns.inputs()))
    if count:
        known = f"{count} inputs are not known, and stand at their best guess"
        if count == 1:
            known = "1 input is not known, and stands at its best guess"
        terminal.note(f"note: {known}: `simkit sensitivity` says what that decides")
