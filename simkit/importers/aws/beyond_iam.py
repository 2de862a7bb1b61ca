"""What nobody can change in an account: what stands for something else, is AWS's own, or cannot be said in IAM."""

from __future__ import annotations

from collections.abc import Iterator

from simkit.importers.aws.account import AwsAccounts
from simkit.importers.aws.sheet import Sheet
from simkit.importers.aws.techniques_table import IAM
from simkit.importers.draft import Draft
from simkit.rights import Statement

STANDING = ("TakeOver", "Use", "Administer", "ReadAll", "WriteAll")
"""Operations of the tool `account` by which the importer says that somebody has rights: no statement is behind them."""
SHORTEST = "shorten-ttl 15 min"
"""The longest session of a role is an hour at least (AWS, "Update the maximum session duration")."""
UNSAID = ("turn-dial", "close-runtime", "stop-answers", "attenuate-trust")
"""Changes that no policy, trust policy or attachment of IAM makes."""


def tell_unchangeable(accounts: AwsAccounts, sheet: Sheet, draft: Draft) -> None:
    """Put into `draft` what narrowing must not propose for these accounts."""
    draft.fix((f"account.{each} *" for each in STANDING), "stands for what rights lead to: no statement says it")
    edges = ["administrator of * -assume-> *", "any of * -assume-> *"]
    draft.fix(edges, "stands for what rights lead to: no trust policy says it")
    made_by_aws = (each.name for each in accounts.roles if "/aws-service-role/" in each.arn)
    draft.fix(made_by_aws, "a role of a service of AWS: only AWS changes it")
    why = "a policy of AWS: it can be detached, and only AWS edits it"
    draft.fix(sheet.roles_of(_of_aws(accounts)), why, "drop-entitlement", "bind-targets", "add-condition")
    shared = (f"iam.{'+'.join(map(_plain, way.actions))}* by *" for way in IAM if way.over in ("group", "policy"))
    draft.fix(
        shared, "it is about a policy or a group, and reaches all who have it", "drop-entitlement", "bind-targets"
    )
    why = "it works from everywhere until it is deleted: IAM has no such setting"
    keys = ("access key *", "password of *")
    draft.fix(keys, why, "constrain-sender", "shorten-ttl", "limit-token")
    draft.fix(["*/* (*)*"], "a policy is attached or it is not, and for no time", "shorten-ttl")
    tools = (f"{name}.*" for name in draft.sections.get("tools", {}))
    draft.fix(tools, "nobody is asked before a call of AWS", "add-condition approval")
    entered = [f"* -*-> {account}:*" for account in accounts.ids]
    acting = [f"{account}:*" for account in accounts.ids] + ["any of *", *_others(accounts, draft)]
    draft.fix([*acting, *entered], "no policy of IAM says it", *UNSAID)
    draft.fix(entered, "the longest session of a role is an hour or more", SHORTEST)


def _others(accounts: AwsAccounts, draft: Draft) -> Iterator[str]:
    """The identities that stand for something, or for somebody outside."""
    own = tuple(f"{account}:" for account in accounts.ids)
    yield from (name for name in draft.sections.get("identities", {}) if not name.startswith((*own, "any of ")))


def _plain(action: str) -> str:
    return action.partition(":")[2]


def _of_aws(accounts: AwsAccounts) -> frozenset[Statement]:
    """The statements of policies that AWS manages."""
    documents = (each.document for each in accounts.policies.values() if not each.can_be_changed)
    return frozenset(statement for document in documents if document for statement in document.statements)
