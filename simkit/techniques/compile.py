"""From sessions to the attack graph: every family of techniques, joined."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from simkit.attackgraph import AttackGraph, Containment, Entry, Step
from simkit.attackgraph.change import rebuilt
from simkit.attackgraph.repeats import Repeats
from simkit.entitlements import Grant
from simkit.techniques import (
    act,
    act_series,
    assume,
    code,
    disk,
    egress,
    enter,
    flow,
    forge,
    hijack,
    inhabit,
    meter,
    objective,
    redeem,
    respond,
    silence,
    steer,
)
from simkit.techniques.aim import on_the_way
from simkit.techniques.bundles import bundled
from simkit.techniques.copies import Staging
from simkit.techniques.likeness import alike
from simkit.techniques.reachable_copies import every_copy, with_reachable_copies, without_unreachable_copies
from simkit.techniques.retries import tried_again
from simkit.techniques.rule import Rule, Technique, Uses
from simkit.techniques.world import World

FEW = 20_000
"""Fewer repeats than this become steps as soon as all are known: to look at each of them is then as quick."""

TECHNIQUES: dict[str, Technique] = {
    "enter": Technique(enter.steps, enter.RULES),
    "redeem": Technique(redeem.steps, redeem.RULES),
    "act": Technique(act_series.steps, act.RULES, act_series.steps, act_series.in_series),
    "assume": Technique(assume.steps, assume.RULES),
    "forge": Technique(forge.steps, forge.RULES),
    "flow": Technique(flow.steps, flow.RULES, in_series=flow.in_series),
    "inhabit": Technique(inhabit.steps, inhabit.RULES),
    "disk": Technique(disk.steps, disk.RULES),
    "egress": Technique(egress.steps, egress.RULES),
    "code": Technique(code.steps, code.RULES),
    "hijack": Technique(hijack.steps, hijack.RULES),
    "steer": Technique(steer.steps, steer.RULES),
    "meter": Technique(meter.steps, meter.RULES),
    "objective": Technique(objective.steps, objective.RULES),
}
"""One row for each family of rules; a new family is one file and one row."""


def rules() -> Mapping[str, Rule]:
    """Every rule by name, family after family."""
    return {rule.name: rule for technique in TECHNIQUES.values() for rule in technique.rules}


@dataclass(frozen=True, eq=False)
class CompiledWorld:
    """A world and its attack graph, and the steps of each session in each family that makes them session by session:
    what a world that is nearly the same takes over."""

    world: World
    by_session: Mapping[str, Mapping[str, Sequence[Step]]]
    graph: AttackGraph

    @classmethod
    def of(cls, world: World, *, horizon: float, before: CompiledWorld | None = None) -> CompiledWorld:
        """`world`, compiled; `before` is another one at the same horizon, of which what is alike is not made again."""
        left = alike(before.world, world) if before else {}
        by_session = {
            name: _by_session(family.of_sessions, world, left, before.by_session[name] if before else {})
            for name, family in TECHNIQUES.items()
            if family.of_sessions
        }
        steps: list[Step] = []
        for name, family in TECHNIQUES.items():
            own = by_session.get(name)
            steps += chain.from_iterable(own.values()) if own is not None else _possible(family.steps(world))
        kept, repeats, entries, responders = _whole(world, steps)
        if before:
            return cls(world, by_session, rebuilt(before.graph, kept, entries, responders, repeats))
        return cls(world, by_session, AttackGraph.build(kept, entries, responders, horizon=horizon, repeats=repeats))


def attack_graph(
    world: World, *, horizon: float, through: Collection[str] | None = None, bundles: bool = False
) -> AttackGraph:
    """The attack graph of `world` through any of its entry points, or through those that are named: what is copied is
    only there where one of them leads to it, and with `bundles` one thing stands for all that are seen and copied
    alike. `horizon` is in seconds."""
    steps: list[Step] = []
    repeats: Repeats | None = None
    for family in TECHNIQUES.values():
        if family.in_series is None:
            steps += _possible(family.steps(world))
            continue
        others, more = family.in_series(world)
        steps += others
        repeats = more if repeats is None else repeats.beside(more)
    kept, repeats, entries, responders = _whole(world, steps, repeats, through, bundles=bundles)
    return AttackGraph.build(kept, entries, responders, horizon=horizon, repeats=repeats)


def _possible(steps: Iterable[Step]) -> Iterator[Step]:
    return (step for step in steps if step.chance > 0)


def _by_session(
    made: Callable[[World, Uses], Iterator[Step]],
    world: World,
    left: Mapping[str, Collection[Grant]],
    before: Mapping[str, Sequence[Step]],
) -> dict[str, Sequence[Step]]:
    """The steps of each session: those `before` of all grants that it uses as it did."""
    again: Uses = {name: left.get(name) for name in world.all_sessions if left.get(name) != frozenset()}
    anew: dict[str, list[Step]] = {name: [] for name in again}
    for step in _possible(made(world, again)):
        anew[step.premises[0].subject].append(step)

    def all_of(name: str) -> Sequence[Step]:
        others = again.get(name, ())
        if others is None or not others:
            return anew[name] if others is None else before[name]
        return [*(step for step in before[name] if step.ground.names[1:] not in others), *anew[name]]

    return {name: all_of(name) for name in world.all_sessions}


def _whole(
    world: World,
    steps: list[Step],
    repeats: Repeats | None = None,
    through: Collection[str] | None = None,
    *,
    bundles: bool = False,
) -> tuple[list[Step], Repeats | None, list[Entry], Containment]:
    """`steps` and `repeats` with what counts beside the former (the latter only read, or carry out what was read) and
    what is copied, without what nobody takes: most copies are repeats; the entries; who responds."""
    steps += list(meter.otherwise(world, steps))
    staging, attacker = Staging.of(world), world.attacker
    entries = [entry for entry in enter.entries(world) if through is None or entry.name in through]
    if repeats is not None and (len(repeats) < FEW or attacker.persists or attacker.aims_at):
        steps += repeats.steps()
        repeats = None
    if attacker.persists or attacker.aims_at:  # what is tried again, or helps, is asked of all that could be done
        steps += every_copy(staging)
        steps += list(tried_again(attacker, steps)) if attacker.persists else []
        steps, _ = silence.unseen(world, steps, rules())
        aimed = on_the_way(steps, attacker.aims_at) if attacker.aims_at else steps
        kept = without_unreachable_copies(aimed, entries)
    else:
        if bundles:
            staging, steps, repeats = bundled(staging, steps, repeats)
        kept, repeats = with_reachable_copies(staging, steps, entries, repeats)
        kept, repeats = silence.unseen(world, kept, rules(), repeats)
    world.forget()
    asked = dict.fromkeys(each.fact for step in kept if step.rule == "ask" for each in step.conclusions)
    return kept, repeats, entries, respond.containment(world, asked)
