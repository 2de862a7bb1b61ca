"""What the rules see: sessions with everything that they can turn into, and how facts are named."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from simkit.attackgraph import Conclusion, Fact, Ground
from simkit.attackgraph.facts import AT_ONCE
from simkit.distributions import Distribution, Exponential, Residual
from simkit.entitlements import Conditions, Grant
from simkit.model import Attacker, EntryPoint, Goal, Identity, Model, Response, Task, TrustEdge, environments
from simkit.policies import ApprovalRules, GrantPolicy, Session, Sessions, Token
from simkit.policies.sessions import STANDING, standing_name
from simkit.techniques.contexts import Contexts, told_apart
from simkit.techniques.lift import Behind, Lifted, liftable
from simkit.techniques.lineage import Reached, follow_trust
from simkit.techniques.rule import Rule
from simkit.techniques.sealed import DRIVES, Sealed, runtime_in, sealed_runtimes
from simkit.techniques.survival import ENDS, Survivals, Survive, survivals
from simkit.techniques.tool_sessions import ToolSession, part_key, parted
from simkit.techniques.widen import Added, additions, all_grants, gains

REPLAYS, STEERS, ERRS = "replays", "steers", "errs"
"""How a session is had: the attacker replays its token, off host; puts words in its input; or nobody attacks, and its
agent errs, which is as if steered but without a tainted input (our word: the rules speak of `steers` for both)."""

ASKS = "asks"
"""How a session is had that answers the attacker's questions, and is not steered: what it reads comes back."""

SHOWN: Mapping[str, frozenset[str]] = {
    "entry": frozenset({"none", "identity", "action"}),
    "damage": frozenset({"none", "identity", "action"}),
    "identity": frozenset({"identity", "action"}),
    "action": frozenset({"action"}),
}
"""The levels of logging that show the events of each class."""


