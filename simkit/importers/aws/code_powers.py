"""Code that runs as a role: put where none ran before, by passing the role, or where it runs already."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from simkit.importers.aws.account import AwsPrincipal
from simkit.importers.aws.effective import Allowance, together
from simkit.importers.aws.inventory import AwsThing
from simkit.importers.aws.sheet import HUB
from simkit.importers.aws.techniques_table import ANYTHING, EXISTING, FORMS, NEW, CodeWay
from simkit.rights import Principal

if TYPE_CHECKING:
    from simkit.importers.aws.account_powers import AccountPowers, RightsHolder

MANAGED = ("ssmmessages:OpenControlChannel", "ec2messages:GetMessages")
"""What a role needs, one of the two, so that Systems Manager reaches its instances (AWS, "instance permissions")."""
PROFILED = ("instance", "launch template")
"""What runs as a role by way of an instance profile."""


def code_powers(powers: AccountPowers, asked: RightsHolder) -> None:
    """Put what `asked` may run as which role into what it is given."""
    for way in NEW:
        if powers.effective.may_at_all(asked.principal, way.needs[0][0]):
            _new(powers, asked, way)
    for way in EXISTING:
        if powers.effective.may_at_all(asked.principal, way.needs[0][0]):
            _existing(powers, asked, way)


def _new(powers: AccountPowers, asked: RightsHolder, way: CodeWay) -> None:
    if any(map(powers.inventory.lacks, way.there)):
        return
    made = _needs(powers, asked.principal, way)
    if made is None:
        return
    unknown = [kind for kind in way.there if kind not in powers.inventory.given]
    doubts = [f"no file tells whether there is any {kind}" for kind in unknown]
    for service in way.passed_to:
        told = {"iam:passedtoservice": (service,)}
        for passing in powers.effective.allowances(asked.principal, "iam:PassRole", powers.lists["role"], told):
            names = powers.running_among(service, way.profile, passing.targets)
            _runs(powers, asked, together([passing, made]), way, names, doubts)


def _runs(
    powers: AccountPowers,
    asked: RightsHolder,
    found: Allowance,
    way: CodeWay,
    names: Sequence[str],
    doubts: Sequence[str],
) -> None:
    if names:
        powers.sheet.give(asked.given, found, way.tool, way.title, "execute", names, doubts=doubts)


def _needs(
    powers: AccountPowers, principal: Principal, way: CodeWay, thing: AwsThing | None = None
) -> Allowance | None:
    """How `principal` may do all that the way needs, on `thing` or on what it makes."""
    kinds: dict[str, list[str]] = {}
    for action, kind in way.needs:
        kinds.setdefault(kind, []).append(action)
    found = list[Allowance]()
    for kind, actions in kinds.items():
        name = thing.name if thing is not None and kind == way.on else ""
        one = powers.effective.jointly(principal, actions, FORMS.get(kind, ANYTHING), name)
        if one is None:
            return None
        found.append(one)
    return together(found)


def _existing(powers: AccountPowers, asked: RightsHolder, way: CodeWay) -> None:
    for thing, role in _things(powers, way):
        found = _needs(powers, asked.principal, way, thing)
        if found is not None:
            _run(powers, asked, found, way, thing, [role.name], ())
    if way.on not in powers.inventory.given:
        made = _needs(powers, asked.principal, way)
        roles = powers.supposed(way.on, way.managed)
        if made is not None and roles:
            doubts = (f"no file tells whether any {way.on} runs as a role",)
            _supposed(powers, asked, made, way, roles, doubts)


def _supposed(
    powers: AccountPowers,
    asked: RightsHolder,
    found: Allowance,
    way: CodeWay,
    roles: tuple[AwsPrincipal, ...],
    doubts: Sequence[str],
) -> None:
    """There may be such a thing for each role; of many roles it is one thing that leads on to each."""
    names = powers.named(roles)
    if not way.waits:
        _runs(powers, asked, found, way, names, doubts)
        return
    if len(names) > HUB:
        names = (powers.sheet.hub(names),)
    for name in names:
        _run(powers, asked, found, way, AwsThing(way.on, "", roles[0].place), [name], doubts)


def _run(
    powers: AccountPowers,
    asked: RightsHolder,
    found: Allowance,
    way: CodeWay,
    thing: AwsThing,
    names: Sequence[str],
    doubts: Sequence[str],
) -> None:
    """Code runs as `names` at once, or, where it waits, when what was changed next runs."""
    if way.waits:
        code = powers.inventory.code(thing, names[0], powers.draft)
        powers.sheet.give(asked.given, found, way.tool, way.title, "write", [code], doubts=doubts)
    else:
        _runs(powers, asked, found, way, names, doubts)


def _things(powers: AccountPowers, way: CodeWay) -> Iterator[tuple[AwsThing, AwsPrincipal]]:
    """The things of a kind that a file lists and that run as a role of this account."""
    for thing in powers.inventory.things.get(way.on, ()):
        role = _role_in(powers, thing)
        if role is not None and (not way.managed or is_managed(powers, role.principal)):
            yield thing, role


def _role_in(powers: AccountPowers, thing: AwsThing) -> AwsPrincipal | None:
    found = powers.accounts.principals.get(thing.role)
    if found is None and thing.profile:
        found = next((each for each in powers.roles if thing.profile in each.profiles), None)
    return found if found is not None and found.principal.account == powers.account else None


def is_managed(powers: AccountPowers, principal: Principal) -> bool:
    """True if Systems Manager reaches the instances that run as `principal`."""
    return any(powers.effective.on(principal, action, "*") for action in MANAGED)
