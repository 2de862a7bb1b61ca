"""What one session writes down and another reads: which copies there can be, and who can see what by way of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from operator import attrgetter
from typing import NamedTuple

from simkit.attackgraph import Fact
from simkit.distributions import Fixed
from simkit.entitlements import FREELY, Conditions, Grant, Grants
from simkit.model import Task
from simkit.policies import Session
from simkit.techniques.answers import asked, first_asked, told
from simkit.techniques.disk import files
from simkit.techniques.inputs import inputs
from simkit.techniques.lineage import Reached
from simkit.techniques.sealed import driven_in
from simkit.techniques.world import ERRS, MINTED, World, is_taken_over

WAYS_OUT = ("send", "write")
"""Effects that may reach outsiders."""
SOON = 1.0
"""Seconds after which a way out is open as soon as anything is written down (our assumption where that varies)."""


@dataclass(slots=True)
class Sight:
    """What one session can get hold of and hand on, chances aside.

    `sees` is all that it can read, `freely` what of that nothing can keep from it. `writes` are the places that it can
    write to where no outsider reads. `outward`: it may have a way out; `leaves_after` are the seconds after which it
    surely has one. `general` says that it has a general-purpose tool, `leads` to which sessions it leads, and `invokes`
    which of these it only gives words to. `given` is what its tasks read as their input.
    """

    session: Session
    sees: dict[str, None] = field(default_factory=dict)
    freely: set[str] = field(default_factory=set)
    writes: dict[str, float] = field(default_factory=dict)
    outward: bool = False
    general: bool = False
    leads: set[str] = field(default_factory=set)
    invokes: set[str] = field(default_factory=set)
    given: set[str] = field(default_factory=set)
    leaves_after: float | None = None

    @property
    def hands_on(self) -> bool:
        """True if a steered session can do something with what it sees."""
        return self.outward or self.general or bool(self.writes)


@dataclass(slots=True)
class Staging:
    """Who sees what, and which copies matter: `copies` are, for each place, the resources of which it may hold one.
    `runtimes` are what code sees where files lie, `asked` for each session that asks (empty: the attacker, with a
    token) those that answer it. Where things are followed as one, `one_of` says by which each goes, and `all_of` for
    which that stands. It is `whole` unless there were more copies than somebody wanted to know of.

    A copy matters if what is copied has value, holds secrets or is asked for, if who writes it has no way out that is
    as quick and as sure, and if somebody reads it who could not read the original just as well.
    """

    world: World
    hands: dict[str, Sight] = field(default_factory=dict)
    steered: frozenset[str] = frozenset()
    replayed: bool = False
    copies: dict[str, dict[str, None]] = field(default_factory=dict)
    runtimes: dict[str, Sight] = field(default_factory=dict)
    asked: dict[str, dict[str, None]] = field(default_factory=dict)
    readers: dict[str, list[Sight]] = field(default_factory=dict)
    one_of: Mapping[str, str] = field(default_factory=dict)
    all_of: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    whole: bool = True

    @classmethod
    def of(cls, world: World, most: float = math.inf) -> Staging:
        """Everything that can be staged in `world`, which keeps it. Where its size is above `most`, it may be only so
        much of it that this shows."""
        if "staging" not in world.worked_out:
            made = cls._made(world, most)
            if not made.whole:
                return made
            world.worked_out["staging"] = made
        found: Staging = world.worked_out["staging"]
        return found

    @classmethod
    def _made(cls, world: World, most: float) -> Staging:
        use_of = _KnownUses(world).__getitem__
        found = cls(world, {name: sight(world, reached, use_of) for name, reached in world.all_sessions.items()})
        found._ask()
        writing = any(hands.writes for hands in found.hands.values())
        for task in world.model.tasks.values() if writing or world.contexts.all else ():
            _give(world, found.hands, task)
        if writing:
            written = {place for hands in found.hands.values() for place in hands.writes}
            found.steered = _steerable(world, found.hands)
            found.replayed = _replayable(world)
            found.runtimes = _runtimes(world)
            for hands in (*found.hands.values(), *found.runtimes.values()):
                for place in sorted(written & (hands.sees.keys() | hands.given)):
                    found.readers.setdefault(place, []).append(hands)
            found._follow(most)
        return found

    @property
    def size(self) -> int:
        """About how many steps it takes to say who copies and who finds what."""
        written = ((place, hands) for name in self.steered for hands in [self.hands[name]] for place in hands.writes)
        made = sum(len(self.copies.get(place, {}).keys() & hands.sees.keys()) for place, hands in written)
        return made + sum(len(what) * len(self.readers.get(place, ())) for place, what in self.copies.items())

    def every(self, what: str) -> tuple[str, ...]:
        """All that goes by the name of `what`."""
        return self.all_of.get(what, (what,))

    def each_of(self, fact: Fact) -> Iterator[Fact]:
        """`fact` of all that goes by the name that it says: who sees one thing sees all of them."""
        if fact.kind == "seen":
            return (fact._replace(object=what) for what in self.every(fact.object))
        if fact.kind == "copied":
            return (fact._replace(subject=what) for what in self.every(fact.subject))
        return iter((fact,))

    def finds(self, name: str, place: str) -> Iterator[str]:
        """What the session called `name` has from the copies in `place`, and could not see as well by itself."""
        yield from self._new_to(self.runtimes.get(name) or self.hands[name], self.copies.get(place, ()))

    def known(self, name: str) -> Collection[str]:
        """What the session called `name` can see by itself as well as any copy."""
        return self._known_to(self.runtimes.get(name) or self.hands[name])

    def _known_to(self, hands: Sight) -> Collection[str]:
        return hands.freely if self.world.sparing else ()

    def _new_to(self, hands: Sight, copied: Iterable[str]) -> list[str]:
        """What of `copied` `hands` could not see as well by itself."""
        known = self._known_to(hands)
        return [what for what in copied if what not in known]

    def _ask(self) -> None:
        """Whom steered sessions ask, and what they see by it; that may be a token, and so on."""
        callers = first_asked(self.world)
        growing = bool(callers)
        while growing:
            erring = ERRS in self.world.steering
            steered = callers if erring else callers.keys() & _steerable(self.world, self.hands)
            self.asked = asked(self.world, callers, sorted(steered))
            growing = False
            for name in self.asked.keys() - {""}:
                mine = self.hands[name]
                before = len(mine.sees)
                for other in self.asked[name]:
                    mine.sees.update(dict.fromkeys(told(self.world, self.hands[other].sees)))
                growing = growing or len(mine.sees) > before
        for runtime in sorted(self.world.sealed.identities) if "" in self.asked else ():
            self.asked[driven_in(runtime)] = self.asked[""]

    def _follow(self, most: float) -> None:
        """Copies of copies: until nobody sees anything new, or the size is above `most`."""
        matters, size = cache(self.world.matters), 0
        waiting = [hands for name, hands in self.hands.items() if name in self.steered and hands.writes]
        while waiting and self.whole:
            hands = waiting.pop()
            worth = dict.fromkeys(what for what in hands.sees if matters(what))
            for place in hands.writes if worth else ():
                audience = self._audience(place, hands)
                if not audience:
                    continue
                known = set.intersection(*(reader.freely for reader in audience)) if self.world.sparing else set()
                there = self.copies.get(place, {})
                missing = worth.keys() - there.keys() - known - {place}
                if missing:
                    new = [what for what in worth if what in missing]
                    self.copies.setdefault(place, {}).update(dict.fromkeys(new))
                    waiting += [reader for reader in audience if self._learns(reader, new)]
                    size += len(new) * len(self.readers[place])
                    self.whole = size <= most

    def _audience(self, place: str, writer: Sight) -> list[Sight]:
        """Those for whom it could make a difference that `writer` copies something to `place`: nobody, if it can take
        that out itself, as soon and as surely."""
        if self.world.sparing and writer.leaves_after is not None and writer.leaves_after <= writer.writes[place]:
            return []
        return [
            reader
            for reader in self.readers.get(place, ())
            if (self.replayed and place in reader.sees)
            or (reader is not writer and reader.session.name in self.steered and reader.hands_on)
        ]

    def _learns(self, reader: Sight, new: list[str]) -> bool:
        """True if a steered `reader` sees something that it did not see, and writes things down itself."""
        if reader.session.name not in self.steered:
            return False
        before = len(reader.sees)
        reader.sees.update(dict.fromkeys(self._new_to(reader, new)))
        return len(reader.sees) > before and bool(reader.writes)


class Use(NamedTuple):
    """What a grant is good for, whoever has it: `within` are the resources that it is about, of which it `shows` those
    that it reads, or the token that it mints, and `fills` those that it writes to where no outsider reads. `seconds` is
    how long it takes where that never varies. It is `sure` if nothing keeps it from succeeding but what the session is
    under, `outward` if outsiders read what is sent or written by it, and `leads` if it may lead to other sessions;
    `general` and `taken_over` are said of its tool."""

    effect: str
    target: str
    within: tuple[str, ...]
    shows: tuple[str, ...]
    fills: tuple[str, ...]
    seconds: float | None
    sure: bool
    outward: bool
    leads: bool
    general: bool
    taken_over: bool

    @classmethod
    def of(cls, world: World, grant: Grant) -> Use:
        """What `grant` is good for in `world`."""
        operation, tool, target = world.model.operation(grant[0]), world.model.tool_of(grant[0]), grant[1]
        deputy, duration, effect = tool.runs_as, operation.duration, operation.effect
        lent = not deputy or world.sessions.resolver.cover(grant, world.sessions.entitled[deputy]) is not None
        within = world.model.within(target) if target and effect in ("read", *WAYS_OUT) else ()
        return cls(
            effect=effect,
            target=target,
            within=(),
            shows=(f"{MINTED}{target}",) if target and effect == "mint" else (),
            fills=(),
            seconds=duration.seconds if isinstance(duration, Fixed) else None,
            sure=lent and operation.chance >= 1.0,
            outward=False,
            leads=bool(target) and effect in ("invoke", "assume"),
            general=tool.general_purpose,
            taken_over=is_taken_over(world, grant[0]),
        ).about(world, within)

    def about(self, world: World, within: tuple[str, ...]) -> Use:
        """The same, of what is `within` alone."""
        resources, sinks = world.model.resources, [name for name in within if world.model.resources[name].is_sink]
        out = self.effect in WAYS_OUT and (bool(sinks) or (self.effect == "send" and not self.target))
        fills = within if self.effect == "write" else ()
        if fills and (sinks or world.contexts.all):
            fills = tuple([n for n in fills if n not in world.contexts.all and not resources[n].is_sink])
        shows = within if self.effect == "read" else self.shows
        return self._replace(within=within, shows=shows, fills=fills, outward=out)


Uses = Callable[[Grant], Use]
_GENERAL, _OUTWARD, _TAKEN_OVER, _LEADS, _FILLS = map(
    attrgetter, ("general", "outward", "taken_over", "leads", "fills")
)


class _KnownUses(dict[Grant, Use]):
    """What each grant that is asked for is good for: many are asked for again and again."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world

    def __missing__(self, grant: Grant) -> Use:
        self[grant] = Use.of(self.world, grant)
        return self[grant]


