"""What came since an earlier state: the work as it was then, and the narrowings that take back only what is new."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from simkit.artifacts.apply import Had, given
from simkit.entitlements import always
from simkit.model import Model, Task
from simkit.narrowing import AddCondition, DropEntitlements, DropRole, Holder, Narrowing
from simkit.scenario import Scenario
from simkit.techniques.givers import Givers


def with_work_of(scenario: Scenario, before: Scenario) -> Scenario:
    """`scenario` with the needs that its tasks had `before`, and none for tasks that were not there: nobody has worked
    with what is new. What tasks read stays as it is, for that is how they are attacked."""
    model = scenario.model
    known = {name for name, _, _ in model.operations()} | {*model.resources, *model.identities}
    tasks = {name: _as_it_was(each, before.model, known) for name, each in model.tasks.items()}
    return replace(scenario, model=replace(model, tasks=tasks))


def _as_it_was(task: Task, then: Model, known: set[str]) -> Task:
    if task.name not in then.tasks:
        return replace(task, needs=(), delegates_to=())
    old = then.tasks[task.name]
    needs = tuple(each for each in old.needs if {each.operation, *each.targets} <= known)
    return replace(task, needs=needs, delegates_to=tuple(each for each in old.delegates_to if each in known))


def taking_back(offers: Iterable[Narrowing], scenario: Scenario, before: Scenario) -> Iterator[Narrowing]:
    """Of `offers` those that take from somebody only what nobody let them do `before`, and ask again where a person was
    asked then; the widest first, and nothing twice."""
    had, givers = given(before), Givers(scenario.model)
    taken: set[Had] = set()
    found = [(each, set(_touched(each, givers))) for each in offers]
    for each, touched in sorted(found, key=lambda pair: -len(pair[1])):
        if isinstance(each, AddCondition):
            new = all(pair in had and always(each.condition, had[pair]) for pair in touched)
        else:
            new = not any(pair in had for pair in touched)
        if touched and new and not touched <= taken:
            taken |= touched
            yield each


def _touched(narrowing: Narrowing, givers: Givers) -> Iterator[Had]:
    """The grants, with who has each, that `narrowing` takes or puts a condition on."""
    model = givers.model
    if isinstance(narrowing, DropEntitlements):
        for identity in narrowing.holder.identities(model):
            yield from ((identity, grant) for grant in narrowing.grants)
    elif isinstance(narrowing, AddCondition):
        free = [
            grant
            for grant, conditions in givers.gives[narrowing.holder].items()
            if grant[0] in narrowing.operations and not always(narrowing.condition, conditions)
        ]
        for identity in narrowing.holder.identities(model):
            yield from ((identity, grant) for grant in free)
    elif isinstance(narrowing, DropRole):
        yield from ((narrowing.identity, grant) for grant in givers.gives[Holder("role", narrowing.role)])
