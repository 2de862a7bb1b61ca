"""Settings of agents that lie in a repository, as far as an agent that runs in a job of it takes them.

Where nobody is there to be asked, agents trust the folder that they work in: Claude Code takes its settings, skills and
commands, and the servers of `.mcp.json` without an approval (anthropics/claude-code-action 24dcd50c,
`src/github/operations/restore-config.ts` and `base-action/src/setup-claude-code-settings.ts`).
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from simkit.importers.agent.agent_settings import AgentSettings

_TAKEN = re.compile(
    r"\.claude/.*|\.mcp\.json|\.gemini/settings\.json|\.qwen/settings\.json|\.github/mcp\.json|opencode\.jsonc?"
)
"""The files that an agent looks for by itself, seen from the folder of the repository."""
_LEFT = re.compile(r"--bare\b|--setting-sources[=\s][\"']?(?![\w,]*project)")
_LEFT_SERVERS = re.compile(r"--bare\b|--strict-mcp-config\b")
"""Options of Claude Code by which it takes no settings, or no servers, of the folder."""


@dataclass(frozen=True, slots=True)
class RepositorySettings:
    """The settings in the repository whose folder is `root`, among all that were found."""

    root: str = "."
    found: tuple[AgentSettings, ...] = ()

    def taken(self, client: str, text: str) -> tuple[AgentSettings, ...]:
        """The settings that an agent of `client` takes; `text` is what it is told, and may name a file of others."""
        return tuple(self._taken(client, text)) if client else ()

    def _taken(self, client: str, text: str) -> Iterator[AgentSettings]:
        for each in self.found:
            path = posixpath.relpath(posixpath.normpath(each.file.replace("\\", "/")), self.root)
            if re.search(rf"(?<![\w.-]){re.escape(path)}(?![\w-])", text):
                yield replace(each, client=client)
            elif each.client == client and _TAKEN.fullmatch(path) and not _LEFT.search(text):
                yield replace(each, servers=()) if _LEFT_SERVERS.search(text) else each
