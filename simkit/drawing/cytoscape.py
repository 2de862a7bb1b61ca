"""A picture for Cytoscape.js, the library that draws graphs in browsers: elements, style, and its source.

`cytoscape.min.js` beside this file is Cytoscape.js 3.35.0 as its authors build it (https://js.cytoscape.org, MIT
licence: `cytoscape.LICENSE`), so that a page or a notebook needs no network.
"""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from simkit.drawing.lanes import COLUMNS, Layout, Picture, default_group, layout, picture
from simkit.drawing.marks import ATTACK, JEWEL, marked
from simkit.drawing.palette import FILLS, GREY, INK, RELATIONS, VERMILLION
from simkit.scenario import Scenario

MOST_NODES = 240
"""Beyond so many boxes alike things share one, as in `simkit.plots.graph`."""
COLUMN, ROW = 260.0, 34.0
"""Pixels from one column to the next, and from one row to the next, at a zoom of 1."""
BOX = (170, 22)
"""Pixels: width and height of a box."""
_DASHED = ("holds", "runs as", "has as backup", "runs code in, becomes")

Elements = list[dict[str, Any]]


def elements(scenario: Scenario, *, group: str | None = None, most: int = MOST_NODES) -> Elements:
    """Nodes and edges with positions, in the JSON of Cytoscape.js: the same boxes and places as `simkit.plots.graph`.

    Ids are those of `Scenario.graph()` (`credential:NAME`); a lane is the parent of its boxes (`lane:NAME`). Each node
    has `kind`, `label` and `count`, the classes `attack` and `jewel` where it is marked; each edge its `relation`.
    """
    drawn = picture(scenario.model, group or default_group(scenario.model), most)
    places = layout(drawn)
    marks = marked(scenario, drawn)
    return [*_lanes(places), *_nodes(drawn, places, marks[ATTACK], marks[JEWEL]), *_edges(drawn)]


def _lanes(places: Layout) -> Elements:
    return [{"data": {"id": f"lane:{lane}", "label": lane, "kind": "lane"}} for lane in places.lanes if lane]


def _nodes(drawn: Picture, places: Layout, attacked: frozenset[str], jewels: frozenset[str]) -> Elements:
    found: Elements = []
    for node in drawn.nodes:
        data: dict[str, Any] = {"id": node.id, "kind": node.kind, "label": node.label, "count": node.count}
        data["type"] = node.type
        if node.lane:
            data["parent"] = f"lane:{node.lane}"
        classes = [name for name, marked_ones in (("attack", attacked), ("jewel", jewels)) if node.id in marked_ones]
        position = {"x": COLUMN * COLUMNS.index(node.id.partition(":")[0]), "y": ROW * places.rows[node.id]}
        found.append({"data": data, "position": position, "classes": " ".join(classes)})
    return found


def _edges(drawn: Picture) -> Elements:
    return [
        {"data": {"id": f"edge:{i}", "source": edge.source, "target": edge.target, "relation": edge.relation}}
        for i, edge in enumerate(drawn.edges)
    ]


def style() -> list[dict[str, Any]]:
    """The style sheet of Cytoscape.js for `elements`; a page sets the classes `path`, `reached` and `dim`."""
    return [
        {"selector": "node", "style": {"label": "data(label)", "shape": "round-rectangle", "width": BOX[0], **_BOX}},
        *({"selector": f'node[kind="{kind}"]', "style": {"background-color": fill}} for kind, fill in FILLS.items()),
        {"selector": 'node[kind="lane"]', "style": _LANE},
        {"selector": "node[count > 1]", "style": {"border-width": 2}},
        {"selector": "edge", "style": _LINE},
        *(
            {"selector": f'edge[relation="{relation}"]', "style": _stroke(relation, colour)}
            for relation, colour in RELATIONS.items()
        ),
        {"selector": ".attack", "style": {"border-color": INK, "border-width": 3}},
        {"selector": ".jewel", "style": {"border-color": VERMILLION, "border-width": 3}},
        {"selector": ".dim", "style": {"opacity": 0.15}},
        {"selector": "node.reached", "style": {"background-color": "#F4C6A5"}},
        {"selector": "node.path", "style": {"border-color": VERMILLION, "border-width": 4}},
        {"selector": "edge.path", "style": {"width": 4, "line-color": VERMILLION, "target-arrow-color": VERMILLION}},
        {"selector": ":selected", "style": {"overlay-color": INK, "overlay-opacity": 0.15}},
    ]


_BOX: dict[str, Any] = {
    "height": BOX[1],
    "border-width": 1,
    "border-color": GREY,
    "font-size": 11,
    "color": INK,
    "text-valign": "center",
    "text-halign": "center",
    "text-wrap": "ellipsis",
    "text-max-width": f"{BOX[0] - 10}px",
}
_LANE: dict[str, Any] = {
    "background-color": "#F6F6F6",
    "border-color": "#DDDDDD",
    "text-valign": "top",
    "text-halign": "center",
    "color": GREY,
    "text-max-width": "900px",
    "padding": "12px",
}
_LINE: dict[str, Any] = {
    "width": 1.4,
    "curve-style": "bezier",
    "target-arrow-shape": "triangle",
    "arrow-scale": 0.8,
}


def _stroke(relation: str, colour: str) -> dict[str, Any]:
    dashes = {"line-style": "dashed"} if relation in _DASHED else {}
    return {"line-color": colour, "target-arrow-color": colour, **dashes}


def source() -> str:
    """The text of Cytoscape.js itself."""
    return files("simkit.drawing").joinpath("cytoscape.min.js").read_text("utf-8")
