"""Servers are started only when the user agrees, asked for their tools, and ended again."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click.testing
import pytest
from importer_contract import written

from simkit import InputError
from simkit.importers.agent.agent_settings import settings
from simkit.importers.agent.started_servers import ServerCommand, listed_tools, server_commands, tool_list
from simkit.importers.assembly import files_of
from simkit.importers.draft import Draft

Cli = Callable[..., click.testing.Result]
SERVER = Path(__file__).with_name("mcp_server.py")


def configured(folder: Path, *ways: str, **more: Any) -> dict[str, Any]:
    """The settings in `folder` of a server that behaves in such `ways`."""
    server = {"command": sys.executable, "args": [str(SERVER), *ways], **more}
    written(folder, {".mcp.json": json.dumps({"mcpServers": {"tracker": server}})})
    return server


def command(folder: Path, environment: dict[str, str] | None = None) -> ServerCommand:
    (found,) = server_commands(settings(files_of("agent", [folder]), Draft("agent")), environment or {})
    return found


def asked(folder: Path, *ways: str, patience: float = 30.0, **more: Any) -> list[str]:
    configured(folder, *ways, **more)
    return [each["name"] for each in listed_tools(command(folder, dict(os.environ)), os.environ, patience)]


@pytest.mark.parametrize("ways", [(), ("noisy",), ("pages",), ("stays",)])
def test_a_server_is_asked_for_all_of_its_tools(tmp_path: Path, ways: tuple[str, ...]) -> None:
    assert asked(tmp_path, *ways) == ["look", "drop"]


@pytest.mark.parametrize(
    ("ways", "says"),
    [
        (("silent",), "did not answer initialize in time"),
        (("dies",), "ended before it answered"),
        (("refuses",), "answers tools/list with an error"),
    ],
)
def test_one_that_does_not_answer_ends_in_a_sentence(tmp_path: Path, ways: tuple[str, ...], says: str) -> None:
    with pytest.raises(InputError, match=says) as caught:
        asked(tmp_path, *ways, patience=2.0)
    assert "canary" not in str(caught.value)


def test_one_that_cannot_be_started_ends_in_a_sentence(tmp_path: Path) -> None:
    written(tmp_path, {".mcp.json": '{"mcpServers": {"s": {"command": "/no/such/program", "args": ["sk-canary"]}}}'})
    with pytest.raises(InputError, match="cannot be started") as caught:
        listed_tools(command(tmp_path), {})
    assert "canary" not in str(caught.value)


def test_nothing_is_left_running(tmp_path: Path) -> None:
    left = tmp_path / "left"
    asked(tmp_path, "leaves", "stays", env={"LEFT": str(left)})
    number = int(left.read_text())
    deadline = time.monotonic() + 10
    while _runs(number) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _runs(number)


def _runs(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    return True


def test_it_gets_the_variables_that_it_names_and_few_others(tmp_path: Path) -> None:
    configured(tmp_path, env={"API_TOKEN": "${TOKEN}", "URL": "${URL:-http://x}/y", "PLAIN": "1"})
    found = command(tmp_path, {"TOKEN": "canary-token", "OTHER": "x"})
    assert found.variables == {"API_TOKEN": "canary-token", "URL": "http://x/y", "PLAIN": "1"}
    assert "canary" not in f"{found!r} {found.shown}"
    tools = listed_tools(command(tmp_path, {"TOKEN": "canary-token"}), os.environ)
    assert "canary-token" in json.dumps(tools), "the server tells its environment"
    assert "canary-token" not in tool_list(found, tools)


def test_a_variable_that_is_not_set_is_named_and_nothing_is_started(tmp_path: Path) -> None:
    configured(tmp_path, env={"API_TOKEN": "${TOKEN}"})
    with pytest.raises(InputError, match="needs TOKEN, which is not set"):
        listed_tools(command(tmp_path), os.environ)


def test_what_will_run_is_said_and_asked_about(tmp_path: Path, cli: Cli) -> None:
    configured(tmp_path, env={"API_TOKEN": "sk-canary-in-env"})
    told = cli("import", str(tmp_path), "-o", str(tmp_path / "imported"), "--list-tools")
    assert told.exit_code == 2
    assert f"tracker: {sys.executable} {SERVER} (with API_TOKEN), as " in told.stderr
    assert "nobody is there to be asked: say --yes" in told.stderr
    assert "canary" not in told.output
    assert not (tmp_path / "imported").exists()


def test_what_servers_answer_is_kept_and_read_by_later_imports(tmp_path: Path, cli: Cli) -> None:
    configured(tmp_path)
    out = str(tmp_path / "imported")
    first = cli("import", str(tmp_path / ".mcp.json"), "-o", out, "--list-tools", "--yes")
    assert first.exit_code == 0, first.output
    kept = json.loads((tmp_path / "imported" / "tools" / "tracker.tools.json").read_text("utf-8"))
    assert [each["name"] for each in kept["tracker"]["tools"]] == ["look", "drop"]
    assert "description" not in kept["tracker"]["tools"][0]
    for path in (".mcp.json", "."):
        assert cli("import", str(tmp_path / path), "-o", out, "--check").exit_code == 0
    assert "mcp:tracker.look (read)" not in (tmp_path / "imported" / "agent.yaml").read_text("utf-8")


def test_a_tool_that_a_server_has_got_is_named_by_the_check(tmp_path: Path, cli: Cli) -> None:
    """The settings are as they were: what is otherwise is what the server offers."""
    configured(tmp_path)
    out = tmp_path / "imported"
    assert cli("import", str(tmp_path), "-o", str(out), "--list-tools", "--yes").exit_code == 0
    lists = out / "tools" / "tracker.tools.json"
    kept = json.loads(lists.read_text("utf-8"))
    kept["tracker"]["tools"] = kept["tracker"]["tools"][:1]
    lists.write_text(json.dumps(kept), "utf-8")
    assert cli("import", str(tmp_path), "-o", str(out)).exit_code == 0
    told = cli("import", str(tmp_path), "-o", str(out), "--check", "--list-tools", "--yes")
    assert told.exit_code == 1
    said = " ".join(told.stdout.split())
    assert "appeared: tools: mcp:tracker: operation drop (imported/tools/tracker.tools.json:" in said
    assert json.loads(lists.read_text("utf-8")) == kept, "to check writes nothing"
