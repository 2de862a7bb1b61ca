"""A picture for Cytoscape.js, the library that draws graphs in browsers: elements, style, and its source.

`cytoscape.min.js` beside this file is Cytoscape.js 3.35.0 as its authors build it (https://js.cytoscape.org, MIT
licence: `cytoscape.LICENSE`), so that a page or a notebook needs no network.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from simkit.diagram.diagram import COLUMNS, Picture, Placement, layout
from simkit.diagram.marks import ATTACK, JEWEL, marked
from simkit.diagram.palette import FILLS, GREY, INK, RELATIONS, VERMILLION, WARM
from simkit.scenario import Scenario
from simkit.techniques.grounds import start_of

COLUMN, ROW = 260.0, 34.0
"""Pixels from one column to the next, and from one row to the next, at a zoom of 1."""
BOX = (170, 22)
"""Pixels: width and height of a box."""
SIGNS = {"attack": "\u25b6", "other": "\u25b7", "jewel": "\u25c6"}
"""What stands before the name of a box that is marked: frames and fills say how far an attack gets."""
_DASHED = ("holds", "runs as", "has as backup", "runs code in, becomes")

Elements = list[dict[str, Any]]


def elements(scenario: Scenario, drawn: Picture, entry_point: str | None = None) -> Elements:
    """Nodes and edges with positions, in the JSON of Cytoscape.js: those of `drawn`, a picture of `scenario`.

    Ids are those of `Scenario.graph()` (`credential:NAME`); a boundary is the parent of its boxes (`boundary:NAME`).
    Each node has `kind`, `label` and `count`, the classes `attack` and `jewel` where it is marked, and `shown`, its
    label behind the signs of these marks; each edge its `relation`. With `entry_point`, the starts of other attacks
    have the class `other` instead of `attack`.
    """
    places = layout(drawn)
    marks = marked(scenario, drawn)
    here = marks[ATTACK] if entry_point is None else marks[ATTACK] & {start_of(scenario.entry_points[entry_point])}
    classes = {"attack": here, "other": marks[ATTACK] - here, "jewel": marks[JEWEL]}
    return [*_boundaries(places), *_nodes(drawn, places, classes), *_edges(drawn)]


def _boundaries(places: Placement) -> Elements:
    return [
        {"data": {"id": f"boundary:{boundary}", "label": boundary, "kind": "boundary"}}
        for boundary in places.boundaries
        if boundary
    ]


def _nodes(drawn: Picture, places: Placement, marks: Mapping[str, frozenset[str]]) -> Elements:
    found: Elements = []
    for node in drawn.nodes:
        data: dict[str, Any] = {"id": node.id, "kind": node.kind, "label": node.label, "count": node.count}
        data["type"] = node.type
        if node.boundary:
            data["parent"] = f"boundary:{node.boundary}"
        classes = [name for name, boxes in marks.items() if node.id in boxes]
        data["shown"] = " ".join((*(SIGNS[name] for name in classes), node.label))
        position = {"x": COLUMN * COLUMNS.index(node.id.partition(":")[0]), "y": ROW * places.rows[node.id]}
        found.append({"data": data, "position": position, "classes": " ".join(classes)})
    return found


def _edges(drawn: Picture) -> Elements:
    return [
        {"data": {"id": edge_id(i), "source": edge.source, "target": edge.target, "relation": edge.relation}}
        for i, edge in enumerate(drawn.edges)
    ]


def edge_id(place: int) -> str:
    """The id of the line at that place in the picture's list of lines."""
    return f"edge:{place}"


