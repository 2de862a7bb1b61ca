"""What legitimate work rests on, and whether it still stands after an edit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from simkit.attackgraph import Fact
from simkit.model import Model, ObservedRun, Task
from simkit.model.tasks import RAN
from simkit.scenario import Scenario
from simkit.techniques.givers import Givers, Ways, in_resource, lies, runtime_of, trusted, written


@dataclass(frozen=True, slots=True)
class Work:
    """What the tasks of a model need, by name of the task: each thing that is there, with the ways it is supported.

    A task needs its operations on its targets, for itself and for the identity that the tool runs as; a way to each
    identity that it delegates to (a trust edge, or that identity's credential in its runtime or in a secret store that
    it reads); and the credentials in the secret stores that it reads. What was missing from the start is not counted.
    What an identity was seen to do for no declared task is work, too: one entry for each identity.
    """

    needs: Mapping[str, Mapping[str, Ways]]

    def lost(self, after: Work) -> tuple[str, ...]:
        """The tasks that have less `after` than here."""
        return tuple(
            sorted(name for name, things in self.needs.items() if not things.keys() <= after.needs[name].keys())
        )

    def without(self, removed: frozenset[Fact]) -> tuple[str, ...]:
        """The entries that have less without the supports `removed`."""
        gone = (name for name, things in self.needs.items() if any(_all_hit(w, removed) for w in things.values()))
        return tuple(sorted(gone))

    def requirements(self) -> Iterator[Ways]:
        """Everything that must keep one of its ways, each once."""
        yield from dict.fromkeys(ways for things in self.needs.values() for ways in things.values())


def _all_hit(ways: Ways, removed: frozenset[Fact]) -> bool:
    return all(way & removed for way in ways)


def work_of(scenario: Scenario) -> Work:
    """What the tasks of `scenario` rest on."""
    givers = Givers(scenario.model)
    needs = {task.name: dict(_needs(givers, task)) for task in scenario.model.tasks.values()}
    return Work(needs | _uses(givers, scenario.observed))


def _uses(givers: Givers, runs: Iterable[ObservedRun]) -> dict[str, dict[str, Ways]]:
    """What identities were seen to use and have, in runs that are of no declared task and went well."""
    found: dict[str, dict[str, Ways]] = {}
    for run in runs:
        if run.task or not run.identity or not run.success:
            continue
        mine = found.setdefault(f"what {run.identity} was seen to do", {})
        own = givers.resolver.identity(run.identity)
        for call in run.calls:
            if call.outcome in RAN:
                named = [(call.operation, call.target)] if call.target else [g for g in own if g[0] == call.operation]
                for grant in named:
                    ways = givers.ways(run.identity, grant)
                    mine |= {f"{run.identity} may {written(grant)}": ways} if ways else {}
    return found


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
