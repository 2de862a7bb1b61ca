"""`simkit init` goes from the files of a repository to a first answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import click.testing
import pytest

from simkit.scenario import load

Cli = Callable[..., click.testing.Result]
WORKFLOW = """\
on: issues
permissions: {contents: write, issues: write}
jobs:
  triage:
    steps:
    - {uses: anthropics/claude-code-action@v1, with: {anthropic_api_key: "${{ secrets.API_KEY }}"}}
"""
OPERATOR = """\
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: manager}
rules: [{apiGroups: [""], resources: [secrets, pods/exec], verbs: ["*"]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: manager}
roleRef: {kind: ClusterRole, name: manager}
subjects: [{kind: ServiceAccount, name: operator, namespace: ops}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: operator, namespace: ops}
spec: {template: {spec: {serviceAccountName: operator, containers: [{name: main}]}}}
"""
SERVERS = {name: {"command": "npx", "args": ["-y", f"acme-{name}"]} for name in ("files", "tracker", "wiki")}
SERVERS["code"] = {"url": "https://mcp.example.com", "headers": {"Authorization": "Bearer ${CODE_TOKEN}"}}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository as they look: agents, servers, workflows and manifests."""
    files = {
        ".mcp.json": json.dumps({"mcpServers": SERVERS}),
        ".claude/settings.json": json.dumps({"permissions": {"allow": ["Bash(npm test:*)", "mcp__tracker"]}}),
        ".codex/config.toml": 'sandbox_mode = "workspace-write"\n',
        ".github/workflows/triage.yml": WORKFLOW,
        "deploy/operator.yaml": OPERATOR,
        "README.md": "# A repository\n",
    }
    for name, text in files.items():
        place = tmp_path / "shop" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, "utf-8")
    return tmp_path / "shop"


def test_a_repository_gets_its_first_answer_from_one_command(cli: Cli, repository: Path) -> None:
    told = cli("init", str(repository))
    assert told.exit_code == 0, told.output
    for word in ("agent: 3 files", "github-actions: 1 file", "kubernetes: 1 file", "worst to lose", "task-scoped"):
        assert word in told.stdout
    assert "susceptibility" in told.stdout, "what was assumed is said"
    assert "the tools of tracker" in told.stdout, "what was not translated is said"
    scenario = load(repository / "scenario.yaml")
    assert scenario.name == "shop"
    assert {"claude-code", "codex", "agent in triage/triage", "pod:ops/deployment/operator"} <= set(
        scenario.model.identities
    )
    assert cli("rank", str(repository / "scenario.yaml")).exit_code == 0


def test_what_is_the_users_own_stays_as_it_is(cli: Cli, repository: Path) -> None:
    assert cli("init", str(repository), "--quiet").exit_code == 0
    own = repository / "scenario.yaml"
    own.write_text(own.read_text("utf-8") + "horizon: 7d\n", "utf-8")
    assert cli("init", str(repository), "--quiet").exit_code == 0
    assert load(own).horizon == 7 * 86400.0


def test_where_nothing_can_be_imported_it_says_what_could_be(cli: Cli, tmp_path: Path) -> None:
    told = cli("init", str(tmp_path))
    assert told.exit_code == 2
    assert "agent (settings of agents" in told.stderr
    assert not (tmp_path / "scenario.yaml").exists()


def test_help_teaches(cli: Cli) -> None:
    text = cli("init", "--help").stdout
    assert "stays as it is" in text
    assert "simkit init path/to/repository" in text
