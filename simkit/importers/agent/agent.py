"""Agents and their servers as a scenario: what a poisoned page gets through them, what each secret of theirs opens."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from simkit.importers.agent.agent_settings import (
    CLAUDE,
    PROFILE_OF_CODEX,
    SKILL_TOOLS,
    AgentSettings,
    is_brought,
    is_settings,
    is_tools,
    settings,
    tool_lists,
)
from simkit.importers.agent.built_in_tools import (
    COPY,
    FILES,
    OUTSIDE,
    AgentPower,
    has_no_network,
)
from simkit.importers.agent.client_decisions import Decided, decisions, own_powers
from simkit.importers.agent.github_tools import github_claims, github_tools, is_github, needed, opened
from simkit.importers.agent.permissions import Permissions, permissions
from simkit.importers.agent.servers import McpServer, ServerSecret
from simkit.importers.agent.shell_rules import ALLOW, ASK, DENY
from simkit.importers.agent.tool_claims import SCHEMA, ToolClaim, python_name, unlisted
from simkit.importers.draft import Draft
from simkit.importers.file_place import FilePlace
from simkit.importers.imported import CHANCE, FALLS, TIME
from simkit.importers.importer import Importer
from simkit.importers.source_file import SourceFile

SUSCEPTIBILITY = 0.5
RATE, DURATION = "10/d", "20m"
WORDS = (
    "mcpServers",
    "mcp_servers",
    "mcp-servers",
    "context_servers",
    '"servers"',
    '"permissions"',
    "McpjsonServers",
    "enableAllProjectMcpServers",
    SCHEMA,
    python_name(SCHEMA),
    "sandbox_mode",
    "approval_policy",
    PROFILE_OF_CODEX,
    "prefix_rule",
    SKILL_TOOLS,
    "permissionMode",
    '"mcp"',
    "[[rule]]",
    "coreTools",
    "excludeTools",
    "allowedTools",
    "terminalAllowlist",
    "mcpAllowlist",
)
"""What the text of such a file holds."""
KNOWN = {
    "server-filesystem": FILES,
    "mcp-server-git": COPY,
    "mcp-server-fetch": OUTSIDE,
    "server-brave-search": OUTSIDE,
    "brave-search-mcp-server": OUTSIDE,
    "exa-mcp-server": OUTSIDE,
    "tavily-mcp": OUTSIDE,
    "server-puppeteer": OUTSIDE,
    "playwright": OUTSIDE,
    "chrome-devtools-mcp": OUTSIDE,
}
"""What well-known packages act on, by a part of their names."""
ANYTHING = ("anything",)
"""The one tool of a server whose tools no file lists."""
Lists = Mapping[str, tuple[ToolClaim, ...]]


def translate(files: Sequence[SourceFile], draft: Draft) -> None:
    """Put what settings and tool lists say into `draft`."""
    found = settings(files, draft)
    if not found:
        return
    lists, rules = tool_lists(files, draft), permissions(found)
    started = {server.name for each in found for server in each.servers if _is_started(server, each.client, rules)}
    _surroundings(found, started, draft)
    servers: dict[str, list[McpServer]] = {}
    for each in found:
        for server in each.servers:
            if server.name in started:
                servers.setdefault(server.name, []).append(server)
    if rules.trusts_all_servers:
        # what a pull request adds to the servers of the repository is started without a question
        draft.sections["resources"][COPY]["run_by"] = [CLAUDE]
    offered = {name: _server(name, group, lists, rules, draft) for name, group in servers.items()}
    for client in dict.fromkeys(each.client for each in found):
        _client(client, [each for each in found if each.client == client], offered, rules, draft)
    _goals(draft)


def _is_started(server: McpServer, client: str, rules: Permissions) -> bool:
    """False for a server that settings turn off: no client runs it, so nobody takes it over."""
    return not server.disabled and not (client == CLAUDE and server.name in rules.rejected)


def _surroundings(found: Iterable[AgentSettings], started: Collection[str], draft: Draft) -> None:
    draft.put("resources", COPY, {"kind": "repository"})
    draft.put("resources", FILES, {"kind": "data-store"})
    draft.put("resources", OUTSIDE, {"kind": "external-site", "exposure": "public"})
    draft.put("entry_points", "poisoned working copy", {"poison": COPY})
    draft.put("entry_points", "poisoned page", {"poison": OUTSIDE})
    for each in found:
        of_servers = ((secret, server.name) for server in each.servers for secret in server.secrets)
        for secret, server in (*((secret, "") for secret in each.secrets), *of_servers):
            if server and server not in started and not secret.literal:
                continue  # one that stands in the file lies there, whether the server runs or not
            _secret(secret, draft)
            if secret.literal:
                held = draft.sections["resources"][COPY if is_brought(each.file) else FILES].setdefault("holds", [])
                held += [secret.name] if secret.name not in held else []
    draft.assume("susceptibility", str(SUSCEPTIBILITY), FALLS, CHANCE)
    draft.assume("the rate and the duration of tasks", f"{RATE}, {DURATION}", "settings do not say how often", TIME)
    draft.assume("what a task needs", "every tool that its agent has", "settings do not say what the work is", TIME)


def _secret(secret: ServerSecret, draft: Draft) -> None:
    """A secret as a credential of the account that it opens."""
    name, owner = secret.name, f"account of {secret.name}"
    draft.put("identities", owner, {"kind": "service"}, secret.place)
    said = {"identity": owner, "kind": "secret of an MCP server", "ttl": "never"}
    draft.put("credentials", name, said, secret.place)
    draft.put("entry_points", f"{name} leaks", {"leak": name}, secret.place)
    draft.assume("the life of secrets in settings", "for ever", "a setting does not say when it expires", TIME)


def _server(name: str, group: list[McpServer], lists: Lists, rules: Permissions, draft: Draft) -> tuple[ToolClaim, ...]:
    """A server as an identity of its own and a tool that runs as what its secret opens; its tools are the result."""
    place, secrets = group[0].place, list(dict.fromkeys(secret.name for each in group for secret in each.secrets))
    said: dict[str, Any] = {"kind": "workload"}
    local = [each for each in group if not each.host]
    held = [*secrets, *([FILES] if any(not each.contained for each in local) else [])]
    said |= {"runtime_holds": held} if held else {}
    said["note"] = "; ".join(dict.fromkeys(map(_told, group)))
    own = draft.put("identities", f"server {name}", said, place)
    owner = f"account of {secrets[0]}" if secrets else f"server {name}"
    claims = _claims(name, group, lists, rules, draft)
    is_open = any(each.is_open for each in claims)
    behind = _behind(name, group[0], is_open, draft)
    _tool(name, claims, behind, secrets, place, draft)
    for entitled in (own, *([draft.sections["identities"][owner]] if secrets else [])):
        entitled.setdefault("entitlements", []).append({"operation": f"mcp:{name}.*"})
    return claims


def _tool(
    name: str, claims: Iterable[ToolClaim], behind: str, secrets: list[str], place: FilePlace, draft: Draft
) -> None:
    """The tools of a server as one that runs as it, and that it may be taken over."""
    operations: dict[str, dict[str, Any]] = {}
    for each in claims:
        made = _operations(each, behind)
        if each.tells_environment:
            store = f"environment of {name}"
            draft.put("resources", store, {"kind": "secret-store", **({"holds": secrets} if secrets else {})}, place)
            made[each.name] = {"effect": "read", "targets": [store]}
        for item in made if each.place else ():
            draft.trace("tools", f"mcp:{name}", item, each.place or place)
        operations |= made
    # who takes the server over steers its callers, sees what it is given, and runs where its secrets lie
    draft.put("tools", f"mcp:{name}", {"runs_as": f"server {name}", "operations": operations}, place)
    draft.put("entry_points", f"server {name} is taken over", {"compromise": {"tool": f"mcp:{name}"}}, place)


def _behind(name: str, server: McpServer, is_open: bool, draft: Draft) -> str:
    """The resource that a server acts on: what its package is known for, else one of its own."""
    known = next((what for package, what in KNOWN.items() if package in server.package), "")
    if known:
        draft.assume(f"what is behind {name}", known, "its package is known for it; a client may give it other folders")
        return known
    behind = f"behind {name}"
    draft.put("resources", behind, {"exposure": "public-write"} if is_open else {}, server.place)
    if is_open:
        draft.put("entry_points", f"poisoned words behind {name}", {"poison": behind}, server.place)
    return behind


def _told(server: McpServer) -> str:
    if server.host:
        return f"at {server.host}"
    pinned = "" if "@" in server.package[1:] or "==" in server.package else ", in whatever version is newest"
    return f"starts {server.package or 'a program'}{pinned}"


def _claims(name: str, group: list[McpServer], lists: Lists, rules: Permissions, draft: Draft) -> tuple[ToolClaim, ...]:
    """The tools of a server: as a saved list says, else those that rules name, else anything."""
    listed = lists.get(name, ())
    if not listed and any(is_github(each.package, each.host) for each in group):
        listed = github_claims()
        draft.assume(f"the tools of {name}", "those of its commit 64a49f34", "no file lists them")
        _scopes(name, group, rules, draft)
    for each in listed:
        for why in each.raised:
            draft.assume(f"the effect of {each.name} of {name}", each.effect, why)
        if each.adds_tools:
            draft.leave(group[0].place, f"more tools of {name}", f"{each.name} adds some, so the list is a lower bound")
    if listed and not any(each.hinted for each in listed):
        draft.assume(f"the tools of {name}", "destroy and reach out", "they give no hints")
    refused = {tool for each in group for tool in each.refused}
    alone = {tool for each in group for tool in each.tools} if all(each.tools for each in group) else set()
    if listed:
        kept = (each for each in listed if each.name not in refused)
        return tuple(each for each in kept if not alone or each.name in alone)
    said = (tool for each in group for tool in (*each.tools, *each.free) if tool.isprintable())
    names = dict.fromkeys((*rules.named(name), *said))
    plain = [tool for tool in names if not set("*?[") & set(tool)]
    draft.leave(group[0].place, f"the tools of {name}", "no file lists them: save what it answers to tools/list")
    draft.assume(f"the tools of {name}", "read, destroy and reach out", "no file lists them")
    return tuple(unlisted(tool) for tool in (*plain, *(() if alone else ANYTHING)))


def _scopes(name: str, group: list[McpServer], rules: Permissions, draft: Draft) -> None:
    """What a classic token must hold for the tools that are allowed, and what else it opens then."""
    used = [tool for tool in github_tools() if rules.stance(f"mcp__{name}__{tool}") == ALLOW]
    scopes = needed(used or github_tools())
    more = [each.name for each in opened(scopes) if each.name not in used and each.effect != "read"]
    why = f"a classic token needs them for {len(used)} free tools, and opens {len(more)} others that change things"
    for secret in dict.fromkeys(secret.name for each in group for secret in each.secrets):
        draft.assume(f"the scopes of {secret}", ", ".join(sorted(scopes)) or "none", why)


def _operations(tool: ToolClaim, behind: str) -> dict[str, dict[str, Any]]:
    """A tool as operations: what it does, what it tells, and its way out."""
    made: dict[str, dict[str, Any]] = {tool.name: {"effect": tool.effect, "targets": [behind]}}
    if tool.effect == "execute":
        made[tool.name] = {"effect": "execute"}
    if tool.effect != "read":
        made[f"{tool.name} (read)"] = {"effect": "read", "targets": [behind]}
    if tool.effect == "delete":
        made[f"{tool.name} (write)"] = {"effect": "write", "targets": [behind]}
    if tool.is_open:
        made[f"{tool.name} (send)"] = {"effect": "send", "targets": [OUTSIDE]}
    return made


def _client(
    client: str,
    files: list[AgentSettings],
    offered: Mapping[str, tuple[ToolClaim, ...]],
    rules: Permissions,
    draft: Draft,
) -> None:
    """One agent: its entitlements by what its settings say of each tool, and a task that has them all."""
    own, place = list(own_powers(client, files, rules)), _place(files)
    decided = decisions(client, files, rules)
    if own:
        operations = {each.name: _operation(each) for each in own}
        draft.put("tools", client, {"operations": operations, "general_purpose": True}, place)
    stances = {f"{client}.{each.name}": (each.stance, each.place or place) for each in own}
    words = [COPY, OUTSIDE] if own else [OUTSIDE]
    for server in (s for each in files for s in each.servers if not s.disabled and s.name in offered):
        behind = f"behind {server.name}"
        if draft.has("resources", behind) and behind not in words:
            words.append(behind)
        for tool in offered[server.name]:
            found = decided(server, tool.name)
            for name in (f"mcp:{server.name}.{each}" for each in _operations(tool, "")):
                stances[name] = min(stances.get(name, found), found, key=lambda each: _FREEST.index(each[0]))
    said: dict[str, Any] = {"kind": "agent", "susceptibility": SUSCEPTIBILITY, **_rights(stances)}
    given_secrets = [secret.name for each in files for secret in each.secrets]
    if own:
        said["runtime_holds"] = [COPY, FILES, *dict.fromkeys(given_secrets)]
        if has_no_network(client, rules, files):
            said["egress"] = "none"
    draft.put("identities", client, said, place)
    for name, (_, origin) in stances.items():
        draft.trace("identities", client, name, origin)
    needs = [each["operation"] for each in said["entitlements"]]
    task = {"identity": client, "needs": needs, "reads": words, "rate": RATE, "duration": DURATION}
    if needs:
        draft.put("tasks", f"work with {client}", task, place)


def _place(files: Iterable[AgentSettings]) -> FilePlace:
    """Where it stands what an agent may do: its permissions, else its first file."""
    listed = list(files)
    found = (each.said.part("permissions").origin for each in listed if each.said.has("permissions"))
    return next(found, listed[0].place)


_FREEST = (ALLOW, ASK, DENY)


def _rights(stances: Mapping[str, Decided]) -> dict[str, Any]:
    """What an agent is entitled to, with an approval where it asks, and what it is denied."""
    given = [_entitled(name, stance == ASK) for name, (stance, _) in stances.items() if stance != DENY]
    denied = [{"operation": name} for name, (stance, _) in stances.items() if stance == DENY]
    return {"entitlements": given, **({"denies": denied} if denied else {})}


def _operation(power: AgentPower) -> dict[str, Any]:
    return {"effect": power.effect, **({"targets": list(power.targets)} if power.targets else {})}


def _entitled(operation: str, asks: bool) -> dict[str, Any]:
    return {"operation": operation, **({"conditions": ["approval"]} if asks else {})}


def _goals(draft: Draft) -> None:
    draft.put("goals", "files of the user out", {"lost": [f"{FILES}: confidentiality"]})
    draft.put("goals", "working copy changed", {"lost": [f"{COPY}: integrity"]})
    for name in [each for each in draft.sections["resources"] if each.startswith("behind ")]:
        draft.put("goals", f"what is {name} out", {"lost": [f"{name}: confidentiality"]})
        draft.put("goals", f"what is {name} changed", {"lost": [f"{name}: integrity"]})


def _suspects(file: SourceFile) -> bool:
    if file.path.endswith((".yaml", ".yml")) and "{{" in file.text:
        # a template of a manifest may hold such words; settings are no templates
        return False
    return ".gemini" in file.path or "opencode.json" in file.path or any(word in file.text for word in WORDS)


def _claims_file(file: SourceFile) -> bool:
    return any(is_settings(document, file.path) or is_tools(document) for document in file.documents)


AGENT = Importer(
    "agent",
    "settings of agents: MCP servers, permissions of Claude Code, Codex, Cursor, Gemini, OpenCode, saved tool lists",
    _suspects,
    _claims_file,
    translate,
    (
        "what a secret opens beyond the tools of its server: its scopes stand where it was made",
        "what a server does in truth: hints and schemas are claims",
        "how often an agent falls for what it reads, and which tools a piece of work needs",
        "settings that a person (`settings.local.json`, unless it is named), an organisation or a command line adds",
        "what is in the files of the user, and which of them hold secrets",
        "shells and editors of clients other than Claude Code, Codex, Gemini, OpenCode, and Cursor where it has rules",
    ),
)
