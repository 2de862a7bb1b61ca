"""`simkit evidence`: what was measured of the controls of public frameworks."""

from __future__ import annotations

import click

from simkit.cli.cautions import cautions
from simkit.cli.options import (
    every_run_options,
    load,
    names,
    output_options,
    policy_option,
    scenario_argument,
)
from simkit.cli.output import Output
from simkit.cli.terminal import Terminal


@click.command(short_help="What was measured of the controls of public frameworks.")
@scenario_argument
@policy_option
@every_run_options
@click.option("--frameworks", metavar="A,B,...", callback=names, help="Only these, such as 'NIST CSF'. Default: all.")
@output_options()
@click.pass_obj
def evidence(
    terminal: Terminal,
    scenario: str,
    policy: str | None,
    entry_points: tuple[str, ...] | None,
    trials: int,
    seed: int,
    threads: int | None,
    frameworks: tuple[str, ...] | None,
    format_: str | None,
    out: str,
) -> None:
    """List controls of public frameworks with what was measured of each in this scenario, and those without evidence.

    All entry points are replayed unless some are named, under the policy and with each dial at each other setting. A
    measurement is relevant to a control; it never shows that the control is met.

    \b
    Examples:
      simkit evidence scenario.yaml
      simkit evidence scenario.yaml --frameworks 'NIST CSF,OWASP NHI Top 10'
      simkit evidence scenario.yaml --format markdown -o evidence.md
    """
    import simkit.controls

    output = Output.planned(terminal, "evidence", (format_, out), scenario)
    world = load(scenario)
    with terminal.working("replaying each dial at each setting"):
        found = simkit.controls.evidence(
            world, policy, entry_points=entry_points, frameworks=frameworks, trials=trials, seed=seed, threads=threads
        )
    output.result(found, (), cautions(world, None, entry_points))
