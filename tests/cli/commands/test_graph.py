"""`simkit graph` is the export of the library."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import click.testing
import networkx as nx
import pytest

from simkit.cli.commands.graph import GRAPHS
from simkit.importers.opengraph.own_graph import open_graph
from simkit.model import export
from simkit.scenario import load

Cli = Callable[..., click.testing.Result]


@pytest.mark.parametrize("name", GRAPHS)
def test_a_graph_is_the_export_in_each_format(cli: Cli, world: str, name: str) -> None:
    result = cli("graph", world, "--format", name)
    assert result.exit_code == 0
    made = export.FORMATS | {"opengraph": open_graph}
    assert result.stdout == made[name](load(world).model)


@pytest.mark.parametrize(
    ("suffix", "begins"),
    [(".mmd", "flowchart"), (".dot", "digraph"), (".gv", "digraph"), (".graphml", "<graphml"), (".json", "{")],
)
def test_the_name_of_the_file_chooses_the_graph_format(
    cli: Cli, world: str, tmp_path: Path, suffix: str, begins: str
) -> None:
    out = tmp_path / f"model{suffix}"
    assert cli("graph", world, "-o", str(out)).stdout == ""
    assert out.read_text("utf-8").startswith(begins)


def test_graphs_can_be_boxed_by_tier(cli: Cli, world: str) -> None:
    assert "production" not in cli("graph", world, "--group", "tier").stdout
    assert "production" in cli("graph", world).stdout
    assert nx.read_graphml(io.BytesIO(cli("graph", world, "--format", "graphml").stdout_bytes)).has_node("tool:crm")
