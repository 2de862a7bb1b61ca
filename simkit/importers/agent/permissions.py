"""What a coding agent may do without asking, what it asks for, and what it may never: the rules of its settings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from simkit.importers.agent.agent_settings import CLAUDE, SKILL_TOOLS, AgentSettings
from simkit.importers.agent.shell_rules import ALLOW, ASK, DENY, ShellRule
from simkit.importers.excerpt import Excerpt
from simkit.importers.file_place import FilePlace
from simkit.importers.imported import REACH

_ONE_RULE = re.compile(r"[^\s,()]+(?:\([^()]*\))?")
"""A rule in a line of several."""
_RULE = re.compile(r"^([\w.-]+(?:\*)?)(?:\((.*)\))?$", re.DOTALL)
FREE_MODES = frozenset({"bypassPermissions"})


@dataclass(frozen=True, slots=True)
class PermissionRule:
    """A rule as the settings write it: `Bash(npm test:*)` is of `tool` Bash, about `about`."""

    tool: str
    about: str
    place: FilePlace

    def __str__(self) -> str:
        return f"{self.tool}({self.about})" if self.about else self.tool


@dataclass(frozen=True, slots=True)
class Permissions:
    """All rules of one agent, from all of its files, and its mode."""

    allow: tuple[PermissionRule, ...] = ()
    ask: tuple[PermissionRule, ...] = ()
    deny: tuple[PermissionRule, ...] = ()
    mode: str = "default"
    trusts_all_servers: bool = False
    approved: frozenset[str] = frozenset()
    rejected: Mapping[str, FilePlace] = field(default_factory=dict)
    mode_place: FilePlace | None = None

    def stance(self, tool: str) -> str:
        """`deny`, `ask` or `allow` for every use of `tool`; rules about some of its uses count as asking.

        Deny comes before ask and ask before allow, whatever is more specific.
        """
        return self.decided(tool)[0]

    def denies(self, tool: str) -> bool:
        """True if a rule denies every use of `tool`."""
        return any(_covers(rule, tool) for rule in self.deny)

    def decided(self, tool: str) -> tuple[str, FilePlace | None]:
        """As `stance`, with the place of what decides it: a rule, or the mode; None where nothing says anything."""
        rules = ((stance, rule) for stance, of in self._in_order() for rule in of if _covers(rule, tool))
        found = next(rules, None)
        if found is not None and (found[0] != ALLOW or self.mode not in FREE_MODES):
            return found[0], found[1].place
        if self.mode in FREE_MODES:
            return ALLOW, self.mode_place
        return (ALLOW if found else DENY if self.mode == "dontAsk" else ASK), self.mode_place

    def _in_order(self) -> tuple[tuple[str, tuple[PermissionRule, ...]], ...]:
        return (DENY, self.deny), (ASK, self.ask), (ALLOW, self.allow)

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
    mode_place: FilePlace | None = None
    approved: set[str] = set()
    rejected: dict[str, FilePlace] = {}
    for each in files:
        if each.client != CLAUDE:
            continue
        said = each.said.part("permissions")
        for key, rules in found.items():
            rules += rules_in(each.said.part("permissions").entries(key), key)
        found[ALLOW] += rules_in(_of_skill(each.said), ALLOW)
        if said.text("defaultMode"):
            mode, mode_place = said.text("defaultMode"), said.under("defaultMode", "").origin
        trusts = bool(each.said.flag("enableAllProjectMcpServers")) or trusts
        approved |= set(each.said.texts("enabledMcpjsonServers"))
        listed = each.said.entries("disabledMcpjsonServers")
        rejected |= {item.value: item.origin for item in listed if isinstance(item.value, str)}
    allow, ask, deny = (tuple(found[key]) for key in (ALLOW, ASK, DENY))
    return Permissions(allow, ask, deny, mode, trusts, frozenset(approved), rejected, mode_place)


def _of_skill(said: Excerpt) -> Iterator[Excerpt]:
    """What a skill or a command is allowed: a list, or one line."""
    if not said.has(SKILL_TOOLS):
        return
    taken = "at all times: it is asked for, or taken up by itself, while other work goes on"
    said.draft.assume("what a skill or a command is allowed", taken, "no file says when it is at work", REACH)
    line = said.value[SKILL_TOOLS]
    if isinstance(line, str):
        yield from (said.under(SKILL_TOOLS, each) for each in _ONE_RULE.findall(line))
    else:
        yield from said.entries(SKILL_TOOLS)


def rules_in(items: Iterable[Excerpt], key: str) -> Iterator[PermissionRule]:
    """The rules in a list; what is none, and what denies or asks about some uses of a tool, is told."""
    for item in items:
        matched = _RULE.match(item.value) if isinstance(item.value, str) else None
        if matched:
            rule = PermissionRule(matched[1], matched[2] or "", item.origin)
            if key != ALLOW and rule.about not in ("", "*", "**") and rule.tool not in ("Bash", "Shell"):
                item.draft.leave(item.origin, f"a rule under {key}", f"it is about some uses of {rule.tool}")
            yield rule
        else:
            item.draft.leave(item.origin, f"a rule under {key}", "it is no rule: a tool, and what about it in brackets")
