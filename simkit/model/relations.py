"""The model as a graph for people and for networkx: nodes with a kind, edges with a relation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import networkx as nx

from simkit.distributions import HOUR
from simkit.model.identities import Entitlement, Identity, Role, TrustEdge
from simkit.model.model import Model
from simkit.model.references import Lookup, is_glob
from simkit.model.session_terms import BEFALLS, SessionTerms

Edge = tuple[str, str, dict[str, Any]]


def model_graph(model: Model) -> nx.MultiDiGraph:
    """Nodes are named `kind:name` (identity, resource, tool, credential, role, task); edges carry `relation`.

    Relations: `authenticates` or `signs for` (credential to identity), `holds` (resource or identity to credential,
    identity to a file), `contains`, `recoverable-from`, `has-role`, `entitled-to` (role or identity to tool, with
    operation and targets; so `denied`, and `at-most` of what is bounded), `runs-as`, `acts-on` (tool to target, with
    operation and effect), the kinds of trust edges, `performs` (identity to task), `needs` and `reads` (task to tool
    and resource), `on-behalf-of` (task to identity). `session`, `format`, `records` and `throughput` (an hour) stand
    where the file says more than the default. Every attribute is text, a number or a bool, so that GraphML takes it.
    """
    graph = nx.MultiDiGraph()
    for node, attributes in _nodes(model):
        graph.add_node(node, **attributes)
    for source, target, attributes in _edges(model):
        graph.add_edge(source, target, **attributes)
    return graph


def _nodes(model: Model) -> Iterator[tuple[str, dict[str, Any]]]:
    for identity in model.identities.values():
        yield (
            f"identity:{identity.name}",
            {
                "kind": "identity",
                "name": identity.name,
                "type": identity.kind,
                "stage": identity.stage,
                "environment": identity.environment,
                **({} if identity.count == 1 else {"count": identity.count}),
                **({} if identity.egress == "any" else {"egress": identity.egress}),
            },
        )
    for resource in model.resources.values():
        value = float(sum(resource.value.values()))
        yield (
            f"resource:{resource.name}",
            {
                "kind": "resource",
                "name": resource.name,
                "type": resource.kind,
                "exposure": resource.exposure,
                "value": value,
                **({} if resource.records is None else {"records": resource.records}),
            },
        )
    for tool in model.tools.values():
        yield f"tool:{tool.name}", {"kind": "tool", "name": tool.name, **_session(tool.session)}
    for credential in model.credentials.values():
        form = {} if credential.format == "opaque" else {"format": credential.format}
        named = {"kind": "credential", "name": credential.name}
        yield f"credential:{credential.name}", {**named, **form, **_session(credential.session)}
    for kind, names in (("role", model.roles), ("task", model.tasks)):
        for name in names:
            yield f"{kind}:{name}", {"kind": kind, "name": name}


def _asked(edge: TrustEdge) -> dict[str, str]:
    """Under which conditions an edge may be used, as text."""
    said = [*edge.conditions, *(f"{name}: {value}" for name, value in edge.claims)]
    return {"conditions": ", ".join(said)} if said else {}


def _session(terms: SessionTerms | None) -> dict[str, str]:
    """What is said of sessions, as text: the system that they are like, and each event with what happens then."""
    if terms is None:
        return {}
    said = {event: word.kind for event in BEFALLS if (word := getattr(terms, event)) is not None}
    parts = ([f"like {terms.like}"] if terms.like else []) + [f"{event}: {kind}" for event, kind in said.items()]
    return {"session": ", ".join(parts)}


def _edges(model: Model) -> Iterator[Edge]:
    yield from _identity_edges(model)
    yield from _resource_edges(model)
    yield from _tool_edges(model)
    yield from _task_edges(model)
    for edge in model.trust:
        yield (
            f"identity:{edge.source}",
            f"identity:{edge.target}",
            {"relation": edge.kind, "attenuates": edge.attenuates, **_session(edge.session), **_asked(edge)},
        )


def _identity_edges(model: Model) -> Iterator[Edge]:
    lookup = Lookup(model)
    for credential in model.credentials.values():
        relation = "signs for" if credential.use == "signing" else "authenticates"
        yield f"credential:{credential.name}", f"identity:{credential.identity}", {"relation": relation}
        for most in credential.limited_to or ():
            yield from _entitled(lookup, f"credential:{credential.name}", "at-most", most)
    for role in model.roles.values():
        yield from _rights(lookup, f"role:{role.name}", role)
    for identity in model.identities.values():
        node = f"identity:{identity.name}"
        ttls = dict(identity.role_ttls)
        for role_name in identity.roles:
            timed = {"ttl": ttls[role_name]} if role_name in ttls else {}
            yield node, f"role:{role_name}", {"relation": "has-role", **timed}
        for held in identity.runtime_holds:
            kind = "credential" if held in model.credentials else "resource"
            yield node, f"{kind}:{held}", {"relation": "holds"}
        yield from _rights(lookup, node, identity)


def _rights(lookup: Lookup, node: str, holder: Identity | Role) -> Iterator[Edge]:
    said = {"entitled-to": holder.entitlements, "denied": holder.denies, "at-most": holder.boundary or ()}
    for relation, entitlements in said.items():
        for entitlement in entitlements:
            yield from _entitled(lookup, node, relation, entitlement)


def _entitled(lookup: Lookup, node: str, relation: str, entitlement: Entitlement) -> Iterator[Edge]:
    operation, targets = entitlement.operation, " ".join(entitlement.targets) or "(default)"
    but = {"except": " ".join(entitlement.excepting)} if entitlement.excepting else {}
    matching = lookup.named(operation) if is_glob(operation) else (operation,)
    for tool in sorted({lookup.model.tool_of(full).name for full in matching}):
        yield node, f"tool:{tool}", {"relation": relation, "operation": operation, "targets": targets, **but}


def _resource_edges(model: Model) -> Iterator[Edge]:
    for resource in model.resources.values():
        node = f"resource:{resource.name}"
        yield from ((node, f"credential:{held}", {"relation": "holds"}) for held in resource.holds)
        yield from ((node, f"resource:{child}", {"relation": "contains"}) for child in resource.contains)
        yield from ((node, f"identity:{name}", {"relation": "run-by"}) for name in resource.run_by)
        for backup in resource.recoverable_from:
            yield node, f"resource:{backup}", {"relation": "recoverable-from"}


def _tool_edges(model: Model) -> Iterator[Edge]:
    for full, tool, operation in model.operations():
        kind = "identity" if model.targets_of(operation) is model.identities else "resource"
        for target in operation.targets:
            if target in model.targets_of(operation):
                paced = {} if operation.throughput is None else {"throughput": operation.throughput * HOUR}
                attributes = {"relation": "acts-on", "operation": full, "effect": operation.effect, **paced}
                yield f"tool:{tool.name}", f"{kind}:{target}", attributes
    for tool in model.tools.values():
        if tool.runs_as:
            yield f"tool:{tool.name}", f"identity:{tool.runs_as}", {"relation": "runs-as"}


def _task_edges(model: Model) -> Iterator[Edge]:
    for task in model.tasks.values():
        node = f"task:{task.name}"
        yield f"identity:{task.identity}", node, {"relation": "performs"}
        if task.on_behalf_of:
            yield node, f"identity:{task.on_behalf_of}", {"relation": "on-behalf-of"}
        for need in task.needs:
            yield node, f"tool:{need.operation.partition('.')[0]}", {"relation": "needs", "operation": need.operation}
        yield from ((node, f"resource:{read}", {"relation": "reads"}) for read in task.reads)
