"""Settings of agents and their servers: what asks, what does not, which secret opens what; the traps, by hand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import pytest
from importer_contract import ImporterContract, written

from simkit import Scenario, reach
from simkit.importers import Imported, import_files
from simkit.importers.agent.agent import AGENT
from simkit.importers.agent.github_tools import github_tools, needed, opened
from simkit.importers.agent.tool_claims import claim

SERVERS = """\
{
  // comments and commas at the end are what editors write
  "mcpServers": {
    "github": {
      "command": "docker",
      "args": ["run", "-i", "--rm", "-e", "GITHUB_PERSONAL_ACCESS_TOKEN", "ghcr.io/github/github-mcp-server"],
      "env": {"GITHUB_PERSONAL_ACCESS_TOKEN": "${GITHUB_TOKEN}", "LOG_LEVEL": "debug"}
    },
    "files": {"command": "npx", "args": ["-y", "@modelcontextprotocol/server-filesystem", "/home/me"]},
    "db": {"command": "uvx", "args": ["postgres-mcp==0.3.0", "postgresql://app:hunter2canary@db.internal/prod"]},
    "notion": {"url": "https://mcp.notion.com/mcp?api_key=canary-in-address",
      "headers": {"Authorization": "Bearer canary-x"}},
    "search": {"command": "npx", "args": ["mcp-search", "--api-key", "canary-in-arguments"],
      "env": {"X_TOKEN": "canary-env"}},
    "broken": {}
  }
}
"""
CLAUDE_SETTINGS = """\
{
  "permissions": {
    "allow": ["Bash(npm run test:*)", "Bash(git diff:*)", "Bash(curl -H 'X: canary-in-rule' https://x)",
              "mcp__github__get_issue", "mcp__files"],
    "ask": ["Bash(git push:*)"],
    "deny": ["Read(./.env)", "mcp__notion", 7]
  },
  "enabledMcpjsonServers": ["github", "files"],
  "env": {"SERVICE_TOKEN": "canary-of-the-agent"},
  "hooks": {"PostToolUse": []}
}
"""
CODEX_SETTINGS = """\
sandbox_mode = "workspace-write"
approval_policy = "on-request"

[mcp_servers.github]
url = "https://api.githubcopilot.com/mcp/"
bearer_token_env_var = "GITHUB_TOKEN"
"""
RULES = """\
prefix_rule(pattern = ["gh", ["issue", "pr"], "view"])
prefix_rule(pattern = ["canary-in-a-program"], decision = "prompt", justification = "canary-in-a-reason")
prefix_rule(pattern = HERE)
"""
POLICY = """\
[[rule]]
toolName = "run_shell_command"
commandPrefix = ["git log", "canary-in-a-prefix x"]
decision = "allow"
priority = 200

