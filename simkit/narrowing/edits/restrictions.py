"""Edits that leave a thing in place and make it narrower: targets, trust, lifetimes, senders, conditions, dials."""

from __future__ import annotations

import glob
from dataclasses import dataclass, replace
from typing import ClassVar

from simkit.attackgraph import Fact, Ground
from simkit.entitlements import Resolver
from simkit.model import Credential, Model
from simkit.narrowing.edits.edit import Narrowing, with_entitlements, with_model
from simkit.narrowing.edits.globs import bound, guarded
from simkit.narrowing.edits.removals import goes_along
from simkit.policies import GrantPolicy, Selector, named_policies
from simkit.scenario import Scenario
from simkit.table import duration
from simkit.techniques.givers import Holder, bearer, resolver_of
from simkit.techniques.grounds import credential, granted, kind_of


@dataclass(frozen=True, slots=True)
class BindTargets(Narrowing):
    """A role or identity gives an operation on `targets` only: those that tasks need, or what they contain."""

    holder: Holder
    operation: str
    targets: tuple[str, ...]
    kind: ClassVar[str] = "bind-targets"

    @property
    def name(self) -> str:
        """Such as `Bind crm.read of role support to case-eu`."""
        return f"Bind {self.operation} of {self.holder} to {', '.join(self.targets)}"

    def apply(self, scenario: Scenario) -> Scenario:
        """The holder with the operation bound."""
        given = self.holder.entitlements(scenario.model)
        return with_entitlements(
            scenario, self.holder, bound(given, self.operation, self.targets, Resolver(scenario.model))
        )

    @property
    def about(self) -> tuple[str, ...]:
        """The operation."""
        return (self.operation,)

    def bears_on(self, ground: Ground, model: Model) -> bool:
        """True for uses of the operation on anything else."""
        operation, target = granted(ground) or ("", "")
        if operation != self.operation or target in self.targets:
            return False
        return self.holder.acts_as(ground.names[0], model)


@dataclass(frozen=True, slots=True)
class AttenuateTrust(Narrowing):
    """Along a trust edge a session keeps only what both identities may do."""

    edge: str
    kind: ClassVar[str] = "attenuate-trust"

    @property
    def name(self) -> str:
        """Such as `Attenuate the trust edge ci -assume-> deployer`."""
        return f"Attenuate the trust edge {self.edge}: only what both may do"

    def apply(self, scenario: Scenario) -> Scenario:
        """The scenario with the edge attenuated."""
        edges = (replace(e, attenuates=True) if e.name == self.edge else e for e in scenario.model.trust)
        return with_model(scenario, trust=tuple(edges))

    @property
    def about(self) -> tuple[str, ...]:
        """The edge."""
        return (self.edge,)

    def bears_on(self, ground: Ground, model: Model) -> bool:
        """True for steps along the edge."""
        return goes_along(ground, self.edge)


@dataclass(frozen=True, slots=True)
class ShortenTtl(Narrowing):
    """A credential lives at most `ttl` seconds, really."""

    credential: str
    ttl: float
    kind: ClassVar[str] = "shorten-ttl"

    @property
    def how(self) -> str:
        """The longest life, such as `15 min`."""
        return duration(self.ttl)

    @property
    def name(self) -> str:
        """Such as `Let deploy-key live 1 h at most`."""
        return f"Let {self.credential} live {duration(self.ttl)} at most"

    def apply(self, scenario: Scenario) -> Scenario:
        """The credential with the ttl, as documented and as measured."""
        credential = scenario.model.credentials[self.credential]
        measured = None if credential.effective_ttl is None else min(self.ttl, credential.effective_ttl)
        documented = self.ttl if credential.ttl is None else min(self.ttl, credential.ttl)
        return _with_credential(scenario, replace(credential, ttl=documented, effective_ttl=measured))

    @property
    def about(self) -> tuple[str, ...]:
        """The credential."""
        return (self.credential,)

    def bears_on(self, ground: Ground, model: Model) -> bool:
        """True for uses of the credential."""
        return ground == credential(self.credential)


@dataclass(frozen=True, slots=True)
class ShortenSession(Narrowing):
    """What a trust edge opens lives at most `ttl` seconds."""

    edge: str
    ttl: float
    kind: ClassVar[str] = "shorten-ttl"

    @property
    def how(self) -> str:
        """The longest life, such as `15 min`."""
        return duration(self.ttl)

    @property
    def name(self) -> str:
        """Such as `Let sessions opened by ci -assume-> deployer live 15 min at most`."""
        return f"Let sessions opened by {self.edge} live {duration(self.ttl)} at most"

    def apply(self, scenario: Scenario) -> Scenario:
        """The scenario with the edge's ttl shortened."""
        edges = (replace(e, ttl=min(e.ttl, self.ttl)) if e.name == self.edge else e for e in scenario.model.trust)
        return with_model(scenario, trust=tuple(edges))

    @property
    def about(self) -> tuple[str, ...]:
        """The edge."""
        return (self.edge,)

    def bears_on(self, ground: Ground, model: Model) -> bool:
        """True for steps along the edge."""
        return goes_along(ground, self.edge)


