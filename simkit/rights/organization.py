"""The tree of an organization and its service control policies: each level must allow, none may deny.

(https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simkit.errors import in_short
from simkit.rights.document import Origin, PolicyDocument, policy_document
from simkit.rights.request import OUTSIDE_IAM, Caller, account_of


@dataclass(frozen=True, slots=True)
class Level:
    """A root, a unit or an account of the tree, and the policies attached to it."""

    name: str
    policies: tuple[PolicyDocument, ...]


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
        exempt = account == self.management or ":role/aws-service-role/" in caller.principal.arn
        if caller.kind in OUTSIDE_IAM or exempt:
            return ()
        return self.levels.get(account)


def read_organization(value: Any, origin: Origin) -> Organization:
    """The organization that the tree `value` tells, from its root: Name, Arn, Policies with Content, Children.

    Content is a policy document, or a text of one as AWS hands it out. Raises InputError.
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
    policies = list[PolicyDocument]()
    for index, each in enumerate(_listed(node, "Policies", origin)):
        at = origin.under("Policies", index)
        if not isinstance(each, Mapping) or "Content" not in each:
            raise at.refusal(f"a service control policy is an object with Content, not {in_short(each)}: write it so")
        label = str(each.get("Name") or each.get("Id") or "")
        policies.append(policy_document(each["Content"], at.under("Content"), name=label))
    return Level(name, tuple(policies))


def _listed(node: Mapping[str, Any], key: str, origin: Origin) -> list[Any]:
    found = node.get(key) or []
    if not isinstance(found, list):
        raise origin.under(key).refusal(f"{key} is a list, not {in_short(found)}: write it so")
    return found
