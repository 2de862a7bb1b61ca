"""The 39 labelled queries of IAMSpy (WithSecureLabs/IAMSpy, commit f1efc968, tests/; Apache-2.0), each one a row here.

Its files are told again in our words: who has which policies, what is attached to the resource, what limits all.
Where it says that somebody can, keys that are not told count as met, so "may be granted" is a yes; where it asks
strictly, keys that are not told are not there.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from simkit.rights import (
    Access,
    Caller,
    Directory,
    Organization,
    Origin,
    PolicyDocument,
    Principal,
    Request,
    Target,
    decide,
    policy_document,
    read_organization,
)

ACCOUNT, OTHER, MANAGEMENT = "123456789012", "111111111111", "023456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/name"
USER = f"arn:aws:iam::{ACCOUNT}:user/PermissionBoundaryAllow"
INVOKE = "lambda:InvokeFunction"
OWN, FOREIGN = (f"arn:aws:lambda:eu-west-1:{account}:function:helloworld" for account in (ACCOUNT, OTHER))
TESTING, TESTING2 = (f"arn:aws:iam::{OTHER}:role/{name}" for name in ("testing", "testing2"))
BUCKET = "arn:aws:s3:::bucket"


def statement(effect: str, action: str, resource: str | list[str] = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": effect, "Action": action, "Resource": resource, **more}


def policy(*statements: dict[str, Any], attached: Any = "identity", name: str = "policy") -> PolicyDocument:
    whole = {"Version": "2012-10-17", "Statement": list(statements)}
    return policy_document(whole, Origin(f"{name}.json"), attached=attached, name=name)


def allowing(action: str, resource: str | list[str] = "*", **more: Any) -> PolicyDocument:
    return policy(statement("Allow", action, resource, **more))


def on_resource(*statements: dict[str, Any]) -> PolicyDocument:
    return policy(*statements, attached="resource", name="resource")


def tree(root: int, *below: tuple[str, dict[str, Any]], denied: str = "") -> Organization:
    """A root with accounts under it; FullAWSAccess at the root, and a denial where there is one."""

    def attached(rule: dict[str, Any]) -> dict[str, Any]:
        return {"Name": "scp", "Content": {"Version": "2012-10-17", "Statement": [rule]}}

    rules = [statement("Allow", "*")] + ([statement("Deny", denied)] if denied else [])
    children = [{"Id": account, "Type": "Account", "Policies": [attached(rule)]} for account, rule in below]
    arn = f"arn:aws:organizations::{root:012d}:root/o-abcdefghij/r-abcd"
    policies = [attached(rule) for rule in rules]
    whole = {"Id": "r-abcd", "Arn": arn, "Policies": policies, "Children": children}
    return read_organization(json.loads(json.dumps(whole)), Origin("scp.json"))


FULL, NOTHING = statement("Allow", "*"), statement("Deny", "*")
NAMED = "arn:aws:iam::aws:policy/"


@dataclass(frozen=True)
class World:
    """Who is there, and what the resources' policies say."""

    principals: tuple[Principal, ...] = ()
    policies: dict[str, tuple[PolicyDocument, str]] = field(default_factory=dict)
    organization: Organization | None = None

    def target(self, arn: str) -> Target:
        for start, (document, account) in self.policies.items():
            if arn == start or arn.startswith(f"{start}/"):
                return Target(arn, account, document)
        return Target(arn)

    def caller(self, arn: str) -> Caller:
        """Somebody who is not in the export has nothing attached."""
        return Caller(next((each for each in self.principals if each.arn == arn), Principal(arn)))


def basic(*policies: PolicyDocument, boundary: PolicyDocument | None = None, arn: str = ROLE) -> tuple[Principal, ...]:
    return (Principal(arn, policies, boundary),)


INVOKES = allowing(INVOKE)
S3_PAIR = (Principal(TESTING), Principal(TESTING2, (allowing("s3:*"),)))
EVERYTHING, PARTS = allowing("*"), allowing("s3:ListMultipartUploadParts")
CONDITIONAL = allowing(INVOKE, Condition={"StringLike": {"aws:referer": ["bobby.tables"]}})
ANYONE = {"Principal": "*", "Effect": "Allow", "Action": "*", "Resource": "*"}

