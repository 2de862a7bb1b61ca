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
CI = """\
on: pull_request
permissions: {contents: read}
jobs:
  test:
    steps: [{run: pytest}]
"""
DEPLOY = """\
on: {push: {branches: [main]}}
permissions: {contents: read, id-token: write}
jobs:
  ship:
    steps:
    - {uses: aws-actions/configure-aws-credentials@v4, with: {role-to-assume: "arn:aws:iam::123456789012:role/ship"}}
"""
LISTS = json.loads((Path(__file__).parents[2] / "data" / "mcp_tools.json").read_text("utf-8"))["servers"]
SERVERS: dict[str, dict[str, object]] = {
    "filesystem": {"command": "npx", "args": ["-y", "@modelcontextprotocol/server-filesystem", "."]},
    "git": {"command": "uvx", "args": ["mcp-server-git"]},
    "fetch": {"command": "uvx", "args": ["mcp-server-fetch"]},
    "slack": {"command": "npx", "args": ["-y", "slack-mcp"], "env": {"SLACK_BOT_TOKEN": "${SLACK_BOT_TOKEN}"}},
    "postgres": {"command": "npx", "args": ["-y", "postgres-mcp", "postgresql://app:canary@db.internal/shop"]},
    "notion": {"url": "https://mcp.notion.com/mcp", "headers": {"Authorization": "Bearer ${NOTION_TOKEN}"}},
}
"""Six real servers; what they answer to `tools/list` lies beside them."""


def listed(server: str) -> dict[str, object]:
    """What a server answered to `tools/list`, as a file keeps it."""
    tools = []
    for name, hints, parameters in LISTS[server]:
        properties = {key: {"enum": choices} if choices else {} for key, choices in parameters.items()}
        tools.append({"name": name, "annotations": hints, "inputSchema": {"properties": properties}})
    return {"tools": tools}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository as they look: agents, six servers, three workflows and manifests with a broad operator."""
    settings = {"permissions": {"allow": ["Bash(npm test:*)", "mcp__git"]}, "enabledMcpjsonServers": ["git", "slack"]}
    files = {
        ".mcp.json": json.dumps({"mcpServers": SERVERS}),
        "tools.json": json.dumps({server: listed(server) for server in SERVERS}),
        ".claude/settings.json": json.dumps(settings),
        ".codex/config.toml": 'sandbox_mode = "workspace-write"\n',
        ".github/workflows/triage.yml": WORKFLOW,
        ".github/workflows/ci.yml": CI,
        ".github/workflows/deploy.yml": DEPLOY,
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
    for word in (
        "agent: 4 files",
        "github-actions: 3 files",
        "kubernetes: 1 file",
        "worst to lose",
        "task-scoped",
        "What each secret opens",
    ):
        assert word in told.stdout
    assert "susceptibility" in told.stdout, "what was assumed is said"
    assert "the id-token" not in told.stdout, "the role that accepts it is named"
    assert "canary" not in told.output, "no secret is told"
    scenario = load(repository / "scenario.yaml")
    assert scenario.name == "shop"
    assert {"claude-code", "codex", "agent in triage/triage", "pod:ops/deployment/operator"} <= set(
        scenario.model.identities
    )
    tools = {name: len(tool.operations) for name, tool in scenario.model.tools.items() if name.startswith("mcp:")}
    assert set(tools) == {f"mcp:{name}" for name in SERVERS}
    assert all(tools[f"mcp:{name}"] >= len(LISTS[name]) for name in SERVERS)


def test_two_commands_say_what_a_poisoned_issue_gets_and_what_each_token_opens(cli: Cli, repository: Path) -> None:
    """A stranger's issue steers the agent of the workflow, whose token writes the code that all jobs run."""
    ranked = cli("init", str(repository)).stdout
    for secret in ("secrets.API_KEY", "SLACK_BOT_TOKEN", "NOTION_TOKEN", "token of sa:ops/operator"):
        assert secret in ranked, "each token is ranked"
    lines = " ".join(ranked.split())
    assert "poisoned issue 2 of 12 code changed (" in lines
    assert "GITHUB_TOKEN of triage/triage 29." in lines
    scenario = str(repository / "scenario.yaml")
    told = cli("paths", scenario, "--entry-point", "poisoned issue", "--goal", "code changed", "--trials", "100")
    assert told.exit_code == 0, told.output
    said = " ".join(told.stdout.split())
    assert "agent in triage/triage" in said
    assert "code changed is reached" in said


def test_what_was_assumed_is_told_once_and_what_decides_most_stands_first(cli: Cli, repository: Path) -> None:
    told = cli("init", str(repository)).stdout
    rows = [line.split()[0] for line in told[told.index("Assumed, most important first") :].splitlines()[3:]]
    kinds = [word for word in rows if word in ("reach", "chance", "time")]
    assert kinds == sorted(kinds, key=("reach", "chance", "time").index)
    assert kinds.count("chance") == 1, "every agent is taken to fall for an injection as often"


def test_what_was_imported_before_is_in_the_scenario(cli: Cli, repository: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.yaml"
    elsewhere.write_text(OPERATOR, "utf-8")
    (repository / "deploy" / "operator.yaml").unlink()
    assert cli("import", str(elsewhere), "-o", str(repository / "imported")).exit_code == 0
    told = cli("init", str(repository))
    assert told.exit_code == 0, told.output
    assert "Imported before: kubernetes.yaml." in told.stdout
    assert "pod:ops/deployment/operator" in load(repository / "scenario.yaml").model.identities


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
    assert "stays as it is" in " ".join(text.split())
    assert "simkit init path/to/repository" in text
