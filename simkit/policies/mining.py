"""Role mining: one identity that does many tasks becomes a few, each with a role cut to some of the tasks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from heapq import heapify, heappop, heappush
from itertools import combinations, count
from typing import Protocol, TypeVar

from simkit.entitlements import Resolver, by_spared
from simkit.errors import QuestionError, nearest
from simkit.model import Credential, Entitlement, Identity, Model, Resource, Role, Task, Tool, TrustEdge
from simkit.model.references import Lookup, is_glob
from simkit.table import Table


@dataclass(frozen=True, slots=True)
class MinedRole:
    """A role that serves `tasks`, and the operations that it grants for them: the union of what they need."""

    name: str
    operations: frozenset[str]
    tasks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MinedRoles:
    """The roles mined for the tasks of `identity`, largest first.

    `over_grant` counts the operations granted and not needed, summed over the tasks: 0 where each task has a role of
    its own (or shares one with tasks of equal needs).
    """

    model: Model
    identity: str
    roles: tuple[MinedRole, ...]
    over_grant: int

    def __repr__(self) -> str:
        return f"MinedRoles({self.identity}: {len(self.roles)} roles, {self.over_grant} operations over-granted)"

    def table(self) -> Table:
        """A row for each role: how many operations it grants, and the tasks that it serves."""
        rows = [(role.name, len(role.operations), len(role.tasks), ", ".join(role.tasks)) for role in self.roles]
        note = f"{self.over_grant} operations are granted to tasks that do not need them"
        return Table(("role", "operations", "how many tasks", "tasks"), rows, f"roles for {self.identity}", note)

    def _repr_html_(self) -> str:
        return self.table().html()

    def part(self, role: MinedRole) -> str:
        """The name of the identity that gets `role` when the roles are applied."""
        return f"{self.identity}/{role.name}"

    @property
    def parts(self) -> tuple[str, ...]:
        """The names of the identities that `apply` makes of the identity, in the order of `roles`."""
        return tuple(self.part(role) for role in self.roles)

    def apply(self) -> Model:
        """The model with the identity split into one for each role (`agent/role-1`, ...), which has that role's tasks.

        A part is entitled to the role's operations on the targets, and under the conditions, on which the identity was;
        it keeps the rest (kind, tier, susceptibility, what its runtime holds). Splitting takes nothing else away: trust
        edges, and whatever names the identity as a target, are repeated for every part, and each of its credentials
        becomes one for each part, lying wherever the one lay. Raises QuestionError where a tool runs as the identity,
        for a tool runs as one identity only.
        """
        return _Partition(self).model()


def mine_roles(model: Model, identity: str, k: int) -> MinedRoles:
    """At most `k` roles for the tasks of `identity`, merged bottom-up where that over-grants least.

    At first each distinct set of needed operations is a role. As long as there are more than `k`, the two roles are
    merged whose merge adds the fewest operations that are granted to a task without being needed: the over-grant of a
    role is the sum over its tasks of |operations of the role| - |operations that the task needs|, so a role that serves
    many tasks weighs more, and so does an operation that many of them do without. Of equal merges the one whose tasks
    come first by name is made: the result depends on names alone. A need that the identity is not entitled to is left
    out: mining never widens. This is agglomerative clustering as in ORCA (Schlegelmilch and Steffens, Role mining with
    ORCA, SACMAT 2005), which joins the clusters of largest overlap; the rule for what to join is ours: it is the greedy
    descent on the over-grant that we report. It need not find the least over-grant that `k` roles allow: role mining is
    NP-hard in its usual forms (Vaidya, Atluri and Guo, The role mining problem, SACMAT 2007).

    Raises QuestionError if there is no such identity, if it has no tasks, or if `k` is below 1.
    """
    needs = _needs(model, identity, k)
    groups: dict[frozenset[str], list[str]] = {}
    for task in sorted(needs):
        groups.setdefault(needs[task], []).append(task)
    merged = _merge([_Cluster(operations, tuple(tasks), 0) for operations, tasks in groups.items()], k)
    ordered = sorted(merged, key=lambda cluster: (-len(cluster.tasks), cluster.tasks))
    roles = tuple(MinedRole(f"role-{i}", c.operations, c.tasks) for i, c in enumerate(ordered, 1))
    return MinedRoles(model, identity, roles, sum(cluster.over_grant for cluster in merged))


def _needs(model: Model, identity: str, k: int) -> dict[str, frozenset[str]]:
    """The operations that each task of `identity` needs and is entitled to, after checking the question."""
    if identity not in model.identities:
        raise QuestionError(f"no identity is called {identity!r}: {nearest(identity, model.identities)}")
    if k < 1:
        raise QuestionError(f"{k} roles cannot serve the tasks of {identity!r}: ask for 1 or more")
    entitled = {operation for operation, _ in Resolver(model).identity(identity)}
    needs = {
        task.name: frozenset(need.operation for need in task.needs) & entitled
        for task in model.tasks.values()
        if task.identity == identity
    }
    if not needs:
        raise QuestionError(f"identity {identity!r} has no tasks to mine roles from: declare what it is for")
    return needs


@dataclass(frozen=True, slots=True)
class _Cluster:
    operations: frozenset[str]
    tasks: tuple[str, ...]
    over_grant: int

    def __or__(self, other: _Cluster) -> _Cluster:
        operations = self.operations | other.operations
        added = sum((len(operations) - len(part.operations)) * len(part.tasks) for part in (self, other))
        over_grant = self.over_grant + other.over_grant + added
        return _Cluster(operations, tuple(sorted(self.tasks + other.tasks)), over_grant)


def _merge(clusters: list[_Cluster], k: int) -> list[_Cluster]:
    """`clusters` merged until `k` are left. A heap of all pairs: O(n^2 log n) in the number of distinct need-sets."""
    alive = dict(enumerate(clusters))
    fresh = count(len(clusters))
    pairs = [_pair(alive, a, b) for a, b in combinations(alive, 2)]
    heapify(pairs)
    while len(alive) > k:
        _, _, a, b = heappop(pairs)
        if a in alive and b in alive:
            others = [other for other in alive if other not in (a, b)]
            new = next(fresh)
            alive[new] = alive.pop(a) | alive.pop(b)
            for other in others:
                heappush(pairs, _pair(alive, other, new))
    return list(alive.values())


def _pair(alive: Mapping[int, _Cluster], a: int, b: int) -> tuple[int, tuple[str, ...], int, int]:
    """What sorts a merge: the over-grant that it adds, then the names of its tasks."""
    union = alive[a] | alive[b]
    return union.over_grant - alive[a].over_grant - alive[b].over_grant, union.tasks, a, b


class _HasName(Protocol):
    @property
    def name(self) -> str: ...


_Thing = TypeVar("_Thing", bound=_HasName)


def _named(things: Iterable[_Thing]) -> dict[str, _Thing]:
    return {thing.name: thing for thing in things}


class _Partition:
    """Rewrites everything that names the identity, one kind of thing at a time."""

    def __init__(self, mined: MinedRoles) -> None:
        self.mined = mined
        self.old = mined.model
        self.lookup = Lookup(mined.model)
        self.whole = mined.model.identities[mined.identity]
        self.serving = {task: mined.part(role) for role in mined.roles for task in role.tasks}
        self.copies = {
            name: tuple(f"{name}/{role.name}" for role in mined.roles)
            for name, credential in self.old.credentials.items()
            if credential.identity == mined.identity
        }

    def model(self) -> Model:
        for tool in self.old.tools.values():
            if tool.runs_as == self.whole.name:
                raise QuestionError(
                    f"identity {self.whole.name!r} cannot be split, for tool {tool.name!r} runs as it: "
                    "give the tool an identity of its own"
                )
        return replace(
            self.old,
            identities=self._identities(),
            resources=_named(self._resource(resource) for resource in self.old.resources.values()),
            tools=_named(self._tool(tool) for tool in self.old.tools.values()),
            credentials=_named(
                c for credential in self.old.credentials.values() for c in self._credentials(credential)
            ),
            roles={**_named(self._role(role) for role in self.old.roles.values()), **self._mined_roles()},
            trust=tuple(edge for old in self.old.trust for edge in self._edges(old)),
            tasks=_named(self._task(task) for task in self.old.tasks.values()),
        )

    def _identities(self) -> dict[str, Identity]:
        found: dict[str, Identity] = {}
        for identity in self.old.identities.values():
            kept = replace(
                identity,
                entitlements=self._entitlements(identity.entitlements),
                runtime_holds=self._credential_names(identity.runtime_holds),
            )
            found.update(self._parts(kept) if identity is self.whole else {kept.name: kept})
        return found

    def _parts(self, whole: Identity) -> dict[str, Identity]:
        """A part stays in the tier of the whole, which is its own name where it declares none."""
        tier = self.old.tier(whole.name)
        denies = (*whole.denies, *(deny for role in whole.roles for deny in self.old.roles[role].denies))
        bare = replace(whole, tier=tier, entitlements=(), role_ttls=(), denies=denies)
        parts = [replace(bare, name=name, roles=(name,)) for name in self.mined.parts]
        return _named(parts)

    def _mined_roles(self) -> dict[str, Role]:
        entitled = Resolver(self.old).identity(self.whole.name)
        found = {}
        for mined in self.mined.roles:
            targets: dict[tuple[str, tuple[str, ...], tuple[str, ...]], list[str]] = {}
            for (operation, target), conditions in entitled.items():
                if operation in mined.operations:
                    for spared, under in by_spared(conditions).items():
                        for each in sorted(map(sorted, under)):
                            key = (operation, tuple(each), tuple(sorted(spared)))
                            targets.setdefault(key, []).append(target)
            given = (
                Entitlement(operation, tuple(filter(None, names)), conditions, spared)
                for (operation, conditions, spared), names in sorted(targets.items(), key=lambda item: item[0][0])
            )
            name = self.mined.part(mined)
            found[name] = Role(name, self._entitlements(given))
        return found

    def _entitlements(self, given: Iterable[Entitlement]) -> tuple[Entitlement, ...]:
        return tuple(replace(e, targets=self._targets(e.operation, e.targets)) for e in given)

    def _targets(self, operation: str, targets: tuple[str, ...]) -> tuple[str, ...]:
        """`targets` with the parts in place of the identity; a glob that meant the identity now means its parts too."""
        found: dict[str, None] = {}
        names_identities = any(
            self.old.targets_of(known) is self.old.identities for known in self.lookup.matching(operation)
        )
        for target in targets:
            means = names_identities and fnmatchcase(self.whole.name, target)
            if is_glob(target) or not means or target in self.old.resources:
                found[target] = None
            if means:
                found.update(dict.fromkeys(self.mined.parts))
        return tuple(found)

    def _credential_names(self, names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(copy for name in names for copy in self.copies.get(name, (name,)))

    def _credentials(self, credential: Credential) -> list[Credential]:
        if credential.name not in self.copies:
            return [credential]
        pairs = zip(self.copies[credential.name], self.mined.parts, strict=True)
        return [replace(credential, name=name, identity=part) for name, part in pairs]

    def _resource(self, resource: Resource) -> Resource:
        return replace(resource, holds=self._credential_names(resource.holds))

    def _tool(self, tool: Tool) -> Tool:
        operations = (
            replace(operation, targets=self._targets(f"{tool.name}.{operation.name}", operation.targets))
            for operation in tool.operations.values()
        )
        return replace(tool, operations=_named(operations))

    def _role(self, role: Role) -> Role:
        return replace(role, entitlements=self._entitlements(role.entitlements))

    def _edges(self, edge: TrustEdge) -> list[TrustEdge]:
        sources, targets = self._identity_names((edge.source,)), self._identity_names((edge.target,))
        return [replace(edge, source=source, target=target) for source in sources for target in targets]

    def _identity_names(self, names: tuple[str, ...]) -> tuple[str, ...]:
        parts = self.mined.parts
        return tuple(new for name in names for new in (parts if name == self.whole.name else (name,)))

    def _task(self, task: Task) -> Task:
        needs = tuple(replace(need, targets=self._targets(need.operation, need.targets)) for need in task.needs)
        return replace(
            task,
            identity=self.serving.get(task.name, task.identity),
            needs=needs,
            delegates_to=self._identity_names(task.delegates_to),
        )