def sight(world: World, reached: Reached, use_of: Uses) -> Sight:
    """What the session that was `reached` sees; the part of a stolen one at a tool is steered by nobody."""
    found = _hands(world, reached.session, use_of)
    if reached.part is not None:
        return Sight(reached.session, sees=found.sees, freely=found.freely)
    return found


def _hands(world: World, session: Session, use_of: Uses) -> Sight:
    found = Sight(session)
    for edge, targets in world.edges.get(session.name, ()):
        if edge.kind == "invoke":
            found.invokes.update(_runs(world, targets))
        else:
            found.leads.update(targets)
    gained = world.gained.get(session.name, {}).values()
    had, later = _used(world, session, session.grants, use_of), [_used(world, session, each, use_of) for each in gained]
    uses = [*had, *chain.from_iterable(later)]
    found.general, found.outward = any(map(_GENERAL, uses)), any(map(_OUTWARD, uses)) or any(map(_TAKEN_OVER, uses))
    found.sees = dict.fromkeys(chain.from_iterable([use.shows for use in uses if use.shows]))
    for use in filter(_LEADS, uses):
        _lead(world, found, use)
    for use in filter(_FILLS, uses):
        least = SOON if use.seconds is None else use.seconds
        for name in use.fills:
            found.writes[name] = min(least, found.writes.get(name, least))
    if session.policy.context == "none" and session.policy.approves == "none":
        sure = [use for use, how in zip(had, session.grants.values(), strict=True) if use.sure and how == FREELY]
        found.freely.update(chain.from_iterable([use.within for use in sure if use.effect == "read"]))
        soon = [use.seconds for use in sure if use.outward and use.seconds is not None]
        found.leaves_after = min(soon, default=None)
    return found


