"""What a narrowing is: an edit of the scenario, with a name that an engineer reads."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from simkit.attackgraph import Fact, Ground
from simkit.entitlements import Grant
from simkit.model import Entitlement, Model
from simkit.scenario import Scenario
from simkit.techniques.givers import Holder, written

SHOWN = 4
"""How many entitlements a name lists before it says how many more there are."""


@dataclass(frozen=True, slots=True)
class Narrowing(ABC):
    """An edit that takes something away from a scenario. `apply` gives the narrower scenario; nothing is mutated.

    `kind` names the family of edits, `name` is one sentence for people. Two narrowings are the same if they are equal.
    """

    kind: ClassVar[str] = ""
    judged: ClassVar[str] = ""
    """The measure by which it is judged where the value lost is asked about; empty: by that."""

    @property
    @abstractmethod
    def name(self) -> str:
        """What to do, in words."""

    @abstractmethod
    def apply(self, scenario: Scenario) -> Scenario:
        """`scenario` after this edit."""

    @property
    def touches(self) -> tuple[str, ...]:
        """The names of what it changes: roles, identities, credentials, resources, operations, trust edges."""
        found: list[str] = []
        for each in ("holder", "identity", "role", "credential", "resource", "operation", "edge"):
            thing = getattr(self, each, "")
            found.append(thing.name if isinstance(thing, Holder) else thing)
        found += getattr(self, "operations", ())
        found += (operation for operation, _ in getattr(self, "grants", ()))
        return tuple(dict.fromkeys(name for name in found if name))

    @property
    def how(self) -> str:
        """What of its kind it is, where there are several: a dial, a condition, a lifetime; else empty."""
        return ""

    def removes(self) -> frozenset[Fact] | None:
        """The supports (see `supports`) that are gone after this edit, where that is all that it does; else None.

        What this names exactly is screened on the graph that is there; for None the scenario is compiled again.
        """
        return None

    @property
    def about(self) -> tuple[str, ...] | None:
        """Names of which each ground that it bears on has one, or is of one; None where any ground may be one."""
        return None

    @abstractmethod
    def bears_on(self, ground: Ground, model: Model) -> bool:
        """True if a step that rests on `ground` is one that the edit takes away or weakens."""

    def __str__(self) -> str:
        return self.name

    def to_dict(self) -> dict[str, object]:
        """The narrowing as plain data."""
        return {"kind": self.kind, "name": self.name}


def with_model(scenario: Scenario, **parts: Any) -> Scenario:
    """`scenario` with some parts of its model replaced."""
    return replace(scenario, model=replace(scenario.model, **parts))


def with_entitlements(scenario: Scenario, holder: Holder, entitlements: tuple[Entitlement, ...]) -> Scenario:
    """`scenario` with `holder` giving `entitlements` instead."""
    model = scenario.model
    if holder.kind == "role":
        role = replace(model.roles[holder.name], entitlements=entitlements)
        return with_model(scenario, roles={**model.roles, holder.name: role})
    identity = replace(model.identities[holder.name], entitlements=entitlements)
    return with_model(scenario, identities={**model.identities, holder.name: identity})


def listed(grants: Iterable[Grant], most: int = SHOWN) -> str:
    """`grants` in words, the first few."""
    names = [written(grant) for grant in grants]
    more = [f"{len(names) - most} more"] if len(names) > most else []
    return ", ".join([*names[:most], *more])
