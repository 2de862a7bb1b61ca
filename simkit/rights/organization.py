"""The tree of an organization: its service control policies, which limit who asks, and its resource control policies,
which limit what is asked for. Of the first each level must allow; of both none may deny.

(https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html,
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_evaluation.html)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simkit.errors import in_short
from simkit.rights.document import Attached, Origin, PolicyDocument, policy_document
from simkit.rights.request import OUTSIDE_IAM, Caller, account_of

SERVICE, RESOURCE = "SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"
"""What `aws organizations list-policies-for-target` calls the types of policies that are read."""


@dataclass(frozen=True, slots=True)
class Level:
    """A root, a unit or an account of the tree, and the service and resource control policies attached to it."""

    name: str
    policies: tuple[PolicyDocument, ...]
    of_resources: tuple[PolicyDocument, ...] = ()


@dataclass(frozen=True, slots=True)
class Organization:
    """Which levels lie above each account, its own the last. `management` is not limited by any of them."""

    id: str
    management: str
    levels: Mapping[str, tuple[Level, ...]]

    def above(self, caller: Caller) -> tuple[Level, ...] | None:
        """The levels that limit `caller`; None where its account is not in the tree, so what limits it is not known.

        Service control policies limit neither services, nor the management account, nor service-linked roles
        (https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html).
        """
        account = caller.principal.account
        if caller.kind in OUTSIDE_IAM or account == self.management or is_service_linked(caller):
            return ()
        return self.levels.get(account)

    def over(self, account: str, caller: Caller) -> tuple[Level, ...]:
        """The levels whose resource control policies limit what `caller` does to what `account` owns.

        They limit everybody, also from outside the organization, but neither service-linked roles nor what the
        management account owns
        (https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html).
        """
        if account == self.management or is_service_linked(caller):
            return ()
        return tuple(each for each in self.levels.get(account, ()) if each.of_resources)


def is_service_linked(caller: Caller) -> bool:
    """True for a role that only a service of AWS assumes and changes."""
    return ":role/aws-service-role/" in caller.principal.arn


def read_organization(value: Any, origin: Origin) -> Organization:
    """The organization that the tree `value` tells, from its root: Name, Arn, Policies with Content, Children.

    Content is a policy document, or a text of one as AWS hands it out. Policies of other types (tags, backups) are
    passed over. Raises InputError.
    """
    levels: dict[str, tuple[Level, ...]] = {}
    waiting = [(value, origin, tuple[Level, ...]())]
    while waiting:
        node, at, above = waiting.pop()
        if not isinstance(node, Mapping):
            raise at.refusal(f"a level of the tree is an object, not {in_short(node)}: write it so")
        own = (*above, _level(node, at))
        identity = str(node.get("Id", ""))
        if node.get("Type") == "Account" or not identity.startswith(("r-", "ou-")):
            levels[identity] = own
        children = _listed(node, "Children", at)
        waiting += [(child, at.under("Children", index), own) for index, child in enumerate(children)]
    arn = str(value.get("Arn", ""))
    known = next((part for part in arn.split("/") if part.startswith("o-")), "")
    return Organization(known, account_of(arn), levels)


def _level(node: Mapping[str, Any], origin: Origin) -> Level:
    name = str(node.get("Name") or node.get("Id") or "?")
    found: dict[str, list[PolicyDocument]] = {SERVICE: [], RESOURCE: []}
    for index, each in enumerate(_listed(node, "Policies", origin)):
        at = origin.under("Policies", index)
        if not isinstance(each, Mapping) or "Content" not in each:
            raise at.refusal(f"a service control policy is an object with Content, not {in_short(each)}: write it so")
        kind = str(each.get("Type") or (RESOURCE if _names_principals(each["Content"]) else SERVICE))
        if kind in found:
            label = str(each.get("Name") or each.get("Id") or "")
            attached: Attached = "identity" if kind == SERVICE else "resource"
            found[kind].append(policy_document(each["Content"], at.under("Content"), attached=attached, name=label))
    return Level(name, tuple(found[SERVICE]), tuple(found[RESOURCE]))


def _names_principals(content: Any) -> bool:
    """True for a resource control policy: its statements name a Principal, which those of the other type cannot."""
    if isinstance(content, str):
        return '"Principal"' in content
    statements = content.get("Statement") if isinstance(content, Mapping) else None
    listed = statements if isinstance(statements, list) else [statements]
    return any(isinstance(each, Mapping) and "Principal" in each for each in listed)


def _listed(node: Mapping[str, Any], key: str, origin: Origin) -> list[Any]:
    found = node.get(key) or []
    if not isinstance(found, list):
        raise origin.under(key).refusal(f"{key} is a list, not {in_short(found)}: write it so")
    return found
