"""`simkit explain`: what an identity could do, and did, in a log."""

from __future__ import annotations

import re

import click

from simkit.cli.options import (
    FILES,
    output_options,
)
from simkit.cli.output import Output
from simkit.cli.terminal import Terminal

_CLOCK = re.compile(r"(?:(\d{1,6})d ?)?(\d{1,2}):([0-5]\d):([0-5]\d)(?:\.(\d{1,3}))?", re.ASCII)


_HOURS = 24


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
def explain(terminal: Terminal, log: str, at: int, identity: str, format_: str | None, out: str) -> None:
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

    output = Output.planned(terminal, "explain", (format_, out), log)
    output.result(explained(read_record(log), at, identity))
