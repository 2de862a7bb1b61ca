"""`simkit replay`: one trial as an event log."""

from __future__ import annotations

import click

from simkit.cli.cautions import cautions
from simkit.cli.options import (
    LARGEST_SEED,
    MOST_TRIALS,
    WholeNumber,
    complete_entry_points,
    entry_through,
    listening_options,
    load,
    policy_option,
    scenario_argument,
)
from simkit.cli.output import Output, check_out
from simkit.cli.terminal import Terminal


@click.command(short_help="One trial as an event log (JSON lines, OCSF).")
@scenario_argument
@policy_option
@click.option(
    "--entry-point",
    "-e",
    metavar="NAME",
    shell_complete=complete_entry_points,
    help="How the attack starts. Default: the first in the scenario.",
)
@click.option(
    "--trial",
    type=WholeNumber(0, MOST_TRIALS - 1),
    default=0,
    show_default=True,
    help="Which of the trials that `simkit run` replays with the same seed, counted from 0.",
)
@click.option("--seed", type=WholeNumber(0, LARGEST_SEED), default=0, show_default=True, help="As in `simkit run`.")
@click.option(
    "--start",
    metavar="TIME",
    default=None,
    help="When the attack starts, such as 2026-01-31T09:00:00Z. Default: the log counts from 1970.",
)
@click.option("--out", "-o", default="-", metavar="FILE", help="Write the log to FILE, whole or not at all.")
@listening_options
@click.pass_obj
def replay(
    terminal: Terminal,
    scenario: str,
    policy: str | None,
    entry_point: str | None,
    trial: int,
    seed: int,
    start: str | None,
    out: str,
) -> None:
    """Write one trial as a log: tokens and sessions as they come and go, each action with its decision and why.

    Lines are events of the Open Cybersecurity Schema Framework 1.8.0. What was executed has the status Success, what
    was only attempted Failure. `simkit explain` answers questions about the log.

    \b
    Examples:
      simkit replay scenario.yaml --trial 7 --out log.jsonl
      simkit replay scenario.yaml --policy rbac --entry-point leaked-key --start 2026-01-31T09:00:00Z
      simkit replay scenario.yaml | jq -r 'select(.status == "Failure") | .message'
    """
    import simkit.simulation
    from simkit.record import START

    check_out(out, scenario)
    world = load(scenario)
    entry = entry_through(terminal, world, entry_point)
    with terminal.working(f"replaying trial {trial:,}"):
        record = simkit.simulation.replay(
            world, policy, entry_point=entry, trial=trial, seed=seed, start=START if start is None else start
        )
    if caution := cautions(world, [policy], [entry]).caution:
        terminal.note(caution)
    Output(terminal, "replay", "jsonl", out).text(record.text())
