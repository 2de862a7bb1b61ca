"""Edits that make a quota smaller."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from simkit.attackgraph import Ground
from simkit.distributions import HOUR
from simkit.model import Model
from simkit.narrowing.edits.edit import Narrowing, with_model
from simkit.scenario import Scenario
from simkit.table import format_number
from simkit.techniques.grounds import granted

STEP = 10.0
"""A quota is proposed that is so many times smaller (our assumption: no file says how many records a task needs)."""


@dataclass(frozen=True, slots=True)
class LowerQuota(Narrowing):
    """An operation reads at most `per_second` records a second, for all who use it together."""

    operation: str
    per_second: float
    kind: ClassVar[str] = "lower-quota"

    @property
    def name(self) -> str:
        """Such as `Let crm.search read 50 records an hour at most`."""
        return f"Let {self.operation} read {format_number(self.per_second * HOUR)} records an hour at most"

    def apply(self, scenario: Scenario) -> Scenario:
        """The scenario with the smaller throughput; as it is where it is as small already."""
        model = scenario.model
        tool, operation = model.tool_of(self.operation), model.operation(self.operation)
        if operation.throughput is not None and operation.throughput <= self.per_second:
            return scenario
        made = replace(operation, throughput=self.per_second)
        changed = replace(tool, operations={**tool.operations, operation.name: made})
        return with_model(scenario, tools={**model.tools, tool.name: changed})

    @property
    def about(self) -> tuple[str, ...]:
        """The operation."""
        return (self.operation,)

    def bears_on(self, ground: Ground, model: Model) -> bool:
        """True for uses of the operation."""
        return (granted(ground) or ("", ""))[0] == self.operation


def lower_quotas(model: Model) -> Iterator[LowerQuota]:
    """A smaller quota for each operation that has one, where anything has records."""
    if any(resource.records for resource in model.resources.values()):
        for name, _, operation in model.operations():
            if operation.throughput is not None:
                yield LowerQuota(name, operation.throughput / STEP)
