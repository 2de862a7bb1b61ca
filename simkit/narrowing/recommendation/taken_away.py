"""Which steps go with what an edit takes away, where nothing else changes: then nothing is compiled for it.

The steps of a graph say their grounds, and each ground what it rests on. Where no support is left to any alternative of
a ground, the steps that rest on it are not there any more, and all others are as they were: so the graph without them
is that of the edited scenario, but for steps that nobody can come to take. That holds of a plain world, in which who
has something has it without conditions, for himself, and for good.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from simkit.attackgraph import Fact, Ground
from simkit.engines.reach import worst_cases
from simkit.entitlements import FREELY, Grant
from simkit.narrowing.edits.supports import Supported
from simkit.scenario.loader import uncollected
from simkit.simulation.attack import Attack
from simkit.techniques.alternatives import Alternative
from simkit.techniques.ask import ASK
from simkit.techniques.copies_to_come import CopiesToCome
from simkit.techniques.grounds import granted
from simkit.techniques.lineage import Reached
from simkit.techniques.meter import metered
from simkit.techniques.world import World

LYING = "lies"
"""The kind of support with which a conclusion of a step goes, and not the step."""


@dataclass(frozen=True, slots=True, eq=False)
class TakenAway:
    """What goes with each support of the world of `attack`: `steps_on` are the steps that rest on each ground,
    `resting` the facts and grounds that rest on a fact in turn."""

    attack: Attack
    made: Supported
    copies: CopiesToCome
    steps_on: Mapping[Ground, tuple[int, ...]]
    resting: Mapping[Fact, tuple[Fact | Ground, ...]]
    possible: frozenset[Fact]
    """What can be reached at all."""
    known: dict[frozenset[Fact], tuple[int, ...] | None] = field(default_factory=dict)

    @classmethod
    @uncollected()
    def of(cls, attack: Attack, made: Supported) -> TakenAway | None:
        """What goes with the supports of `attack`, whose supported graph is `made`; None where its world is not
        plain."""
        if attack.compiled is None or not _is_plain(attack, attack.compiled.world):
            return None
        possible = _reached(attack)
        copies = CopiesToCome.of(attack.compiled.world, possible)
        if copies is None:
            return None
        steps_on: dict[Ground, list[int]] = {}
        for number, step in enumerate(attack.graph.steps):
            for ground in step.grounds:
                if ground in made.alternatives:
                    steps_on.setdefault(ground, []).append(number)
        resting: dict[Fact, list[Fact | Ground]] = {}
        for fact, ways in made.ways_of.items():
            for each in {each for way in ways for each in way}:
                resting.setdefault(each, []).append(fact)
        for ground in steps_on:
            for each in {each for way in made.alternatives[ground] for each in way}:
                resting.setdefault(each, []).append(ground)
        return cls(
            attack,
            made,
            copies,
            {ground: tuple(steps) for ground, steps in steps_on.items()},
            {fact: tuple(those) for fact, those in resting.items()},
            possible,
        )

    def steps(self, removed: frozenset[Fact]) -> tuple[int, ...] | None:
        """The steps of the graph that are not there, or never taken, once all that is `removed` is gone; None where
        more changes."""
        if removed not in self.known:
            self.known[removed] = self._steps(removed)
        return self.known[removed]

    def _steps(self, removed: frozenset[Fact]) -> tuple[int, ...] | None:
        if any(fact.kind == LYING for fact in removed):
            return None
        grounds = self._grounds(removed)
        if grounds is None:
            return None
        steps = self.attack.graph.steps
        gone: set[int] = set()
        for ground in grounds:
            ways = self.made.alternatives[ground]
            for number in self.steps_on[ground]:
                there = steps[number].premises
                if not any(set(way).issubset(there) for way in ways):
                    gone.add(number)
        lost: dict[str, set[Grant]] = {}
        for ground in grounds:
            grant = granted(ground)
            if grant is not None and ground.within:
                lost.setdefault(ground.within, set()).add(grant)
        return None if self.copies.may_matter(lost) else tuple(sorted(gone))

    def _grounds(self, removed: frozenset[Fact]) -> list[Ground] | None:
        """The grounds of which no alternative is left; None where one rests on something that may yet be reached."""
        gone, asked = set(removed), [each for fact in removed for each in self.resting.get(fact, ())]
        found: dict[Ground, None] = {}
        while asked:
            each = asked.pop()
            if isinstance(each, Fact):
                if each not in gone and all(not gone.isdisjoint(way) for way in self.made.ways_of[each]):
                    gone.add(each)
                    asked += self.resting.get(each, ())
                continue
            left = [way for way in self.made.alternatives[each] if gone.isdisjoint(way)]
            if any(self._can_hold(way) for way in left):
                if any(not self._rests_on_the_file(way) for way in left):
                    return None
                continue
            found[each] = None
        return list(found)

    def _can_hold(self, way: Alternative) -> bool:
        return all(fact in self.made.ways_of or fact in self.possible for fact in way)

    def _rests_on_the_file(self, way: Alternative) -> bool:
        return all(fact in self.made.ways_of for fact in way)


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


def _reached(attack: Attack) -> frozenset[Fact]:
    """What an attack leads to, through any of the entry points."""
    graph = attack.graph
    starts = [start for entry in graph.entries.values() for start in entry.starts]
    held = np.asarray(worst_cases(graph, starts).any(axis=0))
    return frozenset(graph.facts[number] for number in np.flatnonzero(held).tolist())
