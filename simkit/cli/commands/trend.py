"""`simkit trend`: the headline figures of a scenario from commit to commit."""

from __future__ import annotations

import click

from simkit.cli.answer_files import drawn_as
from simkit.cli.options import (
    FILES,
    WholeNumber,
    every_run_options,
    output_options,
    policies_option,
)
from simkit.cli.output import Output
from simkit.cli.terminal import Terminal
from simkit.errors import QuestionError


@click.command(short_help="How the figures moved from commit to commit.")
@click.argument("scenario", type=FILES)
@click.option("--since", metavar="REVISION", help="Only the commits since this git revision, and how it was there.")
@click.option("--last", type=WholeNumber(min=1), default=None,
              help="Only the last so many commits. Default: 20, or with --since all of them.")  # fmt: skip
@policies_option("Under which policies. Default: the one in force at each commit.")
@every_run_options
@output_options(pictures=True)
@click.pass_obj
def trend(
    terminal: Terminal,
    scenario: str,
    since: str | None,
    last: int | None,
    policies: tuple[str, ...] | None,
    entry_points: tuple[str, ...] | None,
    trials: int,
    seed: int,
    threads: int | None,
    format_: str | None,
    out: str,
) -> None:
    """Show what each attack loses, the goals, the first loss and the standing grants at each commit that touched
    SCENARIO, or a file that it includes, the oldest first; what is not committed comes last.

    The file may have had another name. A commit whose scenario cannot be read is said and skipped, and so is the file
    itself where it is broken now. As CSV there is a
    row for each commit and attack, with plain numbers.

    \b
    Examples:
      simkit trend scenario.yaml
      simkit trend scenario.yaml --since v1.0 --out trend.svg
      simkit trend scenario.yaml --last 50 --policies rbac,jit --format csv
    """
    from simkit.history import trend as looked_back

    if scenario == "-":
        raise QuestionError("standard input has no history: name the scenario's file")
    output = Output.planned(terminal, "trend", (format_, out), scenario, pictures=True)
    asked = {"since": since, "last": last, "policies": policies, "entry_points": entry_points, "threads": threads}
    with terminal.working("replaying each commit"):
        found = looked_back(scenario, trials=trials, seed=seed, **asked)  # type: ignore[arg-type]
    output.result(found, picture=drawn_as("trend", found))
