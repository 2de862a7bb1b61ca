"""The command `simkit` itself, and the list of its subcommands."""

from __future__ import annotations

import click

from simkit.cli.asking import compare, paths, rank, run
from simkit.cli.checking import check
from simkit.cli.completion import completion
from simkit.cli.generate import generate
from simkit.cli.group import Group
from simkit.cli.justifying import ablate, evidence, privilege, study
from simkit.cli.looking import graph, schema, validate
from simkit.cli.narrowing import narrow, roles
from simkit.cli.opening import notebook
from simkit.cli.policies import policies
from simkit.cli.recording import explain, replay
from simkit.cli.reporting import report


def _print_version(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"simkit {version('simkit')}")
        context.exit()


@click.group(
    cls=Group,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 fine, 1 what was asked about does not hold, 2 bad usage or input, 3 an internal error.",
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


for _command in (
    validate,
    run,
    compare,
    rank,
    paths,
    check,
    narrow,
    roles,
    ablate,
    privilege,
    evidence,
    study,
    report,
    replay,
    explain,
    graph,
    notebook,
    policies,
    schema,
    generate,
    completion,
):
    simkit.add_command(_command)
