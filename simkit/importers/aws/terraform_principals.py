"""The users, groups, roles and policies of a Terraform plan or state, as an export of an account would tell them.

Resource types and their arguments are from the documentation of the provider hashicorp/aws.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from simkit.errors import InputError
from simkit.importers.aws.account import (
    AwsAccounts,
    AwsGroup,
    AwsPrincipal,
    ManagedPolicy,
    clean,
    origin_of,
    policy_of,
    read_policy,
    reason_of,
    shown_arn,
)
from simkit.importers.aws.session_lengths import is_length
from simkit.importers.aws.terraform_documents import planned_document
from simkit.importers.aws.terraform_plan import AFTER_APPLY, TerraformPlan, TerraformResource
from simkit.importers.excerpt import Excerpt
from simkit.rights import PolicyDocument, Principal, policy_document
from simkit.rights.document import Attached
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
        _PrincipalReader(plan, accounts).read()


@dataclass(frozen=True)
class _PrincipalReader:
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
            document = self.document(each, arn.rpartition("/")[2], account_of(arn))
            self.accounts.policies[arn] = ManagedPolicy(arn, document, (), each.values.origin)
        for kind, which in INLINE.items():
            for each in self.plan.of(kind):
                for arn in self.holders(each, (which,)):
                    document = self.document(each, each.name or each.label, shown_arn(arn))
                    self.inline.setdefault(arn, []).extend([] if document is None else [document])
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

    def document(self, resource: TerraformResource, name: str, owner: str) -> PolicyDocument | None:
        """The policy of `resource`; told where it is known after apply only, and no data source says it."""
        values = resource.values
        if values.has("policy"):
            return read_policy(values, "policy", name, owner)
        planned = planned_document(self.plan, resource, "policy", is_trust=False)
        if planned is None:
            values.draft.leave(values.origin, f"policy {clean(name)}", f"{AFTER_APPLY}: what it gives is not known")
            return None
        return self.as_planned(values, planned, name, owner)

    @staticmethod
    def as_planned(
        values: Excerpt, said: Any, name: str, owner: str, attached: Attached = "identity"
    ) -> PolicyDocument | None:
        """A document that only apply will write; what of it is not known is told with each answer that rests on it."""
        values.draft.assume(f"policy {clean(name)} ({clean(owner)})", "as its data source says it", AFTER_APPLY)
        try:
            return policy_document(said, origin_of(values), attached=attached, name=name, owner=owner)
        except InputError as error:
            values.draft.leave(values.origin, f"policy {clean(name)}", reason_of(error))
            return None

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
            own = read_policy(each, "policy", _text(each, "name") or "an inline policy", shown_arn(arn))
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
            made = replace(made, trust=self.trust(resource, arn), longest_session=longest, profiles=profiles)
        self.accounts.add(made)

    def trust(self, resource: TerraformResource, arn: str) -> PolicyDocument | None:
        """Its trust policy."""
        values = resource.values
        if not values.has("assume_role_policy"):
            planned = planned_document(self.plan, resource, "assume_role_policy", is_trust=True)
            if planned is not None:
                return self.as_planned(values, planned, "trust policy", shown_arn(arn), "resource")
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
