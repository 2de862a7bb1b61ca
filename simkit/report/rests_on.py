"""What a report rests on that nobody measured: every input in force, and which of them could turn the answer."""

from __future__ import annotations

from collections.abc import Sequence

from simkit.annual_loss import AnnualLoss, AnnualLosses
from simkit.blast_radius import BlastRadius
from simkit.decisions import Sensitivity, sensitivity
from simkit.decisions.words import number_text, range_text
from simkit.scenario import Scenario
from simkit.scenario.numbers_at import not_known
from simkit.table import Table

DRAWS = 128
"""Enough to say what could turn an answer; `simkit sensitivity` takes more."""


def asked_again(scenario: Scenario, in_force: str, best: str, entry_point: str) -> Sensitivity | None:
    """Whether `best` beats the policy in force whatever the inputs are; None where the file says of none that it is not
    known, and where they are one."""
    if not scenario.unknowns or in_force == best:
        return None
    counted = scenario.unit is not None and scenario.entry_points[entry_point].per_year is None
    if counted and any(each.per_year is not None for each in scenario.entry_points.values()):
        return sensitivity(scenario, [in_force, best], against=in_force, draws=DRAWS)
    return sensitivity(scenario, [in_force, best], entry_point=entry_point, against=in_force, draws=DRAWS)


def inputs_table(scenario: Scenario, sure: Sensitivity | None) -> Table:
    """Every input in force that is not known: its value, range and source, and whether it could turn the answer."""
    turning = {each.input.name for made in (sure.preferences if sure else ()) for each in made.deciders if each.bears}
    rows = [
        (
            each.name,
            number_text(each, each.range.best),
            range_text(each),
            each.range.evidence,
            "default" if each.range.standard else "file",
            *(("yes" if each.name in turning else "no",) if sure else ()),
        )
        for each in not_known(scenario)
    ]
    columns = ("input", "value in force", "range", "source", "set by", *(("could turn it",) if sure else ()))
    return Table(columns, rows, title="numbers that nobody measured")


def annual(scenario: Scenario, results: Sequence[BlastRadius]) -> Table | None:
    """The annual loss of each policy; None where the file says no currency, or not how often anybody tries."""
    found = tuple(made for each in results if (made := AnnualLoss.of(scenario, each)))
    return AnnualLosses(found).table() if found else None
