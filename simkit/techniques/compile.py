"""From sessions to the attack graph: every family of techniques, joined."""

from __future__ import annotations

from collections.abc import Mapping

from simkit.attackgraph import AttackGraph
from simkit.techniques import (
    act,
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
    steer,
)
from simkit.techniques.aim import on_the_way
from simkit.techniques.copies import Staging
from simkit.techniques.reachable_copies import every_copy, with_reachable_copies, without_unreachable_copies
from simkit.techniques.rule import Rule, Technique
from simkit.techniques.world import World

TECHNIQUES: dict[str, Technique] = {
    "enter": Technique(enter.steps, enter.RULES),
    "redeem": Technique(redeem.steps, redeem.RULES),
    "act": Technique(act.steps, act.RULES),
    "assume": Technique(assume.steps, assume.RULES),
    "forge": Technique(forge.steps, forge.RULES),
    "flow": Technique(flow.steps, flow.RULES),
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


def attack_graph(world: World, *, horizon: float) -> AttackGraph:
    """The attack graph of `world` through any of its entry points; `horizon` is in seconds."""
    steps = [step for family in TECHNIQUES.values() for step in family.steps(world) if step.chance > 0]
    steps += list(meter.otherwise(world, steps))
    entries, staging = list(enter.entries(world)), Staging.of(world)
    if world.attacker.aims_at:
        aimed = on_the_way([*steps, *every_copy(staging)], world.attacker.aims_at)
        kept = without_unreachable_copies(aimed, entries)
    else:
        kept = with_reachable_copies(staging, steps, entries)
    asked = dict.fromkeys(each.fact for step in kept if step.rule == "ask" for each in step.conclusions)
    return AttackGraph.build(kept, entries, respond.containment(world, asked), horizon=horizon)
