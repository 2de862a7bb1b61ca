"""The model as a picture: who holds what and may reach what, laid out by trust boundary."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simkit.diagram import marks, palette
from simkit.diagram.diagram import COLUMNS, Edge, Node, Picture, Placement, layout
from simkit.diagram.marks import MOST_NODES, marked, pictured
from simkit.diagram.routes import Via, routes
from simkit.errors import QuestionError
from simkit.model import Model
from simkit.plots import style, titles
from simkit.scenario import Scenario

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LONGEST_LABEL = 25
ROW = 0.29
"""Inches from one row to the next."""
BOX = (1.78, 0.215)
"""Inches: width and height of a box."""
GAP = 0.95
"""Inches between two columns."""
PITCH = BOX[0] + GAP
_STROKES: dict[str, dict[str, Any]] = {
    "holds": {"linestyle": (0, (4, 2))},
    "may become": {"linewidth": 1.5},
    "runs as": {"linestyle": (0, (1, 1.5)), "linewidth": 1.5},
    "runs code in, becomes": {"linestyle": (0, (5, 1.5, 1, 1.5))},
    "has as backup": {"linestyle": (0, (2, 2))},
}
_CURVE = (4, 4, 4)
"""matplotlib's codes of a cubic curve: `Path.CURVE4`, which is known once matplotlib is imported."""
_EDGES: dict[str, dict[str, Any]] = {
    relation: {"color": colour, **_STROKES.get(relation, {})} for relation, colour in palette.RELATIONS.items()
}


@dataclass(frozen=True, slots=True)
class Badge:
    """A sign at the side of a box: where from its left edge (inches), how it looks, what it means."""

    side: float
    marker: str
    colour: str
    means: str


ATTACK = Badge(0.0, ">", palette.INK, marks.ATTACK)
JEWEL = Badge(BOX[0], "D", palette.VERMILLION, marks.JEWEL)


def graph(world: Scenario | Model, *, group: str | None = None, most: int = MOST_NODES, ax: Axes | None = None) -> Axes:
    """Credentials, identities, tools and resources, left to right, in a band for each trust boundary.

    `group` is what a boundary is: `environment`, `tier` or `none`; None chooses what tells most. Of a Scenario, entry
    points are marked by a triangle, and what the goals protect by a diamond. Where there are more than `most` things,
    alike ones share a box, the marked ones excepted, and the picture says so. Raises QuestionError for an unknown group
    or a model without anything in it.
    """
    drawn = pictured(world, group, most)
    if not drawn.nodes:
        raise QuestionError("the model is empty: there is nothing to draw")
    places = layout(drawn)
    width = PITCH * 3 + BOX[0]
    with style.canvas(ax, width + 0.5, ROW * (places.height + 2.2) + 0.75) as axes:
        axes.set_xlim(-0.22, width + 0.3)
        axes.set_ylim(ROW * (places.height + 0.4), -ROW * (2.1 if any(places.boundaries) else 1.4))
        axes.set_axis_off()
        _bands(axes, places, width)
        for edge, via in zip(drawn.edges, routes(drawn, places, BOX[1] / ROW), strict=True):
            _line(axes, edge, drawn, places, via)
        for node in drawn.nodes:
            _box(axes, node, places)
        signs: list[Badge] = []
        if isinstance(world, Scenario):
            signs = _marks(axes, world, drawn, places)
        _heading(axes, world, drawn, -ROW * (1.55 if any(places.boundaries) else 0.85))
        _legend(axes, drawn, signs)
    return axes


def _bands(ax: Axes, places: Placement, width: float) -> None:
    from matplotlib.patches import FancyBboxPatch

    for boundary, (start, height) in places.boundaries.items():
        corner, size = (-0.12, ROW * (start - 0.1)), (width + 0.24, ROW * (height + 0.2))
        looks: dict[str, Any] = {
            "boxstyle": "round,pad=0,rounding_size=0.08",
            "fc": "#F6F6F6",
            "ec": "#DDDDDD",
            "zorder": 0,
        }
        ax.add_patch(FancyBboxPatch(corner, *size, **looks))
        if boundary:
            ax.text(
                -0.12,
                ROW * (start - 0.2),
                style.name(boundary),
                ha="left",
                va="bottom",
                fontsize=8.5,
                color=palette.GREY,
            )


def _place(node: str, places: Placement) -> tuple[float, float]:
    """The left edge and the middle of a box, in inches."""
    return PITCH * COLUMNS.index(node.partition(":")[0]), ROW * places.rows[node]


