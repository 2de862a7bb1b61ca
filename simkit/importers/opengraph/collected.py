"""Nodes and edges of an OpenGraph payload, each edge with the nodes that its ends match."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from simkit.importers.draft import Draft
from simkit.importers.excerpt import Excerpt
from simkit.importers.file_place import FilePlace

UNSEEN = "in no file"


@dataclass(frozen=True, slots=True)
class CollectedNode:
    """A node; without kinds: an edge names it, and no file has it."""

    id: str
    kinds: tuple[str, ...]
    properties: Mapping[str, Any]
    place: FilePlace

    @property
    def kind(self) -> str:
        """Its first kind, which says most."""
        return self.kinds[0] if self.kinds else ""

    @property
    def label(self) -> str:
        """What people call it."""
        name = self.properties.get("name")
        return plain(name if isinstance(name, str) and name.strip() else self.id)


@dataclass(frozen=True, slots=True)
class CollectedEdge:
    """An edge. It is `traversable` where it says so, or says nothing: then it may lead on."""

    kind: str
    source: CollectedNode
    target: CollectedNode
    traversable: bool
    told: bool
    place: FilePlace


def plain(text: str) -> str:
    """`text` as a name: printable, and without what globs are made of."""
    return "".join("-" if letter in "*?[]" or not letter.isprintable() else letter for letter in text).strip() or "-"


def is_opengraph(value: Any) -> bool:
    """True for a payload of OpenGraph."""
    graph = value.get("graph") if isinstance(value, dict) else None
    return isinstance(graph, dict) and any(isinstance(graph.get(key), list) for key in ("nodes", "edges"))


def read_nodes(bodies: Sequence[Excerpt], draft: Draft) -> dict[str, CollectedNode]:
    """The nodes of all payloads by their ids; of two with one id the kinds and properties of both."""
    found: dict[str, CollectedNode] = {}
    for body in bodies:
        for each in body.part("graph").each("nodes") if body.part("graph").has("nodes") else ():
            name = each.text("id")
            if not name:
                draft.leave(each.origin, "a node", "it has no id")
                continue
            kinds = each.texts("kinds") if each.has("kinds") else ()
            properties = each.part("properties").value if each.has("properties") else {}
            known = found.get(name)
            if known is not None:
                kinds, properties = (*known.kinds, *kinds), {**known.properties, **properties}
            place = known.place if known else each.origin
            found[name] = CollectedNode(name, tuple(dict.fromkeys(kinds)), properties, place)
            draft.count(body.document.file)
    return found


class Matching:
    """Finds the node that the end of an edge means: by id, by name, or by properties."""

    def __init__(self, nodes: dict[str, CollectedNode], draft: Draft) -> None:
        self.nodes = nodes
        self.draft = draft
        self._by_name: dict[str, list[CollectedNode]] = {}
        for each in nodes.values():
            name = each.properties.get("name")
            if isinstance(name, str):
                self._by_name.setdefault(name, []).append(each)

    def edges(self, body: Excerpt) -> Iterator[CollectedEdge]:
        """The edges of one payload; those with an end that cannot be read are told."""
        graph = body.part("graph")
        for each in graph.each("edges") if graph.has("edges") else ():
            kind = each.text("kind")
            source, target = self._end(each.part("start")), self._end(each.part("end"))
            if not kind or source is None or target is None:
                self.draft.leave(each.origin, f"edge {kind or 'without a kind'}", "it does not say between what")
                continue
            for end in (source, target):
                if not end.kinds and end.id not in self.nodes:
                    why = f"{end.label!r} is {UNSEEN}: what it leads to is not known"
                    self.draft.leave(each.origin, f"edge {kind}", why)
                    self.nodes[end.id] = end
            properties = each.part("properties").value if each.has("properties") else {}
            said = properties.get("traversable")
            told = isinstance(said, bool)
            yield CollectedEdge(kind, source, target, said is not False, told, each.origin)

    def _end(self, end: Excerpt) -> CollectedNode | None:
        how = end.text("match_by") if end.has("match_by") else "id"
        wanted = end.text("kind") if end.has("kind") else ""
        if how == "property":
            matchers = [each.value for each in end.each("property_matchers")]
            found = [each for each in self.nodes.values() if matchers and all(_fits(each, one) for one in matchers)]
            missing = ", ".join(f"{one.get('key')} {one.get('value')}" for one in matchers)
        elif how == "name":
            missing = end.text("value")
            found = self._by_name.get(missing, [])
        else:
            missing = end.text("value")
            found = [self.nodes[missing]] if missing in self.nodes else []
        kept = [each for each in found if not wanted or wanted in each.kinds]
        if kept:
            return kept[0]
        return CollectedNode(missing, (), {}, end.origin) if missing else None


def _fits(node: CollectedNode, matcher: Mapping[str, Any]) -> bool:
    key = matcher.get("key")
    same = isinstance(key, str) and node.properties.get(key) == matcher.get("value")
    return matcher.get("operator") == "equals" and same
