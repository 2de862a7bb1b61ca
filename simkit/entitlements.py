"""Who may do what: globs resolved to grants, one (operation, target) pair each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain

from simkit.model import IDENTITY_EFFECTS, Entitlement, Model, Need, Operation
from simkit.model.references import Lookup, globbed, is_glob

Grant = tuple[str, str]
"""An operation (`tool.operation`) on one target; the target is empty for an operation that has none."""
Conditions = frozenset[frozenset[str]]
"""Sets of conditions: a use must meet all of one of them. Only the smallest are kept, so that a grant which some
entitlement gives freely has the empty set alone."""
FREELY: Conditions = frozenset({frozenset()})
"""The conditions of what is given without any."""
Grants = Mapping[Grant, Conditions]
"""Grants, each with the conditions under which it holds."""

KEPT = 1 << 12
"""Pairs of conditions whose join is kept; a scenario has few different ones."""

Holding = tuple[tuple[Entitlement, ...], tuple[str, ...]]
"""The direct entitlements and the roles of an identity."""


@dataclass(slots=True)
class Resolver:
    """Resolves entitlements of one model; remembers what it resolved."""

    model: Model
    _lookup: Lookup = field(init=False)
    _memory: dict[tuple[str, tuple[str, ...]], tuple[Grant, ...]] = field(default_factory=dict)
    _containers: dict[str, list[str]] = field(default_factory=dict)
    _held: dict[Holding, dict[Grant, Conditions]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._lookup = Lookup(self.model)
        for parent in self.model.resources:
            for child in self.model.within(parent)[1:]:
                self._containers.setdefault(child, []).append(parent)

    def cover(self, grant: Grant, entitled: Grants) -> Conditions | None:
        """The conditions under which `entitled` covers `grant`: by a grant on its target, or on what contains that.
        None if it does not."""
        operation, target = grant
        found = entitled.get(grant)
        for name in self._containers.get(target, ()):
            theirs = entitled.get((operation, name))
            if theirs is not None:
                found = theirs if found is None else either(found, theirs)
        return found

    def grants(self, operation: str, targets: tuple[str, ...] = ()) -> tuple[Grant, ...]:
        """The grants that `operation` (a name or glob) on `targets` (names or globs; empty: its own) stands for."""
        key = (operation, targets)
        if key not in self._memory:
            self._memory[key] = tuple(self._resolve(operation, targets))
        return self._memory[key]

    def _resolve(self, pattern: str, targets: tuple[str, ...]) -> Iterable[Grant]:
        names = self._lookup.named(pattern) if is_glob(pattern) else (pattern,)
        for name in names:
            operation = self._lookup.operations[name]
            for target in self._selected(operation, targets) if targets else self._own(operation):
                yield name, target

    def _own(self, operation: Operation) -> Iterable[str]:
        """What `operation` is pointed at where nobody says more: its own targets, or nothing in particular."""
        return self._named(operation, operation.targets) if operation.targets else [""]

    def _named(self, operation: Operation, patterns: tuple[str, ...]) -> dict[str, None]:
        """The things of the kind that `operation` acts on whose names fit `patterns`."""
        universe, found = self.model.targets_of(operation), dict[str, None]()
        for pattern in patterns:
            if is_glob(pattern):
                found.update(dict.fromkeys(self._lookup.among(universe, pattern)))
            elif pattern in universe:
                found[pattern] = None
        return found

    def _selected(self, operation: Operation, patterns: tuple[str, ...]) -> dict[str, None]:
        """`patterns` select among the operation's own targets and what lies in them, names and globs alike; among
        everything, where it has no targets of its own. What lies in something that a glob selects is not named again.
        """
        if not operation.targets:
            return self._named(operation, patterns)
        own, found = self._named(operation, operation.targets), dict[str, None]()
        lying = () if operation.effect in IDENTITY_EFFECTS else self._containers
        for pattern in patterns:
            if pattern in own or (pattern in lying and self._lies_in(pattern, own)):
                found[pattern] = None
            elif is_glob(pattern):
                fitting = dict.fromkeys(globbed(pattern, own))
                within = dict.fromkeys(name for name in globbed(pattern, lying) if self._lies_in(name, own))
                found.update(fitting)
                found.update((n, None) for n in within if not self._lies_in(n, {**fitting, **within}))
        return found

    def _lies_in(self, name: str, containers: Collection[str]) -> bool:
        """True if `name` is contained in one of `containers`, at any depth."""
        return any(container in containers for container in self._containers[name])

    def entitled(self, entitlements: Iterable[Entitlement]) -> dict[Grant, Conditions]:
        """The grants of `entitlements`. One that is given twice may be used under the conditions of either."""
        found: dict[Grant, Conditions] = {}
        for entitlement in entitlements:
            conditions = frozenset({frozenset(entitlement.conditions)})
            for grant in self.grants(entitlement.operation, entitlement.targets):
                found[grant] = either(conditions, found[grant]) if grant in found else conditions
        return found

    def identity(self, name: str) -> dict[Grant, Conditions]:
        """What identity `name` may do: by its roles, and directly. Those who have the same share one dict."""
        identity = self.model.identities[name]
        holding = (identity.entitlements, identity.roles)
        if holding not in self._held:
            by_role = (self.model.roles[role].entitlements for role in identity.roles)
            self._held[holding] = self.entitled(chain(identity.entitlements, *by_role))
        return self._held[holding]

    def needs(self, needs: Iterable[Need]) -> dict[Grant, None]:
        """The grants that `needs` ask for, in order."""
        return dict.fromkeys(grant for need in needs for grant in self.grants(need.operation, need.targets))


@lru_cache(maxsize=KEPT)
def either(one: Conditions, other: Conditions) -> Conditions:
    """What a use must meet that has two entitlements, and needs one of them.

    >>> sorted(map(sorted, either(frozenset({frozenset({"source"})}), frozenset({frozenset({"approval"})}))))
    [['approval'], ['source']]
    >>> either(frozenset({frozenset({"source"})}), FREELY) == FREELY
    True
    """
    if one == other:
        return one
    found = one | other
    return frozenset(each for each in found if not any(less < each for less in found))


@lru_cache(maxsize=KEPT)
def both(one: Conditions, other: Conditions) -> Conditions:
    """What a use must meet that needs two entitlements at once.

    >>> sorted(map(sorted, both(frozenset({frozenset({"source"})}), frozenset({frozenset({"approval"})}))))
    [['approval', 'source']]
    """
    found = frozenset(mine | theirs for mine in one for theirs in other)
    return frozenset(each for each in found if not any(less < each for less in found))


def always(condition: str, conditions: Conditions) -> bool:
    """True if each way to use what stands under `conditions` must meet `condition`.

    >>> always("approval", FREELY)
    False
    """
    return all(condition in each for each in conditions)


def tools_of(grants: Iterable[Grant]) -> frozenset[str]:
    """The tools that `grants` use.

    >>> sorted(tools_of([("crm.read", "db"), ("shell.run", "")]))
    ['crm', 'shell']
    """
    return frozenset(operation.partition(".")[0] for operation, _ in grants)
