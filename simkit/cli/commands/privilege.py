"""`simkit privilege`: what is granted, needed and used."""

from __future__ import annotations

import click

from simkit.cli.cautions import cautions
from simkit.cli.options import (
    load,
    output_options,
    policy_option,
    scenario_argument,
)
from simkit.cli.output import Output
from simkit.cli.terminal import Terminal


@click.command(short_help="What is granted, needed and used.")
@scenario_argument
@policy_option
@output_options()
@click.pass_obj
def privilege(terminal: Terminal, scenario: str, policy: str | None, format_: str | None, out: str) -> None:
    """Hold what identities are granted against what tasks need and observed runs used.

    Nothing is replayed. What no declared task needs and no run used can go first, as far as the evidence goes: how
    many runs there are, of which tasks, and how often a use could have been missed.

    \b
    Examples:
      simkit privilege scenario.yaml
      simkit privilege scenario.yaml --policy task-scoped --format json
    """
    import simkit.privilege

    output = Output.planned(terminal, "privilege", (format_, out), scenario)
    world = load(scenario)
    output.result(simkit.privilege.over_privilege(world, policy), (), cautions(world, [policy], ()))
