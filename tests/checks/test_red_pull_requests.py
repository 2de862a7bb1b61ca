"""A pull request that makes an imported repository worse is red, at the line that it changed; from files to reports.

The repository is that of the importers' first answer: with two of its servers, and in the slow suite with all six.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import pytest
from checks.test_formats import JUNIT, SARIF
from click.testing import CliRunner, Result
from shop_repository import SERVERS, shop

from simkit.cli.commands import simkit

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
PROMISES = """\
policy: held
policies: {held: {extends: rbac, response: automatic}}
response:
  detection:
    any: {chance: 0.9, delay: 1m}
  delay: 210s
expect:
  code-stays: {measure: code changed, at_most: 90%, entry_point: poisoned page}
  files-stay: {measure: files of the user out, at_most: 95%, entry_point: poisoned page}
"""
CHECK = ("check", "scenario.yaml", "--baseline", "baseline.json")
Folder = Callable[[], Path]


@dataclass(frozen=True)
class Change:
    """`old` becomes `new` in `file`; the findings are of `kind`, and one stands where `place` is in the file then."""

    file: str
    old: str
    new: str
    kind: str
    place: str
    imported: bool = True


CHANGES = {
    "a deleted expectation": Change(
        "scenario.yaml", PROMISES.splitlines(keepends=True)[-1], "", "disarmed", "expect:", imported=False
    ),
    "a lowered chance in an imported part": Change(
        "imported/agent.yaml",
        '"claude-code": {"kind": "agent", "susceptibility": 0.5',
        '"claude-code": {"kind": "agent", "susceptibility": 0.01',
        "disarmed",
        '"susceptibility": 0.01',
        imported=False,
    ),
    "a chance that flatters the response": Change(
        "scenario.yaml", "chance: 0.9", "chance: 0.99", "disarmed", "chance: 0.99", imported=False
    ),
    "a new MCP server": Change(
        ".mcp.json",
        '  "mcpServers": {\n',
        '  "mcpServers": {\n    "search": {"command": "npx", "args": ["-y", "search-mcp"]},\n',
        "growth",
        '"search"',
    ),
    "a new permission of a workflow": Change(
        ".github/workflows/ci.yml", "{contents: read}", "{contents: write}", "growth", "contents: write"
    ),
    "a saturated attack that is widened": Change(
        "deploy/operator.yaml", "pods/exec], verbs", "pods/exec, configmaps], verbs", "exposed", "rules:"
    ),
    "a slower response": Change("scenario.yaml", "delay: 210s", "delay: 30d", "growth", "delay: 30d", imported=False),
}


def cli(*words: str) -> Result:
    return CliRunner().invoke(simkit, words)


def git(*words: str) -> str:
    named = ("-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
    return subprocess.run(["git", *named, *words], check=True, capture_output=True, text=True).stdout


@pytest.fixture(
    scope="module",
    params=[("git", "slack"), pytest.param(tuple(SERVERS), marks=pytest.mark.slow)],
    ids=["two servers", "six servers"],
)
def green(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository, imported, with promises and a baseline, and green."""
    folder = shop(tmp_path_factory.mktemp("green"), request.param)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert cli("import", ".").exit_code == 0
        parts = (folder / "imported" / "scenario.yaml").read_text("utf-8").replace('["', '["imported/')
        own = parts.replace(', "', ', "imported/').replace('name: "imported"', "name: shop")
        (folder / "scenario.yaml").write_text(own + PROMISES, "utf-8")
        made = cli(*CHECK, "--update", "--trials", "100")
        assert made.exit_code == 0, made.output
        held = cli(*CHECK, "--fail-on-widen")
        assert held.exit_code == 0, held.output
        assert cli("import", ".", "--check").exit_code == 0
        git("init", "--quiet")
        git("add", "--all")
        git("commit", "--quiet", "--message", "all is well")
    return folder


@pytest.fixture
def copied(green: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working copy, which is the working folder; the terminal is wide, so that no place is folded."""
    monkeypatch.setenv("COLUMNS", "250")
    shutil.copytree(green, tmp_path / "shop")
    monkeypatch.chdir(tmp_path / "shop")
    return tmp_path / "shop"


def made(change: Change) -> int:
    """Make the change, import again where that is due, and say in which line `place` stands now."""
    path = Path(change.file)
    text = path.read_text("utf-8")
    assert text.count(change.old) == 1
    path.write_text(text.replace(change.old, change.new), "utf-8")
    if change.imported:
        assert cli("import", ".", "--check").exit_code == 1, "what is imported is old"
        assert cli("import", ".").exit_code == 0
    lines = path.read_text("utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if change.place in line)


def results(text: str) -> list[dict[str, Any]]:
    log = json.loads(text)
    SARIF.validate(log)
    found: list[dict[str, Any]] = log["runs"][0]["results"]
    return found


def spot(result: dict[str, Any]) -> tuple[str, int]:
    (location,) = result["locations"]
    place = location["physicalLocation"]
    return place["artifactLocation"]["uri"], place["region"]["startLine"]


@pytest.mark.usefixtures("copied")
@pytest.mark.parametrize("name", CHANGES)
def test_it_is_red_at_the_line_of_the_change_in_every_report(name: str) -> None:
    change = CHANGES[name]
    line = made(change)
    outs = [word for kind in ("text", "sarif", "junit") for word in ("--format", kind)]
    outs += ["--out", "-", "--out", "o.sarif", "--out", "o.xml"]
    told = cli(*CHECK, *outs)
    assert told.exit_code == 1, told.output
    found = results(Path("o.sarif").read_text("utf-8"))
    assert {spot(each) for each in found} == {(change.file, line)}, [each["message"]["text"] for each in found]
    assert change.kind in {each["properties"]["kind"] for each in found}
    said = re.sub(r"\s+", " ", told.stdout)
    assert f"{change.file}:{line}" in said, told.stdout
    document = Xml.fromstring(Path("o.xml").read_text("utf-8"))
    JUNIT.validate(Xml.ElementTree(document))
    assert document.findall(".//failure")


@pytest.mark.usefixtures("copied")
def test_the_patch_of_narrow_turns_a_new_server_green() -> None:
    made(CHANGES["a new MCP server"])
    assert cli(*CHECK, "--fail-on-widen").exit_code == 1
    told = cli("narrow", "scenario.yaml", "--as", "agent", "--baseline", "baseline.json", "--trials", "50")
    assert told.exit_code == 0, told.output
    subprocess.run(["git", "apply"], check=True, input=told.stdout, text=True)
    green = cli(*CHECK, "--fail-on-widen")
    assert green.exit_code == 0, green.output
    assert cli("import", ".", "--check").exit_code == 0
    assert "search" in git("diff", "--unified=0", ".claude/settings.json")
