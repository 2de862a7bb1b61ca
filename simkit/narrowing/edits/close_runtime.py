"""Edits that take the network away from code."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from simkit.attackgraph import Ground
from simkit.model import Model
from simkit.narrowing.edits.edit import Narrowing, with_model
from simkit.scenario import Scenario


@dataclass(frozen=True, slots=True)
class CloseRuntime(Narrowing):
    """Code in the runtime of an identity has no network of its own (a sandbox, a network policy)."""

    identity: str
    kind: ClassVar[str] = "close-runtime"

    @property
    def name(self) -> str:
        """Such as `Take the network away from code in the runtime of coder`."""
        return f"Take the network away from code in the runtime of {self.identity}"

    def apply(self, scenario: Scenario) -> Scenario:
        """The identity with `egress: none`."""
        people = scenario.model.identities
        return with_model(scenario, identities={**people, self.identity: replace(people[self.identity], egress="none")})

    @property
    def about(self) -> tuple[str, ...]:
        """The identity."""
        return (self.identity,)

    def bears_on(self, ground: Ground, model: Model) -> bool:
        """True for what code takes that runs there."""
        return ground.kind == "flow" and ground.names[0] == self.identity


def closed_runtimes(model: Model) -> Iterator[CloseRuntime]:
    """Every runtime that has a network."""
    yield from (CloseRuntime(name) for name, identity in model.identities.items() if identity.egress != "none")
