"""Settings of agents: what Claude Code may not do or asks for, and which servers and tools a client has."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from simkit.artifacts.artifact import ArtifactKind, Wording
from simkit.artifacts.json_file import changed_json
from simkit.artifacts.sources import ImportedSources, text_of
from simkit.artifacts.toml_lines import with_key
from simkit.entitlements import Grant, always
from simkit.importers.agent.agent_settings import CLAUDE, CODEX, GEMINI, SERVERS, AgentSettings, settings
from simkit.importers.agent.permissions import Permissions, permissions
from simkit.importers.agent.programs import label
from simkit.importers.agent.shell_rules import ShellRule
from simkit.importers.draft import Draft
from simkit.narrowing import AddCondition, DropEntitlements, Holder, Narrowing
from simkit.scenario import Scenario
from simkit.techniques.givers import Givers

SETTINGS = os.path.join(".claude", "settings.json")
"""Where Claude Code reads what a repository lets it do (code.claude.com/docs/en/settings)."""
ANYTHING = "anything"
"""The tool that stands for all those of a server that no file lists: no rule can name it."""
RULES: Mapping[str, tuple[str, ...]] = {
    "Read": ("Read",),
    "Read outside": ("Read",),
    "Edit": ("Edit", "Write"),
    "WebFetch": ("WebFetch",),
    "WebFetch send": ("WebFetch",),
    "WebSearch": ("WebSearch",),
    "Bash": ("Bash",),
}
"""The rules that are about an operation of Claude Code, by its name in the scenario."""
NO_TOOLS = "it takes a part of what a rule is about: settings name whole tools, and whole servers"


@dataclass(frozen=True, slots=True)
class ToolRule:
    """What one rule of a client is about: all of a server (`tool` empty), one of its tools, or a tool of its own
    (`server` empty)."""

    client: str
    server: str
    tool: str


class AgentFiles:
    """The settings of all clients, as they are and as they are to be."""

    def __init__(self, sources: ImportedSources) -> None:
        self.folder = sources.folder
        self.found = settings(sources.files("agent"), Draft("agent"))
        self.rules: Permissions = permissions(self.found)
        self.values = {each.file: json.loads(json.dumps(each.said.value)) for each in self.found}
        self.texts: dict[str, str] = {}
        """Of files that are no JSON."""

    def changed(self) -> dict[str, str]:
        """The new text of each file."""
        was = {each.file: each.said.value for each in self.found}
        made = {
            file: changed_json(text_of(file), was.get(file, {}), value)
            for file, value in self.values.items()
            if value != was.get(file, {}) and file not in self.texts
        }
        return {**made, **self.texts}

    def of(self, client: str) -> list[AgentSettings]:
        """The files of `client`."""
        return [each for each in self.found if each.client == client]

    def home(self) -> str:
        """The settings file of Claude Code that gets new rules: one that has some, else one that is there, else a new
        one."""
        own = [each.file for each in self.of(CLAUDE) if not each.file.endswith(".mcp.json")]
        ruled = [file for file in own if "permissions" in self.values[file]]
        file = next(iter((*ruled, *own)), os.path.join(self.folder, SETTINGS))
        self.values.setdefault(file, {})
        return file

    def list_rule(self, key: str, rule: str) -> str:
        """Put `rule` into the list `permissions.key`; the file is the result."""
        file = self.home()
        listed = self.values[file].setdefault("permissions", {}).setdefault(key, [])
        listed += [rule] if rule not in listed else []
        return file

    def unlist(self, fits: Any) -> list[str]:
        """Take the rules that `fits` accepts out of every `permissions.allow`; the files are the result."""
        files = []
        for each in self.of(CLAUDE):
            held = self.values[each.file].get("permissions")
            listed = held.get("allow") if isinstance(held, dict) else None
            kept = [rule for rule in listed if not (isinstance(rule, str) and fits(rule))] if listed else listed
            if listed != kept and isinstance(held, dict):
                held["allow"] = kept
                files.append(each.file)
        return files

    def has(self, client: str, server: str) -> bool:
        """True if the files of `client` bring the server, as they are."""
        return any(each.name == server for file in self.of(client) for each in file.servers)

    def servers(self, client: str, name: str) -> Iterator[tuple[AgentSettings, dict[str, Any], str]]:
        """The mappings of servers in the files of `client` that have the server `name`, and its key there."""
        for each in self.of(client):
            value = self.values[each.file]
            inner = value.get("mcp")
            held = [value.get(key) for key in SERVERS] + [inner.get("servers") if isinstance(inner, dict) else None]
            for servers in held:
                if isinstance(servers, dict) and name in servers and isinstance(servers[name], dict):
                    yield each, servers, name

    def write_of_server(self, file: str, server: str, key: str, value: str) -> None:
        """Sets `key` of `server` in a file of Codex to `value`, a text of TOML; the rest of the file stays as it is."""
        self.texts[file] = with_key(self.texts.get(file, text_of(file)), ("mcp_servers", server), key, value)


def offers(scenario: Scenario, sources: ImportedSources | None) -> Iterator[Narrowing]:
    """For each client: each tool and each server that it has less, and each that it asks about first."""
    assert sources is not None
    files, givers = AgentFiles(sources), Givers(scenario.model)
    for client in dict.fromkeys(each.client for each in files.found):
        holder = Holder("identity", client)
        gives = givers.gives.get(holder, {})
        for rule, grants in _by_rule(client, gives).items():
            if _can_drop(rule, files):
                yield DropEntitlements(holder, tuple(grants))
            free = any(not always("approval", gives[grant]) for grant in grants)
            if free and _can_ask(rule, files):
                yield AddCondition(holder, tuple(dict.fromkeys(operation for operation, _ in grants)), "approval")


def _by_rule(client: str, gives: Iterable[Grant]) -> dict[ToolRule, list[Grant]]:
    """What a client may do, by what its settings can name: servers and their tools, and its own."""
    found: dict[ToolRule, list[Grant]] = {}
    for grant in gives:
        for rule in _rules_of(client, grant[0]):
            found.setdefault(rule, []).append(grant)
    return found


def _rules_of(client: str, operation: str) -> Iterator[ToolRule]:
    if operation.startswith("mcp:"):
        server, _, name = operation.removeprefix("mcp:").partition(".")
        tool = name
        for ending in (" (read)", " (write)", " (send)"):
            tool = tool.removesuffix(ending)
        yield ToolRule(client, server, "")
        if tool != ANYTHING:
            yield ToolRule(client, server, tool)
    elif operation.startswith(f"{client}."):
        name = operation.removeprefix(f"{client}.")
        if name.startswith("Bash "):
            yield ToolRule(client, "", next((name.removesuffix(e) for e in _BASH if name.endswith(e)), name))
            yield ToolRule(client, "", "Bash")
        elif name in RULES:
            yield ToolRule(client, "", RULES[name][0])


_BASH = (" (fetch)", " (send)", " (read)", " (write)")


def _can_drop(rule: ToolRule, files: AgentFiles) -> bool:
    if rule.client == CLAUDE:
        return not rule.tool.startswith("Bash in its sandbox")
    if not rule.server:
        return False
    return files.has(rule.client, rule.server) and (not rule.tool or rule.client in (CODEX, GEMINI))


def _can_ask(rule: ToolRule, files: AgentFiles) -> bool:
    """Claude Code alone has rules that ask; reading its own folder it never asks for, nor for edits in their mode."""
    if rule.client != CLAUDE or rule.tool == "Read" or rule.tool.startswith("Bash in its sandbox"):
        return False
    return not (rule.tool == "Edit" and files.rules.mode == "acceptEdits") and rule.tool != "Bash"


def carry(scenario: Scenario, sources: ImportedSources | None, narrowings: Sequence[Narrowing]) -> Wording:
    """The settings that say `narrowings`, and why they cannot say the others."""
    assert sources is not None
    files, givers = AgentFiles(sources), Givers(scenario.model)
    said: dict[Narrowing, str] = {}
    unsaid: dict[Narrowing, str] = {}
    for each in narrowings:
        how = _carried(each, files, givers)
        (said if how else unsaid)[each] = how or _why_not(each, files)
    return Wording(files.changed(), said, unsaid)


def _carried(narrowing: Narrowing, files: AgentFiles, givers: Givers) -> str:
    """Put `narrowing` into the files; what was written where, or nothing where it cannot be said."""
    if not isinstance(narrowing, DropEntitlements | AddCondition) or narrowing.holder.kind != "identity":
        return ""
    client, gives = narrowing.holder.name, givers.gives.get(narrowing.holder, {})
    if not files.of(client):
        return ""
    asks = isinstance(narrowing, AddCondition)
    wanted = _about(narrowing, gives)
    able = _can_ask if asks else _can_drop
    rules = {rule: grants for rule, grants in _by_rule(client, gives).items() if able(rule, files)}
    return "; ".join((_ask if asks else _deny)(rule, files) for rule in _chosen(rules, wanted))


def _chosen(rules: Mapping[ToolRule, Sequence[Grant]], wanted: set[Grant]) -> list[ToolRule]:
    """The rules that together are about what is `wanted` and no more, the widest first; none where none are."""
    chosen: list[ToolRule] = []
    left = set(wanted)
    for rule, grants in sorted(rules.items(), key=lambda pair: -len(pair[1])):
        if set(grants) <= left:
            chosen.append(rule)
            left -= set(grants)
    return [] if left else chosen


def _about(narrowing: DropEntitlements | AddCondition, gives: Iterable[Grant]) -> set[Grant]:
    """What is to be denied, or asked for; nothing where it is another condition than a person's approval."""
    if isinstance(narrowing, DropEntitlements):
        return set(narrowing.grants)
    return {grant for grant in gives if grant[0] in narrowing.operations and narrowing.condition == "approval"}


