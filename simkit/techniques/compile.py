"""From sessions to the attack graph: every family of techniques, joined."""

from __future__ import annotations

from collections.abc import Mapping

from simkit.attackgraph import AttackGraph, Containment, Fact
from simkit.distributions import Distribution
from simkit.techniques import act, assume, enter, flow, forge, inhabit, objective, redeem, steer
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
    "steer": Technique(steer.steps, steer.RULES),
    "objective": Technique(objective.steps, objective.RULES),
}
"""One row for each family of rules; a new family is one file and one row."""


def rules() -> Mapping[str, Rule]:
    """Every rule by name, family after family."""
    return {rule.name: rule for technique in TECHNIQUES.values() for rule in technique.rules}


def attack_graph(world: World, *, horizon: float) -> AttackGraph:
    """The attack graph of `world` through any of its entry points; `horizon` is in seconds."""
    steps = [step for family in TECHNIQUES.values() for step in family.steps(world) if step.chance > 0]
    return AttackGraph.build(steps, enter.entries(world), containment(world), horizon=horizon)


def containment(world: World) -> Containment:
    """How the first alert ends the attack under the response dial of the policy.

    A credential is forgotten with chance 1 - completeness; one that the response does not reach (a third party's fixed
    secret, or an identity under a weaker policy) always lives on until its remediation lag.
    """
    forgotten: dict[Fact, float] = {}
    missed = 1.0 - world.response.completeness
    reached = world.policy.response == "manual"
    for token in world.tokens(world.model.credentials):
        chance = missed if token.governed else 1.0
        forgotten[Fact("holds", token.name)] = chance
        for entry in world.entries.values():
            if entry.target == token.credential:
                forgotten[Fact("exposed", token.name, entry.name)] = chance
    for identity in world.model.identities:
        forgotten[Fact("holds", f"minted:{identity}")] = missed if reached else 1.0
    return Containment(_response_delay(world), world.response.remediation_lag, forgotten)


def _response_delay(world: World) -> Distribution:
    """Manual: the remediation lag itself; rotation: the wait for the next one; automatic: its own delay."""
    by_dial = {"manual": world.response.remediation_lag, "rotation": world.response.rotation_delay()}
    return by_dial.get(world.policy.response, world.response.delay)
