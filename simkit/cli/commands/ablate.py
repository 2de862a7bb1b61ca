"""`simkit ablate`: what each dial of the policy buys, and what it costs."""

from __future__ import annotations

import click

from simkit.cli.answer_files import drawn_as
from simkit.cli.cautions import cautions
from simkit.cli.options import (
    complete_policies,
    entry_through,
    load,
    output_options,
    run_options,
    scenario_argument,
    scheduler_option,
)
from simkit.cli.output import Answer, Output
from simkit.cli.terminal import Terminal


@click.command(short_help="What each dial of the policy buys, and what it costs.")
@scenario_argument
@click.option("--from", "from_policy", metavar="NAME", shell_complete=complete_policies,
              help="The grant policy to start from. Default: the one in force.")  # fmt: skip
@click.option("--to", "to_policy", metavar="NAME", shell_complete=complete_policies, default="zero-standing",
              show_default=True, help="The grant policy to go to.")  # fmt: skip
@run_options
@scheduler_option
@click.option("--every", is_flag=True, help="Show every combination of dials, too.")
@output_options(pictures=True)
@click.pass_obj
def ablate(
    terminal: Terminal,
    scenario: str,
    from_policy: str | None,
    to_policy: str,
    entry_point: str | None,
    trials: int,
    seed: int,
    threads: int | None,
    scheduler: str | None,
    every: bool,
    format_: str | None,
    out: str,
) -> None:
    """Move the dials from one policy to another, one at a time and in every combination.

    The reduction in the mean value lost is attributed to each dial by Shapley value, so that the parts add up to the
    whole; beside it stands what each costs, and curves over remediation lag and token lifetime.

    \b
    Examples:
      simkit ablate scenario.yaml
      simkit ablate scenario.yaml --from rbac --to task-scoped --entry-point leaked-key
      simkit ablate scenario.yaml --every --format markdown -o ablation.md
    """
    import simkit.ablation

    output = Output.planned(terminal, "ablate", (format_, out), scenario, pictures=True)
    world = load(scenario)
    entry = entry_through(terminal, world, entry_point)
    with terminal.working("replaying every combination of dials"):
        found = simkit.ablation.ablate(
            world, entry, from_policy, to_policy, trials=trials, seed=seed, threads=threads, executor=scheduler
        )
    tables = tuple(found.tables())
    shown = Answer(found.summary, (*tables, found.combinations_table()), found.to_dict()) if every else found
    output.result(shown, (), cautions(world, [from_policy, to_policy], [entry]), picture=drawn_as("waterfall", found))
