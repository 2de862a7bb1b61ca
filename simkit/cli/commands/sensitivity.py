"""`simkit sensitivity`: how sure the answer is, and which input decides it."""

from __future__ import annotations

import click

from simkit.cli.answer_files import drawn_as
from simkit.cli.options import (
    LARGEST_SEED,
    WholeNumber,
    complete_entry_points,
    complete_policies,
    load,
    output_options,
    policies_option,
    scenario_argument,
)
from simkit.cli.output import Output
from simkit.cli.terminal import Terminal


@click.command(short_help="How sure is it, and what decides it?")
@scenario_argument
@policies_option("The grant policies to decide between. Default: those that the scenario says, else all.")
@click.option(
    "--against",
    metavar="NAME",
    shell_complete=complete_policies,
    help="Decide between this policy and each other. Default: between neighbours, by what they lose.",
)
@click.option(
    "--entry-point",
    "-e",
    metavar="NAME",
    shell_complete=complete_entry_points,
    help="How the attack starts. Default: all that have `per_year` where there is a `unit`, else the first.",
)
@click.option(
    "--draws",
    "-n",
    type=WholeNumber(64, 1 << 14),
    default=1024,
    show_default=True,
    help="How many sets of values are drawn for what is not known.",
)
@click.option("--seed", type=WholeNumber(0, LARGEST_SEED), default=0, show_default=True, help="As in `simkit run`.")
@click.option("--indices", is_flag=True, help="Add Sobol' indices: what drives the cost. Takes many times as long.")
@output_options(pictures=True)
@click.pass_obj
def sensitivity(
    terminal: Terminal,
    scenario: str,
    policies: tuple[str, ...] | None,
    against: str | None,
    entry_point: str | None,
    draws: int,
    seed: int,
    indices: bool,
    format_: str | None,
    out: str,
) -> None:
    """Draw what is not known, ask `compare` of every draw, and say what is decided and what is open.

    What is not known are the ranges of the file (`between`) and, where it leaves them to their defaults, the miss rate,
    the rubber-stamp rate, the completeness and the delays of the response. A decision is DECIDED if one policy is
    better in 95 % of the draws, whatever the shape of any range; else it is OPEN, and the inputs are listed that decide
    it, with what it is worth to know each. A picture (--out FILE.svg) is of the decision that is least sure.

    \b
    Examples:
      simkit sensitivity scenario.yaml
      simkit sensitivity scenario.yaml --policies rbac,task-scoped --entry-point poisoned-ticket
      simkit sensitivity scenario.yaml --set response.miss_rate=0.05..0.2
      simkit sensitivity scenario.yaml --draws 256 --format json -o sure.json
    """
    from simkit.decisions import sensitivity as ask

    output = Output.planned(terminal, "sensitivity", (format_, out), scenario, pictures=True)
    world = load(scenario)
    with terminal.working(f"replaying {draws:,} draws under each policy"):
        result = ask(world, policies, entry_point=entry_point, against=against, draws=draws, seed=seed, indices=indices)
    asked = result.least_sure
    output.result(result, picture=drawn_as("tornado", result, asked.weak, asked.strong) if asked else None)
