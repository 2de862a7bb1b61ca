"""Identities cut into sessions, and credentials into the tokens that open them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from simkit.distributions import Fixed
from simkit.entitlements import Conditions, Grant, Grants, Limits, Resolver, at_most, give, tools_of
from simkit.model import Credential, Identity, Model, Need, Task
from simkit.model.references import is_glob
from simkit.policies.dials import GrantPolicy
from simkit.policies.tokens import NO_TASK_TTL, Life, elevated, finite, lives_by_itself, mean, refreshing, renewal
from simkit.policies.tokens import REFRESH as REFRESH
from simkit.policies.tokens import Token as Token
from simkit.policies.tokens import lifetime as lifetime

STANDING = GrantPolicy("standing", identity="workload", scope="role", expiry="ttl", response="manual")
"""What rules a credential that no grant policy governs: its identity's roles, for as long as it lives."""

Names = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Session:
    """The unit of privilege: an identity (a whole tier under `scope: all`), grants, and who governs it.

    `rate` is how often its task runs, a second; 0 means that the session is always there. `audience` names the tools
    that accept its token; empty means every tool. `holders` are those whose entitlements it uses, where that is not its
    identities alone; `limits` take away from what it may gain. What a role for a time makes `lasts` so many seconds.
    """

    name: str
    identities: tuple[str, ...]
    tasks: tuple[str, ...]
    grants: Grants
    policy: GrantPolicy
    rate: float = 0.0
    audience: Names = ()
    holders: Names = ()
    limits: Limits | None = None
    lasts: float | None = None

    @property
    def entitled_as(self) -> Names:
        """Those whose entitlements it uses."""
        return self.holders or self.identities

    def limited_to(self, audience: Names, *, may_widen: bool = False) -> Session:
        """This session as a token sees it that only the tools in `audience` accept; the session itself where that
        makes no difference, and `may_widen` does not say that it could yet."""
        if not audience or (not may_widen and tools_of(self.grants) <= set(audience)):
            return self
        kept = {grant: conditions for grant, conditions in self.grants.items() if tools_of([grant]) <= set(audience)}
        return replace(self, name=f"{self.name}|{'+'.join(sorted(audience))}", grants=kept, audience=audience)


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

    def standing(self, identity: str) -> Session:
        """What a credential of `identity` opens that no policy governs."""
        return standing_session(identity, self.entitled[identity], users(self.model, identity), self.resolver)


def sessions(
    model: Model, policy: GrantPolicy, *, rotation_period: float = math.inf, before: Sessions | None = None
) -> Sessions:
    """Cut every identity of `model` into sessions under `policy`, and every credential into tokens.

    `rotation_period` (seconds) bounds a token's life where the policy's response is at least `rotation`. `before` are
    sessions of this model, or of one that it is an edit of: what is the same there is not worked out again.
    """
    resolver = before.resolver if before else Resolver(model)
    return _Cutter(model, policy, rotation_period, resolver if resolver.model is model else resolver.of(model)).cut()


