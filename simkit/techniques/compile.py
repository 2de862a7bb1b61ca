"""From sessions to the attack graph: every family of techniques, joined."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial, reduce
from itertools import chain

from simkit.attackgraph import AttackGraph, Entry, Fact, Step
from simkit.attackgraph.change import rebuilt
from simkit.attackgraph.repeats import Repeats
from simkit.attackgraph.responders import Containing
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
from simkit.techniques.bundles import are_at_once, bundled
from simkit.techniques.copies import Staging
from simkit.techniques.likeness import alike
from simkit.techniques.reachable_copies import (
    copies_from,
    every_copy,
    taken_from,
    with_reachable_copies,
    without_unreachable_copies,
)
from simkit.techniques.reachable_sessions import has_idle_sessions, named_besides, of_sessions_led_to
from simkit.techniques.retries import tried_again
from simkit.techniques.rule import Rule, Technique, Uses
from simkit.techniques.world import World

FEW = 20_000
"""Fewer repeats than this become steps as soon as all are known: to look at each of them is then as quick."""
MANY_COPIES = 50_000
"""Of so many steps of copying it pays to ask first which of them any sample takes."""

Reached = Callable[[AttackGraph], Iterable[Fact]]
"""What any of the samples in question reaches in a graph, time and alerts ignored."""

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


def attack_graph(world: World, *, horizon: float, through: Collection[str] | None = None) -> AttackGraph:
    """The attack graph of `world` through any of its entry points: what is copied is only there where one of them leads
    to it. Where the attacks `through` some of them are in question, nothing else needs to be there, either, but what
    says that something can be lost at all. `horizon` is in seconds."""
    kept, repeats, entries, responders = _whole(world, *_done(world, through), through)
    return AttackGraph.build(kept, entries, responders, horizon=horizon, repeats=repeats)


def graphs_of_samples(
    world: World, *, horizon: float, through: Collection[str], reached: Reached
) -> tuple[AttackGraph, AttackGraph]:
    """The graph of `world` that tells what the attacks `through` some entry points reach at all, and that of some
    samples. In the former one thing stands for all that are seen and copied alike. Where nobody notices that, or is
    asked, it serves the samples, too. Else theirs follows each thing, but lacks what none of them does: of a million
    copies, a few hundred are left."""
    staging, attacker = Staging.of(world), world.attacker
    if not staging.copies or attacker.persists or attacker.aims_at:
        graph = attack_graph(world, horizon=horizon, through=through)
        return graph, graph
    entries = _entries(world, through)
    steps, repeats = _with_the_rest(world, *_done(world, through))

    def built(kept: list[Step], left: Repeats | None) -> AttackGraph:
        kept, left = silence.unseen(world, kept, rules(), left)
        return AttackGraph.build(kept, entries, _containment(world, kept), horizon=horizon, repeats=left)

    at_once = are_at_once(staging, steps, repeats)
    if not at_once and staging.size < MANY_COPIES:
        graph = built(*with_reachable_copies(staging, steps, entries, repeats))
        return graph, graph
    bundles, alike, alike_repeats = bundled(staging, steps, repeats)
    graph = built(*with_reachable_copies(bundles, alike, entries, alike_repeats))
    if at_once:
        return graph, graph
    held = frozenset(each for fact in reached(graph) for each in bundles.each_of(fact))
    others, copies = copies_from(staging, held)
    steps, repeats = taken_from([*steps, *others], copies if repeats is None else copies.beside(repeats), held)
    return graph, built(*_few_made([*steps, *named_besides(graph, steps, repeats)], repeats))


def _done(world: World, through: Collection[str] | None) -> tuple[list[Step], Repeats]:
    """What can be done in `world`, without copies: where the attacks `through` some entry points are in question, by
    those to whom these lead."""
    steps = [step for row in TECHNIQUES.values() if not row.in_series for step in _possible(row.steps(world))]
    if through is not None and has_idle_sessions(world):
        return of_sessions_led_to(world, steps, _entries(world, through), partial(_in_series, world))
    others, repeats = _in_series(world)
    return [*steps, *others], repeats


def _in_series(world: World, of: Uses | None = None) -> tuple[list[Step], Repeats]:
    """What all sessions do, or some, in the families whose steps are repeats, and where they are none."""
    made = [row.in_series(world, of) for row in TECHNIQUES.values() if row.in_series]
    return [step for steps, _ in made for step in steps], reduce(Repeats.beside, (repeats for _, repeats in made))


def _entries(world: World, through: Collection[str] | None) -> list[Entry]:
    return [entry for entry in enter.entries(world) if through is None or entry.name in through]


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


def _with_the_rest(world: World, steps: list[Step], repeats: Repeats | None) -> tuple[list[Step], Repeats | None]:
    """`steps` and `repeats` with what counts beside the former: the latter only read, or carry out what was read."""
    steps += list(meter.otherwise(world, steps))
    return _few_made(steps, repeats, all_of_them=world.attacker.persists or bool(world.attacker.aims_at))


def _few_made(
    steps: list[Step], repeats: Repeats | None, *, all_of_them: bool = False
) -> tuple[list[Step], Repeats | None]:
    """`steps` and `repeats`; few of the latter are steps like all others."""
    if repeats is not None and (all_of_them or len(repeats) < FEW):
        return [*steps, *repeats.steps()], None
    return steps, repeats


def _whole(
    world: World, steps: list[Step], repeats: Repeats | None = None, through: Collection[str] | None = None
) -> tuple[list[Step], Repeats | None, list[Entry], Containing]:
    """`steps` and `repeats` with the rest and what is copied, without what nobody takes: most copies are repeats; the
    entries; who responds."""
    steps, repeats = _with_the_rest(world, steps, repeats)
    staging, attacker, entries = Staging.of(world), world.attacker, _entries(world, through)
    if attacker.persists or attacker.aims_at:  # what is tried again, or helps, is asked of all that could be done
        steps += every_copy(staging)
        steps += list(tried_again(attacker, steps)) if attacker.persists else []
        steps, _ = silence.unseen(world, steps, rules())
        aimed = on_the_way(steps, attacker.aims_at) if attacker.aims_at else steps
        kept = without_unreachable_copies(aimed, entries)
    else:
        kept, repeats = with_reachable_copies(staging, steps, entries, repeats)
        kept, repeats = silence.unseen(world, kept, rules(), repeats)
    world.forget()
    return kept, repeats, entries, _containment(world, kept)


def _containment(world: World, steps: Sequence[Step]) -> Containing:
    """Who responds, also to those whom `steps` ask."""
    asked = dict.fromkeys(each.fact for step in steps if step.rule == "ask" for each in step.conclusions)
    return partial(respond.containment, world, asked)
