"""The world that is attacked: one frozen value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from simkit.model.identities import Credential, Identity, Role, TrustEdge
from simkit.model.resources import Resource
from simkit.model.tasks import ObservedRun, Task
from simkit.model.tools import IDENTITY_EFFECTS, Operation, Tool
from simkit.table import Table, shorten

if TYPE_CHECKING:
    import networkx as nx


MOST_NAMES = 96
"""Places that the names of one kind take at most, in a table and in a short form."""


def listed(kinds: Mapping[str, Iterable[str]], *, title: str = "", note: str = "") -> Table:
    """A row for each of `kinds` of things, by name: how many there are, and their names as far as they fit."""
    named = {kind: list(names) for kind, names in kinds.items()}
    rows = [(kind, len(names), shorten(", ".join(names), MOST_NAMES)) for kind, names in named.items() if names]
    return Table(("kind", "how many", "names"), rows, title=title, note=note)


def environments(model: Model) -> dict[str, str]:
    """The environment of each resource that belongs to one: its own, or that of the nearest container that has one (of
    several that are as near, of the first by name)."""
    containers: dict[str, list[str]] = {}
    for name in sorted(model.resources):
        for child in model.resources[name].contains:
            containers.setdefault(child, []).append(name)
    found = {}
    for name, resource in model.resources.items():
        own, level, seen = resource.environment, containers.get(name, []), {name}
        while not own and level:
            own = next((where for each in level if (where := model.resources[each].environment)), "")
            seen.update(level)  # a model may go round in circles until it is checked
            level = sorted({above for each in level for above in containers.get(each, ())} - seen)
        if own:
            found[name] = own
    return found


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """By the first of each pair the second ones, in their order."""
    found: dict[str, list[str]] = {}
    for key, name in pairs:
        found.setdefault(key, []).append(name)
    return {key: tuple(names) for key, names in found.items()}


@dataclass(frozen=True)
class Model:
    """Identities, resources, tools, credentials, roles, trust edges and tasks, each by name.

    Nothing is checked here: `problems(model)` lists what dangles, and a Scenario refuses a model that has any.
    """

    identities: Mapping[str, Identity] = field(default_factory=dict)
    resources: Mapping[str, Resource] = field(default_factory=dict)
    tools: Mapping[str, Tool] = field(default_factory=dict)
    credentials: Mapping[str, Credential] = field(default_factory=dict)
    roles: Mapping[str, Role] = field(default_factory=dict)
    trust: tuple[TrustEdge, ...] = ()
    tasks: Mapping[str, Task] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"Model({', '.join(f'{len(things):,} {kind}' for kind, things in self.kinds().items())})"

    def _repr_html_(self) -> str:
        return self.table().html()

    def kinds(self) -> dict[str, Mapping[str, object]]:
        """The things of each kind by name, in the order of a scenario file; a kind of which there is none is left out.

        >>> Model(tasks={"answer": Task("answer", "bot")})
        Model(1 tasks)
        """
        found: dict[str, Mapping[str, object]] = {
            "identities": self.identities,
            "credentials": self.credentials,
            "tools": self.tools,
            "resources": self.resources,
            "roles": self.roles,
            "trust edges": {edge.name: edge for edge in self.trust},
            "tasks": self.tasks,
        }
        return {kind: things for kind, things in found.items() if things}

    def table(self) -> Table:
        """A row for each kind of thing: how many there are, and their names as far as they fit."""
        return listed(self.kinds())

    def operations(self) -> Iterator[tuple[str, Tool, Operation]]:
        """Each operation with its full name (`tool.operation`) and its tool."""
        for tool in self.tools.values():
            for operation in tool.operations.values():
                yield f"{tool.name}.{operation.name}", tool, operation

    def operation(self, full_name: str) -> Operation:
        """The operation called `tool.operation`. Raises KeyError."""
        tool, _, name = full_name.partition(".")
        return self.tools[tool].operations[name]

    def tool_of(self, full_name: str) -> Tool:
        """The tool of the operation called `tool.operation`. Raises KeyError."""
        return self.tools[full_name.partition(".")[0]]

    def targets_of(self, operation: Operation) -> Mapping[str, object]:
        """Everything that `operation` could be pointed at: identities or resources, by its effect."""
        return self.identities if operation.effect in IDENTITY_EFFECTS else self.resources

    def tier(self, identity: str) -> str:
        """The tier whose secret `identity` would share; its own name where it declares none."""
        return self.identities[identity].tier or identity

    def having(self, role: str) -> tuple[str, ...]:
        """The identities that have `role`, in their order."""
        return self._by_role.get(role, ())

    def sharing(self, tier: str) -> tuple[str, ...]:
        """The identities of `tier`, in their order."""
        return self._by_tier.get(tier, ())

    @cached_property
    def _by_role(self) -> Mapping[str, tuple[str, ...]]:
        return _grouped((role, name) for name, each in self.identities.items() for role in dict.fromkeys(each.roles))

    @cached_property
    def _by_tier(self) -> Mapping[str, tuple[str, ...]]:
        return _grouped((self.tier(name), name) for name in self.identities)

    @cached_property
    def looked_up(self) -> dict[str, Any]:
        """What others looked up in this model, to find it again as long as it lives."""
        return {}

    def keys_in_runtime(self, identity: str) -> tuple[str, ...]:
        """The credentials of others that lie in the runtime of `identity`. A name that is a resource's, too, is the
        credential's."""
        return tuple(name for name in self.identities[identity].runtime_holds if name in self.credentials)

    def files_in_runtime(self, identity: str) -> tuple[str, ...]:
        """The resources that lie as files in the runtime of `identity`."""
        return tuple(name for name in self.identities[identity].runtime_holds if name not in self.credentials)

    def runs(self, task: Task) -> float:
        """How often `task` runs a second, whoever of those that are alike does it."""
        return task.rate * self.identities[task.identity].count

    def caller(self, run: ObservedRun) -> str:
        """The identity whose rights `run` used, empty where nobody knows."""
        return self.tasks[run.task].entitled_as if run.task else run.identity

    @property
    def has_values(self) -> bool:
        """True if some resource has a value; else its goals are what there is to lose."""
        return any(value for resource in self.resources.values() for value in resource.value.values())

    def within(self, resource: str) -> tuple[str, ...]:
        """`resource` and everything that it contains, children before grandchildren."""
        if not self.resources[resource].contains:
            return (resource,)
        found = {resource: None}
        waiting = [resource]
        while waiting:
            for child in self.resources[waiting.pop(0)].contains:
                if child not in found:
                    found[child] = None
                    waiting.append(child)
        return tuple(found)

    def graph(self) -> nx.MultiDiGraph:
        """The agents, tools, credentials, resources, roles, tasks and trust edges as a networkx `MultiDiGraph`."""
        from simkit.model.relations import model_graph

        return model_graph(self)
