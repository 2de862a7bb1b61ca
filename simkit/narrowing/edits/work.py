"""What legitimate work rests on, and whether it still stands after an edit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from simkit.attackgraph import Fact
from simkit.entitlements import Grant, Resolver
from simkit.model import Model, Task
from simkit.narrowing.edits.edit import (
    Holder,
    assigned,
    given,
    holders,
    in_resource,
    lies,
    runtime_of,
    trusted,
    written,
)
from simkit.scenario import Scenario

Ways = tuple[frozenset[Fact], ...]
"""The ways in which a thing is supported: one of them must be whole."""


@dataclass(frozen=True, slots=True)
class Work:
    """What the tasks of a model need, by name of the task: each thing that is there, with the ways it is supported.

    A task needs its operations on its targets, for itself and for the identity that the tool runs as; a way to each
    identity that it delegates to (a trust edge, or that identity's credential in its runtime or in a secret store that
    it reads); and the credentials in the secret stores that it reads. What was missing from the start is not counted.
    """

    needs: Mapping[str, Mapping[str, Ways]]

    def lost(self, after: Work) -> tuple[str, ...]:
        """The tasks that have less `after` than here."""
        return tuple(
            sorted(name for name, things in self.needs.items() if not things.keys() <= after.needs[name].keys())
        )

    def requirements(self) -> Iterator[Ways]:
        """Everything that must keep one of its ways, each once."""
        yield from dict.fromkeys(ways for things in self.needs.values() for ways in things.values())


@dataclass(slots=True)
class Givers:
    """Who gives what in one model."""

    model: Model
    resolver: Resolver = field(init=False)
    gives: dict[Holder, dict[Grant, frozenset[str]]] = field(default_factory=dict)
    containers: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.resolver = Resolver(self.model)
        for holder in holders(self.model):
            self.gives[holder] = self.resolver.entitled(holder.entitlements(self.model))
        for parent in self.model.resources:
            for child in self.model.within(parent)[1:]:
                self.containers.setdefault(child, []).append(parent)

    def of(self, identity: str) -> Iterator[tuple[Holder, frozenset[Fact]]]:
        """The holders that `identity` has its entitlements from, each with what the assignment rests on."""
        yield Holder("identity", identity), frozenset()
        for role in self.model.identities[identity].roles:
            yield Holder("role", role), frozenset({assigned(identity, role)})

    def ways(self, identity: str, grant: Grant, *, through_containers: bool = True) -> Ways:
        """How `identity` has `grant`: itself, or (`through_containers`) on what contains its target."""
        operation, target = grant
        names = [target, *(self.containers.get(target, ()) if through_containers else ())]
        found = [
            support | {given(holder, (operation, name))}
            for holder, support in self.of(identity)
            for name in names
            if (operation, name) in self.gives[holder]
        ]
        return tuple(dict.fromkeys(found))

    def by_role(self, role: str, grant: Grant, *, through_containers: bool) -> Ways:
        """How whoever has `role` has `grant` from it."""
        operation, target = grant
        names = [target, *(self.containers.get(target, ()) if through_containers else ())]
        holder = Holder("role", role)
        given_there = ((operation, name) for name in names if (operation, name) in self.gives[holder])
        return tuple(frozenset({given(holder, each)}) for each in given_there)

    def mixed(self) -> bool:
        """True if somebody has, or may be given, one grant from two holders under different conditions: then what is
        left after one of them is gone is not just less of the same, and the supported graph errs on the attacker's
        side."""
        if any(operation.effect == "grant" for _, _, operation in self.model.operations()):
            return any(conditions for grants in self.gives.values() for conditions in grants.values())
        return any(self._mixed(identities) for identities in self._sharing())

    def _sharing(self) -> list[list[str]]:
        """Identities by the tier whose session they may share."""
        tiers: dict[str, list[str]] = {}
        for identity in self.model.identities:
            tiers.setdefault(self.model.tier(identity), []).append(identity)
        return list(tiers.values())

    def _mixed(self, identities: Iterable[str]) -> bool:
        seen: dict[Grant, frozenset[str]] = {}
        for holder in {holder for identity in identities for holder, _ in self.of(identity)}:
            for grant, conditions in self.gives[holder].items():
                if seen.setdefault(grant, conditions) != conditions:
                    return True
        return False


def work_of(scenario: Scenario) -> Work:
    """What the tasks of `scenario` rest on."""
    givers = Givers(scenario.model)
    return Work({task.name: dict(_needs(givers, task)) for task in scenario.model.tasks.values()})


def _needs(givers: Givers, task: Task) -> Iterator[tuple[str, Ways]]:
    """Everything that `task` needs and has, in words, with the ways it is supported."""
    for grant in givers.resolver.needs(task.needs):
        for identity in dict.fromkeys((task.identity, givers.model.tool_of(grant[0]).runs_as)):
            ways = givers.ways(identity, grant) if identity else ()
            if ways:
                yield f"{identity} may {written(grant)}", ways
    stored = dict(_stored(givers, task))
    for other in task.delegates_to:
        ways = tuple(_delegations(givers.model, task, other, stored))
        if ways:
            yield f"{task.identity} reaches {other}", ways
    for credential, place in stored.items():
        yield f"{task.identity} finds {credential}", (frozenset({place}),)


def _stored(givers: Givers, task: Task) -> Iterator[tuple[str, Fact]]:
    """The credentials in the secret stores that the task needs to read: it reads them for that."""
    for operation, target in givers.resolver.needs(task.needs):
        if givers.model.operation(operation).effect == "read" and target:
            for name in givers.model.within(target):
                resource = givers.model.resources[name]
                if resource.kind == "secret-store":
                    yield from ((held, lies(held, in_resource(name))) for held in resource.holds)


def _delegations(model: Model, task: Task, other: str, stored: Mapping[str, Fact]) -> Iterator[frozenset[Fact]]:
    for edge in model.trust:
        if (edge.source, edge.target) == (task.identity, other):
            yield frozenset({trusted(edge.name)})
    for credential in model.identities[task.identity].runtime_holds:
        if model.credentials[credential].identity == other:
            yield frozenset({lies(credential, runtime_of(task.identity))})
    for credential, place in stored.items():
        if model.credentials[credential].identity == other:
            yield frozenset({place})
