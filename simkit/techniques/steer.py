"""Untrusted content steers the agent that reads it: indirect prompt injection."""

from __future__ import annotations

from collections.abc import Iterator

from simkit.attackgraph import Conclusion, Fact, Ground, Step
from simkit.model import Task
from simkit.techniques.rule import Relevance, Rule
from simkit.techniques.world import STEERS, World, has, input_of, next_run

STEER = Rule("steer", Relevance((), ("AML.T0051.001",), ("ASI01",), ()), event="action", logged="agent", persuades=True)
RULES = (STEER,)


def steps(world: World) -> Iterator[Step]:
    """steer: tainted(r), task t of agent j reads r -> steers(session of j that serves t), with chance
    `susceptibility`, after the wait for t's next run."""
    poisoned = {entry.task for entry in world.entries.values() if entry.kind == "poison" and entry.task}
    for task in world.model.tasks.values():
        sources = [*dict.fromkeys(task.reads), *([input_of(task)] if task.name in poisoned else [])]
        yield from (step for source in sources for step in _steer(world, task, source))


def _steer(world: World, task: Task, source: str) -> Iterator[Step]:
    # Data and instructions share one channel (Greshake et al. 2023): what a task reads may tell its agent what to do.
    agent = world.model.identities[task.identity]
    session = world.sessions.serving(task)
    if session is None or not agent.susceptibility:
        return
    alert, delay = world.alert(STEER, session.policy)
    yield Step(
        key=f"steer({task.name} <- {source})",
        rule="steer",
        premises=(Fact("tainted", source),),
        conclusions=(Conclusion(has(STEERS, session.name)),),
        grounds=(Ground("task", (task.name, source)),),
        label=f"{agent.name} reads {source} in {task.name}",
        chance=agent.susceptibility,
        wait=next_run(task.rate),
        alert=alert,
        alert_delay=delay,
    )
