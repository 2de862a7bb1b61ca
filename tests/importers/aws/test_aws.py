"""The importer `aws`: the contract of importers, and each thing that it reads, on small accounts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import pytest
from importer_contract import Cli, ImporterContract
from small_account import (
    ACCOUNT,
    ADMINISTRATOR,
    Json,
    account,
    administrators,
    arn,
    document,
    group,
    imported,
    managed,
    plan,
    role,
    statement,
    user,
)

from simkit import Scenario, rank
from simkit.importers.aws.account import label
from simkit.importers.aws.aws import AWS
from simkit.importers.aws.listed_things import listed_kind
from simkit.model import SessionTerms
from simkit.rights import Origin, policy_document
from simkit.techniques.survival import along

KEY = "AKIAEXAMPLEEXAMPLE01"
SAMPLE_ACCOUNT = account(
    managed("own", statement("iam:CreatePolicyVersion", on=arn("policy", "own"))),
    group("people", statement("s3:GetObject", on="arn:aws:s3:::reports/*")),
    user("ann", statement("iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"), GroupList=["people"]),
    user("bob", statement("sts:AssumeRole"), attached=[arn("policy", "own"), arn("policy", "gone")]),
    user("old", statement("s3:*", Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}})),
    user("inside", statement("s3:*", Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}})),
    user("tagged", statement("s3:GetObject", Condition={"StringEquals": {"aws:PrincipalTag/team": "red"}})),
    role("worker", attached=[ADMINISTRATOR], trusts={"Service": "lambda.amazonaws.com"}),
    role("ci", trusts={"Federated": arn("oidc-provider", "token.actions.githubusercontent.com")}),
    role("partner", trusts={"AWS": "arn:aws:iam::999999999999:root"}, MaxSessionDuration=7200),
    role("human", trusts={"AWS": arn("user", "bob")}, PermissionsBoundary={"PermissionsBoundaryArn": ADMINISTRATOR}),
)
TREE: Json = {
    "Id": "r-1",
    "Arn": "arn:aws:organizations::999999999999:root/o-1/r-1",
    "Policies": [{"Name": "Full", "Content": {"Statement": statement("*")}}],
    "Children": [
        {
            "Id": ACCOUNT,
            "Type": "Account",
            "Policies": [{"Name": "Full", "Content": json.dumps({"Statement": [statement("*")]})}],
        }
    ],
}
VARIABLES = {"Variables": {"PASSWORD": "hunter2-canary", "AWS_ACCESS_KEY_ID": KEY}}


class TestAws(ImporterContract):
    importer = AWS
    sample: ClassVar[Mapping[str, str]] = {
        "account.json": SAMPLE_ACCOUNT,
        "tree.json": json.dumps(TREE, indent=1),
        "functions.json": json.dumps(
            {
                "Functions": [
                    {
                        "FunctionName": "resize",
                        "FunctionArn": f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:resize",
                        "Role": arn("role", "worker"),
                        "Environment": VARIABLES,
                    }
                ]
            },
            indent=1,
        ),
        "keys.json": json.dumps({"AccessKeyMetadata": [{"UserName": "ann", "AccessKeyId": KEY}]}),
        "plan.json": json.dumps(
            plan(
                ("aws_s3_bucket", {"bucket": "reports", "tags": {"x": "y"}}),
                ("aws_secretsmanager_secret", {"name": "db"}),
                ("aws_ssm_parameter", {"name": "/app/key", "value": "canary-in-a-parameter"}),
                ("aws_s3_object", {"bucket": "reports", "content": f"{KEY} canary-in-an-object"}),
                ("aws_iam_user", {"name": "made", "path": "/app/", "tags": {"team": "red"}}),
                ("aws_iam_group", {"name": "makers"}),
                ("aws_iam_group_membership", {"group": "makers", "users": ["made"]}),
                ("aws_iam_policy", {"name": "all", "policy": json.dumps(document(statement("iam:*")))}),
                ("aws_iam_user_policy_attachment", {"user": "made", "policy_arn": arn("policy", "all")}),
                ("aws_iam_role", {"name": "maker", "inline_policy": [{"name": "in", "policy": "{}"}]}),
                ("aws_ssoadmin_permission_set", {"name": "Power", "session_duration": "PT4H"}),
            )
            | {
                "configuration": {
                    "root_module": {
                        "resources": [
                            {
                                "type": "aws_iam_role",
                                "name": "maker",
                                "expressions": {
                                    "assume_role_policy": {"references": ["data.aws_iam_policy_document.t.json"]}
                                },
                            },
                            {
                                "mode": "data",
                                "type": "aws_iam_policy_document",
                                "name": "t",
                                "expressions": {"statement": [{"actions": {"constant_value": ["sts:AssumeRole"]}}]},
                            },
                        ]
                    }
                }
            },
            indent=1,
        ),
        "used.json": json.dumps(
            {"Arn": arn("user", "bob"), "ServicesLastAccessed": [{"ServiceNamespace": "iam"}]}, indent=1
        ),
    }
    secrets = ("hunter2-canary", "canary-in-a-parameter", "canary-in-an-object")


def test_other_things_in_the_account_change_no_name(tmp_path: Path) -> None:
    """What is listed in another order, and a user and a policy more, leave the names of all that was there."""
    whole = json.loads(SAMPLE_ACCOUNT)
    things = [each for key in whole for each in whole[key]]
    made = imported(tmp_path / "a", *things)
    more = managed("aaa", statement("s3:GetObject", on="arn:aws:s3:::reports/*"))
    held = "AttachedManagedPolicies"
    moved = [{**each, **({held: each[held][::-1]} if held in each else {})} for each in things]
    other = imported(tmp_path / "b", user("aaa", statement("s3:*")), *reversed(moved), more)
    for section, those in made.sections.items():
        assert those.keys() <= other.sections[section].keys(), section
    operations = {f"{tool}.{name}" for tool, said in made.sections["tools"].items() for name in said["operations"]}
    later = {f"{tool}.{name}" for tool, said in other.sections["tools"].items() for name in said["operations"]}
    assert operations <= later


@pytest.mark.parametrize(
    ("sids", "called"),
    [
        (["", ""], ["p/0", "p/1"]),
        (["Reads", ""], ["p/Reads", "p/1"]),
        (["A", "A"], ["p/A#0", "p/A#1"]),
        (["1", ""], ["p/1#0", "p/1"]),
    ],
)
def test_a_statement_is_called_by_its_sid_or_by_its_position(sids: list[str], called: list[str]) -> None:
    given = [statement("s3:GetObject", **({"Sid": sid} if sid else {})) for sid in sids]
    read = policy_document(document(*given), Origin("x"), name="p", owner="1:user/ann")
    assert [label(each) for each in read.statements] == [f"{name} (1:user/ann)" for name in called]
    assert label(*read.statements) == f"{called[0]} and {called[1]} (1:user/ann)"


def test_a_resource_control_policy_keeps_strangers_out_of_the_roles_of_an_account(tmp_path: Path) -> None:
    outside = {"StringNotEquals": {"aws:PrincipalAccount": ACCOUNT}}
    guard = {**statement("sts:AssumeRole", effect="Deny", Condition=outside), "Principal": "*"}
    tree = json.loads(json.dumps(TREE))
    partner = role("partner", statement("*"), trusts={"AWS": "arn:aws:iam::999999999998:root"})
    assert "999999999998:root" in administrators(imported(tmp_path / "a", partner, tree=tree).scenario())
    tree["Policies"].append({"Type": "RESOURCE_CONTROL_POLICY", "Content": {"Statement": guard}})
    guarded = imported(tmp_path / "b", partner, tree=tree)
    assert [each.why for each in guarded.untranslated] == []
    assert "999999999998:root" not in guarded.sections["identities"]


def goals_of(scenario: Scenario, kind: str, name: str) -> tuple[str, ...]:
    return next(row.goals for row in rank(scenario).rows if (row.kind, row.name) == (kind, name))


def rises(folder: Path, *things: Json, who: str = "user/start", **files: Json) -> bool:
    return who in administrators(imported(folder, *things, **files).scenario())


ADMIN = role("admin", attached=[ADMINISTRATOR], trusts={"AWS": arn("user", "other")})
PUTS = statement("iam:PutUserPolicy")


@pytest.mark.parametrize(
    ("given", "opens"),
    [
        ([PUTS], True),
        ([statement("IAM:putuserPOLICY")], True),
        ([statement("iam:Put*")], True),
        ([statement("iam:PutUserPolicy", on=arn("user", "start"))], True),
        ([statement("iam:PutUserPolicy", on=arn("user", "${aws:username}"))], True),
        ([statement("iam:PutUserPolicy", on=arn("user", "nobody"))], False),
        ([PUTS, statement("iam:*", effect="Deny")], False),
        ([PUTS, statement("iam:PutUserPolicy", on=arn("user", "start"), effect="Deny")], False),
        ([PUTS, statement("iam:PutUserPolicy", on=arn("user", "nobody"), effect="Deny")], True),
        ([{"Effect": "Allow", "NotAction": ["s3:*"], "Resource": "*"}], True),
        ([{"Effect": "Allow", "NotAction": ["iam:*"], "Resource": "*"}], False),
        ([{"Effect": "Allow", "Action": "iam:PutUserPolicy", "NotResource": arn("user", "start")}], False),
        ([statement("iam:PutUserPolicy", Condition={"StringEquals": {"aws:username": "start"}})], True),
        ([statement("iam:PutUserPolicy", Condition={"StringEquals": {"aws:username": "x"}})], False),
        ([statement("iam:PutUserPolicy", Condition={"Null": {"aws:TokenIssueTime": "false"}})], True),
        (
            [statement("iam:PutUserPolicy", Condition={"DateLessThan": {"aws:CurrentTime": "2001-01-01T00:00:00Z"}})],
            False,
        ),
        ([statement("iam:PutUserPolicy", Condition={"DateGreaterThan": {"aws:CurrentTime": "2001-01-01"}})], True),
        ([statement("iam:PutUserPolicy", Condition={"StringEquals": {"nobody:knows": "this"}})], True),
    ],
)
def test_what_a_statement_opens(tmp_path: Path, given: list[Json], opens: bool) -> None:
    start = user("start", *given, CreateDate="2024-05-06 07:08:09+00:00")
    assert rises(tmp_path, start, ADMIN) is opens


def test_a_statement_that_gives_everything_is_named_alone(tmp_path: Path) -> None:
    """Without the other one, which gives a part of it, nothing would be different."""
    made = imported(tmp_path, user("start", statement("*", Sid="All"), statement("s3:*", "ec2:*", Sid="Some")))
    operations = made.sections["tools"]["account"]["operations"]
    assert f"Everything in {ACCOUNT} by start-policy/All ({ACCOUNT}:user/start)" in operations


def test_a_sure_way_is_told_by_the_statement_that_makes_it_sure(tmp_path: Path) -> None:
    """Beside one that may give everything: that one changes nothing for whoever surely gets there."""
    open_one = statement("*", Sid="Perhaps", Condition={"StringEquals": {"nobody:knows": "this"}})
    made = imported(tmp_path, user("start", open_one, statement("iam:PutUserPolicy", Sid="Sure")))
    assert list(made.sections["tools"]["iam"]["operations"]) == [
        f"PutUserPolicy by start-policy/Sure ({ACCOUNT}:user/start)"
    ]
    assert not [name for name in made.sections["tools"]["account"]["operations"] if "may be" in name]
    assert "user/start" in administrators(made.scenario())


def test_what_may_give_everything_is_told_by_itself_beside_what_is_sure_and_gives_less(tmp_path: Path) -> None:
    open_one = statement("*", Sid="Perhaps", Condition={"StringEquals": {"nobody:knows": "this"}})
    made = imported(tmp_path, user("start", open_one, statement("iam:PutUserPolicy", on=arn("user", "x"), Sid="Sure")))
    operations = made.sections["tools"]["account"]["operations"]
    assert f"Everything in {ACCOUNT} by start-policy/Perhaps ({ACCOUNT}:user/start), may be granted" in operations


def test_what_is_not_known_is_granted_and_listed(tmp_path: Path) -> None:
    start = user("start", statement("iam:PutUserPolicy", Condition={"StringEquals": {"nobody:knows": "this"}}))
    made = imported(tmp_path, start)
    assert [each.why for each in made.assumed if "nobody:knows" in each.why]
    assert any("may be granted" in name for name in made.sections["tools"]["iam"]["operations"])


@pytest.mark.parametrize(
    ("action", "opens"), [("iam:PutUserPolicy", False), ("iam:*", True), ("s3:*", False), ("*", True)]
)
def test_a_boundary_is_the_most_that_anybody_may_do(tmp_path: Path, action: str, opens: bool) -> None:
    """With a boundary of all rights of IAM alone the user gains these, and by them a role that has all."""
    boundary = managed("most", statement(action))
    limits = {"PermissionsBoundary": {"PermissionsBoundaryArn": arn("policy", "most")}}
    start = user("start", statement("iam:PutUserPolicy", "iam:UpdateAssumeRolePolicy"), **limits)
    assert rises(tmp_path, boundary, start, ADMIN) is opens


def test_a_service_control_policy_denies_what_an_identity_policy_allows(tmp_path: Path) -> None:
    denies = {"Name": "NoIam", "Content": {"Statement": statement("iam:*", effect="Deny")}}
    tree = TREE | {"Policies": [*TREE["Policies"], denies]}
    assert rises(tmp_path / "free", user("start", PUTS), tree=TREE)
    assert not rises(tmp_path / "denied", user("start", PUTS), tree=tree)


def test_a_key_carries_no_second_factor_and_a_password_does(tmp_path: Path) -> None:
    condition = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
    start = user("start", statement("iam:PutUserPolicy", Condition=condition))
    made = imported(tmp_path, start).scenario()
    assert "user/start" in administrators(made)
    assert goals_of(made, "credential", f"access key of {ACCOUNT}:user/start") == ()


def test_who_passes_a_role_may_pass_it_to_the_named_service_only(tmp_path: Path) -> None:
    worker = role("worker", attached=[ADMINISTRATOR], trusts={"Service": ["lambda.amazonaws.com", "ec2.amazonaws.com"]})
    for service, opens in (("lambda.amazonaws.com", True), ("ec2.amazonaws.com", False)):
        passing = statement("iam:PassRole", Condition={"StringEquals": {"iam:PassedToService": service}})
        start = user("start", passing, statement("lambda:CreateFunction", "lambda:InvokeFunction"))
        assert rises(tmp_path / service, start, worker) is opens


def test_what_is_made_and_what_is_called_must_be_one_function(tmp_path: Path) -> None:
    worker = role("worker", attached=[ADMINISTRATOR], trusts={"Service": "lambda.amazonaws.com"})
    for name, opens in (("dev-*", True), ("prod-*", False)):
        made = statement("lambda:CreateFunction", on="arn:aws:lambda:*:*:function:dev-*")
        called = statement("lambda:InvokeFunction", on=f"arn:aws:lambda:*:*:function:{name}")
        start = user("start", statement("iam:PassRole"), made, called)
        assert rises(tmp_path / name.rstrip("*"), start, worker) is opens


TRUSTS_ACCOUNT = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}


@pytest.mark.parametrize(
    ("trusts", "asks", "opens"),
    [
        (TRUSTS_ACCOUNT, True, True),
        (TRUSTS_ACCOUNT, False, False),
        ({"AWS": ACCOUNT}, True, True),
        ({"AWS": arn("user", "start")}, False, True),
        ({"AWS": arn("user", "other")}, True, False),
        ({"AWS": "*"}, True, True),
        ({"Service": "ec2.amazonaws.com"}, True, False),
        ({"AWS": "arn:aws:iam::999999999999:root"}, True, False),
    ],
)
def test_both_sides_must_agree_that_a_role_is_assumed(tmp_path: Path, trusts: Json, asks: bool, opens: bool) -> None:
    given = [statement("sts:AssumeRole")] if asks else []
    admin = role("admin", attached=[ADMINISTRATOR], trusts=trusts)
    assert rises(tmp_path, user("start", *given), user("other"), admin) is opens


def test_a_trust_edge_says_how_long_its_session_lives_and_where_it_stands(tmp_path: Path) -> None:
    things = [
        user("start", statement("sts:AssumeRole")),
        role("first", statement("sts:AssumeRole"), trusts=TRUSTS_ACCOUNT, MaxSessionDuration=43_200),
        role("second", trusts={"AWS": arn("role", "first")}, MaxSessionDuration=43_200),
    ]
    made = imported(tmp_path, *things)
    edges = {(each.source, each.target): each for each in made.scenario().model.trust}
    assert edges[f"{ACCOUNT}:user/start", f"{ACCOUNT}:role/first"].ttl == 43_200
    chained = edges[f"{ACCOUNT}:role/first", f"{ACCOUNT}:role/second"]
    assert chained.ttl == 3600, "role chaining"
    second, first = f"{ACCOUNT}:role/second", f"{ACCOUNT}:role/first"
    assert chained.note == f"trust policy/0 ({second}) and first-policy/0 ({first})"
    place = made.origins["trust", first, "assume", second]
    assert [each.line for each in (place, *place.also)] == [7, 6]
    survives = along(edges[f"{ACCOUNT}:user/start", first])(False)
    assert chained.session == SessionTerms(like="aws-role-session")
    assert survives.on_revoke == survives.on_delete == 43_200, "the session outlives the key that asked for it"


def test_a_role_that_asks_for_a_second_factor_is_not_entered_by_a_key(tmp_path: Path) -> None:
    admin = role("admin", attached=[ADMINISTRATOR], trusts=TRUSTS_ACCOUNT)
    allowed = admin["AssumeRolePolicyDocument"]["Statement"][0]
    allowed["Condition"] = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
    scenario = imported(tmp_path, user("start", statement("sts:AssumeRole")), admin).scenario()
    (edge,) = [each for each in scenario.model.trust if each.source == f"{ACCOUNT}:user/start"]
    assert edge.claims == (("aws:multifactorauthpresent", "true"),)
    assert goals_of(scenario, "credential", f"access key of {ACCOUNT}:user/start") == ()


def test_a_policy_that_no_file_has_is_listed(tmp_path: Path) -> None:
    made = imported(tmp_path, user("start", attached=[arn("policy", "gone")]))
    assert [each.what for each in made.untranslated] == [f"policy {arn('policy', 'gone')}"]
    assert not made.complete


def test_a_version_that_was_set_before_can_be_set_again(tmp_path: Path) -> None:
    own = managed("own", statement("iam:SetDefaultPolicyVersion"))
    older = {"VersionId": "v0", "IsDefaultVersion": False, "Document": {"Statement": PUTS}}
    own["PolicyVersionList"].append(older)
    assert rises(tmp_path / "older", own, user("start", attached=[arn("policy", "own")]))
    older["Document"] = {"Statement": statement("s3:ListBucket")}
    assert not rises(tmp_path / "harmless", own, user("start", attached=[arn("policy", "own")]))


def test_access_keys_have_their_age_and_never_their_secret(tmp_path: Path) -> None:
    keys = {"AccessKeyMetadata": [
        {"UserName": "start", "AccessKeyId": KEY, "Status": "Active", "CreateDate": "2019-02-03T04:05:06Z"},
        {"UserName": "start", "AccessKeyId": "AKIAEXAMPLEEXAMPLE02", "Status": "Inactive"},
    ]}  # fmt: skip
    made = imported(tmp_path, user("start", PUTS), keys=keys)
    assert list(made.sections["credentials"]) == [f"access key {KEY} of {ACCOUNT}:user/start"]
    (said,) = made.sections["credentials"].values()
    assert (said["ttl"], said["note"]) == ("never", "made 2019-02-03")


def test_a_key_whose_id_lies_in_a_bucket_is_held_there(tmp_path: Path) -> None:
    keys = {"AccessKeyMetadata": [{"UserName": "boss", "AccessKeyId": KEY}]}
    reads = user("start", statement("s3:GetObject", on="arn:aws:s3:::b/*"))
    things = [reads, user("boss", attached=[ADMINISTRATOR])]
    with_key = plan(("aws_s3_bucket", {"bucket": "b"}), ("aws_s3_object", {"bucket": "b", "content": f"id {KEY}"}))
    assert rises(tmp_path / "held", *things, keys=keys, plan=with_key)
    assert not rises(tmp_path / "empty", *things, keys=keys, plan=plan(("aws_s3_bucket", {"bucket": "b"})))


def test_a_bucket_lets_in_whom_its_own_policy_names(tmp_path: Path) -> None:
    policy = {"Statement": {
        "Effect": "Allow", "Principal": {"AWS": arn("user", "named")}, "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::b/*",
    }}  # fmt: skip
    made = imported(tmp_path, user("named"), user("other"), bucket={"Policy": json.dumps(policy)})
    reads = {name: said.get("roles") for name, said in made.sections["identities"].items() if "user/" in name}
    assert [bool(reads[f"{ACCOUNT}:user/{name}"]) for name in ("named", "other")] == [True, False]


@pytest.mark.parametrize("prefix", ["*", "logs/*", "logs/today"])
def test_who_reads_a_part_of_a_bucket_is_told_to_read_it(tmp_path: Path, prefix: str) -> None:
    start = user("start", statement("s3:GetObject", on=f"arn:aws:s3:::b/{prefix}"))
    made = imported(tmp_path, start, buckets={"Buckets": [{"Name": "b"}, {"Name": "c"}]})
    (operation,) = made.sections["tools"]["s3"]["operations"].values()
    assert operation == {"effect": "read", "targets": ["bucket b"]}


def test_a_tag_says_what_a_store_is_worth(tmp_path: Path) -> None:
    secrets = {"SecretList": [{"Name": "db", "ARN": f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:db-x",
                               "Tags": [{"Key": "simkit:confidentiality", "Value": "40"}]}]}  # fmt: skip
    made = imported(tmp_path, user("start", statement("secretsmanager:GetSecretValue")), secrets=secrets)
    assert made.scenario().model.resources["secret db"].value["confidentiality"] == 40


def test_code_that_is_changed_runs_as_the_role_of_the_function(tmp_path: Path) -> None:
    worker = role("worker", attached=[ADMINISTRATOR], trusts={"Service": "lambda.amazonaws.com"})
    functions = {"Functions": [{"FunctionName": "f", "Role": arn("role", "worker")}]}
    start = user("start", statement("lambda:UpdateFunctionCode", on="arn:aws:lambda:eu-west-1:*:function:f"))
    made = imported(tmp_path, start, worker, functions=functions)
    assert made.scenario().model.resources["code of function f"].run_by == (f"{ACCOUNT}:role/worker",)
    assert "user/start" in administrators(made.scenario())


def test_who_widens_a_role_that_is_limited_gains_what_the_limit_leaves(tmp_path: Path) -> None:
    most = managed("most", statement("s3:*"))
    limits = {"PermissionsBoundary": {"PermissionsBoundaryArn": arn("policy", "most")}}
    limited = role("limited", trusts={"AWS": arn("user", "start")}, **limits)
    start = user("start", statement("iam:AttachRolePolicy", on=arn("role", "limited")))
    buckets = {"Buckets": [{"Name": "b"}]}
    made = imported(tmp_path, most, start, limited, buckets=buckets)
    assert "user/start" not in administrators(made.scenario())
    assert f"what limits {ACCOUNT}:role/limited leaves" in made.sections["identities"]


def test_who_is_in_no_file_and_trusted_may_ask(tmp_path: Path) -> None:
    partner = role("partner", attached=[ADMINISTRATOR], trusts={"AWS": "arn:aws:iam::999999999999:root"})
    made = imported(tmp_path, partner)
    assert "999999999999:root" in administrators(made.scenario())
    assert ("999999999999:root", "it may ask for the roles that trust it") in {
        (each.about, each.taken) for each in made.assumed
    }


@pytest.mark.parametrize(
    ("document", "kind"),
    [
        ({"projects": [{"name": "web", "slug": "web"}]}, ""),
        ({"projects": [], "access": ["team:read"]}, ""),
        ({"projects": [], "projectsNotFound": ["web"]}, "project"),
        ({"projects": [{"name": "web", "arn": "arn:aws:codebuild:eu-west-1:1:project/web"}]}, "project"),
        ({"Buckets": [], "Owner": {}}, "bucket"),
        ({"Functions": [{"FunctionName": "f"}], "More": 1}, "function"),
    ],
)
def test_a_list_of_others_is_no_answer_of_the_cli(document: Json, kind: str) -> None:
    assert listed_kind(document) == kind


def test_nulls_and_missing_lists_are_no_mistakes(tmp_path: Path) -> None:
    start = user("start", PUTS) | {"GroupList": None, "PermissionsBoundary": None, "Tags": None}
    made = imported(tmp_path, start, group("empty") | {"GroupPolicyList": None})
    assert made.complete
    assert "user/start" in administrators(made.scenario())


def test_the_commands_name_the_statement_with_its_line(tmp_path: Path, cli: Cli) -> None:
    (tmp_path / "account.json").write_text(account(user("start", statement("iam:PutUserPolicy"))), "utf-8")
    out = tmp_path / "imported"
    assert cli("import", str(tmp_path / "account.json"), "-o", str(out)).exit_code == 0
    scenario = str(out / "scenario.yaml")
    ranked = json.loads(cli("rank", scenario, "--format", "json").stdout)["result"]
    assert f"administrator of {ACCOUNT}" in json.dumps(ranked)
    step = f"iam.PutUserPolicy by start-policy/0 ({ACCOUNT}:user/start)"
    (way,) = [each for each in ranked["ways"] if each["name"] == f"{ACCOUNT}:user/start"]
    label = f"{step} {ACCOUNT}:user/start"
    assert label in way["steps"]
    (place,) = ranked["places"][label]
    assert place.endswith("account.json:2")
    for command in (("rank", scenario), ("paths", scenario, "--trials", "20")):
        told = " ".join(cli(*command).stdout.split())
        assert step in told
        assert "account.json:2" in told
    narrowed = cli("narrow", scenario, "--trials", "20", "--format", "json").stdout
    assert step in narrowed
