"""Checks of who may do what: work without rights, rights without work, rights that give nothing."""

from __future__ import annotations

from collections.abc import Iterator

from simkit.linter.check import Slip, Where
from simkit.linter.inspected import Inspected
from simkit.model import Entitlement
from simkit.policies.sessions import BrokenNeed, lifetime
from simkit.table import duration


def identity_without_task(inspected: Inspected) -> Iterator[Slip]:
    """An identity that may do something or become somebody, and has no task."""
    for name, identity in inspected.model.identities.items():
        may = inspected.cut.entitled[name] or (name in inspected.edges and name not in inspected.issuers)
        if name in inspected.tasks or not may:
            continue
        under = frozenset(each for each, policy in inspected.policies.items() if policy.governing(identity).per_task)
        says = (
            f"{name} is entitled and has no task, so that scopes by task leave it nothing and seem to save all that it "
            f"could lose: declare its work under `tasks`"
        )
        yield Slip(("identities", name), says, under)


def need_beyond_rights(inspected: Inspected) -> Iterator[Slip]:
    """A need that its task's identity is not entitled to."""
    for broken in inspected.cut.broken:
        user = _user(inspected, broken)
        instead = f", say `on_behalf_of: {user}` on the task," if user else ","
        yield Slip(_need(inspected, broken), f"{broken}: entitle it{instead} or take the need away")


def _user(inspected: Inspected, broken: BrokenNeed) -> str:
    """The first to whom the task delegates that may do what it needs, on whose behalf it may be meant to work."""
    task, resolver = inspected.model.tasks[broken.task], inspected.resolver
    if task.on_behalf_of:
        return ""
    needed = resolver.grants(broken.operation, tuple(broken.target.split()))
    for name in task.delegates_to:
        if all(resolver.cover(grant, inspected.cut.entitled[name]) is not None for grant in needed):
            return name
    return ""


def _need(inspected: Inspected, broken: BrokenNeed) -> Where:
    """Where the need stands: the first of the task that names the operation, and the target if there is one."""
    where: Where = ("tasks", broken.task, "needs")
    for index, need in enumerate(inspected.model.tasks[broken.task].needs):
        whole = need.operation == broken.operation and broken.target in ("", " ".join(need.targets))
        if whole or (broken.operation, broken.target) in inspected.resolver.grants(need.operation, need.targets):
            return (*where, index)
    return where


def entitlement_without_grant(inspected: Inspected) -> Iterator[Slip]:
    """An entitlement, or a target of one, that gives nothing."""
    model = inspected.model
    for role in model.roles.values():
        yield from _empty(inspected, ("roles", role.name), role.entitlements)
    for identity in model.identities.values():
        yield from _empty(inspected, ("identities", identity.name), identity.entitlements)


def _empty(inspected: Inspected, owner: Where, entitlements: tuple[Entitlement, ...]) -> Iterator[Slip]:
    for index, entitlement in enumerate(entitlements):
        where = (*owner, "entitlements", index)
        operation, targets = entitlement.operation, entitlement.targets
        if not inspected.resolver.entitled((entitlement,)):
            on = f" on {', '.join(targets)}" if targets else ""
            mend = "name targets that the operation has" if targets else "name an operation that has targets"
            if inspected.resolver.grants(operation, targets):
                mend = "leave something out of `except`"
            yield Slip(where, f"the entitlement {operation}{on} of {owner[1]} grants nothing: {mend}")
        elif len(targets) > 1:
            for place, target in enumerate(targets):
                if not inspected.resolver.grants(operation, (target,)):
                    says = f"{operation} on {target} grants {owner[1]} nothing: name another target, or remove it"
                    yield Slip((*where, "targets", place), says)


def role_without_holder(inspected: Inspected) -> Iterator[Slip]:
    """A role that nobody has and no operation gives."""
    model = inspected.model
    held = {role for identity in model.identities.values() for role in identity.roles}
    held |= {operation.role for _, _, operation in model.operations()}
    for name in model.roles:
        if name not in held:
            says = f"nobody has the role {name}, and no operation gives it: assign it, or remove it"
            yield Slip(("roles", name), says)


def value_out_of_hands(inspected: Inspected) -> Iterator[Slip]:
    """A resource with a value that nobody can touch, itself or in what contains it."""
    model = inspected.model
    effects = inspected.effects
    acted = {target for operation, target in inspected.grants if effects[operation] != "none"}
    acted |= {name for identity in model.identities for name in model.files_in_runtime(identity)}
    touched = {name for target in acted if target in model.resources for name in model.within(target)}
    for name, resource in model.resources.items():
        if any(resource.value.values()) and name not in touched:
            says = f"{name} has a value, and nobody may do anything to it: entitle somebody, or take the value away"
            yield Slip(("resources", name), says)


def life_shorter_than_work(inspected: Inspected) -> Iterator[Slip]:
    """A credential, a policy of the file or a task that ends before the work does."""
    yield from _credentials(inspected)
    yield from _policies(inspected)
    yield from _roles_for_a_time(inspected)
    for task in inspected.model.tasks.values():
        longest = inspected.longest(task)
        if longest > task.duration.mean:
            says = (
                f"task {task.name} takes {duration(task.duration.mean)} and needs an operation that takes "
                f"{duration(longest)}, which no token that lives as long as the task completes: make the task longer"
            )
            yield Slip(("tasks", task.name, "duration"), says)


def _credentials(inspected: Inspected) -> Iterator[Slip]:
    for credential in inspected.model.credentials.values():
        lives = lifetime(credential)
        work = inspected.work(inspected.model.identities[credential.identity])
        if credential.use == "login" and lives < work:
            key = "ttl" if credential.effective_ttl is None else "effective_ttl"
            says = (
                f"{credential.name} lives {duration(lives)}, and the work of {credential.identity} takes "
                f"{duration(work)}, which nobody completes with it: make it live longer, or the work shorter"
            )
            yield Slip(("credentials", credential.name, key), says)


def _policies(inspected: Inspected) -> Iterator[Slip]:
    for name, policy in inspected.scenario.policies.items():
        if policy.expiry != "ttl" or policy.ttl is None:
            continue
        governed = [each for each in inspected.model.identities.values() if policy.governing(each) is policy]
        identity = max(governed, key=inspected.work, default=None)
        if identity is not None and policy.ttl < (work := inspected.work(identity)):
            says = (
                f"under policy {name} a token lives {duration(policy.ttl)}, and the work of {identity.name} takes "
                f"{duration(work)}: make the ttl longer, or the work shorter"
            )
            yield Slip(("policies", name, "ttl"), says, frozenset({name}))


def _roles_for_a_time(inspected: Inspected) -> Iterator[Slip]:
    """Roles that are active for less long than an operation takes which they give, and which a task needs."""
    for name, identity in inspected.model.identities.items():
        needed = {
            grant
            for task in inspected.tasks.get(name, ())
            for need in task.needs
            for grant in inspected.resolver.grants(need.operation, need.targets)
        }
        for role, ttl in identity.role_ttls:
            given = inspected.resolver.entitled(inspected.model.roles[role].entitlements)
            used = (inspected.model.operation(operation) for operation, _ in needed & given.keys())
            takes = max((operation.duration.mean for operation in used), default=0.0)
            if ttl < takes:
                says = (
                    f"role {role} of {name} is active for {duration(ttl)}, and an operation that it gives takes "
                    f"{duration(takes)}: make its ttl longer, or the operation shorter"
                )
                yield Slip(("identities", name, "roles", identity.roles.index(role), "ttl"), says)
