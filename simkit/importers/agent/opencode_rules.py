"""Rules of OpenCode: an action on something, of which the last that fits decides; what nobody speaks of is allowed.

As opencode-ai 1.18.33 resolves them (`opencode debug agent build`) from `permission`, a mapping that keeps its order,
and from `tools`, which comes before it; and from `permissions`, a list, of its second version (opencode.ai/v2/docs).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

from simkit.importers.agent.agent_settings import OPENCODE, AgentSettings
from simkit.importers.agent.shell_rules import ALLOW, ASK, DENY, ShellRule
from simkit.importers.excerpt import Excerpt
from simkit.importers.file_place import FilePlace

SHELL, OUTSIDE_FOLDER = "bash", "external_directory"
_STANCES = {"allow": ALLOW, "ask": ASK, "deny": DENY}
_NAMES = {"shell": SHELL, "write": "edit", "patch": "edit", "multiedit": "edit"}
"""Other names of actions, in `tools` and in the second version."""


@dataclass(frozen=True, slots=True)
class OpencodeRule:
    """Actions by a glob, on what fits another one: a path, a command line, an address."""

    action: str
    on: str
    stance: str
    place: FilePlace | None = None


DEFAULTS = (OpencodeRule("*", "*", ALLOW), OpencodeRule(OUTSIDE_FOLDER, "*", ASK))


@dataclass(frozen=True, slots=True)
class OpencodeRules:
    """All rules, the last one the strongest."""

    rules: tuple[OpencodeRule, ...]

    def decided(self, action: str) -> tuple[str, FilePlace | None]:
        """`allow`, `ask` or `deny` for `action`, and what says so: the last rule about all of its uses. One behind it
        that allows some uses counts as allowing, for whoever steers the agent chooses the use; of commands, `freed`
        tells which."""
        for rule in reversed(self.rules):
            some = rule.stance == ALLOW and action != SHELL
            if fnmatchcase(action, rule.action) and (rule.on == "*" or some):
                return rule.stance, rule.place
        return ASK, None

    def freed(self) -> Iterator[tuple[str, FilePlace | None]]:
        """The command lines that run unasked although the shell as a whole does not."""
        about = [rule for rule in self.rules if fnmatchcase(SHELL, rule.action)]
        for rule in about:
            least = rule.on.removesuffix(" *")
            last = next(each for each in reversed(about) if ShellRule(each.on).covers(least))
            if rule.on != "*" and last.stance == ALLOW:
                yield rule.on, last.place


def opencode_rules(files: Iterable[AgentSettings]) -> OpencodeRules:
    """The rules of its main agent in all of its files together, with what is built in."""
    found = [rule for each in files if each.client == OPENCODE for rule in _rules(each.said)]
    return OpencodeRules((*DEFAULTS, *found))


def _rules(said: Excerpt) -> Iterator[OpencodeRule]:
    yield from _said(said)
    for name, agent in said.part("agent").items() if said.has("agent") else ():
        if name == "build":
            yield from _said(agent)
        elif isinstance(agent.value, dict) and {"permission", "tools"} & agent.value.keys():
            said.draft.leave(agent.origin, "an agent of OpenCode", "it has rules of its own, which are not followed")


def _said(said: Excerpt) -> Iterator[OpencodeRule]:
    if not isinstance(said.value, dict):
        return
    for tool, flag in said.part("tools").items():
        yield OpencodeRule(_NAMES.get(tool, tool), "*", DENY if flag.value is False else ALLOW, flag.origin)
    value = said.value.get("permission")
    if isinstance(value, str):
        yield from _rule("*", "*", said.under("permission", value))
    elif value is not None:
        for action, what in said.part("permission").items():
            named = _NAMES.get(action, action)
            for on, stance in what.items() if isinstance(what.value, dict) else [("*", what)]:
                yield from _rule(named, on, stance)
    for rule in said.each("permissions") if isinstance(said.value.get("permissions"), list) else ():
        named = _NAMES.get(rule.text("action"), rule.text("action"))
        yield from _rule(named, rule.text("resource"), rule.under("effect", rule.text("effect")))


def _rule(action: str, on: str, stance: Excerpt) -> Iterator[OpencodeRule]:
    if stance.value in _STANCES:
        yield OpencodeRule(action, on, _STANCES[stance.value], stance.origin)
    else:
        stance.draft.leave(stance.origin, "a rule of OpenCode", "it says neither allow nor ask nor deny")
