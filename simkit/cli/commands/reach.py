"""`simkit reach`: how likely each goal is to be reached at all, time left aside."""

from __future__ import annotations

import click

from simkit.cli.cautions import cautions
from simkit.cli.options import (
    engine_option,
    entry_through,
    load,
    output_options,
    policy_option,
    run_options,
    scenario_argument,
)
from simkit.cli.output import Output
from simkit.cli.terminal import Terminal


@click.command(short_help="The chance that each goal is ever reached, time left aside.")
@scenario_argument
@policy_option
@run_options
@engine_option
@output_options()
@click.pass_obj
def reach(
    terminal: Terminal,
    scenario: str,
    policy: str | None,
    entry_point: str | None,
    trials: int,
    seed: int,
    threads: int | None,
    engine: str,
    format_: str | None,
    out: str,
) -> None:
    """Show how likely each goal and each loss is to be reached at all, if nothing expires and nobody responds.

    Beside `simkit run` with the same seed it says why something is out of reach: by time, where it has a chance here
    and none there; by chance, where only the worst case reaches it.

    \b
    Examples:
      simkit reach scenario.yaml
      simkit reach scenario.yaml --policy jit --trials 10000 --format json
    """
    from simkit.reachable import reach

    output = Output.planned(terminal, "reach", (format_, out), scenario)
    world = load(scenario)
    entry = entry_through(terminal, world, entry_point)
    with terminal.working(f"reaching in {trials:,} trials"):
        result = reach(world, policy, entry_point=entry, trials=trials, seed=seed, threads=threads, engine=engine)
    output.result(result, (), cautions(world, [policy], [entry]))
