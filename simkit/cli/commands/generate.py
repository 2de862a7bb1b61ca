"""`simkit generate`: an estate of any size, as a scenario file."""

from __future__ import annotations

import click

from simkit.cli.options import LARGEST_SEED, WholeNumber, listening_options
from simkit.cli.output import Output
from simkit.cli.terminal import Terminal


@click.command(short_help="Make up an organisation of any size.")
@click.option(
    "--steps",
    type=WholeNumber(100, 1_000_000),
    default=1000,
    show_default=True,
    help="About how many steps its attack graph has under rbac.",
)
@click.option(
    "--seed",
    type=WholeNumber(0, LARGEST_SEED),
    default=0,
    show_default=True,
    help="The same seed gives the same estate.",
)
@click.option("--out", "-o", default="-", metavar="FILE", help="Write the scenario to FILE, whole or not at all.")
@listening_options
@click.pass_obj
def generate(terminal: Terminal, steps: int, seed: int, out: str) -> None:
    """Write the scenario of a made-up estate: teams of agents, services and humans in published proportions.

    144 machine identities a human, 97 % of them over-privileged, 1 to 5 % of what they are granted used. The file
    lists the source of each number, and what is assumed where there is none.

    \b
    Examples:
      simkit generate --steps 10000 --seed 1 --out estate.yaml
      simkit generate | simkit run -
    """
    from simkit.estate import generate as made_up
    from simkit.scenario import dump

    output = Output.planned(terminal, "generate", (None, out), formats=("yaml",))
    with terminal.working(f"making up {steps:,} steps"):
        content = dump(made_up(steps, seed))
    output.text(content)
