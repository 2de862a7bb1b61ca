"""Identities cut into sessions, and credentials into the tokens that open them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Required, TypedDict

from simkit.distributions import Distribution, Fixed
from simkit.entitlements import Conditions, Grant, Grants, Resolver, either, tools_of
from simkit.model import Credential, Identity, Model, Need, Refresh, Task
from simkit.model.references import is_glob
from simkit.policies.dials import GrantPolicy
from simkit.session_catalogue import session_behaviour

STANDING = GrantPolicy("standing", identity="workload", scope="role", expiry="ttl", response="manual")
"""What rules a credential that no grant policy governs: its identity's roles, for as long as it lives."""

Names = tuple[str, ...]


class Life(TypedDict, total=False):
    """How long a token lives, as fields of it."""

    ttl: Required[float | None]
    run: Distribution | None
    rotates: float | None
    renewed: float | None


REFRESH = "refresh of "
"""What the name of a refresh token begins with; the name of the token beside which it lies follows."""
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

    One that lives as long as a run whose length varies has a `run`, of which `ttl` is the mean; one that `rotates` ends
    when its secret is changed next, on a schedule with a period of so many seconds, and has no ttl besides. Who uses it
    before that keeps it alive for `renewed` more (None for ever). A `refresh` token lies beside another one.
    `share` weighs it against the other tokens of its credential (rate x duration of its task); `rate` is how often a
    fresh one is issued, a second (0: it is always there); `managed` is False where no grant policy rules it.
    """

    name: str
    credential: str
    identity: str
    sessions: tuple[str, ...]
    ttl: float | None
    binding: str
    share: float = 1.0
    rate: float = 0.0
    managed: bool = True
    run: Distribution | None = None
    rotates: float | None = None
    renewed: float | None = 0.0
    refresh: bool = False

    @property
    def longest(self) -> float | None:
        """Seconds that it lives at most, of a run that varies on average; None for ever."""
        return self.rotates if self.ttl is None else self.ttl


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

    @property
    def speaks_of_streams(self) -> bool:
        """True if something says what becomes of a session, so that a stream in it may behave differently."""
        by_credential = any(each.session for each in self.model.credentials.values())
        return by_credential or any(edge.session for edge in self.model.trust)

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
    entitled: dict[str, dict[Grant, Conditions]] = field(default_factory=dict)
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
        union: dict[Grant, Conditions] = {}
        for member in self.tiers[tier]:
            for grant, conditions in self.entitled[member].items():
                union[grant] = either(conditions, union[grant]) if grant in union else conditions
        served = tuple(task.name for member in self.tiers[tier] for task in self.tasks.get(member, []))
        return self._keep(Session(f"tier:{tier}", tuple(self.tiers[tier]), served, union, leaf))

    def _scope(self, task: Task, leaf: GrantPolicy) -> dict[Grant, Conditions]:
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

    def _needed(self, task: Task, entitled: Grants) -> dict[Grant, Conditions]:
        found: dict[Grant, Conditions] = {}
        for need in task.needs:
            grants = self.resolver.grants(need.operation, need.targets)
            covered = {g: conditions for g in grants if (conditions := self.resolver.cover(g, entitled)) is not None}
            found.update(covered)
            self.broken.extend(self._missing(task, need, grants, covered))
        return found

    def _missing(self, task: Task, need: Need, grants: tuple[Grant, ...], covered: Grants) -> Iterator[BrokenNeed]:
        """A need is broken for each target of its own that is not covered; without any, if no grant is."""
        missing = [grant for grant in grants if grant not in covered]
        named = {target for _, target in grants}
        beyond = [] if is_glob(need.operation) else [t for t in need.targets if t not in named and not is_glob(t)]
        if not grants:
            yield BrokenNeed(task.name, task.identity, need.operation, " ".join(need.targets))
        elif beyond:  # what the operation does not act on at all, nobody can be entitled to
            yield from (BrokenNeed(task.name, task.identity, need.operation, target) for target in beyond)
        if missing and (need.targets or not covered):
            for operation, target in missing if need.targets else [(need.operation, "")]:
                yield BrokenNeed(task.name, task.identity, operation, target)

    def _tokens(self, credential: Credential, by_identity: Mapping[str, tuple[str, ...]]) -> Iterator[Token]:
        identity = self.model.identities[credential.identity]
        leaf = self.policy.governing(identity) if credential.managed else STANDING
        if credential.use == "signing":
            yield self._signing(credential, leaf)
            return
        if not credential.managed:
            opened: Names = (self._keep(standing_session(identity.name, self.entitled[identity.name])),)
        elif leaf.identity == "shared":
            members = self.tiers[self.model.tier(identity.name)]
            opened = tuple(dict.fromkeys(name for member in members for name in by_identity[member]))
        else:
            opened = by_identity[identity.name]
        for task, group in self._groups(identity, leaf, opened):
            token = self._token(credential, leaf, task, group)
            yield token
            if credential.refresh and _lives_by_itself(leaf):
                yield _refreshing(credential.refresh, token)

    def _signing(self, credential: Credential, leaf: GrantPolicy) -> Token:
        """The key itself. No policy shortens, binds or splits what is never issued; where secrets rotate, it does."""
        own, period = lifetime(credential), self.rotation_period
        rotates = leaf.at_least("response", "rotation") and own > period
        life: Life = {"ttl": None if rotates or math.isinf(own) else own, "rotates": period if rotates else None}
        name, bound = credential.name, credential.binding
        return Token(name, name, credential.identity, (), binding=bound, managed=credential.managed, **life)

    def _groups(self, identity: Identity, leaf: GrantPolicy, opened: Names) -> Iterator[tuple[Task | None, Names]]:
        """The sessions that one token opens: all of `opened`, or those of one task under `identity: task`."""
        if leaf.identity == "task":
            for task in self.tasks.get(identity.name, []):
                yield task, tuple(name for name in opened if task.name in self.made[name].tasks)
        elif opened:
            yield None, opened

    def _token(self, credential: Credential, leaf: GrantPolicy, task: Task | None, group: Names) -> Token:
        served = [task.name] if task else [name for session in group for name in self.made[session].tasks]
        bound = "sender-constrained" in (leaf.binding, credential.binding)
        return Token(
            name=f"{credential.name}@{task.name}" if task else credential.name,
            credential=credential.name,
            identity=credential.identity,
            sessions=tuple(self._keep(self._accepted(self.made[name], credential)) for name in group),
            binding="sender-constrained" if bound else "bearer",
            share=task.rate * task.duration.mean if task else 1.0,
            rate=task.rate if task else 0.0,
            managed=credential.managed,
            **self._life(credential, leaf, served),
        )

    def _accepted(self, session: Session, credential: Credential) -> Session:
        return session.limited_to(credential.audience, may_widen=self.may_widen)

    def _life(self, credential: Credential, leaf: GrantPolicy, served: list[str]) -> Life:
        """How long a token of `credential` lives; of what rotates before that, the schedule."""
        run = None
        if leaf.expiry == "none":
            ttl = math.inf
        elif leaf.expiry == "ttl":
            ttl = leaf.ttl if leaf.ttl is not None else lifetime(credential)
        else:
            run = max((self.model.tasks[name].duration for name in served), key=_mean, default=Fixed(NO_TASK_TTL))
            ttl = run.mean
        rotates = leaf.at_least("response", "rotation") and credential.format != "jwt"
        if rotates and ttl > self.rotation_period:
            return {"ttl": None, "rotates": self.rotation_period}
        longest = renewal(credential) if _lives_by_itself(leaf) else 0.0
        renewed = min(longest, self.rotation_period) if rotates else longest
        return {
            "ttl": _finite(ttl),
            "run": None if isinstance(run, Fixed) else run,
            "renewed": _finite(renewed),
        }


def _lives_by_itself(leaf: GrantPolicy) -> bool:
    """True if the life of a token is its credential's own: the policy sets none."""
    return leaf.expiry == "ttl" and leaf.ttl is None


def _refreshing(refresh: Refresh, token: Token) -> Token:
    """The refresh token that lies beside `token` and brings the same sessions."""
    binding = refresh.binding or token.binding
    name, life = f"{REFRESH}{token.name}", Life(ttl=refresh.ttl, run=None, rotates=None, renewed=0.0)
    return replace(token, name=name, binding=binding, share=0.0, refresh=True, **life)


def _finite(seconds: float) -> float | None:
    return None if math.isinf(seconds) else seconds


def renewal(credential: Credential) -> float:
    """For how many seconds beyond its ttl who uses `credential` keeps it alive: an idle one for ever.

    >>> renewal(Credential("ticket", "ann", ttl=36000.0, ttl_kind="renewable", renewable=604800.0))
    568800.0
    """
    terms = credential.session
    kind = credential.ttl_kind or (session_behaviour(terms.like).ttl_kind if terms and terms.like else "absolute")
    if kind not in ("idle", "renewable"):
        return 0.0
    return math.inf if credential.renewable is None else max(credential.renewable - lifetime(credential), 0.0)


def _mean(duration: Distribution) -> float:
    return duration.mean


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
