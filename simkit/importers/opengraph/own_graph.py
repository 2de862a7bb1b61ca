"""The graph of a scenario as OpenGraph, and back: what simkit writes, it reads."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from simkit.entitlements import Resolver
from simkit.importers.draft import Draft
from simkit.importers.excerpt import Excerpt
from simkit.importers.opengraph.collectors import OWN
from simkit.model import IDENTITY_EFFECTS, Model
from simkit.model.identities import IDENTITY_KINDS, TRUST_KINDS
from simkit.model.resources import RESOURCE_KINDS
from simkit.model.tools import EFFECTS

_WORD = re.compile(r"[^A-Za-z0-9_]+")
SECTIONS = {"Identity": "identities", "Resource": "resources", "Credential": "credentials", "Role": "roles"}
"""What nodes are, by their first kind."""


def open_graph(model: Model) -> str:
    """`model` as an OpenGraph payload: identities, resources and credentials, and what leads from one to another.

    Entitlements are resolved: an edge for each operation that an identity may do, to what it may do it.
    """
    nodes = [_node(kind, name, said) for kind, name, said in _things(model)]
    edges = sorted(_edges(model), key=lambda each: json.dumps(each, sort_keys=True))
    payload = {"metadata": {"source_kind": OWN}, "graph": {"nodes": nodes, "edges": edges}}
    return json.dumps(payload, indent=1, ensure_ascii=False) + "\n"


def _things(model: Model) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for name, identity in sorted(model.identities.items()):
        yield "Identity", name, {"type": identity.kind, "note": identity.note}
    for name, resource in sorted(model.resources.items()):
        yield "Resource", name, {"type": resource.kind, "note": resource.note}
    for name, credential in sorted(model.credentials.items()):
        yield "Credential", name, {"type": credential.kind, "identity": credential.identity, "note": credential.note}
    for name in _gained(model):
        yield "Role", name, {"note": model.roles[name].note}


def _gained(model: Model) -> list[str]:
    """The roles that an operation of effect `grant` gives: they are things of their own in the graph."""
    return sorted({operation.role for _, _, operation in model.operations() if operation.role})


def _node(kind: str, name: str, said: Mapping[str, Any]) -> dict[str, Any]:
    properties = {"name": name, **{key: value for key, value in said.items() if value}}
    return {"id": f"{kind}:{name}", "kinds": [f"{OWN}_{kind}"], "properties": properties}


def _edges(model: Model) -> Iterator[dict[str, Any]]:
    for edge in model.trust:
        yield _edge("Identity", edge.source, edge.kind, "Identity", edge.target, seconds=edge.ttl)
    for name, credential in model.credentials.items():
        if credential.use == "login":
            yield _edge("Credential", name, "opens", "Identity", credential.identity)
    for name, resource in model.resources.items():
        yield from (_edge("Resource", name, "holds", "Credential", each) for each in resource.holds)
        yield from (_edge("Resource", name, "contains", "Resource", each) for each in resource.contains)
        yield from (_edge("Resource", name, "run_by", "Identity", each) for each in resource.run_by)
    for name, identity in model.identities.items():
        for each in identity.runtime_holds:
            kind = "Credential" if each in model.credentials else "Resource"
            yield _edge("Identity", name, "runtime_holds", kind, each)
    resolver = Resolver(model)
    for name in model.identities:
        for operation, target in resolver.identity(name):
            yield from _granted(model, "Identity", name, operation, target)
    for name in _gained(model):
        for operation, target in resolver.gained(name):
            yield from _granted(model, "Role", name, operation, target)


def _granted(model: Model, kind: str, name: str, operation: str, target: str) -> Iterator[dict[str, Any]]:
    effect = model.operation(operation).effect
    on = "Identity" if effect in IDENTITY_EFFECTS else "Resource"
    said: dict[str, Any] = {"operation": operation, "effect": effect}
    if model.operation(operation).role:
        said["role"] = model.operation(operation).role
    if target:
        word = operation.partition(".")[2]
        yield _edge(kind, name, word, on, target, traversable=effect != "none", **said)


def _edge(
    source_kind: str, source: str, kind: str, target_kind: str, target: str, *, traversable: bool = True, **said: Any
) -> dict[str, Any]:
    word = _WORD.sub("_", kind).strip("_")[:80] or "edge"
    return {
        "kind": word if "operation" in said else f"{OWN}_{word}",
        "start": {"match_by": "id", "value": f"{source_kind}:{source}"},
        "end": {"match_by": "id", "value": f"{target_kind}:{target}"},
        "properties": {"traversable": traversable, **said},
    }


def enter_own(body: Excerpt, draft: Draft) -> None:
    """Put a graph that simkit wrote back into `draft`."""
    graph = body.part("graph")
    for each in graph.each("nodes") if graph.has("nodes") else ():
        kind, _, name = each.text("id").partition(":")
        if kind in SECTIONS and name and set(name).isdisjoint("*?[]") and name.isprintable():
            _enter_node(each.part("properties"), kind, name, draft, each)
            draft.count(body.document.file)
        else:
            draft.leave(each.origin, "a node", "it is none that simkit writes")
    for each in graph.each("edges") if graph.has("edges") else ():
        if not _enter_edge(each, draft):
            draft.leave(each.origin, f"edge {each.text('kind')}", "it is none that simkit writes, or leads nowhere")
    for name in draft.sections.get("identities", {}):
        draft.put(
            "entry_points", f"{name} is taken over", {"compromise": name}, draft.origins.get(("identities", name))
        )


_TYPES = {"Identity": IDENTITY_KINDS, "Resource": RESOURCE_KINDS, "Role": ()}


def _enter_node(properties: Excerpt, kind: str, name: str, draft: Draft, node: Excerpt) -> None:
    note, of = properties.text("note"), properties.text("type")
    said: dict[str, Any] = {"note": note} if note.isprintable() and note else {}
    if kind == "Credential":
        identity = properties.text("identity")
        if draft.has("identities", identity):
            draft.put("credentials", name, said | {"identity": identity}, node.origin)
        else:
            draft.leave(node.origin, f"credential {name}", "its identity is no node above it")
        return
    if of in _TYPES[kind]:
        said["kind"] = of
    draft.put(SECTIONS[kind], name, said, node.origin)


_LISTS = {
    ("Resource", "holds"): "Credential",
    ("Resource", "contains"): "Resource",
    ("Resource", "run_by"): "Identity",
    ("Identity", "runtime_holds"): "Any",
}
"""Edges that are lists in the scenario, by what they lead from: and to what they lead."""


def _enter_edge(edge: Excerpt, draft: Draft) -> bool:
    """Whether the edge is one that simkit writes, between nodes that are there."""
    ends = [edge.part(end).text("value").partition(":") for end in ("start", "end")]
    if not all(kind in SECTIONS and draft.has(SECTIONS[kind], name) for kind, _, name in ends):
        return False
    (source_kind, _, source), (target_kind, _, target) = ends
    said, word = edge.part("properties"), edge.text("kind").removeprefix(f"{OWN}_")
    if said.has("operation"):
        holder = draft.sections[SECTIONS[source_kind]][source] if source_kind in ("Identity", "Role") else None
        return holder is not None and _enter_grant(said, holder, target_kind, target, draft)
    if (source_kind, target_kind) == ("Identity", "Identity"):
        seconds = said.value.get("seconds")
        ttl = f"{seconds:g}s" if isinstance(seconds, int | float) and 0 < seconds < 1e10 else "1h"
        if word not in TRUST_KINDS or source == target:
            return False
        draft.trusts(source, target, word, ttl=ttl)
        return True
    if word == "opens":
        return True
    if _LISTS.get((source_kind, word)) not in (target_kind, "Any") or source == target:
        return False
    listed = draft.sections[SECTIONS[source_kind]][source].setdefault(word, [])
    if target not in listed:
        listed.append(target)
    return True


def _enter_grant(said: Excerpt, holder: dict[str, Any], target_kind: str, target: str, draft: Draft) -> bool:
    tool, dot, name = said.text("operation").partition(".")
    effect, role = said.text("effect"), said.text("role") if said.has("role") else ""
    on = "Identity" if effect in IDENTITY_EFFECTS else "Resource"
    sound = bool(tool.strip() and name.strip()) and (tool + name).isprintable() and set(tool + name).isdisjoint("*?[]")
    if not dot or not sound or effect not in EFFECTS or on != target_kind:
        return False
    operations = draft.put("tools", tool, {"operations": {}})["operations"]
    operation = operations.setdefault(name, {"effect": effect, "targets": [], **({"role": role} if role else {})})
    if operation["effect"] != effect or (role and not draft.has("roles", role)):
        return False
    if target not in operation["targets"]:
        operation["targets"].append(target)
    given = holder.setdefault("entitlements", [])
    entitlement = {"operation": f"{tool}.{name}", "targets": [target]}
    if entitlement not in given:
        given.append(entitlement)
    return True
