"""What `aws iam get-account-authorization-details` tells: users, groups, roles, and the policies that are attached."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import groupby
from typing import Any

from simkit.errors import InputError
from simkit.importers.draft import Draft
from simkit.importers.excerpt import Excerpt
from simkit.importers.file_place import FilePlace
from simkit.rights import Origin, PolicyDocument, Principal, Statement, policy_document
from simkit.rights.document import Attached
from simkit.rights.request import account_of, arn_part

LISTS = ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies")
MOST_PLACES = 4
"""How many statements that allow something together are told with their places."""
_PLACE = re.compile(r"^.*?:[0-9]+:[0-9]+: ")
EVERYTHING: Mapping[str, Any] = {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
WELL_KNOWN: Mapping[str, Mapping[str, Any]] = {"AdministratorAccess": EVERYTHING}
"""Managed policies of AWS that are told without a file (AWS managed policy reference, AdministratorAccess)."""


@dataclass(frozen=True, slots=True, eq=False)
class ManagedPolicy:
    """A managed policy: its default document, and those of its other versions."""

    arn: str
    document: PolicyDocument | None
    older: tuple[tuple[str, PolicyDocument], ...]
    place: FilePlace

    @property
    def can_be_changed(self) -> bool:
        """True for the customer's own: those of AWS have no account."""
        return account_of(self.arn).isdigit()


@dataclass(frozen=True, slots=True, eq=False)
class AwsGroup:
    """A group of users."""

    arn: str
    policies: tuple[PolicyDocument, ...]
    managed: tuple[str, ...]
    place: FilePlace


@dataclass(frozen=True, eq=False)
class AwsPrincipal:
    """A user or a role. `managed` are the ARNs of the managed policies that reach it, also through its groups;
    `longest_session` is in seconds, 0 where its file does not say it."""

    principal: Principal
    place: FilePlace
    managed: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    trust: PolicyDocument | None = None
    longest_session: int = 0
    profiles: tuple[str, ...] = ()
    created: str = ""
    last_used: str = ""

    @property
    def arn(self) -> str:
        """Its ARN."""
        return self.principal.arn

    @cached_property
    def name(self) -> str:
        """Its name in the scenario."""
        return shown_arn(self.arn)

    @property
    def is_role(self) -> bool:
        """True for a role."""
        return self.principal.is_role

    @property
    def is_fixed(self) -> bool:
        """True for a role that only AWS may change: of a service, or of a permission set."""
        return "/aws-service-role/" in self.arn or "/aws-reserved/" in self.arn


@dataclass(slots=True)
class AwsAccounts:
    """All that the exports tell, by ARN; `newest` is the latest moment that any of them names."""

    principals: dict[str, AwsPrincipal] = field(default_factory=dict)
    groups: dict[str, AwsGroup] = field(default_factory=dict)
    policies: dict[str, ManagedPolicy] = field(default_factory=dict)
    newest: str = ""
    _members: dict[str, list[AwsPrincipal]] = field(default_factory=dict)

    def add(self, principal: AwsPrincipal) -> None:
        """There is `principal`."""
        self.principals[principal.arn] = principal
        for group in principal.groups:
            self._members.setdefault(group, []).append(principal)

    @property
    def users(self) -> list[AwsPrincipal]:
        """The users."""
        return [each for each in self.principals.values() if not each.is_role]

    @property
    def roles(self) -> list[AwsPrincipal]:
        """The roles."""
        return [each for each in self.principals.values() if each.is_role]

    @property
    def ids(self) -> list[str]:
        """The accounts that have users or roles here."""
        return list(dict.fromkeys(each.principal.account for each in self.principals.values()))

    def members(self, group: str) -> list[AwsPrincipal]:
        """The users in the group."""
        return self._members.get(group, [])


def shown_arn(arn: str) -> str:
    """The account and the last part of an ARN, or the whole text where it is none; without what globs are made of.

    >>> shown_arn("arn:aws:iam::111122223333:role/app/deploy")
    '111122223333:role/app/deploy'
    """
    account, last = account_of(arn), arn_part(arn, 5)
    return clean(f"{account}:{last}" if account and last else arn)


def clean(text: str) -> str:
    """`text` as a part of a name: printable, and without what globs are made of."""
    found = "".join("-" if letter in "*?[]" or not letter.isprintable() else letter for letter in text)
    return found.strip() or "-"


def label(*statements: Statement) -> str:
    """Statements as names have them: policy, Sid or position, and whose policy it is, once for neighbours that share
    an owner. No line is in it, for lines move."""
    found = list[str]()
    for owner, alike in groupby(dict.fromkeys(statements), key=lambda each: each.owner):
        said = dict.fromkeys(clean(f"{each.policy or 'a policy'}/{each.called}") for each in alike)
        found.append(" and ".join(said) + (f" ({clean(owner)})" if owner else ""))
    return " and ".join(found)


