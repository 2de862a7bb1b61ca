"""Which sessions an entry point leads to. What the others could do is never done, and that may be a million steps: so
they are not even made."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial, reduce
from itertools import chain
from operator import attrgetter
from typing import TypeVar

import numpy as np

from simkit.attackgraph import AttackGraph, Conclusion, Entry, Fact, Step
from simkit.attackgraph.order import each_once
from simkit.attackgraph.repeats import Repeats, RepeatsMade
from simkit.attackgraph.rows import column, pointers
from simkit.entitlements import Grant
from simkit.techniques import act_series, flow
from simkit.techniques.copies import Staging
from simkit.techniques.deed import NOTHING
from simkit.techniques.meter import metered
from simkit.techniques.reachable_copies import COPYING, first_facts, leads_of
from simkit.techniques.rule import Uses
from simkit.techniques.silence import SESSIONS
from simkit.techniques.stage import lost_with
from simkit.techniques.world import MINTED, World

FEW = 20_000
"""Where all sessions together have fewer grants than this, it takes no time to make all that each of them could do."""
NAMED = frozenset({"lost", "reached", "holds"})
"""Kinds of facts that count whether anything leads to them or not: people ask about losses and goals by name, and who
responds finds the secrets that open a session, though nobody stole them."""

KEPT = frozenset({"exposed", "kept"})
"""Kinds of facts by which a secret is somewhere else: who responds finds these with the secret."""

T = TypeVar("T")
Made = Callable[[Uses], tuple[list[Step], Repeats]]
"""What some sessions do: steps, and repeats."""
Offer = tuple[str, Grant | None, frozenset[Fact]]
"""A session, one of its grants (None: what it has seen), and what these may lead to."""


def has_idle_sessions(world: World) -> bool:
    """True if `world` is large, and nothing asks what those could do to whom no entry point leads. Code without a
    network has sessions in more ways than are looked at here."""
    attacker = world.attacker
    if attacker.persists or attacker.aims_at or world.sealed.identities or metered(world):
        return False
    return sum(len(reached.session.grants) for reached in world.all_sessions.values()) >= FEW


def of_sessions_led_to(
    world: World, steps: Sequence[Step], entries: Iterable[Entry], made: Made
) -> tuple[list[Step], Repeats]:
    """Those of `steps` that `entries` lead to, chances and time ignored, and what the sessions do to which they lead:
    more than is so, and never less. Besides, so that each loss, goal and secret is there that could be, what names one.
    """
    led = _Led(world.all_sessions.keys())
    for premises, concluded in leads_of(Staging.of(world)):
        led.add(premises, concluded)
    plain = [(step, led.add(step.premises, step.conclusions)) for step in steps]
    led.hold(first_facts(entries))
    rounds: list[tuple[Repeats, list[int]]] = []
    asked: dict[str, None] = {}
    while new := {name: None for name in led.sessions if name not in asked}:
        asked |= new
        others, repeats = made(new)
        plain += [(step, led.add(step.premises, step.conclusions)) for step in others]
        series = zip(repeats.series, _by_series(repeats), strict=True)
        rounds.append((repeats, [led.add(each.plain.premises, concluded) for each, concluded in series]))
    taken = [step for step, number in plain if led.is_taken(number) or any(fact.kind in NAMED for fact in step.facts())]
    left = [repeats.where(led.are_taken(numbers)[repeats.of]) for repeats, numbers in rounds]
    repeats = reduce(Repeats.beside, left, RepeatsMade().made())
    return [*taken, *_found_elsewhere(world, _unsaid(world, taken, repeats))], repeats


@dataclass(slots=True)
class _Led:
    """What facts lead to: those that are `held`, the `sessions` among them, and for each lead, by its number, how many
    facts it still needs and what it leads to. Everything counts as copied."""

    known: Collection[str]
    held: set[Fact] = field(default_factory=set)
    sessions: dict[str, None] = field(default_factory=dict)
    missing: list[int] = field(default_factory=list)
    concluded: list[Iterable[Conclusion]] = field(default_factory=list)
    behind: dict[Fact, list[int]] = field(default_factory=dict)

    def add(self, premises: Iterable[Fact], concluded: Iterable[Conclusion]) -> int:
        """The number of a new lead."""
        number = len(self.missing)
        needed = {fact for fact in premises if fact not in self.held and fact.kind != "copied"}
        self.missing.append(len(needed))
        self.concluded.append(concluded)
        for fact in needed:
            self.behind.setdefault(fact, []).append(number)
        if not needed:
            self.hold(_facts(concluded))
        return number

    def hold(self, facts: Iterable[Fact]) -> None:
        """Adds `facts`, and all that they lead to."""
        waiting = [*facts]
        while waiting:
            fact = waiting.pop()
            if fact in self.held:
                continue
            self.held.add(fact)
            if fact.kind in SESSIONS and fact.subject in self.known:
                self.sessions[fact.subject] = None
            for number in self.behind.pop(fact, ()):
                self.missing[number] -= 1
                if not self.missing[number]:
                    waiting += _facts(self.concluded[number])

    def is_taken(self, number: int) -> bool:
        """True if the lead needs nothing more."""
        return not self.missing[number]

    def are_taken(self, numbers: Sequence[int]) -> np.ndarray:
        """Which of some leads need nothing more."""
        return np.array([self.is_taken(number) for number in numbers], dtype=np.bool_)


def _by_series(repeats: Repeats) -> Iterator[Iterator[Conclusion]]:
    """For each series what its steps lead to, as it is asked for: what was told of another series is left out."""
    size, besides = max(len(repeats.conclusions), 1), repeats.more >= 0
    of = np.concatenate([repeats.of, repeats.of[besides]])
    pairs = each_once(of * size + np.concatenate([repeats.concluded, repeats.more[besides]]))
    series, numbers = np.divmod(pairs, size)
    starts = pointers(np.bincount(series, minlength=len(repeats.series)))
    told = np.zeros(size, dtype=np.bool_)

    def of_series(which: int) -> Iterator[Conclusion]:
        mine = numbers[starts[which] : starts[which + 1]]
        new = mine[~told[mine]]
        told[new] = True
        for number in new.tolist():
            yield from repeats.conclusions[number]

    return map(of_series, range(len(repeats.series)))


def _unsaid(world: World, steps: Iterable[Step], repeats: Repeats) -> set[Fact]:
    """The losses of value, and the secrets, that neither `steps` nor `repeats` name."""
    resources, tokens = world.model.resources.values(), world.tokens(world.model.credentials)
    named = {Fact("lost", each.name, impact) for each in resources for impact, value in each.value.items() if value}
    secrets = chain(column(tokens, "name"), (f"{MINTED}{name}" for name in world.model.identities))
    named.update(Fact("holds", name) for name in secrets)
    naming = [step for step in steps if step.rule not in COPYING]
    concluded = chain(column(naming, "conclusions"), repeats.made()[0])
    named.difference_update(_facts(chain.from_iterable(concluded)), *column(naming, "premises"))
    return named


def named_besides(graph: AttackGraph, steps: Iterable[Step], repeats: Repeats) -> list[Step]:
    """Steps by which `graph` names losses, goals and secrets that neither `steps` nor `repeats` name."""
    wanted = {fact for fact in graph.facts if fact.kind in NAMED or fact.kind in KEPT}
    wanted.difference_update(fact for step in steps for fact in step.facts())
    wanted.difference_update(each.fact for conclusions in repeats.made()[0] for each in conclusions)
    return [graph.steps[row] for row in sorted({_naming(graph, graph.index[fact]) for fact in wanted})]


def _naming(graph: AttackGraph, fact: int) -> int:
    """A step of `graph` that leads to `fact`, or one that needs it where none does."""
    makers = graph.maker_idx[graph.maker_ptr[fact] : graph.maker_ptr[fact + 1]]
    return int(makers[0] if len(makers) else graph.behind_idx[graph.behind_ptr[fact]])


def _found_elsewhere(world: World, wanted: set[Fact]) -> Iterator[Step]:
    """A step to each of the facts `wanted` to which something leads that a session does."""
    if not wanted:
        return
    sessions = [reached.session for reached in world.all_sessions.values()]
    given = [(each.name, [each.grants, *world.gained.get(each.name, {}).values()]) for each in sessions]
    every = set[Grant]().union(*chain.from_iterable(several for _, several in given))
    leading = _leading(wanted, every, partial(_facts_of_use, world))
    having = ((name, grants) for name, several in given for grants in several if not leading.keys().isdisjoint(grants))
    uses = [(name, grant, leading[grant]) for name, grants in having for grant in grants if grant in leading]
    yield from _first_of(wanted, uses, partial(act_series.in_series, world))
    outward = [hands for hands in Staging.of(world).hands.values() if hands.outward]
    outside = _leading(wanted, set[str]().union(*(each.sees for each in outward)), partial(_facts_outside, world))
    seen = [(each.session.name, [outside[what] for what in each.sees if what in outside]) for each in outward]
    offers = [(name, None, frozenset[Fact]().union(*facts)) for name, facts in seen if facts]
    yield from _first_of(wanted, offers, partial(flow.in_series, world))


def _leading(
    wanted: set[Fact], things: Iterable[T], leads_to: Callable[[T], frozenset[Fact]]
) -> dict[T, frozenset[Fact]]:
    """Those of `things` that lead to something `wanted`, each with all that it `leads_to`."""
    return {each: facts for each in things if not (facts := leads_to(each)).isdisjoint(wanted)}


def _facts_of_use(world: World, grant: Grant) -> frozenset[Fact]:
    """What a use of `grant` may lead to."""
    repertoire = act_series.repertoire_of(world)
    if grant[0] not in repertoire.wanted:
        return frozenset()
    deed = repertoire.deed_of(grant, NOTHING)
    late = (Fact("holds", token.name) for token, _ in deed.late)
    return frozenset(chain(_facts(deed.concluded), _facts(deed.replayed), late))


def _facts_outside(world: World, what: str) -> frozenset[Fact]:
    """What is lost, or held, by whoever carries out `what` was seen."""
    return frozenset((*_facts(lost_with(world, what)), *(Fact("holds", each.name) for each in world.held_in(what))))


def _facts(conclusions: Iterable[Conclusion]) -> Iterator[Fact]:
    return map(attrgetter("fact"), conclusions)


def _first_of(wanted: set[Fact], offers: Sequence[Offer], made: Made) -> Iterator[Step]:
    """For each of the facts `wanted` the first step to it in what is `made` of `offers`; what is found is wanted no
    more. What is never let through leads to nothing: then the next is asked."""
    while wanted:
        hoped, asked, left = set(wanted), dict[str, set[Grant] | None](), list[Offer]()
        for offer in offers:
            name, grant, facts = offer
            if facts.isdisjoint(hoped):
                left.append(offer)
                continue
            hoped -= facts
            asked[name] = None if grant is None else {*(asked.get(name) or ()), grant}
        if not asked:
            return
        others, repeats = made(asked)
        for step in chain(others, repeats.steps()):
            found = wanted.intersection(_facts(step.conclusions))
            if found:
                wanted -= found
                yield step
        offers = left
