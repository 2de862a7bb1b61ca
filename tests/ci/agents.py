"""A repository with an agent that may read tickets, imported and with a baseline; and a change that allows it more."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from simkit.cli.commands import simkit

SETTINGS = ".claude/settings.json"
BEFORE = """\
{
  "enabledMcpjsonServers": ["tracker"],
  "permissions": {"deny": ["Bash", "WebFetch", "WebSearch"]}
}
"""
AFTER = """\
{
  "enabledMcpjsonServers": ["tracker"], "permissions": {"deny": ["WebFetch", "WebSearch"], "allow": [
           "Bash(pytest:*)"]}
}
"""
"""The rule stands in line 3, column 12."""
SERVERS = {"mcpServers": {"tracker": {"command": "npx", "args": ["-y", "acme-tracker"]}}}


def made(folder: Path) -> Path:
    """The repository in `folder`, which is the working folder."""
    (folder / ".claude").mkdir(parents=True)
    (folder / ".mcp.json").write_text(json.dumps(SERVERS), "utf-8")
    (folder / SETTINGS).write_text(BEFORE, "utf-8")
    words = ("check", "scenario.yaml", "--baseline", "baseline.json", "--update", "--trials", "200")
    for command in (("init", "--quiet"), words):
        done = CliRunner().invoke(simkit, command)
        assert done.exit_code == 0, done.output
    return folder


def widen(folder: Path) -> None:
    """Let the agent run tests unasked."""
    (folder / SETTINGS).write_text(AFTER, "utf-8")
