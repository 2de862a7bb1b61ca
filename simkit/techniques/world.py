"""What the rules see: sessions with everything that they can turn into, and how facts are named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from simkit.attackgraph import Conclusion, Fact
from simkit.distributions import Distribution, Exponential, Fixed
from simkit.entitlements import Grant
from simkit.model import EntryPoint, Goal, Model, Response, Task, TrustEdge
from simkit.model.threats import class_of
from simkit.policies import GrantPolicy, Session, Sessions, Token
from simkit.policies.sessions import STANDING, standing_session

REPLAYS, STEERS, ERRS = "replays", "steers", "errs"
"""How a session is had: the attacker replays its token, off host; puts words in its input; or nobody attacks, and its
agent errs, which is as if steered but without a tainted input (our word: the rules speak of `steers` for both)."""


@dataclass(frozen=True, slots=True)
class Reached:
    """A session that a rule can reach, and the conditional grants that steps of effect `grant` may add to it."""

    session: Session
    lineage: tuple[str, ...]

    @property
    def identity(self) -> str:
        """Whose session it is; the first of its tier for a shared one."""
        return self.session.identities[0]


@dataclass(frozen=True, slots=True)
class World:
    """Sessions of one policy, the attack, and the response, indexed for the rules."""

    sessions: Sessions
    response: Response
    entries: Mapping[str, EntryPoint]
    goals: Mapping[str, Goal]
    all_sessions: Mapping[str, Reached] = field(default_factory=dict)
    edges: Mapping[str, tuple[tuple[TrustEdge, tuple[str, ...]], ...]] = field(default_factory=dict)
    any_target: frozenset[str] = frozenset()

    @property
    def model(self) -> Model:
        return self.sessions.model

    @property
    def modes(self) -> tuple[str, ...]:
        """The modes in which sessions can be had; agents err only where an entry point says so."""
        return (REPLAYS, *self.steering)

    @property
    def steering(self) -> tuple[str, ...]:
        """The modes in which an agent itself does the work."""
        errs = any(entry.kind == "mistake" for entry in self.entries.values())
        return (STEERS, ERRS) if errs else (STEERS,)

    @property
    def policy(self) -> GrantPolicy:
        return self.sessions.policy

    @classmethod
    def of(
        cls, sessions: Sessions, response: Response, entries: Mapping[str, EntryPoint], goals: Mapping[str, Goal]
    ) -> World:
        """The world of `sessions`, with the sessions that minting opens and those that attenuated trust edges leave."""
        found = {name: Reached(session, session.identities[:1]) for name, session in sessions.sessions.items()}
        for identity in _minted(sessions.model):
            made = standing_session(identity, sessions.entitled[identity])
            found.setdefault(made.name, Reached(made, (identity,)))
        edges = _follow_trust(sessions, found)
        wanted = frozenset(op for goal in goals.values() for op, target in goal.performed if not target)
        return cls(sessions, response, entries, goals, found, edges, wanted)

    def of_identity(self, identity: str) -> Iterator[Session]:
        """The sessions that the policy cuts for `identity`."""
        return (self.sessions.sessions[name] for name in self.sessions.by_identity[identity])

    def tokens(self, credentials: Iterable[str]) -> Iterator[Token]:
        """The tokens that the policy makes of `credentials`."""
        for credential in credentials:
            yield from self.sessions.tokens[credential]

    def held_in(self, resource: str) -> tuple[Token, ...]:
        """The tokens that lie in `resource`."""
        return tuple(self.tokens(self.model.resources[resource].holds))

    def alert(self, event: str, policy: GrantPolicy) -> tuple[float, Distribution]:
        """The chance and delay of the alert that `event` raises; logging comes with the response dial of `policy`."""
        shown = {
            "entry": True,
            "damage": True,
            "identity": policy.logging != "none",
            "action": policy.logging == "action",
        }
        detection = self.response.noticed(event)
        if detection is None or not shown.get(class_of(event), False):
            return 0.0, Fixed(0.0)
        return detection.chance, detection.delay

    def miss_rate(self, policy: GrantPolicy) -> float:
        """The chance that an out-of-context use passes the checks of `policy`."""
        return self.response.miss_rate if policy.miss_rate is None else policy.miss_rate


def has(mode: str, session: str) -> Fact:
    """The fact that the attacker has `session` in `mode`."""
    return Fact(mode, session)


def runs_in(identity: str) -> Fact:
    """The fact that the attacker's code runs in the runtime of `identity`."""
    return Fact("runs_in", identity)


def holds(token: Token) -> Conclusion:
    """The conclusion that the attacker holds `token`, of an age drawn uniformly over its ttl."""
    return Conclusion(Fact("holds", token.name), token.ttl, aged=token.ttl is not None)


def next_run(rate: float) -> Distribution:
    """The wait for the next run of a task that runs `rate` times a second; none for what is always there (0)."""
    return Exponential(1 / rate) if rate else Fixed(0.0)


def minted_token(identity: str) -> Token:
    """The fresh, unmanaged and long-lived credential that a step of effect `mint` issues for `identity`."""
    opened = (standing_session(identity, {}).name,)
    return Token(f"minted:{identity}", "", identity, opened, None, "bearer", governed=False)


def opens(token: Token) -> tuple[Fact, ...]:
    """What redeeming `token` needs besides holding it: code in the runtime that it is bound to."""
    return (runs_in(token.identity),) if token.binding == "sender-constrained" else ()


def input_of(task: Task) -> str:
    """The name of what one task reads, as an entry point poisons it."""
    return f"input of {task.name}"


def _minted(model: Model) -> set[str]:
    return {name for _, _, operation in model.operations() if operation.effect == "mint" for name in model.identities}


def _follow_trust(
    sessions: Sessions, found: dict[str, Reached]
) -> dict[str, tuple[tuple[TrustEdge, tuple[str, ...]], ...]]:
    """For each session its trust edges with the sessions that they lead to; adds the attenuated ones to `found`."""
    leaving: dict[str, list[TrustEdge]] = {}
    for edge in sessions.model.trust:
        leaving.setdefault(edge.source, []).append(edge)
    edges: dict[str, tuple[tuple[TrustEdge, tuple[str, ...]], ...]] = {}
    waiting = list(found)
    while waiting:
        reached = found[waiting.pop()]
        followed = []
        for edge in _usable(sessions, reached.session, leaving):
            targets = _attenuated(sessions, reached, edge, found, waiting)
            followed.append((edge, targets))
        edges[reached.session.name] = tuple(followed)
    return edges


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
        shared = _intersection(full, source.session)
        derived = replace(full, name=f"{name} < {source.session.name}", grants=shared)
        if shared:
            names.append(derived.name)
            if derived.name not in found:
                found[derived.name] = Reached(derived, (*source.lineage, edge.target))
                waiting.append(derived.name)
    return tuple(names)


def _intersection(target: Session, source: Session) -> dict[Grant, frozenset[str]]:
    return {grant: conditions for grant, conditions in target.grants.items() if grant in source.grants}


def ungoverned() -> GrantPolicy:
    """The policy of what no grant policy governs."""
    return STANDING