def _used(world: World, session: Session, grants: Grants, use_of: Uses) -> list[Use]:
    """What `session` uses `grants` for: what is absent from it, or spared, is left out."""
    uses, resolver = [*map(use_of, grants)], world.sessions.resolver
    if not world.contexts.all and not resolver.limits_somebody:
        return uses

    def reached(use: Use, conditions: Conditions) -> tuple[str, ...]:
        there = [name for name in use.within if not world.contexts.absent(name, session.name)]
        return tuple([name for name in there if resolver.reaching(conditions, name) is not None])

    return [use.about(world, reached(use, how)) for use, how in zip(uses, grants.values(), strict=True)]


def _lead(world: World, found: Sight, use: Use) -> None:
    """Adds where `use` leads the session."""
    if use.effect == "invoke":
        found.invokes.update(_runs(world, world.sessions.by_identity[use.target]))
    else:
        found.leads.update(world.assumed.get((world.whole(found.session.name), use.target), ()))


def _runs(world: World, sessions: tuple[str, ...]) -> Iterator[str]:
    return (part for name in sessions for part in world.runs_of(name))


def _give(world: World, hands: Mapping[str, Sight], task: Task) -> None:
    """What `task` reads is before the eyes of the session in which it runs."""
    session = world.sessions.serving(task)
    if session is not None:
        mine = hands[world.contexts.of_task(world.model, session.name, task)]
        mine.given.update(each.source for each in inputs(world, task))
        for name in world.contexts.of(world.model, task) if world.contexts.all else ():
            mine.sees[name] = None


