"""The examples of AWS's own documentation: the policy in few words, the address, and what the page says of it.

Pages lie under https://docs.aws.amazon.com/IAM/latest/UserGuide/ unless an address says otherwise.
"""

from __future__ import annotations

from typing import Any

import pytest

from simkit.rights import (
    Access,
    Caller,
    CredentialKind,
    Decision,
    Level,
    Organization,
    Origin,
    PolicyDocument,
    Principal,
    Request,
    Target,
    decide,
    policy_document,
)

HOME, AWAY = "111122223333", "444455556666"
ALLOWED, DENIED, MAY_BE = Access.ALLOWED, Access.DENIED, Access.MAY_BE
ANN = f"arn:aws:iam::{HOME}:user/ann"


def policy(*statements: Any, attached: Any = "identity", version: str = "2012-10-17") -> PolicyDocument:
    return policy_document({"Version": version, "Statement": list(statements)}, Origin(""), attached=attached)


def allow(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": action, "Resource": resource, **more}


def asked(
    action: str,
    resource: str,
    *policies: PolicyDocument,
    on: PolicyDocument | None = None,
    told: Any = None,
    **more: Any,
) -> Access:
    """Asked by a user with a long-term key, unless `more` says otherwise."""
    principal = Principal(more.pop("arn", ANN), policies, more.pop("boundary", None), "AIDAEXAMPLEEXAMPLE", tags={})
    target = Target(resource, more.pop("account", HOME), on)
    closed = more.pop("closed", False)
    return decide(Request(Caller(principal, **more), action, target, told or {}, closed)).access


# reference_policies_evaluation-logic_policy-eval-basics.html: Carlos, his bucket, and its policy
CARLOS = f"arn:aws:iam::{HOME}:user/carlossalazar"
CARLOS_OWN = policy(
    allow(["s3:GetBucketLocation", "s3:ListAllMyBuckets"], "arn:aws:s3:::*"),
    allow("s3:*", ["arn:aws:s3:::carlossalazar/*", "arn:aws:s3:::carlossalazar"]),
    deny("s3:*", "arn:aws:s3:::*log*"),
)
CARLOS_BUCKET = policy(
    allow("s3:*", ["arn:aws:s3:::carlossalazar/*", "arn:aws:s3:::carlossalazar"], Principal={"AWS": CARLOS}),
    attached="resource",
)


def test_carlos_saves_to_his_bucket_and_not_to_the_logs() -> None:
    logs, own = "arn:aws:s3:::carlossalazar-logs/f", "arn:aws:s3:::carlossalazar/f"
    assert asked("s3:PutObject", logs, CARLOS_OWN, arn=CARLOS) == DENIED
    assert asked("s3:PutObject", own, CARLOS_OWN, on=CARLOS_BUCKET, arn=CARLOS) == ALLOWED
    assert asked("s3:PutObject", own, on=CARLOS_BUCKET, arn=CARLOS) == ALLOWED
    assert asked("s3:PutObject", own, CARLOS_OWN, arn=CARLOS) == ALLOWED


def test_across_accounts_both_must_allow() -> None:
    """reference_policies_evaluation-logic-cross-account.html: Carlos of 111111111111, a bucket of 222222222222."""
    own = policy(
        allow("s3:ListAllMyBuckets"),
        allow("s3:*Object*", "arn:aws:s3:::Production/*"),
        deny("s3:*", ["arn:aws:s3:::*log*", "arn:aws:s3:::*log*/*"]),
    )
    actions = ["s3:GetObject*", "s3:PutObject*", "s3:ReplicateObject", "s3:RestoreObject"]
    bucket = policy(allow(actions, "arn:aws:s3:::Production/*", Principal={"AWS": CARLOS}), attached="resource")
    logs, production = "arn:aws:s3:::Production-logs/f", "arn:aws:s3:::Production/f"
    assert asked("s3:PutObject", logs, own, arn=CARLOS, account=AWAY) == DENIED
    assert asked("s3:PutObject", production, own, on=bucket, arn=CARLOS, account=AWAY) == ALLOWED
    assert asked("s3:DeleteObject", production, own, on=bucket, arn=CARLOS, account=AWAY) == DENIED
    assert asked("s3:PutObject", production, on=bucket, arn=CARLOS, account=AWAY) == DENIED


def test_implicit_and_explicit_denials() -> None:
    """reference_policies_evaluation-logic_AccessPolicyLanguage_Interplay.html: AllowGetList and DenyReports."""
    own = policy(allow(["iam:Get*", "iam:List*"]), deny("iam:*Report"))
    assert asked("iam:GetUser", ANN, own) == ALLOWED
    assert asked("iam:CreatePolicy", ANN, own) == DENIED
    assert asked("iam:GetOrganizationsAccessReport", "*", own) == DENIED
    assert asked("iam:GenerateCredentialReport", "*", own, policy(allow("iam:*"))) == DENIED


def test_a_boundary_and_a_resource_policy() -> None:
    """access_policies_boundaries.html, "Evaluating effective permissions with boundaries"."""
    bucket, own, limit = "arn:aws:s3:::bucket", policy(allow("s3:*")), policy(allow("cloudwatch:*"))
    names_user = policy(allow("s3:*", Principal={"AWS": ANN}), attached="resource")
    role, session = f"arn:aws:iam::{HOME}:role/app", f"arn:aws:sts::{HOME}:assumed-role/app/run"
    names_role, names_session = (
        policy(allow("s3:*", Principal={"AWS": arn}), attached="resource") for arn in (role, session)
    )
    assert asked("s3:ListBucket", bucket, own, boundary=limit) == DENIED
    assert asked("s3:ListBucket", bucket, on=names_user, boundary=limit) == ALLOWED
    assert asked("s3:ListBucket", bucket, on=names_role, arn=role) == ALLOWED
    assert asked("s3:ListBucket", bucket, on=names_role, boundary=limit, arn=role) == DENIED
    assert asked("s3:ListBucket", bucket, on=names_session, boundary=limit, arn=role, session_name="run") == ALLOWED
    assert asked("s3:ListBucket", bucket, on=names_session, boundary=limit, arn=role, session_name="other") == DENIED
    assert asked("s3:ListBucket", bucket, on=names_session, boundary=limit, arn=role) == MAY_BE


def test_session_policies_limit_a_role_and_a_federated_user_needs_one() -> None:
    """reference_policies_evaluation-logic_policy-eval-denyallow.html, "Session policies"."""
    own, narrow, role = policy(allow("s3:*")), policy(allow("s3:Get*")), f"arn:aws:iam::{HOME}:role/app"
    bucket = "arn:aws:s3:::bucket/key"
    federated = {"kind": CredentialKind.FEDERATED_USER_SESSION, "session_name": "guest"}
    assert asked("s3:GetObject", bucket, own, arn=role) == ALLOWED
    assert asked("s3:PutObject", bucket, own, arn=role, session_policies=(narrow,)) == DENIED
    assert asked("s3:GetObject", bucket, own, **federated) == DENIED
    assert asked("s3:GetObject", bucket, own, session_policies=(narrow,), **federated) == ALLOWED
    assert asked("s3:PutObject", bucket, own, session_policies=(narrow,), **federated) == DENIED


def test_a_federated_session_may_be_named_itself() -> None:
    """The same page: granted to the session, nothing limits; granted to the user who federated, its policies do."""
    federated: Any = {"kind": CredentialKind.FEDERATED_USER_SESSION, "session_name": "guest"}
    session = f"arn:aws:sts::{HOME}:federated-user/guest"
    to_session, to_user = (policy(allow("s3:*", Principal={"AWS": arn}), attached="resource") for arn in (session, ANN))
    assert asked("s3:GetObject", "arn:aws:s3:::bucket/key", on=to_session, **federated) == ALLOWED
    assert asked("s3:GetObject", "arn:aws:s3:::bucket/key", on=to_user, **federated) == DENIED


MFA = "aws:MultiFactorAuthPresent"
ROLE = f"arn:aws:iam::{HOME}:role/app"


@pytest.mark.parametrize(
    ("condition", "key", "console_without", "console_with", "role_unknown"),
    [
        ({"Bool": {MFA: "false"}}, ALLOWED, DENIED, ALLOWED, MAY_BE),
        ({"BoolIfExists": {MFA: "false"}}, DENIED, DENIED, ALLOWED, MAY_BE),
        ({"Null": {MFA: "true"}}, DENIED, ALLOWED, ALLOWED, ALLOWED),
    ],
)
def test_a_denial_without_mfa_by_kind_of_credential(
    condition: Any, key: Access, console_without: Access, console_with: Access, role_unknown: Access
) -> None:
    """reference_policies_condition-keys.html#condition-keys-multifactorauthpresent: a long-term key has none."""
    own = policy(allow("s3:*"), deny("*", Condition=condition))
    bucket, console = "arn:aws:s3:::bucket", CredentialKind.CONSOLE
    assert asked("s3:ListBucket", bucket, own) == key
    assert asked("s3:ListBucket", bucket, own, kind=console, mfa=False) == console_without
    assert asked("s3:ListBucket", bucket, own, kind=console, mfa=True) == console_with
    assert asked("s3:ListBucket", bucket, own, arn=ROLE) == role_unknown


def test_an_allowance_with_mfa_or_where_none_can_be() -> None:
    """The same page, "Alternative combinations"."""
    own = policy(allow("s3:*", Condition={"BoolIfExists": {MFA: "true"}}))
    strict = policy(allow("s3:*", Condition={"Bool": {MFA: "true"}}))
    session: Any = {"kind": CredentialKind.USER_SESSION}
    assert asked("s3:ListBucket", "arn:aws:s3:::b", own) == ALLOWED
    assert asked("s3:ListBucket", "arn:aws:s3:::b", own, mfa=False, **session) == DENIED
    assert asked("s3:ListBucket", "arn:aws:s3:::b", strict) == DENIED
    assert asked("s3:ListBucket", "arn:aws:s3:::b", strict, mfa=True, **session) == ALLOWED


def test_temporary_credentials_are_told_by_the_time_of_their_token() -> None:
    """reference_policies_elements_condition_operators.html#Conditions_Null and #Conditions_Date."""
    own_keys_only = policy(allow("ec2:*", Condition={"Null": {"aws:TokenIssueTime": "true"}}))
    fresh = policy(
        allow("iam:*AccessKey*", Condition={"DateGreaterThan": {"aws:TokenIssueTime": "2020-01-01T00:00:01Z"}})
    )
    assert asked("ec2:RunInstances", "*", own_keys_only) == ALLOWED
    assert asked("ec2:RunInstances", "*", own_keys_only, arn=ROLE) == DENIED
    assert asked("iam:ListAccessKeys", ANN, fresh) == DENIED
    console = {"kind": CredentialKind.CONSOLE}
    assert asked("iam:ListAccessKeys", ANN, fresh, **console) == MAY_BE
    told = {"aws:TokenIssueTime": ("2020-06-01T00:00:00Z",)}
    assert asked("iam:ListAccessKeys", ANN, fresh, told=told, **console) == ALLOWED


def test_instance_types_of_everything_that_a_launch_touches() -> None:
    """reference_policies_elements_condition_operators.html#Conditions_IfExists: images have no instance type."""
    types = {"ec2:InstanceType": ["t1.*", "t2.*", "m3.*"]}
    without, with_if = (
        policy(allow("ec2:RunInstances", Condition={name: types})) for name in ("StringLike", "StringLikeIfExists")
    )
    image, told = f"arn:aws:ec2:eu-west-1:{HOME}:image/ami-1", {"ec2:InstanceType": None}
    assert asked("ec2:RunInstances", image, without, told=told) == DENIED
    assert asked("ec2:RunInstances", image, with_if, told=told) == ALLOWED
    assert asked("ec2:RunInstances", image, with_if, told={"ec2:InstanceType": ("c5.large",)}) == DENIED


def test_an_arn_is_compared_part_by_part() -> None:
    """reference_policies_elements_condition_operators.html#Conditions_ARN."""
    pattern = "arn:aws:someservice:*:111122223333:finance/*"
    given = ("arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt",)
    for operator, expected in (("StringLike", ALLOWED), ("ArnLike", DENIED)):
        own = policy(allow("s3:*", Condition={operator: {"s3:x": pattern}}))
        assert asked("s3:GetObject", "arn:aws:s3:::b/k", own, told={"s3:x": given}) == expected


def test_a_topic_sends_to_a_queue_and_a_user_does_not() -> None:
    """The same page: aws:SourceArn is not there when a user calls directly."""
    queue = f"arn:aws:sqs:eu-west-1:{HOME}:queue"
    source = {"ArnEquals": {"aws:SourceArn": f"arn:aws:sns:eu-west-1:{HOME}:topic"}}
    on = policy(
        allow("SQS:SendMessage", queue, Principal={"AWS": ANN, "Service": "sns.amazonaws.com"}, Condition=source),
        attached="resource",
    )
    service: Any = {"kind": CredentialKind.SERVICE, "arn": "sns.amazonaws.com"}
    told = {"aws:SourceArn": (f"arn:aws:sns:eu-west-1:{HOME}:topic",)}
    assert asked("sqs:SendMessage", queue, on=on) == DENIED
    assert asked("sqs:SendMessage", queue, on=on, **service) == MAY_BE
    assert asked("sqs:SendMessage", queue, on=on, told=told, **service) == ALLOWED


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [(("Message", "Tags"), ALLOWED), (("PostDateTime", "UserName"), DENIED), (None, ALLOWED)],
)
def test_for_all_values(attributes: Any, expected: Access) -> None:
    """reference_policies_condition-single-vs-multi-valued-context-keys.html: only these attributes may be read."""
    only = {"ForAllValues:StringEquals": {"dynamodb:Attributes": ["ID", "Message", "Tags"]}}
    own = policy(allow("dynamodb:GetItem", "arn:aws:dynamodb:*:*:table/Thread", Condition=only))
    table = f"arn:aws:dynamodb:eu-west-1:{HOME}:table/Thread"
    assert asked("dynamodb:GetItem", table, own, told={"dynamodb:Attributes": attributes}) == expected