def _deny(rule: ToolRule, files: AgentFiles) -> str:
    if rule.client != CLAUDE:
        return _without(rule, files)
    if rule.tool.startswith("Bash "):
        return _unallowed(rule, files)
    if rule.server and not rule.tool and _brought(rule, files):
        return _rejected(rule.server, files)
    names = _names(rule)
    for name in names:
        file = files.list_rule("deny", name)
    return f"deny {', '.join(names)} in {file}"


def _names(rule: ToolRule) -> tuple[str, ...]:
    """A tool as the rules of Claude Code call it."""
    if rule.server:
        return (f"mcp__{rule.server}__{rule.tool}" if rule.tool else f"mcp__{rule.server}",)
    return next(names for names in RULES.values() if names[0] == rule.tool)


def _brought(rule: ToolRule, files: AgentFiles) -> bool:
    """True if the repository brings the server, and nothing else does: then it can be refused as a whole."""
    places = {server.place.file for each in files.of(CLAUDE) for server in each.servers if server.name == rule.server}
    return bool(places) and all(place.endswith(".mcp.json") for place in places)


def _rejected(server: str, files: AgentFiles) -> str:
    """The server is never started: it is among those that are refused, and no longer among those that are approved."""
    file = files.home()
    listed = files.values[file].setdefault("disabledMcpjsonServers", [])
    listed += [server] if server not in listed else []
    for each in files.of(CLAUDE):
        enabled = files.values[each.file].get("enabledMcpjsonServers")
        if isinstance(enabled, list) and server in enabled:
            files.values[each.file]["enabledMcpjsonServers"] = [name for name in enabled if name != server]
    return f"disabledMcpjsonServers {server} in {file}"


