"""Above each answer stands, in one line, what the linter asks about the file and could change it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import click.testing
import pytest

Cli = Callable[..., click.testing.Result]
LINE = "1 warning in this file touches this answer: no-task (simkit validate {})\n"
TASK = "  reply: {identity: desk, needs: [crm.answer], reads: [tickets], rate: 40/d}\n"


@pytest.fixture
def forgetful(world: str) -> str:
    """The world of these tests without its only task."""
    text = Path(world).read_text("utf-8")
    assert TASK in text
    Path(world).write_text(text.replace(f"tasks:\n{TASK}", ""), "utf-8")
    return world


ABOUT_BOTH = (
    ["compare", "{}", "--trials", "20"],
    ["run", "{}", "--trials", "20", "--policy", "task-scoped"],
    ["reach", "{}", "--trials", "20", "--policy", "task-scoped"],
    ["rank", "{}", "--policy", "task-scoped"],
    ["paths", "{}", "--trials", "20", "--policy", "task-scoped"],
    ["ablate", "{}", "--trials", "20", "--to", "task-scoped"],
    ["narrow", "{}", "--trials", "20", "--policy", "task-scoped"],
    ["narrow", "{}", "--candidates", "--policy", "task-scoped"],
    ["evidence", "{}", "--trials", "20"],
    ["privilege", "{}", "--policy", "task-scoped"],
    ["study", "{}", "--trials", "20"],
)


@pytest.mark.parametrize("words", ABOUT_BOTH, ids=lambda words: " ".join(words[::2]))
def test_an_answer_about_task_scopes_begins_with_the_forgotten_task(cli: Cli, forgetful: str, words: list[str]) -> None:
    result = cli(*(word.format(forgetful) for word in words))
    assert result.exit_code in (0, 1), result.output
    assert result.stdout.startswith(LINE.format(forgetful)), result.stdout[:300]


def test_an_answer_that_it_does_not_touch_says_nothing_of_it(cli: Cli, forgetful: str) -> None:
    assert "warning" not in cli("run", forgetful, "--trials", "20").output
    assert "warning" not in cli("rank", forgetful).output


def test_a_sound_file_has_no_line(cli: Cli, world: str) -> None:
    assert "warning" not in cli("compare", world, "--trials", "20").output


def test_quiet_leaves_the_line_out(cli: Cli, forgetful: str) -> None:
    assert "warning" not in cli("compare", forgetful, "--trials", "20", "--quiet").output


def test_markdown_begins_with_the_line_and_json_has_the_warnings(cli: Cli, forgetful: str) -> None:
    asked = ["compare", forgetful, "--trials", "20", "--format"]
    assert cli(*asked, "markdown").stdout.startswith("1 warning in this file touches this answer: no-task")
    (found,) = json.loads(cli(*asked, "json").stdout)["warnings"]
    assert (found["code"], found["line"], found["where"]) == ("no-task", 6, ["identities", "desk"])


def test_what_is_no_page_of_an_answer_says_it_beside(cli: Cli, forgetful: str, tmp_path: Path) -> None:
    line = LINE.format(forgetful)
    assert line in cli("replay", forgetful, "--policy", "task-scoped").stderr
    assert line in cli("check", forgetful).stderr
    page = tmp_path / "report.html"
    short = LINE.format(Path(forgetful).name)
    assert short in cli("report", forgetful, "--quick", "--trials", "20", "--out", str(page)).stderr
    assert short.strip() in page.read_text("utf-8"), "the same page, whatever the folder"


def test_standard_input_has_a_name_and_no_command_to_type(cli: Cli, forgetful: str) -> None:
    text = Path(forgetful).read_text("utf-8")
    compared = cli("compare", "-", "--trials", "20", stdin=text).stdout
    assert compared.startswith("1 warning in this file touches this answer: no-task\n")
    assert "warning: <stdin>:6:3: desk is entitled and has no task" in cli("validate", "-", stdin=text).stderr
