"""The model as a picture or a file for other tools: Mermaid, DOT, GraphML and JSON.

Every function gives the same text for the same model, whatever the order of its file: nodes and edges are sorted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import networkx as nx

from simkit.errors import QuestionError, nearest
from simkit.model.model import Model
from simkit.table import printable, shorten

MERMAID_EDGES = 500
"""Code hosts refuse to draw a Mermaid diagram with more edges (its `maxEdges` default)."""
LONGEST_LABEL = 60

GROUPS = ("environment", "tier", "none")
"""What a picture can put its nodes into boxes by."""

_MERMAID_SHAPES = {
    "identity": ("([", "])"),
    "resource": ("[(", ")]"),
    "tool": ("[[", "]]"),
    "credential": ("{{", "}}"),
    "role": ("[/", "/]"),
    "task": ("(", ")"),
}
_DOT_SHAPES = {
    "identity": "box",
    "resource": "cylinder",
    "tool": "component",
    "credential": "hexagon",
    "role": "parallelogram",
    "task": "ellipse",
}
_FILLS = {
    "identity": "#cfe3f5",
    "resource": "#f7d9c4",
    "tool": "#e3e3e3",
    "credential": "#fff0b3",
    "role": "#d9ead3",
    "task": "#ffffff",
}
_LESS_TELLING = ("reads", "needs", "performs", "has-role", "contains", "recoverable-from")
"""The relations that a trimmed picture gives up, first to last; how privilege travels stays longest."""


@dataclass(frozen=True, slots=True)
class _Arrow:
    """Everything that leads from one node to another by one relation, as one line of a picture."""

    source: str
    target: str
    relation: str
    label: str


def mermaid(model: Model, *, group: str = "environment", edges: int = MERMAID_EDGES) -> str:
    """A Mermaid flowchart of `model`, boxes by `group` (`environment`, `tier` or `none`).

    Parallel edges are drawn as one. Where more than `edges` remain, how privilege travels is kept before who works on
    what, and a comment in the text says how many are missing. Raises QuestionError for an unknown group.
    """
    picture = _ExportGraph.of(model, group)
    shown, left_out = _trimmed(picture.arrows, edges)
    names = picture.nodes if not left_out else {end for arrow in shown for end in (arrow.source, arrow.target)}
    ids = {node: f"n{index}" for index, node in enumerate(sorted(names))}
    lines = ["flowchart LR"]
    if left_out:
        lines.append(f"  %% {left_out} of {len(picture.arrows)} edges left out: hosts draw at most {edges}")
    lines += _boxed(picture, ids, (_mermaid_box, "  end"), lambda node: _mermaid_node(picture, ids, node))
    for arrow in shown:
        lines.append(f'  {ids[arrow.source]} -->|"{_mermaid_text(arrow.label)}"| {ids[arrow.target]}')
    for kind, fill in _FILLS.items():
        lines.append(f"  classDef {kind} fill:{fill},stroke:#555,color:#111")
    return "\n".join(lines) + "\n"


def dot(model: Model, *, group: str = "environment") -> str:
    """`model` in Graphviz's DOT language, clusters by `group` (`environment`, `tier` or `none`).

    Parallel edges are drawn as one. Raises QuestionError for an unknown group.
    """
    picture = _ExportGraph.of(model, group)
    lines = [
        "digraph simkit {",
        "  rankdir=LR;",
        '  node [fontname="sans-serif", style=filled];',
        '  edge [fontname="sans-serif", fontsize=9];',
    ]
    ids = {node: _dot_text(node) for node in picture.nodes}
    lines += _boxed(picture, ids, (_dot_box, "  }"), lambda node: _dot_node(picture, node))
    for arrow in picture.arrows:
        ends = f"{ids[arrow.source]} -> {ids[arrow.target]}"
        lines.append(f"  {ends} [label={_dot_text(arrow.label)}];")
    return "\n".join([*lines, "}"]) + "\n"


def graphml(model: Model) -> str:
    """`model` as GraphML, every attribute kept, for Gephi, yEd, Cytoscape or networkx."""
    clean = _sorted_graph(model.graph(), _xml_value)
    return "\n".join(nx.generate_graphml(clean)) + "\n"


def json_graph(model: Model) -> str:
    """`model` as node-link JSON, which `networkx.node_link_graph(..., edges="edges")` reads back."""
    graph = _sorted_graph(model.graph(), lambda value: value)
    nodes = [{"id": node, **attributes} for node, attributes in graph.nodes(data=True)]
    edges = [
        {"source": source, "target": target, "key": key, **attributes}
        for source, target, key, attributes in graph.edges(keys=True, data=True)
    ]
    whole = {"directed": True, "multigraph": True, "graph": {}, "nodes": nodes, "edges": edges}
    return json.dumps(whole, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"


FORMATS: Mapping[str, Callable[[Model], str]] = {
    "mermaid": mermaid,
    "dot": dot,
    "graphml": graphml,
    "json": json_graph,
}
"""The export of each format's name."""


@dataclass(frozen=True, slots=True)
class _ExportGraph:
    """What the two drawing languages share."""

    nodes: Mapping[str, Mapping[str, Any]]
    boxes: Mapping[str, tuple[str, ...]]
    arrows: tuple[_Arrow, ...]

    @staticmethod
    def of(model: Model, group: str) -> _ExportGraph:
        if group not in GROUPS:
            raise QuestionError(f"a graph cannot be grouped by {group!r}: {nearest(group, GROUPS)}")
        graph = model.graph()
        nodes = dict(sorted(graph.nodes(data=True)))
        boxes: dict[str, tuple[str, ...]] = {}
        for node in nodes:
            box = _box_of(model, group, node)
            boxes[box] = (*boxes.get(box, ()), node)
        return _ExportGraph(nodes, dict(sorted(boxes.items())), tuple(_arrows(graph)))


