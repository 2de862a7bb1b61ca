"""Policies of Gemini: rules by priority in tiers, where a higher tier's allow beats a lower one's deny.

As its reference says (geminicli.com, "Policy engine"): the tiers are the built-in rules, extensions, the workspace, the
user and the administrator; within one the priority of a rule decides, from 0 to 999. Settings stand in the tier of the
user: excluded servers at .9, excluded tools at .4, allowed ones at .3, trusted servers at .2, allowed servers at .1.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from simkit.importers.agent.agent_settings import GEMINI, AgentSettings
from simkit.importers.agent.shell_rules import ALLOW, ASK, DENY
from simkit.importers.excerpt import Excerpt
from simkit.importers.file_place import FilePlace

DECISIONS = {"allow": ALLOW, "ask_user": ASK, "deny": DENY}
BUILT_IN, EXTENSION, WORKSPACE, USER, ADMIN = 1, 2, 3, 4, 5
SHELL = "run_shell_command"
READERS = ("read_file", "read_many_files", "list_directory", "glob", "grep_search", "search_file_content")
WRITERS = ("write_file", "replace")
TOOLS = (*READERS, *WRITERS, "web_fetch", "google_web_search", SHELL)
_CLASSES = {"ShellTool": SHELL, "EditTool": "replace", "WriteFileTool": "write_file", "ReadFileTool": "read_file"}
_CLASSES |= {"WebFetchTool": "web_fetch", "WebSearchTool": "google_web_search", "GlobTool": "glob"}
"""Older names of tools in settings."""
_TIERS = (
    (r"^(/etc/gemini-cli|/Library/Application Support/GeminiCli|[A-Za-z]:/ProgramData/gemini-cli)/", ADMIN),
    (r"(^|/)extensions/[^/]+/policies/", EXTENSION),
    (r"^(/home/[^/]+|/root|/Users/[^/]+|[A-Za-z]:/Users/[^/]+|~)/\.gemini/policies/", USER),
)
_LEGACY = re.compile(r"^([\w-]+)(?:\((.*)\))?$", re.DOTALL)
_NARROWING = ("argsPattern", "commandRegex", "toolAnnotations", "subagent", "interactive")
"""What makes a rule one about some uses only."""
MODES = {"default": "default", "auto_edit": "autoEdit", "autoEdit": "autoEdit", "plan": "plan", "yolo": "yolo"}


@dataclass(frozen=True, slots=True)
class PolicyRule:
    """A rule: tools by names or globs (`mcp_SERVER_TOOL` for those of servers), and what it decides where it is the
    highest. `prefixes` are beginnings of command lines; `narrow` is true for a rule about some uses."""

    tools: tuple[str, ...]
    decision: str
    priority: float
    modes: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()
    narrow: bool = False
    place: FilePlace | None = None

    def about(self, tool: str, mode: str) -> bool:
        """True if it speaks of `tool` in `mode`, of all of its uses or of some."""
        named = any(fnmatchcase(tool, each) for each in self.tools)
        return named and (not self.modes or mode in self.modes)

    @property
    def whole(self) -> bool:
        """True for a rule about all uses of its tools."""
        return not self.narrow and not self.prefixes


DEFAULTS = (
    PolicyRule(("*",), ASK, BUILT_IN),
    PolicyRule((*WRITERS, SHELL, "web_fetch"), ASK, 1.010),
    PolicyRule(WRITERS, ALLOW, 1.015, ("autoEdit",)),
    PolicyRule((*READERS, "google_web_search"), ALLOW, 1.050),
    PolicyRule(("*",), DENY, 1.060, ("plan",)),
    PolicyRule((*READERS, "google_web_search"), ALLOW, 1.070, ("plan",)),
    PolicyRule(("*",), ALLOW, 1.999, ("yolo",)),
)
"""What is built in (its `policies` folder, by the comments in `policy/config.ts`)."""


@dataclass(frozen=True, slots=True)
class GeminiPolicy:
    """All rules, the highest first, and the mode in which it runs."""

    rules: tuple[PolicyRule, ...]
    mode: str = "default"

    def decided(self, tool: str) -> tuple[str, FilePlace | None]:
        """`allow`, `ask` or `deny` for `tool`, and what says so: the highest rule about all of its uses. One above it
        that allows some uses counts as allowing, for whoever steers the agent chooses the use."""
        for rule in self.rules:
            some = rule.narrow and rule.decision == ALLOW
            if rule.about(tool, self.mode) and (rule.whole or some):
                return rule.decision, rule.place
        return ASK, None

    def trusting(self, server: str, place: FilePlace) -> GeminiPolicy:
        """The same, where settings call `server` trusted."""
        rule = PolicyRule((f"mcp_{server}_*",), ALLOW, 4.2, place=place)
        return replace(self, rules=tuple(sorted((*self.rules, rule), key=lambda each: -each.priority)))

    def freed(self) -> Iterator[tuple[str, FilePlace | None]]:
        """The beginnings of command lines that run unasked although the shell as a whole does not."""
        shut: list[str] = []
        for rule in self.rules:
            if not rule.about(SHELL, self.mode) or rule.narrow:
                continue
            if rule.whole:
                return
            for prefix in rule.prefixes:
                if rule.decision != ALLOW:
                    shut.append(prefix)
                elif not any(prefix == each or prefix.startswith(f"{each.rstrip()} ") for each in shut):
                    yield prefix, rule.place


def gemini_policy(files: Iterable[AgentSettings]) -> GeminiPolicy:
    """The policy that all files of Gemini make together, with what is built in."""
    listed = [each for each in files if each.client == GEMINI]
    rules = [rule for each in listed for rule in (*_rules(each), *_settings(each.said))]
    modes = [mode for each in listed if (mode := _mode(each.said))]
    ordered = sorted((*rules, *DEFAULTS), key=lambda rule: -rule.priority)
    return GeminiPolicy(tuple(ordered), modes[-1] if modes else "default")


def _mode(said: Excerpt) -> str:
    for keys in (("general", "defaultApprovalMode"), ("tools", "approvalMode")):
        found = said.part(keys[0]).text(keys[1])
        if found in MODES:
            return MODES[found]
    return ""


def tier(path: str) -> int:
    """The tier of a policy file by where it lies: what is in no system's folder and in no home is the workspace's.

    >>> [tier(f"{folder}/policies/a.toml") for folder in ("/etc/gemini-cli", "/home/me/.gemini", ".gemini")]
    [5, 4, 3]
    """
    plain = path.replace("\\", "/")
    return next((number for pattern, number in _TIERS if re.search(pattern, plain)), WORKSPACE)


def _rules(file: AgentSettings) -> Iterator[PolicyRule]:
    own = tier(file.file)
    for each in file.said.each("rule") if file.said.has("rule") else ():
        decision, priority = each.text("decision"), each.value.get("priority")
        tools = tuple(_tools(each))
        if decision not in DECISIONS or not tools or not isinstance(priority, int) or not 0 <= priority <= 999:
            each.draft.leave(each.origin, "a rule of a policy", "it names no tool, or its decision or priority is none")
        elif own == EXTENSION and decision == "allow":
            each.draft.leave(each.origin, "a rule of an extension", "it allows, and Gemini ignores that of extensions")
        else:
            yield _rule(each, tools, DECISIONS[decision], own + priority / 1000)


def _rule(said: Excerpt, tools: tuple[str, ...], decision: str, priority: float) -> PolicyRule:
    narrow = any(said.has(key) for key in _NARROWING)
    if narrow and decision != ALLOW:
        said.draft.leave(said.origin, f"a rule that says {decision}", "it is about some uses of its tools")
    modes = said.texts("modes") if said.has("modes") else ()
    return PolicyRule(tools, decision, priority, modes, _texts(said, "commandPrefix"), narrow, said.origin)


def _texts(said: Excerpt, key: str) -> tuple[str, ...]:
    value = said.value.get(key)
    return (value,) if isinstance(value, str) else said.texts(key) if value is not None else ()


def _tools(said: Excerpt) -> Iterator[str]:
    """The tools that a rule is about, as globs."""
    named, server = _texts(said, "toolName"), said.text("mcpName")
    if server:
        yield from (f"mcp_{server}_{each}" for each in (named or ("*",)))
    elif named:
        yield from (_CLASSES.get(each, each) for each in named)
    elif said.has("commandPrefix") or said.has("commandRegex"):
        yield SHELL


def _settings(said: Excerpt) -> Iterator[PolicyRule]:
    """What settings say, as rules of the user's tier."""
    tools, mcp = said.part("tools"), said.part("mcp")
    if tools.value.get("sandbox"):
        why = "what it keeps in stands in a profile: commands are taken to run outside"
        tools.draft.leave(tools.under("sandbox", "").origin, "the sandbox of gemini", why)
    for key, decision, priority in (("excluded", DENY, 4.9), ("allowed", ALLOW, 4.1)):
        names = (item for item in mcp.entries(key) if isinstance(item.value, str))
        yield from (PolicyRule((f"mcp_{each.value}_*",), decision, priority, place=each.origin) for each in names)
    for part, excluded, allowed, core in (
        (tools, "exclude", "allowed", "core"),
        (said, "excludeTools", "allowedTools", "coreTools"),
    ):
        yield from (rule for item in part.entries(excluded) for rule in _named(item, DENY, 4.4))
        yield from (rule for item in part.entries(allowed) for rule in _named(item, ALLOW, 4.3))
        yield from _core(part, core)


def _core(part: Excerpt, key: str) -> Iterator[PolicyRule]:
    """That of all tools of its own only some are there."""
    if part.has(key):
        listed = {_CLASSES.get(name, name) for text in part.texts(key) if (name := text.partition("(")[0])}
        gone = tuple(each for each in TOOLS if each not in listed)
        yield PolicyRule(gone, DENY, 4.25, place=part.under(key, part.value[key]).origin)


def _named(item: Excerpt, decision: str, priority: float) -> Iterator[PolicyRule]:
    """A tool that a list in settings names; `TOOL(words)` is about the commands that begin so."""
    found = _LEGACY.match(item.value) if isinstance(item.value, str) else None
    if found is None:
        return
    tool, words = _CLASSES.get(found[1], found[1]), found[2] or ""
    if words and tool != SHELL and decision != ALLOW:
        item.draft.leave(item.origin, f"a rule about {tool}"[:80], "it is about some uses of it")
    prefixes = (words,) if words and tool == SHELL else ()
    narrow = bool(words) and tool != SHELL
    yield PolicyRule((tool,), decision, priority, prefixes=prefixes, narrow=narrow, place=item.origin)
