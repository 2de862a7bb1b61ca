"""Identities cut into sessions, and credentials into the tokens that open them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from simkit.entitlements import Grant, Grants, Resolver, tools_of
from simkit.model import Credential, Identity, Model, Need, Task
from simkit.policies.dials import GrantPolicy

STANDING = GrantPolicy("standing", identity="workload", scope="role", expiry="ttl", response="manual")
"""What rules a credential that no grant policy governs: its identity's roles, for as long as it lives."""

Names = tuple[str, ...]

NO_TASK_TTL = 3600.0
"""Seconds that a token lives under `expiry: completion` where its identity declares no task (our assumption)."""


@dataclass(frozen=True, slots=True)
class Session:
    """The unit of privilege: an identity (a whole tier under `scope: all`), grants, and who governs it.

    `rate` is how often its task runs, a second; 0 means that the session is always there. `audience` names the tools
    that accept its token; empty means every tool.
    """

    name: str
    identities: tuple[str, ...]
    tasks: tuple[str, ...]
    grants: Grants
    policy: GrantPolicy
    rate: float = 0.0
    audience: Names = ()

    def limited_to(self, audience: Names, *, may_widen: bool = False) -> Session:
        """This session as a token sees it that only the tools in `audience` accept; the session itself where that
        makes no difference, and `may_widen` does not say that it could yet."""
        if not audience or (not may_widen and tools_of(self.grants) <= set(audience)):
            return self
        kept = {grant: conditions for grant, conditions in self.grants.items() if tools_of([grant]) <= set(audience)}
        return replace(self, name=f"{self.name}|{'+'.join(sorted(audience))}", grants=kept, audience=audience)


@dataclass(frozen=True, slots=True)
class Token:
    """What leaks: a credential as the policy issues it. `ttl` is in seconds, None for ever.

    `share` weighs it against the other tokens of its credential (rate x duration of its task); `rate` is how often a
    fresh one is issued, a second (0: it is always there); `governed` is False where no automatic response reaches it.
    """

    name: str
    credential: str
    identity: str
    sessions: tuple[str, ...]
    ttl: float | None
    binding: str
    share: float = 1.0
    rate: float = 0.0
    governed: bool = True


@dataclass(frozen=True, slots=True)
class BrokenNeed:
    """A need that its task's identity is not entitled to: reported, never silently granted."""

    task: str
    identity: str
    operation: str
    target: str

    def __str__(self) -> str:
        on = f" on {self.target}" if self.target else ""
        return f"task {self.task} needs {self.operation}{on}, which {self.identity} is not entitled to"


@dataclass(frozen=True, slots=True)
class Sessions:
    """All sessions and tokens that a policy makes of a model."""

    model: Model
    policy: GrantPolicy
    sessions: Mapping[str, Session]
    tokens: Mapping[str, tuple[Token, ...]]
    by_identity: Mapping[str, tuple[str, ...]]
    broken: tuple[BrokenNeed, ...]
    resolver: Resolver
    entitled: Mapping[str, Grants]

    def serving(self, task: Task) -> Session | None:
        """The session in which `task` runs; None where it is broken so far that it has none."""
        for name in self.by_identity[task.identity]:
            if task.name in self.sessions[name].tasks:
                return self.sessions[name]
        return None

    def governing(self, identity: str) -> GrantPolicy:
        """The policy that governs `identity`."""
        return self.policy.governing(self.model.identities[identity])


def sessions(model: Model, policy: GrantPolicy, *, rotation_period: float = math.inf) -> Sessions:
    """Cut every identity of `model` into sessions under `policy`, and every credential into tokens.

    `rotation_period` (seconds) bounds a token's life where the policy's response is at least `rotation`.
    """
    return _Cutter(model, policy, rotation_period).cut()


