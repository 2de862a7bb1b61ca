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
