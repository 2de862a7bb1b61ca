"""Several kinds of files in one import: what one names and another has is one thing."""

from __future__ import annotations

from pathlib import Path

import pytest
from importer_contract import written
from small_account import ACCOUNT, ADMINISTRATOR, account, arn, role

from simkit.importers import Imported, import_files

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
