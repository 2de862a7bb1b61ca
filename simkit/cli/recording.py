"""`simkit replay` and `simkit explain`: one sample as an event log, and what it says about an identity."""

from __future__ import annotations

import re

import click

from simkit.cli.asking import entry_through
from simkit.cli.options import (
    FILES,
    LARGEST_SEED,
    MOST_TRIALS,
    WholeNumber,
    complete_entry_points,
    listening_options,
    load,
    output_options,
    policy_option,
    scenario_argument,
)
from simkit.cli.output import Output, check_out
from simkit.cli.screen import Screen

_CLOCK = re.compile(r"(?:(\d{1,6})d ?)?(\d{1,2}):([0-5]\d):([0-5]\d)(?:\.(\d{1,3}))?", re.ASCII)
_HOURS = 24


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
    screen: Screen,
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
    entry = entry_through(screen, world, entry_point)
    with screen.working(f"replaying trial {trial:,}"):
        record = simkit.simulation.replay(
            world, policy, entry_point=entry, trial=trial, seed=seed, start=START if start is None else start
        )
    Output(screen, "replay", "jsonl", out).text(record.text())


def moment(_: click.Context, option: click.Parameter, given: str) -> int:
    """The milliseconds since the start that `given` says: hours, minutes and seconds, or a duration with units."""
    from simkit.distributions import ticks
    from simkit.scenario.units import MisfitError, duration

    found = _CLOCK.fullmatch(given.strip())
    if found and int(found[2]) < _HOURS:
        days, hours, minutes, seconds = (int(part or 0) for part in found.groups()[:4])
        return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000 + int((found[5] or "").ljust(3, "0"))
    try:
        return ticks(duration(given.strip()))
    except MisfitError:
        message = f"{given!r} is not a moment of the log: write 00:14:30, '2d 06:00:00' or 14m30s"
        raise click.BadParameter(message, param=option) from None


@click.command(short_help="What an identity could do, and did, in a log.")
@click.argument("log", type=FILES)
@click.option(
    "--at",
    required=True,
    metavar="TIME",
    callback=moment,
    help="How long after the start: 00:14:30, '2d 06:00:00' or 14m30s.",
)
@click.option("--identity", required=True, metavar="NAME", help="Whom the question is about.")
@output_options()
@click.pass_obj
def explain(screen: Screen, log: str, at: int, identity: str, format_: str | None, out: str) -> None:
    """Say what an identity was allowed to do at a moment of a log, and what it had done by then.

    Allowed is what its live sessions may do: those that the attack has then. What was executed stands apart from what
    was only attempted, each with the entitlement or the reason.

    \b
    Examples:
      simkit explain log.jsonl --at 00:14:30 --identity support-agent
      simkit explain log.jsonl --at 2d --identity deployer --format markdown
    """
    from simkit.record import explain as explained
    from simkit.record import read_record

    output = Output.planned(screen, "explain", (format_, out), log)
    output.result(explained(read_record(log), at, identity))