@dataclass(slots=True)
class _Cutter:
    model: Model
    policy: GrantPolicy
    rotation_period: float
    resolver: Resolver
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
        self.may_widen = any(operation.effect in ("grant", "lift") for _, _, operation in self.model.operations())
        for name in self.model.identities:
            self.entitled[name] = self.resolver.identity(name)
            self.tiers.setdefault(self.model.tier(name), []).append(name)
        for task in self.model.tasks.values():
            self.tasks.setdefault(task.identity, []).append(task)

    def _sessions_of(self, identity: Identity) -> Iterator[str]:
        """The names of the sessions of `identity`, after making them: with one for each user on whose behalf it is."""
        leaf = self.policy.governing(identity)
        tasks = self.tasks.get(identity.name, [])
        scopes = {task.name: self._scope(task, leaf) for task in tasks}
        if leaf.scope == "all":
            yield self._tier_session(self.model.tier(identity.name), leaf)
        elif not leaf.per_task:
            names = tuple(task.name for task in tasks if not task.on_behalf_of)
            whole = Session(identity.name, (identity.name,), names, self.entitled[identity.name], leaf)
            yield from map(self._keep, self._timed(whole) if identity.role_ttls else (whole,))
            for user in dict.fromkeys(task.on_behalf_of for task in tasks if task.on_behalf_of):
                yield self._keep(self._delegated(identity.name, user, tasks, leaf))
        else:
            for task in tasks:
                name = f"{identity.name}@{task.name}"
                made = Session(name, (identity.name,), (task.name,), scopes[task.name], leaf, self.model.runs(task))
                made = replace(made, holders=(task.on_behalf_of,)) if task.on_behalf_of else made
                yield from map(self._keep, self._timed(made) if identity.role_ttls else (made,))

    def _timed(self, whole: Session) -> Iterator[Session]:
        """The parts of `whole`, where some of its identity's roles are active for a time only: what is left without
        these, and with those of each ttl and longer. A task runs where it first has what it has in the whole."""
        if whole.holders:
            yield whole
            return
        (name,) = whole.identities
        identity = self.model.identities[name]
        made: list[Session] = []
        for ttl in (None, *sorted({ttl for _, ttl in identity.role_ttls}, reverse=True)):
            active = tuple(role for role, lasts in identity.role_ttls if ttl is not None and lasts >= ttl)
            entitled = self.resolver.with_roles(name, (*identity.standing_roles, *active))
            kept = {grant: c for grant in whole.grants if (c := self.resolver.cover(grant, entitled)) is not None}
            label = f"{whole.name} with {'+'.join(active)}" if active else whole.name
            made.append(replace(whole, name=label, grants=kept, tasks=(), lasts=ttl))
        for task in whole.tasks:
            at = next((n for n, part in enumerate(made) if self._suffices(task, part, whole)), -1)
            made[at] = replace(made[at], tasks=(*made[at].tasks, task))
        more = (part for part in made[1:] if part.grants != made[0].grants)
        parts = [replace(p, rate=math.fsum(self.model.runs(self.model.tasks[task]) for task in p.tasks)) for p in more]
        if whole.rate:  # of one task: it runs where it has what it needs, and what is left goes on
            yield from (part for part in parts if part.tasks)
            yield replace(made[0], tasks=whole.tasks)
        else:
            yield made[0]
            yield from parts

    def _suffices(self, task: str, part: Session, whole: Session) -> bool:
        """True if `task` has in `part` what it needs, as far as it has that in the `whole`."""
        needed, cover = self.resolver.needs(self.model.tasks[task].needs), self.resolver.cover
        return all(cover(g, part.grants) == cover(g, whole.grants) for g in needed)

    def _delegated(self, agent: str, user: str, tasks: list[Task], leaf: GrantPolicy) -> Session:
        """The session in which `agent` works on behalf of `user`, whichever of `tasks` it is."""
        served = tuple(task.name for task in tasks if task.on_behalf_of == user)
        granted, limits = self._on_behalf(agent, user), self.resolver.limits(agent)
        name = f"{agent} on behalf of {user}"
        return Session(name, (agent,), served, granted, leaf, holders=(user,), limits=limits)

    def _on_behalf(self, agent: str, user: str) -> Grants:
        """What `agent` may do on behalf of `user`: what that one may, within its own limits."""
        return delegated(self.resolver, agent, self.entitled[user])

    def _keep(self, session: Session) -> str:
        self.made.setdefault(session.name, session)
        return session.name

    def _tier_session(self, tier: str, leaf: GrantPolicy) -> str:
        """The session that all of `tier` share, after making it for the first of them."""
        name, union = f"tier:{tier}", dict[Grant, Conditions]()
        if name in self.made:
            return name
        for member in self.tiers[tier]:
            give(union, self.entitled[member])
        work = [task for member in self.tiers[tier] for task in self.tasks.get(member, [])]
        members = tuple(self.tiers[tier])
        others = dict.fromkeys((task.identity, task.on_behalf_of) for task in work if task.on_behalf_of)
        for agent, user in others:
            give(union, self._on_behalf(agent, user))
        holders = tuple(dict.fromkeys((*members, *(user for _, user in others)))) if others else ()
        served = tuple(task.name for task in work)
        return self._keep(Session(name, members, served, union, leaf, holders=holders))

    def _scope(self, task: Task, leaf: GrantPolicy) -> Grants:
        """What a session for `task` may do under the scope dial; notes the needs that are not entitled."""
        user = task.on_behalf_of
        entitled = self._on_behalf(task.identity, user) if user else self.entitled[task.identity]
        return within_scope(self.model, entitled, self._needed(task, entitled), leaf.scope)

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
            yield BrokenNeed(task.name, _worker(task), need.operation, " ".join(need.targets))
        elif beyond:  # what the operation does not act on at all, nobody can be entitled to
            yield from (BrokenNeed(task.name, _worker(task), need.operation, target) for target in beyond)
        if missing and (need.targets or not covered):
            for operation, target in missing if need.targets else [(need.operation, "")]:
                yield BrokenNeed(task.name, _worker(task), operation, target)

    def _tokens(self, credential: Credential, by_identity: Mapping[str, tuple[str, ...]]) -> Iterator[Token]:
        identity = self.model.identities[credential.identity]
        leaf = self.policy.governing(identity) if credential.managed else STANDING
        if credential.use == "signing":
            yield self._signing(credential, leaf)
            return
        if not credential.managed:
            name, own = identity.name, self.entitled
            made = standing_session(name, own[name], users(self.model, name), self.resolver)
            opened: Names = (self._keep(made),)
        elif leaf.identity == "shared":
            members = self.tiers[self.model.tier(identity.name)]
            opened = tuple(dict.fromkeys(name for member in members for name in by_identity[member]))
        else:
            opened = by_identity[identity.name]
        for task, names in self._groups(identity, leaf, opened):
            group = tuple(name for name in names if self.made[name].lasts is None)
            token = self._token(credential, leaf, task, group)
            yield token
            timed = [self.made[name] for name in names if self.made[name].lasts is not None]
            roles = [part.name.rpartition(" with ")[2] for part in timed]
            for part, active in zip(timed, roles, strict=True):
                (session,) = self._token(credential, leaf, task, (part.name,)).sessions
                # one token may open several with the same roles: of each task, or of each member of a tier
                what = f"with {active}" if roles.count(active) == 1 else f"for {part.name}"
                yield elevated(token, f"{token.name} {what}", session, part.lasts or 0.0, part.rate)
            if credential.refresh and lives_by_itself(leaf):
                yield refreshing(credential.refresh, token)

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
                yield task, tuple(name for name in opened if self._serves(name, task))
        elif opened:
            yield None, opened

    def _serves(self, name: str, task: Task) -> bool:
        """True for the session of `task`, whole or a part of it for a time."""
        of_it = name == f"{task.identity}@{task.name}" or name.startswith(f"{task.identity}@{task.name} with ")
        return task.name in self.made[name].tasks or (of_it and bool(self.model.identities[task.identity].role_ttls))

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
            rate=self.model.runs(task) if task else 0.0,
            managed=credential.managed,
            **self._life(credential, leaf, served),
        )

    def _accepted(self, session: Session, credential: Credential) -> Session:
        """`session` as a token sees it: what its audience and its limits leave of it."""
        accepted = session.limited_to(credential.audience, may_widen=self.may_widen)
        if credential.limited_to is None:
            return accepted
        most = at_most(credential.limited_to)
        kept = self.resolver.limited(accepted.grants, most)
        limits = most if accepted.limits is None else accepted.limits.and_(most)
        return replace(accepted, name=f"{accepted.name} by {credential.name}", grants=kept, limits=limits)

    def _life(self, credential: Credential, leaf: GrantPolicy, served: list[str]) -> Life:
        """How long a token of `credential` lives; of what rotates before that, the schedule."""
        run = None
        if leaf.expiry == "none":
            ttl = math.inf
        elif leaf.expiry == "ttl":
            ttl = leaf.ttl if leaf.ttl is not None else lifetime(credential)
        else:
            run = max((self.model.tasks[name].duration for name in served), key=mean, default=Fixed(NO_TASK_TTL))
            ttl = run.mean
        rotates = leaf.at_least("response", "rotation") and credential.format != "jwt"
        if rotates and ttl > self.rotation_period:
            return {"ttl": None, "rotates": self.rotation_period}
        longest = renewal(credential) if lives_by_itself(leaf) else 0.0
        renewed = min(longest, self.rotation_period) if rotates else longest
        return {
            "ttl": finite(ttl),
            "run": None if isinstance(run, Fixed) else run,
            "renewed": finite(renewed),
        }


