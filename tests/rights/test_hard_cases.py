"""What somebody who knows IAM asks first: which limits hold for whom, and what no policy opens; each with its page."""

from __future__ import annotations

from typing import Any

import pytest

from simkit.rights import (
    Access,
    Caller,
    CredentialKind,
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

HOME, AWAY, MANAGEMENT = "111122223333", "444455556666", "999999999999"
ALLOWED, DENIED, MAY_BE = Access.ALLOWED, Access.DENIED, Access.MAY_BE
OBJECT = "arn:aws:s3:::data/key"


def policy(*statements: Any, attached: Any = "identity") -> PolicyDocument:
    return policy_document({"Version": "2012-10-17", "Statement": list(statements)}, Origin(""), attached=attached)


def says(effect: str, action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": effect, "Action": action, "Resource": resource, **more}


ALL, ONLY_EC2 = policy(says("Allow", "*")), policy(says("Allow", "ec2:*"))
USER, ROLE = f"arn:aws:iam::{HOME}:user/ann", f"arn:aws:iam::{HOME}:role/app"
SESSION = f"arn:aws:sts::{HOME}:assumed-role/app/run"


def letting_in(principal: Any, action: Any = "s3:GetObject", resource: str = "arn:aws:s3:::data/*") -> PolicyDocument:
    return policy(says("Allow", action, resource, Principal=principal), attached="resource")


@pytest.mark.parametrize(
    ("named", "caller", "expected"),
    [
        (USER, Caller(Principal(USER, boundary=ONLY_EC2)), ALLOWED),
        (ROLE, Caller(Principal(ROLE, boundary=ONLY_EC2)), DENIED),
        (SESSION, Caller(Principal(ROLE, boundary=ONLY_EC2), session_name="run"), ALLOWED),
        (SESSION, Caller(Principal(ROLE), session_name="run", session_policies=(ONLY_EC2,)), ALLOWED),
        (ROLE, Caller(Principal(ROLE), session_policies=(ONLY_EC2,)), DENIED),
        (SESSION, Caller(Principal(ROLE, boundary=policy(says("Deny", "s3:*"))), session_name="run"), DENIED),
    ],
)
def test_a_resource_policy_passes_a_limit_that_only_does_not_allow_if_it_names_user_or_session(
    named: str, caller: Caller, expected: Access
) -> None:
    """IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html; a denial always counts."""
    target = Target(OBJECT, HOME, letting_in({"AWS": named}))
    assert decide(Request(caller, "s3:GetObject", target)).access == expected


@pytest.mark.parametrize(
    ("kind", "mfa", "action", "expected"),
    [
        (CredentialKind.USER_SESSION, None, "iam:CreateUser", MAY_BE),
        (CredentialKind.USER_SESSION, False, "iam:CreateUser", DENIED),
        (CredentialKind.USER_SESSION, True, "iam:CreateUser", ALLOWED),
        (CredentialKind.USER_SESSION, False, "iam:PassRole", ALLOWED),
        (CredentialKind.USER_SESSION, True, "sts:GetFederationToken", DENIED),
        (CredentialKind.USER_SESSION, None, "sts:GetCallerIdentity", ALLOWED),
        (CredentialKind.LONG_TERM_KEY, None, "sts:GetFederationToken", ALLOWED),
        (CredentialKind.CONSOLE, None, "iam:CreateUser", ALLOWED),
        (CredentialKind.FEDERATED_USER_SESSION, None, "sts:GetSessionToken", DENIED),
        (CredentialKind.FEDERATED_USER_SESSION, None, "iam:CreateUser", MAY_BE),
        (CredentialKind.FEDERATED_USER_SESSION, None, "s3:ListAllMyBuckets", ALLOWED),
    ],
)
def test_what_temporary_keys_of_a_user_are_not_good_for(
    kind: CredentialKind, mfa: bool | None, action: str, expected: Access
) -> None:
    """IAM/latest/UserGuide/id_credentials_sts-comparison.html; the console is told apart from the API there."""
    sessions = (ALL,) if kind == CredentialKind.FEDERATED_USER_SESSION else ()
    caller = Caller(Principal(USER, (ALL,)), kind, mfa=mfa, session_policies=sessions)
    found = decide(Request(caller, action, Target("*")))
    assert found.access == expected
    assert bool(found.doubts) == (expected == MAY_BE)


def test_a_role_session_asks_for_no_other_kind_of_temporary_key() -> None:
    """IAM/latest/UserGuide/id_credentials_sts-comparison.html."""
    session = Caller(Principal(ROLE, (ALL,)))
    assert decide(Request(session, "sts:GetSessionToken", Target("*"))).access == DENIED
    assert decide(Request(session, "sts:GetCallerIdentity", Target("*"))).access == ALLOWED


def test_the_root_user_becomes_no_role() -> None:
    """STS/latest/APIReference/API_AssumeRole.html."""
    trust = letting_in({"AWS": f"arn:aws:iam::{HOME}:root"}, "sts:AssumeRole", ROLE)
    root = Caller(Principal(f"arn:aws:iam::{HOME}:root"))
    assert decide(Request(root, "sts:AssumeRole", Target(ROLE, policy=trust))).access == DENIED
    assert decide(Request(root, "iam:DeleteRole", Target(ROLE, policy=trust))).access == ALLOWED


def test_session_tags_need_the_trust_policy_too() -> None:
    """IAM/latest/UserGuide/id_session-tags.html."""
    account = {"AWS": f"arn:aws:iam::{HOME}:root"}
    ann = Caller(Principal(USER, (ALL,)))
    for actions, expected in (("sts:AssumeRole", DENIED), (["sts:AssumeRole", "sts:TagSession"], ALLOWED)):
        target = Target(ROLE, policy=letting_in(account, actions, ROLE))
        assert decide(Request(ann, "sts:TagSession", target)).access == expected


FULL = {"Name": "Full", "Content": {"Statement": says("Allow", "*")}}
FULL_RESOURCES = {"Type": "RESOURCE_CONTROL_POLICY", "Content": {"Statement": says("Allow", "*", Principal="*")}}


def guarded(*statements: Any, typed: bool = True) -> Organization:
    """HOME in an organization whose root has a resource control policy of these statements."""
    guard = {"Content": {"Statement": [{**each, "Principal": "*"} for each in statements]}}
    guard |= {"Type": "RESOURCE_CONTROL_POLICY"} if typed else {}
    tags = {"Type": "TAG_POLICY", "Content": {"tags": {}}}
    accounts = [{"Id": each, "Type": "Account", "Policies": [FULL, FULL_RESOURCES]} for each in (HOME, MANAGEMENT)]
    tree = {
        "Id": "r-1",
        "Arn": f"arn:aws:organizations::{MANAGEMENT}:root/o-1/r-1",
        "Policies": [FULL, FULL_RESOURCES, guard, tags],
        "Children": accounts,
    }
    return read_organization(tree, Origin("tree.json"))


OUTSIDERS = says("Deny", "s3:*", Condition={"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}})


@pytest.mark.parametrize("typed", [True, False])
def test_a_resource_control_policy_limits_whoever_asks_for_what_the_account_owns(typed: bool) -> None:
    """organizations/latest/userguide/orgs_manage_policies_rcps_evaluation.html; without a type it is told by its
    Principal, which a service control policy cannot have."""
    tree = guarded(OUTSIDERS, typed=typed)
    open_bucket = Target(OBJECT, HOME, letting_in("*"))
    stranger = Caller(Principal(f"arn:aws:iam::{AWAY}:user/eve", (ALL,)))
    refused = decide(Request(stranger, "s3:GetObject", open_bucket, {"aws:PrincipalOrgID": ("o-2",)}), tree)
    assert refused.access == DENIED
    assert [each.layer for each in refused.reasons] == ["resource control policy at r-1"]
    assert decide(Request(Caller(Principal(USER, (ALL,))), "s3:GetObject", open_bucket), tree).access == ALLOWED


def test_resource_control_policies_leave_the_management_account_and_roles_of_services() -> None:
    """organizations/latest/userguide/orgs_manage_policies_rcps.html."""
    tree = guarded(says("Deny", "s3:*"))
    ann = Caller(Principal(USER, (ALL,)))
    for owner, expected in ((HOME, DENIED), (MANAGEMENT, ALLOWED), (AWAY, ALLOWED)):
        assert decide(Request(ann, "s3:GetObject", Target(OBJECT, owner, letting_in("*"))), tree).access == expected
    linked = Caller(Principal(f"arn:aws:iam::{HOME}:role/aws-service-role/x.amazonaws.com/X", (ALL,)))
    assert decide(Request(linked, "s3:GetObject", Target(OBJECT, HOME)), tree).access == ALLOWED


def test_of_a_service_that_resource_control_policies_may_not_reach_nothing_is_sure() -> None:
    """controltower/latest/controlreference/rcp-controls.html names five; others came later."""
    tree = guarded(says("Deny", "*"))
    ann = Caller(Principal(USER, (ALL,)))
    assert decide(Request(ann, "sts:AssumeRole", Target(ROLE, policy=letting_in({"AWS": USER}))), tree).access == DENIED
    found = decide(Request(ann, "dynamodb:GetItem", Target(f"arn:aws:dynamodb:eu-west-1:{HOME}:table/t")), tree)
    assert found.access == MAY_BE
    assert "resource control policies" in str(found.doubts[-1])
