"""What dangles in a model: names that nothing defines, globs that match nothing, things that contain themselves."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from fnmatch import translate

from simkit.errors import Problem, nearest
from simkit.model.identities import Entitlement, Identity, Role
from simkit.model.model import Model
from simkit.model.tools import Operation

Where = tuple[str | int, ...]


def problems(model: Model) -> list[Problem]:
    """Every dangling or cyclic reference in `model`, with where it stands (keys and indices, as in the file)."""
    return list(each_problem(Lookup(model)))


def each_problem(lookup: Lookup) -> Iterator[Problem]:
    """As `problems`, one at a time: naming the nearest of 10,000 names takes its time."""
    model = lookup.model
    yield from _identities(lookup)
    yield from _resources(model)
    yield from _tools(lookup)
    yield from _credentials(lookup)
    yield from _roles(lookup)
    yield from _trust(model)
    yield from _tasks(lookup)


def is_glob(pattern: str) -> bool:
    """True if `pattern` has a wildcard.

    >>> is_glob("crm-*"), is_glob("crm-eu")
    (True, False)
    """
    return "*" in pattern or "?" in pattern or "[" in pattern


def globbed(pattern: str, names: Iterable[str]) -> Iterator[str]:
    """Those of `names` that the glob `pattern` matches. Most fail at its first letters, which is cheap to see.

    >>> list(globbed("crm-*", ["crm-eu", "erp", "crm-us"]))
    ['crm-eu', 'crm-us']
    """
    head = _head(pattern)
    if pattern == f"{head}*":
        return (name for name in names if name.startswith(head))
    matches = re.compile(translate(pattern)).match
    return (name for name in names if name.startswith(head) and matches(name))


def _head(glob: str) -> str:
    """What every name begins with that `glob` matches."""
    return re.split(r"[*?[]", glob, maxsplit=1)[0]


def dangling(where: Where, name: str, known: Mapping[str, object], noun: str) -> Iterator[Problem]:
    """The problem that `name` is not in `known`, if so."""
    if name not in known:
        yield Problem(where, f"no {noun} is called {name!r}: {nearest(name, known)}")


def _each(where: Where, names: Iterable[str], known: Mapping[str, object], noun: str) -> Iterator[Problem]:
    for index, name in enumerate(names):
        yield from dangling((*where, index), name, known, noun)


class GlobIndex:
    """Names that globs range over, sorted: the first letters of a glob leave few of them to be matched.

    >>> GlobIndex(["crm-us", "erp", "crm-eu"]).matching("crm-*")
    ('crm-us', 'crm-eu')
    """

    __slots__ = ("_found", "_place", "_sorted")

    def __init__(self, names: Iterable[str]) -> None:
        self._place = {name: place for place, name in enumerate(names)}
        self._sorted = sorted(self._place)
        self._found: dict[str, tuple[str, ...]] = {}

    def matching(self, glob: str) -> tuple[str, ...]:
        """Those that `glob` matches, in the order in which they were given; remembered."""
        if glob not in self._found:
            head = _head(glob)
            first = bisect_left(self._sorted, head)
            last = bisect_right(self._sorted, head, lo=first, key=lambda name: name[: len(head)])
            self._found[glob] = tuple(sorted(globbed(glob, self._sorted[first:last]), key=self._place.__getitem__))
        return self._found[glob]


def fits(operation: str, pattern: str) -> bool:
    """True if `pattern`, a name or a glob, is about `operation`.

    >>> fits("crm.read", "crm.*"), fits("crm.read", "crm.reads")
    (True, False)
    """
    return next(globbed(pattern, (operation,)), None) is not None if is_glob(pattern) else operation == pattern


def globbed_or_named(pattern: str, names: Collection[str]) -> Iterable[str]:
    """Those of `names` that `pattern` matches, a name or a glob."""
    return globbed(pattern, names) if is_glob(pattern) else (pattern,) if pattern in names else ()


class Lookup:
    """Finds the operations and targets of one model by name or glob; `sound` are the pairs of both that were found to
    dangle nowhere, as many tasks have the same needs."""

    __slots__ = ("_identities", "_names", "_resources", "model", "operations", "sound")

    def __init__(self, model: Model) -> None:
        self.model = model
        self.sound: set[tuple[str, tuple[str, ...]]] = set()
        self.operations = {name: operation for name, _, operation in model.operations()}
        self._names, self._identities, self._resources = map(
            GlobIndex, (self.operations, model.identities, model.resources)
        )

    def matching(self, full: str) -> tuple[Operation, ...]:
        """The operations called `full`, a name or a glob."""
        if not is_glob(full):
            return (self.operations[full],) if full in self.operations else ()
        return tuple(self.operations[name] for name in self.named(full))

    def named(self, glob: str) -> tuple[str, ...]:
        """The full names of the operations that `glob` matches."""
        return self._names.matching(glob)

    def among(self, universe: Mapping[str, object], glob: str) -> tuple[str, ...]:
        """The names that `glob` matches in `universe`: the identities or the resources of the model."""
        names = self._identities if universe is self.model.identities else self._resources
        return names.matching(glob)

    def targets(self, operations: Iterable[Operation]) -> list[Mapping[str, object]]:
        """What `operations` could be pointed at: identities, resources or both."""
        found: list[Mapping[str, object]] = []
        for operation in operations:
            universe = self.model.targets_of(operation)
            if all(universe is not other for other in found):
                found.append(universe)
        return found

    def hits(self, glob: str, universes: list[Mapping[str, object]]) -> bool:
        """True if `glob` matches a name in one of `universes`."""
        return any(self.among(universe, glob) for universe in universes)


def operation_problems(lookup: Lookup, where: Where, full: str, targets: tuple[str, ...]) -> Iterator[Problem]:
    """What is wrong with naming operation `full` (or a glob over operations) on `targets`."""
    if (full, targets) in lookup.sound:
        return
    matching = lookup.matching(full)
    if not matching:
        noun = "operation matches" if is_glob(full) else "operation is called"
        yield Problem((*where, "operation"), f"no {noun} {full!r}: {nearest(full, lookup.operations)}")
        return
    found = list(_targets(lookup, (*where, "targets"), targets, matching))
    if not found:
        lookup.sound.add((full, targets))
    yield from found


def _targets(
    lookup: Lookup, where: Where, targets: tuple[str, ...], operations: Iterable[Operation]
) -> Iterator[Problem]:
    if not targets:
        return
    universes = lookup.targets(operations)
    for index, target in enumerate(targets):
        known = any(target in universe for universe in universes)
        if not (lookup.hits(target, universes) if is_glob(target) else known):
            said = "matches" if is_glob(target) else "is called"
            names = [name for universe in universes for name in universe]
            yield Problem((*where, index), f"no target {said} {target!r}: {nearest(target, names)}")


def _rights(lookup: Lookup, where: Where, holder: Identity | Role) -> Iterator[Problem]:
    """What is wrong with what `holder` gives and takes away."""
    yield from _entitlements(lookup, (*where, "entitlements"), holder.entitlements)
    yield from _entitlements(lookup, (*where, "denies"), holder.denies)
    yield from _entitlements(lookup, (*where, "boundary"), holder.boundary or ())


def _entitlements(lookup: Lookup, where: Where, entitlements: tuple[Entitlement, ...]) -> Iterator[Problem]:
    for index, entitlement in enumerate(entitlements):
        yield from operation_problems(lookup, (*where, index), entitlement.operation, entitlement.targets)
        if entitlement.excepting:
            matching = lookup.matching(entitlement.operation)
            yield from _targets(lookup, (*where, index, "except"), entitlement.excepting, matching) if matching else ()


def _identities(lookup: Lookup) -> Iterator[Problem]:
    model = lookup.model
    for name, identity in model.identities.items():
        where = ("identities", name)
        yield from _each((*where, "roles"), identity.roles, model.roles, "role")
        for index, name_held in enumerate(identity.runtime_holds):
            if name_held not in model.credentials and name_held not in model.resources:
                place = (*where, "runtime_holds", index)
                yield from dangling(
                    place, name_held, {**model.credentials, **model.resources}, "credential or resource"
                )
        yield from _rights(lookup, where, identity)


def _resources(model: Model) -> Iterator[Problem]:
    for name, resource in model.resources.items():
        where = ("resources", name)
        yield from _each((*where, "holds"), resource.holds, model.credentials, "credential")
        yield from _each((*where, "recoverable_from"), resource.recoverable_from, model.resources, "resource")
        yield from _each((*where, "contains"), resource.contains, model.resources, "resource")
        yield from _each((*where, "run_by"), resource.run_by, model.identities, "identity")
    yield from _cycles(model, "contains", lambda name: model.resources[name].contains)
    yield from _cycles(model, "recoverable_from", lambda name: model.resources[name].recoverable_from)


def _cycles(model: Model, key: str, after: Callable[[str], tuple[str, ...]]) -> Iterator[Problem]:
    """Resources that reach themselves through `key`; each cycle is reported once, where the walk closes it."""
    finished: set[str] = set()
    for start in model.resources:
        path: dict[str, Iterator[int]] = {}
        stack = [start] if after(start) and start not in finished else []
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


def _tools(lookup: Lookup) -> Iterator[Problem]:
    model = lookup.model
    for name, tool in model.tools.items():
        where = ("tools", name)
        if tool.runs_as:
            yield from dangling((*where, "runs_as"), tool.runs_as, model.identities, "identity")
        for operation in tool.operations.values():
            yield from _operation(lookup, (*where, "operations", operation.name), operation)
            yield from _quota((*where, "operations", operation.name), operation)


def _operation(lookup: Lookup, where: Where, operation: Operation) -> Iterator[Problem]:
    yield from _targets(lookup, (*where, "targets"), operation.targets, (operation,))
    if operation.effect == "grant":
        if operation.role:
            yield from dangling((*where, "role"), operation.role, lookup.model.roles, "role")
        else:
            yield Problem(where, "an operation of effect 'grant' needs `role`: what does it give its target?")
    if operation.effect != "invoke" and not operation.answers:
        message = f"only an operation of effect 'invoke' answers, this is {operation.effect!r}"
        yield Problem((*where, "answers"), message)
    if operation.effect != "lift" and operation.lifts:
        yield Problem((*where, "lifts"), f"only an operation of effect 'lift' `lifts`, this is {operation.effect!r}")
    if operation.effect != "grant" and operation.role:
        yield Problem((*where, "role"), f"only an operation of effect 'grant' has `role`, this is {operation.effect!r}")


def _quota(where: Where, operation: Operation) -> Iterator[Problem]:
    if operation.throughput is not None and operation.effect != "read":
        said = f"only an operation of effect 'read' has a `throughput`, this is {operation.effect!r}"
        yield Problem((*where, "throughput"), f"{said}: remove it")


def _credentials(lookup: Lookup) -> Iterator[Problem]:
    model = lookup.model
    for name, credential in model.credentials.items():
        where = ("credentials", name)
        yield from dangling((*where, "identity"), credential.identity, model.identities, "identity")
        yield from _each((*where, "audience"), credential.audience, model.tools, "tool")
        yield from _entitlements(lookup, (*where, "limited_to"), credential.limited_to or ())
        if credential.use == "signing" and credential.limited_to is not None:
            message = "a signing key opens no session, so that nothing limits it: leave it out"
            yield Problem((*where, "limited_to"), message)
        if credential.use == "signing" and credential.audience:
            yield Problem((*where, "audience"), "a signing key has no audience: no tool accepts it, so leave it out")


def _roles(lookup: Lookup) -> Iterator[Problem]:
    model = lookup.model
    for name, role in model.roles.items():
        yield from _rights(lookup, ("roles", name), role)


def _trust(model: Model) -> Iterator[Problem]:
    seen: dict[str, int] = {}
    for index, edge in enumerate(model.trust):
        yield from dangling(("trust", index, "from"), edge.source, model.identities, "identity")
        yield from dangling(("trust", index, "to"), edge.target, model.identities, "identity")
        if edge.source == edge.target:
            yield Problem(("trust", index), f"{edge.source!r} trusts itself: remove the edge")
        if edge.kind != "invoke" and not edge.answers:
            yield Problem(("trust", index, "answers"), f"only an edge of kind 'invoke' answers, this is {edge.kind!r}")
        if seen.setdefault(edge.name, index) != index:
            yield Problem(("trust", index), f"the trust edge {edge.name} stands twice: remove one")


def _tasks(lookup: Lookup) -> Iterator[Problem]:
    model = lookup.model
    for name, task in model.tasks.items():
        where = ("tasks", name)
        yield from dangling((*where, "identity"), task.identity, model.identities, "identity")
        if task.on_behalf_of:
            yield from dangling((*where, "on_behalf_of"), task.on_behalf_of, model.identities, "identity")
            if task.on_behalf_of == task.identity:
                message = f"{task.identity!r} acts on behalf of itself: name the user, or leave it out"
                yield Problem((*where, "on_behalf_of"), message)
        yield from _each((*where, "reads"), task.reads, model.resources, "resource")
        yield from _each((*where, "delegates_to"), task.delegates_to, model.identities, "identity")
        for index, need in enumerate(task.needs):
            if is_glob(need.operation):
                message = f"a need names one operation, {need.operation!r} is a glob: list the operations"
                yield Problem((*where, "needs", index, "operation"), message)
            else:
                yield from operation_problems(lookup, (*where, "needs", index), need.operation, need.targets)
