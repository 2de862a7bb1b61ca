"""Edits that leave what is given as it is, and say beside it that it is not to be used, or not by everybody."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from glob import escape
from typing import ClassVar

from simkit.attackgraph import Ground
from simkit.entitlements import Grant
from simkit.model import Entitlement, Model, Need, TrustEdge
from simkit.model.claims import Claims, joined
from simkit.narrowing.edits.edit import Narrowing, listed, with_model
from simkit.narrowing.edits.globs import by_operation
from simkit.narrowing.edits.removals import goes_along
from simkit.privilege import OverPrivilege
from simkit.scenario import Scenario
from simkit.techniques.givers import Givers, Holder
from simkit.techniques.grounds import credential, granted


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

    @property
    def about(self) -> tuple[str, ...]:
        """The identity."""
        return (self.identity,)

    def bears_on(self, ground: Ground, model: Model) -> bool:
        """True for uses of the grants by the identity."""
        return granted(ground) in self.grants and ground.names[0] == self.identity


def _denies(grants: Iterable[Grant]) -> Iterator[Entitlement]:
    for operation, targets in by_operation(grants).items():
        yield Entitlement(operation, () if "" in targets else tuple(targets))


@dataclass(frozen=True, slots=True)
class SetBoundary(Narrowing):
    """An identity that has no boundary gets one: what its tasks need, whoever entitles it to more."""

    identity: str
    needs: tuple[Need, ...]
    kind: ClassVar[str] = "set-boundary"

    @property
    def name(self) -> str:
        """Such as `Bound assistant to erp.read-orders, mail.send`."""
        return f"Bound {self.identity} to {listed(_grants(self.needs))}"

    def apply(self, scenario: Scenario) -> Scenario:
        """The identity with the boundary; with the one that it has, if it has one."""
        identity = scenario.model.identities[self.identity]
        if identity.boundary is not None:
            return scenario
        made = replace(identity, boundary=_most(self.needs))
        return with_model(scenario, identities={**scenario.model.identities, self.identity: made})

    def bears_on(self, ground: Ground, model: Model) -> bool:
        """True for what the identity uses, of its own or on behalf of a user."""
        users = {task.on_behalf_of for task in model.tasks.values() if task.identity == self.identity}
        return granted(ground) is not None and ground.names[0] in {self.identity, *users}


def _grants(needs: Iterable[Need]) -> Iterator[Grant]:
    yield from ((need.operation, target) for need in needs for target in need.targets or ("",))


def boundaries(model: Model) -> Iterator[SetBoundary]:
    """For each identity that works on behalf of others, and has no boundary: what its tasks need."""
    needs: dict[str, dict[Need, None]] = {}
    for task in model.tasks.values():
        needs.setdefault(task.identity, {}).update(dict.fromkeys(task.needs))
    for name in dict.fromkeys(task.identity for task in model.tasks.values() if task.on_behalf_of):
        if model.identities[name].boundary is None:
            yield SetBoundary(name, tuple(needs[name]))


@dataclass(frozen=True, slots=True)
class LimitToken(Narrowing):
    """A credential carries at most what the tasks of its identity need."""

    credential: str
    needs: tuple[Need, ...]
    kind: ClassVar[str] = "limit-token"

    @property
    def name(self) -> str:
        """Such as `Issue deploy-key for repo.read on main only`."""
        return f"Issue {self.credential} for {listed(_grants(self.needs))} only"

    def apply(self, scenario: Scenario) -> Scenario:
        """The credential with the limit; with the one that it has, if it has one."""
        given = scenario.model.credentials[self.credential]
        if given.limited_to is not None:
            return scenario
        made = replace(given, limited_to=_most(self.needs))
        return with_model(scenario, credentials={**scenario.model.credentials, self.credential: made})

    @property
    def about(self) -> tuple[str, ...]:
        """The credential."""
        return (self.credential,)

    def bears_on(self, ground: Ground, model: Model) -> bool:
        """True for what whoever has the credential does with it."""
        return ground == credential(self.credential)


def _most(needs: Iterable[Need]) -> tuple[Entitlement, ...]:
    return tuple(Entitlement(need.operation, need.targets) for need in needs)


def tokens(model: Model, givers: Givers) -> Iterator[LimitToken]:
    """For each credential of an identity that may do more than its tasks need: those needs. What is said to be the most
    on no targets is so on every one; a need without targets is about the operation's own."""
    needs: dict[str, dict[Need, None]] = {}
    for task in model.tasks.values():
        needs.setdefault(task.identity, {}).update(dict.fromkeys(task.needs))
    for name, made in model.credentials.items():
        wanted = needs.get(made.identity)
        if made.use == "signing" or made.limited_to is not None or not wanted:
            continue
        needed = givers.resolver.needs(wanted)
        if any(grant not in needed for grant in givers.resolver.identity(made.identity)):
            yield LimitToken(name, tuple(wanted))


