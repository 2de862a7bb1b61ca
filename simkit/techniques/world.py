"""What the rules see: sessions with everything that they can turn into, and how facts are named."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import NamedTuple

from simkit.attackgraph import Conclusion, Fact, Ground
from simkit.attackgraph.facts import AT_ONCE
from simkit.distributions import Distribution, Exponential, Residual
from simkit.entitlements import Grant, Grants, Resolver
from simkit.model import EntryPoint, Goal, Model, Response, SessionTerms, Task, TrustEdge
from simkit.policies import GrantPolicy, Session, Sessions, Token
from simkit.policies.sessions import STANDING, standing_session
from simkit.techniques.rule import Rule
from simkit.techniques.survival import ENDS, Survivals, Survive, survivals
from simkit.techniques.widen import Added, additions, all_grants, gains

REPLAYS, STEERS, ERRS = "replays", "steers", "errs"
"""How a session is had: the attacker replays its token, off host; puts words in its input; or nobody attacks, and its
agent errs, which is as if steered but without a tainted input (our word: the rules speak of `steers` for both)."""

SHOWN: Mapping[str, frozenset[str]] = {
    "entry": frozenset({"none", "identity", "action"}),
    "damage": frozenset({"none", "identity", "action"}),
    "identity": frozenset({"identity", "action"}),
    "action": frozenset({"action"}),
}
"""The levels of logging that show the events of each class."""


class Alert(NamedTuple):
    """The chance that something raises an alert, how long after it, and whether it is logged, so that it links what is
    known with what is not."""

    chance: float
    delay: Distribution
    logged: bool


Life = float | Distribution | None
"""How long something goes on by itself, in seconds; None is for ever."""

RATES = 1 << 10
"""Rates of tasks whose waits are kept to be shared by steps; a scenario has few different ones."""


@dataclass(frozen=True, slots=True)
class Reached:
    """A session that a rule can reach. An attenuated one has a `source`, from whose grants it was cut, and `lineage`
    says through which identities it came. `part` says that it is one part of another."""

    session: Session
    lineage: tuple[str, ...]
    source: Session | None = None
    part: Part | None = None


class Part(NamedTuple):
    """A part of the session `whole` that is open at one tool, and does not behave as the rest: its name as a session,
    and what the tool says of it. What streams is a part of its own."""

    name: str
    whole: str
    tool: str
    stream: bool
    terms: SessionTerms | None


@dataclass(frozen=True, slots=True)
class World:
    """Sessions of one policy, the attack, and the response, indexed for the rules."""

    sessions: Sessions
    response: Response
    entries: Mapping[str, EntryPoint]
    goals: Mapping[str, Goal]
    all_sessions: Mapping[str, Reached] = field(default_factory=dict)
    edges: Mapping[str, tuple[tuple[TrustEdge, tuple[str, ...]], ...]] = field(default_factory=dict)
    assumed: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    added: Mapping[str, Added] = field(default_factory=dict)
    gained: Mapping[str, Added] = field(default_factory=dict)
    asked: frozenset[Grant] = frozenset()
    parts: Mapping[str, tuple[Part, ...]] = field(default_factory=dict)
    steering: tuple[str, ...] = (STEERS,)
    """The modes in which an agent itself does the work; agents err only where an entry point says so."""

    @property
    def model(self) -> Model:
        return self.sessions.model

    @property
    def modes(self) -> tuple[str, ...]:
        """The modes in which sessions can be had."""
        return (REPLAYS, *self.steering)

    @property
    def policy(self) -> GrantPolicy:
        return self.sessions.policy

    @classmethod
    def of(
        cls, sessions: Sessions, response: Response, entries: Mapping[str, EntryPoint], goals: Mapping[str, Goal]
    ) -> World:
        """The world of `sessions`, with the sessions that minting opens and those that attenuated trust edges leave."""
        found = {name: Reached(session, session.identities) for name, session in sessions.sessions.items()}
        for identity in _minted(sessions.model):
            made = standing_session(identity, sessions.entitled[identity])
            found.setdefault(made.name, Reached(made, (identity,)))
        edges, assumed = _follow_trust(sessions, found)
        parts = _parted(sessions, found)
        added = additions(sessions)
        gained = {name: gains(each.session, each.source, added) for name, each in found.items()} if added else {}
        asked = frozenset(performed for goal in goals.values() for performed in goal.performed)
        errs = any(entry.kind == "mistake" for entry in entries.values())
        steering = (STEERS, ERRS) if errs else (STEERS,)
        return cls(sessions, response, entries, goals, found, edges, assumed, added, gained, asked, parts, steering)

    def whole(self, session: str) -> str:
        """The session of which `session` is a part; itself, where it is none."""
        part = self.all_sessions[session].part
        return part.whole if part else session

    def modes_of(self, session: str, operation: str) -> tuple[str, ...]:
        """The modes in which `session` itself uses `operation`: a stolen one leaves it to the part that is open at that
        tool, and that is never had in another way."""
        reached = self.all_sessions[session]
        if reached.part is not None:
            return (REPLAYS,)
        if session not in self.parts:
            return self.modes
        key = _key(self.sessions, operation)
        return self.steering if any((each.tool, each.stream) == key for each in self.parts[session]) else self.modes

    def grants(self, session: Session) -> Iterator[tuple[Grant, frozenset[str], Fact | None]]:
        """Every grant that `session` has, or may gain by a step of effect `grant`: with its conditions, and the fact
        behind which it stands."""
        return all_grants(session, self.gained.get(session.name, {}))

    def of_identity(self, identity: str) -> Iterator[Session]:
        """The sessions that the policy cuts for `identity`."""
        return (self.sessions.sessions[name] for name in self.sessions.by_identity[identity])

    def tokens(self, credentials: Iterable[str]) -> Iterator[Token]:
        """The tokens that the policy makes of `credentials`."""
        for credential in credentials:
            yield from self.sessions.tokens[credential]

    def held_in(self, resource: str) -> tuple[Token, ...]:
        """The tokens that lie in `resource`."""
        holds = self.model.resources[resource].holds
        return tuple(self.tokens(holds)) if holds else ()

    def alert(self, rule: Rule, policy: GrantPolicy) -> Alert:
        """The alert that a step of `rule` raises; logging comes with the response dial of `policy`."""
        detection = self.response.noticed(rule.name, rule.event)
        logged = policy.logging in SHOWN.get(rule.event, ())
        if detection is None or not logged:
            return Alert(0.0, AT_ONCE, logged)
        return Alert(detection.chance, detection.delay, logged)

    def ruling(self, token: Token) -> GrantPolicy:
        """The policy that governs `token`; of one that none does, that of standing secrets."""
        return self.sessions.governing(token.identity) if token.managed else STANDING

    def survive(self, token: Token) -> Survive:
        """How a session outlives `token`."""
        credential = self.model.credentials.get(token.credential)
        terms = credential.session if credential else None
        return lambda stream: survivals(terms, ENDS, stream=stream)

    def miss_rate(self, policy: GrantPolicy) -> float:
        """The chance that an out-of-context use passes the checks of `policy`."""
        return self.response.miss_rate if policy.miss_rate is None else policy.miss_rate


def concludes(kind: str, subject: str, about: str = "") -> Conclusion:
    """The fact of these names concluded, as long as the premises hold."""
    return Conclusion(Fact(kind, subject, about))


def has(mode: str, session: str) -> Fact:
    """The fact that the attacker has `session` in `mode`."""
    return Fact(mode, session)


def runs_in(identity: str) -> Fact:
    """The fact that the attacker's code runs in the runtime of `identity`."""
    return Fact("runs_in", identity)


