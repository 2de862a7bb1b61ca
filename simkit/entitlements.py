"""Who may do what: globs resolved to grants, one (operation, target) pair each."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from simkit.model import IDENTITY_EFFECTS, Entitlement, Identity, Model, Need, Operation, Role, environments
from simkit.model.references import Lookup, fits, globbed, globbed_or_named, is_glob

Grant = tuple[str, str]
"""An operation (`tool.operation`) on one target; the target is empty for an operation that has none."""
Conditions = frozenset[frozenset[str]]
"""Sets of conditions: a use must meet all of one of them. Only the smallest are kept, so that a grant which some
entitlement gives freely has the empty set alone. A set may say, too, what the use leaves untouched (see `sparing`)."""
FREELY: Conditions = frozenset({frozenset()})
"""The conditions of what is given without any."""
Grants = Mapping[Grant, Conditions]
"""Grants, each with the conditions under which it holds."""
KEPT = 1 << 12
"""Pairs of conditions whose join is kept; a scenario has few different ones."""
SPARED = "but "
"""What the words begin with that stand among conditions for a thing that a use on its container leaves untouched."""


class Limits(NamedTuple):
    """What takes away from what somebody is given: `denies` beat all of it, each of `ceilings` is the most of it.

    `home` is the environment of whom it is about, empty where that is not known.
    """

    denies: tuple[Entitlement, ...] = ()
    ceilings: tuple[tuple[Entitlement, ...], ...] = ()
    home: str = ""

    def and_(self, other: Limits) -> Limits:
        """What both leave."""
        return Limits((*self.denies, *other.denies), (*self.ceilings, *other.ceilings), self.home or other.home)

    def without(self, lifted: Collection[str]) -> Limits:
        """What is left of them once `lifted` are lifted: `denies`, `boundary`."""
        denies, ceilings = "denies" not in lifted, "boundary" not in lifted
        return Limits(self.denies if denies else (), self.ceilings if ceilings else (), self.home)


Holding = tuple[tuple[Entitlement, ...], tuple[str, ...], Limits | None]
"""The direct entitlements, the roles and the limits of an identity."""


@dataclass(slots=True)
class Resolver:
    """Resolves entitlements of one model; remembers what it resolved."""

    model: Model
    _lookup: Lookup = field(init=False)
    _memory: dict[tuple[str, tuple[str, ...]], tuple[Grant, ...]] = field(default_factory=dict)
    _containers: dict[str, list[str]] = field(default_factory=dict)
    _held: dict[Holding, dict[Grant, Conditions]] = field(default_factory=dict)
    _named_within: dict[tuple[bool, tuple[str, ...]], frozenset[str]] = field(default_factory=dict)
    _gained: dict[tuple[str, tuple[str, ...]], dict[Grant, Conditions]] = field(default_factory=dict)
    _of_role: dict[str, dict[Grant, Conditions]] = field(default_factory=dict)
    _homes: dict[str, str] | None = None
    limits_somebody: bool = field(init=False)
    """True if something in the model takes away from what is given: somebody may have less than he is entitled to."""

    def __post_init__(self) -> None:
        self._lookup = Lookup(self.model)
        self.limits_somebody = _limits_somebody(self.model)
        for parent in self.model.resources:
            for child in self.model.within(parent)[1:]:
                self._containers.setdefault(child, []).append(parent)

    def of(self, model: Model) -> Resolver:
        """The resolver of `model`, an edit of this one's: what rests on nothing that differs is not resolved again."""
        made, mine = Resolver(model), self.model
        same = model.tools is mine.tools and model.resources is mine.resources
        if same and [*model.identities] == [*mine.identities] and not (made.limits_somebody or self.limits_somebody):
            other = {name for name, role in model.roles.items() if role is not mine.roles.get(name)}
            made._memory = self._memory
            made._held = {holding: held for holding, held in self._held.items() if other.isdisjoint(holding[1])}
        return made

    def cover(self, grant: Grant, entitled: Grants) -> Conditions | None:
        """The conditions under which `entitled` covers `grant`: by a grant on its target, or on what contains that.
        None if it does not."""
        operation, target = grant
        found = entitled.get(grant)
        for name in self._containers.get(target, ()):
            theirs = self.reaching(entitled.get((operation, name)), target)
            if theirs is not None:
                found = theirs if found is None else either(found, theirs)
        return found

    def reaching(self, conditions: Conditions | None, target: str) -> Conditions | None:
        """Those of `conditions`, of a use on what contains `target`, under which it reaches that; None if none."""
        if conditions is None or not self.limits_somebody or conditions == FREELY or target not in self.model.resources:
            return conditions
        within = frozenset(f"{SPARED}{name}" for name in self.model.within(target))
        kept = [
            frozenset(word for word in each if not word.startswith(SPARED) or word in within)
            for each in conditions
            if f"{SPARED}{target}" not in each
        ]
        return _least(kept) if kept else None

    def grants(self, operation: str, targets: tuple[str, ...] = ()) -> tuple[Grant, ...]:
        """The grants that `operation` (a name or glob) on `targets` (names or globs; empty: its own) stands for."""
        if (key := (operation, targets)) not in self._memory:
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

    def entitled(self, entitlements: Iterable[Entitlement], roles: Iterable[str] = ()) -> dict[Grant, Conditions]:
        """The grants of `entitlements` and `roles`; one that is given twice may be used as either says."""
        found: dict[Grant, Conditions] = {}
        for given in chain(map(self._given, entitlements), map(self._granted_by, roles)):
            give(found, given)
        return found

    def _given(self, entitlement: Entitlement) -> dict[Grant, Conditions]:
        conditions = frozenset({frozenset(entitlement.conditions)})
        whole = dict.fromkeys(self.grants(entitlement.operation, entitlement.targets), conditions)
        if not entitlement.excepting:
            return whole
        found: dict[Grant, Conditions] = {}
        for grant in whole:
            out = self._selected_names(self._on_identities(grant[0]), entitlement.excepting)
            give(found, {part: both(conditions, spared) for part, spared in self._parts(grant, out.__contains__)})
        return found

    def _granted_by(self, role: str) -> dict[Grant, Conditions]:
        if role not in self._of_role:
            self._of_role[role] = self.entitled(self.model.roles[role].entitlements)
        return self._of_role[role]

    def identity(self, name: str) -> dict[Grant, Conditions]:
        """What identity `name` may do, by roles and directly, within its limits: one dict for all who have the same."""
        return self.with_roles(name, self.model.identities[name].roles)

    def with_roles(self, name: str, roles: tuple[str, ...], lifted: Collection[str] = ()) -> dict[Grant, Conditions]:
        """What identity `name` may do while it has these `roles`, once these of its limits are `lifted`."""
        identity = self.model.identities[name]
        limits = self.limits(name)
        limits = limits.without(lifted) if limits and lifted else limits
        holding = (identity.entitlements, roles, limits)
        if holding not in self._held:
            given = self.entitled(identity.entitlements, roles)
            self._held[holding] = given if limits is None else self.limited(given, limits)
        return self._held[holding]

    def gained(self, role: str, lifted: Collection[str] = ()) -> dict[Grant, Conditions]:
        """What somebody gains by a `role` given during the attack: all within its own limits that are not `lifted`."""
        made = self.model.roles[role]
        if (key := (role, tuple(sorted(lifted)))) not in self._gained:
            given = self._granted_by(role)
            self._gained[key] = self.limited(given, _limits((made,), "").without(lifted)) if made.limits else given
        return self._gained[key]

    def limits(self, identity: str) -> Limits | None:
        """What takes away from all that `identity` is given, its own limits and its roles'; None if nothing does."""
        if not self.limits_somebody:
            return None
        made = self.model.identities[identity]
        found = _limits((made, *(self.model.roles[role] for role in made.standing_roles)), made.environment)
        return found if found.denies or found.ceilings else None

    def limited(self, grants: Grants, limits: Limits) -> dict[Grant, Conditions]:
        """What `limits` leave of `grants`: of a grant on a container, the parts that are left."""
        found: dict[Grant, Conditions] = {}
        for grant, conditions in grants.items():
            for part, under in self._left(grant, limits):
                under = both(conditions, under)
                found[part] = either(found[part], under) if part in found else under
        return found

    def _left(self, grant: Grant, limits: Limits) -> Iterator[tuple[Grant, Conditions]]:
        denies = [self._denied(deny, grant[0], limits.home) for deny in limits.denies]
        left = list(self._parts(grant, lambda name: any(denied(name) for denied in denies)))
        for ceiling in limits.ceilings:
            left = [
                (part, both(both(before, spared), frozenset({frozenset(each.conditions)})))
                for each in ceiling
                for whole, before in left
                for part, spared in self._parts(whole, self._beyond(each, grant[0]))
            ]
        yield from left

    def _denied(self, deny: Entitlement, operation: str, home: str) -> Callable[[str], bool]:
        """Says of a target whether `deny` surely is about `operation` on it. How a thing is used is never sure before
        it is; whether it lies in one's own environment is, where both are known."""
        about = self._about(deny, operation)
        if not deny.conditions:
            return about
        if set(deny.conditions) != {"environment"} or not home:
            return lambda _: False
        return lambda name: about(name) and self._home(operation, name) == home

    def _home(self, operation: str, target: str) -> str:
        """The environment of `target`, empty where it is in none."""
        if self._on_identities(operation):
            return self.model.identities[target].environment if target else ""
        if self._homes is None:
            self._homes = environments(self.model)
        return self._homes.get(target, "")

    def _beyond(self, most: Entitlement, operation: str) -> Callable[[str], bool]:
        """Says of a target whether `operation` on it is more than `most`."""
        about = self._about(most, operation)
        return lambda name: not about(name)

    def _parts(self, grant: Grant, gone: Callable[[str], bool]) -> Iterator[tuple[Grant, Conditions]]:
        """What is left of `grant` without what is `gone`: the grant itself, which spares what is gone within it; where
        its own target is gone, the same on what that contains."""
        operation, target = grant
        within = self.model.within(target) if target and not self._on_identities(operation) else (target,)
        lost = {name for name in within if gone(name)}
        if not lost:
            yield grant, FREELY
            return
        left = set(within) - lost
        for name in within:
            if name in left and left.isdisjoint(self._containers.get(name, ())):
                yield (operation, name), sparing(lost.intersection(self.model.within(name)))

    def _about(self, entitlement: Entitlement, operation: str) -> Callable[[str], bool]:
        """Says of a target whether `entitlement`, as a deny or the most, is about `operation` on it. Without targets it
        is about every one."""
        if not fits(operation, entitlement.operation):
            return lambda _: False
        kind = self._on_identities(operation)
        out = self._selected_names(kind, entitlement.excepting)
        if not entitlement.targets:
            return lambda name: name not in out
        named = self._selected_names(kind, entitlement.targets)
        return lambda name: name in named and name not in out

    def _on_identities(self, operation: str) -> bool:
        return self._lookup.operations[operation].effect in IDENTITY_EFFECTS

    def _selected_names(self, identities: bool, patterns: tuple[str, ...]) -> frozenset[str]:
        """The identities, or the resources with what lies in them, whose names fit `patterns`."""
        if (key := (identities, patterns)) not in self._named_within:
            universe = self.model.identities if identities else self.model.resources
            found = {name for pattern in patterns for name in globbed_or_named(pattern, universe)}
            lying = () if identities else (child for name in found for child in self.model.within(name))
            self._named_within[key] = frozenset({*found, *lying})
        return self._named_within[key]

    def needs(self, needs: Iterable[Need]) -> dict[Grant, None]:
        """The grants that `needs` ask for, in order."""
        return dict.fromkeys(grant for need in needs for grant in self.grants(need.operation, need.targets))


