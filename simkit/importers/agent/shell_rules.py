"""Shell rules of coding agents: which command lines a rule covers, and what a list of rules decides.

As Claude Code describes them (its settings reference, "Bash permissions"): deny, then ask, then allow, whatever is more
specific; a rule is a command, or a beginning of one; a compound command is split, and each part is judged.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

ALLOW, ASK, DENY = "allow", "ask", "deny"
_SEPARATOR = re.compile(r"&&|\|\||\|&|[;|&\n]")
_QUOTED = re.compile(r"'[^']*'|\"(?:[^\"\\]|\\.)*\"|\\.")
_HIDDEN = re.compile(r"\$\(|`|<\(|>\(|\$\{")
_REDIRECTED = re.compile(r"[<>]")
_ASSIGNED = re.compile(r"^\s*\w+=")


@dataclass(frozen=True, slots=True)
class ShellRule:
    """Command lines: `pattern` with `*` for anything. A `*` behind a blank at the end stands for nothing, too."""

    pattern: str

    @classmethod
    def written(cls, text: str) -> ShellRule:
        """The rule as settings write it, inside its brackets; `:*` at the end is a blank and `*`.

        >>> ShellRule.written("npm run test:*")
        ShellRule(pattern='npm run test *')
        """
        return cls(f"{text[:-2]} *" if text.endswith(":*") else text or "*")

    def covers(self, command: str) -> bool:
        """True if the single `command` is one of the rule's.

        >>> rule = ShellRule.written("npm run test:*")
        >>> [rule.covers(line) for line in ("npm run test", "npm run test -- -u", "npm run testing")]
        [True, True, False]
        """
        plain = command.strip()
        if self.pattern.endswith(" *") and plain == self.pattern[:-2].strip():
            return True
        return re.fullmatch(".*".join(map(re.escape, self.pattern.split("*"))), plain, re.DOTALL) is not None

    @property
    def program(self) -> str:
        """The program that it starts; empty where that may be any.

        >>> [ShellRule.written(text).program for text in ("/usr/bin/git push:*", "*", "g*")]
        ['git', '', '']
        """
        words = self.pattern.split()
        return "" if not words or "*" in words[0] else words[0].rsplit("/", 1)[-1]


def split(line: str) -> list[str]:
    """The single commands of a command line, quotes kept whole.

    >>> split("cd a && git log | head; echo 'x; y'")
    ['cd a', 'git log', 'head', "echo 'x; y'"]
    """
    kept: list[str] = []

    def keep(found: re.Match[str]) -> str:
        kept.append(found[0])
        return f"\0{len(kept) - 1}\0"

    parts = _SEPARATOR.split(_QUOTED.sub(keep, line.replace("\0", "")))
    whole = (re.sub(r"\0(\d+)\0", lambda found: kept[int(found[1])], part).strip() for part in parts)
    return [part for part in whole if part]


def decision(line: str, allow: Iterable[ShellRule], ask: Iterable[ShellRule], deny: Iterable[ShellRule]) -> str:
    """`deny`, `ask` or `allow` for a whole command line; what no rule covers is asked for.

    A part that runs another command inside itself, or that sends its output elsewhere, is never allowed by its
    beginning alone.
    """
    parts, rules = split(line), tuple(allow)
    asking, denying = tuple(ask), tuple(deny)
    if any(rule.covers(part) for rule in denying for part in parts):
        return DENY
    if any(rule.covers(part) for rule in asking for part in parts):
        return ASK
    return ALLOW if parts and all(_allowed(part, rules) for part in parts) else ASK


def _allowed(part: str, rules: Sequence[ShellRule]) -> bool:
    bare = _QUOTED.sub("", part)
    hidden = _HIDDEN.search(re.sub(r"'[^']*'", "", part)) or _REDIRECTED.search(bare) or _ASSIGNED.match(part)
    return any((not hidden or rule.pattern == "*") and rule.covers(part) for rule in rules)
