"""An entitlement is used on something: read, write, delete, send, execute, mint, grant, lift, silence."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from itertools import product
from typing import NamedTuple

from simkit.attackgraph import Conclusion, Fact, Ground, Step
from simkit.attackgraph.facts import AT_ONCE
from simkit.entitlements import FREELY, Conditions, Grant, both, by_spared, only_spared
from simkit.model import Detection
from simkit.policies import Oversight, Session
from simkit.techniques.deed import NOTHING, Deed, Kind
from simkit.techniques.givers import runtime_of
from simkit.techniques.lift import Behind, waived
from simkit.techniques.rule import Relevance, Rule, Uses
from simkit.techniques.sealed import runtime_in
from simkit.techniques.use import Judgement, Way, judge, unasked
from simkit.techniques.widen import role_of
from simkit.techniques.world import MINTED, REPLAYS, STEERS, Alert, World, concludes, holds, kept_inside, next_run

RULES = (
    Rule("none", None, logged="call"),
    Rule(
        "read",
        Relevance(("T1213.003", "T1213.006", "T1555.006"), ("AML.T0085",), ("ASI02",), ("NHI5:2025",)),
        event="action",
        logged="call",
    ),
    Rule("write", Relevance((), ("AML.T0053",), ("ASI02",), ("NHI5:2025",)), event="action", logged="call"),
    Rule("delete", Relevance(("T1485",), ("AML.T0101",), ("ASI02",), ("NHI5:2025",)), event="damage", logged="call"),
    Rule("send", Relevance((), ("AML.T0053", "AML.T0086"), ("ASI02",), ("NHI5:2025",)), event="action", logged="call"),
    Rule("execute", Relevance(("T1651",), ("AML.T0053",), ("ASI05",), ("NHI5:2025",)), event="action", logged="call"),
    Rule(
        "mint", Relevance(("T1098.001",), (), ("ASI03",), ("NHI1:2025", "NHI7:2025")), event="identity", logged="call"
    ),
    Rule("grant", Relevance(("T1098.003",), (), ("ASI03",), ("NHI5:2025",)), event="identity", logged="call"),
    Rule("lift", Relevance(("T1484",), (), ("ASI03",), ("NHI5:2025",)), event="identity", logged="call"),
    Rule("silence", Relevance(("T1562.008",), (), (), ("NHI5:2025",)), event="identity", logged="call"),
)
"""A rule for each effect but those that make one session another (see `assume`), called as the effect is."""
RULE_OF = {rule.name: rule for rule in RULES}

LEAVES = frozenset({"write", "send"})
"""Effects that leave something where others may read it."""
Lent = tuple[tuple[Fact, ...], Conditions]
"""Facts behind which a tool does something, and what it leaves alone then, as conditions."""
ALONE: tuple[Lent, ...] = (((), FREELY),)
"""What a tool lends that stands behind nothing and leaves nothing alone."""


@dataclass(frozen=True, slots=True)
class Actor:
    """A session that acts; `who` stands for its identities, `outbound` is that it can say something to outsiders,
    `first_owner` who of several has a grant, the first by name, and `saw` keeps what it sees where it reads."""

    world: World
    session: Session
    who: str
    outbound: Conclusion
    first_owner: dict[Grant, str] = field(default_factory=dict)
    saw: dict[tuple[str, ...], tuple[Conclusion, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, world: World, session: Session) -> Actor:
        """The actor of `session`."""
        return cls(world, session, min(session.identities), concludes("outbound", session.name))

    def owner(self, grant: Grant) -> str:
        """Whose entitlement `grant` is: of a tier that shares a session, the first by name of those who have it, else
        of those to whom it may be granted."""
        members = self.session.entitled_as
        if len(members) == 1:
            return members[0]
        for name in () if self.first_owner else sorted(members, reverse=True):
            self.first_owner.update(dict.fromkeys(self.world.sessions.entitled[name], name))
        return self.first_owner.get(grant) or min(self._having(grant, members), default=self.who)

    def sees(self, within: tuple[str, ...]) -> tuple[Conclusion, ...]:
        """That the session has seen what is `within` something that it reads."""
        if within not in self.saw:
            self.saw[within] = tuple([concludes("seen", self.session.name, resource) for resource in within])
        return self.saw[within]

    def owners(self, grant: Grant) -> list[str]:
        """Those of the session whose entitlement `grant` is, else those to whom it may be granted."""
        return self._having(grant, self.session.identities)

    def _having(self, grant: Grant, members: tuple[str, ...]) -> list[str]:
        if len(members) == 1:
            return [*members]
        added = self.world.added
        having = [name for name in members if grant in self.world.sessions.entitled[name]]
        return having or [n for n in members if any(grant in more for more in added.get(n, {}).values())]


class Act(NamedTuple):
    """One grant of one session, used. `granted` are the facts that must hold first, for a widened one."""

    actor: Actor
    deed: Deed
    judged: Judgement
    granted: tuple[Fact, ...]
    fate: str
    grounds: tuple[Ground, ...]
    unlike: int = 0

    @classmethod
    def of(
        cls, actor: Actor, deed: Deed, judged: Judgement, owner: str, granted: tuple[Fact, ...] = (), unlike: int = 0
    ) -> Act:
        """The use by `actor` of a grant that `owner` is entitled to."""
        grounds = (Ground("entitlement", (owner, *deed.grant), actor.session.name),)
        return cls(actor, deed, judged, granted, f"{actor.who}: {deed.name}", grounds, unlike)

    @property
    def session(self) -> str:
        """The name of the session that acts."""
        return self.actor.session.name

    @property
    def alert(self) -> Detection | Alert:
        """What it raises: as the policy logs it, or as it shows by itself, where that is likelier."""
        shown = self.deed.shown
        return shown if shown and shown.chance >= self.judged.alert.chance else self.judged.alert

    @property
    def taking(self) -> tuple[str, ...]:
        """The modes in which what is read is had, not only seen: off host, and by code that keeps it."""
        return tuple(mode for mode in self.judged.ways if mode == REPLAYS or runtime_in(mode))

    def key(self, mode: str) -> str:
        """What names this use in `mode` among all steps."""
        return f"{self.begins(mode)}{self.deed.name}{self.deed.spared}{self.after}"

    def begins(self, mode: str) -> str:
        """What stands before the deed in that name."""
        return f"{mode}({self.actor.session.name}): "

    @property
    def after(self) -> str:
        """What stands behind it there."""
        if not self.granted:
            return ""
        return f" after {' and '.join(map(str, self.granted))}{f' #{self.unlike}' if self.unlike else ''}"

    def needs(self, way: Way) -> tuple[Fact, ...]:
        """What it needs if it is let through by `way`."""
        return (way.premises[0], *self.granted, *way.premises[1:]) if self.granted else way.premises

    def concluded(self, mode: str) -> tuple[Conclusion, ...]:
        """What follows from this use in `mode`."""
        deed, effect, inside = self.deed, self.deed.operation.effect, runtime_in(mode)
        taking = mode == REPLAYS or bool(inside)
        found = kept_inside(deed.replayed, inside) if taking else deed.concluded
        if not taking and effect == "read":
            found = (*found, *self.actor.sees(deed.within)) if found else self.actor.sees(deed.within)
        if not taking and effect == "mint":
            found = self._minted(mode)
        if effect == "execute" and not deed.grant[1]:
            found += tuple([concludes("runs_in", name) for name in self.actor.owners(deed.grant)])
        if mode != REPLAYS and self.actor.world.sealed.identities:
            found += tuple(self._dropped(mode))
        if self.actor.world.contexts.all:
            found = tuple(each for each in found if not self._elsewhere(each.fact, mode))
        return (*found, self.actor.outbound) if deed.outbound else found

    def _dropped(self, mode: str) -> Iterator[Conclusion]:
        """Where code without a network leaves what it has: in what its agent writes or sends to, and where it runs
        something."""
        deed, effect = self.deed, self.deed.operation.effect
        places = deed.within if effect in LEAVES else ()
        if effect == "execute" and deed.grant[1]:
            places = (runtime_of(deed.grant[1]),)
        for runtime in self.actor.world.sealed.homes(self.actor.session, mode):
            yield from (concludes("dropped", place, runtime) for place in places)

    def _minted(self, mode: str) -> tuple[Conclusion, ...]:
        """A steered session sees the token that it mints, as it sees what it reads; a mistake mints one for nobody."""
        kept = tuple(each for each in self.deed.concluded if each.fact.kind != "holds")
        target = self.deed.grant[1]
        return (*kept, concludes("seen", self.session, f"{MINTED}{target}")) if target and mode == STEERS else kept

    def _elsewhere(self, fact: Fact, mode: str) -> bool:
        """True for what would be done to a context that is in none of these runs; what is written to one that is there
        ends with the run, and steers no other."""
        contexts = self.actor.world.contexts
        name = fact.object if fact.kind in ("seen", "performed") else fact.subject
        if name not in contexts.all:
            return False
        taking = mode == REPLAYS or bool(runtime_in(mode))
        return fact.kind == "tainted" or taking or contexts.absent(name, self.session)


def acts(world: World, rules: Mapping[str, Rule], *, of: Uses | None = None) -> Iterator[Act]:
    """Every use of every grant whose effect is one of `rules`, those that a step of effect `grant` may add included;
    those `of` some sessions and grants only, where these are given."""
    repertoire = Repertoire.of(world, rules)
    for performer, some in repertoire.performers(of):
        for grant, conditions, behind in world.grants(performer.actor.session):
            if grant[0] in repertoire.wanted and (some is None or grant in some):
                if not behind and repertoire.is_plain(grant):
                    yield repertoire.act(performer, grant, conditions)
                else:
                    yield from repertoire.varied(performer, grant, conditions, behind)


class Performer(NamedTuple):
    """A session that acts, and what a person is asked about in it."""

    actor: Actor
    oversight: Oversight | None


@dataclass(frozen=True, slots=True)
class Repertoire:
    """All that sessions can do with the operations that are `wanted`: what is the same for several of them is made
    once. `combines` is True where there is more to combine than a grant with its conditions; `lending` are operations
    whose tool runs as somebody."""

    world: World
    wanted: frozenset[str]
    combines: bool
    deed_of: Callable[[Grant, frozenset[str]], Deed]
    judged_of: Callable[[str, Kind, Conditions], Judgement]
    lent_of: Callable[[Grant], tuple[Lent, ...]]
    lending: frozenset[str]
    unlike: _Unlike

    @classmethod
    def of(cls, world: World, rules: Mapping[str, Rule]) -> Repertoire:
        """What can be done in `world` with effects that are among `rules`."""
        return cls(
            world,
            frozenset(full_name for full_name, _, operation in world.model.operations() if operation.effect in rules),
            world.sessions.resolver.limits_somebody or world.approvals is not None or bool(world.lifted),
            cache(partial(Deed.of, world)),
            judge(world, rules),
            cache(partial(_deputy, world)),
            frozenset(full_name for full_name, tool, _ in world.model.operations() if tool.runs_as),
            _Unlike(),
        )

    def performers(self, of: Uses | None) -> Iterator[tuple[Performer, Collection[Grant] | None]]:
        """Every session, or those `of` some, with the grants that are asked about (None: all)."""
        world = self.world
        for name, some in (dict.fromkeys(world.all_sessions) if of is None else of).items() if self.wanted else ():
            session = world.all_sessions[name].session
            yield Performer(Actor.of(world, session), Oversight.of(world.sessions, session)), some

    def is_plain(self, grant: Grant) -> bool:
        """True if whoever has `grant` from the start uses it in one way, as it is with nearly all."""
        return not self.combines and (grant[0] not in self.lending or self.lent_of(grant) is ALONE)

    def varied(self, performer: Performer, grant: Grant, conditions: Conditions, behind: Behind) -> Iterator[Act]:
        """The uses of a grant that stands `behind` facts, or is lent, shared or approved in several ways."""
        world, session = self.world, performer.actor.session
        shares = _shared if world.sessions.resolver.limits_somebody else _whole
        asking = asked(world, session, grant, behind, conditions, performer.oversight)
        for (asks, once), (needed, lent) in product(asking, self.lent_of(grant)):
            granted = tuple(dict.fromkeys((*behind, *once, *needed)))
            for spared, under in shares(both(conditions, lent)):
                unlike = self.unlike.number(session.name, grant, granted, spared, under) if granted else 0
                yield self.act(performer, grant, under, spared, granted, unlike, asks=asks)

    def act(
        self,
        performer: Performer,
        grant: Grant,
        under: Conditions,
        spared: frozenset[str] = NOTHING,
        granted: tuple[Fact, ...] = (),
        unlike: int = 0,
        *,
        asks: bool = True,
    ) -> Act:
        """The use of `grant` by `performer` under these conditions."""
        (actor, oversight), deed = performer, self.deed_of(grant, spared)
        name, kind, world = actor.session.name, deed.kind, self.world
        if oversight and asks:
            kind = (*kind[:2], oversight.waits(grant), kind[3])
        judged = self.judged_of(name, kind, under if asks else unasked(under))
        if world.tool_sessions and (modes := world.modes_of(name, grant[0])) != world.modes:
            judged = judged.within(modes)
        return Act.of(actor, deed, judged, actor.owner(grant), granted, unlike)


def asked(
    world: World, session: Session, grant: Grant, behind: Behind, conditions: Conditions, oversight: Oversight | None
) -> tuple[tuple[bool, Behind], ...]:
    """Whether somebody is asked when `session` uses `grant`, which it has since `behind` holds, and the facts after
    which: not where a rule says that nobody is, and not any more after that was lifted."""
    if world.approvals is not None and world.approvals.spare(session, grant, role_of(world.model, behind)):
        return ((False, ()),)
    waits = world.lifted and ((oversight and oversight.waits(grant)) or conditions != unasked(conditions))
    return ((True, ()), *((False, (fact,)) for fact in (waived(session, world.lifted) if waits else ())))


@dataclass(slots=True)
class _Unlike:
    """Tells apart uses after the same grants by which they came, own or lent, where their conditions differ."""

    known: dict[tuple[object, ...], list[Conditions]] = field(default_factory=dict)

    def number(self, session: str, grant: Grant, granted: tuple[Fact, ...], spared: object, under: Conditions) -> int:
        """Which of the conditions of such a use these are, counted from 0."""
        found = self.known.setdefault((session, grant, granted, spared), [])
        if under not in found:
            found.append(under)
        return found.index(under)


def _whole(conditions: Conditions) -> Iterable[tuple[frozenset[str], Conditions]]:
    return ((NOTHING, conditions),)


def _shared(conditions: Conditions) -> Iterable[tuple[frozenset[str], Conditions]]:
    return by_spared(conditions).items()


def _deputy(world: World, grant: Grant) -> tuple[Lent, ...]:
    """The facts behind which the tool may do this, each with what the tool leaves alone: it can do no more than the
    identity that it runs as."""
    # The confused deputy (Hardy 1988): a database server with a service role answers all who ask (Supabase MCP, 2025).
    deputy, cover = world.model.tool_of(grant[0]).runs_as, world.sessions.resolver.cover
    if not deputy:
        return ALONE
    own = cover(grant, world.sessions.entitled[deputy])
    own = None if own is None else only_spared(own)
    if own == FREELY:
        return ALONE
    found: list[Lent] = [] if own is None else [((), own)]
    for added, grants in world.added.get(deputy, {}).items():
        gained = cover(grant, grants)
        if gained is not None:
            found.append((added, only_spared(gained)))
    return tuple(found)


def step_of(act: Act, way: Way, key: str, concluded: tuple[Conclusion, ...], *, wait: float = 0.0) -> Step:
    """The step that `act`, let through by `way`, takes to `concluded`; `wait` is the rate of what it waits for."""
    operation, alert, shown = act.deed.operation, act.alert, act.deed.shown
    return Step._make(  # by place: there are many, and names take twice as long
        (
            key + way.name,
            operation.effect,
            act.needs(way),
            (*concluded, *way.approves) if way.approves else concluded,
            act.grounds,
            act.deed.label,
            act.fate if not wait else f"{act.fate} -> {concluded[0].fact}",
            operation.chance * way.chance,
            operation.duration,
            next_run(wait) if wait else AT_ONCE,
            way.approval,
            alert.chance,
            alert.delay,
            act.judged.alert.logged,
            False,
            (),
            shown.chance if shown else 0.0,
        )
    )


def collected(act: Act) -> Iterator[Step]:
    """Who keeps reading a store collects each task's token when that task next runs."""
    for token, place in act.deed.late:
        for mode in act.taking:
            for way in act.judged.ways[mode]:
                made = step_of(act, way, f"{act.key(mode)} -> {token.name}", (holds(token, place),), wait=token.rate)
                yield made._replace(conclusions=kept_inside(made.conclusions, runtime_in(mode)))
