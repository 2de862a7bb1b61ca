"""The command `simkit` itself, and the list of its subcommands, each in the file of its name."""

from __future__ import annotations

from importlib import import_module
from keyword import iskeyword

import click

from simkit.cli.group import Group

COMMANDS = (
    "validate",
    "run",
    "compare",
    "sensitivity",
    "reach",
    "rank",
    "paths",
    "check",
    "diff",
    "trend",
    "narrow",
    "roles",
    "ablate",
    "privilege",
    "impact",
    "evidence",
    "study",
    "report",
    "replay",
    "explain",
    "graph",
    "notebook",
    "policies",
    "sessions",
    "schema",
    "generate",
    "import",
    "init",
    "completion",
)
"""In the order of use, as the help lists them. A file defines the command that it is named after."""


def _print_version(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        from simkit.package import VERSION

        click.echo(f"simkit {VERSION}")
        context.exit()


@click.group(
    cls=Group,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 fine, 1 what was asked about does not hold, 2 bad usage or input, 3 an internal error, "
    "4 not everything could be read (import --strict).",
)
@click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_print_version,
    help="Show the version and exit.",
)
@click.pass_context
def simkit(context: click.Context) -> None:
    """What does an attacker get when a token leaks, or an agent reads a poisoned document?

    simkit replays the attack on a scenario file under different IAM grant policies, and says how large the blast
    radius is, how fast it grows, and what to narrow.

    \b
    A first look:
      simkit validate scenario.yaml          is the file sound?
      simkit run scenario.yaml               the blast radius under the policy in force
      simkit compare scenario.yaml           the same attack under other policies
      simkit paths scenario.yaml             how the attacker gets there
      simkit rank scenario.yaml              which credentials are the most dangerous to lose
      simkit check scenario.yaml             does it keep what it promises? The gate for CI
      simkit report scenario.yaml -o r.html  all of it on one page

    A scenario of `-` is read from standard input.
    """
    from simkit.cli.settings import defaults

    context.default_map = defaults(
        {name: {str(p.name) for p in command.params} for name, command in simkit.commands.items()}
    )


for _name in COMMANDS:
    # a word that Python keeps for itself gets a `_` behind it
    simkit.add_command(
        getattr(import_module(f"simkit.cli.commands.{_name}"), f"{_name}_" if iskeyword(_name) else _name)
    )
