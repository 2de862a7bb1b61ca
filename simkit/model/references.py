"""What dangles in a model: names that nothing defines, globs that match nothing, things that contain themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from fnmatch import fnmatchcase

from simkit.errors import Problem, nearest
from simkit.model.identities import Entitlement
from simkit.model.model import Model
from simkit.model.tools import Operation

Where = tuple[str | int, ...]


def problems(model: Model) -> list[Problem]:
    """Every dangling or cyclic reference in `model`, with where it stands (keys and indices, as in the file)."""
    found: list[Problem] = []
    for check in (_identities, _resources, _tools, _credentials, _roles, _trust, _tasks):
        found.extend(check(model))
    return found


def is_glob(pattern: str) -> bool:
    """True if `pattern` has a wildcard.

    >>> is_glob("crm-*"), is_glob("crm-eu")
    (True, False)
    """
    return any(mark in pattern for mark in "*?[")


def dangling(where: Where, name: str, known: Mapping[str, object], noun: str) -> Iterator[Problem]:
    """The problem that `name` is not in `known`, if so."""
    if name not in known:
        yield Problem(where, f"no {noun} is called {name!r}: {nearest(name, known)}")


def _each(where: Where, names: Iterable[str], known: Mapping[str, object], noun: str) -> Iterator[Problem]:
    for index, name in enumerate(names):
        yield from dangling((*where, index), name, known, noun)


def operation_problems(model: Model, where: Where, full: str, targets: tuple[str, ...]) -> Iterator[Problem]:
    """What is wrong with naming operation `full` (or a glob over operations) on `targets`."""
    named = {name: operation for name, _, operation in model.operations()}
    matching = [operation for name, operation in named.items() if fnmatchcase(name, full)]
    if not matching:
        noun = "operation matches" if is_glob(full) else "operation is called"
        yield Problem((*where, "operation"), f"no {noun} {full!r}: {nearest(full, named)}")
        return
    for index, target in enumerate(targets):
        yield from _target(model, (*where, "targets", index), target, matching)


def _target(model: Model, where: Where, target: str, operations: list[Operation]) -> Iterator[Problem]:
    known: dict[str, object] = {}
    for operation in operations:
        known.update(model.targets_of(operation))
    if is_glob(target) and not any(fnmatchcase(name, target) for name in known):
        yield Problem(where, f"no target matches {target!r}: {nearest(target, known)}")
    elif not is_glob(target):
        yield from dangling(where, target, known, "target")


def _entitlements(model: Model, where: Where, entitlements: tuple[Entitlement, ...]) -> Iterator[Problem]:
    for index, entitlement in enumerate(entitlements):
        yield from operation_problems(model, (*where, index), entitlement.operation, entitlement.targets)


def _identities(model: Model) -> Iterator[Problem]:
    for name, identity in model.identities.items():
        where = ("identities", name)
        yield from _each((*where, "roles"), identity.roles, model.roles, "role")
        yield from _each((*where, "runtime_holds"), identity.runtime_holds, model.credentials, "credential")
        yield from _entitlements(model, (*where, "entitlements"), identity.entitlements)


def _resources(model: Model) -> Iterator[Problem]:
    for name, resource in model.resources.items():
        where = ("resources", name)
        yield from _each((*where, "holds"), resource.holds, model.credentials, "credential")
        yield from _each((*where, "recoverable_from"), resource.recoverable_from, model.resources, "resource")
        yield from _each((*where, "contains"), resource.contains, model.resources, "resource")
    yield from _cycles(model, "contains", lambda name: model.resources[name].contains)
    yield from _cycles(model, "recoverable_from", lambda name: model.resources[name].recoverable_from)


def _cycles(model: Model, key: str, after: Callable[[str], tuple[str, ...]]) -> Iterator[Problem]:
    """Resources that reach themselves through `key`; each cycle is reported once, where the walk closes it."""
    finished: set[str] = set()
    for start in model.resources:
        path: dict[str, Iterator[int]] = {}
        stack = [start] if start not in finished else []
        while stack:
            name = stack[-1]
            places = path.setdefault(name, iter(range(len(after(name)))))
            index = next(places, None)
            if index is None:
                finished.add(stack.pop())
                del path[name]
                continue
            child = after(name)[index]
            if child in path:
                loop = [*stack[stack.index(child) :], child]
                message = f"{' -> '.join(loop)} is a cycle of `{key}`: remove one of its links"
                yield Problem(("resources", name, key, index), message)
            elif child in model.resources and child not in finished:
                stack.append(child)


def _tools(model: Model) -> Iterator[Problem]:
    for name, tool in model.tools.items():
        where = ("tools", name)
        if tool.runs_as:
            yield from dangling((*where, "runs_as"), tool.runs_as, model.identities, "identity")
        for operation in tool.operations.values():
            yield from _operation(model, (*where, "operations", operation.name), operation)


def _operation(model: Model, where: Where, operation: Operation) -> Iterator[Problem]:
    for index, target in enumerate(operation.targets):
        yield from _target(model, (*where, "targets", index), target, [operation])
    if operation.effect == "grant":
        if operation.role:
            yield from dangling((*where, "role"), operation.role, model.roles, "role")
        else:
            yield Problem(where, "an operation of effect 'grant' needs `role`: what does it give its target?")
    elif operation.role:
        yield Problem((*where, "role"), f"only an operation of effect 'grant' has `role`, this is {operation.effect!r}")


def _credentials(model: Model) -> Iterator[Problem]:
    for name, credential in model.credentials.items():
        where = ("credentials", name)
        yield from dangling((*where, "identity"), credential.identity, model.identities, "identity")
        yield from _each((*where, "audience"), credential.audience, model.tools, "tool")


def _roles(model: Model) -> Iterator[Problem]:
    for name, role in model.roles.items():
        yield from _entitlements(model, ("roles", name, "entitlements"), role.entitlements)


def _trust(model: Model) -> Iterator[Problem]:
    seen: dict[str, int] = {}
    for index, edge in enumerate(model.trust):
        yield from dangling(("trust", index, "from"), edge.source, model.identities, "identity")
        yield from dangling(("trust", index, "to"), edge.target, model.identities, "identity")
        if edge.source == edge.target:
            yield Problem(("trust", index), f"{edge.source!r} trusts itself: remove the edge")
        if seen.setdefault(edge.name, index) != index:
            yield Problem(("trust", index), f"the trust edge {edge.name} stands twice: remove one")


def _tasks(model: Model) -> Iterator[Problem]:
    for name, task in model.tasks.items():
        where = ("tasks", name)
        yield from dangling((*where, "identity"), task.identity, model.identities, "identity")
        yield from _each((*where, "reads"), task.reads, model.resources, "resource")
        yield from _each((*where, "delegates_to"), task.delegates_to, model.identities, "identity")
        for index, need in enumerate(task.needs):
            if is_glob(need.operation):
                message = f"a need names one operation, {need.operation!r} is a glob: list the operations"
                yield Problem((*where, "needs", index, "operation"), message)
            else:
                yield from operation_problems(model, (*where, "needs", index), need.operation, need.targets)
