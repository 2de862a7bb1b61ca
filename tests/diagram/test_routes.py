"""Lines that cross a column take its gaps: none runs through a name."""

from __future__ import annotations

import pytest

import simkit
from simkit.diagram.diagram import COLUMNS, Edge, Node, Picture, Placement, layout
from simkit.diagram.marks import pictured
from simkit.diagram.routes import routes

TALL = 0.7


def drawn(rows: dict[str, float], *edges: tuple[str, str]) -> tuple[Picture, Placement]:
    """A picture of boxes in these rows, with lines between them."""
    nodes = tuple(Node(node, node.partition(":")[0], node, "") for node in rows)
    lines = tuple(Edge(source, target, "holds") for source, target in edges)
    return Picture(nodes, lines, {node: node for node in rows}), Placement(rows, {}, 9.0)


def test_a_line_to_the_next_column_crosses_none() -> None:
    rows = {"credential:a": 0.5, "identity:b": 3.5}
    assert routes(*drawn(rows, ("credential:a", "identity:b")), TALL) == [()]


def test_a_line_goes_straight_where_no_box_stands_and_else_through_the_nearest_gap() -> None:
    rows = {"credential:a": 0.5, "tool:free": 2.5, "tool:behind": 4.5, "identity:x": 0.5, "identity:y": 2.5}
    found = routes(*drawn(rows, ("credential:a", "tool:free"), ("tool:behind", "credential:a")), TALL)
    # half way from row 0.5 to 2.5 nothing stands; half way from 4.5 to 0.5 stands y, with a gap above it and room below
    assert found == [((1, 1.5),), ((1, 3.0),)]


def test_lines_that_take_the_same_gap_stand_apart() -> None:
    rows = {"credential:a": 0.5, "tool:t": 0.5, "identity:x": 0.5, "identity:y": 1.5}
    one, two = routes(*drawn(rows, ("credential:a", "tool:t"), ("tool:t", "credential:a")), TALL)
    assert one != two
    assert one[0][1] == pytest.approx(two[0][1], abs=0.1)


@pytest.mark.parametrize("name", ["starter", "incidents/salesloft-drift", "incidents/tj-actions"])
def test_no_line_of_a_real_scenario_runs_through_a_name(name: str) -> None:
    picture = pictured(simkit.load(f"scenarios/{name}.yaml"))
    places = layout(picture)
    crossed = 0
    for edge, via in zip(picture.edges, routes(picture, places, TALL), strict=True):
        for column, row in via:
            crossed += 1
            there = [places.rows[node.id] for node in picture.nodes if node.kind == COLUMNS[column]]
            assert min(abs(row - box) for box in there) >= TALL / 2, f"{edge} at {column}"
    assert crossed
