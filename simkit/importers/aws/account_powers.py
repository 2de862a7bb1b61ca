"""What each principal may do that leads to the rights of another one, or to all rights of its account."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any

from simkit.importers.aws.account import EVERYTHING, AwsAccounts, AwsPrincipal
from simkit.importers.aws.code_powers import PROFILED, code_powers, is_managed
from simkit.importers.aws.effective import Allowance, Effective, together
from simkit.importers.aws.iam_powers import iam_powers
from simkit.importers.aws.inventory import Inventory
from simkit.importers.aws.sheet import Given, Sheet
from simkit.importers.aws.stores import Stores
from simkit.importers.aws.target_list import TargetList
from simkit.importers.aws.techniques_table import RUNS_FOR
from simkit.importers.draft import Draft
from simkit.rights import (
    Access,
    Caller,
    CredentialKind,
    Origin,
    PolicyDocument,
    Principal,
    Request,
    Target,
    policy_document,
)
from simkit.rights.match import ANY
from simkit.rights.request import arn_part

PROBES = (
    ("iam:PutUserPolicy", "arn:aws:iam::{}:user/made"),
    ("iam:AttachRolePolicy", "arn:aws:iam::{}:role/made"),
    ("iam:CreateAccessKey", "arn:aws:iam::{}:user/made"),
    ("s3:GetObject", "arn:aws:s3:::made/made"),
    ("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:us-east-1:{}:secret:made"),
    ("ec2:RunInstances", "arn:aws:ec2:us-east-1:{}:instance/made"),
    ("lambda:CreateFunction", "arn:aws:lambda:us-east-1:{}:function:made"),
)
"""Who may do all of these on what is just made is called an administrator: it may give itself the rest."""


@dataclass(frozen=True, slots=True)
class RightsHolder:
    """Whose powers are asked for, what it is given, and its name where it is one of the account's own."""

    principal: Principal
    given: Given
    name: str = ""


