"""The settings files of coding agents and other clients: whose each is, and what stands in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from simkit.importers.agent.servers import McpServer, ServerSecret, secrets_in, server
from simkit.importers.agent.tool_claims import SCHEMA, ToolClaim, claim, in_either_spelling
from simkit.importers.draft import Draft
from simkit.importers.excerpt import Excerpt
from simkit.importers.file_place import FilePlace
from simkit.importers.rules_document import CALLS
from simkit.importers.source_file import HEADED, SourceDocument, SourceFile

SERVERS = ("mcpServers", "mcp_servers", "mcp-servers", "context_servers", "servers")
"""The keys under which clients list their servers."""
CLAUDE, CODEX, CURSOR, GEMINI, OPENCODE = "claude-code", "codex", "cursor", "gemini", "opencode"
PROFILE_OF_CODEX = "default_permissions"
"""What names the profile of permissions with which Codex runs commands."""
COPILOT_AGENT = "copilot-agent"
"""Agents of Copilot that a repository describes: on GitHub they use their servers with nobody there to ask
(docs.github.com, "Custom agents configuration", "Model Context Protocol and Copilot cloud agent")."""
UNKNOWN = "agent"
"""The client of a file whose path tells nothing."""
SKILL_TOOLS = "allowed-tools"
"""What a skill or a command of Claude Code uses without a question while it is at work (code.claude.com, "Skills")."""
APPROVED = frozenset({"enableAllProjectMcpServers", "enabledMcpjsonServers", "disabledMcpjsonServers"})
"""What settings of Claude Code say about the servers that a repository brings; often that alone."""
_CLIENTS = (
    (r"claude_desktop_config", "claude-desktop"),
    (r"(^|/)\.claude(/|\.json)|(^|/)\.mcp\.json$|(^|/)SKILL\.md$", CLAUDE),
    (r"(^|/)\.cursor/", CURSOR),
    (r"(^|/)\.vscode/|\.code-workspace$", "vscode"),
    (r"(^|/)\.gemini/|(^|/)(gemini-cli|GeminiCli)/", GEMINI),
    (r"windsurf|codeium", "windsurf"),
    (r"(^|/)\.copilot/|(^|/)\.github/mcp\.json$", "copilot"),
    (r"(^|/)\.github/agents/", COPILOT_AGENT),
    (r"(^|/)\.kiro/", "kiro"),
    (r"(^|/)\.amazonq/", "amazon-q"),
    (r"(^|/)\.roo/", "roo-code"),
    (r"(^|/)\.qwen/", "qwen-code"),
    (r"(^|/)\.junie/", "junie"),
    (r"(^|/)opencode\.jsonc?$", OPENCODE),
    (r"(^|/)\.?zed/|context_servers", "zed"),
    (r"(^|/)\.codex/|config\.toml$|\.rules$", CODEX),
)


@dataclass(frozen=True, slots=True)
class AgentSettings:
    """One file of one client."""

    client: str
    file: str
    said: Excerpt
    servers: tuple[McpServer, ...]
    secrets: tuple[ServerSecret, ...] = ()
    """What the agent itself is given in its environment."""

    @property
    def place(self) -> FilePlace:
        """Where it stands."""
        return self.said.origin


def client(path: str) -> str:
    """Whose settings a file of this name is.

    >>> client("repo/.mcp.json"), client(".cursor/mcp.json"), client("x/settings.json")
    ('claude-code', 'cursor', 'agent')
    """
    plain = path.replace("\\", "/")
    return next((name for pattern, name in _CLIENTS if re.search(pattern, plain)), UNKNOWN)


def is_brought(path: str) -> bool:
    """True for settings that lie in a repository, and not in the home of a person, as far as their path tells.

    >>> [is_brought(path) for path in ("repo/.cursor/mcp.json", "opencode.json", "claude_desktop_config.json")]
    [True, True, False]
    """
    return "/." in f"/{path}".replace("\\", "/") or client(path) == OPENCODE


def is_settings(document: SourceDocument, path: str) -> bool:
    """True for settings of an agent: servers, permissions, or rules."""
    value = document.value
    if not isinstance(value, dict):
        return False
    if path.endswith(HEADED):
        heads = {CLAUDE: {SKILL_TOOLS, "permissionMode", "hooks"}, COPILOT_AGENT: {"mcp-servers"}}
        return bool(heads.get(client(path), set()) & value.keys())
    if is_policy(document) or value.get(CALLS):
        return True
    if any(_lists_servers(value.get(key), key) for key in SERVERS):
        return True
    mcp = value.get("mcp")
    if isinstance(mcp, dict) and (_lists_servers(mcp.get("servers"), "servers") or _lists_servers(mcp, "servers")):
        return True
    if _has_rules(value):
        return True
    if client(path) == CLAUDE and APPROVED & value.keys():
        return True
    if client(path) == OPENCODE:
        # it does all without a question where its settings say nothing of it
        return True
    if client(path) == CURSOR and {"terminalAllowlist", "mcpAllowlist"} & value.keys():
        return True
    if client(path) == GEMINI and any(isinstance(value.get(key), dict) for key in ("tools", "mcp")):
        return True
    return client(path) == CODEX and bool(
        {"sandbox_mode", "approval_policy", "profile", PROFILE_OF_CODEX} & value.keys()
    )


def _has_rules(value: dict[str, object]) -> bool:
    permissions = value.get("permissions")
    return isinstance(permissions, dict) and bool({"allow", "deny", "ask", "defaultMode"} & permissions.keys())


def _whose(document: SourceDocument, path: str) -> str:
    """The client of settings: as their path says, else as what only one client has in them."""
    if is_policy(document):
        return GEMINI
    found = client(path)
    return CLAUDE if found == UNKNOWN and _has_rules(document.value) else found


def is_policy(document: SourceDocument) -> bool:
    """True for a policy of Gemini: rules that decide about tools."""
    value = document.value
    rules = value.get("rule") if isinstance(value, dict) else None
    about = {"toolName", "mcpName", "commandPrefix", "commandRegex"}
    return isinstance(rules, list) and any(
        isinstance(each, dict) and "decision" in each and about & each.keys() for each in rules
    )


def _lists_servers(value: object, key: str) -> bool:
    if not isinstance(value, dict):
        return False
    # `servers` is a word of many files: there, one must look like a server
    return key != "servers" or any(isinstance(v, dict) and {"command", "url"} & v.keys() for v in value.values())


def is_tools(document: SourceDocument) -> bool:
    """True for a saved `tools/list` answer, or several by the names of their servers."""
    return any(True for _ in _answers(document.value))


def _answers(value: object) -> Iterator[tuple[str, tuple[str, ...], list[object]]]:
    """The lists of tools in a file: the name of the server (empty where it says none), the keys that lead to the list,
    and the list."""
    if not isinstance(value, dict):
        return
    below = ("result",) if isinstance(value.get("result"), dict) else ()
    inner = value["result"] if below else value
    if isinstance(inner, dict) and _tools(inner):
        yield "", (*below, "tools"), inner["tools"]
        return
    for name, each in value.items():
        if isinstance(each, dict) and _tools(each):
            yield name, (name, "tools"), each["tools"]


def _tools(value: dict[str, object]) -> bool:
    found = value.get("tools")
    return isinstance(found, list) and any(
        isinstance(each, dict) and in_either_spelling(each, SCHEMA) is not None for each in found
    )


def settings(files: Sequence[SourceFile], draft: Draft) -> tuple[AgentSettings, ...]:
    """The settings in all files."""
    found = []
    for file in files:
        draft.count(file.path, 0)
        for document in file.documents:
            for problem in document.problems:
                draft.leave(FilePlace(problem.file, problem.line, problem.column), "a part", problem.message)
            if is_settings(document, file.path):
                said = Excerpt(document, draft, document.value)
                whose = _whose(document, file.path)
                own = tuple(secrets_in(said.part("env"))) if whose == CLAUDE else ()
                found.append(AgentSettings(whose, file.path, said, tuple(_servers(said)), own))
                draft.count(file.path, max(1, len(found[-1].servers)))
                for key in ("hooks", "statusLine", "apiKeyHelper"):
                    if said.has(key):
                        place = said.under(key, said.value[key]).origin
                        draft.leave(place, key, "it is a command that runs by itself, with all that the user may do")
                if said.has("permissionMode"):
                    place = said.under("permissionMode", "").origin
                    draft.leave(place, "permissionMode", "it is of a sub-agent, whose own rights are not followed")
            elif not is_tools(document):
                draft.leave(document.origin(), "the document", "it is neither settings nor a list of tools")
    return tuple(found)


def _servers(said: Excerpt) -> Iterator[McpServer]:
    for name, each in servers_of(said):
        found = server(name, each) if isinstance(each.value, dict) else None
        if found is not None:
            yield found


def servers_of(said: Excerpt) -> Iterator[tuple[str, Excerpt]]:
    """The configurations of servers in settings, each with its name as a scenario can say it."""
    parts = [said.part(key) for key in SERVERS if said.has(key)]
    if isinstance(said.value.get("mcp"), dict):
        parts.append(said.part("mcp", "servers") if "servers" in said.value["mcp"] else said.part("mcp"))
    for part in parts:
        for name, each in part.items():
            yield re.sub(r"[.*?\[\]\s]+|[^\x20-\x7e]", "-", name)[:100] or "unnamed", each


def tool_lists(files: Iterable[SourceFile], draft: Draft) -> dict[str, tuple[ToolClaim, ...]]:
    """The tools of each server that a saved list has, by the name that the file or its name gives."""
    found: dict[str, tuple[ToolClaim, ...]] = {}
    for file in files:
        for document in file.documents:
            for name, where, tools in _answers(document.value):
                stem = re.sub(r"([-_.]?tools)?(\.json)?$", "", re.split(r"[\\/]", file.path)[-1])
                placed = ((each, document.origin((*where, at))) for at, each in enumerate(tools))
                named = [
                    claim(each, place)
                    for each, place in placed
                    if isinstance(each, dict) and _is_name(each.get("name"))
                ]
                found[name or stem] = tuple({each.name: each for each in named}.values())
                draft.count(file.path, len(named))
    return found


def _is_name(name: object) -> bool:
    return isinstance(name, str) and re.fullmatch(r"[\w./:-]{1,128}", name) is not None
