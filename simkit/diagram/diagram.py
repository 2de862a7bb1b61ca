"""Where the nodes of a model's picture stand: a band for each trust boundary, a column for each kind of node."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from simkit.model import Model, environments
from simkit.table import printable

COLUMNS = ("credential", "identity", "tool", "resource")
SHARED = "across boundaries"
"""Where tools and resources stand that identities of several boundaries use."""
SWEEPS = 6
"""How often the order of the columns is improved, back and forth."""


@dataclass(frozen=True, slots=True)
class Node:
    """A box of the picture: one thing of the model, or `count` alike ones."""

    id: str
    kind: str
    label: str
    boundary: str
    type: str = ""
    count: int = 1


@dataclass(frozen=True, slots=True)
class Edge:
    """Everything that leads from one box to another by one relation."""

    source: str
    target: str
    relation: str


@dataclass(frozen=True, slots=True)
class Picture:
    """The boxes and lines; `boxes` says for each thing of the model (`credential:NAME`) the id of its box."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    boxes: Mapping[str, str]

    @property
    def things(self) -> int:
        """How many things of the model the boxes stand for."""
        return len(self.boxes)

    @property
    def aggregated(self) -> bool:
        """True if some box stands for several things."""
        return self.things > len(self.nodes)


@dataclass(frozen=True, slots=True)
class Placement:
    """The row of each node, counted from the top, the first row and height of each boundary, and the rows in all."""

    rows: Mapping[str, float]
    boundaries: Mapping[str, tuple[float, float]]
    height: float


def picture(model: Model, group: str, most: int, apart: Collection[str] = ()) -> Picture:
    """The picture of `model` by trust boundary (`environment`, `tier` or `none`), of at most about `most` boxes.

    Roles are looked through and tasks left out. Where there are more things than `most`, those of one boundary, kind
    and type that lead to and from the same things share a box; if that is not enough, all of one type do. Those named
    in `apart` (`credential:NAME`) always keep their own.
    """
    edges = tuple(dict.fromkeys(_edges(model)))
    nodes = tuple(_nodes(model, edges, group))
    whole = Picture(nodes, edges, {node.id: node.id for node in nodes})
    if len(nodes) <= most:
        return whole
    alike = _merged(whole, _neighbours(edges), apart)
    return alike if len(alike.nodes) <= most else _merged(whole, {}, apart)


TAKEN_AWAY = ("denied", "at-most")
"""Relations that no line is drawn for: they say what somebody may not do."""


def _edges(model: Model) -> Iterator[Edge]:
    """The edges of the model's graph between the kinds that are drawn, roles looked through."""
    graph = model.graph()
    drawn = {node for node, kind in graph.nodes(data="kind") if kind in COLUMNS}
    for source, target, relation in graph.edges(data="relation"):
        if relation in TAKEN_AWAY:
            continue
        if source in drawn and target in drawn:
            yield Edge(source, target, _plain(relation, source, target))
        elif source in drawn and relation == "has-role":
            given = ((tool, said["relation"]) for _, tool, said in graph.out_edges(target, data=True))
            yield from (Edge(source, tool, "entitled to") for tool, how in given if how not in TAKEN_AWAY)


def _plain(relation: str, source: str, target: str) -> str:
    """The relation in the words of the legend."""
    if relation == "run-by" or (relation == "acts-on" and target.startswith("identity:")):
        return "runs code in, becomes"
    if relation in ("authenticates", "signs for", "holds", "contains"):
        return relation
    if relation in ("entitled-to", "acts-on"):
        return {"entitled-to": "entitled to", "acts-on": "acts on"}[relation]
    if relation == "recoverable-from":
        return "has as backup"
    return "runs as" if relation == "runs-as" else "may become"


def _nodes(model: Model, edges: Iterable[Edge], group: str) -> Iterator[Node]:
    home = {f"identity:{name}": _boundary(model, name, group) for name in model.identities}
    home |= {f"credential:{c.name}": home[f"identity:{c.identity}"] for c in model.credentials.values()}
    users = _users(edges)
    for name, identity in model.identities.items():
        yield Node(f"identity:{name}", "identity", printable(name), home[f"identity:{name}"], identity.kind)
    for name, credential in model.credentials.items():
        node = f"credential:{name}"
        yield Node(node, "credential", printable(name), home[node], credential.kind)
    for name in model.tools:
        yield Node(f"tool:{name}", "tool", printable(name), _boundary_of(users.get(f"tool:{name}", ()), home))
    homes = environments(model) if group == "environment" else {}
    for name, resource in model.resources.items():
        own = homes.get(name, "")
        node = f"resource:{name}"
        yield Node(node, "resource", printable(name), own or _boundary_of(users.get(node, ()), home), resource.kind)


def _boundary(model: Model, identity: str, group: str) -> str:
    if group == "tier":
        return model.identities[identity].tier or "no tier"
    return model.identities[identity].environment if group == "environment" else ""