@dataclass(frozen=True, slots=True)
class ShortenRole(Narrowing):
    """A role of an identity is active for at most `ttl` seconds at a time, also one that it always had."""

    identity: str
    role: str
    ttl: float
    kind: ClassVar[str] = "shorten-ttl"

    @property
    def how(self) -> str:
        """The longest life, such as `15 min`."""
        return duration(self.ttl)

    @property
    def name(self) -> str:
        """Such as `Let role production of engineer be active for 1 h at most`."""
        return f"Let role {self.role} of {self.identity} be active for {duration(self.ttl)} at most"

    def apply(self, scenario: Scenario) -> Scenario:
        """The identity with the shorter ttl."""
        identity = scenario.model.identities[self.identity]
        had = dict(identity.role_ttls)
        ttls = tuple((had | {self.role: min(had.get(self.role, self.ttl), self.ttl)}).items())
        people = {**scenario.model.identities, self.identity: replace(identity, role_ttls=ttls)}
        return with_model(scenario, identities=people)

    @property
    def about(self) -> tuple[str, ...]:
        """The identity."""
        return (self.identity,)

    def bears_on(self, ground: Ground, model: Model) -> bool:
        """True for uses by the identity of what the role gives."""
        grant = granted(ground)
        return grant is not None and ground.names[0] == self.identity and grant in resolver_of(model).gained(self.role)


@dataclass(frozen=True, slots=True)
class ConstrainSender(Narrowing):
    """A credential works only from the runtime of its identity (mutual TLS, DPoP, instance-bound keys), and so does the
    refresh token beside it."""

    credential: str
    kind: ClassVar[str] = "constrain-sender"

    @property
    def name(self) -> str:
        """Such as `Bind deploy-key to the runtime of its identity`."""
        return f"Bind {self.credential} to the runtime of its identity"

    def apply(self, scenario: Scenario) -> Scenario:
        """The credential, sender-constrained. A refresh token that stayed with any bearer would undo it."""
        credential = scenario.model.credentials[self.credential]
        refresh = credential.refresh and replace(credential.refresh, binding="")
        return _with_credential(scenario, replace(credential, binding="sender-constrained", refresh=refresh))

    def removes(self) -> frozenset[Fact]:
        """The support that anybody may use it."""
        return frozenset({bearer(self.credential)})

    @property
    def about(self) -> tuple[str, ...]:
        """The credential."""
        return (self.credential,)

    def bears_on(self, ground: Ground, model: Model) -> bool:
        """True for uses of the credential."""
        return ground == credential(self.credential)


@dataclass(frozen=True, slots=True)
class AddCondition(Narrowing):
    """What a holder gives gets one more condition: `approval` of each use by a person, or `source` (only from the
    identity's own runtime: an allow-list of addresses)."""

    holder: Holder
    operations: tuple[str, ...]
    condition: str
    kind: ClassVar[str] = "add-condition"

    @property
    def how(self) -> str:
        """The condition."""
        return self.condition

    @property
    def name(self) -> str:
        """Such as `Require approval of cloud.delete by role operator`."""
        operations = f"{', '.join(self.operations)} by {self.holder}"
        if self.condition == "approval":
            return f"Require a person's approval of {operations}"
        return f"Allow {operations} only from the identity's own runtime"

    def apply(self, scenario: Scenario) -> Scenario:
        """The holder with the condition."""
        given = self.holder.entitlements(scenario.model)
        made = guarded(given, set(self.operations), self.condition, Resolver(scenario.model))
        return with_entitlements(scenario, self.holder, made)

    @property
    def about(self) -> tuple[str, ...]:
        """The operations."""
        return self.operations

    def bears_on(self, ground: Ground, model: Model) -> bool:
        """True for uses of the operations by those who have them from the holder."""
        operation, _ = granted(ground) or ("", "")
        return operation in self.operations and self.holder.acts_as(ground.names[0], model)


@dataclass(frozen=True, slots=True)
class TurnDial(Narrowing):
    """One dial of the policy in force is turned for one identity; everybody else is governed as before."""

    identity: str
    dial: str
    setting: str
    kind: ClassVar[str] = "turn-dial"

    @property
    def how(self) -> str:
        """The dial."""
        return self.dial

    @property
    def name(self) -> str:
        """Such as `Turn scope to task for support-agent`."""
        return f"Turn {self.dial} to {self.setting} for {self.identity}"

    def apply(self, scenario: Scenario) -> Scenario:
        """The scenario with a policy of its own in force, which rests on the one before; as it is where the dial
        stands there, or further, already."""
        leaf = scenario.grant_policy().governing(scenario.model.identities[self.identity])
        if leaf.at_least(self.dial, self.setting):
            return scenario
        turned = self.policy(scenario)
        policies = dict(scenario.policies)
        each: GrantPolicy | None = turned
        while each is not None:
            if each.name not in named_policies(policies):
                policies[each.name] = each
            each = each.otherwise
        return replace(scenario, policy=turned.name, policies=policies)

    def policy(self, scenario: Scenario) -> GrantPolicy:
        """The policy in force with the dial turned for the identity."""
        return self._turned(scenario.grant_policy(), scenario)

    def _turned(self, policy: GrantPolicy, scenario: Scenario) -> GrantPolicy:
        """The new leaf stands before the one that governs the identity, so that a policy on top stays on top: it
        decides how the whole responds."""
        name = f"{policy.name}, {self.identity}: {self.dial} {self.setting}"
        if policy.otherwise is None or policy.applies_to.governs(scenario.model.identities[self.identity]):
            only = Selector(name=(glob.escape(self.identity),))
            moved = policy.turned(**{self.dial: self.setting}, applies_to=only, otherwise=policy)
        else:
            moved = policy.turned(otherwise=self._turned(policy.otherwise, scenario))
        return moved.turned(
            name=name, summary=f"As {policy.name}, with {self.dial} {self.setting} for {self.identity}."
        )

    @property
    def about(self) -> tuple[str, ...]:
        """The identity."""
        return (self.identity,)

    def bears_on(self, ground: Ground, model: Model) -> bool:
        """True for what the identity's entitlements, credentials and trust edges make possible."""
        return kind_of(ground).owner(ground, model) == self.identity


def _with_credential(scenario: Scenario, credential: Credential) -> Scenario:
    return with_model(scenario, credentials={**scenario.model.credentials, credential.name: credential})