def place_of(statement: Statement) -> FilePlace:
    """Where a statement stands."""
    return FilePlace(statement.origin.file, *statement.origin.line_column())


def places_of(statements: Sequence[Statement]) -> FilePlace:
    """Where statements stand that allow something together."""
    first, *rest = dict.fromkeys(map(place_of, statements))
    return replace(first, also=tuple(rest[: MOST_PLACES - 1]))


def is_account(value: Any) -> bool:
    """True for an export of an account's users, groups, roles and policies."""
    return isinstance(value, dict) and any(isinstance(value.get(key), list) for key in LISTS[:3])


def read_accounts(bodies: Sequence[Excerpt], draft: Draft) -> AwsAccounts:
    """The accounts that the exports tell; what cannot be read is told to `draft`."""
    found = AwsAccounts()
    for body in bodies:
        for each in body.each("Policies"):
            _managed(each, found)
    for body in bodies:
        for each in body.each("GroupDetailList"):
            _group(each, found)
    for body in bodies:
        for each in body.each("UserDetailList"):
            _user(each, found)
        for each in body.each("RoleDetailList"):
            _role(each, found)
        draft.count(body.document.file, sum(len(body.value.get(key) or ()) for key in LISTS if _listed(body, key)))
    return found


def _listed(body: Excerpt, key: str) -> bool:
    return isinstance(body.value.get(key), list)


def read_policy(
    body: Excerpt, key: str, name: str, owner: str, attached: Attached = "identity"
) -> PolicyDocument | None:
    """The policy document under `key`, the `owner`'s; told, and None, where it is none."""
    value = body.value.get(key)
    if value is None:
        return None
    try:
        return policy_document(value, origin_of(body.under(key, value)), attached=attached, name=name, owner=owner)
    except InputError as error:
        body.draft.leave(body.under(key, value).origin, f"policy {clean(name)}", reason_of(error))
    return None


def reason_of(error: InputError) -> str:
    """What is wrong, in a sentence without the place, which is told beside it."""
    return _PLACE.sub("", str(error).split("\n", maxsplit=1)[0])


def origin_of(body: Excerpt) -> Origin:
    """The place of `body` as policies have it."""

    def locate(where: tuple[str | int, ...]) -> tuple[int, int]:
        found = body.document.origin(where)
        return found.line, found.column

    return Origin(body.document.file, body.where, locate)


def _arn(body: Excerpt) -> str:
    arn = body.name("Arn")
    if arn and arn_part(arn, 5) and account_of(arn):
        return arn
    body.draft.leave(body.origin, "an entry", "it has no ARN of an account")
    return ""


def _managed(body: Excerpt, found: AwsAccounts) -> None:
    arn = _arn(body)
    if not arn:
        return
    name = body.text("PolicyName") or arn.rpartition("/")[2]
    default, older = None, list[tuple[str, PolicyDocument]]()
    for version in body.each("PolicyVersionList"):
        number = clean(version.text("VersionId"))
        is_default = version.flag("IsDefaultVersion")
        document = read_policy(version, "Document", name if is_default else f"{name} {number}", account_of(arn))
        if document is None:
            continue
        if is_default:
            default = document
        else:
            older.append((number, document))
    _date(body, "UpdateDate", found)
    found.policies[arn] = ManagedPolicy(arn, default, tuple(older), body.origin)


def _inline(body: Excerpt, key: str, arn: str) -> Iterator[PolicyDocument]:
    for each in body.each(key):
        name = each.text("PolicyName") or "an inline policy"
        document = read_policy(each, "PolicyDocument", name, shown_arn(arn))
        if document is not None:
            yield document


def _attached(body: Excerpt, found: AwsAccounts) -> tuple[tuple[str, ...], tuple[PolicyDocument, ...]]:
    """The managed policies of a principal or group, by ARN, and the documents of those that were seen."""
    arns, documents = list[str](), list[PolicyDocument]()
    for each in body.each("AttachedManagedPolicies"):
        arn = each.name("PolicyArn")
        document = policy_of(arn, each, found) if arn else None
        arns += [arn] if arn else []
        documents += [] if document is None else [document]
    return tuple(arns), tuple(documents)


