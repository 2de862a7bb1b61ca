"""What an agent in a job may do: its own app's token, lists of tools, and what the repository's settings say of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from importer_contract import written

from simkit import reach
from simkit.importers import Imported, import_files

JOB = """\
on: issues
permissions: {%s}
jobs:
  j:
    steps:
      - uses: actions/checkout@v4
      - %s
      - {run: x, env: {K: "${{ secrets.KEY }}", WIKI_TOKEN: "${{ secrets.WIKI }}"}}
"""
CLAUDE = "uses: anthropics/claude-code-action@v1"
SHELL, CODE, WIKI = "what secrets.KEY opens out", "code changed", "what is behind wiki in w/j changed"


def made(tmp_path: Path, step: str, *, permissions: str = "contents: read", **files: str) -> Imported:
    """A workflow `w` with one job `j` that runs an agent; the first of what is imported is about it."""
    texts = {".github/workflows/w.yml": JOB % (permissions, step), **files}
    return next(each for each in import_files([written(tmp_path, texts)]) if each.kind == "github-actions")


def gets(found: Imported, goal: str) -> bool:
    rows = reach(found.scenario(), entry_point="poisoned issue", trials=1).rows
    return next(row.worst_case for row in rows if (row.kind, row.name) == ("goal", goal))


@pytest.mark.parametrize(
    ("step", "permissions", "writes"),
    [
        (f"{{{CLAUDE}}}", "contents: read, id-token: write", True),
        (f"{{{CLAUDE}}}", "contents: read", False),
        (f"{{{CLAUDE}, with: {{github_token: '${{{{ secrets.GITHUB_TOKEN }}}}'}}}}", "id-token: write", False),
        (f"{{{CLAUDE}, with: {{github_token: ''}}}}", "id-token: write", True),
        ("{uses: anthropics/claude-code-action/base-action@v1}", "id-token: write", False),
        ("{uses: Factory-AI/droid-action@v1}", "id-token: write", True),
        ("{uses: sst/opencode/github@latest}", "id-token: write", True),
        ("{uses: sst/opencode/github@latest, with: {use_github_token: true}}", "id-token: write", False),
        ("{uses: openai/codex-action@v1}", "id-token: write", False),
    ],
)
def test_the_app_of_an_agent_writes_whatever_the_permissions_of_its_job(
    tmp_path: Path, step: str, permissions: str, writes: bool
) -> None:
    """The most copied workflow of Claude reads by its `permissions`, and writes by the token of its app."""
    found = made(tmp_path, step, permissions=permissions)
    assert "agent in w/j" in found.sections["identities"]
    assert gets(found, CODE) is writes
    assert ("app-token" in found.sections["tools"]) is writes
    assert any("the token of the app" in each.about for each in found.assumed) is writes


def test_an_app_is_asked_for_more_than_it_gives_by_itself(tmp_path: Path) -> None:
    step = f'{{{CLAUDE}, with: {{additional_permissions: "actions: read\\nchecks: write"}}}}'
    found = made(tmp_path, step, permissions="id-token: write")
    given = {each["operation"] for each in found.sections["identities"]["agent in w/j"]["entitlements"]}
    scopes = ("contents", "issues", "pull-requests", "checks")
    writes = {f"app-token.{verb}-{scope}" for scope in scopes for verb in ("read", "write")}
    assert given - {"github-token.read-contents"} == writes | {"app-token.read-actions"}
    assert found.origins["identities", "agent in w/j", "app-token.write-contents"].line == 7


MAKE = "uses: actions/create-github-app-token@v2"


@pytest.mark.parametrize(
    ("step", "writes"),
    [
        (f"{{{MAKE}, with: {{private-key: '${{{{ secrets.APP }}}}'}}}}", True),
        (f"{{{MAKE}, with: {{permission-contents: read, permission-issues: write}}}}", False),
        (f"{{{MAKE}, with: {{permission-contents: write}}}}", True),
        (f"{{{MAKE}, with: {{owner: acme, repositories: other}}}}", False),
        (f"{{{MAKE}, with: {{repositories: '${{{{ github.event.repository.name }}}}'}}}}", True),
        ("{uses: tibdex/github-app-token@v2}", True),
    ],
)
def test_a_token_of_an_app_that_a_step_makes_is_in_the_job(tmp_path: Path, step: str, writes: bool) -> None:
    found = made(tmp_path, step)
    rows = reach(found.scenario(), entry_point="job w/j is taken over", trials=1).rows
    assert next(row.worst_case for row in rows if row.name == CODE) is writes


@pytest.mark.parametrize(
    ("arguments", "shell"),
    [
        ('--allowedTools "Read" "Bash(pytest:*)"', True),
        ('--allowedTools "Read"\n--max-turns 5\n--allowed-tools Edit,Bash(npm test:*)', True),
        ("--allowedTools Read --append-system-prompt 'Never use Bash'", False),
        ('--allowedTools "Bash" --disallowedTools "Bash"', False),
        ('--disallowedTools "Bash(pytest:*)" --allowedTools "Bash(pytest:*),Bash(gh issue view:*)"', False),
        ("--allowedTools ${{ steps.list.outputs.tools }}", True),
        ('--allowedTools "Bash(gh issue view ${{ github.event.issue.number }})"', False),
        ("--model ${{ vars.MODEL }}", False),
    ],
)
def test_all_lists_of_tools_count_and_one_that_is_computed_may_hold_any(
    tmp_path: Path, arguments: str, shell: bool
) -> None:
    assert gets(made(tmp_path, f"{{{CLAUDE}, with: {{claude_args: {json.dumps(arguments)}}}}}"), SHELL) is shell


@pytest.mark.parametrize(
    ("run", "shell"),
    [
        ("codex exec 'Read the issue and fix it'", True),
        ("gemini -p triage --allowed-tools 'run_shell_command(pytest)'", True),
        ("gemini -p triage --allowed-tools 'run_shell_command(gh issue view)'", False),
        ("claude -p 'use no Bash'", False),
        ("claude -p x \\\n  --allowedTools Read \\\n  'Bash(make:*)'", True),
        ('claude -p x --settings \'{"permissions": {"allow": ["Bash(make:*)"]}}\'', True),
    ],
)
def test_what_a_command_line_tells_an_agent_is_no_list_of_tools(tmp_path: Path, run: str, shell: bool) -> None:
    assert gets(made(tmp_path, f"{{run: {json.dumps(run)}}}"), SHELL) is shell


@pytest.mark.parametrize(
    "uses", ["me/claude-code-action@main", "ask-bonk/ask-bonk/github@main", "Factory-AI/droid-action/review@v1"]
)
def test_copies_of_actions_are_agents_too(tmp_path: Path, uses: str) -> None:
    assert "agent in w/j" in made(tmp_path, f"{{uses: {uses}}}").sections["identities"]


@pytest.mark.parametrize(
    ("step", "told"),
    [
        ("{uses: acme/reviewer@v1, with: {key: '${{ secrets.OPENAI_API_KEY }}'}}", True),
        ("{run: python triage.py, env: {A: '${{ secrets.MY_ANTHROPIC_KEY }}'}}", True),
        ("{run: claude -p x, env: {A: '${{ secrets.ANTHROPIC_API_KEY }}'}}", False),
        ("{run: make, env: {A: '${{ secrets.NPM_TOKEN }}'}}", False),
    ],
)
def test_a_job_with_the_key_of_a_model_and_no_known_agent_is_told(tmp_path: Path, step: str, told: bool) -> None:
    found = made(tmp_path, step)
    assert any("a key of a model" in each.why for each in found.untranslated) is told


SETTINGS, SERVERS = ".claude/settings.json", ".mcp.json"
PYTEST = json.dumps({"permissions": {"allow": ["Bash(pytest:*)"]}})
WIKIS = json.dumps({"mcpServers": {"wiki": {"command": "npx", "args": ["acme-wiki"], "env": {"T": "${WIKI_TOKEN}"}}}})
ALLOWS_WIKI = json.dumps({"permissions": {"allow": ["mcp__wiki__edit"]}})


@pytest.mark.parametrize(
    ("arguments", "files", "shell"),
    [
        ("", {SETTINGS: PYTEST}, True),
        ("--allowedTools Read", {SETTINGS: PYTEST}, True),
        ("--disallowedTools Bash", {SETTINGS: PYTEST}, False),
        ("--setting-sources user", {SETTINGS: PYTEST}, False),
        ("--setting-sources user,project", {SETTINGS: PYTEST}, True),
        ("", {f"other/{SETTINGS}": PYTEST}, False),
        ("", {SETTINGS: json.dumps({"permissions": {"allow": ["Bash(gh issue view:*)"]}})}, False),
        ("--allowedTools Bash(pytest:*)", {SETTINGS: json.dumps({"permissions": {"deny": ["Bash"]}})}, False),
        ("--allowedTools Bash(pytest:*)", {SETTINGS: json.dumps({"permissions": {"ask": ["Bash"]}})}, False),
        ("", {".claude/skills/tests/SKILL.md": "---\nname: tests\nallowed-tools: Bash(pytest:*)\n---\n"}, True),
        ("--settings ci/agent.json", {"ci/agent.json": PYTEST}, True),
        ("", {"ci/agent.json": PYTEST}, False),
    ],
)
def test_settings_of_the_repository_allow_and_deny(
    tmp_path: Path, arguments: str, files: dict[str, str], shell: bool
) -> None:
    found = made(tmp_path, f"{{{CLAUDE}, with: {{claude_args: {json.dumps(arguments)}}}}}", **files)
    assert gets(found, SHELL) is shell


@pytest.mark.parametrize(
    ("step", "files", "reached"),
    [
        (f"{{{CLAUDE}, with: {{claude_args: --allowedTools mcp__wiki__edit}}}}", {SERVERS: WIKIS}, True),
        (f"{{{CLAUDE}}}", {SERVERS: WIKIS}, False),
        (f"{{{CLAUDE}}}", {SERVERS: WIKIS, SETTINGS: ALLOWS_WIKI}, True),
        (f"{{{CLAUDE}, with: {{claude_args: --mcp-config ci/mcp.json}}}}", {"ci/mcp.json": WIKIS}, False),
        (
            f"{{{CLAUDE}, with: {{claude_args: --mcp-config ci/mcp.json --allowedTools mcp__wiki}}}}",
            {"ci/mcp.json": WIKIS},
            True,
        ),
        ("{uses: google-github-actions/run-gemini-cli@v0}", {".gemini/settings.json": WIKIS}, True),
        ("{run: copilot -p triage --allow-all-tools}", {".github/mcp.json": WIKIS}, True),
    ],
)
def test_an_agent_starts_the_servers_of_the_repository_and_uses_those_that_are_allowed(
    tmp_path: Path, step: str, files: dict[str, str], reached: bool
) -> None:
    """Nobody is there to approve what a repository brings: all of it is started, with the secrets of the job."""
    found = made(tmp_path, step, **files)
    assert gets(found, WIKI) is reached
    assert found.sections["identities"]["server wiki in w/j"]["runtime_holds"] == ["secrets.WIKI"]


@pytest.mark.parametrize(
    ("arguments", "files"),
    [
        ("--strict-mcp-config", {SERVERS: WIKIS}),
        ("", {SERVERS: WIKIS, SETTINGS: json.dumps({"disabledMcpjsonServers": ["wiki"]})}),
        ("", {"other/.mcp.json": WIKIS}),
    ],
)
def test_servers_that_are_left_out_are_not_there(tmp_path: Path, arguments: str, files: dict[str, str]) -> None:
    found = made(tmp_path, f"{{{CLAUDE}, with: {{claude_args: {json.dumps(arguments)}}}}}", **files)
    assert "server wiki in w/j" not in found.sections["identities"]
