"""The agents that run in a job: as an action, or as a program on a command line that works with nobody there to ask."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from simkit.importers.agent.agent_settings import CLAUDE, GEMINI, OPENCODE
from simkit.importers.agent.permissions import FREE_MODES, permissions
from simkit.importers.agent.programs import CODE, powers
from simkit.importers.agent.servers import McpServer
from simkit.importers.agent.shell_rules import ShellRule
from simkit.importers.excerpt import Excerpt
from simkit.importers.github_actions.repository_settings import RepositorySettings

_ACTIONS = re.compile(
    r"([\w.-]+/(claude-code(-base)?-action(/base-action)?|run-gemini-cli|gemini-cli-action|codex-action|qwen-code-action"
    r"|opencode(/github|-action)|ask-bonk(/github)?|droid-action(/\w+)?|(warp|oz)-agent-action)"
    r"|augmentcode/(augment-agent|augment-action|review-pr))(@|$)",
    re.IGNORECASE,
)
"""Actions that are agents, also in copies that others keep of them."""
_ALONE = {
    r"claude|@anthropic-ai/claude-code": r"-p|--print",
    r"gemini|@google/gemini-cli": r"-p|--prompt|-y|--yolo",
    r"copilot|@github/copilot": r"-p|--prompt|--prompt-file|--allow-all|--allow-all-tools|--yolo",
    r"qwen|@qwen-code/qwen-code": r"-p|--prompt|-y|--yolo",
    r"cursor-agent": r"-p|--print",
    r"amp|@sourcegraph/amp": r"-x|--execute",
    r"auggie|@augmentcode/auggie": r"-p|--print",
    r"cn|@continuedev/cli": r"-p|--print",
    r"aider": r"-m|--message|-f|--message-file",
}
"""Programs, with their packages, and the options by which they work without anybody."""
_TOLD = {
    r"codex|@openai/codex": "exec",
    r"opencode|opencode-ai": "run",
    r"droid": "exec",
    r"goose": "run",
    r"crush": "run",
}
"""Programs that do so by a command of theirs."""
_BEGINS = r"(?:^|[\s;&|/'\"(`])"
_OTHER = r"(?:\"[^\"\n]*\"|'[^'\n]*'|\\\n|[^\n;|&\"']){0,500}?"
"""The rest of a command before an option: what is quoted, lines that go on, all else but the end of the command. Only
so far, or a long line that names a program again and again would take for ever."""
_COMMAND = re.compile(
    "|".join(
        [rf"{_BEGINS}({name})(?:@\S+)?\s{_OTHER}(?<=\s)(?:{alone})(?=[\s=\"']|$)" for name, alone in _ALONE.items()]
        + [
            rf"{_BEGINS}({name})(?:@\S+)?(?:\s+-\S+(?:\s+[^-\s]\S*)?){{0,50}}?\s+{told}\b"
            for name, told in _TOLD.items()
        ]
    ),
    re.MULTILINE,
)
_EVERYTHING = "Bash"
"""The list of allowed tools of an agent that may do all: who runs code can do the rest."""
_ASKS_NOTHING = re.compile(r"dangerously-skip-permissions|bypassPermissions|--yolo|--allow-all(-tools)?\b")
_LIST = r"((?:[\s\\,]*+(?:\"[^\"]*+\"|'[^']*+'|[^\s\"'()\\-][^\s\"'()\\]*+(?:\([^)]*+\))?+))*)"
"""What stands behind an option that takes a list: words, each in quotes or not, up to the next option."""
_ALLOWED = re.compile(rf"--allowed-?[tT]ools[=\s]{_LIST}|\"(?:allow|core|coreTools)\"\s*:\s*\[([^\]]*)\]")
_REFUSED = re.compile(rf"--disallowed-?[tT]ools[=\s]{_LIST}|\"(?:deny|ask)\"\s*:\s*\[([^\]]*)\]")
"""Lists of tools as options, and in settings that are written into an input or by a script."""
_SHELL = re.compile(r"\b(?:Bash|run_shell_command|ShellTool)\b(?:\(([^)]*)\))?")
_CLIENTS = {"claude": CLAUDE, "gemini": GEMINI, "qwen": "qwen-code", "copilot": "copilot"}
_CLIENTS |= {"opencode": OPENCODE, "bonk": OPENCODE}
"""Whose settings an agent takes from the repository without a question, by a part of its name."""


@dataclass(frozen=True, slots=True)
class JobAgent:
    """What runs as an agent, and the list of tools that it is allowed (None: nobody says)."""

    name: str
    tools: str | None
    refused: tuple[ShellRule, ...] = ()
    """Commands that it never runs, whatever is allowed: those that are denied or asked about."""
    servers: tuple[McpServer, ...] = ()
    """Those that settings of the repository bring."""

    @property
    def asks(self) -> bool:
        """True if it does nothing that no list allows: Claude's action and headless mode (their pages on security)."""
        return "claude" in self.name

    @property
    def runs_code(self) -> bool:
        """True if it can run any code."""
        if self.tools is None:
            return not self.asks
        free = (each for each in _shell(self.tools) if not any(no.covers(_least(each)) for no in self.refused))
        return self.is_computed or any(not each.program or CODE in powers(each.pattern) for each in free)

    @property
    def is_computed(self) -> bool:
        """True if a part of its list is made by what runs before it: then nobody knows what is in it."""
        return self.tools is not None and "$" in re.sub(r"\([^)]*\)", "", self.tools)

    def may_use(self, server: str) -> bool:
        """True if it may use the tools of an MCP server."""
        if self.tools is None or not self.asks or self.is_computed:
            return not self.asks or self.is_computed
        return self.tools == _EVERYTHING or re.search(rf"mcp__{re.escape(server)}(__|\b)", self.tools) is not None


