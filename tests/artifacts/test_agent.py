"""Narrowings as settings of agents, and a pull request that is taken back by one patch."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import pytest
from artifact_contract import ArtifactContract, imported
from ci.agents import SERVERS, SETTINGS, made
from click.testing import CliRunner, Result

from simkit.artifacts import ImportedSources, carried_out
from simkit.artifacts.agent_artifact import AGENT
from simkit.cli.commands import simkit
from simkit.narrowing import AddCondition, DropEntitlements, Holder
from simkit.scenario import load

CLAUDE = Holder("identity", "claude-code")
TOOLS = {
    "tools": [
        {"name": "get_ticket", "annotations": {"readOnlyHint": True}, "inputSchema": {}},
        {"name": "close_ticket", "inputSchema": {}},
    ]
}
RULES = """\
{
  // what the team has agreed on
  "permissions": {
    "allow": [
      "Bash(pytest:*)",
      "mcp__tracker__get_ticket",
    ],
\t"deny": ["WebSearch"]
  },
  "enabledMcpjsonServers": ["tracker", "notes"]
}
"""


class TestAgent(ArtifactContract):
    kind = AGENT
    sample: ClassVar[Mapping[str, str]] = {
        ".mcp.json": json.dumps(
            {"mcpServers": {"tracker": {"command": "acme-tracker"}, "notes": {"command": "acme-notes"}}}, indent=2
        ),
        SETTINGS: RULES,
        "tracker.tools.json": json.dumps(TOOLS),
        ".cursor/mcp.json": '{"mcpServers": {"tracker": {"command": "acme-tracker"}, "wiki": {"url": "https://x.io"}}}',
        ".codex/config.toml": 'sandbox_mode = "read-only"\n\n[mcp_servers.tracker]\ncommand = "acme-tracker"\n',
        ".gemini/settings.json": '{"mcpServers": {"tracker": {"command": "acme-tracker", "trust": true}}}',
    }


def artifact(narrowing: DropEntitlements | AddCondition, name: str) -> str:
    """The new text of the file `name`, in the working folder, for the claims of one narrowing."""
    scenario = load("scenario.yaml")
    found = carried_out(AGENT, scenario, ImportedSources.of(scenario, "agent"), [narrowing])
    assert found.is_whole
    return found.files[name][1]


def cli(*words: str) -> Result:
    return CliRunner().invoke(simkit, words)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, text in TestAgent.sample.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    imported(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("desk")
def test_only_the_line_that_says_it_changes_comments_and_tabs_stay() -> None:
    every = tuple((f"mcp:tracker.get_ticket{end}", on) for end, on in (("", "behind tracker"), (" (send)", "outside")))
    text = artifact(DropEntitlements(CLAUDE, every), SETTINGS)
    assert text == RULES.replace('["WebSearch"]', '["WebSearch", "mcp__tracker__get_ticket"]')


@pytest.mark.usefixtures("desk")
def test_a_command_that_was_allowed_is_asked_for_again() -> None:
    text = artifact(AddCondition(CLAUDE, ("claude-code.Bash pytest",), "approval"), SETTINGS)
    assert text == RULES.replace('"Bash(pytest:*)",\n      ', "")


@pytest.mark.usefixtures("desk")
def test_a_part_of_a_tool_cannot_be_said() -> None:
    scenario = load("scenario.yaml")
    half = DropEntitlements(CLAUDE, (("mcp:tracker.close_ticket (send)", "outside"),))
    found = carried_out(AGENT, scenario, ImportedSources.of(scenario, "agent"), [half])
    assert "whole tools" in found.unsaid[half]
    assert found.files == {}


@pytest.mark.usefixtures("desk")
def test_what_a_server_may_do_stands_elsewhere() -> None:
    scenario = load("scenario.yaml")
    drop = DropEntitlements(Holder("identity", "server tracker"), (("mcp:tracker.get_ticket", "behind tracker"),))
    found = carried_out(AGENT, scenario, ImportedSources.of(scenario, "agent"), [drop])
    assert "not in settings" in found.unsaid[drop]


def test_without_settings_they_are_a_new_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".mcp.json").write_text(json.dumps(SERVERS), "utf-8")
    scenario = imported(tmp_path)
    sources = ImportedSources.of(scenario, "agent")
    drop = next(e for e in AGENT.offers(scenario, sources) if "mcp:tracker" in e.name)
    found = carried_out(AGENT, scenario, sources, [drop])
    assert found.is_whole
    assert json.loads(found.files[SETTINGS][1]) == {"disabledMcpjsonServers": ["tracker"]}
    assert f"--- /dev/null\n+++ b/{SETTINGS}\n" in found.diff


@pytest.mark.parametrize("again", [False, True], ids=["not imported", "imported"])
def test_a_new_server_goes_red_and_the_patch_turns_it_green(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, again: bool
) -> None:
    """The end of issue 17: what a pull request added is taken back by a patch that `git apply` takes."""
    monkeypatch.chdir(tmp_path)
    made(tmp_path)
    subprocess.run(["git", "init", "--quiet"], check=True)
    before = (tmp_path / "imported" / "agent.yaml").read_text("utf-8")
    more = {"mcpServers": {**SERVERS["mcpServers"], "search": {"command": "npx", "args": ["-y", "search-mcp"]}}}
    (tmp_path / ".mcp.json").write_text(json.dumps(more), "utf-8")
    assert cli("import", ".", "--check").exit_code == 1
    if again:
        assert cli("import", ".").exit_code == 0
        assert cli("check", "scenario.yaml", "-b", "baseline.json", "--trials", "200").exit_code == 1
    words = ("narrow", "scenario.yaml", "--as", "agent", "--baseline", "baseline.json", "--trials", "50")
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    assert cli(*words, "--out", f"{elsewhere}/").exit_code == 0
    (written,) = [each for each in elsewhere.rglob("*") if each.is_file()]
    assert written == elsewhere / SETTINGS
    told = cli(*words)
    assert told.exit_code == 0, told.output
    assert "nobody may do more than before" in told.stderr
    assert told.stdout.startswith("# Drop mcp:search.anything")
    subprocess.run(["git", "apply"], check=True, input=told.stdout, text=True)
    assert written.read_bytes() == (tmp_path / SETTINGS).read_bytes()
    assert json.loads((tmp_path / SETTINGS).read_text("utf-8"))["disabledMcpjsonServers"] == ["search"]
    assert (tmp_path / "imported" / "agent.yaml").read_text("utf-8") == before
    assert cli("import", ".", "--check").exit_code == 0
    green = cli("check", "scenario.yaml", "-b", "baseline.json", "--trials", "200", "--fail-on-widen")
    assert green.exit_code == 0, green.output


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--as", "foo"), "no kind of artifact is called 'foo'"),
        (("--as", "kubernetes"), "was imported from kubernetes"),
        (("--baseline", "b.json"), "say which with --as"),
        (("--as", "agent", "--diff"), "leave out --candidates"),
        (("--as", "agent", "--baseline", "b.json", "--budget", "2"), "leave out what chooses"),
    ],
)
@pytest.mark.usefixtures("desk")
def test_what_cannot_be_asked_for_is_said_in_a_sentence(words: tuple[str, ...], says: str) -> None:
    told = cli("narrow", "scenario.yaml", *words)
    assert told.exit_code == 2
    assert says in " ".join(told.stderr.split())
