"""Cedar: who may do what after the narrowings, as policies with their schema and entities, decided again by Cedar."""

from __future__ import annotations

import importlib.util
import json
import os
from collections.abc import Iterator, Sequence
from typing import Any

from simkit.artifacts.artifact import ArtifactKind, Wording
from simkit.artifacts.sources import ImportedSources
from simkit.entitlements import SPARED, Conditions, Grant, Resolver
from simkit.model import Model, environments
from simkit.narrowing import (
    AddCondition,
    AddDeny,
    BindTargets,
    DropEntitlements,
    DropRole,
    Narrowing,
    SetBoundary,
    candidates,
)
from simkit.scenario import Scenario

FOLDER = "cedar"
MOST_DECISIONS = 20_000
"""So many decisions Cedar is asked for at most, evenly spread over all that there are."""
WHEN = {
    "approval": "context has approved && context.approved",
    "source": "context has own_runtime && context.own_runtime",
    "environment": "principal has environment && resource has environment"
    " && principal.environment == resource.environment",
}
"""Conditions as Cedar asks them. What may be missing is asked for with `has`: a policy that errs is passed over."""
SAID = (DropEntitlements, DropRole, BindTargets, AddCondition, AddDeny, SetBoundary)


def offers(scenario: Scenario, sources: ImportedSources | None) -> Iterator[Narrowing]:
    """Every narrowing that changes what somebody is given."""
    yield from (each for each in candidates(scenario) if isinstance(each, SAID))


def carry(scenario: Scenario, sources: ImportedSources | None, narrowings: Sequence[Narrowing]) -> Wording:
    """The policies of the scenario after `narrowings`, and why they cannot say the others."""
    said: dict[Narrowing, str] = {}
    unsaid: dict[Narrowing, str] = {}
    narrowed = scenario
    for each in narrowings:
        if isinstance(each, SAID):
            narrowed = each.apply(narrowed)
            said[each] = "in the policies of what is left"
        else:
            unsaid[each] = "Cedar decides who may do what to what: it knows no time, no credential and no trust"
    folder = os.path.join(os.path.dirname(scenario.file), FOLDER)
    texts = (policies(narrowed.model), schema(narrowed.model), json.dumps(entities(narrowed.model), indent=1) + "\n")
    names = ("policies.cedar", "schema.cedarschema", "entities.json")
    files = {os.path.join(folder, name): text for name, text in zip(names, texts, strict=True)}
    return Wording(files, said, unsaid, (decided_again(narrowed.model, *texts[:2]),))


def policies(model: Model) -> str:
    """A permit for each identity and each set of targets and conditions of what it may do; what is denied or beyond a
    boundary is in none, so there is nothing to forbid."""
    resolver, written = Resolver(model), list[str]()
    for name in sorted(model.identities):
        found: dict[tuple[str, frozenset[str]], list[str]] = {}
        for (operation, target), conditions in resolver.identity(name).items():
            for under in sorted(conditions, key=sorted):
                found.setdefault((_resource(model, operation, target), under), []).append(operation)
        for (resource, under), operations in found.items():
            actions = ", ".join(f"Action::{_text(each)}" for each in operations)
            who = f"principal == Identity::{_text(name)}"
            scope = f"  {who},\n  action in [{actions}],\n  resource in {resource}\n"
            written.append(f"permit (\n{scope}){''.join(_clauses(under))};\n")
    return "\n".join(written)


def _clauses(under: frozenset[str]) -> Iterator[str]:
    """The conditions of one policy. A thing that a use must spare is left out, with what lies in it."""
    for word in sorted(under):
        if word.startswith(SPARED):
            yield f"\nunless {{ resource in Resource::{_text(word.removeprefix(SPARED))} }}"
        else:
            yield f"\nwhen {{ {WHEN[word]} }}"


def _resource(model: Model, operation: str, target: str) -> str:
    """What an operation acts on: a resource, an identity, or, where it names nothing, its own tool."""
    if not target:
        return f"Tool::{_text(operation.partition('.')[0])}"
    return f"{'Resource' if target in model.resources else 'Identity'}::{_text(target)}"


def schema(model: Model) -> str:
    """What the policies may speak of, in Cedar's own notation."""
    names = ", ".join(_text(name) for name, _, _ in model.operations())
    lines = [
        "entity Identity { environment?: String };",
        "entity Resource in [Resource] { environment?: String };",
        "entity Tool;",
    ]
    if names:
        context = "{ approved?: Bool, own_runtime?: Bool }"
        lines += [
            f"action {names} appliesTo {{",
            f"  principal: Identity, resource: [Resource, Identity, Tool], context: {context}",
            "};",
        ]
    return "\n".join(lines) + "\n"


