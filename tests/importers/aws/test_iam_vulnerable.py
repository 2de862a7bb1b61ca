"""An account that runs IAM-Vulnerable: 31 ways up, four that tools miss, five that they flag wrongly.

Principals, statements and labels are from BishopFox/iam-vulnerable (MIT) as salesforce/cloudsplaining (BSD-3-Clause)
publishes the account, see `tests/data/aws`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from simkit import rank
from simkit.importers import Imported, import_files
from simkit.importers.aws.account import shown_arn

DATA: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "data" / "aws" / "iam_vulnerable.json").read_text("utf-8")
)
ADMINISTRATOR = "administrator of 111122223333"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Imported:
    path = tmp_path_factory.mktemp("account") / "account.json"
    path.write_text(json.dumps(DATA["account"], indent=1), "utf-8")
    (found,) = import_files([path])
    return found


@pytest.fixture(scope="module")
def flagged(made: Imported) -> frozenset[str]:
    """The identities from which all rights of the account are reached."""
    rows = rank(made.scenario()).rows
    return frozenset(row.name for row in rows if row.kind == "identity" and ADMINISTRATOR in row.goals)


def rises(flagged: frozenset[str], principals: list[str]) -> list[bool]:
    return [shown_arn(each) in flagged for each in principals]


def test_all_31_ways_up_are_found(flagged: frozenset[str]) -> None:
    assert {name for name, who in DATA["paths"].items() if not any(rises(flagged, who))} == set()
    assert len(DATA["paths"]) == 31


def test_the_four_that_tools_miss_are_found_and_the_five_they_flag_wrongly_are_not(
    flagged: frozenset[str],
) -> None:
    found = {name: any(rises(flagged, who)) for name, (_, who) in DATA["tests"].items()}
    assert found == {name: expected for name, (expected, _) in DATA["tests"].items()}
    assert sum(found.values()) == 4


TWINS = {
    "role/privesc7-AttachUserPolicy-role",
    "role/privesc8-AttachGroupPolicy-role",
    "role/privesc10-PutUserPolicy-role",
    "role/privesc11-PutGroupPolicy-role",
    "role/privesc13-AddUserToGroup-role",
    "user/privesc9-AttachRolePolicy-user",
    "user/privesc12-PutRolePolicy-user",
    "user/privesc-AssumeRole-start-user",
}
"""Labelled with their twins, and no way up by themselves, as the labels' own notes say: a role cannot give itself what
users get, nor a user what roles get; the last has no policy at all."""
ADMINISTRATORS = {
    "role/AWS-QuickSetup-StackSet-Local-AdministrationRole",
    "role/AWS-QuickSetup-StackSet-Local-ExecutionRole",
    "role/OrganizationAccountAccessRole",
    "role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_AdministratorAccess_dc6414f7f2ab04fc",
    "role/aws-service-role/ssm.amazonaws.com/AWSServiceRoleForAmazonSSM",
    "role/privesc-high-priv-service-role",
    "role/privesc-sre-role",
    "role/stacksets-exec-b5520cb2730c2f54b523d6375a319abb",
    "user/privesc-sre-user",
}
"""No part of a label, and up: administrators, who may become one, who may change any policy, and the role of Systems
Manager, which may run commands on an instance that an administrator's role runs on."""


def test_nobody_else_in_the_account_is_flagged(flagged: frozenset[str]) -> None:
    labelled = {who for of in DATA["paths"].values() for who in of}
    labelled |= {who for expected, of in DATA["tests"].values() if expected for who in of}
    names = {shown_arn(each).removeprefix("111122223333:") for each in labelled}
    found = {each.removeprefix("111122223333:") for each in flagged if each.startswith("111122223333:")}
    assert names - found == TWINS
    assert found - names == ADMINISTRATORS


def test_a_path_names_the_statement_and_its_line(made: Imported) -> None:
    operations = made.sections["tools"]["iam"]["operations"]
    attach = next(name for name in operations if name.startswith("AttachUserPolicy by privesc7-AttachUserPolicy/0"))
    line = int(attach.rpartition(":")[2].rstrip(")"))
    text = json.dumps(DATA["account"], indent=1).splitlines()
    near = "".join(text[line - 1 : line + 3])
    assert "iam:AttachUserPolicy" in near
    assert "account.json" in attach


def test_nothing_of_the_export_is_left_out_in_silence(made: Imported) -> None:
    assert made.complete
    assert sum(made.read.values()) == sum(len(of) for of in DATA["account"].values())