def style(*, dark: bool = False) -> list[dict[str, Any]]:
    """The style sheet of Cytoscape.js for `elements`, on a light page or a `dark` one.

    A page sets the classes `reached` (an attack got there), `within` (it could), `dim`, `path` (on the chosen attack
    path) and `now` (its present step).
    """
    page = DARK if dark else LIGHT
    return [
        {"selector": "node", "style": {"label": "data(shown)", "shape": "round-rectangle", "width": BOX[0], **_BOX}},
        *({"selector": f'node[kind="{kind}"]', "style": {"background-color": fill}} for kind, fill in FILLS.items()),
        {"selector": 'node[kind="boundary"]', "style": {"label": "data(label)", **_BOUNDARY, **page["boundary"]}},
        {"selector": "node[count > 1]", "style": {"border-width": 2}},
        {"selector": "edge", "style": _LINE},
        *(
            {
                "selector": f'edge[relation="{relation}"]',
                "style": _stroke(page["strokes"].get(colour, colour), relation),
            }
            for relation, colour in RELATIONS.items()
        ),
        {"selector": ".attack", "style": {"border-color": page["ink"], "border-width": 3}},
        {"selector": ".other", "style": {"border-color": page["ink"], "border-width": 2}},
        {"selector": ".jewel", "style": {"border-color": VERMILLION, "border-width": 3}},
        {"selector": "node.reached", "style": {"background-color": WARM}},
        {"selector": "node.within", "style": {"border-style": "dashed", "border-width": 2, "border-color": VERMILLION}},
        {"selector": "edge.dim", "style": {"opacity": 0.12}},
        {"selector": "node.dim", "style": {"background-opacity": 0.2, "border-opacity": 0.3, "color": page["soft"]}},
        {"selector": "node.dim.attack, node.dim.other", "style": {"border-opacity": 0.9, "color": page["ink"]}},
        {"selector": "node.path", "style": {"border-color": VERMILLION, "border-width": 4}},
        {"selector": "edge.path", "style": {"width": 4, "opacity": 1, **_line_colour(VERMILLION)}},
        {"selector": "node.now", "style": {"background-color": VERMILLION, "color": "#FFFFFF", "font-weight": "bold"}},
        {"selector": ":selected", "style": {"overlay-color": page["ink"], "overlay-opacity": 0.15}},
    ]


LIGHT: dict[str, Any] = {
    "ink": INK,
    "soft": GREY,
    "boundary": {"background-color": "#F6F6F6", "border-color": "#DDDDDD", "color": GREY},
    "strokes": {},
}
"""What depends on the page: frames, boundaries, names that stand back, and the colours of lines that would not show."""
DARK: dict[str, Any] = {
    "ink": "#F2F2F2",
    "soft": "#B4BAC2",
    "boundary": {"background-color": "#22262C", "border-color": "#3A4048", "color": "#B4BAC2"},
    "strokes": {INK: "#E8E8E8", "#A9A9A9": "#8A929C"},
}
"""The same on a dark page."""
_BOX: dict[str, Any] = {
    "height": BOX[1],
    "border-width": 1,
    "border-color": GREY,
    "font-size": 13,
    "color": INK,
    "text-valign": "center",
    "text-halign": "center",
    "text-wrap": "ellipsis",
    "text-max-width": f"{BOX[0] - 10}px",
}
_BOUNDARY: dict[str, Any] = {
    # over the first column, where no line comes in from above
    "text-valign": "top",
    "text-halign": "left",
    "text-margin-x": f"{BOX[0] + 12}px",
    "text-max-width": "900px",
    "padding": "12px",
}
_LINE: dict[str, Any] = {
    "width": 1.4,
    "curve-style": "bezier",
    "target-arrow-shape": "triangle",
    "arrow-scale": 0.8,
}


def _stroke(colour: str, relation: str) -> dict[str, Any]:
    dashes = {"line-style": "dashed"} if relation in _DASHED else {}
    return {**_line_colour(colour), **dashes}


def _line_colour(colour: str) -> dict[str, Any]:
    return {"line-color": colour, "target-arrow-color": colour}


def source() -> str:
    """The text of Cytoscape.js itself, and of `cytoscape.routed(cy)`, which leads the lines around names."""
    here = files("simkit.diagram")
    return "\n".join(here.joinpath(name).read_text("utf-8") for name in ("cytoscape.min.js", "routes.js"))
