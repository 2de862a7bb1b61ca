"""What responders do about what they know, under the response dial of each policy."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from simkit.attackgraph import Action, Containment, Fact
from simkit.model import MAY_MISS, RESPONSE_ACTIONS, Responder, Response, ResponseAction
from simkit.policies import DIALS, GrantPolicy, Session, Token
from simkit.policies.sessions import REFRESH
from simkit.techniques.meter import metered
from simkit.techniques.survival import ENDS, survivals
from simkit.techniques.world import ERRS, REPLAYS, STEERS, World, has, input_of, kept, minted_token, runs_in

RESPONSES = DIALS["response"].settings
"""A responder for each setting of the dial, the slowest first."""
MODES = (REPLAYS, STEERS, ERRS)


def containment(world: World, asked: Iterable[Fact] = (), there: Collection[Fact] | None = None) -> Containment:
    """Who responds to what, and what that ends; of facts that are not `there` nothing is said (None: all are).

    What a policy governs is dealt with as its response dial says; a secret that no policy governs (a third party's, or
    one that the attacker minted) by hand. Planted content and code belong to nobody, so that the policy in force says.
    """
    known = _Known.of(world, there)
    for fact in asked:
        known.add_asked(fact)
    rows = tuple(tuple(actions(world.response, setting)) for setting in RESPONSES)
    rows += tuple(tuple(_own_actions(world.response, each)) for each in world.response.responders.values())
    lag = world.response.remediation_lag
    return Containment(
        rows,
        lag,
        by=known.by,
        groups=known.groups,
        forgotten=known.forgotten,
        overlooked=known.overlooked,
        fates=known.fates,
        spread=known.spread,
        spared=known.spared,
        told=known.told,
    )


def actions(response: Response, setting: str) -> Iterator[Action]:
    """What a responder does where the dial stands at `setting`; each setting does what the weaker ones do, too."""
    by_hand = response.actions or (ResponseAction("revoke-secret"),)
    if setting == "automatic":
        for each in response.actions or (*by_hand, ResponseAction("disable")):
            if each.delay is None:
                yield Action(each.kind, response.delay, setting)
    for each in by_hand:
        if each.delay is None:
            yield Action(each.kind, response.remediation_lag)
        else:
            yield Action(each.kind, each.delay, each.kind)


def _own_actions(response: Response, responder: Responder) -> Iterator[Action]:
    """What somebody does who governs a part of the world; what they do at once they do at one moment."""
    delay = response.remediation_lag if responder.delay is None else responder.delay
    for each in _done_by(response, responder) or (ResponseAction("revoke-secret"),):
        if each.delay is None:
            yield Action(each.kind, delay, f"{responder.name}: all")
        else:
            yield Action(each.kind, each.delay, f"{responder.name}: {each.kind}")


def _done_by(response: Response, responder: Responder | None) -> tuple[ResponseAction, ...]:
    return (responder.actions if responder else ()) or response.actions


def _chances(response: Response, responder: Responder | None) -> Mapping[str, float]:
    """The chance of each action that may miss one thing not to miss it."""
    said = {each.kind: each.chance for each in _done_by(response, responder) if each.chance is not None}
    return dict.fromkeys(MAY_MISS, response.completeness) | {"terminate-sessions": 1.0} | said


def account(world: World, policy: GrantPolicy, identity: str) -> str:
    """What is disabled together: the account of `identity`, or of its tier, where that has one secret or session."""
    if policy.identity == "shared" or policy.scope == "all":
        return f"tier:{world.model.tier(identity)}"
    return identity


@dataclass(slots=True)
class _Known:
    """Collects what is said of each fact that can be known."""

    world: World
    chances: Mapping[str, Mapping[str, float]]
    governed: Mapping[str, Responder]
    there: Collection[Fact] | None
    by: dict[Fact, int] = field(default_factory=dict)
    groups: dict[Fact, str] = field(default_factory=dict)
    forgotten: dict[Fact, float] = field(default_factory=dict)
    overlooked: dict[Fact, float] = field(default_factory=dict)
    fates: dict[Fact, str] = field(default_factory=dict)
    spread: dict[Fact, float] = field(default_factory=dict)
    spared: dict[Fact, tuple[str, ...]] = field(default_factory=dict)
    told: dict[Fact, tuple[Fact, ...]] = field(default_factory=dict)
    counting: bool = False
    leaks: dict[str, list[str]] = field(default_factory=dict)
    opening: dict[str, list[Token]] = field(default_factory=dict)
    of_identity: dict[str, list[Fact]] = field(default_factory=dict)

    @classmethod
    def of(cls, world: World, there: Collection[Fact] | None) -> _Known:
        """What is said of every fact of `world` that is `there`."""
        response = world.response
        responders = response.responders.values()
        governed = {each: who for who in responders for name in who.governs for each in _inside(world, name)}
        chances = {name: _chances(response, each) for name, each in response.responders.items()}
        known = cls(world, {"": _chances(response, None)} | chances, governed, there, counting=metered(world))
        for entry in world.entries.values():
            if entry.kind == "leak":
                known.leaks.setdefault(entry.target, []).append(entry.name)
        tokens = list(_tokens(world))
        for token, _ in tokens:
            known.of_identity.setdefault(token.identity, []).append(_held(token))
        for token, policy in tokens:
            known.add_token(token, policy)
        for name, reached in world.all_sessions.items():
            known.add_session(name, reached.session)
        known.add_planted()
        return known

    def add_token(self, token: Token, policy: GrantPolicy) -> None:
        """A token; a revocation ends it alone, with the refresh token that lies beside it, or all of its identity's."""
        for name in token.sessions:
            self.opening.setdefault(name, []).append(token)
        kept_there = [kept(token.name, runtime) for runtime in sorted(self.world.sealed.identities)]
        exposed = [Fact("exposed", token.name, entry) for entry in self.leaks.get(token.credential, ())]
        had = self._known([_held(token), *exposed, *kept_there])
        if not had:
            return
        credential = self.world.model.credentials.get(token.credential)
        local = credential is not None and credential.format == "jwt" and not token.refresh
        together = credential is not None and credential.revocation_unit == "identity"
        beside = self.of_identity[token.identity] if together else [*_beside(self.world, token)]
        named = {"credentials": token.credential, "identities": token.identity}
        for fact in had:
            self._say(fact, policy, named, "revoke-secret", spared=("revoke-secret", "disable") if local else ())
            self._account(fact, policy, token.identity, fate=token.name.removeprefix(REFRESH))
            if token.credential in self.world.response.forgets:
                del self.by[fact]
            self.told[fact] = tuple(other for other in (_held(token), *beside, *kept_there) if other != fact)

    def add_session(self, name: str, session: Session) -> None:
        """A session; its record names its principal, so that responders find all secrets that open it."""
        identity, modes = session.identities[0], (*MODES, *self.world.sealed.modes.get(name, ()))
        had = self._known([has(mode, name) for mode in modes])
        tokens = self.opening.get(self.world.whole(name), []) if had else []
        beyond = self._beyond(name, tokens) if had else ()
        for fact in had:
            self._say(fact, session.policy, {"identities": identity}, "terminate-sessions", spared=beyond)
            self._account(fact, session.policy, identity, fate=tokens[0].name.removeprefix(REFRESH) if tokens else "")
            if tokens and all(token.credential in self.world.response.forgets for token in tokens):
                del self.by[fact]
            self.told[fact] = tuple(map(_held, tokens))
        for task in session.tasks if self.counting else ():  # no run follows once the account is closed
            self.groups[Fact("recurring", name, task)] = account(self.world, session.policy, identity)

    def add_asked(self, fact: Fact) -> None:
        """Somebody who answers; it ends as the session does that answers."""
        session = self.world.all_sessions[fact.subject].session
        self._say(fact, session.policy, {"identities": session.identities[0]}, "terminate-sessions")
        self._account(fact, session.policy, session.identities[0], fate="")

    def add_planted(self) -> None:
        """Content in resources and in the input of tasks, and code in runtimes."""
        model, policy = self.world.model, self.world.policy
        returned = dict.fromkeys(source for sources in self.world.speaking.values() for source in sources)
        for name in (*model.resources, *(input_of(task) for task in model.tasks.values()), *returned):
            for fact in self._known([Fact("tainted", name)]):
                self._say(fact, policy, {"resources": name}, "clean-content")
        for name in model.identities:
            for fact in self._known([runs_in(name)]):
                self._say(fact, policy, {"identities": name}, "evict-code")

    def _known(self, facts: Collection[Fact]) -> Collection[Fact]:
        """Those of `facts` that are there."""
        return facts if self.there is None else [fact for fact in facts if fact in self.there]

    def _beyond(self, name: str, tokens: list[Token]) -> tuple[str, ...]:
        """The actions that do not end the session called `name`."""
        credentials = [self.world.model.credentials[token.credential] for token in tokens if token.credential]
        part = self.world.all_sessions[name].part
        ways = [self.world.survive(token)(bool(part and part.stream)) for token in tokens] or [ENDS]
        if part:
            ways = [survivals(part.terms, way, stream=part.stream) for way in ways]
        local = ("disable",) if any(credential.format == "jwt" for credential in credentials) else ()
        return (*local, *(("terminate-sessions",) if any(way.cannot_be_terminated for way in ways) else ()))

    def _say(
        self, fact: Fact, policy: GrantPolicy, named: Mapping[str, str], alone: str, *, spared: tuple[str, ...] = ()
    ) -> None:
        """What is said of every fact: `alone` is the action that ends it and nothing else, and may miss it. `named` is
        what it belongs to, as an action names what it is done to."""
        responder = self._responder(name for kind, name in named.items() if kind != "credentials")
        own = tuple(self.world.response.responders).index(responder.name) if responder else 0
        self.by[fact] = len(RESPONSES) + own if responder else RESPONSES.index(policy.response)
        self.forgotten[fact] = 1.0 - self.chances[responder.name if responder else ""][alone]
        done = _done_by(self.world.response, responder)
        left_out = (each.kind for each in done if each.of and not self._is_of(each, named))
        self.spared[fact] = (*spared, *left_out)

    def _responder(self, names: Iterable[str]) -> Responder | None:
        """Who deals with what belongs to one of `names`; None where nobody governs it."""
        return next((self.governed[name] for name in names if name in self.governed), None)

    def _is_of(self, action: ResponseAction, named: Mapping[str, str]) -> bool:
        kind, model = RESPONSE_ACTIONS[action.kind], self.world.model
        inside = (model.within(name) if kind == "resources" else (name,) for name in action.of)
        return any(named.get(kind) in names for names in inside)

    def _account(self, fact: Fact, policy: GrantPolicy, identity: str, *, fate: str) -> None:
        """What belongs to somebody is disabled with the account; and an action on it takes time to hold everywhere.

        Who misses a secret misses it in every action, also the account behind it: `fate` names the secret, and is empty
        for a session that no secret opens, whose account is missed by itself.
        """
        self.groups[fact] = account(self.world, policy, identity)
        self.fates[fact] = fate or self.groups[fact]
        responder = self._responder([identity])
        self.overlooked[fact] = 1.0 - self.chances[responder.name if responder else ""]["revoke-secret"]
        self.spread[fact] = self.world.response.propagation


def _inside(world: World, name: str) -> tuple[str, ...]:
    """What is dealt with together with what is called `name`: what a container contains."""
    return world.model.within(name) if name in world.model.resources else (name,)


def _held(token: Token) -> Fact:
    return Fact("holds", token.name)


def _beside(world: World, token: Token) -> Iterator[Fact]:
    """What lies beside `token` (a refresh token, what a role for a time adds), or the token beside which it lies: all
    have one record."""
    if token.beside:
        yield Fact("holds", token.beside)
        return
    yield Fact("holds", f"{REFRESH}{token.name}")
    others = world.sessions.tokens.get(token.credential, ())
    yield from (_held(each) for each in others if each.beside == token.name and not each.refresh)


def _tokens(world: World) -> Iterator[tuple[Token, GrantPolicy]]:
    """Each token with the policy that governs it."""
    for token in world.tokens(world.model.credentials):
        yield token, world.ruling(token)
    for identity in world.model.identities:
        minted = minted_token(identity)
        yield minted, world.ruling(minted)
