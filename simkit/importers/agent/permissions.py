"""What a coding agent may do without asking, what it asks for, and what it may never: the rules of its settings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from simkit.importers.agent.agent_settings import CLAUDE, AgentSettings
from simkit.importers.agent.shell_rules import ALLOW, ASK, DENY, ShellRule
from simkit.importers.file_place import FilePlace

_RULE = re.compile(r"^([\w.-]+(?:\*)?)(?:\((.*)\))?$", re.DOTALL)
FREE_MODES = frozenset({"bypassPermissions"})


@dataclass(frozen=True, slots=True)
class PermissionRule:
    """A rule as the settings write it: `Bash(npm test:*)` is of `tool` Bash, about `about`."""

    tool: str
    about: str
    place: FilePlace


@dataclass(frozen=True, slots=True)
class Permissions:
    """All rules of one agent, from all of its files, and its mode."""

    allow: tuple[PermissionRule, ...] = ()
    ask: tuple[PermissionRule, ...] = ()
    deny: tuple[PermissionRule, ...] = ()
    mode: str = "default"
    trusts_all_servers: bool = False
    approved: frozenset[str] = frozenset()
    rejected: frozenset[str] = frozenset()

    def stance(self, tool: str) -> str:
        """`deny`, `ask` or `allow` for every use of `tool`; rules about some of its uses count as asking.

        Deny comes before ask and ask before allow, whatever is more specific.
        """
        if any(_covers(rule, tool) for rule in self.deny):
            return DENY
        if any(_covers(rule, tool) for rule in self.ask):
            return ASK
        if self.mode in FREE_MODES or any(_covers(rule, tool) for rule in self.allow):
            return ALLOW
        return DENY if self.mode == "dontAsk" else ASK

    def shell(self) -> tuple[tuple[ShellRule, ...], tuple[ShellRule, ...], tuple[ShellRule, ...]]:
        """The rules about command lines: those that allow, ask and deny."""
        allow, ask, deny = (_shell(rules) for rules in (self.allow, self.ask, self.deny))
        return allow, ask, deny

    def named(self, server: str) -> tuple[str, ...]:
        """The tools of a server that some rule names."""
        start = f"mcp__{server}__"
        rules = (*self.allow, *self.ask, *self.deny)
        names = (rule.tool.removeprefix(start) for rule in rules if rule.tool.startswith(start))
        return tuple(dict.fromkeys(name for name in names if name and "*" not in name))


def _shell(rules: Iterable[PermissionRule]) -> tuple[ShellRule, ...]:
    return tuple(ShellRule.written(rule.about) for rule in rules if rule.tool == "Bash")


def _covers(rule: PermissionRule, tool: str) -> bool:
    """True if the rule is about all uses of `tool`.

    >>> place = FilePlace("s.json")
    >>> [_covers(PermissionRule(t, a, place), "mcp__git__log") for t, a in (("mcp__git", ""), ("mcp__git__*", ""))]
    [True, True]
    >>> _covers(PermissionRule("WebFetch", "domain:example.com", place), "WebFetch")
    False
    """
    if rule.about not in ("", "*"):
        return False
    whole = rule.tool.removesuffix("*").removesuffix("__")
    return rule.tool in (tool, "*") or (rule.tool.startswith("mcp__") and tool.startswith(f"{whole}__"))


def permissions(files: Iterable[AgentSettings]) -> Permissions:
    """The rules of Claude Code in all of its files together; a later file's mode counts."""
    found: dict[str, list[PermissionRule]] = {ALLOW: [], ASK: [], DENY: []}
    mode, trusts = "default", False
    approved: set[str] = set()
    rejected: set[str] = set()
    for each in files:
        if each.client != CLAUDE:
            continue
        said = each.said.part("permissions")
        for key, rules in found.items():
            rules += _rules(each, key)
        mode = said.text("defaultMode") or mode
        trusts = bool(each.said.flag("enableAllProjectMcpServers")) or trusts
        approved |= set(each.said.texts("enabledMcpjsonServers"))
        rejected |= set(each.said.texts("disabledMcpjsonServers"))
    allow, ask, deny = (tuple(found[key]) for key in (ALLOW, ASK, DENY))
    return Permissions(allow, ask, deny, mode, trusts, frozenset(approved), frozenset(rejected))


def _rules(file: AgentSettings, key: str) -> Iterator[PermissionRule]:
    for item in file.said.part("permissions").entries(key):
        matched = _RULE.match(item.value) if isinstance(item.value, str) else None
        if matched:
            rule = PermissionRule(matched[1], matched[2] or "", item.origin)
            if key != ALLOW and rule.about not in ("", "*") and rule.tool != "Bash":
                item.draft.leave(item.origin, f"a rule under {key}", f"it is about some uses of {rule.tool}")
            yield rule
        else:
            item.draft.leave(item.origin, f"a rule under {key}", "it is no rule: a tool, and what about it in brackets")