def give(found: dict[Grant, Conditions], grants: Grants) -> None:
    """Adds `grants` to those that are `found`. One that is given twice may be used under the conditions of either."""
    twice = {grant: either(grants[grant], found[grant]) for grant in found.keys() & grants.keys()}
    found.update(grants)
    found.update(twice)


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
    return _least(one | other)


@lru_cache(maxsize=KEPT)
def both(one: Conditions, other: Conditions) -> Conditions:
    """What a use must meet that needs two entitlements at once.

    >>> sorted(map(sorted, both(frozenset({frozenset({"source"})}), frozenset({frozenset({"approval"})}))))
    [['approval', 'source']]
    """
    if FREELY in (one, other):
        return other if one == FREELY else one
    return _least(mine | theirs for mine in one for theirs in other)


def _least(sets: Iterable[frozenset[str]]) -> Conditions:
    """The smallest of `sets`."""
    found = frozenset(sets)
    return frozenset(each for each in found if not any(less < each for less in found))


def sparing(names: Iterable[str]) -> Conditions:
    """The conditions of a use on a container that leaves `names` in it untouched.

    >>> by_spared(either(sparing(["dotenv"]), frozenset({frozenset({"approval"})})))
    {frozenset(): frozenset({frozenset({'approval'})}), frozenset({'dotenv'}): frozenset({frozenset()})}
    """
    return frozenset({frozenset(f"{SPARED}{name}" for name in names)})


