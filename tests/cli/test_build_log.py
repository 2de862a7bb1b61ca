"""Names in a file that a stranger sends give a build server no orders."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from cli.conftest import Cli
from help_desk import WORLD

NAMES = ("::stop-commands::now", "::error file=a::b", "##[error]c", "##vso[task.setvariable a=b]c", "##teamcity[a]")
"""Words that GitHub Actions, Azure Pipelines and TeamCity act on, at the start of a line or anywhere."""
COMMANDS = (re.compile(r"^\s*::", re.MULTILINE), re.compile(r"##\w*\["))
COLUMNS = ("40", "80", "120")
FEW = ("--trials", "20")
ASKED = (
    ("run", "s.yaml", *FEW),
    ("run", "s.yaml", *FEW, "--format", "markdown"),
    ("compare", "s.yaml", *FEW),
    ("paths", "s.yaml", *FEW),
    ("check", "s.yaml", *FEW),
    ("rank", "s.yaml"),
    ("graph", "s.yaml"),
    ("roles", "s.yaml"),
    ("privilege", "s.yaml"),
    ("narrow", "s.yaml", *FEW),
    ("narrow", "s.yaml", *FEW, "--budget", "1", "--diff"),
)


def hostile(name: str) -> str:
    """The help desk, in which a credential, an entry point, a goal and a role have this name."""
    named = WORLD.replace("leaked-key:", f"'{name}':").replace("desk-key", f"'{name}'")
    return (
        named.replace("cases-leaked:", f"'{name}':")
        .replace("roles: [desk]", f"roles: ['{name}']")
        .replace("roles:\n  desk:", f"roles:\n  '{name}':")
    )


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("words", ASKED)
def test_no_line_of_an_answer_is_a_command(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, words: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("s.yaml").write_text(hostile(name), "utf-8")
    for columns in COLUMNS:
        monkeypatch.setenv("COLUMNS", columns)
        answer = cli(*words)
        assert answer.exit_code in (0, 1), answer.stderr
        assert not [found for each in COMMANDS for found in each.findall(answer.stdout + answer.stderr)]


@pytest.mark.parametrize("name", NAMES)
def test_no_line_of_a_complaint_is_a_command(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("s.yaml").write_text(WORLD + f"'{name}': 1\n", "utf-8")
    answer = cli("validate", "s.yaml")
    assert answer.exit_code == 2
    assert not [found for each in COMMANDS for found in each.findall(answer.stdout + answer.stderr)]


def test_data_says_the_same_as_before(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("s.yaml").write_text(hostile("##[error]c"), "utf-8")
    answer = cli("rank", "s.yaml", "--format", "json")
    assert not COMMANDS[1].search(answer.stdout)
    assert "##[error]c" in {row["name"] for row in json.loads(answer.stdout)["result"]["rows"]}
