"""What a narrowing is: an edit of the scenario, with a name that an engineer reads."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from simkit.attackgraph import Cause, Fact
from simkit.entitlements import Grant
from simkit.model import Entitlement, Model
from simkit.scenario import Scenario

SHOWN = 4
"""How many entitlements a name lists before it says how many more there are."""


@dataclass(frozen=True, slots=True)
class Narrowing(ABC):
    """An edit that takes something away from a scenario. `apply` gives the narrower scenario; nothing is mutated.

    `kind` names the family of edits, `name` is one sentence for people. Two narrowings are the same if they are equal.
    """

    kind: ClassVar[str] = ""

    @property
    @abstractmethod
    def name(self) -> str:
        """What to do, in words."""

    @abstractmethod
    def apply(self, scenario: Scenario) -> Scenario:
        """`scenario` after this edit."""

    def removes(self) -> frozenset[Fact] | None:
        """The supports (see `supports`) that are gone after this edit, where that is all that it does; else None.

        What this names exactly is screened on the graph that is there; for None the scenario is compiled again.
        """
        return None

    @abstractmethod
    def bears_on(self, cause: Cause, model: Model) -> bool:
        """True if a step with this cause is one that the edit takes away or weakens."""

    def __str__(self) -> str:
        return self.name

    def to_dict(self) -> dict[str, object]:
        """The narrowing as plain data."""
        return {"kind": self.kind, "name": self.name}


@dataclass(frozen=True, slots=True, order=True)
class Holder:
    """Who gives an entitlement: a role, or an identity directly."""

    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"

    def entitlements(self, model: Model) -> tuple[Entitlement, ...]:
        """What it gives."""
        return (model.roles if self.kind == "role" else model.identities)[self.name].entitlements

    def identities(self, model: Model) -> tuple[str, ...]:
        """Whom it gives that to."""
        if self.kind == "identity":
            return (self.name,)
        return tuple(name for name, identity in model.identities.items() if self.name in identity.roles)

    def acts_as(self, identity: str, model: Model) -> bool:
        """True if `identity`, or somebody whose tier it may share a session with, has this."""
        return any(model.tier(name) == model.tier(identity) for name in self.identities(model))

    def with_entitlements(self, scenario: Scenario, entitlements: tuple[Entitlement, ...]) -> Scenario:
        """`scenario` with this holder giving `entitlements` instead."""
        model = scenario.model
        if self.kind == "role":
            role = replace(model.roles[self.name], entitlements=entitlements)
            return with_model(scenario, roles={**model.roles, self.name: role})
        identity = replace(model.identities[self.name], entitlements=entitlements)
        return with_model(scenario, identities={**model.identities, self.name: identity})


def holders(model: Model) -> list[Holder]:
    """Every role and every identity, in the order of the model."""
    return [*(Holder("role", name) for name in model.roles), *(Holder("identity", name) for name in model.identities)]


def with_model(scenario: Scenario, **parts: Any) -> Scenario:
    """`scenario` with some parts of its model replaced."""
    return replace(scenario, model=replace(scenario.model, **parts))


def given(holder: Holder, grant: Grant) -> Fact:
    """The support that `holder` gives `grant`."""
    return Fact("given", str(holder), written(grant))


def assigned(identity: str, role: str) -> Fact:
    """The support that `identity` has `role`."""
    return Fact("assigned", identity, role)


def trusted(edge: str) -> Fact:
    """The support that the trust edge called `edge` is there."""
    return Fact("trusted", edge)


def lies(credential: str, place: str) -> Fact:
    """The support that `credential` lies in `place`: a resource, or `runtime_of` an identity."""
    return Fact("lies", credential, place)


def in_resource(resource: str) -> str:
    """How supports call a resource in which a credential lies."""
    return f"resource {resource}"


def runtime_of(identity: str) -> str:
    """How supports call the runtime of `identity`."""
    return f"runtime of {identity}"


def bearer(credential: str) -> Fact:
    """The support that whoever has `credential` can use it."""
    return Fact("bearer", credential)


def written(grant: Grant) -> str:
    """`grant` in words.

    >>> written(("crm.read", "cases"))
    'crm.read on cases'
    """
    operation, target = grant
    return f"{operation} on {target}" if target else operation


def listed(grants: Iterable[Grant], most: int = SHOWN) -> str:
    """`grants` in words, the first few."""
    names = [written(grant) for grant in grants]
    more = [f"{len(names) - most} more"] if len(names) > most else []
    return ", ".join([*names[:most], *more])