def _shell(tools: str) -> list[ShellRule]:
    """The rules about commands in a list of tools."""
    return [ShellRule.written(about) for about in _SHELL.findall(tools)]


def _least(rule: ShellRule) -> str:
    """The shortest command that a rule is about."""
    return rule.pattern.removesuffix(" *")


def job_agents(steps: Sequence[Excerpt], brought: RepositorySettings) -> tuple[JobAgent, ...]:
    """The agents in `steps`, each once, with what the settings in the repository say of them."""
    return tuple(dict.fromkeys(each for step in steps for each in _in(step, brought)))


def _in(step: Excerpt, brought: RepositorySettings) -> Iterator[JobAgent]:
    uses, run = step.text("uses"), step.value.get("run")
    if _ACTIONS.match(uses):
        given = step.part("with").value
        texts = [str(given[key]) for key in ("claude_args", "settings", "mcp_config") if key in given]
        listed = [str(given["allowed_tools"])] if given.get("allowed_tools") else []
        yield _agent(re.sub(r"[^\x21-\x7e]", "-", uses.partition("@")[0]), "\n".join(texts), listed, brought)
    for command in _COMMAND.finditer(run) if isinstance(run, str) else ():
        program = next(each for each in command.groups() if each)
        yield _agent(f"{program} on the command line", run, [], brought)


def _agent(name: str, text: str, listed: Sequence[str], brought: RepositorySettings) -> JobAgent:
    """The agent that `text`, its arguments and settings, speaks of; `listed` are lists of what it is allowed."""
    client = next((client for word, client in _CLIENTS.items() if word in name), "")
    files = brought.taken(client, text)
    rules = permissions(files)
    allowed = [*listed, *_lists(_ALLOWED, text), *map(str, rules.allow)]
    refused = [rule for each in _lists(_REFUSED, text) for rule in _shell(each)]
    free = _ASKS_NOTHING.search(text) or rules.mode in FREE_MODES
    servers = (each for file in files for each in file.servers if not each.disabled and each.name not in rules.rejected)
    return JobAgent(
        name,
        _EVERYTHING if free else ", ".join(allowed) if allowed else None,
        (*refused, *(each for of in rules.shell()[1:] for each in of)),
        tuple(servers),
    )


def _lists(of: re.Pattern[str], text: str) -> Iterator[str]:
    yield from (one or other for one, other in of.findall(text))
