"""The page on continuous integration: its examples are the files, and it says what happens."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click.testing
import pytest
from ci.runner import ACTION, ROOT
from test_docs import blocks, coded, rows

from simkit.cli.commands import simkit
from simkit.cli.group import BAD_INPUT, DOES_NOT_HOLD, FINE, INTERNAL
from simkit.cli.settings import CHECKING

PAGE = (ROOT / "docs" / "ci.md").read_text("utf-8")
EXAMPLES = sorted((ROOT / "examples" / "ci").iterdir())


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.name)
def test_examples_on_the_page_are_the_files(file: Path) -> None:
    shown = re.search(rf"`examples/ci/{re.escape(file.name)}`:\n\n```\w+\n(.*?)```", PAGE, re.S)
    assert shown, f"{file.name} is not on the page"
    assert shown[1] == file.read_text("utf-8")


def test_the_page_lists_every_input_of_the_action_with_its_default() -> None:
    shown = {coded(row[0])[0]: (coded(row[2]) or [""])[0] for row in rows(PAGE, "| input | is | default |"[:-1])}
    known = {name: str(one["default"]) for name, one in ACTION["inputs"].items()}
    told = {"paths": "pyproject.toml", "baseline": "pyproject.toml"}
    assert shown == known | told


def test_the_page_lists_every_exit_code() -> None:
    assert [int(row[0]) for row in rows(PAGE, "| exit code |")] == [FINE, DOES_NOT_HOLD, BAD_INPUT, INTERNAL]


def test_the_page_lists_every_format_with_its_ending() -> None:
    from simkit.cli.commands.check import FORMATS
    from simkit.cli.endings import ENDINGS

    shown = {coded(row[0])[0]: coded(row[1]) for row in rows(PAGE, "| format |")}
    assert set(shown) == set(FORMATS)
    assert {ending: name for name, endings in shown.items() for ending in endings} == {
        ending: name for ending, name in ENDINGS.items() if name in FORMATS
    }


def test_the_settings_on_the_page_are_settings() -> None:
    (text,) = blocks(PAGE, "toml")
    assert set(tomllib.loads(text)["tool"]["simkit"]["check"]) <= set(CHECKING)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with the starter scenario and its baseline, made by the commands of the page."""
    for inside in ("scenarios", "results"):
        (tmp_path / inside).mkdir()
    shutil.copy(ROOT / "scenarios" / "starter.yaml", tmp_path / "scenarios")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")
    commands = blocks(PAGE, "sh")[0]
    for command in commands.splitlines():
        assert asked(command).exit_code == 0
    return tmp_path


def asked(command: str) -> click.testing.Result:
    return click.testing.CliRunner().invoke(simkit, shlex.split(command)[1:])


def removed_and_added(diff: str) -> Iterator[str]:
    for sign in "-+":
        yield "\n".join(line[1:] for line in diff.splitlines() if line[0] in f" {sign}")


def test_the_change_on_the_page_is_found_as_it_says(project: Path) -> None:
    (diff,) = blocks(PAGE, "diff")
    before, after = removed_and_added(diff)
    file = project / "scenarios" / "starter.yaml"
    assert before in file.read_text("utf-8")
    file.write_text(file.read_text("utf-8").replace(before, after), "utf-8")
    (shown,) = blocks(PAGE, "console")
    command, _, answer = shown.partition("\n")
    done = asked(command.removeprefix("$ "))
    assert (done.exit_code, done.stdout.split()) == (DOES_NOT_HOLD, answer.split())


def test_the_tests_on_the_page_pass_and_fail_as_it_says(project: Path) -> None:
    text = (ROOT / "examples" / "ci" / "test_blast_radius.py").read_text("utf-8")
    (project / "test_blast_radius.py").write_text(text, "utf-8")
    (project / "test_tighter.py").write_text(text.replace("<= 0.10", "<= 0.05"), "utf-8")
    tests = ("test_blast_radius.py", "test_tighter.py::test_customers_are_safe")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "simkit", "-p", "no:cacheprovider", *tests]
    alone = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(command, cwd=project, env=alone, capture_output=True, text=True, check=False)
    assert "1 failed, 5 passed" in done.stdout, done.stdout + done.stderr
    (shown,) = blocks(PAGE, "text")
    assert shown in done.stdout, done.stdout