def holds(token: Token, lies: Ground | None = None) -> Conclusion:
    """The conclusion that the attacker holds `token`; `lies` is the ground that it lies where it was found, for what
    could lie elsewhere."""
    return found(token, Fact("holds", token.name), lies)


def found(token: Token, fact: Fact, lies: Ground | None = None) -> Conclusion:
    """The conclusion that `fact` holds for what is left of the life of `token`, of an age drawn uniformly over its ttl.

    A run that varies is met in proportion to its length; what rotates ends with the secret that it is, whenever that
    was found.
    """
    if token.rotates is not None:
        return Conclusion(fact, rotates=token.rotates, ground=lies)
    if token.run is not None:
        return Conclusion(fact, Residual(token.run), ground=lies)
    return Conclusion(fact, token.ttl, aged=token.ttl is not None, ground=lies)


def opened(
    world: World, session: str, survive: Survive, after: Callable[[Survivals], Life] = lambda it: it.on_expiry
) -> tuple[Conclusion, ...]:
    """The conclusions that the attacker has `session` off host, and its parts at tools that say more of it.

    `survive` says how it outlives what opened it, `after` how long the end of a life by itself.
    """
    own = survive(False)
    made = [Conclusion(Fact(REPLAYS, session), after(own), outlives=own.outlives)]
    for part in world.parts.get(session, ()):
        at_tool = survivals(part.terms, survive(part.stream), stream=part.stream)
        made.append(Conclusion(Fact(REPLAYS, part.name), after(at_tool), outlives=at_tool.outlives))
    return tuple(made)


@lru_cache(maxsize=RATES)
def next_run(rate: float) -> Distribution:
    """The wait for the next run of a task that runs `rate` times a second; none for what is always there (0)."""
    return Exponential(1 / rate) if rate else AT_ONCE


def minted_token(identity: str) -> Token:
    """The fresh, unmanaged and long-lived credential that a step of effect `mint` issues for `identity`."""
    opened = (standing_session(identity, {}).name,)
    return Token(f"minted:{identity}", "", identity, opened, None, "bearer", managed=False)


def opens(token: Token) -> tuple[Fact, ...]:
    """What redeeming `token` needs besides holding it: code in the runtime that it is bound to."""
    return (runs_in(token.identity),) if token.binding == "sender-constrained" else ()


def input_of(task: Task) -> str:
    """The name of what one task reads, as an entry point poisons it."""
    return f"input of {task.name}"


def _minted(model: Model) -> set[str]:
    return {name for _, _, operation in model.operations() if operation.effect == "mint" for name in model.identities}