[[rule]]
mcpName = "files"
decision = "deny"
priority = 1000
"""
TOOLS = """\
{"files": {"tools": [
  {"name": "read_file", "annotations": {"readOnlyHint": true, "openWorldHint": false},
   "inputSchema": {"properties": {"path": {}}}},
  {"name": "get-env", "annotations": {"readOnlyHint": true, "openWorldHint": false}, "inputSchema": {}},
  {"name": "snapshot", "annotations": {"readOnlyHint": true},
   "inputSchema": {"properties": {"filename": {"type": "string"}}}},
  {"name": "run", "inputSchema": {"properties": {"command": {"type": "string"}}}}
]}}
"""


class TestAgent(ImporterContract):
    importer = AGENT
    sample: ClassVar[Mapping[str, str]] = {
        ".mcp.json": SERVERS,
        ".claude/settings.json": CLAUDE_SETTINGS,
        ".codex/config.toml": CODEX_SETTINGS,
        ".codex/rules/default.rules": RULES,
        ".gemini/policies/own.toml": POLICY,
        ".gemini/settings.json": '{"tools": {"exclude": ["web_fetch"], "core": 3}, "mcp": {"allowed": ["files"]}}',
        "saved/tools.json": TOOLS,
    }
    secrets = (
        "hunter2canary",
        "canary-in-address",
        "canary-x",
        "canary-in-arguments",
        "canary-env",
        "canary-in-rule",
        "canary-of-the-agent",
        "canary-in-a-program",
        "canary-in-a-reason",
        "canary-in-a-prefix",
    )


SAMPLE = TestAgent.sample
NAMES = {"claude": ".claude/settings.json", "mcp": ".mcp.json", "tools": "tools.json", "codex": ".codex/config.toml"}


def made(tmp_path: Path, **files: Any) -> Imported:
    """What is made of settings (`claude`) and servers (`mcp`), as values, and of lists of tools (`tools`)."""
    names = {
        "claude": ".claude/settings.json",
        "mcp": ".mcp.json",
        "tools": "tools.json",
        "codex": ".codex/config.toml",
    }
    texts = {names[key]: what if isinstance(what, str) else json.dumps(what) for key, what in files.items()}
    (found,) = import_files([written(tmp_path, texts)])
    return found


def stances(found: Imported, who: str = "claude-code") -> dict[str, str]:
    """For each operation that `who` has: "free" or "asks"."""
    given = found.sections["identities"][who]["entitlements"]
    return {each["operation"]: "asks" if "conditions" in each else "free" for each in given}


def settings(**permissions: Any) -> dict[str, Any]:
    return {"permissions": {"allow": [], **permissions}}


def gets(scenario: Scenario, entry: str, goal: str) -> bool:
    rows = reach(scenario, entry_point=entry, trials=1).rows
    return next(row.worst_case for row in rows if (row.kind, row.name) == ("goal", goal))


def test_without_rules_it_reads_its_folder_and_asks_for_the_rest(tmp_path: Path) -> None:
    assert stances(made(tmp_path, claude=settings())) == {
        "claude-code.Read": "free",
        "claude-code.Read outside": "asks",
        "claude-code.Edit": "asks",
        "claude-code.WebFetch": "asks",
        "claude-code.WebFetch send": "asks",
        "claude-code.WebSearch": "asks",
        "claude-code.Bash": "asks",
    }


@pytest.mark.parametrize(
    ("permissions", "operation", "stance"),
    [
        ({"allow": ["Bash"]}, "Bash", "free"),
        ({"allow": ["Bash(*)"]}, "Bash", "free"),
        ({"allow": ["Bash"], "ask": ["Bash"]}, "Bash", "asks"),
        ({"allow": ["Bash"], "deny": ["Bash"]}, "Bash", None),
        ({"deny": ["Bash"], "allow": ["Bash(ls:*)"]}, "Bash ls (read)", None),
        ({"allow": ["Bash(ls:*)"]}, "Bash ls (read)", "free"),
        ({"allow": ["Bash(ls:*)"], "deny": ["Bash(ls:*)"]}, "Bash ls (read)", None),
        ({"allow": ["Bash(find:*)"]}, "Bash find", "free"),
        ({"allow": ["Bash(pytest:*)"]}, "Bash pytest", "free"),
        ({"allow": ["Bash(gh api:*)"]}, "Bash gh api (send)", "free"),
        ({"allow": ["Bash(git status)"]}, "Bash git status", None),
        ({"allow": ["Bash(./own.sh)"]}, "Bash a program", "free"),
        ({"defaultMode": "acceptEdits"}, "Edit", "free"),
        ({"defaultMode": "acceptEdits"}, "Bash", "asks"),
        ({"defaultMode": "bypassPermissions"}, "Bash", "free"),
        ({"defaultMode": "bypassPermissions", "ask": ["Bash"]}, "Bash", "asks"),
        ({"defaultMode": "dontAsk"}, "Bash", None),
        ({"allow": ["WebFetch(domain:example.com)"]}, "WebFetch send", "free"),
    ],
)
def test_deny_comes_before_ask_and_ask_before_allow(
    tmp_path: Path, permissions: dict[str, Any], operation: str, stance: str | None
) -> None:
    assert stances(made(tmp_path, claude=settings(**permissions))).get(f"claude-code.{operation}") == stance


ONE = {"mcpServers": {"s": {"command": "own-server", "env": {"API_TOKEN": "${S_TOKEN}"}}}}
LISTED = {"s": {"tools": [{"name": name, "inputSchema": {}} for name in ("look", "drop")]}}


@pytest.mark.parametrize(
    ("claude", "look", "drop"),
    [
        (settings(), "asks", "asks"),
        (settings(allow=["mcp__s__look"]), "asks", "asks"),
        (settings(allow=["mcp__s__look"]) | {"enableAllProjectMcpServers": True}, "free", "asks"),
        (settings(allow=["mcp__s"]) | {"enabledMcpjsonServers": ["s"]}, "free", "free"),
        (settings(allow=["mcp__s__*"]) | {"enabledMcpjsonServers": ["other"]}, "asks", "asks"),
        (settings(allow=["mcp__s"], deny=["mcp__s__drop"]) | {"enabledMcpjsonServers": ["s"]}, "free", None),
        (settings(allow=["mcp__s"]) | {"disabledMcpjsonServers": ["s"]}, None, None),
        (settings(deny=["mcp__s"]), None, None),
    ],
)
def test_a_server_that_a_repository_brings_is_configured_and_not_approved(
    tmp_path: Path, claude: dict[str, Any], look: str | None, drop: str | None
) -> None:
    found = stances(made(tmp_path, claude=claude, mcp=ONE, tools=LISTED))
    assert (found.get("mcp:s.look"), found.get("mcp:s.drop")) == (look, drop)


def test_a_secret_opens_the_account_that_its_server_works_as(tmp_path: Path) -> None:
    scenario = made(tmp_path, mcp=ONE, tools=LISTED).scenario()
    assert scenario.model.tools["mcp:s"].runs_as == "server s"
    assert scenario.entry_points["server s is taken over"].tool == "mcp:s"
    assert scenario.model.identities["server s"].runtime_holds == ("S_TOKEN", "files of the user")
    assert scenario.model.credentials["S_TOKEN"].ttl is None
    assert gets(scenario, "S_TOKEN leaks", "what is behind s changed")
    assert gets(scenario, "server s is taken over", "files of the user out")


def test_the_same_secret_of_two_servers_is_one_account(tmp_path: Path) -> None:
    both = {"mcpServers": {name: {"command": "x", "env": {"KEY": "${SAME}"}} for name in ("a", "b")}}
    scenario = made(tmp_path, mcp=both).scenario()
    assert list(scenario.model.credentials) == ["SAME"]
    assert gets(scenario, "SAME leaks", "what is behind a out")
    assert gets(scenario, "SAME leaks", "what is behind b out")


def test_a_secret_in_a_file_of_the_repository_is_read_with_it(tmp_path: Path) -> None:
    written_out = {"mcpServers": {"s": {"url": "https://s.example", "headers": {"Authorization": "Bearer abc"}}}}
    scenario = made(tmp_path, mcp=written_out, claude=settings()).scenario()
    (name,) = scenario.model.credentials
    assert scenario.model.resources["working copy"].holds == (name,)
    assert "abc" not in name


def test_a_container_reads_no_files_of_the_user_unless_they_are_mounted(tmp_path: Path) -> None:
    for mounts, holds in (([], ()), (["-v", "/home:/home"], ("files of the user",))):
        found = made(
            tmp_path, mcp={"mcpServers": {"s": {"command": "docker", "args": ["run", *mounts, "acme/server"]}}}
        )
        assert found.scenario().model.identities["server s"].runtime_holds == holds


def test_poisoned_words_reach_what_the_agent_may_do_without_asking(tmp_path: Path) -> None:
    free = made(tmp_path / "a", claude=settings(allow=["Bash(pytest:*)", "WebFetch"])).scenario()
    assert gets(free, "poisoned working copy", "files of the user out")
    shut = made(tmp_path / "b", claude=settings(deny=["Bash", "WebFetch", "WebSearch", "Edit"])).scenario()
    assert not gets(shut, "poisoned working copy", "files of the user out")


BOXED = 'sandbox_mode = "workspace-write"\napproval_policy = "never"\n'


@pytest.mark.parametrize(
    ("settings_", "operations"),
    [
        (
            'sandbox_mode = "read-only"\napproval_policy = "never"\n',
            {f"shell in its sandbox ({what})" for what in ("read", "run")},
        ),
        (BOXED, {f"shell in its sandbox ({what})" for what in ("read", "write", "run")}),
        (
            BOXED + "sandbox_workspace_write.network_access = true\n",
            {f"shell in its sandbox ({what})" for what in ("read", "write", "fetch", "send")},
        ),
        ('sandbox_mode = "danger-full-access"\n', {"shell"}),
    ],
)
def test_the_sandbox_is_what_bounds_codex(tmp_path: Path, settings_: str, operations: set[str]) -> None:
    found = stances(made(tmp_path, codex=settings_), "codex")
    assert {name.removeprefix("codex.") for name, stance in found.items() if stance == "free"} == operations


CLOSED = {"enabled": True, "allowUnsandboxedCommands": False, "network": {"allowManagedDomainsOnly": True}}


@pytest.mark.parametrize(
    ("client", "given", "egress"),
    [
        ("codex", BOXED, "none"),
        ("codex", BOXED.replace("workspace-write", "read-only"), "none"),
        ("codex", BOXED + "sandbox_workspace_write.network_access = true\n", "any"),
        ("codex", BOXED.replace('"never"', '"on-request"'), "any"),
        ("codex", BOXED.replace("workspace-write", "danger-full-access"), "any"),
        ("claude", settings() | {"sandbox": CLOSED}, "none"),
        ("claude", settings() | {"sandbox": CLOSED | {"allowUnsandboxedCommands": True}}, "any"),
        ("claude", settings() | {"sandbox": CLOSED | {"excludedCommands": ["docker"]}}, "any"),
        ("claude", settings() | {"sandbox": CLOSED | {"network": {}}}, "any"),
        ("claude", settings(allow=["WebFetch(domain:example.org)"]) | {"sandbox": CLOSED}, "any"),
        ("claude", settings() | {"sandbox": CLOSED | {"enabled": False}}, "any"),
    ],
)
def test_a_sandbox_that_lets_nothing_out_is_a_runtime_without_a_network(
    tmp_path: Path, client: str, given: Any, egress: str
) -> None:
    found = made(tmp_path, **{client: given}).scenario()
    name = "codex" if client == "codex" else "claude-code"
    assert found.model.identities[name].egress == egress


def test_what_runs_by_itself_and_what_is_no_rule_is_listed_with_its_line(tmp_path: Path) -> None:
    (found,) = import_files([written(tmp_path, SAMPLE)])
    left = {(each.origin.file.rsplit("/", 1)[-1], each.origin.line, each.what) for each in found.untranslated}
    assert {
        ("settings.json", 10, "hooks"),
        ("settings.json", 6, "a rule under deny"),
        (".mcp.json", 15, "server broken"),
        ("default.rules", 3, "a part"),
        ("own.toml", 7, "a rule of a policy"),
    } <= left


SKILL = "---\nname: audit\ndescription: looks at pages\nallowed-tools: %s\n---\n\nRun this: `curl`.\n"


@pytest.mark.parametrize(
    ("where", "tools", "free"),
    [
        (".claude/commands/team/audit.md", "Read, Bash(pytest -q:*), WebFetch", {"Bash pytest", "WebFetch"}),
        (".claude/skills/audit/SKILL.md", "[Bash(*)]", {"Bash"}),
        ("skills/audit/SKILL.md", "Bash(uv run *) Read", {"Bash uv run"}),
        ("docs/audit.md", "Bash", set()),
    ],
)
def test_what_a_skill_or_a_command_is_allowed_the_agent_does_unasked(
    tmp_path: Path, where: str, tools: str, free: set[str]
) -> None:
    texts = {".claude/settings.json": json.dumps(settings(allow=["Read"])), where: SKILL % tools}
    (found,) = import_files([written(tmp_path, texts)])
    given = found.sections["identities"]["claude-code"]["entitlements"]
    unasked = {each["operation"].removeprefix("claude-code.") for each in given if "conditions" not in each}
    assert unasked - {"WebFetch send"} == {"Read", "Read outside", *free}


def test_a_rule_of_the_settings_denies_what_a_skill_is_allowed_and_each_knows_its_line(tmp_path: Path) -> None:
    texts = {".claude/settings.json": json.dumps(settings(deny=["WebFetch"])), "SKILL.md": SKILL % "Bash, WebFetch"}
    (found,) = import_files([written(tmp_path, texts)])
    agent = found.sections["identities"]["claude-code"]
    assert [each["operation"] for each in agent["denies"]] == ["claude-code.WebFetch", "claude-code.WebFetch send"]
    place = found.origins["identities", "claude-code", "claude-code.Bash"]
    assert (Path(place.file).name, place.line) == ("SKILL.md", 4)


def test_a_page_that_is_no_skill_of_rights_is_passed_over_and_a_mode_of_a_sub_agent_is_told(tmp_path: Path) -> None:
    texts = {
        ".claude/settings.json": json.dumps(settings()),
        ".claude/commands/plain.md": "# allowed-tools are none here\n",
        ".claude/agents/free.md": "---\nname: free\npermissionMode: bypassPermissions\n---\nGo.\n",
    }
    (found,) = import_files([written(tmp_path, texts)])
    assert [each.what for each in found.untranslated] == ["permissionMode"]


def test_who_takes_a_server_over_steers_whoever_uses_it(tmp_path: Path) -> None:
    """The server has neither secrets nor files: what is lost is lost through the agent that believes it."""
    mcp = {"mcpServers": {"s": {"command": "docker", "args": ["run", "-i", "acme/server"]}}}
    for rules, lost in ((["mcp__s", "Bash"], True), (["mcp__s"], False)):
        claude = settings(allow=rules, deny=["WebFetch", "WebSearch", *([] if lost else ["Bash", "Read"])])
        found = made(tmp_path / str(lost), mcp=mcp, claude=claude | {"enabledMcpjsonServers": ["s"]})
        assert gets(found.scenario(), "server s is taken over", "files of the user out") is lost


def test_a_tool_of_a_saved_list_knows_its_line(tmp_path: Path) -> None:
    text = '{"tools": [\n{"name": "look", "inputSchema": {}},\n{"name": "drop"}]}'
    (found,) = import_files([written(tmp_path, {".mcp.json": json.dumps(ONE), "s.tools.json": text})])
    assert [found.origins["tools", "mcp:s", name].line for name in ("look", "drop")] == [2, 3]


@pytest.mark.parametrize(
    ("schema", "hint", "parameters"),
    [("inputSchema", "readOnlyHint", {}), ("input_schema", "read_only_hint", {"meta": None, "output_schema": None})],
)
def test_a_list_that_the_python_sdk_printed_is_read_as_the_wire_is(
    tmp_path: Path, schema: str, hint: str, parameters: dict[str, None]
) -> None:
    """Version 2 of the SDK (mcp 2.3.0) names its fields as Python does, and prints these unless asked for aliases."""
    look = {"name": "look", "annotations": {hint: True}, schema: {"type": "object"}} | parameters
    save = {"name": "save", "annotations": {hint: True}, schema: {"properties": {"filename": {}}}} | parameters
    found = made(tmp_path, mcp=ONE, tools={"s": {"tools": [look, save]}}).scenario()
    operations = found.model.tools["mcp:s"].operations
    assert {name: operations[name].effect for name in ("look", "save")} == {"look": "read", "save": "write"}


def test_to_use_some_tools_alone_is_not_to_use_them_unasked(tmp_path: Path) -> None:
    one = {"mcpServers": {"s": {"url": "https://s.example", "includeTools": ["look"]}}}
    found = stances(made(tmp_path, mcp=one, tools=LISTED))
    assert {name: found.get(f"mcp:s.{name}") for name in ("look", "drop")} == {"look": "asks", "drop": None}


DATA = json.loads((Path(__file__).parents[1] / "data" / "mcp_tools.json").read_text("utf-8"))["servers"]
CLAIMS = {
    (server, name): claim({"name": name, "annotations": hints, "inputSchema": {"properties": properties(what)}})
    for server, tools in DATA.items()
    for name, hints, what in tools
    for properties in (lambda each: {key: {"enum": choices} if choices else {} for key, choices in each.items()},)
}


def test_of_21_real_servers_8_give_no_hints_and_46_tools_give_all_four() -> None:
    assert (len(DATA), len(CLAIMS)) == (21, 322)
    silent = [
        server for server in DATA if not any(each.hinted for (owner, _), each in CLAIMS.items() if owner == server)
    ]
    assert silent == ["brave", "github(npm)", "gitlab", "maps", "postgres", "puppeteer", "slack", "tavily"]
    assert sum(len(hints) == 4 for tools in DATA.values() for _, hints, _ in tools) == 46


def test_real_tools_that_say_they_only_read_and_show_otherwise() -> None:
    raised = {key: each.effect for key, each in CLAIMS.items() if each.raised and each.hinted}
    assert raised == {
        ("gitlab-zereight", "download_attachment"): "write",
        ("mongodb", "aggregate"): "write",
        ("mongodb", "aggregate-db"): "write",
        ("mongodb", "export"): "write",
    }
    assert [key for key, each in CLAIMS.items() if each.tells_environment] == [("everything", "get-env")]
    assert [key for key, each in CLAIMS.items() if each.adds_tools] == [("gitlab-zereight", "discover_tools")]


def test_a_tool_without_hints_destroys_and_reaches_out() -> None:
    found = claim({"name": "x", "inputSchema": {}})
    assert (found.effect, found.is_open, found.hinted) == ("delete", True, False)


def test_to_be_destructive_means_nothing_for_a_tool_that_only_reads() -> None:
    assert claim({"name": "x", "annotations": {"readOnlyHint": True, "destructiveHint": True}}).effect == "read"
    assert claim({"name": "x", "annotations": {"readOnlyHint": False, "destructiveHint": False}}).effect == "write"


def test_a_tool_that_tells_the_environment_gives_the_secrets_of_its_server(tmp_path: Path) -> None:
    tool = {"name": "get-env", "annotations": {"readOnlyHint": True}, "inputSchema": {}}
    claude = settings(allow=["mcp__s"]) | {"enabledMcpjsonServers": ["s"]}
    scenario = made(tmp_path, mcp=ONE, claude=claude, tools={"s": {"tools": [tool]}}).scenario()
    assert scenario.model.resources["environment of s"].holds == ("S_TOKEN",)
    assert scenario.model.tools["mcp:s"].operations["get-env"].targets == ("environment of s",)


GITHUB = {"mcpServers": {"github": {"command": "docker", "args": ["run", "-i", "ghcr.io/github/github-mcp-server"]}}}
GITHUB["mcpServers"]["github"]["env"] = {"GITHUB_PERSONAL_ACCESS_TOKEN": "${GITHUB_TOKEN}"}  # type: ignore[assignment]


def test_of_117_tools_of_github_58_read_and_32_of_these_need_the_scope_that_writes() -> None:
    tools = github_tools()
    reads = [each for each in tools.values() if each.effect == "read"]
    assert (len(tools), len(reads), sum("repo" in each.scopes for each in reads)) == (117, 58, 32)


def test_a_token_that_reads_one_file_may_change_things_by_other_tools() -> None:
    """56 tools need `repo` and 10 `security_events`, which is in it: 66, of which 42 read and 24 do not."""
    assert needed(["get_file_contents"]) == {"repo"}
    more = opened(["repo"])
    assert (len(more), sum(each.effect != "read" for each in more)) == (66, 24)
    assert len(opened(["security_events"])) == 10
    assert opened(["read:org"]) == opened(["write:org"]) == opened(["admin:org"])
    assert opened([]) == ()


def test_githubs_own_server_is_known_without_a_list(tmp_path: Path) -> None:
    claude = settings(allow=["mcp__github__get_file_contents"]) | {"enabledMcpjsonServers": ["github"]}
    found = made(tmp_path, mcp=GITHUB, claude=claude)
    assert len(found.sections["tools"]["mcp:github"]["operations"]) > 117
    (scopes,) = [each for each in found.assumed if each.about == "the scopes of GITHUB_TOKEN"]
    assert scopes.taken == "repo"
    assert "opens 24 others that change things" in scopes.why


def test_to_trust_all_servers_is_to_run_what_a_pull_request_adds(tmp_path: Path) -> None:
    shut = settings(deny=["Bash", "WebFetch", "WebSearch", "Edit", "Read", "mcp__s"])
    for trusting in (False, True):
        claude = shut | {"enableAllProjectMcpServers": trusting}
        scenario = made(tmp_path / str(trusting), mcp=ONE, claude=claude).scenario()
        assert gets(scenario, "poisoned working copy", "files of the user out") is trusting


def test_a_command_and_its_arguments_may_be_one_list(tmp_path: Path) -> None:
    """As opencode has it; the secret among the words is one."""
    server = {
        "type": "local",
        "command": ["npx", "-y", "acme-wiki", "--token", "canary-x"],
        "environment": {"K_TOKEN": "y"},
    }
    (found,) = import_files([written(tmp_path, {"opencode.json": json.dumps({"mcp": {"wiki": server}})})])
    assert found.sections["identities"]["server wiki"]["note"].startswith("starts acme-wiki")
    assert len(found.sections["credentials"]) == 2
    assert "opencode" in found.sections["identities"]
    assert "canary" not in found.text()


@pytest.mark.parametrize(
    ("said", "secrets"),
    [
        ({"args": ["acme", "--api-key", "hunter2"]}, 1),
        ({"args": ["acme", "--api-key=hunter2"]}, 1),
        ({"args": ["acme", "--mode=fast", "--depth", "3"]}, 0),
        ({"command": "docker", "args": ["run", "-e", "API_KEY=hunter2", "acme"]}, 1),
        ({"command": "docker", "args": ["run", "--env=TRACKER_TOKEN=hunter2", "acme"]}, 1),
        ({"command": "docker", "args": ["run", "-e", "LOG_LEVEL=debug", "acme"]}, 0),
        ({"command": "docker", "args": ["run", "-e", "OTHER=ghp_hunter2", "acme"]}, 1),
        ({"headers": {"X-API-Key": "hunter2", "Accept": "text/plain"}}, 1),
    ],
)
def test_a_secret_is_found_by_its_name_however_it_is_handed_over(
    tmp_path: Path, said: dict[str, Any], secrets: int
) -> None:
    found = made(tmp_path, mcp={"mcpServers": {"x": {"command": "npx", **said}}})
    assert len(found.sections.get("credentials", {})) == secrets
    assert "hunter2" not in found.text()


def test_rules_in_a_file_of_no_known_place_are_those_of_claude_code(tmp_path: Path) -> None:
    """As in a repository of settings that are copied or linked to where they are used."""
    text = json.dumps({"permissions": {"allow": ["Bash(pytest:*)"]}})
    (found,) = import_files([written(tmp_path, {"dotfiles/claude/settings.json": text})])
    assert stances(found)["claude-code.Bash pytest"] == "free"


COPILOT = """\
---
description: answers
mcp-servers:
  tracker:
    type: local
    command: npx
    args: [acme-tracker]
    tools: %s
    env:
      KEY: %s
