"""What legitimate work rests on, and whether it still stands after an edit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from simkit.attackgraph import Fact
from simkit.model import Model, Task
from simkit.scenario import Scenario
from simkit.techniques.givers import Givers, Ways, in_resource, lies, runtime_of, trusted, written


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


def work_of(scenario: Scenario) -> Work:
    """What the tasks of `scenario` rest on."""
    givers = Givers(scenario.model)
    return Work({task.name: dict(_needs(givers, task)) for task in scenario.model.tasks.values()})


def _needs(givers: Givers, task: Task) -> Iterator[tuple[str, Ways]]:
    """Everything that `task` needs and has, in words, with the ways it is supported."""
    for grant in givers.resolver.needs(task.needs):
        for identity in dict.fromkeys((task.entitled_as, givers.model.tool_of(grant[0]).runs_as)):
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
    logins = {name for name, each in model.credentials.items() if each.use == "login" and each.identity == other}
    for credential in model.identities[task.identity].runtime_holds:
        if credential in logins:
            yield frozenset({lies(credential, runtime_of(task.identity))})
    for credential, place in stored.items():
        if credential in logins:
            yield frozenset({place})
