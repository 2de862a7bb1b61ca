"""Edits that keep what an invoked agent reads from whoever invokes it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from simkit.attackgraph import Ground
from simkit.model import Model
from simkit.narrowing.edits.edit import Narrowing, with_model
from simkit.narrowing.edits.removals import goes_along
from simkit.scenario import Scenario
from simkit.techniques.grounds import granted


@dataclass(frozen=True, slots=True)
class StopAnswers(Narrowing):
    """Whoever invokes an agent along a trust edge, or by an operation, gets no answer (a queue, a webhook)."""

    edge: str = ""
    operation: str = ""
    kind: ClassVar[str] = "stop-answers"

    @property
    def name(self) -> str:
        """Such as `Give no answer along the trust edge portal -invoke-> helper`."""
        if self.edge:
            return f"Give no answer along the trust edge {self.edge}"
        return f"Give no answer to calls of {self.operation}"

    def apply(self, scenario: Scenario) -> Scenario:
        """The scenario with `answers: false` there."""
        model = scenario.model
        if self.edge:
            trust = (replace(each, answers=False) if each.name == self.edge else each for each in model.trust)
            return with_model(scenario, trust=tuple(trust))
        tool, operation = model.tool_of(self.operation), model.operation(self.operation)
        changed = replace(tool, operations={**tool.operations, operation.name: replace(operation, answers=False)})
        return with_model(scenario, tools={**model.tools, tool.name: changed})

    def bears_on(self, ground: Ground, model: Model) -> bool:
        """True for steps along the edge, and for uses of the operation."""
        return goes_along(ground, self.edge) if self.edge else (granted(ground) or ("", ""))[0] == self.operation


def silent_agents(model: Model) -> Iterator[StopAnswers]:
    """Every edge and operation by which somebody gets an answer."""
    yield from (StopAnswers(edge=edge.name) for edge in model.trust if edge.kind == "invoke" and edge.answers)
    for name, _, operation in model.operations():
        if operation.effect == "invoke" and operation.answers:
            yield StopAnswers(operation=name)
