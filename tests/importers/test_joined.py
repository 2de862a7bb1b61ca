"""Several kinds of files in one import: what one names and another has is one thing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from importer_contract import written
from small_account import ACCOUNT, ADMINISTRATOR, Json, account, arn, role, statement, user

from simkit import load, rank
from simkit.importers import Imported, import_files, whole
from simkit.importers.asked_of_token import PART, fit_together

WORKFLOW = f"""
on: push
permissions: {{id-token: write, contents: read}}
jobs:
  ship:
    runs-on: ubuntu-latest
    steps:
      - uses: aws-actions/configure-aws-credentials@v4
        with: {{role-to-assume: "{arn("role", "deploy")}"}}
"""
CLUSTER = f"""
apiVersion: v1
kind: ServiceAccount
metadata: {{name: shop, namespace: web, annotations: {{eks.amazonaws.com/role-arn: "{arn("role", "deploy")}"}}}}
"""
GITHUB = {"Federated": arn("oidc-provider", "token.actions.githubusercontent.com")}
EKS = {"Federated": arn("oidc-provider", "oidc.eks.eu-west-1.amazonaws.com/id/ABC")}
ROLE = f"{ACCOUNT}:role/deploy"


def parts(folder: Path, trusts: dict[str, str]) -> dict[str, Imported]:
    files = {
        ".github/workflows/ship.yml": WORKFLOW,
        "cluster.yaml": CLUSTER,
        "account.json": account(role("deploy", attached=[ADMINISTRATOR], trusts=trusts)),
    }
    return {each.kind: each for each in import_files([written(folder, files)])}


@pytest.mark.parametrize(
    ("trusts", "enters"),
    [(GITHUB, ["github-actions"]), (EKS, ["kubernetes"]), ({"Service": "ec2.amazonaws.com"}, [])],
)
def test_a_role_is_entered_by_whose_issuer_its_trust_policy_names(
    tmp_path: Path, trusts: dict[str, str], enters: list[str]
) -> None:
    made = parts(tmp_path, trusts)
    entered = [kind for kind in ("github-actions", "kubernetes") if any(e["to"] == ROLE for e in made[kind].trust)]
    assert entered == enters
    refused = {kind for kind, part in made.items() if any("no such issuer" in each.why for each in part.untranslated)}
    assert refused == {"github-actions", "kubernetes"} - set(enters)


def test_the_role_stands_once(tmp_path: Path) -> None:
    made = parts(tmp_path, GITHUB)
    names = [name for part in made.values() for name in part.sections["identities"]]
    assert len(names) == len(set(names))
    assert not [name for name in names if name.startswith("cloud:")]
    assert not [each for part in made.values() for each in part.assumed if each.about.startswith("the trust policy of")]


def test_a_role_of_another_account_stays_as_it_was_named(tmp_path: Path) -> None:
    files = {"cluster.yaml": CLUSTER, "account.json": account(role("other", attached=[ADMINISTRATOR]))}
    made = {each.kind: each for each in import_files([written(tmp_path, files)])}
    assert f"cloud:{arn('role', 'deploy')}" in made["kubernetes"].sections["identities"]


SUB = "token.actions.githubusercontent.com:sub"
POD = "oidc.eks.eu-west-1.amazonaws.com/id/ABC:sub"


def asking(trusts: Json, **condition: Json) -> str:
    trusted = {"Effect": "Allow", "Principal": trusts, "Action": "sts:AssumeRoleWithWebIdentity"}
    made = role("deploy", attached=[ADMINISTRATOR])
    return account(made | {"AssumeRolePolicyDocument": {"Statement": [trusted | {"Condition": condition}]}})


@pytest.mark.parametrize(
    ("environment", "condition", "enters"),
    [
        ("", {"StringLike": {SUB: "repo:shop/web:*"}}, True),
        ("", {"StringLike": {SUB: "repo:shop/web:ref:refs/heads/main"}}, True),
        ("", {"StringEquals": {SUB: "repo:shop/web:ref:refs/heads/main"}}, True),
        ("", {"StringEquals": {SUB: "repo:shop/web:environment:live"}}, False),
        ("live", {"StringEquals": {SUB: "repo:shop/web:environment:live"}}, True),
        ("live", {"StringEquals": {SUB: ["repo:shop/web:environment:test", "repo:shop/web:environment:live"]}}, True),
        ("test", {"StringEquals": {SUB: "repo:shop/web:environment:live"}}, False),
        ("live", {"StringLike": {SUB: "repo:shop/web:ref:*"}}, False),
        ("live", {"StringEquals": {SUB: "repo:shop/*:environment:live"}}, True),  # a repository may be called so
        ("test", {"ForAnyValue:StringLike": {SUB: ["repo:*:environment:live"]}}, False),
        ("test", {"StringNotLike": {SUB: "repo:*:environment:test"}}, True),  # not compared: it may be, and is said
        ("live", {"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}}, True),
    ],
)
def test_a_job_enters_where_its_token_may_claim_what_is_asked(
    tmp_path: Path, environment: str, condition: Json, enters: bool
) -> None:
    within = f"    environment: {environment}\n" if environment else ""
    workflow = WORKFLOW.replace("    steps:", f"{within}    steps:")
    files = {".github/workflows/ship.yml": workflow, "account.json": asking(GITHUB, **condition)}
    made = {each.kind: each for each in import_files([written(tmp_path, files)])}
    part = made["github-actions"]
    assert any(edge["to"] == ROLE for edge in part.trust) is enters
    refused = [each for each in part.untranslated if each.what.endswith(f"becomes {ROLE}")]
    assert bool(refused) is not enters
    assumed = [each.taken for each in part.assumed if each.about.endswith(f"becomes {ROLE}")]
    assert bool(assumed) is enters


@pytest.mark.parametrize(
    ("sub", "enters"),
    [("system:serviceaccount:web:shop", True), ("system:serviceaccount:web:*", True),
     ("system:serviceaccount:web:other", False), ("system:serviceaccount:*:sho", False)],
)  # fmt: skip
def test_a_service_account_is_who_its_token_says(tmp_path: Path, sub: str, enters: bool) -> None:
    files = {"cluster.yaml": CLUSTER, "account.json": asking(EKS, StringLike={POD: sub})}
    made = {each.kind: each for each in import_files([written(tmp_path, files)])}
    assert any(edge["to"] == ROLE for edge in made["kubernetes"].trust) is enters


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [("a*c", "ab*", True), ("a?c", "abc", True), ("[*]", "*", True), ("[*]", "a", False), ("a[*]", "a?", True),
     ("", "", True), ("", "*", True), ("a", "", False), ("*a*b*", "*b*a*", True), ("x*", "*y", True),
     ("xa", "x*y", False), ("??", "a", False), ("a*", "?", True)],
)  # fmt: skip
def test_two_globs_fit_together_where_some_text_fits_both(one: str, other: str, both: bool) -> None:
    assert fit_together(one, other) is both
    assert fit_together(other, one) is both


def test_the_name_of_a_repository_has_no_colon() -> None:
    assert fit_together("repo:*:b", f"repo:{PART}:b")
    assert not fit_together("repo:a:c:b", f"repo:{PART}:b")
    assert not fit_together("repo:a:ref:*", f"repo:{PART}:environment:live")


KEY_ID = "AKIAEXAMPLEEXAMPLE01"


def test_a_secret_of_a_server_that_is_the_id_of_a_key_is_that_key(tmp_path: Path) -> None:
    server = {"command": "npx", "args": ["-y", "shop-mcp"], "env": {"AWS_ACCESS_KEY_ID": KEY_ID}}
    files = {
        ".mcp.json": json.dumps({"mcpServers": {"shop": server}}),
        "account.json": account(user("bob", statement("iam:PutUserPolicy"))),
        "keys.json": json.dumps({"AccessKeyMetadata": [{"UserName": "bob", "AccessKeyId": KEY_ID}]}),
    }
    made = {each.kind: each for each in import_files([written(tmp_path, files)])}
    agent, key = made["agent"], f"access key {KEY_ID} of {ACCOUNT}:user/bob"
    assert not [name for name in agent.sections.get("credentials", {}) if name.startswith("secret-")]
    assert key in agent.sections["identities"]["server shop"]["runtime_holds"]
    assert [edge["from"] for edge in agent.trust if edge["from"].startswith(ACCOUNT)] == [f"{ACCOUNT}:user/bob"]
    assert KEY_ID not in agent.text().replace(key, "")
    folder = tmp_path / "out"
    folder.mkdir()
    for each in made.values():
        (folder / f"{each.kind}.yaml").write_text(each.text(), "utf-8")
    (folder / "whole.yaml").write_text(whole("shop", [f"{kind}.yaml" for kind in made]), "utf-8")
    rows = {row.name: row for row in rank(load(folder / "whole.yaml")).rows if row.kind == "identity"}
    assert f"administrator of {ACCOUNT}" in rows["server shop"].goals


def test_a_key_of_nobody_in_the_account_stays_a_secret(tmp_path: Path) -> None:
    server = {"command": "npx", "args": ["shop-mcp"], "env": {"AWS_ACCESS_KEY_ID": "AKIAEXAMPLEEXAMPLE02"}}
    files = {".mcp.json": json.dumps({"mcpServers": {"shop": server}}), "account.json": account(user("bob"))}
    made = {each.kind: each for each in import_files([written(tmp_path, files)])}
    assert [name for name in made["agent"].sections["credentials"] if name.startswith("secret-")]


AGENT = """\
on: issues
permissions: {contents: read}
jobs:
  triage:
    steps:
      - uses: anthropics/claude-code-action@v1
        env: {WIKI_TOKEN: "${{ secrets.WIKI }}", OTHER: "${{ secrets.OTHER }}"}
