"""`simkit roles`: how many roles are enough."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import click

from simkit.cli.cautions import cautions
from simkit.cli.narrowed_file import check_write, write_scenario
from simkit.cli.options import (
    load,
    output_options,
    policy_option,
    scenario_argument,
)
from simkit.cli.output import Output
from simkit.cli.terminal import Terminal

if TYPE_CHECKING:
    from simkit.scenario import Scenario


@click.command(short_help="How many roles are enough.")
@scenario_argument
@policy_option
@click.option("--identity", metavar="NAME", help="Whose roles. Default: the identity with the most tasks.")
@click.option(
    "--write",
    metavar="FILE",
    default=None,
    help="Write the scenario with these roles to FILE; its own is changed in place.",
)
@output_options()
@click.pass_obj
def roles(
    terminal: Terminal,
    scenario: str,
    policy: str | None,
    identity: str | None,
    write: str | None,
    format_: str | None,
    out: str,
) -> None:
    """Split one identity into more and more roles, mined from its tasks, and count which attacks stay possible.

    Nobody writes a role for each task. The curve says what each number of roles leaves in the worst case, and which is
    enough: the fewest roles that stop nine tenths of what a role for each task would stop. No task breaks.

    \b
    Examples:
      simkit roles scenario.yaml
      simkit roles scenario.yaml --identity support-agent --write split.yaml
    """
    import simkit.narrowing as narrowing

    output = Output.planned(terminal, "roles", (format_, out), scenario)
    check_write(write, out, scenario)
    world = load(scenario)
    with terminal.working("splitting roles"):
        found = narrowing.role_granularity(world, _busiest(terminal, world) if identity is None else identity, policy)
    write_scenario(terminal, world, found.narrowed, write)
    output.result(found, (), cautions(world, [policy], ()))


def _busiest(terminal: Terminal, world: Scenario) -> str | None:
    """The identity with the most tasks, which is said; None if none has any."""
    counts = Counter(task.identity for task in world.model.tasks.values())
    if not counts:
        return None
    (name, _), *others = counts.most_common()
    if others:
        terminal.note(f"note: roles for {name}, which has the most tasks; --identity chooses another")
    return name
