"""`simkit schema`: the JSON Schema of the scenario file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from simkit.cli.options import listening_options
from simkit.cli.output import Output
from simkit.cli.terminal import Terminal

if TYPE_CHECKING:
    pass


@click.command(short_help="Print the JSON Schema of the scenario file.")
@click.option("--out", "-o", default="-", metavar="FILE", help="Write the schema to FILE, whole or not at all.")
@listening_options
@click.pass_obj
def schema(terminal: Terminal, out: str) -> None:
    """Print the JSON Schema of the scenario file, for editors that complete and check as you type.

    \b
    Examples:
      simkit schema --out schema.json
      simkit schema | jq '.properties | keys'

    Then begin a scenario with this line:

    \b
      # yaml-language-server: $schema=schema.json
    """
    from simkit.scenario import json_schema

    output = Output.planned(terminal, "schema", (None, out), formats=("json",))
    content = json.dumps(json_schema(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    output.text(content)
