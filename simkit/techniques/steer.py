"""Untrusted content steers the agent that reads it: indirect prompt injection."""

from __future__ import annotations

from collections.abc import Iterator

from simkit.attackgraph import Fact, Step
from simkit.model import Task
from simkit.techniques.carried import by_run
from simkit.techniques.inputs import Input, inputs
from simkit.techniques.rule import Relevance, Rule
from simkit.techniques.runs import TaskRuns
from simkit.techniques.world import STEERS, World, has, next_run

STEER = Rule("steer", Relevance((), ("AML.T0051.001",), ("ASI01",), ()), event="action", logged="agent", persuades=True)
RULES = (STEER,)


def steps(world: World) -> Iterator[Step]:
    """steer: tainted(r), task t of agent j reads r -> steers(session of j that serves t), with chance
    `susceptibility`, after the wait for t's next run."""
    runs = TaskRuns.of(world)
    for task in world.model.tasks.values():
        yield from (step for each in inputs(world, task) for step in _steer(world, runs, task, each))


def _steer(world: World, runs: TaskRuns, task: Task, read: Input) -> Iterator[Step]:
    """One run reads a container with all that lies in it: whichever part is tainted, it is one fate and one wait."""
    # Data and instructions share one channel (Greshake et al. 2023): what a task reads may tell its agent what to do.
    agent = world.model.identities[task.identity]
    session = world.sessions.serving(task)
    if session is None or not agent.susceptibility:
        return
    alert = world.alert(STEER, session.policy)
    name = world.contexts.of_task(world.model, session.name, task)
    won = (has(STEERS, name), *_prompt(world, name, task), *by_run(world, name, task))
    yield Step(
        key=f"steer({task.name} <- {read.source}){''.join(f' after {fact}' for fact in read.granted)}",
        fate=f"steer({task.name} <- {read.container or read.source})",
        rule="steer",
        premises=(Fact("tainted", read.source), *read.granted),
        conclusions=tuple(runs.run(fact, task) for fact in won),
        grounds=read.grounds,
        label=f"{agent.name} reads {read.source} in {task.name}",
        chance=agent.susceptibility,
        wait=next_run(world.model.runs(task)),
        again=True,
        alert=alert.chance,
        alert_delay=alert.delay,
        logged=alert.logged,
    )


def _prompt(world: World, session: str, task: Task) -> Iterator[Fact]:
    """The contexts that the task reads are before the agent's eyes in each of its runs."""
    for name in sorted(world.contexts.of(world.model, task)) if world.contexts.all else ():
        if any(name in world.model.within(read) for read in task.reads):
            yield Fact("seen", session, name)
