"""Which steps go with what an edit takes away, where nothing else changes: then nothing is compiled for it.

The steps of a graph say their grounds, and each ground what it rests on. Where no support is left to any alternative of
a ground, the steps that rest on it are not there any more, and all others are as they were: so the graph without them
is that of the edited scenario, but for steps that nobody can come to take. That holds of a plain world, in which who
has something has it without conditions, for himself, and for good.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from itertools import chain

import numpy as np

from simkit.attackgraph import Fact, Ground
from simkit.engines.reach import Held, worst_cases
from simkit.entitlements import FREELY, Grant
from simkit.scenario.loader import uncollected
from simkit.simulation.attack import Attack
from simkit.techniques.alternatives import Alternatives
from simkit.techniques.ask import ASK
from simkit.techniques.copies_to_come import CopiesToCome
from simkit.techniques.givers import Ways
from simkit.techniques.grounds import expanded, granted
from simkit.techniques.lineage import Reached
from simkit.techniques.meter import metered
from simkit.techniques.world import World

LYING = "lies"
"""The kind of support with which a conclusion of a step goes, and not the step."""


@dataclass(frozen=True, slots=True, eq=False)
class _Gone:
    """The `facts` that hold no more, the `grounds` of which no alternative is left, the `steps` that go with these."""

    facts: Set[Fact]
    grounds: Set[Ground]
    steps: frozenset[int]


_NOTHING = _Gone(frozenset(), frozenset(), frozenset())


@dataclass(frozen=True, slots=True, eq=False)
class TakenAway:
    """What goes with each support of the world of `attack`: `ways` are the alternatives of each ground and of what they
    rest on in turn, `resting` the facts and grounds that rest on a fact, and `steps_on` the steps that rest on each
    ground, of those that can be taken at all."""

    attack: Attack
    copies: CopiesToCome
    ways: Mapping[Fact | Ground, Ways]
    resting: Mapping[Fact, Sequence[Fact | Ground]]
    steps_on: Mapping[Ground, Sequence[int]]
    possible: frozenset[Fact]
    """What can be reached at all."""
    known: dict[frozenset[Fact], _Gone | None] = field(default_factory=dict)

    @classmethod
    @uncollected()
    def of(cls, attack: Attack) -> TakenAway | None:
        """What goes with the supports of `attack`; None where its world is not plain."""
        if attack.compiled is None or not _is_plain(attack, attack.compiled.world):
            return None
        held = _reached(attack)
        possible = frozenset(attack.graph.facts[number] for number in np.flatnonzero(held).tolist())
        copies = CopiesToCome.of(attack.compiled.world, possible)
        if copies is None:
            return None
        known, steps = Alternatives.of(attack.compiled.world), attack.graph.steps
        steps_on: dict[Ground, list[int]] = {each: [] for step in steps if step.premises for each in step.grounds}
        for number in attack.graph.met_by(held):
            for ground in steps[number].grounds:
                steps_on[ground].append(number)
        of_grounds: dict[Ground, Ways] = {each: tuple(map(frozenset, expanded(known, each))) for each in steps_on}
        ways = dict[Fact | Ground, Ways](chain(of_grounds.items(), known.ways_of.items()))
        resting: dict[Fact, list[Fact | Ground]] = {}
        for each, those in ways.items():
            for fact in those[0] if len(those) == 1 else frozenset[Fact]().union(*those):
                resting.setdefault(fact, []).append(each)
        return cls(attack, copies, ways, resting, steps_on, possible)

    def steps(self, removed: frozenset[Fact]) -> tuple[int, ...] | None:
        """The steps of the graph that can be taken, but not once all that is `removed` is gone; None where more
        changes."""
        if removed not in self.known:
            self.known[removed] = self._gone(removed)
        found = self.known[removed]
        return None if found is None else tuple(sorted(found.steps))

    def _gone(self, removed: frozenset[Fact]) -> _Gone | None:
        """What goes with all that is `removed`, of which some may be known to go with a part of it; None where more
        changes."""
        if any(fact.kind == LYING for fact in removed):
            return None
        parts = (gone for part, gone in self.known.items() if gone is not None and part < removed)
        before = max(parts, key=lambda gone: len(gone.facts), default=_NOTHING)
        facts, grounds = {*before.facts, *removed}, set(before.grounds)
        if not self._follow(removed - before.facts, facts, grounds):
            return None
        lost: dict[str, set[Grant]] = {}
        for ground in grounds:
            grant = granted(ground)
            if grant is not None and ground.within:
                lost.setdefault(ground.within, set()).add(grant)
        if self.copies.may_matter(lost):
            return None
        return _Gone(facts, grounds, before.steps.union(*map(self._resting_on, grounds - before.grounds)))

    def _follow(self, removed: Iterable[Fact], facts: set[Fact], grounds: set[Ground]) -> bool:
        """Adds to `facts` what holds no more once those that were `removed` are gone, and to `grounds` those of which
        no alternative is left; False where one rests on something that may yet be reached."""
        asked = [each for fact in removed for each in self.resting.get(fact, ())]
        while asked:
            each = asked.pop()
            if isinstance(each, Fact):
                if each not in facts and all(not facts.isdisjoint(way) for way in self.ways[each]):
                    facts.add(each)
                    asked += self.resting.get(each, ())
                continue
            left = [way for way in self.ways[each] if facts.isdisjoint(way)]
            if not any(self._can_hold(way) for way in left):
                grounds.add(each)
            elif any(not self._rests_on_the_file(way) for way in left):
                return False
        return True

    def _resting_on(self, ground: Ground) -> Iterator[int]:
        """The steps that go with `ground`: all on it, but those that say one of its alternatives themselves."""
        steps = self.attack.graph.steps
        for number in self.steps_on[ground]:
            there = steps[number].premises
            if not any(way.issubset(there) for way in self.ways[ground]):
                yield number

    def _can_hold(self, way: frozenset[Fact]) -> bool:
        return all(fact in self.ways or fact in self.possible for fact in way)

    def _rests_on_the_file(self, way: frozenset[Fact]) -> bool:
        return all(fact in self.ways for fact in way)


def _is_plain(attack: Attack, world: World) -> bool:
    """True if a grant is there or not, and nothing else depends on who has which."""
    resolver, model = world.sessions.resolver, world.model
    widened = world.added or world.lifted or world.gained or world.approvals is not None
    apart = world.contexts.all or world.tool_sessions or world.sealed.identities or world.asking or world.speaking
    stubborn = world.attacker.persists or world.attacker.aims_at
    silenced = any(operation.effect == "silence" for _, _, operation in model.operations())
    if widened or apart or stubborn or silenced or metered(world) or resolver.limits_somebody:
        return False
    if any(edge.attenuates for edge in model.trust) or any(each.role_ttls for each in model.identities.values()):
        return False
    if any(step.rule == ASK.name for step in attack.graph.steps):
        return False
    return all(map(_is_of_one, world.all_sessions.values()))


def _is_of_one(reached: Reached) -> bool:
    """True for what one identity may do by itself, unconditionally, and without anybody who is asked or looks."""
    session = reached.session
    policy = session.policy
    whole = reached.source is None and reached.part is None and not session.audience and session.lasts is None
    alone = len(session.identities) == 1 and not session.holders
    unasked = policy.context == "none" and policy.approves == "none" and policy.scope == "role"
    return whole and alone and unasked and all(conditions == FREELY for conditions in session.grants.values())


def _reached(attack: Attack) -> Held:
    """What an attack leads to, through any of the entry points."""
    starts = [start for entry in attack.graph.entries.values() for start in entry.starts]
    return np.asarray(worst_cases(attack.graph, starts).any(axis=0))
