"""Calls of IAM that change who may do what: each becomes a step that mints, grants or assumes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from simkit.importers.aws.account import AwsGroup, AwsPrincipal, ManagedPolicy, shown_arn
from simkit.importers.aws.effective import Allowance, together
from simkit.importers.aws.techniques_table import IAM, IamWay
from simkit.rights import Principal
from simkit.rights.request import Told

if TYPE_CHECKING:
    from simkit.importers.aws.account_powers import AccountPowers, RightsHolder

ADMINISTRATOR_ACCESS: Told = {"iam:policyarn": ("arn:aws:iam::aws:policy/AdministratorAccess",)}
"""The policy that is attached, or put inline, by whoever may do so."""
MOST_WIDENED = 200
"""Whoever may widen more than this many, itself among them, widens itself: the rest follows from that."""


def iam_powers(powers: AccountPowers, asked: RightsHolder) -> None:
    """Put what `asked` may do by calls of IAM into what it is given."""
    lifts = _lifts_itself(powers, asked)
    many = len(powers.own) > MOST_WIDENED
    for way in IAM:
        targets = powers.lists[way.over]
        if lifts and many and way.effect == "grant" and way.over != lifts:
            continue  # it has all rights by itself, and becomes everybody
        allowed = powers.effective.allowances
        found = [allowed(asked.principal, action, targets, ADMINISTRATOR_ACCESS) for action in way.actions]
        for allowance in _all_of(found):
            _BY_KIND[way.over](_Call(powers, asked, way, allowance), powers.chosen(way.over, allowance.targets))


def _lifts_itself(powers: AccountPowers, asked: RightsHolder) -> str:
    """The kind of list (user, role) in which `asked` stands, where it may give itself all rights; else nothing."""
    kind, at = powers.positions.get(asked.name, ("", 0))
    if not kind or powers.all_rights(powers.users[at] if kind == "user" else powers.roles[at]) != powers.everything:
        return ""
    for way in IAM:
        if way.effect == "grant" and way.over == kind:
            (action,) = way.actions
            found = powers.effective.allowances(asked.principal, action, powers.lists[kind], ADMINISTRATOR_ACCESS)
            if any(each.targets is None or at in each.targets for each in found):
                return kind
    return ""


class _Call:
    """One call that `asked` may make."""

    def __init__(self, powers: AccountPowers, asked: RightsHolder, way: IamWay, allowance: Allowance) -> None:
        self.powers = powers
        self.asked = asked
        self.way = way
        self.allowance = allowance
        self.title = "+".join(each.partition(":")[2] for each in way.actions)

    def give(self, names: Sequence[str], *, title: str = "", role: str = "", doubts: Sequence[str] = ()) -> None:
        """It is about `names`, and gives them `role`."""
        if names:
            self.powers.sheet.give(
                self.asked.given,
                self.allowance,
                "iam",
                title or self.title,
                self.way.effect,
                names,
                role=role,
                doubts=doubts,
            )

    def widen(self, holders: Sequence[AwsPrincipal], doubts: Sequence[str] = ()) -> None:
        """Whom it is about gets all rights, or what boundary and organization leave of them."""
        if len(holders) > MOST_WIDENED:
            itself = self.powers.accounts.principals.get(self.asked.principal.arn)
            if itself is not None and itself in holders and self.powers.all_rights(itself) == self.powers.everything:
                holders = [itself]
        by_role: dict[str, list[str]] = {}
        for holder in holders:
            role = self.powers.all_rights(holder)
            if role:
                by_role.setdefault(role, []).append(holder.name)
        for role, names in by_role.items():
            within = "" if role == self.powers.everything else f" for {role}"
            self.give(names, title=f"{self.title}{within}", role=role, doubts=doubts)


def _on_users(call: _Call, users: Sequence[AwsPrincipal]) -> None:
    if call.way.effect == "grant":
        call.widen(users)
        return
    kept, unknown = call.powers.minted(call.way.actions, users)
    if unknown:
        what = "keys" if "AccessKey" in call.way.actions[0] else "password"
        call.powers.draft.assume(call.way.actions[0], "it works on the users", f"no file tells which {what} they have")
    call.give(kept)


def _on_roles(call: _Call, roles: Sequence[AwsPrincipal]) -> None:
    if call.way.effect == "assume":
        call.give(call.powers.named(roles))
    else:
        call.widen(roles)


def _on_groups(call: _Call, groups: Sequence[AwsGroup]) -> None:
    for group in groups:
        if call.way.actions != ("iam:AddUserToGroup",):
            call.widen(call.powers.accounts.members(group.arn))
            continue
        member = Principal(f"arn:aws:iam::{call.powers.account}:user/made", group.policies)
        role = call.powers.gain(f"what {shown_arn(group.arn)} gives", member)
        if role:
            names = [each.name for each in call.powers.users]
            joining = [name for name in names if name == call.asked.name] or names
            call.give(joining, title=f"AddUserToGroup {shown_arn(group.arn)}", role=role)


def _on_policies(call: _Call, policies: Sequence[ManagedPolicy]) -> None:
    for policy in policies:
        if call.way.actions == ("iam:CreatePolicyVersion",):
            call.widen(call.powers.holders.get(policy.arn, ()))
        else:
            _on_versions(call, policy)


def _on_versions(call: _Call, policy: ManagedPolicy) -> None:
    holders = call.powers.holders.get(policy.arn, ())
    for version, document in policy.older:
        of_version = Principal(f"arn:aws:iam::{call.powers.account}:role/made", (document,))
        role = call.powers.gain(f"version {version} of {shown_arn(policy.arn)}", of_version)
        if role:
            call.give([each.name for each in holders], title=f"SetDefaultPolicyVersion to {version}", role=role)
    if not any(each.older for each in call.powers.policies):
        doubt = "no policy of the account stands there with a second version: they may have been left out"
        call.powers.draft.assume(
            "iam:SetDefaultPolicyVersion", "it brings back a version that allows everything", doubt
        )
        call.widen(holders, doubts=(doubt,))


_BY_KIND: Mapping[str, Callable[[_Call, Any], None]] = {
    "user": _on_users,
    "role": _on_roles,
    "group": _on_groups,
    "policy": _on_policies,
}


def _all_of(found: Sequence[tuple[Allowance, ...]]) -> Iterator[Allowance]:
    """All of several actions, each allowed in one of some ways."""
    if len(found) == 1:
        yield from found[0]
        return
    for first in found[0]:
        for rest in _all_of(found[1:]):
            both = together([first, rest])
            if both.targets is None or both.targets:
                yield both
