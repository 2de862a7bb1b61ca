"""An account of AWS of any size, made up: the export that `aws iam get-account-authorization-details` would print."""

from __future__ import annotations

import json
import random
from typing import Any

ACCOUNT = "111122223333"
SERVICES = ("lambda", "ec2", "ecs-tasks", "glue", "codebuild", "sagemaker", "cloudformation")
ADMINISTRATORS = 0.055
"""The published share of machine identities with all rights (nhimg.org: see the estate on the page on validation)."""
USERS, GROUPS = 0.1, 40
PASSING, CHANGING, ASSUMING = 0.03, 0.005, 0.1
"""Shares of policies that pass roles, change what others may, and become roles. These, and those of users, of groups
and of whom roles trust, are our assumption."""


def generated_account(principals: int, seed: int = 7) -> str:
    """The export of an account with so many users and roles."""
    rng = random.Random(seed)
    users = int(principals * USERS)
    roles = principals - users
    policies = [_policy(number, rng, roles) for number in range(max(20, principals // 40))]
    return json.dumps(
        {
            "UserDetailList": [_user(number, rng) for number in range(users)],
            "GroupDetailList": [_group(number, rng, len(policies)) for number in range(GROUPS)],
            "RoleDetailList": [_role(number, rng, roles, len(policies)) for number in range(roles)],
            "Policies": policies,
        },
        indent=1,
    )


def _arn(kind: str, name: str) -> str:
    return f"arn:aws:iam::{ACCOUNT}:{kind}/{name}"


def _allow(actions: list[str], resource: Any = "*") -> dict[str, Any]:
    return {"Effect": "Allow", "Action": actions, "Resource": resource}


def _policy(number: int, rng: random.Random, roles: int) -> dict[str, Any]:
    bucket = f"arn:aws:s3:::data-{rng.randrange(200)}"
    statements = [
        _allow(["s3:GetObject", "s3:PutObject"] if rng.random() < 0.5 else ["s3:GetObject"], f"{bucket}/*"),
        _allow(["logs:CreateLogStream", "logs:PutLogEvents"]),
    ]
    if rng.random() < PASSING:
        target = "*" if rng.random() < 0.3 else _arn("role", f"role-{rng.randrange(roles)}")
        statements += [_allow(["iam:PassRole"], target), _allow(["lambda:*"] if rng.random() < 0.5 else ["ec2:*"])]
    if rng.random() < CHANGING:
        statements.append(_allow(["iam:*"]))
    if rng.random() < ASSUMING:
        statements.append(_allow(["sts:AssumeRole"], [_arn("role", f"role-{rng.randrange(roles)}") for _ in range(3)]))
    document = {"Version": "2012-10-17", "Statement": statements}
    version = {"VersionId": "v1", "IsDefaultVersion": True, "Document": document}
    return {"PolicyName": f"policy-{number}", "Arn": _arn("policy", f"policy-{number}"), "PolicyVersionList": [version]}


def _attached(rng: random.Random, policies: int) -> list[dict[str, str]]:
    found = [{"PolicyArn": _arn("policy", f"policy-{rng.randrange(policies)}")} for _ in range(rng.randint(1, 3))]
    if rng.random() < ADMINISTRATORS:
        found.append({"PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"})
    return found


def _group(number: int, rng: random.Random, policies: int) -> dict[str, Any]:
    name = f"group-{number}"
    return {"GroupName": name, "Arn": _arn("group", name), "AttachedManagedPolicies": _attached(rng, policies)}


def _user(number: int, rng: random.Random) -> dict[str, Any]:
    name, groups = f"user-{number}", [f"group-{rng.randrange(GROUPS)}"]
    said = {"UserName": name, "Arn": _arn("user", name), "GroupList": groups}
    return {**said, "Tags": [], "AttachedManagedPolicies": []}


def _role(number: int, rng: random.Random, roles: int, policies: int) -> dict[str, Any]:
    name, drawn = f"role-{number}", rng.random()
    if drawn < 0.75:
        trusted: dict[str, str] = {"Service": f"{rng.choice(SERVICES)}.amazonaws.com"}
    elif drawn < 0.9:
        trusted = {"AWS": _arn("role", f"role-{rng.randrange(roles)}")}
    else:
        trusted = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    trust = {"Statement": [{"Effect": "Allow", "Principal": trusted, "Action": "sts:AssumeRole"}]}
    table = f"arn:aws:dynamodb:eu-west-1:{ACCOUNT}:table/table-{number}"
    inline = [{"PolicyName": "own", "PolicyDocument": {"Statement": [_allow(["dynamodb:*"], table)]}}]
    runs = trusted.get("Service", "").startswith("ec2")
    said = {"RoleName": name, "Arn": _arn("role", name), "AssumeRolePolicyDocument": trust}
    more = {"InstanceProfileList": [{"InstanceProfileName": name}] if runs else [], "Tags": []}
    own = inline if rng.random() < 0.5 else []
    return {**said, **more, "RolePolicyList": own, "AttachedManagedPolicies": _attached(rng, policies)}
