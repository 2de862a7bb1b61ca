"""What a ground rests on, in each way that it may: built only when somebody asks, because it multiplies steps.

An attack graph says that a use rests on an entitlement. Whoever asks what to take away needs more: two roles may give
it, a tool may lend it, a step of effect `grant` may add it. Each is an alternative: facts that must hold together.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from simkit.attackgraph import Fact, Ground
from simkit.entitlements import Grant
from simkit.policies import Session
from simkit.techniques.givers import Givers, Ways, bearer, lies, trusted, written
from simkit.techniques.lift import Behind
from simkit.techniques.lineage import Reached
from simkit.techniques.sealed import people
from simkit.techniques.widen import role_of
from simkit.techniques.world import World, runs_in

Alternative = tuple[Fact, ...]


@dataclass(slots=True)
class Alternatives:
    """The alternatives of the grounds of one world; `ways_of` collects what the facts in them rest on in turn."""

    world: World
    givers: Givers
    needed: dict[str, frozenset[Grant]] = field(default_factory=dict)
    ways_of: dict[Fact, Ways] = field(default_factory=dict)

    @classmethod
    def of(cls, world: World) -> Alternatives:
        """Nothing asked yet."""
        givers = Givers(world.model)
        needed = {task.name: frozenset(givers.resolver.needs(task.needs)) for task in world.model.tasks.values()}
        return cls(world, givers, needed)

    def leaf(self, fact: Fact) -> Alternative:
        """`fact` alone, which rests on nothing else."""
        self.ways_of.setdefault(fact, ())
        return (fact,)

    def permitted(self, session: Session, grant: Grant) -> Fact:
        """The fact that `session` has `grant`, with what it rests on."""
        fact = Fact("permitted", session.name, written(grant))
        if fact not in self.ways_of:
            self.ways_of[fact] = ()
            self.ways_of[fact] = tuple(self._permits(session, grant))
        return fact

    def _permits(self, session: Session, grant: Grant) -> Iterator[frozenset[Fact]]:
        """An attenuated session needs both sides (as an AWS session policy leaves the
        intersection of both policies); a tier's, any of those who share it."""
        source = self.world.all_sessions[session.name].source
        if source is not None:
            full = self.world.all_sessions[session.name.removesuffix(f" < {source.name}")].session
            for theirs in self._covers(full, grant):
                yield from (frozenset({theirs, ours}) for ours in self._covers(source, grant))
            return
        scoped, limits = session.policy.scope.startswith("task"), self.givers.resolver.limits_somebody
        needed = limits or (scoped and any(grant in self.needed[task] for task in session.tasks))
        for identity in session.entitled_as:
            yield frozenset({self.entitled(identity, grant, through_containers=needed)})

    def _covers(self, session: Session, grant: Grant) -> list[Fact]:
        """That `session` has `grant`, or has it on what contains its target."""
        names = (grant[1], *self.givers.containers.get(grant[1], ()))
        reaching, given = self.givers.resolver.reaching, session.grants
        reached = (name for name in names if reaching(given.get((grant[0], name)), grant[1]) is not None)
        return [self.permitted(session, (grant[0], name)) for name in reached]

    def entitled(self, identity: str, grant: Grant, *, through_containers: bool) -> Fact:
        """The fact that `identity` has `grant` from somebody."""
        kind = "covered" if through_containers else "entitled"
        fact = Fact(kind, identity, written(grant))
        if fact not in self.ways_of:
            self.ways_of[fact] = self.givers.ways(identity, grant, through_containers=through_containers)
        return fact

    def widened(self, identity: str, facts: Behind, grant: Grant, *, through_containers: bool) -> Fact:
        """The fact that the role which was assigned by what `facts` say gives `grant`; without one, that `identity`
        has it from somebody: what kept it away was lifted."""
        role = role_of(self.world.model, facts)
        if not role:
            return self.entitled(identity, grant, through_containers=through_containers)
        fact = Fact("covered" if through_containers else "entitled", f"role {role}", written(grant))
        if fact not in self.ways_of:
            self.ways_of[fact] = self.givers.by_role(role, grant, through_containers=through_containers)
        return fact

    def allowed(self, reached: Reached, grant: Grant) -> Iterator[Alternative]:
        """What each way for a session to have `grant` rests on: as it was cut, or after a widening."""
        session = reached.session
        if grant in session.grants:
            yield (self.permitted(session, grant),)
        accepted = not session.audience or grant[0].partition(".")[0] in session.audience
        if not accepted:
            return
        source = () if reached.source is None else (self.permitted(reached.source, grant),)
        if reached.source is None or grant in reached.source.grants:
            parts = self.givers.resolver.limits_somebody
            for identity, facts in self._behind(session, grant):
                yield (*facts, self.widened(identity, facts, grant, through_containers=parts), *source)

    def _behind(self, session: Session, grant: Grant) -> Iterator[tuple[str, Behind]]:
        """By whom, and behind which facts, `session` gains `grant`. What was given is there even where it had that
        before, by somebody else; what was lifted gives nothing new there."""
        gained, scoped = self.world.gained.get(session.name, {}), session.policy.scope.startswith("task")
        for identity in session.entitled_as:
            for facts, gives in self.world.added.get(identity, {}).items():
                if grant in gives and not scoped and any(fact.kind == "performed" for fact in facts):
                    yield identity, facts
            for facts, gives in gained.items():
                if grant in gives and all(fact.kind == "lifted" for fact in facts):
                    yield identity, facts

    def lent(self, deputy: str, grant: Grant) -> Iterator[Alternative]:
        """What the identity that a tool runs as rests its `grant` on: a tool can do no more than that one (the confused
        deputy, Hardy 1988)."""
        if not deputy:
            yield ()
            return
        yield (self.entitled(deputy, grant, through_containers=True),)
        for facts, gives in self.world.added.get(deputy, {}).items():
            if self.givers.resolver.cover(grant, gives) is not None:
                yield (*facts, self.widened(deputy, facts, grant, through_containers=True))


