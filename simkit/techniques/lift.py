"""What a step of effect `lift` takes away: denies, a boundary, approvals of identities: T1484. Whoever they bore on may
then do what he was entitled to all the time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations

from simkit.attackgraph import Conclusion, Fact
from simkit.entitlements import Grant, Limits, Resolver
from simkit.model import Identity, Model, Role
from simkit.policies import Session, Sessions

Behind = tuple[Fact, ...]
"""Facts behind which something stands that was not there from the start; none: it was."""
Lifted = Mapping[str, frozenset[str]]
"""By identity, what somebody may take away that keeps it from something."""

APPROVALS = "approvals"


def liftable(sessions: Sessions) -> Lifted:
    """What could be lifted, of whom: as far as somebody has, or could be given, an operation that does it."""
    model = sessions.model
    lifting = {full: each.restrictions for full, _, each in model.operations() if each.effect == "lift"}
    if not lifting:
        return {}
    aimed: dict[str, set[str]] = {}
    for full, target in dict.fromkeys(_somebody_has(sessions.resolver)):
        for name in ([target] if target else model.identities) if full in lifting else ():
            aimed.setdefault(name, set()).update(lifting[full])
    given = (each.role for _, _, each in model.operations() if each.effect == "grant")
    by_role = {kind for role in given for kind in _of_role(model, role)}
    asks = _asks_anyway(model)
    found = {name: frozenset(kinds & _bearing(sessions, name, by_role, asks=asks)) for name, kinds in aimed.items()}
    return {name: kinds for name, kinds in found.items() if kinds}


def _somebody_has(resolver: Resolver) -> Iterator[Grant]:
    """All that roles and identities give, whatever takes from it."""
    model = resolver.model
    for holder in _holders(model):
        yield from resolver.entitled(holder.entitlements)


def _holders(model: Model) -> Iterator[Identity | Role]:
    yield from model.identities.values()
    yield from model.roles.values()


def _of_role(model: Model, role: str) -> Iterator[str]:
    if model.roles[role].denies:
        yield "denies"
    if model.roles[role].boundary is not None:
        yield "boundary"


def _asks_anyway(model: Model) -> bool:
    """True if some entitlement asks for an approval, whatever the policy."""
    most = (each for holder in _holders(model) for each in (*holder.entitlements, *(holder.boundary or ())))
    return any("approval" in each.conditions for each in most)


def _bearing(sessions: Sessions, identity: str, by_role: set[str], *, asks: bool) -> set[str]:
    """What keeps `identity` from something, or would with a role that somebody could give it."""
    limits, found = sessions.resolver.limits(identity) or Limits(), set(by_role)
    if limits.denies:
        found.add("denies")
    if limits.ceilings:
        found.add("boundary")
    if asks or sessions.governing(identity).approves != "none":
        found.add(APPROVALS)
    return found


def lifts(identity: str, lifted: Lifted) -> Iterator[tuple[Behind, frozenset[str]]]:
    """Which limits of `identity` may be gone together, each time with the facts that say so; the fewest first."""
    kinds = sorted(lifted.get(identity, frozenset()) - {APPROVALS})
    for size in range(1, len(kinds) + 1):
        for gone in combinations(kinds, size):
            yield tuple(Fact("lifted", identity, kind) for kind in gone), frozenset(gone)


def concluded(model: Model, lifted: Lifted, grant: Grant) -> tuple[Conclusion, ...]:
    """What is lifted by the operation and target of `grant`; without a target, of everybody."""
    operation, target = grant
    restrictions = model.operation(operation).restrictions
    found = []
    for name in [target] if target else lifted:
        kinds = lifted.get(name, ())
        gone = (kind for kind in restrictions if kind in kinds)
        found += [Fact("waived", name) if kind == APPROVALS else Fact("lifted", name, kind) for kind in gone]
    return tuple(map(Conclusion, found))


def left(resolver: Resolver, session: Session, gone: Behind) -> Limits | None:
    """What takes from what `session` gains, once what the facts in `gone` say of the identity that works in it is
    lifted: on behalf of a user that is the agent's own limits, beside those of its token."""
    kinds = {fact.object for fact in gone if fact.kind == "lifted" and fact.subject in session.identities}
    agent = next((fact.subject for fact in gone if fact.subject in session.identities), "")
    own = resolver.limits(agent) if kinds and session.holders else None
    if own is None:
        return session.limits
    rest = _beside(session.limits, own)
    kept = own.without(kinds)
    return kept if rest is None else kept.and_(rest)


def _beside(limits: Limits | None, own: Limits) -> Limits | None:
    """What stands in `limits` beside an agent's `own`, which come first (see `policies.sessions`)."""
    if limits is None:
        return None
    denies, ceilings = len(own.denies), len(own.ceilings)
    if (limits.denies[:denies], limits.ceilings[:ceilings]) != (own.denies, own.ceilings):
        return limits
    return limits._replace(denies=limits.denies[denies:], ceilings=limits.ceilings[ceilings:])


def waived(session: Session, lifted: Lifted) -> tuple[Fact, ...]:
    """The facts after each of which nobody is asked what `session` does: of a tier that shares it, of one member."""
    return tuple(Fact("waived", name) for name in session.identities if APPROVALS in lifted.get(name, ()))
