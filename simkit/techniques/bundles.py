"""What is read alike, followed as one: whoever sees one thing of a bundle sees all of it, at the same moment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from simkit.attackgraph import Conclusion, Fact, Step
from simkit.attackgraph.facts import AT_ONCE
from simkit.attackgraph.repeats import Flags, Repeats
from simkit.distributions import Fixed
from simkit.techniques.copies import Staging
from simkit.techniques.stage import FIND, STAGE
from simkit.techniques.world import STEERS

Bundled = tuple[Staging, list[Step], Repeats | None]
ANYTHING = Fact("seen", "")


def bundled(staging: Staging, steps: Sequence[Step], repeats: Repeats | None) -> Bundled:
    """`staging`, `steps` and `repeats`, where one thing stands for all that are read like it and copied to the same
    places: one fact says that a session has seen them, and one that they are in a place. Of ten stores of a team which
    all its sessions read, each in a second, nine are followed with the first. What agents answer, and what lies in
    runtimes, is followed thing by thing.

    Samples reach nothing else by that, for what is drawn for one is drawn for all; and they do so at the same moments
    where `are_at_once`.
    """
    if not staging.copies or staging.asked or staging.runtimes or staging.world.sealed.identities:
        return staging, list(steps), repeats
    all_of: dict[object, list[str]] = {}
    for what, marks in _marks(staging, _seeing(steps, repeats)).items():
        all_of.setdefault(marks, []).append(what)
    one_of = {what: some[0] for some in all_of.values() if len(some) > 1 for what in some}
    together = {some[0]: tuple(some) for some in all_of.values()}
    copies = {place: dict.fromkeys(one_of.get(what, what) for what in there) for place, there in staging.copies.items()}
    return (
        replace(staging, copies=copies, one_of=one_of, all_of=together),
        [_of_bundles(step, one_of) for step in steps],
        repeats and _repeats_of_bundles(repeats, one_of),
    )


def are_at_once(staging: Staging, steps: Sequence[Step], repeats: Repeats | None) -> bool:
    """True if all of a bundle are seen and copied at the moment at which one is: no step that sees or copies is noticed
    or waits for a person (while one is asked, the run goes on for what it has seen)."""
    if _is_noticed(staging):
        return False
    seeing = [step for step in steps if any(fact.kind == "seen" for fact in step.facts())]
    writing = [step for step in steps if _writes(step)]
    if repeats is not None:
        seen = repeats.where(_is_seeing(repeats))
        if any(seen.things[number].shown for number in np.unique(seen.thing).tolist()):
            return False
        seeing += [series.plain for series in seen.series]
        writing += [series.plain for series in repeats.series if _writes(series.plain)]
    asked = any(step.approval != AT_ONCE for step in (*seeing, *writing))
    return not asked and not any(step.alert or step.logged for step in seeing)


def _is_noticed(staging: Staging) -> bool:
    """True if it may be noticed that something is copied, or found."""
    policies = {hands.session.policy for hands in staging.hands.values()}
    alerts = [staging.world.alert(rule, policy) for rule in (STAGE, FIND) for policy in policies]
    return any(alert.chance or alert.logged for alert in alerts)


def _seeing(steps: Iterable[Step], repeats: Repeats | None) -> Iterator[Step]:
    """The steps by which somebody sees something, or for which somebody must have seen it."""
    yield from (step for step in steps if any(fact.kind == "seen" for fact in step.facts()))
    if repeats is not None:
        yield from repeats.where(_is_seeing(repeats)).steps()


def _writes(step: Step) -> bool:
    return step.rule == "write" and step.premises[0].kind == STEERS


def _is_seeing(repeats: Repeats) -> Flags:
    """Which of `repeats` are such steps."""
    needed = np.array([*(fact.kind == "seen" for fact in repeats.facts), False], dtype=np.bool_)
    made = [any(each.fact.kind == "seen" for each in conclusions) for conclusions in repeats.conclusions]
    sees = np.array([*made, False], dtype=np.bool_)
    shared = np.array([any(fact.kind == "seen" for fact in each.plain.premises) for each in repeats.series], dtype=bool)
    found: Flags = needed[repeats.need] | sees[repeats.concluded] | sees[repeats.more] | shared[repeats.of]
    return found


def _marks(staging: Staging, seeing: Iterable[Step]) -> dict[str, object]:
    """By thing that may be copied, all that decides who sees it, and when: two with the same are seen together. A token
    that only comes with a run is waited for by itself; and a run that is given a place as its input finds what is
    copied there, and has not seen the place."""
    made: dict[str, set[object]] = {what: set() for there in staging.copies.values() for what in there}
    where = {what: {what} & staging.copies.keys() for what in made}
    for place, there in staging.copies.items():
        for what in there:
            where[what].add(place)
    for step in seeing:
        for each in step.conclusions:
            if each.fact.kind == "seen" and each.fact.object in made:
                made[each.fact.object].add((each.fact.subject, _timing(step), each._replace(fact=ANYTHING)))
    for name, hands in staging.hands.items():
        for what in (each for each in hands.sees if each in made):
            made[what].add((name, what in hands.freely))
    alone = {what for what in made if any(token.rate for token in staging.world.held_in(what))}
    steered = [staging.hands[name] for name in staging.steered]
    alone.update(*(hands.given & staging.copies.keys() for hands in steered if hands.hands_on))
    return {
        what: (frozenset(marks), frozenset(where[what]), what if what in alone else "") for what, marks in made.items()
    }


def _timing(step: Step) -> tuple[object, ...]:
    """What decides when `step` concludes: its fate where something is drawn for it."""
    times = (step.duration, step.wait, step.approval)
    drawn = step.chance < 1 or not all(isinstance(time, Fixed) for time in times)
    return step.premises, step.chance, times, step.again, (step.fate or step.key) if drawn else ""


def _of_bundles(step: Step, one_of: Mapping[str, str]) -> Step:
    """`step`, where one thing stands for others."""
    if not any(fact.kind == "seen" and fact.object in one_of for fact in step.facts()):
        return step
    premises = tuple([_seen_as(fact, one_of) for fact in step.premises])
    return step._replace(premises=premises, conclusions=_concluded_as(step.conclusions, one_of))


def _repeats_of_bundles(repeats: Repeats, one_of: Mapping[str, str]) -> Repeats:
    return replace(
        repeats,
        series=[each._replace(plain=_of_bundles(each.plain, one_of)) for each in repeats.series],
        facts=[_seen_as(fact, one_of) for fact in repeats.facts],
        conclusions=[_concluded_as(conclusions, one_of) for conclusions in repeats.conclusions],
    )


def _concluded_as(conclusions: tuple[Conclusion, ...], one_of: Mapping[str, str]) -> tuple[Conclusion, ...]:
    if not any(each.fact.kind == "seen" for each in conclusions):
        return conclusions
    return tuple(dict.fromkeys(each._replace(fact=_seen_as(each.fact, one_of)) for each in conclusions))


def _seen_as(fact: Fact, one_of: Mapping[str, str]) -> Fact:
    if fact.kind != "seen" or fact.object not in one_of:
        return fact
    return fact._replace(object=one_of[fact.object])