def standing_name(identity: str) -> str:
    """The name of the session that an unmanaged or freshly minted credential of `identity` opens."""
    return f"{identity}|standing"


def standing_session(identity: str, entitled: Grants, behalf: Names = (), resolver: Resolver | None = None) -> Session:
    """The session that an unmanaged or freshly minted credential of `identity` opens: all its roles, and what it may do
    on `behalf` of others, ungoverned."""
    made = Session(standing_name(identity), (identity,), (), entitled, STANDING)
    if not behalf or resolver is None:
        return made
    union = dict(entitled)
    for user in behalf:
        give(union, delegated(resolver, identity, resolver.identity(user)))
    return replace(made, grants=union, holders=(identity, *behalf), limits=resolver.limits(identity))


def within_scope(model: Model, entitled: Grants, needed: Grants, scope: str) -> Grants:
    """What a session for a task may do of what its identity is `entitled` to and the task `needed`, as `scope` says."""
    if scope in ("all", "role"):
        return entitled
    if scope == "task+arguments":
        return needed
    operations = {operation for operation, _ in needed}
    if scope == "task+reads":
        operations |= {grant[0] for grant in entitled if model.operation(grant[0]).effect in ("none", "read")}
    kept = {grant: conditions for grant, conditions in entitled.items() if grant[0] in operations}
    return {**kept, **needed}


def _worker(task: Task) -> str:
    """Who lacks what a broken need of `task` asks for."""
    return f"{task.identity} on behalf of {task.on_behalf_of}" if task.on_behalf_of else task.identity


def users(model: Model, agent: str) -> Names:
    """On whose behalf `agent` works, each once."""
    behalf = (task.on_behalf_of for task in model.tasks.values() if task.identity == agent and task.on_behalf_of)
    return tuple(dict.fromkeys(behalf))


def delegated(resolver: Resolver, agent: str, entitled: Grants) -> Grants:
    """What `agent` may do on behalf of somebody who is `entitled`: that, within the limits of its own."""
    limits = resolver.limits(agent)
    return entitled if limits is None else resolver.limited(entitled, limits)
