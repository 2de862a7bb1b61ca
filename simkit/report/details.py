"""What a reader sees when a box of the graph is pointed at: what the thing is, in terms and texts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from simkit.diagram.diagram import Node, Picture
from simkit.model import Credential, Entitlement, Identity, Model, Operation, Resource, Role, Tool
from simkit.table import duration, format_number, percent, printable, shorten

MOST_NAMES = 160
"""Places that a list of names takes at most."""

Details = list[tuple[str, str]]


def details(model: Model, node: Node, drawn: Picture) -> Details:
    """Terms and texts about the thing in the box `node`, or about the alike things that share it."""
    members = [thing.partition(":")[2] for thing, box in drawn.boxes.items() if box == node.id]
    if len(members) > 1:
        said = [("what", f"{len(members):,} alike: {node.type or node.kind}"), ("names", _listed(members))]
    else:
        said = [("what", node.kind), *_about(model, node.kind, members[0])]
    return [(term, printable(text)) for term, text in said if text]


def _about(model: Model, kind: str, name: str) -> Iterator[tuple[str, str]]:
    if kind == "identity":
        yield from _identity(model, model.identities[name])
    elif kind == "credential":
        yield from _credential(model.credentials[name])
    elif kind == "tool":
        yield from _tool(model.tools[name])
    else:
        yield from _resource(model.resources[name])


def _identity(model: Model, identity: Identity) -> Iterator[tuple[str, str]]:
    yield "kind", f"{identity.kind}, {identity.stage}, {identity.environment}"
    yield "alike", format_number(identity.count) if identity.count > 1 else ""
    yield "tier", identity.tier
    yield "steered by poisoned input", percent(identity.susceptibility) if identity.susceptibility else ""
    yield "roles", _listed(identity.roles)
    yield "active for", _listed(f"{role} {duration(ttl)}" for role, ttl in identity.role_ttls)
    yield "entitled directly", _listed(entitlement.operation for entitlement in identity.entitlements)
    limiting: list[Identity | Role] = [identity, *(model.roles[name] for name in identity.roles)]
    yield "denied", _listed(_said(deny) for each in limiting for deny in each.denies)
    boundaries = [each.boundary for each in limiting if each.boundary is not None]
    yield "at most", "; ".join(_listed(map(_said, boundary)) or "nothing" for boundary in boundaries)
    yield "tasks", _listed(name for name, task in model.tasks.items() if task.identity == identity.name)
    yield "in its runtime", _listed(identity.runtime_holds)
    yield "network of its own", "none" if identity.egress == "none" else ""
    behalf = (task for task in model.tasks.values() if task.on_behalf_of and task.identity == identity.name)
    yield "works on behalf of", _listed(dict.fromkeys(task.on_behalf_of for task in behalf))
    yield "note", identity.note


def _said(entitlement: Entitlement) -> str:
    """An entitlement, a deny or a part of a boundary, in a few words."""
    on = f" on {' '.join(entitlement.targets)}" if entitlement.targets else ""
    return f"{entitlement.operation}{on}" + (f" but {' '.join(entitlement.excepting)}" if entitlement.excepting else "")


def _credential(credential: Credential) -> Iterator[tuple[str, str]]:
    yield "kind", credential.kind
    yield "signs for" if credential.use == "signing" else "authenticates", credential.identity
    yield "expires after", duration(credential.ttl)
    if credential.effective_ttl not in (None, credential.ttl):
        yield "measured to live for", duration(credential.effective_ttl)
    yield "binding", credential.binding
    yield "format", credential.format if credential.format != "opaque" else ""
    if credential.refresh is not None:
        yield "refresh token", f"expires after {duration(credential.refresh.ttl)}"
    yield "claims", _listed(f"{name}: {value}" for name, value in credential.claims)
    yield "accepted by", _listed(credential.audience)
    if credential.limited_to is not None:
        yield "carries at most", _listed(map(_said, credential.limited_to)) or "nothing"
    yield "issued by", "" if credential.managed else "a third party: no grant policy governs it"
    yield "note", credential.note


def _tool(tool: Tool) -> Iterator[tuple[str, str]]:
    yield "operations", _listed(f"{name} ({_done(operation)})" for name, operation in tool.operations.items())
    yield "runs as", tool.runs_as
    yield "general-purpose", "yes: an agent with it can use any token that it finds" if tool.general_purpose else ""
    yield "note", tool.note


def _done(operation: Operation) -> str:
    """What an operation does, and what is said of how much of it is possible and how it is undone."""
    pace = "" if operation.throughput is None else f"{format_number(operation.throughput * 3600)} records an hour"
    return ", ".join(filter(None, (operation.effect, pace, _undone(operation.undo))))


def _undone(undo: float | None) -> str:
    if undo is None:
        return ""
    return f"can be undone for {duration(undo)}" if undo else "can never be undone"


def _resource(resource: Resource) -> Iterator[tuple[str, str]]:
    yield "kind", resource.kind
    yield "value", ", ".join(f"{impact} {format_number(value)}" for impact, value in resource.value.items() if value)
    yield "exposure", resource.exposure
    yield "environment", resource.environment
    yield "records", "" if resource.records is None else format_number(resource.records)
    yield "code that runs in", _listed(resource.run_by)
    yield "a change", _undone(resource.undo)
    yield "restored in", "" if resource.restore is None else duration(resource.restore)
    yield "a change shows itself", "" if resource.shows_itself is None else percent(resource.shows_itself.chance)
    yield "holds", _listed(resource.holds)
    yield "contains", _listed(resource.contains)
    yield "backups", _listed(resource.recoverable_from)
    yield "note", resource.note


def _listed(names: Iterable[str]) -> str:
    return shorten(", ".join(names), MOST_NAMES)
