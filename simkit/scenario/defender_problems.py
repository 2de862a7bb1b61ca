"""What a response says of things that are not there, and of things that two responders would deal with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from simkit.errors import Problem, nearest
from simkit.model import RESPONSE_ACTIONS, Model, Response, ResponseAction
from simkit.model.references import Where, dangling, globbed


def defender_problems(model: Model, response: Response) -> Iterator[Problem]:
    """Every dangling reference in `response`, and everything that two responders govern."""
    yield from _actions(model, ("response", "actions"), response.actions)
    for index, name in enumerate(response.forgets):
        yield from dangling(("response", "forgets", index), name, model.credentials, "credential")
    yield from _approvals(model, response)
    by: dict[str, str] = {}
    for responder in response.responders.values():
        where = ("response", "responders", responder.name)
        yield from _actions(model, (*where, "actions"), responder.actions)
        for index, name in enumerate(responder.governs):
            if name not in model.identities and name not in model.resources:
                mend = nearest(name, [*model.identities, *model.resources])
                yield Problem((*where, "governs", index), f"no identity or resource is called {name!r}: {mend}")
            elif by.setdefault(name, responder.name) != responder.name:
                message = f"{name!r} is governed by {by[name]!r} already: remove it from one of the two"
                yield Problem((*where, "governs", index), message)


def _actions(model: Model, where: Where, actions: Sequence[ResponseAction]) -> Iterator[Problem]:
    known: Mapping[str, tuple[str, Mapping[str, object]]] = {
        "credentials": ("credential", model.credentials),
        "identities": ("identity", model.identities),
        "resources": ("resource", model.resources),
    }
    for index, action in enumerate(actions):
        noun, things = known[RESPONSE_ACTIONS[action.kind]]
        for place, name in enumerate(action.of):
            yield from dangling((*where, index, "of", place), name, things, noun)


def _approvals(model: Model, response: Response) -> Iterator[Problem]:
    """What rules of approval name that is not there, and every operation that two of them cover."""
    operations = {full: operation for full, _, operation in model.operations()}
    homes = {identity.environment for identity in model.identities.values()}
    homes |= {resource.environment for resource in model.resources.values() if resource.environment}
    places: dict[str, object] = {**model.tasks, **dict.fromkeys(homes)}
    by: dict[str, str] = {}
    for rule in response.approvals.values():
        where = ("response", "approvals", rule.name)
        for index, pattern in enumerate(rule.covers or ("*",)):
            covered = list(globbed(pattern, operations))
            here = (*where, "covers", index) if rule.covers else where
            if not covered and rule.covers:
                yield Problem(here, f"no operation is called {pattern!r}: {nearest(pattern, operations)}")
            twice = next((name for name in covered if by.setdefault(name, rule.name) != rule.name), None)
            if twice:
                yield Problem(here, f"{twice!r} is covered by {by[twice]!r} already: remove it from one of the two")
        for index, name in enumerate(rule.exempt):
            yield from dangling((*where, "exempt", index), name, model.roles, "role")
        for index, name in enumerate(rule.off_in):
            if name not in places:
                yield Problem(
                    (*where, "off_in", index), f"no task or environment is called {name!r}: {nearest(name, places)}"
                )
