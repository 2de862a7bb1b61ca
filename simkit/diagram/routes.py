"""The ways of lines that cross a column of boxes: through the gaps between the boxes, never through a name."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from simkit.diagram.diagram import COLUMNS, Edge, Picture, Placement

BEYOND = 0.5
"""Rows from the middle of the first or last box of a column to a line that passes outside of it."""
BESIDE = (0.0, 0.06, -0.06)
"""Rows by which lines that take the same gap stand apart."""

Via = tuple[tuple[int, float], ...]
"""The columns that a line crosses, in its order, each with the row in which it does."""


def routes(drawn: Picture, places: Placement, tall: float) -> list[Via]:
    """For each line of `drawn` where it crosses the columns between its ends; boxes are `tall`, in rows.

    A line stays where it would go straight if no box is there; else it takes the nearest gap.
    """
    rows: dict[int, list[float]] = {column: [] for column in range(len(COLUMNS))}
    for node in drawn.nodes:
        rows[_column(node.id)].append(places.rows[node.id])
    for found in rows.values():
        found.sort()
    taken: dict[tuple[int, float], int] = {}
    return [_via(edge, places, rows, taken, tall) for edge in drawn.edges]


def _column(node: str) -> int:
    return COLUMNS.index(node.partition(":")[0])


def _via(
    edge: Edge, places: Placement, rows: dict[int, list[float]], taken: dict[tuple[int, float], int], tall: float
) -> Via:
    start, end = _column(edge.source), _column(edge.target)
    step = 1 if end > start else -1
    found, row = [], places.rows[edge.source]
    for column in range(start + step, end, step):
        left = abs(end - column) + 1
        straight = row + (places.rows[edge.target] - row) / left
        row = _free(rows[column], straight, tall)
        used = taken[column, row] = taken.get((column, row), -1) + 1
        found.append((column, row + BESIDE[used % len(BESIDE)] if row != straight else row))
    return tuple(found)


def _free(boxes: Sequence[float], wanted: float, tall: float) -> float:
    """The row nearest to `wanted` in which none of `boxes`, rows from the top, stands."""
    room = tall / 2 + 0.1
    if all(abs(box - wanted) >= room for box in boxes):
        return wanted
    gaps = [(above + below) / 2 for above, below in pairwise(boxes)]
    outside = [boxes[0] - BEYOND, boxes[-1] + BEYOND]
    return min((*gaps, *outside), key=lambda row: abs(row - wanted))
