"""Which steps of copying an entry point leads to. The others are never taken, and there may be many: all that a session
could copy, times all places, times all who read there. So they are not even made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache, partial
from itertools import chain

import numpy as np

from simkit.attackgraph import Conclusion, Entry, Fact, Ground, Step
from simkit.attackgraph.columns import led_to, linked, met
from simkit.attackgraph.form import of_form
from simkit.attackgraph.repeats import Flags, Repeats
from simkit.attackgraph.rows import StepRows
from simkit.techniques.consequences import found_in
from simkit.techniques.copies import Sight, Staging
from simkit.techniques.copy_series import found, written
from simkit.techniques.stage import FIND, STAGE, lost_with
from simkit.techniques.world import REPLAYS, STEERS, concludes, has, holds, runs_in

COPYING = frozenset({STAGE.name, FIND.name})
FEW = 1000
"""Fewer copies than this are steps like all others: arrays would take longer, and what an edit leaves stays."""

Lead = tuple[tuple[Fact, ...], tuple[Conclusion, ...]]
"""Facts that must hold together, and what they lead to."""
NO_GROUND = (Ground("flow"),)


def every_copy(staging: Staging) -> Iterator[Step]:
    """All steps of copying, whether something leads to them or not."""
    yield from written(staging).steps()
    steps, finds = found(staging)
    yield from (*steps, *finds.steps())


def with_reachable_copies(
    staging: Staging, steps: Sequence[Step], entries: Sequence[Entry], repeats: Repeats | None = None
) -> tuple[list[Step], Repeats | None]:
    """`steps` and `repeats`, and those of copying whose premises some entry point leads to, chances and time ignored;
    of `steps` that find a copy also no others. Most copies are repeats.

    No question is asked from elsewhere, and to take something away leads to less: so no answer changes.
    """
    if not staging.copies:
        return list(steps), repeats
    if staging.world.sealed.identities:  # code without a network has sessions in more ways than are guessed at here
        return without_unreachable_copies([*steps, *every_copy(staging)], entries, repeats), repeats
    led = _held(staging, steps, entries, repeats)
    stages = written(staging, led)
    there: dict[str, dict[str, None]] = {}
    for conclusions in stages.made()[0]:
        for fact in (each.fact for each in conclusions if each.fact.kind == "copied"):
            there.setdefault(fact.object, {})[fact.subject] = None
    others, finds = found(replace(staging, copies=there), led)
    plain, copies = [*steps, *others], stages.beside(finds)
    if len(copies) < FEW:
        return without_unreachable_copies([*plain, *copies.steps()], entries, repeats), repeats
    together = copies.beside(repeats) if repeats is not None else copies
    is_led_to = _led_to(StepRows(plain, together), entries)
    is_led_to[len(plain) + len(copies) :] = True
    return _kept(plain, is_led_to), together.where(is_led_to[len(plain) :])


def copies_from(staging: Staging, held: frozenset[Fact]) -> tuple[list[Step], Repeats]:
    """The steps of copying by sessions, and of copies, that are among the facts `held`: all that need nothing else, and
    some more."""
    there: dict[str, dict[str, None]] = {}
    for fact in held:
        if fact.kind == "copied":
            there.setdefault(fact.object, {})[fact.subject] = None
    steps, finds = found(replace(staging, copies=there), held)
    return steps, written(staging, held).beside(finds)


def taken_from(steps: Sequence[Step], repeats: Repeats, held: frozenset[Fact]) -> tuple[list[Step], Repeats]:
    """Those of `steps` and `repeats` that need nothing but facts that are `held`."""
    needed = np.array([*(fact in held for fact in repeats.facts), True], dtype=np.bool_)
    shared = np.array([held.issuperset(series.plain.premises) for series in repeats.series], dtype=np.bool_)
    return [s for s in steps if held.issuperset(s.premises)], repeats.where(needed[repeats.need] & shared[repeats.of])


def without_unreachable_copies(
    steps: Sequence[Step], entries: Iterable[Entry], repeats: Repeats | None = None
) -> list[Step]:
    """`steps` without those of copying whose premises no entry point leads to, by these and by `repeats`."""
    if not any(step.rule in COPYING for step in steps):
        return list(steps)
    return _kept(steps, _led_to(StepRows(steps, repeats), entries))


def _kept(steps: Sequence[Step], is_led_to: Flags) -> list[Step]:
    """Those of `steps` that are no copies, or led to."""
    return [step for step, led in zip(steps, is_led_to.tolist(), strict=False) if led or step.rule not in COPYING]


def _led_to(rows: StepRows, entries: Iterable[Entry]) -> Flags:
    """Of which rows some entry point leads to all premises."""
    begun = first_facts(entries)

    def found() -> Flags:
        index, tied = linked(rows)
        first = np.array([index[fact] for fact in begun if fact in index], dtype=np.int64)
        return met(tied["premise_ptr"], tied["premise_idx"], led_to(tied, first))

    return of_form("what is led to", rows.steps, rows.repeats, found, besides=begun)


def _held(
    staging: Staging, steps: Sequence[Step], entries: Iterable[Entry], repeats: Repeats | None
) -> frozenset[Fact]:
    """The facts to which an attack leads if everything that could be copied was copied: more than is so, and far less
    to look at."""
    leads = [*leads_of(staging)]
    leading = (Step("", "", premises, concluded, NO_GROUND) for premises, concluded in leads)
    rows = StepRows([*steps, *leading], repeats)
    index, tied = linked(rows)
    known = (fact for fact in index if fact.kind == "copied")
    first = [index[fact] for fact in (*first_facts(entries), *known) if fact in index]
    held = led_to(tied, np.array(first, dtype=np.int64))
    facts = [*index]
    return frozenset(facts[number] for number in np.flatnonzero(held).tolist()).union(first_facts(entries))


def leads_of(staging: Staging) -> Iterator[Lead]:
    """What somebody who has a session, or code in a runtime, finds in copies."""
    said = cache(partial(_concluded, staging))
    for name, hands in staging.hands.items():
        found = _found(staging, name, hands)
        if found:
            seen = tuple([concludes("seen", name, what) for what in found])
            yield (has(STEERS, name),), seen
            yield from (((Fact("tainted", place),), seen) for place in hands.given)
            yield (has(REPLAYS, name),), tuple(chain.from_iterable(map(said, found)))
    for name, hands in staging.runtimes.items():
        found = _found(staging, name, hands)
        yield (runs_in(hands.session.identities[0]),), tuple(chain.from_iterable(map(said, found)))


def _found(staging: Staging, name: str, hands: Sight) -> set[str]:
    places = staging.copies.keys() & hands.sees.keys() | staging.copies.keys() & hands.given
    there = (staging.copies[place] for place in places)
    return set[str]().union(*there).difference(staging.known(name))


def _concluded(staging: Staging, what: str) -> tuple[Conclusion, ...]:
    """What is lost with all that goes by the name of `what`, and the tokens in it, whenever they come."""
    world, every = staging.world, staging.every(what)
    tokens = [holds(token, found_in(token, each)) for each in every for token in world.held_in(each)]
    return (*chain.from_iterable(lost_with(world, each) for each in every), *tokens)


def first_facts(entries: Iterable[Entry]) -> set[Fact]:
    """What holds as soon as an attack starts, through whichever entry point."""
    roots = (step for entry in entries for variant in entry.variants for step in variant.steps)
    return {conclusion.fact for root in roots for conclusion in root.conclusions}
