"""`simkit rank`: which credential or identity is the worst to lose."""

from __future__ import annotations

import click

from simkit.cli.answer_files import drawn_as
from simkit.cli.cautions import cautions
from simkit.cli.imported_places import MOST_WAYS, ImportedPlaces
from simkit.cli.options import (
    engine_option,
    load,
    output_options,
    policy_option,
    scenario_argument,
    scheduler_option,
    threads_option,
)
from simkit.cli.output import Output
from simkit.cli.terminal import Terminal


@click.command(short_help="Which credential or identity is the worst to lose.")
@scenario_argument
@policy_option
@threads_option
@scheduler_option
@engine_option
@output_options(pictures=True)
@click.pass_obj
def rank(
    terminal: Terminal,
    scenario: str,
    policy: str | None,
    threads: int | None,
    scheduler: str | None,
    engine: str,
    format_: str | None,
    out: str,
) -> None:
    """Rank everything that could leak or be taken over by what an attacker could reach from it.

    The worst case: time, chances and alerts are left aside, so there is nothing to draw and no seed. Of what was
    imported it also tells how each identity reaches a goal, and which lines of the files allow that.

    \b
    Examples:
      simkit rank scenario.yaml
      simkit rank scenario.yaml --policy static-secrets --format json
      simkit rank scenario.yaml --out ranking.svg
    """
    import simkit.simulation

    output = Output.planned(terminal, "rank", (format_, out), scenario, pictures=True)
    world = load(scenario)
    imported = ImportedPlaces(world)
    with terminal.working("ranking"):
        ways = MOST_WAYS if imported.are_there else 0
        result = simkit.simulation.rank(world, policy, threads=threads, executor=scheduler, engine=engine, ways=ways)
        answer = imported.of_ranking(result)
    output.result(answer, (), cautions(world, [policy], ()), picture=drawn_as("ranking", result))
