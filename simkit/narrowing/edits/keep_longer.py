"""Edits that let what was done be undone for longer: a soft delete, a point in time to go back to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from simkit.attackgraph import Ground
from simkit.distributions import DAY
from simkit.entitlements import Resolver
from simkit.model import Model, Operation
from simkit.narrowing.edits.edit import Narrowing, with_model
from simkit.narrowing.edits.responses import may_alarm
from simkit.scenario import Scenario
from simkit.table import duration
from simkit.techniques.grounds import granted

KEPT = {"delete": 30 * DAY, "write": 7 * DAY}
"""Seconds for which it can be undone, by effect: a bin that is emptied after 30 days, a database that goes back to any
second of the last 7 days (usual settings of cloud stores; our assumption here)."""


@dataclass(frozen=True, slots=True)
class KeepLonger(Narrowing):
    """What an operation deletes or overwrites can be undone for so many seconds. It is lost all the same, and not for
    good, which is what this is judged by."""

    operation: str
    seconds: float
    kind: ClassVar[str] = "keep-longer"
    judged: ClassVar[str] = "value-lost-for-good"

    @property
    def name(self) -> str:
        """Such as `Let what cloud.delete does be undone for 30 d`."""
        return f"Let what {self.operation} does be undone for {duration(self.seconds)}"

    def apply(self, scenario: Scenario) -> Scenario:
        """The operation with the time; as it is where the file gives it as much already."""
        model = scenario.model
        tool, operation = model.tool_of(self.operation), model.operation(self.operation)
        if operation.undo is not None and operation.undo >= self.seconds:
            return scenario
        made = replace(operation, undo=self.seconds)
        changed = replace(tool, operations={**tool.operations, operation.name: made})
        return with_model(scenario, tools={**model.tools, tool.name: changed})

    def bears_on(self, ground: Ground, model: Model) -> bool:
        """True for uses of the operation."""
        return (granted(ground) or ("", ""))[0] == self.operation


def kept_longer(scenario: Scenario) -> Iterator[KeepLonger]:
    """For each operation that changes or deletes what has a value, where somebody could hear of it: a time to undo it
    that is longer than what the file gives."""
    if not may_alarm(scenario):
        return
    model, resolver = scenario.model, Resolver(scenario.model)
    for name, _, operation in model.operations():
        seconds = KEPT.get(operation.effect)
        if seconds is None:
            continue
        own = [target for _, target in resolver.grants(name)] if operation.targets else model.targets_of(operation)
        done_to = [part for target in own for part in model.within(target)]
        if _matters(model, done_to) and all(now < seconds for now in _undone_for(model, operation, done_to)):
            yield KeepLonger(name, seconds)


def _matters(model: Model, done_to: Iterable[str]) -> bool:
    """True if something that is changed has a value that can come back."""
    return any(
        value
        for part in done_to
        for impact, value in model.resources[part].value.items()
        if impact != "confidentiality"
    )


def _undone_for(model: Model, operation: Operation, done_to: Iterable[str]) -> Iterator[float]:
    """For how long what it does can be undone now, of each thing that it does it to."""
    for part in done_to:
        own = model.resources[part].undo if operation.undo is None else operation.undo
        yield own or 0.0