@dataclass(slots=True)
class _Cutter:
    model: Model
    policy: GrantPolicy
    rotation_period: float
    resolver: Resolver = field(init=False)
    entitled: dict[str, dict[Grant, frozenset[str]]] = field(default_factory=dict)
    tasks: dict[str, list[Task]] = field(default_factory=dict)
    tiers: dict[str, list[str]] = field(default_factory=dict)
    made: dict[str, Session] = field(default_factory=dict)
    broken: list[BrokenNeed] = field(default_factory=list)
    may_widen: bool = field(init=False)

    def cut(self) -> Sessions:
        self._index()
        by_identity = {name: tuple(self._sessions_of(identity)) for name, identity in self.model.identities.items()}
        tokens = {name: tuple(self._tokens(c, by_identity)) for name, c in self.model.credentials.items()}
        broken = tuple(sorted(self.broken, key=str))
        return Sessions(self.model, self.policy, self.made, tokens, by_identity, broken, self.resolver, self.entitled)

    def _index(self) -> None:
        self.resolver = Resolver(self.model)
        self.may_widen = any(operation.effect == "grant" for _, _, operation in self.model.operations())
        for name in self.model.identities:
            self.entitled[name] = self.resolver.identity(name)
            self.tiers.setdefault(self.model.tier(name), []).append(name)
        for task in self.model.tasks.values():
            self.tasks.setdefault(task.identity, []).append(task)

    def _sessions_of(self, identity: Identity) -> Iterator[str]:
        """The names of the sessions of `identity`, after making them."""
        leaf = self.policy.governing(identity)
        tasks = self.tasks.get(identity.name, [])
        scopes = {task.name: self._scope(task, leaf) for task in tasks}
        if leaf.scope == "all":
            yield self._tier_session(self.model.tier(identity.name), leaf)
        elif not leaf.per_task:
            names = tuple(task.name for task in tasks)
            yield self._keep(Session(identity.name, (identity.name,), names, self.entitled[identity.name], leaf))
        else:
            for task in tasks:
                name = f"{identity.name}@{task.name}"
                made = Session(name, (identity.name,), (task.name,), scopes[task.name], leaf, task.rate)
                yield self._keep(made)

    def _keep(self, session: Session) -> str:
        self.made.setdefault(session.name, session)
        return session.name

    def _tier_session(self, tier: str, leaf: GrantPolicy) -> str:
        union: dict[Grant, frozenset[str]] = {}
        for member in self.tiers[tier]:
            for grant, conditions in self.entitled[member].items():
                union[grant] = conditions & union.get(grant, conditions)
        served = tuple(task.name for member in self.tiers[tier] for task in self.tasks.get(member, []))
        return self._keep(Session(f"tier:{tier}", tuple(self.tiers[tier]), served, union, leaf))

    def _scope(self, task: Task, leaf: GrantPolicy) -> dict[Grant, frozenset[str]]:
        """What a session for `task` may do under the scope dial; notes the needs that are not entitled."""
        entitled = self.entitled[task.identity]
        needed = self._needed(task, entitled)
        if leaf.scope in ("all", "role"):
            return entitled
        if leaf.scope == "task+arguments":
            return needed
        operations = {operation for operation, _ in needed}
        kept = {grant: conditions for grant, conditions in entitled.items() if grant[0] in operations}
        if leaf.scope == "task+reads":
            kept |= {grant: c for grant, c in entitled.items() if self._only_reads(grant[0])}
        return kept | needed

    def _only_reads(self, operation: str) -> bool:
        return self.model.operation(operation).effect in ("none", "read")

    def _needed(self, task: Task, entitled: Grants) -> dict[Grant, frozenset[str]]:
        found: dict[Grant, frozenset[str]] = {}
        for need in task.needs:
            grants = self.resolver.grants(need.operation, need.targets)
            covered = {g: conditions for g in grants if (conditions := self.resolver.cover(g, entitled)) is not None}
            found.update(covered)
            self.broken.extend(self._missing(task, need, grants, covered))
        return found

    def _missing(self, task: Task, need: Need, grants: tuple[Grant, ...], covered: Grants) -> Iterator[BrokenNeed]:
        """A need is broken for each target of its own that is not covered; without any, if no grant is."""
        missing = [grant for grant in grants if grant not in covered]
        if not grants:
            yield BrokenNeed(task.name, task.identity, need.operation, " ".join(need.targets))
        if missing and (need.targets or not covered):
            for operation, target in missing if need.targets else [(need.operation, "")]:
                yield BrokenNeed(task.name, task.identity, operation, target)

    def _tokens(self, credential: Credential, by_identity: Mapping[str, tuple[str, ...]]) -> Iterator[Token]:
        identity = self.model.identities[credential.identity]
        leaf = self.policy.governing(identity) if credential.managed else STANDING
        governed = leaf.at_least("response", self.policy.response)
        if credential.use == "signing":
            yield self._signing(credential, leaf, governed)
            return
        if not credential.managed:
            opened: Names = (self._keep(standing_session(identity.name, self.entitled[identity.name])),)
        elif leaf.identity == "shared":
            members = self.tiers[self.model.tier(identity.name)]
            opened = tuple(dict.fromkeys(name for member in members for name in by_identity[member]))
        else:
            opened = by_identity[identity.name]
        for task, group in self._groups(identity, leaf, opened):
            yield self._token(credential, leaf, task, group, governed)

    def _signing(self, credential: Credential, leaf: GrantPolicy, governed: bool) -> Token:
        """The key itself. No policy shortens, binds or splits what is never issued; where secrets rotate, it does."""
        ttl = lifetime(credential)
        if leaf.at_least("response", "rotation"):
            ttl = min(ttl, self.rotation_period)
        own = None if math.isinf(ttl) else ttl
        return Token(
            credential.name, credential.name, credential.identity, (), own, credential.binding, governed=governed
        )

    def _groups(self, identity: Identity, leaf: GrantPolicy, opened: Names) -> Iterator[tuple[Task | None, Names]]:
        """The sessions that one token opens: all of `opened`, or those of one task under `identity: task`."""
        if leaf.identity == "task":
            for task in self.tasks.get(identity.name, []):
                yield task, tuple(name for name in opened if task.name in self.made[name].tasks)
        elif opened:
            yield None, opened

    def _token(
        self, credential: Credential, leaf: GrantPolicy, task: Task | None, group: Names, governed: bool
    ) -> Token:
        served = [task.name] if task else [name for session in group for name in self.made[session].tasks]
        bound = "sender-constrained" in (leaf.binding, credential.binding)
        return Token(
            name=f"{credential.name}@{task.name}" if task else credential.name,
            credential=credential.name,
            identity=credential.identity,
            sessions=tuple(self._keep(self._accepted(self.made[name], credential)) for name in group),
            ttl=self._ttl(credential, leaf, served),
            binding="sender-constrained" if bound else "bearer",
            share=task.rate * task.duration.mean if task else 1.0,
            rate=task.rate if task else 0.0,
            governed=governed,
        )

    def _accepted(self, session: Session, credential: Credential) -> Session:
        return session.limited_to(credential.audience, may_widen=self.may_widen)

    def _ttl(self, credential: Credential, leaf: GrantPolicy, served: list[str]) -> float | None:
        """Seconds that a token of `credential` lives; until the longest of the tasks in `served` completes."""
        own = lifetime(credential)
        if leaf.expiry == "none":
            ttl = math.inf
        elif leaf.expiry == "ttl":
            ttl = leaf.ttl if leaf.ttl is not None else own
        else:
            durations = [self.model.tasks[name].duration.mean for name in served]
            ttl = max(durations, default=NO_TASK_TTL)
        if leaf.at_least("response", "rotation"):
            ttl = min(ttl, self.rotation_period)
        return None if math.isinf(ttl) else ttl


def standing_session(identity: str, entitled: Grants) -> Session:
    """The session that an unmanaged or freshly minted credential of `identity` opens: all its roles, ungoverned."""
    return Session(f"{identity}|standing", (identity,), (), entitled, STANDING)


def lifetime(credential: Credential) -> float:
    """How long `credential` really lives, in seconds: as measured, else as documented; infinity for ever.

    >>> lifetime(Credential("k", "ci", ttl=7200.0, effective_ttl=259200.0))
    259200.0
    """
    measured = credential.effective_ttl if credential.effective_ttl is not None else credential.ttl
    return math.inf if measured is None else measured