class AccountPowers:
    """The powers in one account."""

    def __init__(
        self,
        account: str,
        accounts: AwsAccounts,
        inventory: Inventory,
        effective: Effective,
        sheet: Sheet,
        stores: Stores,
        draft: Draft,
    ) -> None:
        self.account = account
        self.accounts = accounts
        self.inventory = inventory
        self.effective = effective
        self.sheet = sheet
        self.stores = stores
        self.draft = draft
        self.own = [each for each in accounts.principals.values() if each.principal.account == account]
        self.users = [each for each in self.own if not each.is_role]
        self.roles = [each for each in self.own if each.is_role and not each.is_fixed]
        self.groups = [each for each in accounts.groups.values() if arn_part(each.arn, 4) == account]
        self.policies = [each for each in accounts.policies.values() if arn_part(each.arn, 4) == account]
        self.lists = {
            "user": _listed(each.principal for each in self.users),
            "role": _listed(each.principal for each in self.roles),
            "group": TargetList(Target(each.arn) for each in self.groups),
            "policy": TargetList(Target(each.arn) for each in self.policies),
        }
        self.positions = {each.name: ("user", at) for at, each in enumerate(self.users)}
        self.positions |= {each.name: ("role", at) for at, each in enumerate(self.roles)}
        self._things: dict[str, Sequence[Any]] = {
            "user": self.users, "role": self.roles, "group": self.groups, "policy": self.policies
        }  # fmt: skip
        self._gained: dict[str, str] = {}
        self.chosen = cache(self._chosen)
        self.named = cache(self._named)
        self.minted = cache(self._minted)
        self.running = cache(self._running)
        self.running_among = cache(self._running_among)
        self.supposed = cache(self._supposed)

    @property
    def administrator(self) -> str:
        """The identity that stands for all rights of the account."""
        return f"administrator of {self.account}"

    @cached_property
    def holders(self) -> dict[str, list[AwsPrincipal]]:
        """Whom each managed policy reaches, by its ARN."""
        found: dict[str, list[AwsPrincipal]] = {}
        for each in self.own:
            for arn in () if each.is_fixed else each.managed:
                found.setdefault(arn, []).append(each)
        return found

    def of(self, principal: Principal, name: str = "") -> Given:
        """What `principal`, called `name`, is given."""
        asked = RightsHolder(principal, Given(), name)
        admin = self.administers(principal)
        if admin is None or not admin.is_sure:
            # of whom all may be granted, what is sure is told by the statements that make it so
            asked.given.only_sure = admin is not None
            iam_powers(self, asked)
            code_powers(self, asked)
            asked.given.only_sure = False
        if admin is not None and (name, f"everything in {self.account}") not in asked.given.gains:
            title = f"Everything in {self.account}"
            self.sheet.give(asked.given, admin, "account", title, "assume", [self.administrator])
        return asked.given

    def administers(self, principal: Principal) -> Allowance | None:
        """How `principal` may do everything; None where it may not."""
        if not any(ANY in s.actions or s.actions_negated for d in principal.policies for s in d.statements if s.allows):
            return None
        found = list[Allowance]()
        for action, arn in PROBES:
            one = self.effective.on(principal, action, arn.format(self.account))
            if one is None:
                return None
            found.append(one)
        # a statement that allows all of it is behind it alone; another that allows a part changes nothing
        # that a part is sure by another one does not change what the rest hangs on
        open_ones = [one for one in found if not one.is_sure] or found
        whole = [each for each in open_ones[0].statements if all(each in one.statements for one in open_ones)]
        return together([replace(one, statements=tuple(whole or one.statements)) for one in found])

    @cached_property
    def everything(self) -> str:
        """The scenario's role that gives all rights of the account."""
        return self._leading_to(f"everything in {self.account}", f"TakeOver {self.account}", self.administrator)

    def all_rights(self, holder: AwsPrincipal) -> str:
        """The role that `holder` gains by a policy that allows everything, within its boundary and its organization;
        empty if that is nothing."""
        principal = holder.principal
        if principal.boundary is None and self.effective.organization is None:
            return self.everything
        widened = Principal(principal.arn, (_allow_all(),), principal.boundary, principal.unique_id, principal.tags)
        if self.administers(widened) is not None:
            return self.everything
        return self.gain(f"what limits {holder.name} leaves", widened)

    def gain(self, name: str, principal: Principal) -> str:
        """The role that gives all that `principal` is given, made once; empty if that is nothing.

        It leads to an identity of that `name` that has these rights: what many may gain is there once.
        """
        if name not in self._gained:
            self._gained[name] = ""  # whoever gains this may gain it again: once is enough
            given = self.of(principal)
            self.stores.give(principal, given)
            roles = self.sheet.roles(given)
            if roles:
                said = {"kind": "service", "roles": roles, "note": "stands for whoever gains these rights"}
                self.draft.put("identities", name, said, next(iter(given.places.values()), None))
                self._gained[name] = self._leading_to(name, f"Use {name}", name)
        return self._gained[name]

    def _leading_to(self, role: str, title: str, identity: str) -> str:
        """The role called `role`, with the operation `title` that makes its holder one with `identity`."""
        operations = self.draft.put("tools", "account", {"operations": {}})["operations"]
        operations[title] = {"effect": "assume", "targets": [identity]}
        self.draft.put("roles", role, {"entitlements": [{"operation": f"account.{title}"}]})
        return role

    def _chosen(self, kind: str, targets: frozenset[int] | None) -> tuple[Any, ...]:
        """The things of the `kind` (user, role, group, policy) at the positions `targets`; all of them for None."""
        things = self._things[kind]
        return tuple(things) if targets is None else tuple(things[at] for at in sorted(targets))

    def _named(self, principals: tuple[AwsPrincipal, ...]) -> tuple[str, ...]:
        return tuple(each.name for each in principals)

    def _minted(self, actions: tuple[str, ...], users: tuple[AwsPrincipal, ...]) -> tuple[tuple[str, ...], bool]:
        """The names of the `users` for whom `actions` bring a new key or password, or may; and whether any only may."""
        possible = {user.name: self.inventory.can_be_minted(user.arn, actions) for user in users}
        return tuple(name for name, one in possible.items() if one is not False), None in possible.values()

    def _supposed(self, kind: str, managed: bool) -> tuple[AwsPrincipal, ...]:
        """The roles that something of the `kind` may run as; `managed`: that Systems Manager reaches."""
        found = [each for service in RUNS_FOR[kind] for _, each in self.running(service, kind in PROFILED)]
        return tuple(each for each in dict.fromkeys(found) if not managed or is_managed(self, each.principal))

    def _running(self, service: str, profile: bool) -> tuple[tuple[int, AwsPrincipal], ...]:
        """The roles, by their position, that `service` may run as; with an instance profile, where that is needed."""
        return tuple(
            (at, each)
            for at, each in enumerate(self.roles)
            if (each.profiles or not profile) and trusts_service(each, service, self.effective)
        )

    def _running_among(self, service: str, profile: bool, targets: frozenset[int] | None) -> tuple[str, ...]:
        """The names of those of the roles at the positions `targets` (None: all) that `service` may run as."""
        roles = self.running(service, profile)
        return tuple(each.name for at, each in roles if targets is None or at in targets)


def trusts_service(role: AwsPrincipal, service: str, effective: Effective) -> bool:
    """Whether the role's trust policy lets `service` in, or may."""
    if service not in services_of(role):
        return False
    caller = Caller(Principal(service), CredentialKind.SERVICE)
    request = Request(caller, "sts:AssumeRole", Target(role.arn, policy=role.trust))
    return effective.decision(request).access != Access.DENIED


def services_of(role: AwsPrincipal) -> set[str]:
    """The services that the role's trust policy names."""
    statements = role.trust.statements if role.trust else ()
    names = (name for each in statements if each.allows and each.principals for name in each.principals.names)
    return {name for kind, name in names if kind == "Service"}


def _listed(principals: Iterable[Principal]) -> TargetList:
    return TargetList(Target(each.arn, tags=each.tags) for each in principals)


@cache
def _allow_all() -> PolicyDocument:
    return policy_document(dict(EVERYTHING), Origin("everything"), name="everything")