---
You answer tickets.
"""


@pytest.mark.parametrize(
    ("tools", "key", "held"),
    [
        ('["*"]', "${{ secrets.COPILOT_MCP_KEY }}", "COPILOT_MCP_KEY"),
        ("[get]", "$COPILOT_MCP_KEY", "COPILOT_MCP_KEY"),
    ],
)
def test_an_agent_of_copilot_uses_its_servers_with_nobody_there_to_ask(
    tmp_path: Path, tools: str, key: str, held: str
) -> None:
    (found,) = import_files([written(tmp_path, {".github/agents/helper.agent.md": COPILOT % (tools, key)})])
    given = stances(found, "copilot-agent")
    name = "anything" if "*" in tools else "get"
    assert set(given) == {f"mcp:tracker.{name}{suffix}" for suffix in ("", " (read)", " (write)", " (send)")}
    assert set(given.values()) == {"free"}
    assert list(found.sections["credentials"]) == [held]


def test_a_page_of_copilot_without_servers_is_no_file_of_settings(tmp_path: Path) -> None:
    plain = "---\ndescription: answers\ntools: [read]\n---\nYou answer.\n"
    files = {".github/agents/plain.agent.md": plain, ".github/agents/helper.agent.md": COPILOT % ("[get]", "$X_KEY")}
    (found,) = import_files([written(tmp_path, files)])
    assert [name.rsplit("/", 1)[-1] for name in found.read] == ["helper.agent.md"]
