"""The agents that run in a job: as an action, or as a program on a command line that works with nobody there to ask."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from simkit.importers.agent.programs import CODE, powers
from simkit.importers.agent.shell_rules import ShellRule
from simkit.importers.excerpt import Excerpt

_ACTIONS = re.compile(
    r"(anthropics/claude-code(-base)?-action|google-github-actions/run-gemini-cli|google-gemini/gemini-cli-action"
    r"|openai/codex-action|(sst|anomalyco)/opencode(/github|-action)|qwenlm/qwen-code-action|factory-ai/droid-action"
    r"|augmentcode/(augment-agent|augment-action|review-pr)|warpdotdev/(warp|oz)-agent-action)(@|$)",
    re.IGNORECASE,
)
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
_SHELL = re.compile(r"\bBash(?:\(([^)]*)\))?")


@dataclass(frozen=True, slots=True)
class JobAgent:
    """What runs as an agent, and the list of tools that it is allowed (None: nobody says)."""

    name: str
    tools: str | None

    @property
    def asks(self) -> bool:
        """True if it does nothing that no list allows: Claude's action and headless mode (their pages on security)."""
        return "claude" in self.name

    @property
    def runs_code(self) -> bool:
        """True if it can run any code."""
        if self.tools is None:
            return not self.asks
        rules = [ShellRule.written(about) for about in _SHELL.findall(self.tools)]
        return any(not rule.program or CODE in powers(rule.pattern) for rule in rules)

    def may_use(self, server: str) -> bool:
        """True if it may use the tools of an MCP server."""
        if self.tools is None:
            return not self.asks
        return self.tools == _EVERYTHING or re.search(rf"mcp__{re.escape(server)}(__|\b)", self.tools) is not None


def job_agents(steps: Sequence[Excerpt]) -> tuple[JobAgent, ...]:
    """The agents in `steps`, each once."""
    return tuple(dict.fromkeys(each for step in steps for each in _in(step)))


def _in(step: Excerpt) -> Iterator[JobAgent]:
    uses, run = step.text("uses"), step.value.get("run")
    if _ACTIONS.match(uses):
        given = step.part("with").value
        texts = [str(given[key]) for key in ("allowed_tools", "claude_args", "settings") if key in given]
        yield JobAgent(re.sub(r"[^\x21-\x7e]", "-", uses.partition("@")[0]), _allowed(" ".join(texts)))
    for command in _COMMAND.finditer(run) if isinstance(run, str) else ():
        program = next(each for each in command.groups() if each)
        yield JobAgent(f"{program} on the command line", _allowed(run))


def _allowed(text: str) -> str | None:
    """The list of allowed tools in arguments or settings; None where there is none."""
    if _ASKS_NOTHING.search(text):
        return _EVERYTHING
    found = re.search(r"--allowed-?[tT]ools[ =]+(\"[^\"]*\"|'[^']*'|[^\n]*)", text)
    if found:
        return found[1].strip("\"'")
    return text if re.search(r"\b(Bash|Edit|Read|mcp__)", text) else None
