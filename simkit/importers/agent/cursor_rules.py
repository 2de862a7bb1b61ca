"""Rules of Cursor: what its agent does without a question, and what it never does; denied comes before allowed.

As its pages say (cursor.com/docs/cli/reference/permissions, and /docs/reference/permissions): `Shell`, `Read`, `Write`,
`WebFetch` and `Mcp` with what they are about in brackets in `.cursor/cli.json`, and lists of commands and of tools of
servers in `.cursor/permissions.json`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

from simkit.importers.agent.agent_settings import CURSOR, AgentSettings
from simkit.importers.agent.permissions import PermissionRule, rules_in
from simkit.importers.agent.shell_rules import ALLOW, ASK, DENY, ShellRule
from simkit.importers.file_place import FilePlace

_ALL = frozenset({"", "*", "**"})
_LISTS = {"terminalAllowlist": "Shell", "mcpAllowlist": "Mcp"}


@dataclass(frozen=True, slots=True)
class CursorRules:
    """The rules of all files together."""

    allow: tuple[PermissionRule, ...] = ()
    deny: tuple[PermissionRule, ...] = ()

    @property
    def is_empty(self) -> bool:
        """True if no file says anything: then the person who uses it decides, and no file tells."""
        return not self.allow and not self.deny

    def decided(self, tool: str, otherwise: str = ASK) -> tuple[str, FilePlace | None]:
        """`allow`, `deny` or `otherwise` for `tool`, and what says so. A rule that allows some uses allows, for whoever
        steers the agent chooses the use; of commands, `freed` tells which."""
        shut = next((rule for rule in self.deny if rule.tool == tool and rule.about in _ALL), None)
        if shut is not None:
            return DENY, shut.place
        some = tool != "Shell"
        free = next((rule for rule in self.allow if rule.tool == tool and (some or rule.about in _ALL)), None)
        return (ALLOW, free.place) if free is not None else (otherwise, None)

    def freed(self) -> Iterator[tuple[ShellRule, FilePlace]]:
        """The command lines that run unasked although the shell as a whole does not."""
        denied = [_shell(rule) for rule in self.deny if rule.tool == "Shell"]
        for rule in self.allow:
            own = _shell(rule)
            if rule.tool == "Shell" and not any(each.covers(own.pattern.removesuffix(" *")) for each in denied):
                yield own, rule.place

    def of_server(self, server: str, tool: str) -> tuple[str, FilePlace | None]:
        """As `decided`, for the tool of a server."""
        for stance, rules in ((DENY, self.deny), (ALLOW, self.allow)):
            for rule in rules:
                if rule.tool == "Mcp" and fnmatchcase(f"{server}:{tool}", re.sub(r",\s*", ":", rule.about or "*")):
                    return stance, rule.place
        return ASK, None


def _shell(rule: PermissionRule) -> ShellRule:
    """A command that is named stands for itself with any arguments."""
    if rule.about in _ALL:
        return ShellRule("*")
    return ShellRule.written(rule.about if "*" in rule.about else f"{rule.about}:*")


def cursor_rules(files: Iterable[AgentSettings]) -> CursorRules:
    """The rules of Cursor in all of its files."""
    allow, deny = list[PermissionRule](), list[PermissionRule]()
    for each in (each for each in files if each.client == CURSOR):
        allow += rules_in(each.said.part("permissions").entries("allow"), ALLOW)
        deny += rules_in(each.said.part("permissions").entries("deny"), DENY)
        for key, tool in _LISTS.items():
            listed = each.said.entries(key) if each.said.has(key) else ()
            allow += [PermissionRule(tool, item.value, item.origin) for item in listed if isinstance(item.value, str)]
    return CursorRules(tuple(allow), tuple(deny))