WORLDS = {
    "role-boundary-no-policies": World(basic(boundary=EVERYTHING)),
    "user-allow-check": World(basic(INVOKES, arn=USER)),
    "user-boundary-allow": World(basic(INVOKES, boundary=EVERYTHING, arn=USER)),
    "user-boundary-deny": World(
        basic(INVOKES, boundary=PARTS, arn="arn:aws:iam::391638756970:user/PermissionBoundaryBlock")
    ),
    "role-boundary-allow": World(basic(INVOKES, boundary=EVERYTHING)),
    "role-boundary-deny": World(basic(INVOKES, boundary=PARTS)),
    "basic-deny": World(basic(allowing("s3:GetObject"))),
    "basic-allow": World(basic(INVOKES)),
    "cross-account": World(
        basic(INVOKES),
        {FOREIGN: (on_resource(statement("Allow", INVOKE, Principal=f"arn:aws:iam::{ACCOUNT}:root")), OTHER)},
    ),
    "conditions": World(basic(CONDITIONAL)),
    "s3-allow-testing": World(S3_PAIR, {BUCKET: (on_resource(statement("Allow", "s3:*", Principal=TESTING)), OTHER)}),
    "s3-deny-testing2": World(S3_PAIR, {BUCKET: (on_resource(statement("Deny", "s3:*", Principal=TESTING2)), OTHER)}),
    "s3-allow-all": World(S3_PAIR, {BUCKET: (on_resource(ANYONE), OTHER)}),
    "deny-scp-basic": World(
        basic(allowing("s3:GetObject")), organization=tree(int(MANAGEMENT), (MANAGEMENT, NOTHING), (ACCOUNT, FULL))
    ),
    "allow-scp-basic": World(
        basic(INVOKES), organization=tree(int(MANAGEMENT), (MANAGEMENT, NOTHING), (ACCOUNT, FULL))
    ),
    "scp-deny-lambda": World(
        basic(INVOKES),
        organization=tree(int(MANAGEMENT), (MANAGEMENT, FULL), (ACCOUNT, FULL), denied="lambda:*"),
    ),
    "scp-deny-lambda-management": World(
        basic(INVOKES), organization=tree(int(ACCOUNT), (ACCOUNT, FULL), denied="lambda:*")
    ),
    "batch": World(
        (
            Principal(f"{ROLE}1", (allowing("s3:GetObject", ["arn:aws:s3:::bucket1/*", "arn:aws:s3:::bucket2/*"]),)),
            Principal(f"{ROLE}2", (allowing("s3:GetObject", ["arn:aws:s3:::bucket2/*", "arn:aws:s3:::bucket3/*"]),)),
            Principal(f"{ROLE}3"),
        ),
        {
            "arn:aws:s3:::bucket1": (on_resource(), ACCOUNT),
            "arn:aws:s3:::bucket2": (on_resource(), ACCOUNT),
            "arn:aws:s3:::bucket3": (
                on_resource(statement("Deny", "s3:GetObject", "arn:aws:s3:::bucket3/*", Principal=f"{ROLE}2")),
                ACCOUNT,
            ),
            "arn:aws:s3:::bucket4": (
                on_resource(statement("Allow", "s3:GetObject", "arn:aws:s3:::bucket4/*", Principal=f"{ROLE}3")),
                ACCOUNT,
            ),
        },
    ),
}
REFERER = {"aws:referer": ("bobby.tables",)}