Followed = dict[str, tuple[tuple[TrustEdge, tuple[str, ...]], ...]]


def _follow_trust(
    sessions: Sessions, found: dict[str, Reached]
) -> tuple[Followed, dict[tuple[str, str], tuple[str, ...]]]:
    """For each session its trust edges, and for each (session, identity) that an `assume` operation of it targets, the
    sessions that they lead to; adds the attenuated ones to `found`."""
    leaving: dict[str, list[TrustEdge]] = {}
    for edge in sessions.model.trust:
        leaving.setdefault(edge.source, []).append(edge)
    edges: Followed = {}
    assumed: dict[tuple[str, str], tuple[str, ...]] = {}
    assuming = {full_name for full_name, _, operation in sessions.model.operations() if operation.effect == "assume"}
    waiting = list(found)
    while waiting:
        reached = found[waiting.pop()]
        usable = _usable(sessions, reached.session, leaving)
        edges[reached.session.name] = tuple(
            (edge, _attenuated(sessions, reached, edge, found, waiting)) for edge in usable
        )
        for target in _assumable(reached.session, assuming):
            edge = TrustEdge(reached.session.identities[0], target)
            assumed[reached.session.name, target] = _attenuated(sessions, reached, edge, found, waiting)
    return edges, assumed


Key = tuple[str, bool]
"""What parts a session: a tool, and whether what is done there streams."""


def _key(sessions: Sessions, full_name: str) -> Key | None:
    """The part of a session that `full_name` is used in; None for what is used in the session itself."""
    tool, operation = sessions.model.tool_of(full_name), sessions.model.operation(full_name)
    if tool.session is None and not (operation.stream and sessions.speaks_of_streams):
        return None
    return tool.name, operation.stream


def _parted(sessions: Sessions, found: dict[str, Reached]) -> dict[str, tuple[Part, ...]]:
    """The parts of each session, which are added to `found`."""
    keys = {name: key for name, _, _ in sessions.model.operations() if (key := _key(sessions, name))}
    parts: dict[str, tuple[Part, ...]] = {}
    for reached in list(found.values()) if keys else ():
        grants: dict[Key, dict[Grant, frozenset[str]]] = {}
        for grant, conditions in reached.session.grants.items():
            if grant[0] in keys:
                grants.setdefault(keys[grant[0]], {})[grant] = conditions
        made = [_part(sessions, reached, key, kept) for key, kept in grants.items()]
        found |= {each.session.name: each for each in made}
        parts[reached.session.name] = tuple(each.part for each in made if each.part)
    return parts


def _part(sessions: Sessions, reached: Reached, key: Key, grants: Grants) -> Reached:
    whole, (tool, stream) = reached.session, key
    tail = f" < {reached.source.name}" if reached.source else ""
    name = f"{whole.name.removesuffix(tail)} at {tool}{' (stream)' if stream else ''}{tail}"
    session, terms = replace(whole, name=name, grants=grants, audience=(tool,)), sessions.model.tools[tool].session
    return replace(reached, session=session, part=Part(name, whole.name, tool, stream, terms))


def _assumable(session: Session, assuming: set[str]) -> list[str]:
    """The identities that `session` may become by one of the operations in `assuming`."""
    return list(dict.fromkeys(target for name, target in session.grants if target and name in assuming))


def _usable(sessions: Sessions, session: Session, leaving: Mapping[str, list[TrustEdge]]) -> Iterator[TrustEdge]:
    """The edges that `session` may use: under a task scope, only those that its task delegates to."""
    scoped = session.policy.scope.startswith("task")
    delegated = {name for task in session.tasks for name in sessions.model.tasks[task].delegates_to}
    for identity in session.identities:
        for edge in leaving.get(identity, ()):
            if not scoped or edge.target in delegated:
                yield edge


def _attenuated(
    sessions: Sessions, source: Reached, edge: TrustEdge, found: dict[str, Reached], waiting: list[str]
) -> tuple[str, ...]:
    """The sessions that `edge` leads to: the target's own, or their intersections with the source's entitlements."""
    targets = sessions.by_identity[edge.target]
    if edge.kind == "invoke" or not (edge.attenuates or source.session.policy.delegation == "attenuated"):
        return targets
    if edge.target in source.lineage:
        return ()
    names = []
    for name in targets:
        full = sessions.sessions[name]
        shared = _intersection(sessions.resolver, full.grants, source.session.grants)
        derived = replace(full, name=f"{name} < {source.session.name}", grants=shared)
        if shared:
            names.append(derived.name)
            if derived.name not in found:
                found[derived.name] = Reached(derived, (*source.lineage, edge.target), source.session)
                waiting.append(derived.name)
    return tuple(names)


def _intersection(resolver: Resolver, target: Grants, source: Grants) -> dict[Grant, frozenset[str]]:
    """What both allow, be it through what contains a resource; a person who must approve either must approve both."""
    found: dict[Grant, frozenset[str]] = {}
    for grant in (*target, *source):
        theirs, ours = resolver.cover(grant, target), resolver.cover(grant, source)
        if theirs is not None and ours is not None:
            found[grant] = theirs | (ours & {"approval"})
    return found