@dataclass(frozen=True, slots=True)
class AskClaims(Narrowing):
    """A trust edge asks for the claims that all tasks carry which use it."""

    edge: str
    claims: Claims
    kind: ClassVar[str] = "ask-claims"

    @property
    def name(self) -> str:
        """Such as `Let ci -federate-> deployer ask for ref: refs/heads/main`."""
        return f"Let {self.edge} ask for {', '.join(f'{name}: {value}' for name, value in self.claims)}"

    def apply(self, scenario: Scenario) -> Scenario:
        """The edge with the claims that it does not ask for yet."""
        trust = (
            replace(edge, claims=joined(self.claims, edge.claims)) if edge.name == self.edge else edge
            for edge in scenario.model.trust
        )
        return with_model(scenario, trust=tuple(trust))

    @property
    def about(self) -> tuple[str, ...]:
        """The edge."""
        return (self.edge,)

    def bears_on(self, ground: Ground, model: Model) -> bool:
        """True for steps along the edge."""
        return goes_along(ground, self.edge)


def asked_claims(model: Model) -> Iterator[AskClaims]:
    """For each trust edge what all tasks that delegate along it claim alike, and it does not ask for. A value is asked
    for as it is: its wildcards stand for themselves."""
    for edge in model.trust:
        using = [t for t in model.tasks.values() if t.identity == edge.source and edge.target in t.delegates_to]
        alike = set.intersection(*(set(task.claims) for task in using)) if using else set()
        new = tuple(sorted((name, escape(value)) for name, value in alike if name not in dict(edge.claims)))
        if new:
            yield AskClaims(edge.name, new)


@dataclass(frozen=True, slots=True)
class AskSource(Narrowing):
    """A trust edge is used only from the runtime of its `source`: who carries a token away becomes nobody by it."""

    edge: str
    source: str
    kind: ClassVar[str] = "add-condition"

    @property
    def name(self) -> str:
        """Such as `Allow ci -assume-> deployer only from the runtime of ci`."""
        return f"Allow {self.edge} only from the runtime of {self.source}"

    def apply(self, scenario: Scenario) -> Scenario:
        """The edge with the condition `source`."""
        trust = (
            replace(edge, conditions=tuple(dict.fromkeys((*edge.conditions, "source"))))
            if edge.name == self.edge
            else edge
            for edge in scenario.model.trust
        )
        return with_model(scenario, trust=tuple(trust))

    @property
    def about(self) -> tuple[str, ...]:
        """The trust edge."""
        return (self.edge,)

    def bears_on(self, ground: Ground, model: Model) -> bool:
        """True for steps along the edge."""
        return goes_along(ground, self.edge)


def _only_at_home(edge: TrustEdge) -> TrustEdge:
    return replace(edge, conditions=tuple(dict.fromkeys((*edge.conditions, "source"))))


def asked_sources(model: Model) -> Iterator[AskSource]:
    """Each trust edge that is used from wherever a token of its source is."""
    issuers = {key.identity for key in model.credentials.values() if key.use == "signing"}
    for edge in model.trust:
        if "source" not in edge.conditions and edge.source not in issuers:
            yield AskSource(edge.name, edge.source)


def denies(model: Model, privilege: OverPrivilege, givers: Givers) -> Iterator[AddDeny]:
    """For each identity what it does not need of what a role gives that somebody else needs; and what it may gain
    during the attack and never needs."""
    spare: dict[str, list[Grant]] = {}
    needed: dict[Grant, list[str]] = {}
    for use in privilege.grants:
        grant = (use.operation, use.target)
        if use.unneeded:
            spare.setdefault(use.identity, []).append(grant)
        else:
            needed.setdefault(grant, []).append(use.identity)
    for name, grants in spare.items():
        roles = [holder for holder, _ in givers.of(name) if holder.kind == "role"]
        shared = tuple(g for g in grants if any(g in givers.gives[r] and _needs(needed, r, g, givers) for r in roles))
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


def _needs(needed: Mapping[Grant, Sequence[str]], role: Holder, grant: Grant, givers: Givers) -> bool:
    """True if somebody who has `role` needs `grant`."""
    return any(role.name in givers.model.identities[name].roles for name in needed.get(grant, ()))
