"""Small accounts of AWS, as `aws iam get-account-authorization-details` prints them, and what is asked of them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from simkit import Scenario, rank
from simkit.importers import Imported, import_files

ACCOUNT = "111122223333"
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
Json = dict[str, Any]


def arn(kind: str, name: str, account: str = ACCOUNT) -> str:
    return f"arn:aws:iam::{account}:{kind}/{name}"


def statement(*actions: str, on: str | Sequence[str] = "*", effect: str = "Allow", **more: Any) -> Json:
    resources = on if isinstance(on, str) else list(on)
    return {"Effect": effect, "Action": list(actions), "Resource": resources, **more}


def document(*statements: Json) -> Json:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def user(name: str, *statements: Json, attached: Sequence[str] = (), **more: Any) -> Json:
    inline = [{"PolicyName": f"{name}-policy", "PolicyDocument": document(*statements)}] if statements else []
    policies = [{"PolicyArn": each} for each in attached]
    return {"UserName": name, "Arn": arn("user", name), "UserPolicyList": inline, **_rest(policies, more)}


def group(name: str, *statements: Json, attached: Sequence[str] = ()) -> Json:
    inline = [{"PolicyName": f"{name}-policy", "PolicyDocument": document(*statements)}] if statements else []
    policies = [{"PolicyArn": each} for each in attached]
    return {"GroupName": name, "Arn": arn("group", name), "GroupPolicyList": inline, **_rest(policies, {})}


def role(name: str, *statements: Json, trusts: Any = None, attached: Sequence[str] = (), **more: Any) -> Json:
    inline = [{"PolicyName": f"{name}-policy", "PolicyDocument": document(*statements)}] if statements else []
    policies = [{"PolicyArn": each} for each in attached]
    trusted = {
        "Effect": "Allow",
        "Principal": trusts or {"Service": "nobody.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    trust = {"AssumeRolePolicyDocument": document(trusted)}
    return {"RoleName": name, "Arn": arn("role", name), "RolePolicyList": inline, **trust, **_rest(policies, more)}


def managed(name: str, *statements: Json) -> Json:
    version = {"VersionId": "v1", "IsDefaultVersion": True, "Document": document(*statements)}
    return {"PolicyName": name, "Arn": arn("policy", name), "PolicyVersionList": [version]}


def _rest(policies: list[Json], more: Mapping[str, Any]) -> Json:
    return {"AttachedManagedPolicies": policies, "Tags": [], **more}


def account(*things: Json) -> str:
    """The export: a thing for each line, so that lines tell them apart."""
    lists = {"UserDetailList": "UserName", "GroupDetailList": "GroupName", "RoleDetailList": "RoleName"}
    found = {key: [each for each in things if name in each] for key, name in lists.items()}
    found["Policies"] = [each for each in things if "PolicyVersionList" in each]
    return (
        "{" + ",\n".join(f'"{key}": [\n' + ",\n".join(map(json.dumps, of)) + "]" for key, of in found.items()) + "}\n"
    )


def imported(folder: Path, *things: Json, **files: Any) -> Imported:
    """What the importer makes of the account, and of the JSON `files` beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "account.json").write_text(account(*things), "utf-8")
    for name, value in files.items():
        (folder / f"{name}.json").write_text(json.dumps(value), "utf-8")
    (made,) = import_files([folder], "aws")
    return made


def administrators(scenario: Scenario) -> set[str]:
    """The identities from which all rights of an account are reached, without the account in their names."""
    return {
        row.name.removeprefix(f"{ACCOUNT}:")
        for row in rank(scenario).rows
        if row.kind == "identity" and any(goal.startswith("administrator of") for goal in row.goals)
    }


def plan(*resources: tuple[str, Json]) -> Json:
    """What `terraform show -json` prints of resources, each a type and its values."""
    made = [{"mode": "managed", "type": kind, "values": values} for kind, values in resources]
    return {"format_version": "1.2", "planned_values": {"root_module": {"resources": made}}}
