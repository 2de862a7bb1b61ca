"""Edits that take something away whole: an entitlement, a role, a trust edge, a credential out of a store."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from simkit.attackgraph import Fact, Ground
from simkit.entitlements import Grant, Resolver
from simkit.model import Model
from simkit.narrowing.edits.edit import Narrowing, listed, with_entitlements, with_model
from simkit.narrowing.edits.globs import without
from simkit.scenario import Scenario
from simkit.techniques.givers import (
    Holder,
    assigned,
    file_named,
    given,
    in_resource,
    lies,
    resolver_of,
    runtime_of,
    trusted,
)
from simkit.techniques.grounds import credential, granted
from simkit.techniques.grounds import lies as lying


@dataclass(frozen=True, slots=True)
class DropEntitlements(Narrowing):
    """A role or identity no longer gives `grants`; a glob is opened, so that the rest of it stays."""

    holder: Holder
    grants: tuple[Grant, ...]
    kind: ClassVar[str] = "drop-entitlement"

    @property
    def name(self) -> str:
        """Such as `Drop crm.delete on cases from role support`."""
        return f"Drop {listed(self.grants)} from {self.holder}"

    def apply(self, scenario: Scenario) -> Scenario:
        """The holder without the grants."""
        kept = without(self.holder.entitlements(scenario.model), set(self.grants), Resolver(scenario.model))
        return with_entitlements(scenario, self.holder, kept)

    def removes(self) -> frozenset[Fact]:
        """The support of each grant by this holder."""
        return frozenset(given(self.holder, grant) for grant in self.grants)

    def bears_on(self, ground: Ground, model: Model) -> bool:
        """True for uses of the grants by those who have them from the holder."""
        grant = granted(ground)
        return grant in self.grants and self.holder.acts_as(ground.names[0], model)


@dataclass(frozen=True, slots=True)
class DropRole(Narrowing):
    """An identity no longer has a role."""

    identity: str
    role: str
    kind: ClassVar[str] = "drop-role"

    @property
    def name(self) -> str:
        """Such as `Take role finance from support-lead`."""
        return f"Take role {self.role} from {self.identity}"

    def apply(self, scenario: Scenario) -> Scenario:
        """The identity without the role."""
        identity = scenario.model.identities[self.identity]
        left = tuple((role, ttl) for role, ttl in identity.role_ttls if role != self.role)
        kept = replace(identity, roles=tuple(role for role in identity.roles if role != self.role), role_ttls=left)
        return with_model(scenario, identities={**scenario.model.identities, self.identity: kept})

    def removes(self) -> frozenset[Fact]:
        """The support of the assignment."""
        return frozenset({assigned(self.identity, self.role)})

    @property
    def about(self) -> tuple[str, ...]:
        """The identity."""
        return (self.identity,)

    def bears_on(self, ground: Ground, model: Model) -> bool:
        """True for uses by the identity of what the role gives."""
        grant = granted(ground)
        if grant is None or ground.names[0] != self.identity:
            return False
        return grant in resolver_of(model).gained(self.role, lifted=("denies", "boundary"))


@dataclass(frozen=True, slots=True)
class CutTrust(Narrowing):
    """A trust edge is gone."""

    edge: str
    kind: ClassVar[str] = "cut-trust"

    @property
    def name(self) -> str:
        """Such as `Cut the trust edge ci -federate-> deployer`."""
        return f"Cut the trust edge {self.edge}"

    def apply(self, scenario: Scenario) -> Scenario:
        """The scenario without the edge."""
        return with_model(scenario, trust=tuple(edge for edge in scenario.model.trust if edge.name != self.edge))

    def removes(self) -> frozenset[Fact]:
        """The support of the edge."""
        return frozenset({trusted(self.edge)})

    @property
    def about(self) -> tuple[str, ...]:
        """The edge."""
        return (self.edge,)

    def bears_on(self, ground: Ground, model: Model) -> bool:
        """True for steps along the edge."""
        return goes_along(ground, self.edge)


@dataclass(frozen=True, slots=True)
class MoveCredential(Narrowing):
    """A credential no longer lies in a resource, or (`resource` empty) in the runtime of an identity."""

    credential: str
    resource: str = ""
    identity: str = ""
    kind: ClassVar[str] = "move-credential"

    @property
    def name(self) -> str:
        """Such as `Move deploy-key out of ci-secrets`."""
        return f"Move {self.credential} out of {self.resource or 'the runtime of ' + self.identity}"

    def apply(self, scenario: Scenario) -> Scenario:
        """The place without the credential."""
        model = scenario.model
        if self.resource:
            resource = model.resources[self.resource]
            emptied = replace(resource, holds=tuple(name for name in resource.holds if name != self.credential))
            return with_model(scenario, resources={**model.resources, self.resource: emptied})
        identity = model.identities[self.identity]
        left = replace(identity, runtime_holds=tuple(n for n in identity.runtime_holds if n != self.credential))
        return with_model(scenario, identities={**model.identities, self.identity: left})

    def removes(self) -> frozenset[Fact]:
        """The support that the credential lies there."""
        place = in_resource(self.resource) if self.resource else runtime_of(self.identity)
        return frozenset({lies(self.credential, place)})

    @property
    def about(self) -> tuple[str, ...]:
        """The credential."""
        return (self.credential,)

    def bears_on(self, ground: Ground, model: Model) -> bool:
        """True for uses of the credential."""
        return ground == credential(self.credential)


@dataclass(frozen=True, slots=True)
class MoveFile(Narrowing):
    """A resource no longer lies as a file in the runtime of an identity."""

    resource: str
    identity: str
    kind: ClassVar[str] = "move-file"

    @property
    def name(self) -> str:
        """Such as `Move dotenv out of the runtime of coder`."""
        return f"Move {self.resource} out of the runtime of {self.identity}"

    def apply(self, scenario: Scenario) -> Scenario:
        """The runtime without the file."""
        identity = scenario.model.identities[self.identity]
        left = replace(identity, runtime_holds=tuple(name for name in identity.runtime_holds if name != self.resource))
        return with_model(scenario, identities={**scenario.model.identities, self.identity: left})

    def removes(self) -> frozenset[Fact]:
        """The support that the file lies there."""
        return frozenset({lies(file_named(self.resource), runtime_of(self.identity))})

    def bears_on(self, ground: Ground, model: Model) -> bool:
        """True for what code does with the file."""
        return ground == lying(file_named(self.resource), runtime_of(self.identity))


def goes_along(ground: Ground, edge: str) -> bool:
    """True if `ground` is the trust edge called `edge`.

    >>> goes_along(Ground("trust", ("ci", "assume", "deployer")), "ci -assume-> deployer")
    True
    """
    return ground.kind == "trust" and "{} -{}-> {}".format(*ground.names) == edge