@pytest.mark.parametrize(
    ("attributes", "expected"), [(("PostDateTime", "Message"), DENIED), (("UserName",), ALLOWED), (None, ALLOWED)]
)
def test_for_any_value(attributes: Any, expected: Access) -> None:
    """The same page: none of these attributes may be updated."""
    none_of = {"ForAnyValue:StringEquals": {"dynamodb:Attributes": ["ID", "PostDateTime"]}}
    own = policy(allow("dynamodb:*"), deny("dynamodb:PutItem", "arn:aws:dynamodb:*:*:table/Thread", Condition=none_of))
    table = f"arn:aws:dynamodb:eu-west-1:{HOME}:table/Thread"
    assert asked("dynamodb:PutItem", table, own, told={"dynamodb:Attributes": attributes}) == expected


def test_each_user_has_a_home() -> None:
    """reference_policies_variables.html: the name of the user in a resource; a role has none."""
    own = policy(allow(["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::mybucket/${aws:username}/*"))
    old = policy(allow("s3:GetObject", "arn:aws:s3:::mybucket/${aws:username}/*"), version="2008-10-17")
    assert asked("s3:GetObject", "arn:aws:s3:::mybucket/ann/f", own) == ALLOWED
    assert asked("s3:GetObject", "arn:aws:s3:::mybucket/bob/f", own) == DENIED
    assert asked("s3:GetObject", "arn:aws:s3:::mybucket/ann/f", own, arn=f"arn:aws:iam::{HOME}:role/ann") == DENIED
    assert asked("s3:GetObject", "arn:aws:s3:::mybucket/ann/f", old) == DENIED
    assert asked("s3:GetObject", "arn:aws:s3:::mybucket/${aws:username}/f", old) == ALLOWED


def test_teams_without_a_tag_share_a_bucket() -> None:
    """reference_policies_variables.html#policy-vars-default-values; the user here has no tags."""
    own = policy(allow("s3:ListBucket", "arn:aws:s3:::bucket-${aws:PrincipalTag/team, 'company-wide'}"))
    assert asked("s3:ListBucket", "arn:aws:s3:::bucket-company-wide", own) == ALLOWED
    assert asked("s3:ListBucket", "arn:aws:s3:::bucket-yellow", own) == DENIED
    assert (
        asked("s3:ListBucket", "arn:aws:s3:::bucket-yellow", own, told={"aws:PrincipalTag/team": ("yellow",)})
        == ALLOWED
    )


def test_everything_but_the_payroll_is_denied() -> None:
    """reference_policies_elements_notresource.html."""
    rule = {
        "Effect": "Deny",
        "Action": "s3:*",
        "NotResource": ["arn:aws:s3:::HRBucket/Payroll", "arn:aws:s3:::HRBucket/Payroll/*"],
    }
    own = policy(allow("*"), rule)
    assert asked("s3:GetObject", "arn:aws:s3:::HRBucket/Payroll/may", own) == ALLOWED
    assert asked("s3:GetObject", "arn:aws:s3:::HRBucket/other", own) == DENIED
    assert asked("ec2:RunInstances", "*", own) == ALLOWED


def test_everything_but_iam() -> None:
    """reference_policies_elements_notaction.html: with Allow, all other services; with Deny, what is not listed."""
    grant = {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}
    listed = {"Effect": "Deny", "NotAction": ["iam:*", "s3:*"], "Resource": "*"}
    assert asked("s3:GetObject", "arn:aws:s3:::b/k", policy(grant)) == ALLOWED
    assert asked("iam:CreateUser", ANN, policy(grant)) == DENIED
    assert asked("ec2:RunInstances", "*", policy(grant, listed)) == DENIED


def test_actions_have_no_case() -> None:
    """reference_policies_elements_action.html: iam:ListAccessKeys is IAM:listaccesskeys; resources have case."""
    own = policy(allow("IAM:listaccesskeys", f"arn:aws:iam::{HOME}:user/Bob"))
    assert asked("iam:ListAccessKeys", f"arn:aws:iam::{HOME}:user/Bob", own) == ALLOWED
    assert asked("iam:ListAccessKeys", f"arn:aws:iam::{HOME}:user/bob", own) == DENIED


BOB = f"arn:aws:iam::{AWAY}:user/Bob"


@pytest.mark.parametrize(
    ("named", "arn", "expected"),
    [
        ([BOB, f"arn:aws:iam::{AWAY}:root"], BOB, ALLOWED),
        ([BOB], BOB, MAY_BE),
        ([BOB, f"arn:aws:iam::{AWAY}:root"], ANN, DENIED),
        ([BOB, f"arn:aws:iam::{AWAY}:root"], f"arn:aws:iam::{AWAY}:user/Eve", DENIED),
        ([f"arn:aws:iam::{AWAY}:root"], BOB, MAY_BE),
    ],
)
def test_all_but_bob_are_denied(named: list[str], arn: str, expected: Access) -> None:
    """reference_policies_elements_notprincipal.html: without Bob's account the policy might deny all of it."""
    rule = {"Effect": "Deny", "NotPrincipal": {"AWS": named}, "Action": "s3:*", "Resource": "*"}
    everyone = allow("s3:*", Principal="*")
    on = policy(rule, everyone, attached="resource")
    assert asked("s3:GetObject", "arn:aws:s3:::b/k", policy(allow("s3:*")), on=on, arn=arn, account=HOME) == expected


def test_not_principal_always_denies_whoever_has_a_boundary() -> None:
    """access_policies_boundaries.html, "Important"."""
    rule = {"Effect": "Deny", "NotPrincipal": {"AWS": [ANN, HOME]}, "Action": "s3:*", "Resource": "*"}
    on, all_of_s3 = policy(rule, attached="resource"), policy(allow("s3:*"))
    assert asked("s3:GetObject", "arn:aws:s3:::b/k", all_of_s3, on=on) == ALLOWED
    assert asked("s3:GetObject", "arn:aws:s3:::b/k", all_of_s3, on=on, boundary=all_of_s3) == DENIED


def test_a_trust_policy_must_let_in() -> None:
    """reference_policies_evaluation-logic_policy-eval-denyallow.html: role trust policies must explicitly allow."""
    role = f"arn:aws:iam::{HOME}:role/admin"
    may = policy(allow("sts:AssumeRole"))
    by_account, by_name, other = (
        policy({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": name}}, attached="resource")
        for name in (f"arn:aws:iam::{HOME}:root", ANN, f"arn:aws:iam::{HOME}:user/bob")
    )
    assert asked("sts:AssumeRole", role, may) == DENIED
    assert asked("sts:AssumeRole", role, may, on=by_account) == ALLOWED
    assert asked("sts:AssumeRole", role, on=by_account) == DENIED
    assert asked("sts:AssumeRole", role, on=by_name) == ALLOWED
    assert asked("sts:AssumeRole", role, may, on=other) == DENIED
    away = f"arn:aws:iam::{AWAY}:role/admin"
    assert asked("sts:AssumeRole", away, on=by_name, account=AWAY) == DENIED
    assert asked("sts:AssumeRole", away, may, on=by_name, account=AWAY) == ALLOWED


def test_a_key_policy_must_let_in() -> None:
    """https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html: no automatic permission."""
    key, may = f"arn:aws:kms:eu-west-1:{HOME}:key/1", policy(allow("kms:*"))
    default = policy(allow("kms:*", Principal={"AWS": f"arn:aws:iam::{HOME}:root"}), attached="resource")
    assert asked("kms:Decrypt", key, may) == DENIED
    assert asked("kms:Decrypt", key, may, on=default) == ALLOWED
    assert asked("kms:Decrypt", key, on=default) == DENIED
    assert asked("kms:ListKeys", "*", may) == ALLOWED


def test_services_and_identity_tokens_come_in_by_trust_policies() -> None:
    """reference_policies_elements_principal.html: service principals, and sessions of outside providers."""
    role, provider = (
        f"arn:aws:iam::{HOME}:role/app",
        f"arn:aws:iam::{HOME}:oidc-provider/token.actions.githubusercontent.com",
    )
    subject = {"StringLike": {"token.actions.githubusercontent.com:sub": "repo:octo/web:*"}}
    trust = policy(
        {
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": {"Service": ["ecs.amazonaws.com", "ec2.amazonaws.com"]},
        },
        {
            "Effect": "Allow",
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Principal": {"Federated": provider},
            "Condition": subject,
        },
        attached="resource",
    )
    service, token = CredentialKind.SERVICE, CredentialKind.IDENTITY_TOKEN
    claim = "token.actions.githubusercontent.com:sub"
    web = "sts:AssumeRoleWithWebIdentity"
    assert asked("sts:AssumeRole", role, on=trust, arn="ec2.amazonaws.com", kind=service) == ALLOWED
    assert asked("sts:AssumeRole", role, on=trust, arn="lambda.amazonaws.com", kind=service) == DENIED
    assert asked(web, role, on=trust, arn=provider, kind=token) == MAY_BE
    assert asked(web, role, on=trust, arn=provider, kind=token, told={claim: ("repo:octo/web:main",)}) == ALLOWED
    assert asked(web, role, on=trust, arn=provider, kind=token, told={claim: ("repo:eve/web:main",)}) == DENIED


def test_everyone_and_nobody_in_particular() -> None:
    """reference_policies_elements_principal.html#principal-anonymous: no other permission is needed at home."""
    on = policy(allow("s3:GetObject", Principal="*"), attached="resource")
    anonymous: Any = {"kind": CredentialKind.ANONYMOUS, "arn": ""}
    assert asked("s3:GetObject", "arn:aws:s3:::b/k", on=on) == ALLOWED
    assert asked("s3:GetObject", "arn:aws:s3:::b/k", on=on, **anonymous) == ALLOWED
    assert asked("s3:GetObject", "arn:aws:s3:::b/k", on=on, account=AWAY) == DENIED
    only = policy(
        allow("s3:GetObject", Principal="*", Condition={"ArnEquals": {"aws:PrincipalArn": BOB}}), attached="resource"
    )
    assert asked("s3:GetObject", "arn:aws:s3:::b/k", on=only, **anonymous) == DENIED


def level(name: str, *statements: Any) -> Level:
    return Level(name, (policy(*statements),))


FULL = allow("*")


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ((level("Root", FULL), level("Production", FULL), level("B", FULL)), ALLOWED),
        ((level("Root", FULL), Level("Production", ()), level("B", FULL)), DENIED),
        ((level("Root", FULL), level("Production", allow("ec2:*")), level("B", FULL)), DENIED),
        ((level("Root", FULL, deny("s3:*")), level("Production", FULL), level("B", FULL)), DENIED),
        ((level("Root", FULL), level("Production", allow("s3:*")), level("B", allow("s3:Get*"))), ALLOWED),
    ],
)
def test_each_level_of_an_organization_must_allow(levels: tuple[Level, ...], expected: Access) -> None:
    """https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html"""
    organization = Organization("o-abc", AWAY, {HOME: levels})

    def decided(arn: str, kind: CredentialKind = CredentialKind.LONG_TERM_KEY) -> Decision:
        principal = Principal(arn, (policy(allow("s3:*")),))
        return decide(Request(Caller(principal, kind), "s3:GetObject", Target("arn:aws:s3:::b/k")), organization)

    assert decided(ANN).access == expected
    assert decided(f"arn:aws:iam::{HOME}:root").access == expected
    assert decided(f"arn:aws:iam::{AWAY}:user/lead").access == ALLOWED
    assert decided(f"arn:aws:iam::{HOME}:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX").access == ALLOWED
    assert decided("arn:aws:iam::999999999999:user/elsewhere").access == MAY_BE
