"""Rules of Cursor: what is denied comes before what is allowed, and a command stands for its arguments; by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from importer_contract import written

from simkit.importers import Imported, import_files

SERVERS = {"mcpServers": {"tracker": {"url": "https://tracker.test", "autoApprove": ["get"]}}}


def made(tmp_path: Path, said: dict[str, Any], name: str = "cli.json") -> Imported:
    files = {f".cursor/{name}": json.dumps(said), ".cursor/mcp.json": json.dumps(SERVERS)}
    (found,) = import_files([written(tmp_path, files)])
    return found


def stances(found: Imported) -> dict[str, str]:
    own = found.sections["identities"]["cursor"]
    given = {each["operation"]: "ask" if "conditions" in each else "allow" for each in own.get("entitlements", ())}
    denied = {each["operation"]: "deny" for each in own.get("denies", ())}
    return {name.removeprefix("cursor."): stance for name, stance in {**given, **denied}.items()}


def runs(found: Imported) -> bool:
    operations = found.sections["tools"]["cursor"]["operations"]
    free = {name for name, stance in stances(found).items() if stance == "allow"}
    return any(operations[name]["effect"] == "execute" for name in free & operations.keys())


@pytest.mark.parametrize(
    ("allow", "deny", "expected"),
    [
        (["Shell(**)"], [], {"Shell": "allow", "Read": "allow", "Read outside": "ask", "WebFetch send": "ask"}),
        (["Shell(**)"], ["Shell(*)"], {"Shell": "deny"}),
        (["Read(~/notes/**)"], [], {"Read outside": "allow"}),
        ([], ["Write(**)", "Read(**/.env)"], {"Write": "deny", "Read": "allow"}),
        (["WebFetch(docs.test)"], [], {"WebFetch send": "allow"}),
        (["Mcp(tracker:*)"], [], {"mcp:tracker.anything": "allow"}),
        (["Mcp(tracker, anything)"], [], {"mcp:tracker.anything": "allow", "mcp:tracker.get": "allow"}),
        (["Mcp(*:*)"], ["Mcp(tracker:any*)"], {"mcp:tracker.anything": "deny", "mcp:tracker.get": "allow"}),
        (["Mcp(other:*)"], [], {"mcp:tracker.anything": "ask"}),
    ],
)
def test_what_is_denied_comes_before_what_is_allowed(
    tmp_path: Path, allow: list[str], deny: list[str], expected: dict[str, str]
) -> None:
    found = stances(made(tmp_path, {"permissions": {"allow": allow, "deny": deny}}))
    assert {name: found[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("allow", "deny", "executes"),
    [
        (["Shell(yarn)"], [], True),
        (["Shell(yarn *)"], [], True),
        (["Shell(curl:*)"], [], False),
        (["Shell(git status)"], [], False),
        (["Shell(npm test)"], ["Shell(npm)"], False),
        (["Shell(npm test)"], ["Shell(npm publish)"], True),
    ],
)
def test_a_command_is_what_its_program_can_do(
    tmp_path: Path, allow: list[str], deny: list[str], executes: bool
) -> None:
    assert runs(made(tmp_path, {"permissions": {"allow": allow, "deny": deny}})) is executes


def test_lists_of_the_editor_allow_too(tmp_path: Path) -> None:
    found = made(tmp_path, {"terminalAllowlist": ["npm test"], "mcpAllowlist": ["tracker:any*"]}, "permissions.json")
    assert runs(found)
    assert stances(found)["mcp:tracker.anything"] == "allow"


def test_without_rules_only_its_servers_are_there(tmp_path: Path) -> None:
    (found,) = import_files([written(tmp_path, {".cursor/mcp.json": json.dumps(SERVERS)})])
    assert all(name.startswith("mcp:") for name in stances(found))