def _unallowed(rule: ToolRule, files: AgentFiles) -> str:
    """The rules that allow the command are gone: it is asked for, as every other one."""
    wanted = rule.tool.removeprefix("Bash ")

    def fits(text: str) -> bool:
        return text.startswith("Bash(") and label(ShellRule.written(text[5:-1]).pattern) == wanted

    return f"no rule allows {wanted} in {', '.join(files.unlist(fits))}"


def _ask(rule: ToolRule, files: AgentFiles) -> str:
    if rule.tool.startswith("Bash "):
        return _unallowed(rule, files)
    names = _names(rule)
    files.unlist(lambda text: text in names)
    for name in names:
        file = files.list_rule("ask", name)
    return f"ask {', '.join(names)} in {file}"


def _without(rule: ToolRule, files: AgentFiles) -> str:
    """The server, or one of its tools, is off in each file that has it."""
    off = _tool_off if rule.tool else _server_off
    told = [off(rule, files, *found) for found in list(files.servers(rule.client, rule.server))]
    return "; ".join(told) or f"no server {rule.server}, as said already"


def _server_off(rule: ToolRule, files: AgentFiles, each: AgentSettings, servers: dict[str, Any], name: str) -> str:
    if each.file.endswith(".toml"):
        files.write_of_server(each.file, name, "enabled", "false")
        return f"{name} is not enabled in {each.file}"
    del servers[name]
    return f"no server {name} in {each.file}"


def _tool_off(rule: ToolRule, files: AgentFiles, each: AgentSettings, servers: dict[str, Any], name: str) -> str:
    key = "disabled_tools" if rule.client == CODEX else "excludeTools"
    listed = servers[name][key] = [*servers[name].get(key, []), rule.tool]
    if each.file.endswith(".toml"):
        files.write_of_server(each.file, name, key, json.dumps(listed))
    return f"{key} {rule.tool} of {name} in {each.file}"


def _why_not(narrowing: Narrowing, files: AgentFiles) -> str:
    holder = getattr(narrowing, "holder", None)
    if not isinstance(narrowing, DropEntitlements | AddCondition):
        return "settings of agents have no word for it"
    if isinstance(holder, Holder) and not (holder.kind == "identity" and files.of(holder.name)):
        return f"what {holder} may do stands where its rights were given, not in settings"
    return NO_TOOLS


AGENT = ArtifactKind(
    "agent",
    "permissions of Claude Code; the servers and tools of Codex, Gemini and other clients",
    "agent",
    offers,
    carry,
    (
        "a part of a tool: what it reads and not what it writes",
        "what a server may do, and the account that its secret opens: that stands where the secret was made",
        "a time, a policy of simkit's, or where a credential lies",
        "that a client other than Claude Code asks first",
    ),
)
