"""How would each incident have gone under other grant policies? `python scenarios/incidents/measure.py --out FILE`.

Reads the scenarios beside it, replays each through its first entry point under every policy that it compares, and
writes Markdown.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from simkit.blast_radius import Comparison
from simkit.scenario import Scenario, load
from simkit.simulation import compare
from simkit.table import Cell, Table, duration, format_number, percent

HERE = Path(__file__).parent
TRIALS = 2000
SEED = 0

TEXT = """\
# Incidents, under the policy in force and under others

Remade by `python scenarios/incidents/measure.py --out results/incidents.md`: {trials:,} trials, seed {seed}, through
the first entry point of each file. What is known and what is assumed stands in the files, with sources; values are
relative weights, so compare a row with its neighbours and not with other incidents.

{overview}

*Kept* is the share of the mean value lost under the policy in force that is still lost. A dash means that the file does
not compare that policy.

{incidents}
"""

KEPT = ("static-secrets", "rbac", "jit", "task-scoped", "zero-standing")


def measured(path: Path) -> tuple[Scenario, Comparison]:
    """The scenario in `path` and its comparison."""
    scenario = load(path)
    return scenario, compare(scenario, entry_point=next(iter(scenario.entry_points)), trials=TRIALS, seed=SEED)


def page(paths: Sequence[Path]) -> str:
    """The whole page."""
    found = [measured(path) for path in paths]
    return TEXT.format(
        trials=TRIALS,
        seed=SEED,
        overview=overview(found).markdown().strip(),
        incidents="\n\n".join(section(scenario, comparison) for scenario, comparison in found),
    )


def overview(found: Sequence[tuple[Scenario, Comparison]]) -> Table:
    """A row for each incident: the loss under the policy in force, and what others leave of it."""
    rows: list[tuple[Cell, ...]] = []
    for scenario, comparison in found:
        base = comparison[comparison.against]
        first, value = base.time_to_first_loss(), base.value_lost().estimate
        when = duration(first.estimate) if first.trials else None
        rows.append((scenario.name, scenario.policy, value, when, *(kept(comparison, name) for name in KEPT)))
    columns = ("incident", "in force", "value lost", "first loss", *(f"{name} keeps" for name in KEPT))
    return Table(columns, rows)


def kept(comparison: Comparison, policy: str) -> str | None:
    """What `policy` leaves of the mean loss under the policy in force."""
    names = [result.provenance.policy for result in comparison.results]
    base = comparison[comparison.against].value_lost().estimate
    return percent(comparison[policy].value_lost().estimate / base) if policy in names and base else None


def section(scenario: Scenario, comparison: Comparison) -> str:
    """One incident: what happened, what the record says was reached, and how it would have gone."""
    record = scenario.incident
    told = f"{scenario.description.strip()}\n\n" if scenario.description else ""
    if record is not None:
        told += (
            f"*{record.date}, {record.kind}. The record says that these were reached: {', '.join(record.reached)}.*\n\n"
        )
    tables = "\n\n".join(table.markdown().strip() for table in (comparison.goals_table(), comparison.utility_table()))
    main = comparison.table().markdown().strip()
    worst = format_number(comparison[comparison.against].worst_case.value)
    path = comparison[comparison.against].paths(limit=1)
    shown = (
        f"Most frequent path under {comparison.against}: {path.paths[0]}. Worst case {worst}.\n\n" if path.paths else ""
    )
    return f"## {scenario.name}\n\n{told}{shown}{main}\n\n{tables}"


def main() -> None:
    """Writes the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--out", type=Path, required=True, help="the Markdown file to write")
    out: Path = parser.parse_args().out
    out.write_text(page(sorted(HERE.glob("*.yaml"))), encoding="utf-8")


if __name__ == "__main__":
    main()
