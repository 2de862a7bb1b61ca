"""Untrusted content steers the agent that reads it: indirect prompt injection."""

from __future__ import annotations

from collections.abc import Iterator

from simkit.attackgraph import Fact, Ground, Step
from simkit.model import Task
from simkit.techniques.rule import Relevance, Rule
from simkit.techniques.runs import Runs
from simkit.techniques.world import STEERS, World, has, input_of, next_run

STEER = Rule("steer", Relevance((), ("AML.T0051.001",), ("ASI01",), ()), event="action", logged="agent", persuades=True)
RULES = (STEER,)


def steps(world: World) -> Iterator[Step]:
    """steer: tainted(r), task t of agent j reads r -> steers(session of j that serves t), with chance
    `susceptibility`, after the wait for t's next run."""
    runs = Runs.of(world)
    poisoned = {entry.task for entry in world.entries.values() if entry.kind == "poison" and entry.task}
    for task in world.model.tasks.values():
        sources = _sources(world, task) | ({input_of(task): ""} if task.name in poisoned else {})
        for source, container in sources.items():
            yield from _steer(world, runs, task, source, container)


def _sources(world: World, task: Task) -> dict[str, str]:
    """What `task` reads, and what of that lies in something that it reads: each with this container, else nothing."""
    found = dict.fromkeys(task.reads, "")
    for read in task.reads:
        for child in world.model.within(read)[1:]:
            if child in world.taintable:
                found.setdefault(child, read)
    return found


def _steer(world: World, runs: Runs, task: Task, source: str, container: str) -> Iterator[Step]:
    """One run reads a container with all that lies in it: whichever part is tainted, it is one fate and one wait."""
    agent = world.model.identities[task.identity]
    session = world.sessions.serving(task)
    if session is None or not agent.susceptibility:
        return
    alert = world.alert(STEER, session.policy)
    yield Step(
        key=f"steer({task.name} <- {source})",
        fate=f"steer({task.name} <- {container})" if container else "",
        rule="steer",
        premises=(Fact("tainted", source),),
        conclusions=(runs.run(has(STEERS, session.name), task),),
        grounds=(Ground("task", (task.name, source)),),
        label=f"{agent.name} reads {source} in {task.name}",
        chance=agent.susceptibility,
        wait=next_run(task.rate),
        again=True,
        alert=alert.chance,
        alert_delay=alert.delay,
        logged=alert.logged,
    )
