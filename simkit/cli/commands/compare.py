"""`simkit compare`: the same attack under several policies."""

from __future__ import annotations

import click

from simkit.cli.answer_files import drawn_as
from simkit.cli.beside_money import say_what_is_not_known, with_annual_loss
from simkit.cli.cautions import cautions
from simkit.cli.options import (
    complete_policies,
    entry_through,
    load,
    output_options,
    policies_option,
    run_options,
    scenario_argument,
    scheduler_option,
)
from simkit.cli.output import Output
from simkit.cli.terminal import Terminal


@click.command(short_help="The same attack under several policies.")
@scenario_argument
@policies_option("The grant policies to compare. Default: those that the scenario says, else all.")
@click.option(
    "--against",
    metavar="NAME",
    shell_complete=complete_policies,
    help="The policy that the others are measured against. Default: the one in force.",
)
@run_options
@scheduler_option
@output_options(pictures=True)
@click.pass_obj
def compare(
    terminal: Terminal,
    scenario: str,
    policies: tuple[str, ...] | None,
    against: str | None,
    entry_point: str | None,
    trials: int,
    seed: int,
    threads: int | None,
    scheduler: str | None,
    format_: str | None,
    out: str,
) -> None:
    """Replay the same attack under several grant policies, and show what each prevents and what it costs.

    Every policy meets the same fates, so that small differences show; one whose interval holds zero is called no
    difference. Tasks that a policy breaks are listed beside what it saves, and do not fail the command.

    \b
    Examples:
      simkit compare scenario.yaml
      simkit compare scenario.yaml --policies rbac,jit,task-scoped --against rbac
      simkit compare scenario.yaml --entry-point leaked-key --format markdown -o comparison.md
    """
    import simkit.simulation

    output = Output.planned(terminal, "compare", (format_, out), scenario, pictures=True)
    world = load(scenario)
    entry = entry_through(terminal, world, entry_point)
    with terminal.working(f"replaying {trials:,} trials under each policy"):
        result = simkit.simulation.compare(
            world,
            policies,
            entry_point=entry,
            trials=trials,
            seed=seed,
            threads=threads,
            executor=scheduler,
            against=against,
        )
    say_what_is_not_known(terminal, world)
    output.result(
        with_annual_loss(result, result.results, world),
        (),
        cautions(world, result.policies, [entry]),
        picture=drawn_as("comparison", result),
    )
