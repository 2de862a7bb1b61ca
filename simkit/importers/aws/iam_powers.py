"""Calls of IAM that change who may do what: each becomes a step that mints, grants or assumes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from simkit.importers.aws.account import AwsPrincipal, ManagedPolicy, shown_arn
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
    for way in IAM:
        targets = powers.lists[way.over]
        if lifts and way.effect == "grant" and way.over != lifts and len(targets) > MOST_WIDENED:
            continue  # it has all rights by itself, and becomes everybody
        allowed = powers.effective.allowances
        found = [allowed(asked.principal, action, targets, ADMINISTRATOR_ACCESS) for action in way.actions]
        for allowance in _all_of(found):
            positions = sorted(targets.all if allowance.targets is None else allowance.targets)
            _BY_KIND[way.over](_Call(powers, asked, way, allowance), positions)


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
        itself = [each for each in holders if each.name == self.asked.name]
        if len(holders) > MOST_WIDENED and itself and self.powers.all_rights(itself[0]) == self.powers.everything:
            holders = itself
        by_role: dict[str, list[str]] = {}
        for holder in holders:
            role = self.powers.all_rights(holder)
            if role:
                by_role.setdefault(role, []).append(holder.name)
        for role, names in by_role.items():
            within = "" if role == self.powers.everything else f" for {role}"
            self.give(names, title=f"{self.title}{within}", role=role, doubts=doubts)


def _on_users(call: _Call, positions: Sequence[int]) -> None:
    users = [call.powers.users[at] for at in positions]
    if call.way.effect == "grant":
        call.widen(users)
        return
    actions, kept = call.way.actions, list[str]()
    for user in users:
        possible = call.powers.inventory.can_be_minted(user.arn, actions)
        if possible is not False:
            kept.append(user.name)
        if possible is None:
            what = "keys" if "AccessKey" in actions[0] else "password"
            call.powers.draft.assume(actions[0], "it works on the users", f"no file tells which {what} they have")
    call.give(kept)


def _on_roles(call: _Call, positions: Sequence[int]) -> None:
    roles = [call.powers.roles[at] for at in positions]
    if call.way.effect == "assume":
        call.give([each.name for each in roles])
    else:
        call.widen(roles)


def _on_groups(call: _Call, positions: Sequence[int]) -> None:
    for at in positions:
        group = call.powers.groups[at]
        if call.way.actions != ("iam:AddUserToGroup",):
            call.widen(call.powers.accounts.members(group.arn))
            continue
        member = Principal(f"arn:aws:iam::{call.powers.account}:user/made", group.policies)
        role = call.powers.gain(f"what {shown_arn(group.arn)} gives", member)
        if role:
            names = [each.name for each in call.powers.users]
            joining = [name for name in names if name == call.asked.name] or names
            call.give(joining, title=f"AddUserToGroup {shown_arn(group.arn)}", role=role)


def _on_policies(call: _Call, positions: Sequence[int]) -> None:
    for at in positions:
        policy = call.powers.policies[at]
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


_BY_KIND = {"user": _on_users, "role": _on_roles, "group": _on_groups, "policy": _on_policies}


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
