"""A collected graph as a scenario: who leads to whom, and to what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from simkit.importers.draft import Draft
from simkit.importers.excerpt import Excerpt
from simkit.importers.file_place import FilePlace
from simkit.importers.importer import Importer
from simkit.importers.opengraph.collected import (
    CollectedEdge,
    CollectedNode,
    Matching,
    is_opengraph,
    plain,
    read_nodes,
)
from simkit.importers.opengraph.collectors import KINDS, OWN, NodeKind, effect_of
from simkit.importers.opengraph.own_graph import enter_own
from simkit.importers.source_file import SourceFile

TOOL = "graph"
TTL = "1h"
"""How long a session along an edge lives, an assumption: no graph says it."""
STARTS = ("human",)
"""Kinds of identities that are proposed as entry points: people, whose sessions leak."""
MOST_STARTS = 100


def translate(files: Sequence[SourceFile], draft: Draft) -> None:
    """Put the graphs of all files into `draft`."""
    bodies = list(_bodies(files, draft))
    own = [body for body in bodies if _collector(body) == OWN]
    others = [body for body in bodies if _collector(body) != OWN]
    for body in own:
        enter_own(body, draft)
    if others:
        nodes = read_nodes(others, draft)
        matching = Matching(nodes, draft)
        edges = [edge for body in others for edge in matching.edges(body)]
        _Translation(nodes.values(), edges, draft).enter()


def _bodies(files: Sequence[SourceFile], draft: Draft) -> Iterator[Excerpt]:
    for file in files:
        draft.count(file.path, 0)
        for document in file.documents:
            for problem in document.problems:
                draft.leave(FilePlace(problem.file, problem.line, problem.column), "a part", problem.message)
            if is_opengraph(document.value):
                yield Excerpt(document, draft, document.value)
            else:
                draft.leave(document.origin(), "the document", "it has no graph with nodes or edges")


def _collector(body: Excerpt) -> str:
    metadata = body.value.get("metadata")
    found = metadata.get("source_kind") if isinstance(metadata, dict) else ""
    return found if isinstance(found, str) else ""


class _Translation:
    """Nodes and edges of collectors into identities, resources, trust edges and entitlements."""

    def __init__(self, nodes: Iterable[CollectedNode], edges: Sequence[CollectedEdge], draft: Draft) -> None:
        self.edges = edges
        self.draft = draft
        self._leading = {edge.source.id for edge in edges if edge.traversable}
        self._rows = {node.id: self._row(node) for node in nodes}
        labels = Counter(node.label for node in nodes)
        self._names = {
            node.id: node.label if labels[node.label] == 1 else plain(f"{node.label} ({node.kind} {node.id})")
            for node in nodes
        }
        self._nodes = list(nodes)
        self._led: set[tuple[str, str]] = set()
        self._given: dict[str, dict[str, dict[str, None]]] = {}

    def _row(self, node: CollectedNode) -> NodeKind:
        """What the node is: by its kinds, else whatever leads on acts."""
        known = next((KINDS[kind] for kind in node.kinds if kind in KINDS), None)
        if known is None:
            if node.kinds:
                taken = "who leads on acts, the rest is acted on"
                self.draft.assume(f"nodes of the kind {node.kind}", taken, "no collector that is known has this kind")
            acts = node.id in self._leading
            return NodeKind("identities" if acts else "resources", "service" if acts else "other")
        if known.section == "resources" and not known.store and node.id in self._leading:
            return NodeKind("identities", "service")
        return known

    def enter(self) -> None:
        """Put all of it into the draft."""
        for node in self._nodes:
            row, name = self._rows[node.id], self._names[node.id]
            said = {"kind": row.kind, "note": plain(f"{', '.join(node.kinds) or 'in no file'}, id {node.id}")}
            self.draft.put(row.section, name, said, node.place)
        if any(not edge.told for edge in self.edges):
            self.draft.assume("edges that do not say whether they lead on", "they do", "no property says otherwise")
        for edge in self.edges:
            self._edge(edge)
        for name, operations in self._given.items():
            entitlements = [{"operation": each, "targets": [*targets]} for each, targets in operations.items()]
            self.draft.sections["identities"][name]["entitlements"] = entitlements
        self._propose()

    def _edge(self, edge: CollectedEdge) -> None:
        source, target = self._rows[edge.source.id], self._rows[edge.target.id]
        names = self._names[edge.source.id], self._names[edge.target.id]
        if edge.source.id == edge.target.id:
            self.draft.leave(edge.place, f"edge {edge.kind}", "it leads from a thing to itself")
        elif source.section == "identities" and target.section == "identities" and edge.traversable:
            self._lead(edge, *names)
        elif source.section == "identities":
            effect = effect_of(edge.kind) if edge.traversable else "none"
            self._give(*names, edge.kind, effect, on_identity=target.section == "identities")
        elif edge.traversable:
            self._held(*names, target)
        else:
            self.draft.leave(edge.place, f"edge {edge.kind}", "it says how things lie, and does not lead on")

    def _lead(self, edge: CollectedEdge, source: str, target: str) -> None:
        if (source, target) in self._led:
            self.draft.leave(edge.place, f"edge {edge.kind}", "another edge leads on between the same two")
            return
        self._led.add((source, target))
        self.draft.trusts(source, target, "assume", ttl=TTL, note=plain(edge.kind))

    def _give(self, source: str, target: str, kind: str, effect: str, *, on_identity: bool) -> None:
        """An operation on the target; what does not lead on to an identity does nothing to it."""
        operations = self.draft.put("tools", TOOL, {"operations": {}})["operations"]
        name = plain(kind) if effect != "none" else f"{plain(kind)} (does not lead on)"
        operation: dict[str, Any] = operations.setdefault(name, {"effect": effect, "targets": []})
        if on_identity:
            target = self._standing_for(target)
        if target not in operation["targets"]:
            operation["targets"].append(target)
        self._given.setdefault(source, {}).setdefault(f"{TOOL}.{name}", {})[target] = None

    def _standing_for(self, identity: str) -> str:
        """The resource that stands for an identity where something is done to it, and nobody becomes it."""
        name = f"settings of {identity}"
        self.draft.put("resources", name, {"kind": "other"})
        return name

    def _held(self, source: str, target: str, row: NodeKind) -> None:
        """A store holds the key of who it leads to; what it leads to besides lies in it."""
        said = self.draft.sections["resources"][source]
        if row.section == "resources":
            listed = said.setdefault("contains", [])
            if target not in listed:
                listed.append(target)
            return
        credential = f"what {source} holds of {target}"
        self.draft.put("credentials", credential, {"identity": target, "ttl": "never"})
        self.draft.put("entry_points", f"{credential} leaks", {"leak": credential})
        if credential not in said.setdefault("holds", []):
            said["holds"].append(credential)

    def _propose(self) -> None:
        people = [self._names[node.id] for node in self._nodes if self._rows[node.id].kind in STARTS]
        acting = [self._names[node.id] for node in self._nodes if self._rows[node.id].section == "identities"]
        for name in (people or acting)[:MOST_STARTS]:
            origin = self.draft.origins.get(("identities", name))
            self.draft.put("entry_points", f"{name} is taken over", {"compromise": name}, origin)
        secrets = [
            f"{self._names[node.id]}: confidentiality"
            for node in self._nodes
            if self._rows[node.id] == KINDS.get(node.kind) and self._rows[node.id].kind == "secret-store"
        ]
        if secrets:
            self.draft.put("goals", "a secret out", {"any": secrets})


def _suspects(file: SourceFile) -> bool:
    return file.path.endswith(".json") and '"graph"' in file.text


def _claims(file: SourceFile) -> bool:
    return any(is_opengraph(document.value) for document in file.documents)


OPENGRAPH = Importer(
    "opengraph",
    "graphs of BloodHound's collectors (OpenGraph)",
    _suspects,
    _claims,
    translate,
    (
        "what the collector did not ask, or was not allowed to see",
        "how long a session along an edge lives",
        "which edges of another collector lead on, where they do not say so",
        "what is worth what",
    ),
)