def policy_of(arn: str, body: Excerpt, found: AwsAccounts, *, is_boundary: bool = False) -> PolicyDocument | None:
    """The document of a managed policy that stands at `body`; told, and None, where no file has it."""
    document = _document(arn, body, found)
    if document is None:
        why = "its document is in no file: what it gives is not known"
        if is_boundary:
            why = "the boundary is in no file: what it leaves is not known, and nothing is taken to be left out"
        body.draft.leave(body.origin, f"policy {clean(arn)}", why)
    return document


def _document(arn: str, body: Excerpt, found: AwsAccounts) -> PolicyDocument | None:
    known = found.policies.get(arn)
    if known is not None and known.document is not None:
        return known.document
    name = arn.rpartition("/")[2]
    if arn_part(arn, 4) == "aws" and name in WELL_KNOWN:
        document = policy_document(WELL_KNOWN[name], origin_of(body), name=name, owner=account_of(arn))
        found.policies[arn] = ManagedPolicy(arn, document, (), body.origin)
        return document
    return None


def _group(body: Excerpt, found: AwsAccounts) -> None:
    arn = _arn(body)
    if arn:
        managed, documents = _attached(body, found)
        own = (*_inline(body, "GroupPolicyList", arn), *documents)
        found.groups[arn] = AwsGroup(arn, own, managed, body.origin)


def _user(body: Excerpt, found: AwsAccounts) -> None:
    arn = _arn(body)
    if not arn or _again(arn, body, found):
        return
    managed, documents = _attached(body, found)
    groups = _groups(body, arn, found)
    policies = [*_inline(body, "UserPolicyList", arn), *documents]
    reaching = list(managed)
    for group in groups:
        policies += found.groups[group].policies
        reaching += found.groups[group].managed
    created = _date(body, "CreateDate", found)
    boundary = _boundary(body, found)
    principal = Principal(arn, tuple(policies), boundary, body.text("UserId"), _tags(body))
    reached = tuple(dict.fromkeys(reaching))
    found.add(AwsPrincipal(principal, body.origin, reached, groups, created=created))


def _groups(body: Excerpt, arn: str, found: AwsAccounts) -> tuple[str, ...]:
    account = account_of(arn)
    by_name = {group.rpartition("/")[2]: group for group in found.groups if account_of(group) == account}
    names = dict.fromkeys(body.texts("GroupList"))
    for name in names:
        if name not in by_name:
            body.draft.leave(body.origin, f"group {clean(name)}", "it is in no file: what it gives is not known")
    return tuple(by_name[name] for name in names if name in by_name)


def _role(body: Excerpt, found: AwsAccounts) -> None:
    arn = _arn(body)
    if not arn or _again(arn, body, found):
        return
    managed, documents = _attached(body, found)
    policies = (*_inline(body, "RolePolicyList", arn), *documents)
    principal = Principal(arn, policies, _boundary(body, found), body.text("RoleId"), _tags(body))
    seconds = body.value.get("MaxSessionDuration")
    longest = seconds if isinstance(seconds, int) and 3600 <= seconds <= 43_200 else 0
    trust = read_policy(body, "AssumeRolePolicyDocument", "trust policy", shown_arn(arn), "resource")
    names = [each.text("InstanceProfileName") for each in body.each("InstanceProfileList")]
    created = _date(body, "CreateDate", found)
    used = _date(body.part("RoleLastUsed"), "LastUsedDate", found)
    profiles = tuple(name for name in names if name)
    found.add(AwsPrincipal(principal, body.origin, managed, (), trust, longest, profiles, created, used))


def _again(arn: str, body: Excerpt, found: AwsAccounts) -> bool:
    if arn not in found.principals:
        return False
    body.draft.leave(body.origin, clean(arn), f"it stands already at {found.principals[arn].place}, which counts")
    return True


def _boundary(body: Excerpt, found: AwsAccounts) -> PolicyDocument | None:
    """The permissions boundary; one that no file has allows nothing surely, and is told."""
    part = body.part("PermissionsBoundary")
    arn = part.name("PermissionsBoundaryArn") if part.has("PermissionsBoundaryArn") else ""
    return policy_of(arn, part, found, is_boundary=True) if arn else None


def _tags(body: Excerpt) -> Mapping[str, str] | None:
    """The tags by key; None where the export has none at all, as older ones."""
    if not body.has("Tags"):
        return None
    return {each.text("Key"): each.text("Value") for each in body.each("Tags")}


def _date(body: Excerpt, key: str, found: AwsAccounts) -> str:
    """The moment under `key`; empty where there is none. The newest of all is kept."""
    text = body.value.get(key) if isinstance(body.value, dict) else None
    if isinstance(text, str) and len(text) >= 19 and text[:4].isdigit():
        said = f"{text[:10]}T{text[11:19]}Z"
        found.newest = max(found.newest, said)
        return said
    return ""
