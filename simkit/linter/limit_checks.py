"""Checks of what takes rights away, and of what asks before they are used: limits, exceptions, rules of no effect."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from simkit.entitlements import FREELY, Limits, tools_of
from simkit.linter.check import Slip, Where
from simkit.linter.inspected import Inspected
from simkit.model import Credential, Entitlement, TrustEdge
from simkit.model.claims import Claims, joined, meets


def deny_that_is_never_sure(inspected: Inspected) -> Iterator[Slip]:
    """A deny under a condition of how a thing is used, which nobody knows before it is."""
    for where, deny in _listed(inspected, "denies"):
        unsure = [condition for condition in deny.conditions if condition != "environment"]
        if unsure:
            says = (
                f"the deny of {deny.operation} for {where[1]} has the condition {unsure[0]}, of which nothing is "
                f"sure before it is used, so that it denies nothing: remove the condition"
            )
            yield Slip(where, says)


def limit_that_fits_nothing(inspected: Inspected) -> Iterator[Slip]:
    """A part of a deny, a boundary or the limit of a token that is about nothing, and an exception from nothing."""
    for where, part in _listed(inspected, "denies"):
        if _is_idle(inspected, part, Limits(denies=(replace(part, conditions=()),))):
            yield Slip(where, f"{_said(part)} is nothing that {where[1]} could be denied: {_mend(part)}")
    for where, part in (*_listed(inspected, "boundary"), *_carried(inspected)):
        if not inspected.resolver.grants(part.operation, part.targets) and _is_empty(inspected, part):
            yield Slip(where, f"{_said(part)} leaves {where[1]} nothing: {_mend(part)}")
    for where, part in _listed(inspected, "entitlements"):
        for index, pattern in enumerate(part.excepting):
            without = tuple(each for each in part.excepting if each != pattern)
            less, more = (
                inspected.resolver.entitled((replace(part, excepting=each),)) for each in (part.excepting, without)
            )
            if less and less == more:
                says = f"{part.operation} of {where[1]} is not on {pattern} anyway: name a target of it, or remove it"
                yield Slip((*where, "except", index), says)


def token_that_opens_nothing(inspected: Inspected) -> Iterator[Slip]:
    """A credential whose audience, or limit, leaves nothing of what its identity may do, and that leads nowhere."""
    for name, credential in inspected.model.credentials.items():
        grants = inspected.cut.entitled[credential.identity]
        leads_on = credential.identity in inspected.edges
        if credential.use != "login" or not grants or leads_on:
            continue
        key = "audience" if credential.audience and tools_of(grants).isdisjoint(credential.audience) else ""
        key = key or ("limited_to" if _carries_nothing(inspected, credential) else "")
        if key:
            says = (
                f"{name} opens nothing, because its `{key}` has nothing that {credential.identity} may do: name a part "
                f"of that, or remove it"
            )
            yield Slip(("credentials", name, key), says)


def _carries_nothing(inspected: Inspected, credential: Credential) -> bool:
    if credential.limited_to is None:
        return False
    limits = Limits(ceilings=(credential.limited_to,))
    return not inspected.resolver.limited(inspected.cut.entitled[credential.identity], limits)


def claims_that_nobody_carries(inspected: Inspected) -> Iterator[Slip]:
    """A trust edge that asks for claims which no session of its source carries."""
    for index, edge in enumerate(inspected.model.trust):
        if edge.claims and edge.source not in inspected.issuers and not _is_met(inspected, edge):
            wanted = ", ".join(f"{name}: {glob}" for name, glob in edge.claims)
            says = (
                f"the trust edge from {edge.source} to {edge.target} asks for {wanted}, and no task or credential of "
                f"{edge.source} claims that, so that nobody ever uses it: say who does, under `claims`"
            )
            yield Slip(("trust", index), says)


def _is_met(inspected: Inspected, edge: TrustEdge) -> bool:
    credentials: list[Claims] = [
        each.claims for each in inspected.model.credentials.values() if each.identity == edge.source
    ]
    tasks: list[Claims] = [task.claims for task in inspected.tasks.get(edge.source, ())]
    carried = [joined(one, other) for one in (*credentials, ()) for other in (*tasks, ())]
    return any(meets(each, edge.claims) for each in carried)


def rule_that_nobody_asks(inspected: Inspected) -> Iterator[Slip]:
    """A rule of approval about operations of which no policy, and no condition, asks anybody."""
    scenario, model = inspected.scenario, inspected.model
    asked = {policy.approves for policy in inspected.compared}
    conditioned = {
        grant[0]
        for _, part in _listed(inspected, "entitlements")
        if "approval" in part.conditions
        for grant in inspected.resolver.grants(part.operation, part.targets)
    }
    for name, rule in scenario.response.approvals.items():
        covered = {operation for glob in rule.covers or ("*",) for operation in inspected.operations(glob)}
        waits = {each for each in covered if model.operation(each).waits_for_approval}
        if "all" in asked or ("high-impact" in asked and waits) or covered & conditioned:
            continue
        says = (
            f"nobody is asked as the rule {name} says: no policy of this file that is in force or compared asks about "
            f"{', '.join(rule.covers) or 'anything'}, and no condition does: set its `approval`, or remove the rule"
        )
        yield Slip(("response", "approvals", name), says)


def _listed(inspected: Inspected, key: str) -> Iterator[tuple[Where, Entitlement]]:
    """The entitlements that roles and identities list under `key`, each with its place."""
    model = inspected.model
    owners = {("roles", name): getattr(role, key) for name, role in model.roles.items()}
    owners |= {("identities", name): getattr(identity, key) for name, identity in model.identities.items()}
    for owner, listed in owners.items():
        yield from (((*owner, key, index), part) for index, part in enumerate(listed or ()))


def _carried(inspected: Inspected) -> Iterator[tuple[Where, Entitlement]]:
    for name, credential in inspected.model.credentials.items():
        for index, part in enumerate(credential.limited_to or ()):
            yield ("credentials", name, "limited_to", index), part


def _is_idle(inspected: Inspected, part: Entitlement, limits: Limits) -> bool:
    """True if `limits`, which `part` is, take nothing from anything that its operations do."""
    resolver = inspected.resolver
    if resolver.grants(part.operation, part.targets):
        return False
    every = dict.fromkeys(resolver.grants(part.operation), FREELY)
    return resolver.limited(every, limits) == every


def _is_empty(inspected: Inspected, part: Entitlement) -> bool:
    """True if `part`, as the most that there is, leaves nothing of anything that its operations do."""
    every = dict.fromkeys(inspected.resolver.grants(part.operation), FREELY)
    return not inspected.resolver.limited(every, Limits(ceilings=((part,),)))


def _said(part: Entitlement) -> str:
    return f"{part.operation} on {', '.join(part.targets)}" if part.targets else part.operation


def _mend(part: Entitlement) -> str:
    return "name targets that the operation has" if part.targets else "name an operation that has targets"