CAN_I = [
    ("role-boundary-no-policies", ROLE, INVOKE, OWN, None, False, False),
    ("user-allow-check", USER, INVOKE, OWN, None, False, True),
    ("user-boundary-allow", USER, INVOKE, OWN, None, False, True),
    ("user-boundary-deny", f"arn:aws:iam::{ACCOUNT}:user/name", INVOKE, OWN, None, False, False),
    ("role-boundary-allow", ROLE, INVOKE, OWN, None, False, True),
    ("role-boundary-deny", ROLE, INVOKE, OWN, None, False, False),
    ("basic-deny", ROLE, INVOKE, OWN, None, False, False),
    ("basic-allow", ROLE, INVOKE, OWN, None, False, True),
    ("basic-allow", ROLE, INVOKE, FOREIGN, None, False, False),
    ("cross-account", ROLE, INVOKE, FOREIGN, None, False, True),
    ("conditions", ROLE, INVOKE, OWN, None, False, True),
    ("conditions", ROLE, INVOKE, OWN, None, True, False),
    ("conditions", ROLE, INVOKE, OWN, REFERER, False, True),
    ("conditions", ROLE, INVOKE, OWN, REFERER, True, True),
    ("s3-allow-testing", TESTING, "s3:ListBucket", BUCKET, None, False, True),
    ("s3-deny-testing2", TESTING2, "s3:ListBucket", BUCKET, None, False, False),
    ("s3-allow-all", TESTING, "s3:ListBucket", BUCKET, None, False, True),
    ("deny-scp-basic", ROLE, INVOKE, OWN, None, False, False),
    ("allow-scp-basic", ROLE, INVOKE, OWN, None, False, True),
    ("allow-scp-basic", ROLE, INVOKE, FOREIGN, None, False, False),
    ("scp-deny-lambda", ROLE, INVOKE, OWN, None, False, False),
    ("scp-deny-lambda-management", ROLE, INVOKE, OWN, None, False, True),
]
WHO_CAN = [
    ("role-boundary-no-policies", INVOKE, OWN, None, False, []),
    ("user-allow-check", INVOKE, OWN, None, False, [USER]),
    ("user-boundary-allow", INVOKE, OWN, None, False, [USER]),
    ("user-boundary-deny", INVOKE, OWN, None, False, []),
    ("role-boundary-allow", INVOKE, OWN, None, False, [ROLE]),
    ("role-boundary-deny", INVOKE, OWN, None, False, []),
    ("basic-allow", INVOKE, OWN, None, False, [ROLE]),
    ("s3-allow-testing", "s3:ListBucket", BUCKET, None, False, [TESTING, TESTING2]),
    ("cross-account", INVOKE, FOREIGN, None, False, [ROLE]),
    ("conditions", INVOKE, OWN, None, False, [ROLE]),
    ("conditions", INVOKE, OWN, None, True, []),
    ("conditions", INVOKE, OWN, REFERER, False, [ROLE]),
    ("conditions", INVOKE, OWN, REFERER, True, [ROLE]),
    ("s3-allow-testing", "s3:ListBucket", BUCKET, None, False, [TESTING, TESTING2]),
    ("s3-deny-testing2", "s3:ListBucket", BUCKET, None, False, []),
    ("s3-allow-all", "s3:ListBucket", BUCKET, None, False, [TESTING, TESTING2]),
]


@pytest.mark.parametrize("row", CAN_I, ids=lambda row: row[0])
def test_can_i(row: Any) -> None:
    name, principal, action, resource, told, strict, expected = row
    world = WORLDS[name]
    request = Request(world.caller(principal), action, world.target(resource), told or {}, strict)
    assert (decide(request, world.organization).access != Access.DENIED) == expected


@pytest.mark.parametrize("row", WHO_CAN, ids=lambda row: row[0])
def test_who_can(row: Any) -> None:
    name, action, resource, told, strict, expected = row
    world = WORLDS[name]
    directory = Directory(map(Caller, world.principals), world.organization)
    found = directory.who_can(action, world.target(resource), told=told, closed=strict)
    assert [caller.principal.arn for caller, _ in found] == expected


def test_who_can_batch_resource() -> None:
    world = WORLDS["batch"]
    directory = Directory(map(Caller, world.principals))
    objects = [f"arn:aws:s3:::bucket{number}/foo" for number in (1, 2, 3, 4)]
    found = [
        (caller.principal.name, arn)
        for arn in objects
        for caller, _ in directory.who_can("s3:GetObject", world.target(arn))
    ]
    expected = [("name1", 0), ("name1", 1), ("name2", 1), ("name3", 3)]
    assert found == [(name, objects[index]) for name, index in expected]


def test_only_the_conditions_leave_an_answer_open() -> None:
    """All other rows are told for sure: "may be granted" is no way out."""
    open_rows = []
    for name, principal, action, resource, told, strict, _ in CAN_I:
        world = WORLDS[name]
        request = Request(world.caller(principal), action, world.target(resource), told or {}, strict)
        if decide(request, world.organization).access == Access.MAY_BE:
            open_rows.append((name, told))
    assert open_rows == [("conditions", None)]
