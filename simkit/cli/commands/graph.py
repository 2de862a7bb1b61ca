"""`simkit graph`: the model as a graph for people and for other tools."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from simkit.cli.answer_files import PICTURES, drawn_as
from simkit.cli.options import load, output_options, scenario_argument
from simkit.cli.output import Output
from simkit.cli.terminal import Terminal

if TYPE_CHECKING:
    pass

GRAPHS = ("mermaid", "dot", "graphml", "json", "opengraph")


@click.command(short_help="Draw the model: Mermaid, DOT, GraphML, JSON, OpenGraph.")
@scenario_argument
@click.option(
    "--group",
    type=click.Choice(("environment", "tier", "none")),
    default="environment",
    show_default=True,
    help="What Mermaid and DOT draw boxes around.",
)
@output_options(GRAPHS, pictures=True)
@click.pass_obj
def graph(terminal: Terminal, scenario: str, group: str, format_: str | None, out: str) -> None:
    """Draw the scenario's model: identities, tools, credentials, resources, roles, tasks and trust edges.

    Mermaid stops at 500 edges, where code hosts stop drawing; a comment in it says so.

    \b
    Examples:
      simkit graph scenario.yaml                              Mermaid, for a README
      simkit graph scenario.yaml -o model.svg                 a picture; .png and .pdf, too
      simkit graph scenario.yaml --format dot | dot -Tpng > model.png
      simkit graph scenario.yaml --group tier -o model.dot
      simkit graph scenario.yaml -o model.graphml             for Gephi, yEd or Cytoscape
      simkit graph scenario.yaml --format opengraph -o g.json for BloodHound
    """
    from simkit.model import export

    output = Output.planned(terminal, "graph", (format_, out), scenario, formats=GRAPHS, pictures=True)
    world = load(scenario)
    model = world.model
    if output.format in PICTURES:
        output.picture(drawn_as("graph", world, group=group))
        return
    if output.format == "mermaid":
        content = export.mermaid(model, group=group)
    elif output.format == "dot":
        content = export.dot(model, group=group)
    elif output.format == "opengraph":
        from simkit.importers.opengraph.own_graph import open_graph

        content = open_graph(model)
    else:
        content = export.FORMATS[output.format](model)
    output.text(content)
