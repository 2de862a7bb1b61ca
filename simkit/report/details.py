"""What a reader sees when a box of the graph is pointed at: what the thing is, in terms and texts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from simkit.diagram.diagram import Node, Picture
from simkit.model import Credential, Entitlement, Identity, Model, Resource, Role, Tool
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
    yield "accepted by", _listed(credential.audience)
    if credential.limited_to is not None:
        yield "carries at most", _listed(map(_said, credential.limited_to)) or "nothing"
    yield "issued by", "" if credential.managed else "a third party: no grant policy governs it"
    yield "note", credential.note


def _tool(tool: Tool) -> Iterator[tuple[str, str]]:
    yield "operations", _listed(f"{name} ({operation.effect})" for name, operation in tool.operations.items())
    yield "runs as", tool.runs_as
    yield "general-purpose", "yes: an agent with it can use any token that it finds" if tool.general_purpose else ""
    yield "note", tool.note


def _resource(resource: Resource) -> Iterator[tuple[str, str]]:
    yield "kind", resource.kind
    yield "value", ", ".join(f"{impact} {format_number(value)}" for impact, value in resource.value.items() if value)
    yield "exposure", resource.exposure
    yield "holds", _listed(resource.holds)
    yield "contains", _listed(resource.contains)
    yield "backups", _listed(resource.recoverable_from)
    yield "note", resource.note


def _listed(names: Iterable[str]) -> str:
    return shorten(", ".join(names), MOST_NAMES)
