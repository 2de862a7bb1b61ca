"""The estate itself: teams with their stores and tools, those who work there, and how it is attacked."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from simkit.distributions import DAY, HOUR, Exponential, Fixed
from simkit.errors import QuestionError
from simkit.estate.population import Extent, Member, Population, team_name
from simkit.estate.shapes import ASSUMPTIONS, SHAPES, SUSCEPTIBILITY, Deck
from simkit.fate import checked_seed
from simkit.model import (
    Credential,
    Detection,
    Entitlement,
    EntryPoint,
    Goal,
    Identity,
    Model,
    Need,
    Operation,
    Resource,
    Response,
    Role,
    Task,
    Tool,
    TrustEdge,
)
from simkit.scenario import Scenario

LEAST, MOST = 100, 1_000_000
KEY_TTL, OAUTH_TTL, PERSON_TTL = 90 * DAY, HOUR, 12 * HOUR
JEWEL = 10_000.0
"""What the crown jewel is worth: its owner's other stores are worth 1 and more."""
MOST_NEEDS = 3
"""An identity that needs more has more tasks."""
STAGES = {"pipeline": "deployment", "model": "training"}


def generate(size: int = 1000, seed: int = 0) -> Scenario:
    """An estate whose attack graph under `rbac` has about `size` steps: within a quarter, a twentieth from 1,000 on.

    Agents, services, workloads, pipelines, models and humans in teams, with stores, tools, roles, credentials, trust
    edges and tasks in the shapes of `SHAPES` (each with its source): 144 machine identities a human, 97 % of them
    over-privileged, those that are active needing 1 to 5 % of what they are granted for their own tasks (a service that
    a tool runs as also for those of others), 80 % of services and workloads inactive, 71 % of machine credentials never
    rotated. What no source gives is listed in the scenario's
    `assumptions`. A leaked token and a poisoned inbox are the entry points; a crown jewel is the goal. The same
    `size` and `seed` give the same estate on any machine. Raises QuestionError for a size that is not a whole number
    from 100 to 1,000,000, and for a bad seed.

    >>> estate = generate(100, seed=1)
    >>> [identity.kind for identity in estate.model.identities.values()]
    ['human', 'agent']
    """
    if isinstance(size, bool) or not isinstance(size, int) or not LEAST <= size <= MOST:
        raise QuestionError(f"size {size!r} is not a whole number of steps from {LEAST} to {MOST:,}: choose one")
    chance = random.Random(checked_seed(seed))
    extent = Extent.of(size)
    members = Population(extent, chance).members(size)
    return _Estate(extent, chance, members).scenario(size, seed)


