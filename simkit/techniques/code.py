"""Code that an identity will execute: whoever writes it runs there, without a right to execute anything."""

from __future__ import annotations

import math
from collections.abc import Iterator

from simkit.attackgraph import Fact, Ground, Step
from simkit.distributions import DAY
from simkit.techniques.rule import Relevance, Rule
from simkit.techniques.world import World, concludes, next_run

RUN_CODE = Rule("run-code", Relevance(("T1195.002",), (), ("ASI04", "ASI05"), ("NHI3:2025",)), event="action")
RULES = (RUN_CODE,)
ONCE_A_DAY = 1 / DAY
"""Runs a second of an identity that declares no task (our assumption; `validate` says where it is made)."""


def steps(world: World) -> Iterator[Step]:
    """run-code: tainted(r), or something that r contains, j runs r -> runs_in(j), when a task of j next runs."""
    for resource in world.model.resources.values():
        for identity in resource.run_by:
            rate = math.fsum(world.model.runs(task) for task in world.model.tasks.values() if task.identity == identity)
            for part in world.model.within(resource.name):
                if part in world.taintable:
                    yield _run(world, identity, resource.name, part, rate or ONCE_A_DAY)


def _run(world: World, identity: str, resource: str, part: str, rate: float) -> Step:
    # A worm pushed workflow files that ran with the secrets of the repositories (Shai-Hulud, 2025).
    alert = world.alert(RUN_CODE, world.sessions.governing(identity))
    return Step(
        key=f"run-code({identity} <- {resource})" + (f" by {part}" if part != resource else ""),
        fate=f"run-code({identity} <- {resource})",
        rule="run-code",
        premises=(Fact("tainted", part),),
        conclusions=(concludes("runs_in", identity),),
        grounds=(Ground("code", (resource, identity)),),
        label=f"{identity} runs {resource}",
        wait=next_run(rate),
        alert=alert.chance,
        alert_delay=alert.delay,
        logged=alert.logged,
    )
