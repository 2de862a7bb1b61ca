"""Policies of Gemini: the highest rule decides, and a higher tier's allow beats a lower one's deny."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from importer_contract import written

from simkit.importers import Imported, import_files
from simkit.importers.agent.gemini_policies import DEFAULTS, TOOLS, GeminiPolicy, PolicyRule
from simkit.importers.agent.shell_rules import ALLOW, ASK, DENY

SHELL = "run_shell_command"
DECISIONS = (ALLOW, ASK, DENY)


def policy(*rules: PolicyRule, mode: str = "default") -> GeminiPolicy:
    return GeminiPolicy(tuple(sorted((*rules, *DEFAULTS), key=lambda each: -each.priority)), mode)


RULES = st.builds(
    PolicyRule,
    st.lists(st.sampled_from((*TOOLS, "*")), min_size=1, max_size=2).map(tuple),
    st.sampled_from(DECISIONS),
    st.integers(2000, 5999).map(lambda each: each / 1000),
)


@given(st.lists(RULES, max_size=6), st.sampled_from(TOOLS), st.sampled_from(DECISIONS))
def test_a_rule_of_the_administrator_beats_all_others(rules: list[PolicyRule], tool: str, decision: str) -> None:
    highest = PolicyRule((tool,), decision, 5.9999)
    assert policy(*rules, highest).decided(tool)[0] == decision


@given(st.lists(RULES, max_size=6), st.sampled_from(TOOLS))
def test_a_rule_below_one_that_decides_changes_nothing(rules: list[PolicyRule], tool: str) -> None:
    deciding = PolicyRule((tool,), DENY, 1.9999)
    found = policy(*rules, deciding).decided(tool)
    assert policy(*rules, deciding, PolicyRule((tool,), ALLOW, 1.5)).decided(tool) == found


@pytest.mark.parametrize(
    ("mode", "reads", "writes", "shell"),
    [
        ("default", ALLOW, ASK, ASK),
        ("autoEdit", ALLOW, ALLOW, ASK),
        ("plan", ALLOW, DENY, DENY),
        ("yolo", ALLOW, ALLOW, ALLOW),
    ],
)
def test_what_is_built_in(mode: str, reads: str, writes: str, shell: str) -> None:
    plain = policy(mode=mode)
    assert [plain.decided(tool)[0] for tool in ("read_file", "write_file", SHELL)] == [reads, writes, shell]


def made(folder: Path, settings: Any, **policies: str) -> Imported:
    """What is made of settings and policies, by the folder that each lies in."""
    where = {"workspace": ".gemini/policies/a.toml", "extension": ".gemini/extensions/x/policies/a.toml"}
    files = {".gemini/settings.json": json.dumps(settings)} | {where[key]: text for key, text in policies.items()}
    (found,) = import_files([written(folder, files)])
    return found


def stance(found: Imported, operation: str) -> str:
    who = found.sections["identities"]["gemini"]
    given = {each["operation"]: ASK if "conditions" in each else ALLOW for each in who["entitlements"]}
    given |= {each["operation"]: DENY for each in who.get("denies", ())}
    return str(given.get(operation, ""))


def rule(decision: str, priority: int, **said: object) -> str:
    lines = [f"{key} = {json.dumps(value)}" for key, value in {**said, "decision": decision}.items()]
    return "[[rule]]\n" + "\n".join((*lines, f"priority = {priority}")) + "\n\n"


SERVER = {"mcpServers": {"s": {"url": "https://s.example", "trust": True}}}


@pytest.mark.parametrize(
    ("settings", "policies", "operation", "expected"),
    [
        ({"tools": {}}, {}, f"gemini.{SHELL}", ASK),
        ({"tools": {}}, {"workspace": rule("allow", 1, toolName=SHELL)}, f"gemini.{SHELL}", ALLOW),
        # what settings exclude stands above all of the workspace
        ({"tools": {"exclude": [SHELL]}}, {"workspace": rule("allow", 999, toolName=SHELL)}, f"gemini.{SHELL}", DENY),
        ({"tools": {"allowed": ["ShellTool(git)"]}}, {}, f"gemini.{SHELL} git", ALLOW),
        ({"tools": {"core": ["read_file"]}}, {}, "gemini.write_file", DENY),
        ({"general": {"defaultApprovalMode": "auto_edit"}, "tools": {}}, {}, "gemini.write_file", ALLOW),
        # an extension may ask and deny; what it allows is ignored
        ({"tools": {}}, {"extension": rule("allow", 999, toolName=SHELL)}, f"gemini.{SHELL}", ASK),
        ({"tools": {}}, {"extension": rule("deny", 1, toolName=SHELL)}, f"gemini.{SHELL}", DENY),
        # a deny of the workspace loses to a server that settings trust
        (SERVER, {"workspace": rule("deny", 999, mcpName="s")}, "mcp:s.anything", ALLOW),
        (SERVER | {"mcp": {"excluded": ["s"]}}, {}, "mcp:s.anything", DENY),
        # some uses that are free are free for whoever steers it
        ({"tools": {}}, {"workspace": rule("allow", 5, toolName="web_fetch", argsPattern="x")},
         "gemini.web_fetch send", ALLOW),
        ({"tools": {}}, {"workspace": rule("allow", 5, toolName=SHELL, modes=["yolo"])}, f"gemini.{SHELL}", ASK),
    ],
)  # fmt: skip
def test_the_highest_rule_decides(
    tmp_path: Path, settings: Any, policies: dict[str, str], operation: str, expected: str
) -> None:
    assert stance(made(tmp_path, settings, **policies), operation) == expected


def test_a_command_is_free_by_its_beginning_unless_a_higher_rule_speaks_of_it(tmp_path: Path) -> None:
    free = rule("allow", 100, commandPrefix=["git log", "npm test"])
    above = rule("deny", 200, commandPrefix="npm")
    found = made(tmp_path / "a", {"tools": {}}, workspace=free + above)
    assert stance(found, f"gemini.{SHELL} git log (read)") == ALLOW
    assert not stance(found, f"gemini.{SHELL} npm test")
    shut = made(tmp_path / "b", {"tools": {}}, workspace=free + rule("deny", 200, toolName=SHELL))
    assert not stance(shut, f"gemini.{SHELL} git log (read)")


def test_each_right_knows_the_line_of_its_rule(tmp_path: Path) -> None:
    text = rule("ask_user", 1, toolName="write_file") + rule("allow", 2, toolName=SHELL)
    found = made(tmp_path, {"tools": {}}, workspace=text)
    place = found.origins["identities", "gemini", f"gemini.{SHELL}"]
    assert (Path(place.file).name, place.line) == ("a.toml", 6)