@dataclass(slots=True)
class _Estate:
    extent: Extent
    chance: random.Random
    members: list[Member]
    held_by: dict[str, list[str]] = field(default_factory=dict)
    lying_in: dict[int, list[str]] = field(default_factory=dict)
    servers: dict[str, str] = field(default_factory=dict)
    _kinds: dict[str, list[Member]] = field(default_factory=dict)

    def scenario(self, size: int, seed: int) -> Scenario:
        """Everything joined."""
        model = self._model()
        first = next(member for member in self.members if member.kind == "agent")
        jewel = f"{team_name(self.extent.teams // 2)}-store-00"
        return Scenario(
            name=f"estate-{size}-{seed}",
            description=f"Generated: about {size:,} attack steps under rbac, seed {seed}.",
            model=model,
            entry_points={
                "leaked-token": EntryPoint("leaked-token", "leak", _key(first)),
                "poisoned-inbox": EntryPoint("poisoned-inbox", "poison", f"{team_name(first.team)}-inbox"),
            },
            goals={"crown-jewel-leaked": Goal("crown-jewel-leaked", lost=((jewel, "confidentiality"),))},
            response=Response(detection={"any": Detection(0.05, Exponential(14 * DAY))}),
            compare=("static-secrets", "rbac", "jit", "task-scoped"),
            sources=tuple(shape.source() for shape in SHAPES.values()),
            assumptions=ASSUMPTIONS,
        )

    def _model(self) -> Model:
        self._place_secrets()
        tasks = [task for member in self.members for task in self._tasks(member)]
        teams = range(self.extent.teams)
        return Model(
            identities=_named(self._identity(member, tasks) for member in self.members),
            resources=_named(resource for team in teams for resource in self._resources(team)),
            tools=_named(tool for team in teams for tool in self._tools(team)),
            credentials=_named(self._credentials()),
            roles=_named(role for team in teams for role in self._roles(team)),
            trust=tuple(self._trust()),
            tasks=_named(tasks),
        )

    def _place_secrets(self) -> None:
        """The keys of tools lie in the environment of an agent or in a vault; each vault opens the next team, too."""
        with_key = Deck.yes_or_no(self.chance, SHAPES["tools_with_credentials"].value)
        in_env = Deck.yes_or_no(self.chance, SHAPES["in_the_environment"].value)
        services, agents, wide = self._by_team("service"), self._by_team("agent"), self._by_team("")
        ring = self.chance.sample(range(self.extent.teams), self.extent.teams)
        for place, team in enumerate(ring):
            after = ring[(place + 1) % len(ring)]
            if wide.get(after):
                self.lying_in.setdefault(team, []).append(_key(self.chance.choice(wide[after])))
            if services.get(team) and with_key.deal():
                server = self.chance.choice(services[team])
                self.servers[team_name(team)] = server.name
                if agents.get(team) and in_env.deal():
                    self.held_by.setdefault(self.chance.choice(agents[team]).name, []).append(_key(server))
                else:
                    self.lying_in.setdefault(team, []).append(_key(server))

    def _by_team(self, kind: str) -> dict[int, list[Member]]:
        """The over-privileged identities of `kind` (empty: any) in each team."""
        found: dict[int, list[Member]] = {}
        for member in self.members:
            if member.teams and kind in ("", member.kind):
                found.setdefault(member.team, []).append(member)
        return found

    def _identity(self, member: Member, tasks: list[Task]) -> Identity:
        roles = [f"{team_name(team)}-admin" for team in member.teams]
        if member.kind == "human":
            roles = [f"{team_name(member.team)}-member"]
        # a narrow identity is entitled to what its task needs, one grant each, and to no more
        narrow = () if roles else tuple(Entitlement(n.operation, n.targets) for n in self._narrow_needs(member))
        return Identity(
            member.name,
            member.kind,
            stage=STAGES.get(member.kind, "inference"),
            tier=team_name(member.team),
            susceptibility=SUSCEPTIBILITY if member.kind == "agent" else 0.0,
            roles=tuple(roles),
            entitlements=narrow,
            runtime_holds=tuple(self.held_by.get(member.name, ())),
        )

    def _narrow_needs(self, member: Member) -> list[Need]:
        team = team_name(member.team)
        return [Need(f"{team}-data.read", (f"{team}-store-{n:02}",)) for n in range(member.used)]

    def _tasks(self, member: Member) -> list[Task]:
        """The work of `member`: its needs, a few to a task. Agents read what outsiders write."""
        needs = self._needs(member)
        team = team_name(member.team)
        reads = (f"{team}-inbox",) if member.kind in ("agent", "human") else (f"{team}-store-00",)
        return [
            Task(
                f"{member.name}-task-{start // MOST_NEEDS}",
                member.name,
                tuple(needs[start : start + MOST_NEEDS]),
                reads,
                rate=round(300.0 ** self.chance.random(), 1) / DAY,
                duration=Fixed(float(round(30 * 60.0 ** self.chance.random()))),
            )
            for start in range(0, len(needs), MOST_NEEDS)
        ]

    def _needs(self, member: Member) -> list[Need]:
        """As many grants as `member` uses, drawn from all that it has."""
        if not member.teams:
            return self._narrow_needs(member)
        each = self.extent.admin_grants
        drawn = sorted(self.chance.sample(range(len(member.teams) * each), member.used))
        return [self._grant(team_name(member.teams[number // each]), number % each) for number in drawn]

    def _grant(self, team: str, number: int) -> Need:
        """One grant of the administrator's role of `team`."""
        operation, store = divmod(number, self.extent.stores)
        if operation < len(DATA_EFFECTS):
            return Need(f"{team}-data.{tuple(DATA_EFFECTS)[operation]}", (f"{team}-store-{store:02}",))
        return Need((f"{team}-mail.read", f"{team}-mail.send", f"{team}-vault.get")[store])

    def _resources(self, number: int) -> list[Resource]:
        team, jewel = team_name(number), number == self.extent.teams // 2
        backed_up = (f"{team}-backup",)
        stores = [
            Resource(
                f"{team}-store-{n:02}",
                ("data-store", "repository", "queue")[n % 3],
                self._value(jewel and n == 0),
                recoverable_from=backed_up if n % 2 == 0 else (),
                note="the crown jewel" if jewel and n == 0 else "",
            )
            for n in range(self.extent.stores)
        ]
        return [
            *stores,
            Resource(f"{team}-inbox", "mailbox", exposure="public-write"),
            Resource(f"{team}-vault", "secret-store", holds=tuple(dict.fromkeys(self.lying_in.get(number, ())))),
            Resource(f"{team}-backup", "backup"),
        ]

    def _value(self, jewel: bool) -> dict[str, float]:
        worth = JEWEL if jewel else min(float(round((1 - self.chance.random()) ** (-1 / 1.2))), JEWEL / 10)
        return {"confidentiality": worth, "integrity": worth / 2, "availability": worth / 2}

    def _tools(self, number: int) -> list[Tool]:
        team = team_name(number)
        data = _named(Operation(name, effect, (f"{team}-store-*",)) for name, effect in DATA_EFFECTS.items())
        mail = _named([Operation("read", "read", (f"{team}-inbox",)), Operation("send", "send")])
        return [
            Tool(f"{team}-data", data, runs_as=self.servers.get(team, "")),
            Tool(f"{team}-mail", mail),
            Tool(f"{team}-vault", _named([Operation("get", "read", (f"{team}-vault",))])),
        ]

    def _roles(self, number: int) -> list[Role]:
        team = team_name(number)
        admin = [Entitlement(f"{team}-{tool}.*") for tool in ("data", "mail", "vault")]
        member = [Entitlement(f"{team}-data.read"), Entitlement(f"{team}-mail.*")]
        return [Role(f"{team}-admin", tuple(admin)), Role(f"{team}-member", tuple(member))]

    def _credentials(self) -> list[Credential]:
        kinds = Deck.of(self.chance, {"API key": 106, "OAuth": 17, "certificate": 77})
        stale = Deck.yes_or_no(self.chance, SHAPES["not_rotated"].value)
        found = []
        for member in self.members:
            kind = "session" if member.kind == "human" else kinds.deal()
            ttl = {"session": PERSON_TTL, "OAuth": OAUTH_TTL}.get(kind, KEY_TTL)
            never = kind != "session" and stale.deal()
            found.append(Credential(_key(member), member.name, ttl, math.inf if never else None, kind=kind))
        return found

    def _trust(self) -> list[TrustEdge]:
        """Humans delegate to agents, agents invoke agents, pipelines become workloads: one each, anywhere.

        Whoever invokes an agent hands work over and is told nothing: what answers add to the graph hangs on who asks
        whom in turn, so that an estate with them could not have the size that was asked for.
        """
        made = []
        for member in self.members:
            kind, wanted = TRUST.get(member.kind, ("", ""))
            others = self._of_kind(wanted)
            target = self.chance.choice(others).name if others else member.name
            if target != member.name:
                made.append(TrustEdge(member.name, target, kind, answers=kind != "invoke"))
        return made

    def _of_kind(self, kind: str) -> list[Member]:
        if kind not in self._kinds:
            self._kinds[kind] = [member for member in self.members if member.kind == kind]
        return self._kinds[kind]


DATA_EFFECTS = {"list": "read", "read": "read", "write": "write", "delete": "delete"}
"""The operations of a team's data tool, each on every one of its stores."""
TRUST = {"human": ("delegate", "agent"), "agent": ("invoke", "agent"), "pipeline": ("assume", "workload")}
"""For a kind of identity the kind of its trust edge, and of whom it leads to."""


def _key(member: Member) -> str:
    return f"{member.name}-key"


class _Thing(Protocol):
    @property
    def name(self) -> str: ...


T = TypeVar("T", bound=_Thing)


def _named(things: Iterable[T]) -> dict[str, T]:
    """The things by their names, as a model keeps them."""
    return {thing.name: thing for thing in things}
