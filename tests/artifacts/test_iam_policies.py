"""Narrowings of an imported account as policy documents, and the calls of the AWS CLI that bring them."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar
from urllib.parse import quote

import pytest
from artifact_contract import ArtifactContract, imported
from click.testing import CliRunner
from small_account import ACCOUNT, ADMINISTRATOR, Json, account, arn, group, managed, role, statement, user

from simkit.artifacts import Artifact, ImportedSources, carried_out
from simkit.artifacts.iam_policies import AWS
from simkit.cli.commands import simkit
from simkit.narrowing import DropEntitlements, DropRole, Holder, Narrowing

SELF = statement("iam:PutUserPolicy", "s3:ListAllMyBuckets", on=arn("user", "deploy"), Sid="Self")
RUN = statement("lambda:CreateFunction", "lambda:InvokeFunction", Sid="Run")
PASS = statement("iam:PassRole", on=[arn("role", "job"), arn("role", "night")], Sid="Pass")
WILD = statement("secretsmanager:*", on="*", Sid="Wild")
READS = statement("s3:GetObject", on=["arn:aws:s3:::reports/*", "arn:aws:s3:::books/*"], Sid="Reads")
KEYS = statement("iam:CreateAccessKey", on=[arn("user", "bob"), arn("user", "deploy")], Sid="Keys")
LAMBDA = {"Service": "lambda.amazonaws.com"}
SAMPLE = account(
    {**managed("AdministratorAccess", statement("*")), "Arn": ADMINISTRATOR},
    managed("shared", READS, KEYS),
    group("people", statement("s3:PutObject", on="arn:aws:s3:::reports/*", Sid="Puts")),
    user("deploy", SELF, RUN, PASS),
    user("bob", WILD, attached=[arn("policy", "shared")], GroupList=["people"]),
    user("root-like", attached=[ADMINISTRATOR]),
    role("job", attached=[ADMINISTRATOR], trusts=LAMBDA, MaxSessionDuration=7200),
    role("night", READS, trusts=LAMBDA),
    role("ops", SELF, trusts={"AWS": [arn("user", "bob"), arn("user", "deploy")]}, MaxSessionDuration=14400),
    role("open", READS, trusts={"AWS": f"arn:aws:iam::{ACCOUNT}:root"}),
    user("asks", statement("sts:AssumeRole", on=arn("role", "open"))),
)  # fmt: skip
SECRETS = {"SecretList": [{"Name": "db", "ARN": f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:db-abc123"}]}


class TestIamPolicies(ArtifactContract):
    kind = AWS
    sample: ClassVar[Mapping[str, str]] = {"account.json": SAMPLE, "secrets.json": json.dumps(SECRETS)}


def carried(folder: Path, name: str, text: str = SAMPLE) -> Artifact:
    """The one offer called `name`, carried out in `folder`, which is the working folder."""
    (folder / "account.json").write_text(text, "utf-8")
    scenario = imported(folder)
    sources = ImportedSources.of(scenario, "aws")
    (wanted,) = [each for each in AWS.offers(scenario, sources) if each.name == name]
    return carried_out(AWS, scenario, sources, [wanted])


def written(found: Artifact, name: str) -> list[Json]:
    """The statements of a document."""
    (text,) = [new for path, (_, new) in found.files.items() if path == f"aws/{name}"]
    statements: list[Json] = json.loads(text)["Statement"]
    return statements


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_an_action_leaves_its_statement_and_the_others_stay(tmp_path: Path) -> None:
    name = f"iam.PutUserPolicy by deploy-policy/Self ({ACCOUNT}:user/deploy)"
    role = f"deploy-policy/Self ({ACCOUNT}:user/deploy)"
    found = carried(tmp_path, f"Drop {name} on {ACCOUNT}:user/deploy from role {role}")
    assert written(found, "user-deploy-deploy-policy.json") == [{**SELF, "Action": ["s3:ListAllMyBuckets"]}, RUN, PASS]
    (call,) = found.said.values()
    assert call == (
        "aws iam put-user-policy --user-name deploy --policy-name deploy-policy "
        "--policy-document file://user-deploy-deploy-policy.json"
    )
    assert found.files["aws/apply.sh"][1].endswith(f"\n# account {ACCOUNT}\n{call}\n")


def test_of_two_statements_that_stand_together_one_is_enough(tmp_path: Path) -> None:
    """Without PassRole no function runs as the role: the statement about functions stays."""
    role = f"deploy-policy/Pass and deploy-policy/Run ({ACCOUNT}:user/deploy)"
    found = carried(tmp_path, f"Take role {role} from {ACCOUNT}:user/deploy")
    assert written(found, "user-deploy-deploy-policy.json") == [SELF, RUN]


def test_what_a_wildcard_gives_is_denied_beside_it(tmp_path: Path) -> None:
    (tmp_path / "secrets.json").write_text(json.dumps(SECRETS), "utf-8")
    role = f"bob-policy/Wild ({ACCOUNT}:user/bob)"
    found = carried(tmp_path, f"Drop secretsmanager.GetSecretValue by {role} on secret db from role {role}")
    denied = {"Effect": "Deny", "Action": ["secretsmanager:GetSecretValue"], "Resource": "*"}
    assert written(found, "user-bob-bob-policy.json") == [WILD, denied]


def test_on_one_of_several_things_it_is_denied_there(tmp_path: Path) -> None:
    role = f"shared/Reads ({ACCOUNT})"
    found = carried(tmp_path, f"Drop s3.GetObject by {role} on bucket books from role {role}")
    denied = {"Effect": "Deny", "Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::books/*"]}
    assert written(found, "policy-shared.json") == [READS, KEYS, denied]
    (call,) = found.said.values()
    assert call.startswith(f"aws iam create-policy-version --policy-arn {arn('policy', 'shared')} ")
    assert call.endswith(" --set-as-default")


def test_a_managed_policy_is_detached_and_what_goes_besides_is_told(tmp_path: Path) -> None:
    found = carried(tmp_path, f"Take role shared/Keys ({ACCOUNT}) from {ACCOUNT}:user/bob")
    (call,) = found.said.values()
    assert call == f"aws iam detach-user-policy --user-name bob --policy-arn {arn('policy', 'shared')}"
    assert [each.partition(" by ")[0] for each in found.beyond] == ["s3.GetObject"] * 2


def test_a_trust_policy_names_one_less_and_is_never_without_a_statement(tmp_path: Path) -> None:
    found = carried(tmp_path, f"Cut the trust edge {ACCOUNT}:user/bob -assume-> {ACCOUNT}:role/ops")
    (left,) = written(found, "role-ops-trust.json")
    assert (left["Effect"], left["Principal"]) == ("Allow", {"AWS": [arn("user", "deploy")]})
    only = account(user("ann"), role("app", READS, trusts={"AWS": arn("user", "ann")}))
    found = carried(tmp_path, f"Cut the trust edge {ACCOUNT}:user/ann -assume-> {ACCOUNT}:role/app", only)
    (left,) = written(found, "role-app-trust.json")
    assert (left["Effect"], left["Principal"]) == ("Deny", {"AWS": arn("user", "ann")})


def test_whom_an_account_lets_in_is_denied_by_name(tmp_path: Path) -> None:
    found = carried(tmp_path, f"Cut the trust edge {ACCOUNT}:user/asks -assume-> {ACCOUNT}:role/open")
    denied = {"Effect": "Deny", "Action": ["sts:AssumeRole"], "Principal": {"AWS": arn("user", "asks")}}
    assert written(found, "role-open-trust.json")[1:] == [denied]


def test_a_document_in_a_text_is_read_and_changed(tmp_path: Path) -> None:
    """The API of AWS gives documents as texts, URL-encoded; its command line as JSON."""
    text = {"Version": "2012-10-17", "Statement": SELF}
    inline = {"PolicyName": "p", "PolicyDocument": quote(json.dumps(text))}
    ann = {**user("ann"), "UserPolicyList": [inline]}
    line = f"p/Self ({ACCOUNT}:user/ann)"
    name = f"Drop iam.PutUserPolicy by {line} on {ACCOUNT}:user/deploy from role {line}"
    found = carried(tmp_path, name, account(ann, user("deploy")))
    assert found.is_whole
    assert written(found, "user-ann-p.json") == [{**SELF, "Action": ["s3:ListAllMyBuckets"]}]


def test_what_a_group_gives_is_not_taken_from_one_member(tmp_path: Path) -> None:
    (tmp_path / "account.json").write_text(SAMPLE, "utf-8")
    scenario = imported(tmp_path)
    by_group: Narrowing = DropRole(f"{ACCOUNT}:user/bob", f"people-policy/Puts ({ACCOUNT}:group/people)")
    found = carried_out(AWS, scenario, ImportedSources.of(scenario, "aws"), [by_group])
    assert "by a group" in found.unsaid[by_group]
    assert (found.files, found.parts) == ({}, {})


def test_what_stands_for_rights_has_no_statement(tmp_path: Path) -> None:
    (tmp_path / "account.json").write_text(SAMPLE, "utf-8")
    scenario = imported(tmp_path)
    everything = f"account.Administer {ACCOUNT}"
    drop = DropEntitlements(Holder("identity", f"administrator of {ACCOUNT}"), ((everything, f"account {ACCOUNT}"),))
    found = carried_out(AWS, scenario, ImportedSources.of(scenario, "aws"), [drop])
    assert "no statement is behind" in found.unsaid[drop]


def test_the_command_writes_documents_and_the_script_is_sound(tmp_path: Path) -> None:
    (tmp_path / "account.json").write_text(SAMPLE, "utf-8")
    imported(tmp_path)
    words = ("narrow", "scenario.yaml", "--goal", f"administrator of {ACCOUNT}", "--as", "aws", "--trials", "50")
    told = CliRunner().invoke(simkit, (*words, "--out", "there/"))
    assert "aws iam " in told.stderr, told.output
    script = tmp_path / "there" / "aws" / "apply.sh"
    assert script.is_file()
    named = [part.removeprefix("file://") for part in script.read_text("utf-8").split() if part.startswith("file://")]
    assert all((script.parent / name).is_file() for name in named)
    if shutil.which("sh"):
        subprocess.run(["sh", "-n", str(script)], check=True)
