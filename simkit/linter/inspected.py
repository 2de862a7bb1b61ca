"""What the checks look at: a scenario, and what several of them work out of it, once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from simkit.entitlements import Grant, Grants, Resolver
from simkit.model import Identity, Model, Task
from simkit.model.references import fits
from simkit.policies import GrantPolicy, Sessions, last_or_new, named_policies
from simkit.scenario import Scenario


@dataclass(frozen=True)
class Inspected:
    """A scenario under inspection."""

    scenario: Scenario

    @property
    def model(self) -> Model:
        """The world of the scenario."""
        return self.scenario.model

    @cached_property
    def cut(self) -> Sessions:
        """What the policy in force makes of the model."""
        return last_or_new(self.model, self.scenario.grant_policy(), self.scenario.response.rotation_period)

    @property
    def resolver(self) -> Resolver:
        """What resolves entitlements, and remembers."""
        return self.cut.resolver

    @cached_property
    def policies(self) -> dict[str, GrantPolicy]:
        """Every policy that can be asked about by name."""
        return named_policies(self.scenario.policies)

    @cached_property
    def tasks(self) -> dict[str, list[Task]]:
        """The tasks of each identity that has any."""
        found: dict[str, list[Task]] = {}
        for task in self.model.tasks.values():
            found.setdefault(task.identity, []).append(task)
        return found

    @cached_property
    def edges(self) -> dict[str, set[str]]:
        """By identity, whom its trust edges lead to."""
        found: dict[str, set[str]] = {}
        for edge in self.model.trust:
            found.setdefault(edge.source, set()).add(edge.target)
        return found

    @cached_property
    def issuers(self) -> set[str]:
        """Identities that sign with a key: those that trust them believe the key, and ask for no session."""
        return {each.identity for each in self.model.credentials.values() if each.use == "signing"}

    @cached_property
    def containers(self) -> dict[str, list[str]]:
        """By resource, what contains it directly."""
        found: dict[str, list[str]] = {}
        for resource in self.model.resources.values():
            for child in resource.contains:
                found.setdefault(child, []).append(resource.name)
        return found

    @cached_property
    def poisoned(self) -> dict[str, set[str]]:
        """By resource, the entry points that poison it, itself or what contains it."""
        found: dict[str, set[str]] = {}
        for entry in self.scenario.entry_points.values():
            if entry.kind == "poison" and entry.target:
                for name in self.model.within(entry.target):
                    found.setdefault(name, set()).add(entry.name)
        return found

    @cached_property
    def compared(self) -> list[GrantPolicy]:
        """The policy in force and those that the file compares, each with the ones that govern who is left."""
        named = dict.fromkeys([self.scenario.policy, *self.scenario.compare])
        return [leaf for name in named for leaf in _leaves(self.scenario.grant_policy(name))]

    def operations(self, pattern: str) -> Iterator[str]:
        """The operations whose names fit `pattern`."""
        yield from (name for name, _, _ in self.model.operations() if fits(name, pattern))

    @cached_property
    def effects(self) -> dict[str, str]:
        """The effect of each operation, by its full name."""
        return {name: operation.effect for name, _, operation in self.model.operations()}

    def held(self) -> Iterator[Grants]:
        """What somebody may do, can be given, or may do once what takes it away is lifted."""
        yield from {id(grants): grants for grants in self.cut.entitled.values()}.values()
        lifted = {each for _, _, operation in self.model.operations() for each in operation.restrictions}
        if not lifted.isdisjoint(("denies", "boundary")):
            for name, identity in self.model.identities.items():
                yield self.resolver.with_roles(name, identity.roles, lifted)
        given = {operation.role for _, _, operation in self.model.operations() if operation.effect == "grant"}
        for role in sorted(given - {""}):
            yield self.resolver.gained(role)

    @cached_property
    def grants(self) -> frozenset[Grant]:
        """All grants of what is `held`."""
        return frozenset[Grant]().union(*self.held())

    def work(self, identity: Identity) -> float:
        """Seconds that the longest work of `identity` takes on average: a run of a task, or one operation in it."""
        tasks = self.tasks.get(identity.name, ())
        return max((max(task.duration.mean, self.longest(task)) for task in tasks), default=0.0)

    def longest(self, task: Task) -> float:
        """Seconds that the longest operation takes on average that `task` needs."""
        grants = (grant for need in task.needs for grant in self.resolver.grants(need.operation, need.targets))
        return max((self.model.operation(operation).duration.mean for operation, _ in grants), default=0.0)

    def said(self, where: Sequence[str | int]) -> bool:
        """True if the file says what stands at `where`; a scenario that was made in memory says everything."""
        if self.scenario.document is None:
            return True
        place: object = self.scenario.document.value
        for part in where:
            if isinstance(place, dict) and part in place:
                place = place[str(part)]
            elif isinstance(place, list) and isinstance(part, int) and part < len(place):
                place = place[part]
            else:
                return False
        return True


def _leaves(policy: GrantPolicy) -> Iterator[GrantPolicy]:
    yield policy
    if policy.otherwise is not None:
        yield from _leaves(policy.otherwise)
