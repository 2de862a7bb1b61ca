"""A repository as they look: agents, six MCP servers, three workflows and manifests with a broad operator."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

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
LISTS = json.loads((Path(__file__).parent / "data" / "mcp_tools.json").read_text("utf-8"))["servers"]
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


def shop(folder: Path, servers: Iterable[str] = SERVERS) -> Path:
    """The repository `shop` in `folder`, with some of its servers."""
    used = {name: SERVERS[name] for name in servers}
    settings = {"permissions": {"allow": ["Bash(npm test:*)", "mcp__git"]}, "enabledMcpjsonServers": ["git", "slack"]}
    files = {
        ".mcp.json": json.dumps({"mcpServers": used}, indent=2),
        "tools.json": json.dumps({server: listed(server) for server in used}),
        ".claude/settings.json": json.dumps(settings, indent=2),
        ".codex/config.toml": 'sandbox_mode = "workspace-write"\n',
        ".github/workflows/triage.yml": WORKFLOW,
        ".github/workflows/ci.yml": CI,
        ".github/workflows/deploy.yml": DEPLOY,
        "deploy/operator.yaml": OPERATOR,
        "README.md": "# A repository\n",
    }
    for name, text in files.items():
        place = folder / "shop" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, "utf-8")
    return folder / "shop"