def _box_of(model: Model, group: str, node: str) -> str:
    """The box that `node` belongs into; empty for none."""
    kind, _, name = node.partition(":")
    if group == "tier":
        return model.identities[name].tier if kind == "identity" else ""
    if group == "environment" and kind == "identity":
        return model.identities[name].environment
    if group == "environment" and kind == "resource":
        return model.resources[name].environment
    return ""


def _arrows(graph: nx.MultiDiGraph) -> Iterator[_Arrow]:
    """Parallel edges joined: one arrow for each pair of nodes and relation."""
    joined: dict[tuple[str, str, str], set[str]] = {}
    for source, target, attributes in graph.edges(data=True):
        operations = joined.setdefault((source, target, attributes["relation"]), set())
        if "operation" in attributes:
            operations.add(attributes["operation"].rpartition(".")[2])
    for (source, target, relation), operations in sorted(joined.items()):
        named = f"{relation}: {', '.join(sorted(operations))}" if operations else relation
        yield _Arrow(source, target, relation, shorten(printable(named), LONGEST_LABEL))


def _trimmed(arrows: tuple[_Arrow, ...], most: int) -> tuple[tuple[_Arrow, ...], int]:
    """At most `most` arrows in their old order, and how many are left out."""
    if len(arrows) <= most:
        return arrows, 0
    ranks = {relation: -rank for rank, relation in enumerate(reversed(_LESS_TELLING), start=1)}
    telling = sorted(range(len(arrows)), key=lambda at: (-ranks.get(arrows[at].relation, 0), at))
    return tuple(arrows[at] for at in sorted(telling[:most])), len(arrows) - most


def _boxed(
    picture: _ExportGraph,
    ids: Mapping[str, str],
    box: tuple[Callable[[int, str], str], str],
    drawn: Callable[[str], str],
) -> Iterator[str]:
    """The lines of all nodes that have an id, box by box; `box` is how one opens (number, name) and closes."""
    opening, closing = box
    for index, (name, members) in enumerate(picture.boxes.items()):
        nodes = [node for node in members if node in ids]
        if name and nodes:
            yield opening(index, name)
            yield from (f"    {drawn(node)}" for node in nodes)
            yield closing
        else:
            yield from (f"  {drawn(node)}" for node in nodes)


def _mermaid_box(index: int, name: str) -> str:
    return f'  subgraph box{index}["{_mermaid_text(name)}"]'


def _mermaid_node(picture: _ExportGraph, ids: Mapping[str, str], node: str) -> str:
    kind = picture.nodes[node]["kind"]
    opening, closing = _MERMAID_SHAPES[kind]
    return f'{ids[node]}{opening}"{_mermaid_text(_caption(picture, node))}"{closing}:::{kind}'


def _mermaid_text(text: str) -> str:
    """Everything but letters, digits and quiet punctuation as `#NN;`, which Mermaid turns back.

    >>> _mermaid_text('drop "all" <b>')
    'drop #34;all#34; #60;b#62;'
    """
    return "".join(char if char.isalnum() or char in " -_.,/:…" else f"#{ord(char)};" for char in printable(text))


def _caption(picture: _ExportGraph, node: str) -> str:
    """The node's name, after what it is where its shape does not say."""
    attributes = picture.nodes[node]
    name = shorten(printable(attributes["name"]), LONGEST_LABEL)
    return f"{attributes['type']}: {name}" if "type" in attributes else name


def _dot_box(index: int, name: str) -> str:
    return f"  subgraph cluster_{index} {{\n    label={_dot_text(name)};"


def _dot_node(picture: _ExportGraph, node: str) -> str:
    kind = picture.nodes[node]["kind"]
    looks = f'shape={_DOT_SHAPES[kind]}, fillcolor="{_FILLS[kind]}"'
    return f"{_dot_text(node)} [label={_dot_text(_caption(picture, node))}, {looks}];"


def _dot_text(text: str) -> str:
    r"""A quoted DOT string. Backslashes are doubled: labels would read `\N` as the node's name.

    >>> print(_dot_text('a "b" \\N'))
    "a \"b\" \\N"
    """
    escaped = printable(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _sorted_graph(graph: nx.MultiDiGraph, clean: Callable[[Any], Any]) -> nx.MultiDiGraph:
    """`graph` with nodes and edges in the order of their text, and every value through `clean`."""
    ordered = nx.MultiDiGraph()
    for node, attributes in sorted(graph.nodes(data=True)):
        ordered.add_node(clean(node), **_cleaned(attributes.items(), clean))
    edges = [(source, target, sorted(attributes.items())) for source, target, attributes in graph.edges(data=True)]
    for source, target, attributes in sorted(edges, key=repr):
        ordered.add_edge(clean(source), clean(target), **_cleaned(attributes, clean))
    return ordered


def _cleaned(attributes: Iterable[tuple[str, Any]], clean: Callable[[Any], Any]) -> dict[str, Any]:
    return {key: clean(value) for key, value in attributes}


_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _xml_value(value: Any) -> Any:
    """Characters that no XML file may hold (XML 1.0, production 2), escaped as Python writes them."""
    if not isinstance(value, str):
        return value
    return _NOT_XML.sub(lambda found: found.group().encode("unicode_escape").decode("ascii"), value)
