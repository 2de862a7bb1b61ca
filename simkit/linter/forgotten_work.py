"""Identities without a task: what a design that scopes by task seems to save there is no merit of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from simkit.linter.linter import lint
from simkit.model import Identity
from simkit.policies import GrantPolicy, Selector
from simkit.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Chosen(Selector):
    """Selects the identities in `names`."""

    names: frozenset[str] = frozenset()

    def governs(self, identity: Identity) -> bool:
        """True for those of `names`."""
        return identity.name in self.names


@dataclass(frozen=True, slots=True)
class AllBut(Selector):
    """Selects the identities that `of` selects, but those in `names`."""

    names: frozenset[str] = frozenset()
    of: Selector = field(default_factory=Selector)

    def governs(self, identity: Identity) -> bool:
        """True for those of `of` that are not in `names`."""
        return identity.name not in self.names and self.of.governs(identity)


def without_credit(scenario: Scenario, weak: GrantPolicy, strong: GrantPolicy) -> dict[str, GrantPolicy]:
    """By name, the identities that are entitled and have no task, where one of two designs scopes by task and the other
    does not, each with that other one: it governs them under both, for what is compared there is not the designs.

    One whose file says why it has no task (`# simkit: ignore[no-task] why`) is not among them.
    """
    kept = {}
    for warning in lint(scenario, codes=("no-task",)):
        identity = scenario.model.identities[str(warning.where[-1])]
        theirs = [design.governing(identity) for design in (weak, strong)]
        if theirs[0].per_task != theirs[1].per_task:
            kept[identity.name] = next(each for each in theirs if not each.per_task)
    return kept


def keeping(design: GrantPolicy, kept: Mapping[str, GrantPolicy]) -> GrantPolicy:
    """`design`, but each identity in `kept` is governed by the policy that stands there."""
    if not kept:
        return design
    rest = design.otherwise
    for leaf in dict.fromkeys(kept.values()):
        names = frozenset(name for name, policy in kept.items() if policy == leaf)
        rest = leaf.turned(applies_to=Chosen(names=names), otherwise=rest)
    own = design.applies_to if design.otherwise is not None else Selector()
    return design.turned(applies_to=AllBut(names=frozenset(kept), of=own), otherwise=rest)
