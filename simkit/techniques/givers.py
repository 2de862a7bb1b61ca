"""Who gives what: what an entitlement rests on, and how what can be taken away is called."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from simkit.attackgraph import Fact
from simkit.entitlements import FREELY, Conditions, Grant, Resolver
from simkit.model import Entitlement, Model

Ways = tuple[frozenset[Fact], ...]
"""The ways in which a thing is supported: one of them must be whole."""


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
        return model.having(self.name)

    def acts_as(self, identity: str, model: Model) -> bool:
        """True if `identity`, or somebody whose tier it may share a session with, has this."""
        tier = model.tier(identity)
        if self.kind == "identity":
            return model.tier(self.name) == tier
        return any(self.name in model.identities[name].roles for name in model.sharing(tier))


def holders(model: Model) -> list[Holder]:
    """Every role and every identity, in the order of the model."""
    return [*(Holder("role", name) for name in model.roles), *(Holder("identity", name) for name in model.identities)]


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


def file_named(resource: str) -> str:
    """How supports call a resource that lies in a runtime as a file: a credential may have its name."""
    return f"file {resource}"


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


@dataclass(slots=True)
class Givers:
    """Who gives what in one model."""

    model: Model
    resolver: Resolver = field(init=False)
    gives: dict[Holder, dict[Grant, Conditions]] = field(default_factory=dict)
    containers: dict[str, list[str]] = field(default_factory=dict)
    _holders: dict[str, list[tuple[Holder, frozenset[Fact], dict[Grant, Conditions]]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.resolver = Resolver(self.model)
        for holder in holders(self.model):
            self.gives[holder] = self.resolver.entitled(holder.entitlements(self.model))
        for parent in self.model.resources:
            for child in self.model.within(parent)[1:]:
                self.containers.setdefault(child, []).append(parent)

    def of(self, identity: str) -> Iterator[tuple[Holder, frozenset[Fact]]]:
        """The holders that `identity` has its entitlements from, each with what the assignment rests on."""
        yield Holder("identity", identity), frozenset()
        for role in self.model.identities[identity].roles:
            yield Holder("role", role), frozenset({assigned(identity, role)})

    def ways(self, identity: str, grant: Grant, *, through_containers: bool = True) -> Ways:
        """How `identity` has `grant`: itself, or (`through_containers`) on what contains its target."""
        operation, target = grant
        names = [target, *(self.containers.get(target, ()) if through_containers else ())]
        if identity not in self._holders:
            self._holders[identity] = [(holder, support, self.gives[holder]) for holder, support in self.of(identity)]
        there = (
            (holder, support, name, gives[operation, name])
            for holder, support, gives in self._holders[identity]
            for name in names
            if (operation, name) in gives
        )
        found = [
            support | {given(holder, (operation, name))}
            for holder, support, name, conditions in there
            if self.resolver.reaching(conditions, target) is not None
        ]
        return tuple(dict.fromkeys(found))

    def by_role(self, role: str, grant: Grant, *, through_containers: bool) -> Ways:
        """How whoever has `role` has `grant` from it."""
        operation, target = grant
        names = [target, *(self.containers.get(target, ()) if through_containers else ())]
        holder = Holder("role", role)
        reaching, gives = self.resolver.reaching, self.gives[holder]
        there = (each for each in names if reaching(gives.get((operation, each)), target) is not None)
        return tuple(frozenset({given(holder, (operation, each))}) for each in there)

    def mixed(self) -> bool:
        """True if somebody has, or may be given, one grant from two holders under different conditions: then what is
        left after one of them is gone is not just less of the same, and the supported graph errs on the attacker's
        side."""
        if any(operation.effect in ("grant", "lift") for _, _, operation in self.model.operations()):
            return any(conditions != FREELY for grants in self.gives.values() for conditions in grants.values())
        return any(self._mixed(identities) for identities in self._sharing())

    def _sharing(self) -> list[list[str]]:
        """Identities by the tier whose session they may share."""
        tiers: dict[str, list[str]] = {}
        for identity in self.model.identities:
            tiers.setdefault(self.model.tier(identity), []).append(identity)
        return list(tiers.values())

    def _mixed(self, identities: Iterable[str]) -> bool:
        seen: dict[Grant, Conditions] = {}
        for holder in {holder for identity in identities for holder, _ in self.of(identity)}:
            for grant, conditions in self.gives[holder].items():
                if seen.setdefault(grant, conditions) != conditions:
                    return True
        return False


def resolver_of(model: Model) -> Resolver:
    """The resolver of `model`, the same one as long as that lives: for questions about one grant after the other."""
    if "resolver" not in model.looked_up:
        model.looked_up["resolver"] = Resolver(model)
    found: Resolver = model.looked_up["resolver"]
    return found