def entities(model: Model) -> list[dict[str, Any]]:
    """The identities, resources and tools as Cedar's JSON has them; a resource lies in those that contain it."""
    homes, parents = environments(model), dict[str, list[str]]()
    for name, resource in model.resources.items():
        for child in resource.contains:
            parents.setdefault(child, []).append(name)
    found = [_entity("Identity", each.name, each.environment or "", ()) for each in model.identities.values()]
    found += [_entity("Resource", name, homes.get(name, ""), parents.get(name, ())) for name in model.resources]
    return found + [_entity("Tool", name, None, ()) for name in model.tools]


def _entity(kind: str, name: str, home: str | None, parents: Sequence[str]) -> dict[str, Any]:
    attributes = {"environment": home} if home else {}
    above = [{"type": kind, "id": each} for each in parents]
    return {"uid": {"type": kind, "id": name}, "attrs": attributes, "parents": above}


def _text(name: str) -> str:
    return json.dumps(name, ensure_ascii=False)


def decided_again(model: Model, rules: str, known: str) -> str:
    """What Cedar itself says of the policies: that the schema takes them, and that each decision is simkit's, with all
    conditions met, and with none. Raises EngineError where it is not; says so where Cedar is not installed."""
    if importlib.util.find_spec("cedarpy") is None:
        return "not held against Cedar itself: install the extra cedar for that"
    import cedarpy

    from simkit.errors import EngineError

    wrong = cedarpy.validate_policies(rules, known)
    if not wrong.validation_passed:
        raise EngineError(f"Cedar does not take the policies ({wrong.errors[0]}): report this as a bug of simkit")
    asked = list(questions(model))
    step = -(-len(asked) // MOST_DECISIONS) or 1
    asked = asked[::step]
    given = json.dumps(entities(model))
    requests = [request for request, _ in asked]
    answers = cedarpy.is_authorized_batch(requests, rules, given, known)
    for (request, expected), answer in zip(asked, answers, strict=True):
        if (answer.decision == cedarpy.Decision.Allow) != expected:
            raise EngineError(f"Cedar decides {request} otherwise than simkit: report this as a bug of simkit")
    return f"Cedar decides {len(asked):,} questions as simkit does"


def questions(model: Model) -> Iterator[tuple[dict[str, Any], bool]]:
    """Every identity, operation and target that there are, with all conditions met and with none: a request, and
    whether it is allowed."""
    resolver, homes = Resolver(model), environments(model)
    for name, identity in model.identities.items():
        held = resolver.identity(name)
        for operation, _, _ in model.operations():
            for target in ("", *model.targets_of(model.operation(operation))):
                covered = resolver.cover((operation, target), held)
                there = model.identities[target].environment if target in model.identities else homes.get(target, "")
                alike = bool(identity.environment) and identity.environment == there
                own = {"environment"} if alike else set()
                for met in (True, False):
                    words = own | ({"approval", "source"} if met else set())
                    yield _request(model, name, (operation, target), met), _allowed(covered, words, target)


def _allowed(covered: Conditions | None, met: set[str], target: str) -> bool:
    """True if one set of the conditions is met, and does not spare the target itself."""
    return any(
        f"{SPARED}{target}" not in each and {word for word in each if not word.startswith(SPARED)} <= met
        for each in covered or ()
    )


def _request(model: Model, name: str, grant: Grant, met: bool) -> dict[str, Any]:
    operation, target = grant
    kind = "Tool" if not target else "Resource" if target in model.resources else "Identity"
    return {
        "principal": {"type": "Identity", "id": name},
        "action": {"type": "Action", "id": operation},
        "resource": {"type": kind, "id": target or operation.partition(".")[0]},
        "context": {"approved": True, "own_runtime": True} if met else {},
    }


CEDAR = ArtifactKind(
    "cedar",
    "Cedar policies, with their schema and entities, in new files beside the scenario",
    "",
    offers,
    carry,
    (
        "who delegates to whom, and what a session keeps of its caller",
        "how long a credential lives, where it lies, and who may use it",
        "what a policy of simkit's leaves of a right while a task runs",
        "a quota, a second approver, or what is done when something is noticed",
    ),
)