def _runtimes(world: World) -> dict[str, Sight]:
    """What code sees in runtimes in which files lie, by the name of a session that nobody cuts."""
    found: dict[str, Sight] = {}
    for identity, file in files(world):
        policy = world.sessions.governing(identity)
        made = found.setdefault(identity, Sight(Session(f"code in {identity}", (identity,), (), {}, policy)))
        made.sees.update(dict.fromkeys(name for name in world.model.within(file) if name not in world.contexts.all))
    return {hands.session.name: hands for hands in found.values()}


def _steerable(world: World, hands: Mapping[str, Sight]) -> frozenset[str]:
    """The sessions that words may reach, in the end: of agents that read what may be tainted, or whom a thief may
    invoke, and all that these may become, invoke, or open with a token that they see."""
    thieves = hands.values() if _replayable(world) else ()
    found = {each for thief in thieves for each in thief.invokes}
    for task in world.model.tasks.values():
        session = world.sessions.serving(task)
        if session is None or not world.model.identities[task.identity].susceptibility:
            continue
        if task.name in world.poisoned or any(each.source in world.taintable for each in inputs(world, task)):
            found.add(world.contexts.of_task(world.model, session.name, task))
    waiting = list(found)
    while waiting:
        name = waiting.pop()
        new = hands[name].leads | hands[name].invokes
        if hands[name].general:
            tokens = (token for what in hands[name].sees for token in world.held_in(what))
            new.update(opened for token in tokens for opened in token.sessions)
        waiting += [each for each in new if each not in found]
        found |= new
    return frozenset(found)


def _replayable(world: World) -> bool:
    """True if a token may fall into the attacker's hands by other ways than words."""
    model = world.model
    if any(entry.kind in ("leak", "compromise") for entry in world.entries.values()):
        return True
    if any(operation.effect in ("execute", "mint") for _, _, operation in model.operations()):
        return True
    return any(resource.holds or resource.run_by for resource in model.resources.values())
