"""Why: each answer names its statements with their places, and what keeps it open."""

from __future__ import annotations

import json
from typing import Any

import pytest

from simkit.errors import QuestionError
from simkit.rights import (
    Access,
    Caller,
    Context,
    CredentialKind,
    Decision,
    Level,
    Organization,
    Principal,
    Request,
    Target,
    decide,
    read_document,
)

HOME = "111122223333"
ANN, APP = f"arn:aws:iam::{HOME}:user/ann", f"arn:aws:iam::{HOME}:role/app"
OBJECT = Target("arn:aws:s3:::bucket/key", HOME)


def written(name: str, *statements: Any) -> Any:
    whole = json.dumps({"Version": "2012-10-17", "Statement": list(statements)}, indent=1)
    return read_document(whole, f"{name}.json", name=name)


def rule(sid: str, effect: str, action: str = "s3:*", **more: Any) -> dict[str, Any]:
    return {"Sid": sid, "Effect": effect, "Action": action, "Resource": "*", **more}


def decided(*policies: Any, action: str = "s3:GetObject", target: Target = OBJECT, **more: Any) -> Decision:
    organization = more.pop("organization", None)
    principal = Principal(more.pop("arn", ANN), policies, more.pop("boundary", None))
    return decide(Request(Caller(principal, **more), action, target), organization)


READ, WATCH = written("reading", rule("Read", "Allow")), written("watching", rule("Watch", "Allow", "cloudwatch:*"))
STOP = written("stopping", rule("Watch", "Allow", "cloudwatch:*"), rule("Stop", "Deny"))
OFFICE = {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}


def test_an_allowance_names_its_statement_and_line() -> None:
    found = decided(READ)
    assert repr(found) == "<allowed: the identity policy allows it: statement 'Read' of reading (reading.json:4:3)>"


def test_the_root_user_needs_no_policy() -> None:
    root = f"arn:aws:iam::{HOME}:root"
    assert repr(decided(arn=root)) == "<allowed>"
    assert decided(STOP, arn=root).access == Access.DENIED


def test_a_denial_names_the_denying_statements_alone() -> None:
    found = decided(READ, STOP)
    assert found.access == Access.DENIED
    assert [str(reason) for reason in found.reasons] == [
        "the identity policy denies it: statement 'Stop' of stopping (stopping.json:10:3)"
    ]


def test_a_denial_by_default_names_the_layers_that_do_not_allow() -> None:
    organization = Organization("o-a", "999999999999", {HOME: (Level("Root", (READ,)), Level("Prod", (WATCH,)))})
    found = decided(READ, boundary=WATCH, organization=organization)
    assert [str(reason) for reason in found.reasons if reason.layer != "resource policy"] == [
        "no statement of the service control policy at Prod allows it",
        "no statement of the permissions boundary allows it",
    ]


def test_an_open_answer_names_what_is_not_known() -> None:
    found = decided(written("office", rule("Office", "Allow", Condition=OFFICE)))
    assert found.access == Access.MAY_BE
    assert [reason.says for reason in found.reasons] == ["may allow"]
    assert [(doubt.kind, doubt.name) for doubt in found.doubts] == [("key", "aws:sourceip")]
    assert str(found.doubts[0]) == "key aws:sourceip in statement 'Office' of office (office.json:4:3)"


def test_a_denial_that_may_apply_keeps_the_answer_open() -> None:
    found = decided(READ, written("office", rule("Out", "Deny", Condition=OFFICE)))
    assert found.access == Access.MAY_BE
    assert [reason.says for reason in found.reasons] == ["allows", "may deny"]


@pytest.mark.parametrize(
    ("statement", "kind", "name"),
    [
        (rule("A", "Allow", Condition={"StringResembles": {"a:b": "c"}}), "operator", "StringResembles"),
        (rule("A", "Allow", Condition={"StringEquals": {"new:Key": "c"}}), "key", "new:key"),
        (rule("A", "Allow", Purpose="none"), "element", "Purpose"),
        ({**rule("A", "Allow"), "Resource": "arn:aws:s3:::bucket/${new:Key}"}, "variable", "in the resource"),
    ],
)
def test_nothing_unknown_is_dropped(statement: Any, kind: str, name: str) -> None:
    found = decided(written("new", statement))
    assert found.access == Access.MAY_BE
    assert [(doubt.kind, doubt.name) for doubt in found.doubts] == [(kind, name)]


def test_of_an_unknown_service_nothing_is_sure_but_a_denial() -> None:
    every = written("every", rule("Every", "Allow", "*"))
    found = decided(every, action="sx3:GetObject")
    assert (found.access, found.doubts[0].kind, found.doubts[0].name) == (Access.MAY_BE, "service", "sx3")
    assert decided(every, written("no", rule("No", "Deny", "sx3:*")), action="sx3:GetObject").access == Access.DENIED


def test_a_policy_that_was_not_seen_may_let_in() -> None:
    unseen = Target("arn:aws:s3:::bucket/key", HOME, seen=False)
    assert decided(target=unseen).access == Access.MAY_BE
    assert decided(READ, target=unseen).access == Access.ALLOWED
    assert decided(STOP, target=unseen).access == Access.DENIED


def test_a_key_whose_policy_was_not_seen_may_be_granted() -> None:
    key = Target(f"arn:aws:kms:eu-west-1:{HOME}:key/1", seen=False)
    assert decided(written("k", rule("K", "Allow", "kms:*")), action="kms:Decrypt", target=key).access == Access.MAY_BE


@pytest.mark.parametrize("action", ["s3", "s3:", ":x", "s3:Get*", "s3:?et"])
def test_what_is_no_action_is_refused(action: str) -> None:
    with pytest.raises(QuestionError, match="is no action: write service:Name"):
        decided(READ, action=action)


def test_a_role_signs_with_a_session_and_a_user_does_not() -> None:
    assert Caller(Principal(APP)).kind == CredentialKind.ROLE_SESSION
    for arn, kind in ((APP, CredentialKind.CONSOLE), (ANN, CredentialKind.ROLE_SESSION)):
        with pytest.raises(QuestionError, match="does not sign with"):
            Caller(Principal(arn), kind)


KEYS = [
    ("aws:username", ["ann"], None, None),
    ("aws:userid", ["AIDAANN"], ["AROAAPP:run"], [f"{HOME}:guest"]),
    ("aws:PrincipalType", ["User"], ["AssumedRole"], ["FederatedUser"]),
    ("aws:PrincipalArn", [ANN], [APP], [f"arn:aws:sts::{HOME}:federated-user/guest"]),
    ("aws:PrincipalAccount", [HOME], [HOME], [HOME]),
    ("aws:PrincipalIsAWSService", ["false"], ["false"], ["false"]),
    ("aws:SourceArn", None, None, None),
]


@pytest.mark.parametrize(("key", "user", "role", "federated"), KEYS, ids=[row[0] for row in KEYS])
def test_what_each_kind_of_credential_carries(key: str, user: Any, role: Any, federated: Any) -> None:
    """reference_policies_variables.html#principaltable of the IAM user guide; None: not there."""
    callers = [
        (Caller(Principal(ANN, unique_id="AIDAANN")), user),
        (Caller(Principal(APP, unique_id="AROAAPP"), session_name="run"), role),
        (
            Caller(Principal(ANN, unique_id="AIDAANN"), CredentialKind.FEDERATED_USER_SESSION, session_name="guest"),
            federated,
        ),
    ]
    for caller, expected in callers:
        carried = Context(Request(caller, "s3:GetObject", OBJECT)).carried(key.lower())
        assert carried == ((False, ()) if expected is None else (True, tuple(expected)))