def _box(ax: Axes, node: Node, places: Placement) -> None:
    from matplotlib.patches import FancyBboxPatch

    x, y = _place(node.id, places)
    several = node.count > 1
    looks: dict[str, Any] = {
        "boxstyle": "round,pad=0,rounding_size=0.05",
        "fc": palette.FILLS[node.kind],
        "ec": palette.GREY,
        "zorder": 3,
    }
    looks["lw"] = 1.4 if several else 0.6
    ax.add_patch(FancyBboxPatch((x, y - BOX[1] / 2), *BOX, **looks))
    text = style.name(node.label, LONGEST_LABEL)
    ax.text(x + BOX[0] / 2, y, text, ha="center", va="center", fontsize=8, zorder=4, parse_math=False)


def _line(ax: Axes, edge: Edge, drawn: Picture, places: Placement, via: Via) -> None:
    from matplotlib.patches import FancyArrowPatch
    from matplotlib.path import Path

    (x0, y0), (x1, y1) = _place(edge.source, places), _place(edge.target, places)
    looks = {"linewidth": 1.0, "zorder": 2, "alpha": 0.9 if len(drawn.edges) < 150 else 0.55, **_EDGES[edge.relation]}
    if x0 == x1:
        # within a column: around the side that faces less traffic
        right = edge.relation in ("contains", "has as backup")
        side, bulge = (x0 + BOX[0], 0.25) if right else (x0, -0.3)
        points = [(side, y0), (side + bulge, y0), (side + bulge, y1), (side, y1)]
        codes: list[Any] = [Path.MOVETO, *_CURVE]
    else:
        points, codes = _across((x0, y0), (x1, y1), via)
    curve = Path(points, codes)
    ax.add_patch(FancyArrowPatch(path=curve, arrowstyle="-|>", mutation_scale=7, fill=False, **looks))


def _across(
    start: tuple[float, float], end: tuple[float, float], via: Via
) -> tuple[list[tuple[float, float]], list[Any]]:
    """A curve from box to box in other columns, level where it crosses a column between them."""
    from matplotlib.path import Path

    ahead = end[0] > start[0]
    stops = [start, *((PITCH * column, ROW * row) for column, row in via), end]
    points, codes = [(start[0] + (BOX[0] if ahead else 0), start[1])], list[Any]([Path.MOVETO])
    for place, (x, y) in enumerate(stops[1:], start=1):
        (from_x, from_y), to_x = points[-1], x + (0 if ahead else BOX[0])
        bend = (to_x - from_x) / 2
        points += [(from_x + bend, from_y), (to_x - bend, y), (to_x, y)]
        codes += _CURVE
        if place < len(stops) - 1:
            points.append((x + (BOX[0] if ahead else 0), y))
            codes.append(Path.LINETO)
    return points, codes


def _marks(ax: Axes, scenario: Scenario, drawn: Picture, places: Placement) -> list[Badge]:
    """A triangle where an attack starts, a diamond at what a goal protects; only at boxes that stand for one thing.

    Returns the marks that were needed."""
    carried = marked(scenario, drawn)
    needed = [(mark, carried[mark.means]) for mark in (ATTACK, JEWEL)]
    for mark, nodes in needed:
        for node in sorted(nodes):
            x, y = _place(node, places)
            ax.plot(x + mark.side, y, mark.marker, ms=7, color=mark.colour, mec="white", mew=0.8, zorder=5)
    return [mark for mark, nodes in needed if nodes]


def _heading(ax: Axes, world: Scenario | Model, drawn: Picture, height: float) -> None:
    for column, kind in enumerate(COLUMNS):
        plural = {"identity": "identities"}.get(kind, f"{kind}s")
        ax.text(PITCH * column + BOX[0] / 2, height, plural, ha="center", va="center", fontsize=10, fontweight="bold")
    about = style.name(world.name) if isinstance(world, Scenario) else "the model"
    words = [f"{about}: {titles.led_to(drawn)}"]
    if drawn.aggregated:
        words.append(f"{drawn.things:,} things in {len(drawn.nodes):,} boxes, alike ones share one")
    style.heading(ax, "; ".join(words), share=1.25)


def _legend(ax: Axes, drawn: Picture, marks: list[Badge]) -> None:
    from matplotlib.lines import Line2D

    used = [relation for relation in _EDGES if any(edge.relation == relation for edge in drawn.edges)]
    lines = [Line2D([], [], **{"linewidth": 1.6, **_EDGES[relation]}) for relation in used]
    lines += [Line2D([], [], marker=mark.marker, linestyle="", ms=7, color=mark.colour) for mark in marks]
    words = [*used, *(mark.means for mark in marks)]
    style.legend_below(ax, 0.0, lines, words, columns=6, columnspacing=1.2, handlelength=2.2)
