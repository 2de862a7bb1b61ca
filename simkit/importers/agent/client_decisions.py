"""What the settings of each client decide: what it can do by itself, and whether it asks before a server's tool."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import partial

from simkit.importers.agent.agent_settings import CLAUDE, CODEX, COPILOT_AGENT, CURSOR, GEMINI, OPENCODE, AgentSettings
from simkit.importers.agent.built_in_tools import (
    AgentPower,
    claude_powers,
    codex_powers,
    cursor_powers,
    gemini_powers,
    opencode_powers,
)
from simkit.importers.agent.cursor_rules import CursorRules, cursor_rules
from simkit.importers.agent.gemini_policies import GeminiPolicy, gemini_policy
from simkit.importers.agent.opencode_rules import OpencodeRules, opencode_rules
from simkit.importers.agent.permissions import Permissions
from simkit.importers.agent.servers import McpServer
from simkit.importers.agent.shell_rules import ALLOW, ASK, DENY
from simkit.importers.file_place import FilePlace

Decided = tuple[str, FilePlace]
"""Whether a tool is free, asks or is denied, and the place of what says so."""


def own_powers(client: str, files: Sequence[AgentSettings], rules: Permissions) -> Iterable[AgentPower]:
    """What `client` can do without any server; nothing where its settings do not say."""
    if client == CLAUDE:
        return claude_powers(rules, files)
    if client == GEMINI:
        return gemini_powers(gemini_policy(files))
    if client == CURSOR:
        return cursor_powers(cursor_rules(files))
    if client == OPENCODE:
        return opencode_powers(opencode_rules(files))
    return codex_powers(files) if client == CODEX else ()


def decisions(client: str, files: Sequence[AgentSettings], rules: Permissions) -> Callable[[McpServer, str], Decided]:
    """Whether `client` asks before it uses a tool of a server: all do, but where somebody said otherwise."""
    if client == CLAUDE:
        return partial(_of_claude, rules)
    if client == GEMINI:
        return partial(_of_gemini, gemini_policy(files))
    if client == COPILOT_AGENT:
        return _of_copilot
    if client == CURSOR:
        return partial(_of_cursor, cursor_rules(files))
    if client == OPENCODE:
        return partial(_of_opencode, opencode_rules(files))
    return _of_others


def _of_others(server: McpServer, tool: str) -> Decided:
    return (ALLOW if server.trusted or tool in server.free else ASK), server.place


def _of_copilot(server: McpServer, tool: str) -> Decided:
    return ALLOW, server.place


def _of_claude(rules: Permissions, server: McpServer, tool: str) -> Decided:
    if server.name in rules.rejected:
        return DENY, rules.rejected[server.name]
    stance, place = rules.decided(f"mcp__{server.name}__{tool}")
    brought = server.place.file.endswith(".mcp.json")
    approved = rules.trusts_all_servers or server.name in rules.approved or not brought
    # a server that a repository brings waits for a person, whatever rules name its tools
    return (stance, place or server.place) if approved or stance == DENY else (ASK, server.place)


def _of_gemini(policy: GeminiPolicy, server: McpServer, tool: str) -> Decided:
    """That a server is trusted is a rule among the others."""
    own = policy.trusting(server.name, server.place) if server.trusted else policy
    stance, place = own.decided(f"mcp_{server.name}_{tool}")
    return stance, place or server.place


def _of_cursor(rules: CursorRules, server: McpServer, tool: str) -> Decided:
    stance, place = rules.of_server(server.name, tool)
    return (stance, place or server.place) if stance != ASK else _of_others(server, tool)


def _of_opencode(rules: OpencodeRules, server: McpServer, tool: str) -> Decided:
    stance, place = rules.decided(re.sub(r"[^\w-]", "_", f"{server.name}_{tool}"))
    return stance, place or server.place
