"""The users, groups, roles and policies of a Terraform plan or state, as an export of an account would tell them.

Resource types and their arguments are from the documentation of the provider hashicorp/aws.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from simkit.importers.aws.account import (
    AwsAccounts,
    AwsGroup,
    AwsPrincipal,
    ManagedPolicy,
    clean,
    policy_of,
    read_policy,
    shown_arn,
)
from simkit.importers.aws.session_lengths import is_length
from simkit.importers.aws.terraform_plan import AFTER_APPLY, TerraformPlan, TerraformResource
from simkit.importers.excerpt import Excerpt
from simkit.rights import PolicyDocument, Principal
from simkit.rights.request import account_of, arn_part

KINDS: Mapping[str, str] = {"aws_iam_user": "user", "aws_iam_group": "group", "aws_iam_role": "role"}
INLINE: Mapping[str, str] = {f"{kind}_policy": which for kind, which in KINDS.items()}
ATTACHED: Mapping[str, tuple[str, ...]] = {
    "aws_iam_user_policy_attachment": ("user",),
    "aws_iam_group_policy_attachment": ("group",),
    "aws_iam_role_policy_attachment": ("role",),
    "aws_iam_policy_attachment": ("users", "groups", "roles"),
}
"""Types that attach a managed policy, and under which keys they say to whom."""
READ = (*KINDS, *INLINE, *ATTACHED, "aws_iam_policy", "aws_iam_group_membership", "aws_iam_user_group_membership")
"""All types that are read here; instance profiles belong to their roles."""


def read_terraform_principals(plan: TerraformPlan, accounts: AwsAccounts) -> None:
    """Put the principals that the plan makes into `accounts`, and tell what is known after apply only."""
    if any(each.kind in KINDS for each in plan.resources):
        _Reader(plan, accounts).read()


@dataclass(frozen=True)
class _Reader:
    """Reads one plan. `inline` and `managed` policies, and the groups of users, are kept by the ARN of who has them."""

    plan: TerraformPlan
    accounts: AwsAccounts
    inline: dict[str, list[PolicyDocument]] = field(default_factory=dict)
    managed: dict[str, list[str]] = field(default_factory=dict)
    members: dict[str, list[str]] = field(default_factory=dict)

    def read(self) -> None:
        """All of it: policies, who has them, and then the principals."""
        for each in self.plan.of("aws_iam_policy"):
            arn = self.plan.arn(each, "policy")
            document = self.document(each.values, "policy", arn.rpartition("/")[2], account_of(arn))
            self.accounts.policies[arn] = ManagedPolicy(arn, document, (), each.values.origin)
        for kind, which in INLINE.items():
            for each in self.plan.of(kind):
                for arn in self.holders(each, (which,)):
                    self.give_inline(arn, each.values, each.name or each.label)
        for kind, keys in ATTACHED.items():
            for each in self.plan.of(kind):
                self.attach(each, keys)
        self.memberships()
        for each in self.plan.of("aws_iam_group"):
            self.group(each)
        for each in self.plan.of("aws_iam_user"):
            self.principal(each, "user")
        for each in self.plan.of("aws_iam_role"):
            self.principal(each, "role")

    @cached_property
    def made(self) -> frozenset[str]:
        """The ARNs of all that the plan makes."""
        return frozenset(self.plan.arn(each, kind) for type_, kind in KINDS.items() for each in self.plan.of(type_))

    def holders(self, resource: TerraformResource, keys: Sequence[str]) -> list[str]:
        """Whom `keys` name that the plan makes; others are told, for what stands elsewhere stays as it is."""
        named = [arn for key in keys for arn in self.named(resource, key, key.removesuffix("s"))]
        for arn in named:
            if arn not in self.made:
                why = f"{shown_arn(arn)} is not made here: what it is given is not added"
                resource.values.draft.leave(resource.values.origin, resource.address, why)
        return [arn for arn in named if arn in self.made]

    def named(self, resource: TerraformResource, key: str, kind: str) -> list[str]:
        """The ARNs of the users, groups or roles that `key` names, by what is known or by what it refers to."""
        value = resource.values.value.get(key) if isinstance(resource.values.value, dict) else None
        listed = value if isinstance(value, list) else [value]
        names = [each for each in listed if isinstance(each, str) and each]
        meant = [] if names else [each for each in self.plan.meant(resource, key) if KINDS.get(each.kind) == kind]
        return [*(self.called(name, kind) for name in names), *(self.plan.arn(each, kind) for each in meant)]

    def called(self, name: str, kind: str) -> str:
        """The ARN of the one of a `kind` that has this name: made here, or told by an export."""
        return self._by_name.get((kind, name)) or f"arn:aws:iam::{self.plan.account}:{kind}/{name}"

    @cached_property
    def _by_name(self) -> Mapping[tuple[str, str], str]:
        there = (*self.accounts.principals, *self.accounts.groups)
        found = {(arn_part(arn, 5).partition("/")[0], arn.rpartition("/")[2]): arn for arn in there}
        here = ((kind, each) for type_, kind in KINDS.items() for each in self.plan.of(type_))
        return found | {(kind, each.name): self.plan.arn(each, kind) for kind, each in here if each.name}

    def give_inline(self, arn: str, values: Excerpt, name: str) -> None:
        document = self.document(values, "policy", name, shown_arn(arn))
        if document is not None:
            self.inline.setdefault(arn, []).append(document)

    def document(self, values: Excerpt, key: str, name: str, owner: str) -> PolicyDocument | None:
        """The policy under `key`; told where it is known after apply only."""
        if not values.has(key):
            values.draft.leave(values.origin, f"policy {clean(name)}", f"{AFTER_APPLY}: what it gives is not known")
            return None
        return read_policy(values, key, name, owner)

    def attach(self, resource: TerraformResource, keys: Sequence[str]) -> None:
        """A managed policy is attached to whom `keys` name."""
        values = resource.values
        policies = [values.text("policy_arn")] if values.has("policy_arn") else []
        policies = policies or [
            self.plan.arn(each, "policy")
            for each in self.plan.meant(resource, "policy_arn")
            if each.kind == "aws_iam_policy"
        ]
        holders = self.holders(resource, keys)
        for policy in policies:
            for holder in holders:
                self.managed.setdefault(holder, []).append(policy)
        if not policies:
            values.draft.leave(values.origin, resource.address, f"which policy it is: {AFTER_APPLY}")

    def memberships(self) -> None:
        """Who is in which group."""
        pairs = {"aws_iam_group_membership": ("users", "group"), "aws_iam_user_group_membership": ("user", "groups")}
        for kind, (users, groups) in pairs.items():
            for each in self.plan.of(kind):
                for user in self.named(each, users, "user"):
                    self.members.setdefault(user, []).extend(self.named(each, groups, "group"))

    def policies(self, arn: str, body: Excerpt) -> tuple[tuple[str, ...], tuple[PolicyDocument, ...]]:
        """The managed policies of `arn`, and all documents that are known."""
        managed = list(dict.fromkeys([*_listed(body, "managed_policy_arns"), *self.managed.get(arn, ())]))
        documents = list(self.inline.get(arn, ()))
        for each in body.each("inline_policy") if body.has("inline_policy") else ():
            if each.has("policy"):
                own = self.document(each, "policy", _text(each, "name") or "an inline policy", shown_arn(arn))
                documents += [] if own is None else [own]
        documents += (found for policy in managed if (found := policy_of(policy, body, self.accounts)) is not None)
        return tuple(managed), tuple(documents)

    def group(self, resource: TerraformResource) -> None:
        arn = self.plan.arn(resource, "group")
        managed, documents = self.policies(arn, resource.values)
        self.accounts.groups[arn] = AwsGroup(arn, documents, managed, resource.values.origin)

    def principal(self, resource: TerraformResource, kind: str) -> None:
        """A user or a role; one that an export has already stays as it is there."""
        values, arn = resource.values, self.plan.arn(resource, kind)
        if arn in self.accounts.principals:
            why = f"it stands already at {self.accounts.principals[arn].place}, which counts"
            values.draft.leave(values.origin, clean(arn), why)
            return
        managed, documents = self.policies(arn, values)
        groups = tuple(dict.fromkeys(each for each in self.members.get(arn, ()) if each in self.accounts.groups))
        reaching = [*managed, *(each for group in groups for each in self.accounts.groups[group].managed)]
        own = [*documents, *(each for group in groups for each in self.accounts.groups[group].policies)]
        principal = Principal(arn, tuple(own), self.boundary(resource), "", _tags(values))
        made = AwsPrincipal(principal, values.origin, tuple(dict.fromkeys(reaching)), groups)
        if kind == "role":
            seconds = values.value.get("max_session_duration")
            # a role without the argument gets the default of AWS, which the provider writes into the plan as 3600
            longest = seconds if is_length(seconds) else 0
            profiles = tuple(self.profiles(arn))
            made = replace(made, trust=self.trust(values, arn), longest_session=longest, profiles=profiles)
        self.accounts.add(made)

    def trust(self, values: Excerpt, arn: str) -> PolicyDocument | None:
        if not values.has("assume_role_policy"):
            values.draft.leave(values.origin, f"trust policy of {shown_arn(arn)}", AFTER_APPLY)
            return None
        return read_policy(values, "assume_role_policy", "trust policy", shown_arn(arn), "resource")

    def profiles(self, role: str) -> Iterator[str]:
        """The instance profiles that hold the role."""
        for each in self.plan.of("aws_iam_instance_profile"):
            if role in self.named(each, "role", "role"):
                yield each.name or each.label

    def boundary(self, resource: TerraformResource) -> PolicyDocument | None:
        values = resource.values
        arn = _text(values, "permissions_boundary")
        meant = [self.plan.arn(each, "policy") for each in self.plan.meant(resource, "permissions_boundary")]
        found = arn or next(iter(meant), "")
        return policy_of(found, values, self.accounts, is_boundary=True) if found else None


def _text(values: Excerpt, key: str) -> str:
    return values.text(key) if values.has(key) else ""


def _listed(values: Excerpt, key: str) -> tuple[str, ...]:
    return values.texts(key) if values.has(key) else ()


def _tags(values: Excerpt) -> Mapping[str, str] | None:
    """The tags, with those that the provider adds."""
    found: Any = values.value.get("tags_all") or values.value.get("tags") or {}
    return {key: str(value) for key, value in found.items()} if isinstance(found, dict) else None
