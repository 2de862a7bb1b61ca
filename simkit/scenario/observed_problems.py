"""What observed runs say that the model does not know."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from simkit.errors import Problem
from simkit.model import CALL_OUTCOMES, ObservedCall, ObservedRun
from simkit.model.references import Lookup, Where, dangling, is_glob, operation_problems


def observed_problems(runs: Sequence[ObservedRun], lookup: Lookup) -> Iterator[Problem]:
    """Every dangling reference in `runs`."""
    for index, run in enumerate(runs):
        where: Where = ("observed", index)
        yield from _caller(where, run, lookup)
        for place, call in enumerate(run.calls):
            yield from _call((*where, "calls", place), call, lookup)
        for place, glob in enumerate(run.blind_to):
            if glob != "*" and not lookup.matching(glob):
                yield from dangling((*where, "blind_to", place), glob, lookup.operations, "operation")


def _caller(where: Where, run: ObservedRun, lookup: Lookup) -> Iterator[Problem]:
    model = lookup.model
    if run.identity:
        yield from dangling((*where, "identity"), run.identity, model.identities, "identity")
    if not run.task:
        return
    yield from dangling((*where, "task"), run.task, model.tasks, "task")
    if run.identity and run.task in model.tasks and model.tasks[run.task].identity != run.identity:
        said = f"the task {run.task!r} is done by {model.tasks[run.task].identity!r}, this run by {run.identity!r}"
        yield Problem((*where, "identity"), f"{said}: name one of them")


def _call(where: Where, call: ObservedCall, lookup: Lookup) -> Iterator[Problem]:
    if call.operation not in lookup.operations:
        yield from dangling(where, call.operation, lookup.operations, "operation")
        return
    if call.outcome not in CALL_OUTCOMES:
        yield from dangling((*where, "outcome"), call.outcome, dict.fromkeys(CALL_OUTCOMES), "outcome")
    if is_glob(call.target):
        yield Problem((*where, "target"), f"a call is on one target, {call.target!r} is a glob: name it")
    elif call.target:
        yield from operation_problems(lookup, where, call.operation, (call.target,))