def _users(edges: Iterable[Edge]) -> dict[str, set[str]]:
    """For each tool and resource the identities that are entitled to reach it, children with their parents."""
    into: dict[str, set[str]] = {}
    for edge in edges:
        if edge.relation in ("entitled to", "acts on", "contains", "holds"):
            into.setdefault(edge.target, set()).add(edge.source)
    return {node: set(_sources(node, into)) for node in into}


def _sources(node: str, into: Mapping[str, set[str]]) -> Iterator[str]:
    seen, waiting = {node}, [node]
    while waiting:
        for source in into.get(waiting.pop(), ()):
            if source.startswith("identity:"):
                yield source
            elif source not in seen:
                seen.add(source)
                waiting.append(source)


def _boundary_of(users: Iterable[str], home: Mapping[str, str]) -> str:
    boundaries = {home[user] for user in users}
    if len(boundaries) == 1:
        return boundaries.pop()
    return SHARED if len(set(home.values())) > 1 else next(iter(home.values()), "")


def _neighbours(edges: Iterable[Edge]) -> dict[str, frozenset[tuple[str, str, bool]]]:
    """What each node leads to and from."""
    found: dict[str, set[tuple[str, str, bool]]] = {}
    for edge in edges:
        found.setdefault(edge.source, set()).add((edge.target, edge.relation, True))
        found.setdefault(edge.target, set()).add((edge.source, edge.relation, False))
    return {node: frozenset(around) for node, around in found.items()}


def _merged(whole: Picture, around: Mapping[str, frozenset[tuple[str, str, bool]]], apart: Collection[str]) -> Picture:
    """`whole` with the nodes of one boundary, kind and type that have the same things around them in one box."""
    groups: dict[tuple[object, ...], list[Node]] = {}
    for node in whole.nodes:
        alone = node.id if node.id in apart else ""
        groups.setdefault((node.boundary, node.kind, node.type, around.get(node.id), alone), []).append(node)
    new = {node.id: members[0].id for members in groups.values() for node in members}
    nodes = tuple(_box(members) for members in groups.values())
    edges = dict.fromkeys(Edge(new[edge.source], new[edge.target], edge.relation) for edge in whole.edges)
    return Picture(nodes, tuple(edge for edge in edges if edge.source != edge.target), new)


def _box(members: Sequence[Node]) -> Node:
    first = members[0]
    if len(members) == 1:
        return first
    what = first.type or first.kind
    return Node(first.id, first.kind, f"{len(members):,} × {what}", first.boundary, first.type, len(members))


def layout(drawn: Picture) -> Placement:
    """Rows for the nodes: each column of a boundary is spread over the boundary, in an order that crosses few lines."""
    boundaries = sorted({node.boundary for node in drawn.nodes}, key=lambda boundary: (boundary == SHARED, boundary))
    cells = {
        (boundary, kind): [n.id for n in drawn.nodes if (n.boundary, n.kind) == (boundary, kind)]
        for boundary in boundaries
        for kind in COLUMNS
    }
    tall = {boundary: max(len(cells[boundary, kind]) for kind in COLUMNS) for boundary in boundaries}
    starts, top = {}, 0.0
    for boundary in boundaries:
        starts[boundary] = (top, float(tall[boundary]))
        top += tall[boundary] + BOUNDARY_GAP
    rows = _spread(cells, starts)
    near = _linked(drawn.edges)
    for sweep in range(SWEEPS):
        for kind in COLUMNS if sweep % 2 == 0 else reversed(COLUMNS):
            for boundary in boundaries:
                cells[boundary, kind].sort(key=lambda node: (_middle(node, near, rows), rows[node]))
            rows = _spread(cells, starts)
    return Placement(rows, starts, top - BOUNDARY_GAP)


BOUNDARY_GAP = 1.3
"""Rows between two boundaries: the name of the lower one stands there."""


def _spread(
    cells: Mapping[tuple[str, str], list[str]], boundaries: Mapping[str, tuple[float, float]]
) -> dict[str, float]:
    found = {}
    for (boundary, _), nodes in cells.items():
        start, height = boundaries[boundary]
        for place, node in enumerate(nodes):
            found[node] = start + (place + 0.5) * height / len(nodes)
    return found


def _linked(edges: Iterable[Edge]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for edge in edges:
        found.setdefault(edge.source, []).append(edge.target)
        found.setdefault(edge.target, []).append(edge.source)
    return found


def _middle(node: str, near: Mapping[str, list[str]], rows: Mapping[str, float]) -> float:
    """The mean row of what `node` is linked to; its own where it is linked to nothing."""
    around = [rows[other] for other in near.get(node, ())]
    return sum(around) / len(around) if around else rows[node]


def default_group(model: Model) -> str:
    """The boundary that tells most: environments if there are several, else tiers if any is declared, else none."""
    if len({identity.environment for identity in model.identities.values()}) > 1:
        return "environment"
    tiers = Counter(identity.tier for identity in model.identities.values() if identity.tier)
    return "tier" if tiers else "none"
