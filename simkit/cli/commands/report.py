"""`simkit report`: everything about one attack on one page, for people who decide."""

from __future__ import annotations

import sys

import click

from simkit.cli.build_log import harmless
from simkit.cli.options import (
    complete_goals,
    entry_through,
    listening_options,
    load,
    policies_option,
    policy_option,
    run_options,
    scenario_argument,
)
from simkit.cli.output import Output
from simkit.cli.terminal import Terminal, line_width
from simkit.table import printable, wrap


@click.command(short_help="One HTML page: what is lost, and what to narrow.")
@scenario_argument
@policy_option
@policies_option("The grant policies to compare. Default: those that the scenario says, else all.")
@run_options
@click.option("--goal", "-g", metavar="NAME", shell_complete=complete_goals,
              help="What must be out of reach. Default: make the value lost smaller.")  # fmt: skip
@click.option("--quick", is_flag=True, help="Leave out what to narrow and the controls, which take most of the time.")
@click.option("--out", "-o", default="-", metavar="FILE", help="Write the page to FILE, whole or not at all.")
@listening_options
@click.pass_obj
def report(
    terminal: Terminal,
    scenario: str,
    policy: str | None,
    policies: tuple[str, ...] | None,
    entry_point: str | None,
    trials: int,
    seed: int,
    threads: int | None,
    goal: str | None,
    quick: bool,
    out: str,
) -> None:
    """Write one HTML page about an attack, for people who decide.

    Policies side by side, the graph and its paths step by step, how fast and how bad it is, what to narrow first with
    the change of the scenario file, and what the standards say.

    The page loads nothing and needs no network: mail it, print it, keep it. The same seed gives the same bytes.

    \b
    Examples:
      simkit report scenario.yaml --out report.html
      simkit report scenario.yaml --policies rbac,task-scoped --goal customers-leaked -o report.html
      simkit report estate.yaml --quick -o report.html       thousands of identities, without what to narrow
    """
    import simkit.report

    output = Output.planned(terminal, "report", (None, out), scenario, formats=("html",))
    if out == "-" and sys.stdout.isatty():
        raise click.UsageError("a page of HTML is nothing for a terminal: name a file, as in --out report.html")
    world = load(scenario)
    entry = entry_through(terminal, world, entry_point)
    with terminal.working("replaying, narrowing and drawing"):
        found = simkit.report.report_on(
            world,
            policy,
            policies=policies,
            entry_point=entry,
            goal=goal,
            trials=trials,
            seed=seed,
            threads=threads,
            quick=quick,
        )
        page = found.html()
    output.text(page)
    if out != "-":
        if found.caution:
            terminal.note(found.caution)
        click.echo(harmless("\n".join(wrap(printable(found.summary), line_width()))))
