"""Who may change logging makes later steps unseen: T1562.008. What is done is done all the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import chain

from simkit.attackgraph import Conclusion, Fact, Step
from simkit.attackgraph.repeats import Repeats
from simkit.techniques.rule import Rule
from simkit.techniques.world import ASKS, ERRS, REPLAYS, STEERS, World

FROM_LOGS = frozenset({"identity", "action"})
"""Classes of events that are noticed in logs alone; what begins an attack, and damage, show by themselves."""
SESSIONS = frozenset({REPLAYS, STEERS, ERRS, ASKS})


def unseen(
    world: World, steps: list[Step], rules: Mapping[str, Rule], repeats: Repeats | None = None
) -> tuple[list[Step], Repeats | None]:
    """`steps` and `repeats`, each with the facts that keep it from being seen: that the logging was switched off of an
    identity whose session takes it, or of everybody."""
    switches = {full_name for full_name, _, operation in world.model.operations() if operation.effect == "silence"}
    if not switches:
        return steps, repeats
    if repeats is not None and any(thing.shown for thing in repeats.things):  # not all of a series are seen alike
        steps, repeats = [*steps, *repeats.steps()], None
    concluded = (step.conclusions for step in steps)
    off = _switched_off(chain(concluded, repeats.made()[0] if repeats else ()), switches)
    found = [_unseen(world, step, off) if _is_in_a_log(step, rules) else step for step in steps]
    if repeats is None:
        return found, None
    plain = [each.plain for each in repeats.series]
    series = [
        each._replace(plain=_unseen(world, step, off)) if _is_in_a_log(step, rules) else each
        for each, step in zip(repeats.series, plain, strict=True)
    ]
    return found, replace(repeats, series=series)


def _switched_off(concluded: Iterable[tuple[Conclusion, ...]], switches: set[str]) -> dict[str, tuple[Fact, ...]]:
    """By identity, the facts after which what it does is not logged any more; of everybody under an empty name."""
    found: dict[str, dict[Fact, None]] = {}
    for conclusions in concluded:
        done = [each.fact for each in conclusions if each.fact.kind == "performed" and each.fact.subject in switches]
        named = [fact for fact in done if fact.object]  # a goal may ask for the operation on any target, too
        for fact in named or done:
            found.setdefault(fact.object, {})[fact] = None
    return {name: tuple(sorted(facts)) for name, facts in found.items()}


def _is_in_a_log(step: Step, rules: Mapping[str, Rule]) -> bool:
    rule = rules[step.rule]
    return rule.event in FROM_LOGS and rule.logged != "" and (step.alert > 0 or step.logged)


def _unseen(world: World, step: Step, off: Mapping[str, tuple[Fact, ...]]) -> Step:
    silenced = tuple(dict.fromkeys(fact for name in ("", *_who(world, step)) for fact in off.get(name, ())))
    return step._replace(silenced=silenced) if silenced else step


def _who(world: World, step: Step) -> tuple[str, ...]:
    """The identities whose session takes `step`, or is opened by it: of a tier that shares one, all."""
    for fact in (*step.premises[:1], *(each.fact for each in step.conclusions)):
        if fact.kind in SESSIONS and fact.subject in world.all_sessions:
            return world.all_sessions[fact.subject].session.identities
    return ()
