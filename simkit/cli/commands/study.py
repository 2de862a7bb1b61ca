"""`simkit study`: one grant design against another over many scenarios."""

from __future__ import annotations

import click

from simkit.cli.cautions import cautions
from simkit.cli.options import (
    LARGEST_SEED,
    WholeNumber,
    complete_policies,
    entry_points_option,
    load,
    output_options,
    scheduler_option,
    set_option,
    threads_option,
)
from simkit.cli.output import Output
from simkit.cli.scenario_files import scenario_files
from simkit.cli.terminal import Terminal
from simkit.errors import every


@click.command(short_help="One grant design against another over many scenarios.")
@click.argument("scenarios", nargs=-1, required=True, type=click.Path())
@set_option
@click.option("--weak", metavar="NAME", default="rbac", show_default=True, shell_complete=complete_policies,
              help="The grant policy that the other is held against.")  # fmt: skip
@click.option("--strong", metavar="NAME", default="task-scoped", show_default=True, shell_complete=complete_policies,
              help="The grant policy whose worth is in question.")  # fmt: skip
@entry_points_option
@click.option("--trials", "-n", type=WholeNumber(min=1), default=1000, show_default=True,
              help="How many times each attack is replayed.")  # fmt: skip
@click.option("--seed", type=WholeNumber(0, LARGEST_SEED), default=0, show_default=True,
              help="The same seed gives the same answer, on any number of threads.")  # fmt: skip
@click.option("--draws", type=WholeNumber(0, 1 << 14), default=0, show_default=True,
              help="Ask in so many draws of what is not known, too (64 or more; 0: none).")  # fmt: skip
@threads_option
@scheduler_option
@output_options()
@click.pass_obj
def study(
    terminal: Terminal,
    scenarios: tuple[str, ...],
    weak: str,
    strong: str,
    entry_points: tuple[str, ...] | None,
    trials: int,
    seed: int,
    draws: int,
    threads: int | None,
    scheduler: str | None,
    format_: str | None,
    out: str,
) -> None:
    """Hold one grant design against another over every attack of SCENARIOS: files, or folders, in which every YAML
    file that begins a scenario counts.

    Shows blast radius, utility and overhead, and, as a table of its own, where the stronger design does not help.

    \b
    Examples:
      simkit study scenarios --draws 128 --out study.md
      simkit study a.yaml b.yaml --weak rbac --strong jit
    """
    import simkit.studies

    files = scenario_files(scenarios)
    output = Output.planned(terminal, "study", (format_, out), *files)
    worlds = every(load, files)
    with terminal.working(f"replaying the attacks of {len(worlds)} scenarios"):
        found = simkit.studies.study(
            worlds,
            weak,
            strong,
            entry_points=entry_points,
            trials=trials,
            seed=seed,
            threads=threads,
            executor=scheduler,
            draws=draws,
        )
    output.result(found, (), *(cautions(world, [weak, strong], entry_points) for world in worlds))
