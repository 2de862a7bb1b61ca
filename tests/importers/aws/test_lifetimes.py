"""How long sessions and keys of an account live, by what the files tell: sets, lists of roles, reports."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from small_account import ACCOUNT, Json, administrators, arn, imported, plan, role, statement, user

from simkit.model import SessionTerms

KEY = "AKIAEXAMPLEEXAMPLE01"
SAML = {"Federated": arn("saml-provider", "AWSSSO_0123456789abcdef_DO_NOT_DELETE")}
SET = {"PermissionSetArn": "arn:aws:sso:::permissionSet/ssoins-1/ps-1"}
SET_ROLE = "AWSReservedSSO_Power_Users_0123456789abcdef"


def reserved(**more: Any) -> Json:
    path = f"aws-reserved/sso.amazonaws.com/{SET_ROLE}"
    return {**role(SET_ROLE, statement("s3:*"), trusts=SAML, **more), "Arn": arn("role", path)}


@pytest.mark.parametrize(
    ("files", "seconds"),
    [
        ({}, 3600),
        (
            {
                "set": {
                    "PermissionSet": {
                        "PermissionSetArn": "arn:aws:sso:::permissionSet/ssoins-1/ps-1",
                        "Name": "Power_Users",
                        "SessionDuration": "PT8H",
                    }
                }
            },
            28_800,
        ),
        (
            {
                "set": {
                    "PermissionSet": {
                        "PermissionSetArn": "arn:aws:sso:::permissionSet/ssoins-1/ps-1",
                        "Name": "Other",
                        "SessionDuration": "PT8H",
                    }
                }
            },
            3600,
        ),
        (
            {
                "set": {
                    "PermissionSet": {
                        "PermissionSetArn": "arn:aws:sso:::permissionSet/ssoins-1/ps-1",
                        "Name": "Power_Users",
                    }
                }
            },
            3600,
        ),
        ({"plan": plan(("aws_ssoadmin_permission_set", {"name": "Power_Users", "session_duration": "PT4H"}))}, 14_400),
    ],
)
def test_a_permission_set_says_how_long_its_sessions_live_and_not_its_role(
    tmp_path: Path, files: Json, seconds: int
) -> None:
    """The role's own maximum is always 12 hours
    (https://docs.aws.amazon.com/singlesignon/latest/userguide/howtosessionduration.html)."""
    made = imported(tmp_path, reserved(MaxSessionDuration=43_200), **files)
    (edge,) = [each for each in made.scenario().model.trust if each.kind == "federate"]
    assert (edge.ttl, edge.session) == (seconds, SessionTerms(like="aws-identity-center"))
    told = [each for each in made.assumed if each.about == "sessions of permission sets"]
    assert bool(told) == ("Power_Users" not in json.dumps(files))


def test_a_list_of_roles_says_how_long_their_sessions_live(tmp_path: Path) -> None:
    """An export of account details has no MaxSessionDuration
    (https://docs.aws.amazon.com/IAM/latest/APIReference/API_RoleDetail.html)."""
    things = [user("start", statement("sts:AssumeRole")), role("ops", trusts={"AWS": arn("user", "start")})]
    assert [each.taken for each in imported(tmp_path / "a", *things).assumed if each.about == "sessions of roles"]
    roles = {"Roles": [{"RoleName": "ops", "Arn": arn("role", "ops"), "MaxSessionDuration": 43_200}]}
    made = imported(tmp_path / "b", *things, roles=roles)
    assert [each.ttl for each in made.scenario().model.trust if each.source.endswith("start")] == [43_200]
    assert not [each for each in made.assumed if each.about == "sessions of roles"]


def report(*rows: str) -> Json:
    head = (
        "user,arn,password_enabled,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,"
        "access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date"
    )
    return {"Content": base64.b64encode("\n".join([head, *rows]).encode()).decode(), "ReportFormat": "text/csv"}


def test_a_key_in_a_list_and_in_a_report_is_one_with_its_age_and_last_use(tmp_path: Path) -> None:
    made = "2024-05-06T07:08:09+00:00"
    keys = {"AccessKeyMetadata": [{"UserName": "ann", "AccessKeyId": KEY, "CreateDate": made, "Status": "Active"}]}
    row = f"ann,{arn('user', 'ann')},false,true,{made},2026-01-02T00:00:00+00:00,false,N/A,N/A"
    found = imported(tmp_path, user("ann"), keys=keys, report=report(row)).sections["credentials"]
    (name,) = found
    assert name == f"access key {KEY} of {ACCOUNT}:user/ann"
    assert found[name]["note"] == "made 2024-05-06, last used 2026-01-02"
    assert found[name]["session"] == {"like": "aws-access-key"}


def test_a_key_of_the_root_user_has_all_rights_of_the_account(tmp_path: Path) -> None:
    root = f"arn:aws:iam::{ACCOUNT}:root"
    row = f"<root_account>,{root},not_supported,true,2020-01-01T00:00:00+00:00,N/A,false,N/A,N/A"
    made = imported(tmp_path, user("ann"), report=report(row))
    assert "root" in administrators(made.scenario())
    assert f"access key number 1 of {ACCOUNT}:root leaks" in made.sections["entry_points"]
    decoded = {**report(row), "Content": base64.b64decode(report(row)["Content"]).decode()}
    assert imported(tmp_path, user("ann"), report=decoded).sections["credentials"] == made.sections["credentials"]
