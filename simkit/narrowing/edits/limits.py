"""Edits that leave what is given as it is, and take it away from one identity: a deny."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from simkit.attackgraph import Ground
from simkit.entitlements import Grant
from simkit.model import Entitlement, Model
from simkit.narrowing.edits.edit import Narrowing, listed, with_model
from simkit.narrowing.edits.globs import by_operation
from simkit.privilege import OverPrivilege
from simkit.scenario import Scenario
from simkit.techniques.givers import Givers, Holder
from simkit.techniques.grounds import granted


@dataclass(frozen=True, slots=True)
class AddDeny(Narrowing):
    """An identity is denied `grants`, whoever gives them now or later."""

    identity: str
    grants: tuple[Grant, ...]
    kind: ClassVar[str] = "add-deny"

    @property
    def name(self) -> str:
        """Such as `Deny support-lead pay.refund on ledger`."""
        return f"Deny {self.identity} {listed(self.grants)}"

    def apply(self, scenario: Scenario) -> Scenario:
        """The identity with the denies that it does not have yet."""
        identity = scenario.model.identities[self.identity]
        denies = dict.fromkeys((*identity.denies, *_denies(self.grants)))
        made = replace(identity, denies=tuple(denies))
        return with_model(scenario, identities={**scenario.model.identities, self.identity: made})

    def bears_on(self, ground: Ground, model: Model) -> bool:
        """True for uses of the grants by the identity."""
        return granted(ground) in self.grants and ground.names[0] == self.identity


def _denies(grants: Iterable[Grant]) -> Iterator[Entitlement]:
    for operation, targets in by_operation(grants).items():
        yield Entitlement(operation, () if "" in targets else tuple(targets))


def denies(model: Model, privilege: OverPrivilege, givers: Givers) -> Iterator[AddDeny]:
    """For each identity what it does not need of what a role gives that somebody else needs; and what it may gain
    during the attack and never needs."""
    spare: dict[str, list[Grant]] = {}
    needed = set()
    for use in privilege.grants:
        grant = (use.operation, use.target)
        if use.unneeded:
            spare.setdefault(use.identity, []).append(grant)
        else:
            needed.add((use.identity, grant))
    for name, grants in spare.items():
        roles = [holder for holder, _ in givers.of(name) if holder.kind == "role"]
        shared = tuple(g for g in grants if any(g in givers.gives[r] and _needs(needed, r, g, model) for r in roles))
        if shared:
            yield AddDeny(name, shared)
    for name, role in dict.fromkeys(_gaining(model, givers)):
        own = givers.resolver.identity(name)
        more = tuple(grant for grant in givers.resolver.gained(role) if grant not in own)
        if more:
            yield AddDeny(name, more)


def _gaining(model: Model, givers: Givers) -> Iterator[tuple[str, str]]:
    """Each identity that somebody may give a role to, with that role."""
    for grants in givers.gives.values():
        for operation, target in grants:
            role = model.operation(operation).role
            if role and target:
                yield target, role


def _needs(needed: set[tuple[str, Grant]], role: Holder, grant: Grant, model: Model) -> bool:
    return any((name, grant) in needed for name in role.identities(model))
