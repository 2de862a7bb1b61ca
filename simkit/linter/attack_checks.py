"""Checks of how the attack starts, spreads and is noticed, and of what it is after."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches

from simkit.distributions import draw, quantile_table
from simkit.linter.check import Slip
from simkit.linter.entitled_checks import identity_without_task
from simkit.linter.inspected import Inspected
from simkit.model import EntryPoint, Identity, Task
from simkit.model.references import fits
from simkit.policies import NAMED
from simkit.simulation import compile_attack, goals_seen
from simkit.table import duration
from simkit.techniques import EVENT_CLASSES, rules
from simkit.techniques.world import SHOWN

MINDED = ("agent", "model")
"""Kinds of identities that words can steer, and that make mistakes."""
STAYS = ("memory", "context")
"""Kinds of resources that reach runs without being among what a task reads."""
NEAR = 0.8
"""How alike two names are that may be meant to be one (the ratio of `difflib`, our assumption)."""
HALF = 1 << 31
"""The word of the generator that draws a median."""


def poison_without_effect(inspected: Inspected) -> Iterator[Slip]:
    """An agent that reads what an entry point poisons, with the susceptibility that it has by default: none."""
    direct = {
        name: {entry for task in tasks for entry in _poisoning(inspected, inspected.model.identities[name], task)}
        for name, tasks in inspected.tasks.items()
    }
    for name, identity in inspected.model.identities.items():
        if identity.susceptibility or identity.kind not in MINDED:
            continue
        entries = direct.get(name, set()) | _heard(inspected, name, direct)
        answered = inspected.scenario.document is not None and inspected.said(("identities", name, "susceptibility"))
        if entries and not answered:
            says = (
                f"{name} {_hears(inspected, min(entries), direct.get(name, ()))}, and its susceptibility is 0, so that "
                f"nothing steers it: give it one, or write `susceptibility: 0`"
            )
            yield Slip(("identities", name), says, None, frozenset(entries))


def _hears(inspected: Inspected, entry: str, own: Iterable[str]) -> str:
    if entry not in own:
        return f"hears who reads what {entry} poisons"
    return (
        f"calls what {entry} takes over"
        if inspected.scenario.entry_points[entry].tool
        else f"reads what {entry} poisons"
    )


def _poisoning(inspected: Inspected, identity: Identity, task: Task) -> Iterator[str]:
    """The entry points whose poison a run of `task` reads."""
    for read in task.reads:
        for name in inspected.model.within(read):
            yield from inspected.poisoned.get(name, ())
    for resource in inspected.poisoned:
        if inspected.model.resources[resource].kind == "memory" and _may_read(inspected, identity, resource):
            yield from inspected.poisoned[resource]
    for entry in inspected.scenario.entry_points.values():
        if (entry.kind == "poison" and entry.task == task.name) or _is_called(inspected, entry, task):
            yield entry.name


def _is_called(inspected: Inspected, entry: EntryPoint, task: Task) -> bool:
    """True if `task` needs what `entry` takes over: one operation, or any of a tool."""
    if not (entry.operation or entry.tool):
        return False
    taken = inspected.operations(entry.operation or f"{entry.tool}.*")
    return any(fits(operation, need.operation) for operation in taken for need in task.needs)


def _heard(inspected: Inspected, name: str, direct: Mapping[str, set[str]]) -> set[str]:
    """The entry points that can steer somebody who may invoke `name`."""
    edges = (edge.source for edge in inspected.model.trust if edge.kind == "invoke" and edge.target == name)
    steered = (each for each in edges if inspected.model.identities[each].susceptibility)
    return {entry for each in steered for entry in direct.get(each, ())}


def _may_read(inspected: Inspected, identity: Identity, resource: str) -> bool:
    grants = inspected.cut.entitled[identity.name]
    return any(target == resource and inspected.model.operation(name).effect == "read" for name, target in grants)


def goal_out_of_reach(inspected: Inspected) -> Iterator[Slip]:
    """A goal that no entry point reaches, not even under the widest policy. The one check that compiles a graph."""
    scenario = inspected.scenario
    reached = goals_seen(scenario) if scenario.goals else set()
    if reached.issuperset(scenario.goals):
        return
    # the built-in one: a file may call something else by its name
    widest = compile_attack(scenario, NAMED["static-secrets"], through=scenario.entry_points)
    worst = widest.worst_cases(scenario.entry_points)
    reached |= {goal for case in worst.values() for goal in case.goals}
    for name in scenario.goals:
        if name not in reached:
            says = (
                f"no entry point reaches the goal {name} under any policy, static-secrets included: add what is "
                f"missing on the way, or remove the goal"
            )
            yield Slip(("goals", name), says)


def poison_that_nobody_reads(inspected: Inspected) -> Iterator[Slip]:
    """An entry point that poisons what no task reads or calls, and nobody remembers or runs. Where a task was
    forgotten, that explains it."""
    if any(identity_without_task(inspected)):
        return
    for name, entry in inspected.scenario.entry_points.items():
        if entry.kind != "poison" or entry.task or _is_met(inspected, entry):
            continue
        says = (
            f"{name} poisons {entry.target or entry.operation}, and no task reads it: name it under `reads` of a task, "
            f"or poison something else"
        )
        yield Slip(("entry_points", name), says, None, frozenset({name}))


def _is_met(inspected: Inspected, entry: EntryPoint) -> bool:
    """True if some task reads or calls what `entry` poisons, or somebody remembers or runs a part of it."""
    model = inspected.model
    if entry.operation:
        return any(_is_called(inspected, entry, task) for task in model.tasks.values())
    parts = set(model.within(entry.target))
    read = {part for task in model.tasks.values() for name in task.reads for part in model.within(name)}
    stays = any(model.resources[part].kind in STAYS or model.resources[part].run_by for part in parts)
    boxed = any(model.resources[name].run_by for name in model.resources if parts.intersection(model.within(name)))
    return stays or boxed or not parts.isdisjoint(read)


def scenario_without_goal(inspected: Inspected) -> Iterator[Slip]:
    """No goal at all."""
    if not inspected.scenario.goals:
        says = "no goal says what must not happen, so that only losses are counted: write at least one"
        yield Slip(("name",), says)


def alarm_without_log(inspected: Inspected) -> Iterator[Slip]:
    """A chance of detection for events that the policy in force, and those that the file compares, do not log."""
    scenario = inspected.scenario
    asked = dict.fromkeys([scenario.policy, *scenario.compare])
    levels = {policy.logging for policy in inspected.compared}
    known = rules()
    for event, detection in scenario.response.detection.items():
        of_class = known[event].event if event in known else event
        shown = SHOWN[of_class] if of_class in EVENT_CLASSES else levels
        if detection.chance and levels.isdisjoint(shown):
            where = ("response", "detection", event)
            said = ", ".join(asked)
            mend = "compare one with a stronger `response`, or take the entry away"
            yield Slip(where, f"no policy of this file logs {event}, so that nobody notices it ({said}): {mend}")


def mistake_of_no_agent(inspected: Inspected) -> Iterator[Slip]:
    """A mistake of an identity that is no agent."""
    for name, entry in inspected.scenario.entry_points.items():
        if entry.kind == "mistake" and (kind := inspected.model.identities[entry.target].kind) not in MINDED:
            says = f"{name} is a mistake of {entry.target}, a {kind} and no agent: name the agent that errs"
            yield Slip(("entry_points", name), says, None, frozenset({name}))


def entry_after_horizon(inspected: Inspected) -> Iterator[Slip]:
    """An attack that, in half of the samples at least, begins when the time is over."""
    horizon = inspected.scenario.horizon
    for name, entry in inspected.scenario.entry_points.items():
        begins = draw(quantile_table(entry.delay), HALF) / 1000
        if begins >= horizon:
            says = (
                f"{name} begins after {duration(begins)}, when the horizon of {duration(horizon)} is over: make the "
                f"horizon longer, or the delay shorter"
            )
            yield Slip(("entry_points", name, "delay"), says, None, frozenset({name}))


def delegation_without_edge(inspected: Inspected) -> Iterator[Slip]:
    """A task that delegates to somebody whom no trust edge leads to."""
    for task in inspected.model.tasks.values():
        for index, other in enumerate(task.delegates_to):
            if other not in inspected.edges.get(task.identity, ()):
                says = (
                    f"task {task.name} delegates to {other}, and no trust edge leads there from {task.identity}: add "
                    f"one under `trust`, or remove it"
                )
                yield Slip(("tasks", task.name, "delegates_to", index), says)


def environment_of_one(inspected: Inspected) -> Iterator[Slip]:
    """An environment that one thing alone is in, and that is called nearly as another."""
    places: dict[str, list[tuple[str, str]]] = {}
    for identity in inspected.model.identities.values():
        places.setdefault(identity.environment, []).append(("identities", identity.name))
    for resource in inspected.model.resources.values():
        if resource.environment:
            places.setdefault(resource.environment, []).append(("resources", resource.name))
    for environment, found in places.items():
        others = sorted(other for other, there in places.items() if len(there) > 1 and other != environment)
        near = get_close_matches(environment, others, n=1, cutoff=NEAR)
        if len(found) == 1 and near:
            section, name = found[0]
            says = (
                f"{name} alone is in the environment {environment}, which is called nearly as {near[0]}: write that, "
                f"or another name"
            )
            yield Slip((section, name, "environment"), says)


def box_of_two_environments(inspected: Inspected) -> Iterator[Slip]:
    """A resource in another environment than what contains it, or in containers of several."""
    resources = inspected.model.resources
    for name, parents in inspected.containers.items():
        own = resources[name].environment
        theirs = sorted({where for parent in parents if (where := resources[parent].environment)})
        if own and any(where != own for where in theirs):
            box = next(parent for parent in parents if resources[parent].environment not in ("", own))
            says = (
                f"{name} is of {own}, and {box}, which contains it, of {resources[box].environment}: say one for both"
            )
            yield Slip(("resources", name, "environment"), says)
        elif not own and len(theirs) > 1:
            says = f"{name} lies in containers of {' and '.join(theirs)}: say its own `environment`"
            yield Slip(("resources", name), says)