"""
SERVERS = '{"mcpServers": {"wiki": {"command": "acme-wiki", "env": {"API_TOKEN": "${WIKI_TOKEN}"}}}}'


def worst(folder: Path, entry: str, goal: str) -> bool:
    """Whether `goal` can be reached through `entry`, in all parts as one scenario."""
    import simkit
    from simkit.importers import whole

    names = []
    for each in import_files([folder]):
        names.append(f"{each.kind}.yaml")
        (folder / names[-1]).write_text(each.text(), "utf-8")
    (folder / "scenario.yaml").write_text(whole("all", names), "utf-8")
    rows = simkit.reach(simkit.load(folder / "scenario.yaml"), entry_point=entry, trials=1).rows
    return next(row.worst_case for row in rows if row.name == goal)


@pytest.mark.parametrize(
    ("workflow", "opens"),
    [
        (AGENT, True),
        # the name of a secret alone says nothing, and neither does a job without an agent
        (AGENT.replace("WIKI_TOKEN:", "WIKI:"), False),
        (AGENT.replace("anthropics/claude-code-action@v1", "acme/publish@v1"), False),
    ],
)
def test_a_secret_opens_the_server_that_asks_for_the_variable_which_a_job_fills_with_it(
    tmp_path: Path, workflow: str, opens: bool
) -> None:
    folder = written(tmp_path, {".github/workflows/triage.yml": workflow, ".mcp.json": SERVERS})
    assert worst(folder, "secrets.WIKI leaks", "what is behind wiki changed") is opens
    assert not worst(folder, "secrets.OTHER leaks", "what is behind wiki changed")