MINTED = "minted:"
"""How the tokens that the attack mints are called: this, and the identity."""


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
class World:
    """Sessions of one policy, the attack, and the response, indexed for the rules."""

    sessions: Sessions
    response: Response
    entries: Mapping[str, EntryPoint]
    goals: Mapping[str, Goal]
    attacker: Attacker = field(default_factory=Attacker)
    all_sessions: Mapping[str, Reached] = field(default_factory=dict)
    edges: Mapping[str, tuple[tuple[TrustEdge, tuple[str, ...]], ...]] = field(default_factory=dict)
    assumed: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    added: Mapping[str, Added] = field(default_factory=dict)
    lifted: Lifted = field(default_factory=dict)
    gained: Mapping[str, Added] = field(default_factory=dict)
    asked: frozenset[Grant] = frozenset()
    tool_sessions: Mapping[str, tuple[ToolSession, ...]] = field(default_factory=dict)
    taintable: frozenset[str] = frozenset()
    poisoned: frozenset[str] = frozenset()
    speaking: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    memories: tuple[str, ...] = ()
    reading: tuple[str, ...] = ()
    contexts: Contexts = field(default_factory=Contexts)
    watched: frozenset[str] = frozenset()
    sparing: bool = True
    asking: Mapping[str, tuple[TrustEdge, ...]] = field(default_factory=dict)
    """The trust edges that ask for claims, by their source."""
    homes: Mapping[str, str] = field(default_factory=dict)
    approvals: ApprovalRules | None = None
    """By whom operations are approved, where the file says it."""
    sealed: Sealed = field(default_factory=Sealed)
    steering: tuple[str, ...] = (STEERS,)
    """The modes in which an agent itself does the work; agents err only where an entry point says so."""
    worked_out: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)
    """What several techniques ask of this world, worked out for the first that did; thrown away with `forget`."""

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
        cls,
        sessions: Sessions,
        response: Response,
        entries: Mapping[str, EntryPoint],
        goals: Mapping[str, Goal],
        *,
        attacker: Attacker | None = None,
        sparing: bool = True,
    ) -> World:
        """The world of `sessions`, with the sessions that minting opens and those that attenuated trust edges leave.

        A `sparing` one leaves out what cannot matter as long as nothing is taken away.
        """
        found = {name: Reached(session, session.identities) for name, session in sessions.sessions.items()}
        for identity in _minted(sessions.model):
            made = sessions.standing(identity)
            found.setdefault(made.name, Reached(made, (identity,)))
        lifted = liftable(sessions)
        added = additions(sessions, lifted)
        steered = frozenset(agent for goal in goals.values() for agent in goal.agents)
        edges, assumed = follow_trust(sessions, found, added, steered)
        tool_sessions = parted(sessions, found)
        contexts = told_apart(sessions, found)
        edges |= {run: edges[whole] for run, whole in contexts.whole.items()}
        gained = {name: gains(sessions.resolver, each, added) for name, each in found.items()} if added else {}
        tokens = (token for each in sessions.tokens.values() for token in each)
        minted = map(minted_token, sorted(_minted(sessions.model)))
        sealed = sealed_runtimes(sessions, found, edges, assumed, added, tool_sessions, (*tokens, *minted))
        asked = frozenset(performed for goal in goals.values() for performed in goal.operations)
        errs = any(entry.kind == "mistake" for entry in entries.values())
        steering = (STEERS, ERRS) if errs else (STEERS,)
        return cls(
            sessions=sessions,
            response=response,
            entries=entries,
            goals=goals,
            attacker=attacker or Attacker(),
            all_sessions=found,
            edges=edges,
            assumed=assumed,
            added=added,
            lifted=lifted,
            gained=gained,
            asked=asked,
            tool_sessions=tool_sessions,
            taintable=_taintable(sessions, entries, added),
            poisoned=frozenset(entry.task for entry in entries.values() if entry.kind == "poison" and entry.task),
            speaking=_speaking(sessions.model, entries),
            memories=tuple(name for name, each in sessions.model.resources.items() if each.kind == "memory"),
            reading=tuple(name for name, _, operation in sessions.model.operations() if operation.effect == "read"),
            contexts=contexts,
            watched=frozenset(name for goal in goals.values() for name in goal.resources),
            sparing=sparing,
            asking=_asking(sessions.model),
            homes=environments(sessions.model),
            approvals=ApprovalRules.of(sessions, response),
            sealed=sealed,
            steering=steering,
        )

    def forget(self) -> None:
        """Drops what was worked out for techniques, which is large, and leads back to this world."""
        self.worked_out.clear()

    def whole(self, session: str) -> str:
        """The session of which `session` is the part at a tool, or in some runs; itself, where it is none."""
        part = self.all_sessions[session].part
        return part.whole if part else self.contexts.whole.get(session, session)

    def modes_of(self, session: str, operation: str = "") -> tuple[str, ...]:
        """The modes in which `session` itself uses `operation`: a stolen one leaves it to its part at that tool, if it
        has one, and such a part is had in no other way. What is told apart by its runs has no token of its own."""
        inside = self.sealed.modes.get(session, ())
        if self.all_sessions[session].part is not None:
            return (REPLAYS, *inside)
        key = part_key(self.sessions, operation) if operation and self.tool_sessions else None
        apart = any((part.tool, part.stream) == key for part in self.tool_sessions.get(session, ()))
        if apart or session in self.contexts.whole:
            return self.steering
        return (*self.modes, *inside) if inside else self.modes

    def runs_of(self, session: str) -> tuple[str, ...]:
        """The parts of `session` in which its tasks run."""
        return self.contexts.runs.get(session, (session,))

    def matters(self, what: str) -> bool:
        """True if it is worth to know where copies of `what` are: a resource, or the name of a minted token."""
        resource = self.model.resources.get(what)
        if resource is None or what in self.watched:
            return True
        return bool(resource.holds or resource.value.get("confidentiality"))

    def environment(self, target: str, what: object) -> str:
        """The environment that `target` belongs to, an identity or a resource: `what` it is."""
        if isinstance(what, Identity):
            return what.environment
        return self.homes.get(target, "")

    def grants(self, session: Session) -> Iterator[tuple[Grant, Conditions, Behind]]:
        """Every grant that `session` has, or may gain by a step of effect `grant` or `lift`: with its conditions, and
        the facts behind which it stands."""
        return all_grants(session, self.gained.get(session.name, {}))

    def of_identity(self, identity: str) -> Iterator[Session]:
        """The sessions that the policy cuts for `identity`."""
        return (self.sessions.sessions[name] for name in self.sessions.by_identity[identity])

    def tokens(self, credentials: Iterable[str]) -> Iterator[Token]:
        """The tokens that the policy makes of `credentials`."""
        for credential in credentials:
            yield from self.sessions.tokens[credential]

    def held_in(self, resource: str) -> tuple[Token, ...]:
        """The tokens that lie in `resource`; of what a run minted, that token."""
        if resource not in self.model.resources:
            return (minted_token(resource.removeprefix(MINTED)),)
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
    return Fact(DRIVES, session, inside) if (inside := runtime_in(mode)) else Fact(mode, session)


def had_inside(world: World, runtime: str, session: str) -> tuple[Fact, ...]:
    """The facts that code in `runtime`, which has no network, has `session`, and its parts at tools."""
    parts = (part.name for part in world.tool_sessions.get(session, ()))
    return tuple(Fact(DRIVES, name, runtime) for name in (session, *parts))


