"""Rules of OpenCode: the last that fits decides, and what nobody speaks of is allowed; by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from importer_contract import written

from simkit.importers import Imported, import_files

SERVERS = {"tracker": {"type": "local", "command": ["npx", "tracker"], "environment": {"KEY": "{env:TRACKER_KEY}"}}}


def made(tmp_path: Path, name: str = "opencode.json", **said: Any) -> Imported:
    (found,) = import_files([written(tmp_path, {name: json.dumps(said)})])
    return found


def stances(found: Imported) -> dict[str, str]:
    own = found.sections["identities"]["opencode"]
    given = {each["operation"]: "ask" if "conditions" in each else "allow" for each in own.get("entitlements", ())}
    denied = {each["operation"]: "deny" for each in own.get("denies", ())}
    return {name.removeprefix("opencode."): stance for name, stance in {**given, **denied}.items()}


def test_it_does_all_but_reads_outside_its_folder_unasked(tmp_path: Path) -> None:
    found = stances(made(tmp_path, mcp=SERVERS))
    assert found.pop("read outside") == "ask"
    assert {"bash", "edit", "webfetch send", "mcp:tracker.anything"} < found.keys()
    assert set(found.values()) == {"allow"}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"permission": "ask"}, {"bash": "ask", "edit": "ask", "mcp:tracker.anything": "ask"}),
        ({"permission": {"*": "ask", "bash": "allow"}}, {"bash": "allow", "edit": "ask"}),
        ({"permission": {"bash": "allow", "*": "ask"}}, {"bash": "ask"}),
        ({"permission": {"tracker_*": "deny"}}, {"mcp:tracker.anything": "deny", "edit": "allow"}),
        ({"tools": {"bash": False, "write": False}}, {"bash": "deny", "edit": "deny"}),
        ({"tools": {"bash": False}, "permission": {"bash": "ask"}}, {"bash": "ask"}),
        ({"permission": {"edit": {"*": "deny", "docs/*": "allow"}}}, {"edit": "allow"}),
        ({"permission": {"read": {"*.env": "deny"}}}, {"read": "allow"}),
        ({"permission": {"external_directory": {"~/work/**": "allow"}}}, {"read outside": "allow"}),
        ({"permission": "ask", "agent": {"build": {"permission": {"bash": "allow"}}}}, {"bash": "allow"}),
        ({"permission": "ask", "agent": {"other": {"permission": {"bash": "allow"}}}}, {"bash": "ask"}),
        ({"permissions": [{"action": "shell", "resource": "*", "effect": "ask"}]}, {"bash": "ask", "edit": "allow"}),
    ],
)
def test_the_last_rule_that_fits_decides(tmp_path: Path, said: dict[str, Any], expected: dict[str, str]) -> None:
    """As `opencode debug agent build` of opencode-ai 1.18.33 lists them for these files."""
    found = stances(made(tmp_path, **said, mcp=SERVERS))
    assert {name: found[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("bash", "runs"),
    [
        ({"*": "ask", "pytest *": "allow"}, True),
        ({"pytest *": "allow", "*": "ask"}, False),
        ({"*": "deny", "pytest *": "allow", "pytest": "deny"}, False),
        ({"*": "ask", "git status *": "allow"}, False),
        ({"rm *": "deny"}, True),
    ],
)
def test_a_command_that_runs_unasked_is_what_its_program_can_do(
    tmp_path: Path, bash: dict[str, str], runs: bool
) -> None:
    found = made(tmp_path, permission={"bash": bash})
    operations = found.sections["tools"]["opencode"]["operations"]
    free = {name for name, stance in stances(found).items() if stance == "allow"}
    assert any(operations[name]["effect"] == "execute" for name in free if name in operations) is runs


def test_a_variable_is_no_value_and_what_is_written_out_lies_in_the_repository(tmp_path: Path) -> None:
    headers = {"Authorization": "Bearer {env:WIKI_KEY}", "X-Api-Key": "{file:~/.wiki}", "X-Token": "hunter2"}
    found = made(tmp_path, mcp={**SERVERS, "wiki": {"type": "remote", "url": "https://wiki.test", "headers": headers}})
    names = list(found.sections["credentials"])
    assert names[:3] == ["TRACKER_KEY", "WIKI_KEY", "X-Api-Key"]
    assert found.sections["resources"]["working copy"]["holds"] == names[3:]


def test_a_file_that_says_nothing_of_rights_is_an_agent_too(tmp_path: Path) -> None:
    found = made(tmp_path, name=".opencode/opencode.jsonc", model="x/y")
    assert stances(found)["bash"] == "allow"
    odd = made(tmp_path / "odd", permission={"bash": "perhaps"}, agent={"plan": {"tools": {"write": False}}})
    assert {each.what for each in odd.untranslated} == {"an agent of OpenCode", "a rule of OpenCode"}