def of_use(known: Alternatives, ground: Ground) -> Iterator[Alternative]:
    """A use rests on the grant of its session and on that of the identity that the tool runs as; either may have been
    widened by the attack itself (T1098.003)."""
    grant: Grant = (ground.names[1], ground.names[2])
    deputy = known.world.model.tool_of(grant[0]).runs_as
    for own in known.allowed(known.world.all_sessions[ground.within], grant):
        for leant in known.lent(deputy, grant):
            yield (*own, *leant)


def of_own_use(known: Alternatives, ground: Ground) -> Iterator[Alternative]:
    """A use rests on the grant of its session alone, where it does not matter what the tool itself may do."""
    yield from known.allowed(known.world.all_sessions[ground.within], (ground.names[1], ground.names[2]))


def of_credential(known: Alternatives, ground: Ground) -> Iterator[Alternative]:
    """A token is used by any bearer (RFC 6750), or from the runtime of its identity (RFC 8705, RFC 9449). One that the
    attack minted is in no file, and nothing is known that binds it."""
    credential = known.world.model.credentials.get(ground.names[0])
    if credential is None:
        yield ()
        return
    yield known.leaf(bearer(credential.name))
    yield (runs_in(credential.identity),)


def of_trust(known: Alternatives, ground: Ground) -> Iterator[Alternative]:
    """A trust edge is there, or it is not."""
    yield known.leaf(trusted("{} -{}-> {}".format(*ground.names)))


def of_place(known: Alternatives, ground: Ground) -> Iterator[Alternative]:
    """A credential lies in one of the places where it was found: a token in a ticket and in a chat is out by either
    (Salesloft Drift, 2025: keys in support cases)."""
    credential, *places = ground.names
    for place in places:
        yield known.leaf(lies(credential, place))


def of_memory(known: Alternatives, ground: Ground) -> Iterator[Alternative]:
    """An agent remembers what it may read of its memory, by any operation."""
    identity, memory = ground.names
    world = known.world
    for grant in ((operation, memory) for operation in world.reading):
        if known.givers.resolver.cover(grant, world.sessions.entitled[identity]) is not None:
            yield (known.entitled(identity, grant, through_containers=True),)
        for facts, gives in world.added.get(identity, {}).items():
            if known.givers.resolver.cover(grant, gives) is not None:
                yield (*facts, known.widened(identity, facts, grant, through_containers=True))


def of_call(known: Alternatives, ground: Ground) -> Iterator[Alternative]:
    """A task calls a tool by what it needs there and its identity is entitled to; all of that, or one grant."""
    task, identity, source, *grant = ground.names
    world = known.world
    for needed in sorted(known.needed[task]):
        if source in world.speaking.get(needed[0], ()) and tuple(grant) in (("", ""), needed):
            if known.givers.resolver.cover(needed, world.sessions.entitled[identity]) is not None:
                yield (known.entitled(identity, needed, through_containers=True),)
            for facts, gives in world.added.get(identity, {}).items():
                if known.givers.resolver.cover(needed, gives) is not None:
                    yield (*facts, known.widened(identity, facts, needed, through_containers=True))


def of_general_purpose(known: Alternatives, ground: Ground) -> Iterator[Alternative]:
    """A session may use some general-purpose tool: a shell, or a plain HTTP client."""
    (name,) = ground.names
    fact = Fact("general-purpose", name)
    if fact not in known.ways_of:
        reached = known.world.all_sessions[name]
        grants = dict.fromkeys(grant for grant, _, _ in known.world.grants(reached.session))
        general = (grant for grant in grants if known.world.model.tool_of(grant[0]).general_purpose)
        known.ways_of[fact] = tuple(frozenset(way) for g in general for way in known.allowed(reached, g))
    yield (fact,)


def of_local_tool(known: Alternatives, ground: Ground) -> Iterator[Alternative]:
    """Code in a runtime finds the tools there that somebody is entitled to use who works there."""
    runtime, session = ground.names
    fact, world = Fact("local-tool", runtime, session), known.world
    if fact not in known.ways_of:
        fits, found = world.sealed.fits(session, world.model), dict[frozenset[Fact], None]()
        for name in people(world.sessions, runtime):
            for grant in world.sessions.entitled[name]:
                if grant[0].partition(".")[0] in fits:
                    found[frozenset({known.entitled(name, grant, through_containers=False)})] = None
            for added, gives in world.added.get(name, {}).items():
                for grant in gives:
                    if grant[0].partition(".")[0] in fits:
                        found[frozenset({*added, known.widened(name, added, grant, through_containers=False)})] = None
        known.ways_of[fact] = tuple(found)
    yield (fact,)