def by_spared(conditions: Conditions) -> dict[frozenset[str], Conditions]:
    """`conditions` by what a use leaves untouched under them, without the words for that."""
    found: dict[frozenset[str], set[frozenset[str]]] = {}
    for each in sorted(conditions, key=sorted):
        spared = frozenset(word for word in each if word.startswith(SPARED))
        found.setdefault(frozenset(word[len(SPARED) :] for word in spared), set()).add(each - spared)
    return {spared: frozenset(sets) for spared, sets in found.items()}


def only_spared(conditions: Conditions) -> Conditions:
    """What is left of `conditions` if all that they ask for is met: what a use leaves untouched."""
    return _least(frozenset(word for word in each if word.startswith(SPARED)) for each in conditions)


def personal(conditions: Conditions) -> Conditions:
    """What is left of `conditions` for somebody else who does it in the same name: a person still asks to be asked, and
    what is spared is spared."""
    return _least(frozenset(w for w in each if w == "approval" or w.startswith(SPARED)) for each in conditions)


def always(condition: str, conditions: Conditions) -> bool:
    """True if each way to use what stands under `conditions` must meet `condition`.

    >>> always("approval", FREELY)
    False
    """
    return all(condition in each for each in conditions)


def tools_of(grants: Iterable[Grant]) -> frozenset[str]:
    """The tools that `grants` use."""
    return frozenset(operation.partition(".")[0] for operation in {operation for operation, _ in grants})


def _limits(holders: Iterable[Identity | Role], home: str) -> Limits:
    """The limits that `holders` set together for somebody who is at `home`."""
    listed = tuple(holders)
    denies = (deny for each in listed for deny in each.denies)
    return Limits(tuple(denies), tuple(each.boundary for each in listed if each.boundary is not None), home)


def at_most(entitlements: tuple[Entitlement, ...] | None) -> Limits:
    """The limits of a token that carries `entitlements` at most; None: all of its identity's."""
    return Limits(ceilings=() if entitlements is None else (entitlements,))


def _limits_somebody(model: Model) -> bool:
    if any(each.limited_to is not None for each in model.credentials.values()):
        return True
    holders: Iterable[Identity | Role] = chain(model.identities.values(), model.roles.values())
    return any(
        each.denies or each.boundary is not None or any(given.excepting for given in each.entitlements)
        for each in holders
    )
