"""What a coding agent can do without any server: read, edit, run commands, fetch pages; as its settings leave it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from simkit.importers.agent.agent_settings import CLAUDE, CODEX, AgentSettings
from simkit.importers.agent.codex_sandbox import FULL_ACCESS, READ_ONLY, codex_sandbox
from simkit.importers.agent.command_rules import CommandRule, command_rules, freed
from simkit.importers.agent.cursor_rules import CursorRules
from simkit.importers.agent.gemini_policies import SHELL, WRITERS, GeminiPolicy
from simkit.importers.agent.opencode_rules import OUTSIDE_FOLDER, OpencodeRules
from simkit.importers.agent.permissions import Permissions
from simkit.importers.agent.programs import CODE, NETWORK, READS, WRITES, label, powers
from simkit.importers.agent.shell_rules import ALLOW, ASK, DENY, ShellRule
from simkit.importers.excerpt import Excerpt
from simkit.importers.file_place import FilePlace
from simkit.importers.rules_document import CALLS

COPY, FILES, OUTSIDE = "working copy", "files of the user", "outside"
"""The repository as it is checked out, what else the user can read, and whatever outsiders write and read."""


@dataclass(frozen=True, slots=True)
class AgentPower:
    """One operation of an agent: its effect on its targets, whether it asks first or is denied, and what says so."""

    name: str
    effect: str
    targets: tuple[str, ...] = ()
    stance: str = ALLOW
    place: FilePlace | None = None


def claude_powers(rules: Permissions, files: Iterable[AgentSettings]) -> Iterator[AgentPower]:
    """What Claude Code can do by itself: it reads its folder, and asks for the rest, as long as nobody says more."""
    stance, place = rules.decided("Read")
    free = DENY if stance == DENY else ALLOW
    yield AgentPower("Read", "read", (COPY,), free, place)
    yield AgentPower("Read outside", "read", (FILES,), stance, place)
    stance, place = min((rules.decided(tool) for tool in ("Edit", "Write")), key=lambda each: _ORDER.index(each[0]))
    free = ALLOW if stance == ASK and rules.mode == "acceptEdits" else stance
    yield AgentPower("Edit", "write", (COPY,), free, place)
    for tool, effect in (("WebFetch", "read"), ("WebFetch", "send"), ("WebSearch", "read")):
        stance, place = rules.decided(tool)
        # a rule about one host lets what is read there in, and what is sent there out
        about = next((rule.place for rule in rules.allow if rule.tool == tool), None)
        if stance == ASK and about is not None:
            stance, place = ALLOW, about
        yield AgentPower(tool if effect == "read" else f"{tool} send", effect, (OUTSIDE,), stance, place)
    yield from _commands(rules, _sandboxed(files))


_ORDER = (ALLOW, ASK, DENY)


def _sandboxed(files: Iterable[AgentSettings]) -> Excerpt | None:
    """The sandbox of commands, where it is on and lets them run unasked."""
    found = [each.said.part("sandbox") for each in files if each.said.has("sandbox")]
    on = [each for each in found if each.flag("enabled") and each.flag("autoAllowBashIfSandboxed") is not False]
    return on[-1] if on else None


def _commands(rules: Permissions, sandbox: Excerpt | None) -> Iterator[AgentPower]:
    stance, place = rules.decided("Bash")
    yield AgentPower("Bash", "execute", (), stance, place)
    if rules.denies("Bash"):
        return
    if sandbox is not None:
        online = bool(sandbox.part("network").texts("allowedDomains"))
        yield from boxed("Bash in its sandbox", sandbox.origin, writes=True, online=online)
    _, ask, deny = rules.shell()
    for each in rules.allow:
        rule = ShellRule.written(each.about)
        whole = rule.pattern.removesuffix(" *")
        if each.tool == "Bash" and stance != ALLOW and not any(other.covers(whole) for other in (*ask, *deny)):
            yield from _rule("Bash", rule, each.place)


def has_no_network(client: str, rules: Permissions, files: Iterable[AgentSettings]) -> bool:
    """True if settings keep all code that `client` runs from the network, whoever asks.

    The commands of Codex have none unless `network_access` says so, and where it may not ask they never run outside,
    unless a rule allows some to (developers.openai.com/codex/agent-approvals-security, and /rules). Those of Claude
    Code ask for each new domain, and may run outside of their sandbox, unless settings say otherwise
    (code.claude.com/docs/en/sandboxing).
    """
    if client == CODEX:
        listed = list(files)
        codex = codex_sandbox(listed)
        if any(True for _ in freed(_command_rules(listed))):
            return False
        return codex.mode != FULL_ACCESS and codex.asks == "never" and not (codex.online and codex.mode != READ_ONLY)
    box = _sandboxed(files) if client == CLAUDE else None
    if box is None or box.flag("allowUnsandboxedCommands") is not False or box.texts("excludedCommands"):
        return False
    network = box.part("network")
    fetches = any(
        rule.tool == "WebFetch" for rule in rules.allow
    )  # a domain that it may fetch is one for commands, too
    return network.flag("allowManagedDomainsOnly") is True and not network.texts("allowedDomains") and not fetches


def _rule(shell: str, rule: ShellRule, place: FilePlace | None) -> Iterator[AgentPower]:
    """What commands that a rule allows can do, by the program that they start."""
    can = powers(rule.pattern) if rule.program else frozenset({CODE})
    name = f"{shell} {label(rule.pattern)}"
    if CODE in can:
        yield AgentPower(name, "execute", place=place)
    if NETWORK in can:
        yield AgentPower(f"{name} (fetch)", "read", (OUTSIDE,), place=place)
        yield AgentPower(f"{name} (send)", "send", (OUTSIDE,), place=place)
    if READS in can:
        yield AgentPower(f"{name} (read)", "read", (COPY, FILES), place=place)
    if WRITES in can:
        yield AgentPower(f"{name} (write)", "write", (COPY,), place=place)


def boxed(name: str, place: FilePlace, *, writes: bool, online: bool) -> Iterator[AgentPower]:
    """What commands can do inside a sandbox: read everything, write the folder at most, reach out at most."""
    yield AgentPower(f"{name} (read)", "read", (COPY, FILES), place=place)
    if writes:
        yield AgentPower(f"{name} (write)", "write", (COPY,), place=place)
    if online:
        yield AgentPower(f"{name} (fetch)", "read", (OUTSIDE,), place=place)
        yield AgentPower(f"{name} (send)", "send", (OUTSIDE,), place=place)


def gemini_powers(policy: GeminiPolicy) -> Iterator[AgentPower]:
    """What Gemini can do by itself: it reads its folder, and asks for the rest, as long as no rule says more."""
    stance, place = policy.decided("read_file")
    yield AgentPower("read_file", "read", (COPY,), stance, place)
    stance, place = min((policy.decided(tool) for tool in WRITERS), key=lambda each: _ORDER.index(each[0]))
    yield AgentPower("write_file", "write", (COPY,), stance, place)
    for tool, effect in (("web_fetch", "read"), ("web_fetch", "send"), ("google_web_search", "read")):
        stance, place = policy.decided(tool)
        yield AgentPower(tool if effect == "read" else f"{tool} send", effect, (OUTSIDE,), stance, place)
    stance, place = policy.decided(SHELL)
    yield AgentPower(SHELL, "execute", (), stance, place)
    if stance != ALLOW:
        for prefix, place in policy.freed():
            yield from _rule(SHELL, ShellRule(f"{prefix} *"), place)


def cursor_powers(rules: CursorRules) -> Iterator[AgentPower]:
    """What Cursor can do by itself, where files have rules for it: it reads and writes its folder, and asks else."""
    if rules.is_empty:
        return
    stance, place = rules.decided("Read", ALLOW)
    yield AgentPower("Read", "read", (COPY,), stance, place)
    far, place = rules.decided("Read")
    yield AgentPower("Read outside", "read", (FILES,), far, place)
    stance, place = rules.decided("Write", ALLOW)
    yield AgentPower("Write", "write", (COPY,), stance, place)
    stance, place = rules.decided("WebFetch")
    yield AgentPower("WebFetch", "read", (OUTSIDE,), stance, place)
    yield AgentPower("WebFetch send", "send", (OUTSIDE,), stance, place)
    stance, place = rules.decided("Shell")
    yield AgentPower("Shell", "execute", (), stance, place)
    if stance == ASK:
        for rule, place in rules.freed():
            yield from _rule("Shell", rule, place)


def opencode_powers(rules: OpencodeRules) -> Iterator[AgentPower]:
    """What OpenCode can do by itself: all but what lies outside of its folder, as long as no rule says less."""
    stance, place = rules.decided("read")
    yield AgentPower("read", "read", (COPY,), stance, place)
    far, origin = rules.decided(OUTSIDE_FOLDER)
    yield AgentPower("read outside", "read", (FILES,), max(stance, far, key=_ORDER.index), origin)
    stance, place = rules.decided("edit")
    yield AgentPower("edit", "write", (COPY,), stance, place)
    for tool, effect in (("webfetch", "read"), ("webfetch", "send"), ("websearch", "read")):
        stance, place = rules.decided(tool)
        yield AgentPower(tool if effect == "read" else f"{tool} send", effect, (OUTSIDE,), stance, place)
    stance, place = rules.decided("bash")
    yield AgentPower("bash", "execute", (), stance, place)
    if stance != ALLOW:
        for pattern, place in rules.freed():
            yield from _rule("bash", ShellRule(pattern), place)


def codex_powers(files: Iterable[AgentSettings]) -> Iterator[AgentPower]:
    """What Codex can do by itself: commands in a sandbox, and, if it may ask, outside of it."""
    files = list(files)
    box = codex_sandbox(files)
    if box.mode == FULL_ACCESS:
        yield AgentPower("shell", "execute", (), ASK if box.asks == "untrusted" else ALLOW, box.mode_place)
        return
    for begins, place in freed(_command_rules(files)):
        yield from _rule("shell", ShellRule(" ".join((*begins, "*"))), place)
    name, writes = "shell in its sandbox", box.mode != READ_ONLY
    yield from boxed(name, box.mode_place, writes=writes, online=box.online and writes)
    if box.asks != "never":
        yield AgentPower("shell", "execute", (), ASK, box.asks_place)
    elif not box.online or not writes:
        yield AgentPower("shell in its sandbox (run)", "execute", place=box.mode_place)


def _command_rules(files: Iterable[AgentSettings]) -> list[CommandRule]:
    return [rule for each in files if each.said.has(CALLS) for rule in command_rules(each.said)]
