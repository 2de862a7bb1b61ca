"""`simkit paths`: how the attacker reaches the goals."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from simkit.cli.answer_files import drawn_as
from simkit.cli.cautions import cautions
from simkit.cli.imported_places import ImportedPlaces
from simkit.cli.options import (
    WholeNumber,
    complete_goals,
    entry_through,
    load,
    output_options,
    policy_option,
    run_options,
    scenario_argument,
)
from simkit.cli.output import Answer, Output
from simkit.cli.terminal import Terminal

if TYPE_CHECKING:
    from simkit.blast_radius import AttackPaths

GOAL_RULE = "objective"
"""The rule of the step that says a goal is reached: nothing that an attacker does."""


@click.command(short_help="How the attacker reaches the goals.")
@scenario_argument
@policy_option
@run_options
@click.option("--goal", "-g", metavar="NAME", shell_complete=complete_goals, help="Only paths to this goal.")
@click.option("--limit", type=WholeNumber(min=1), default=10, show_default=True, help="How many paths to show.")
@click.option(
    "--standards",
    is_flag=True,
    help="Add what the steps are relevant to in ATT&CK, ATLAS and the OWASP lists for agents and non-human identities.",
)
@output_options(pictures=True)
@click.pass_obj
def paths(
    terminal: Terminal,
    scenario: str,
    policy: str | None,
    entry_point: str | None,
    trials: int,
    seed: int,
    threads: int | None,
    goal: str | None,
    limit: int,
    standards: bool,
    format_: str | None,
    out: str,
) -> None:
    """Show how the attacker reached the goals: chains of steps, the most frequent first.

    \b
    Examples:
      simkit paths scenario.yaml
      simkit paths scenario.yaml --goal customers-leaked --limit 3
      simkit paths scenario.yaml --standards
      simkit paths scenario.yaml --policy jit --format json
    """
    import simkit.simulation

    output = Output.planned(terminal, "paths", (format_, out), scenario, pictures=True)
    world = load(scenario)
    entry = entry_through(terminal, world, entry_point)
    with terminal.working(f"replaying {trials:,} trials"):
        result = simkit.simulation.simulate(world, policy, entry_point=entry, trials=trials, seed=seed, threads=threads)
        found = result.paths(goal, limit=limit)
        answer = ImportedPlaces(world).of_paths(with_standards(found) if standards else found, found)
    first = next(iter(found), None)
    drawn = None if first is None else drawn_as("path", first)
    output.result(answer, (), cautions(world, [policy], [entry]), picture=drawn)


def with_standards(paths: AttackPaths) -> Answer:
    """`paths`, and what the rules of their steps are relevant to in the public lists."""
    from simkit.standards import crosswalk, of

    rules = sorted({step.rule for path in paths for step in path.steps} - {GOAL_RULE})
    entries = {rule: [asdict(reference) for reference in of(rule)] for rule in rules}
    tables = (*paths.tables(), crosswalk(rules))
    return Answer(paths.summary, tables, {**paths.to_dict(), "standards": entries})