def runs_in(identity: str) -> Fact:
    """The fact that the attacker's code runs in the runtime of `identity`."""
    return Fact("runs_in", identity)


def holds(token: Token, lies: Ground | None = None) -> Conclusion:
    """The conclusion that the attacker holds `token`; `lies` is the ground that it lies where it was found, for what
    could lie elsewhere."""
    return found(token, Fact("holds", token.name), lies)


def kept(token: str, runtime: str) -> Fact:
    """The fact that code in the runtime of the identity `runtime`, which has no network, has the token called so."""
    return Fact("kept", token, runtime)


def kept_inside(conclusions: tuple[Conclusion, ...], runtime: str) -> tuple[Conclusion, ...]:
    """`conclusions`, where what is lost or held stays in `runtime`; as they are, if that is empty."""
    return tuple(each._replace(fact=_inside(each.fact, runtime)) for each in conclusions) if runtime else conclusions


def _inside(fact: Fact, runtime: str) -> Fact:
    if fact.kind == "holds":
        return kept(fact.subject, runtime)
    return Fact("inside", fact.subject, runtime) if fact[::2] == ("lost", "confidentiality") else fact


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
    for part in world.tool_sessions.get(session, ()):
        at_tool = survivals(part.terms, survive(part.stream), stream=part.stream)
        made.append(Conclusion(Fact(REPLAYS, part.name), after(at_tool), outlives=at_tool.outlives))
    return tuple(made)


@lru_cache(maxsize=RATES)
def next_run(rate: float) -> Distribution:
    """The wait for the next run of a task that runs `rate` times a second; none for what is always there (0)."""
    return Exponential(1 / rate) if rate else AT_ONCE


def minted_token(identity: str) -> Token:
    """The fresh, unmanaged and long-lived credential that a step of effect `mint` issues for `identity`."""
    opened = (standing_name(identity),)
    return Token(f"{MINTED}{identity}", "", identity, opened, None, "bearer", managed=False)


def opens(token: Token) -> tuple[Fact, ...]:
    """What redeeming `token` needs besides holding it: code in the runtime that it is bound to."""
    return (runs_in(token.identity),) if token.binding == "sender-constrained" else ()


def input_of(task: Task) -> str:
    """The name of what one task reads, as an entry point poisons it."""
    return f"input of {task.name}"


def answers_of(called: str) -> str:
    """The name of what calls of an operation, or of any of a tool, return."""
    return f"answers of {called}"


def is_taken_over(world: World, operation: str) -> bool:
    """True if whoever calls `operation` may give what it says to the attacker, who has its tool."""
    return bool(world.speaking) and answers_of(operation.partition(".")[0]) in world.speaking.get(operation, ())


def _speaking(model: Model, entries: Mapping[str, EntryPoint]) -> dict[str, tuple[str, ...]]:
    """For each operation whose calls may return the attacker's words, how these are called."""
    found: dict[str, tuple[str, ...]] = {}
    for entry in entries.values():
        if entry.operation:
            found[entry.operation] = (*found.get(entry.operation, ()), answers_of(entry.operation))
        for name in model.tools[entry.tool].operations if entry.tool else ():
            full = f"{entry.tool}.{name}"
            found[full] = (*found.get(full, ()), answers_of(entry.tool))
    return {full: tuple(dict.fromkeys(sources)) for full, sources in found.items()}


def _asking(model: Model) -> dict[str, tuple[TrustEdge, ...]]:
    found: dict[str, tuple[TrustEdge, ...]] = {}
    for edge in model.trust:
        if edge.claims:
            found[edge.source] = (*found.get(edge.source, ()), edge)
    return found


def _minted(model: Model) -> set[str]:
    return {name for _, _, operation in model.operations() if operation.effect == "mint" for name in model.identities}


def _taintable(sessions: Sessions, entries: Mapping[str, EntryPoint], added: Mapping[str, Added]) -> frozenset[str]:
    """The resources whose content the attack could change: where it starts, and what somebody may write."""
    model = sessions.model
    places = {entry.target for entry in entries.values() if entry.kind == "poison" and entry.target}
    writing = {full_name for full_name, _, operation in model.operations() if operation.effect == "write"}
    for identity in model.identities.values():  # code in a runtime writes its files
        places.update(model.files_in_runtime(identity.name) if identity.runtime_holds else ())
    gained = (grants for each in added.values() for grants in each.values())
    given = set[Grant]().union(*sessions.entitled.values(), *gained)
    places.update(target for operation, target in given if target and operation in writing)
    said = {source for sources in _speaking(model, entries).values() for source in sources}
    return frozenset(said).union(name for place in places for name in model.within(place))
