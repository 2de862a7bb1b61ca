"""`simkit validate` names every mistake, and warns."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import click.testing

Cli = Callable[..., click.testing.Result]


def test_a_sound_file_is_said_to_be_sound(cli: Cli, world: str) -> None:
    result = cli("validate", world)
    assert result.exit_code == 0
    assert result.stdout == (
        f"{world}: help-desk is sound: 1 identity, 2 resources, 1 tool, 1 credential, 1 task, 2 entry points, 1 goal\n"
    )
    assert cli("validate", "--quiet", world).stdout == ""


def test_a_broken_file_among_sound_ones_ends_with_2_and_all_are_checked(cli: Cli, world: str, broken: str) -> None:
    result = cli("validate", broken, world)
    assert result.exit_code == 2
    assert "help-desk is sound" in result.stdout
    assert f"error: {broken}:3:1: " in result.stderr


def test_mistakes_in_json_have_line_column_and_path(cli: Cli, world: str, broken: str) -> None:
    result = cli("validate", "--format", "json", world, broken)
    assert result.exit_code == 2
    sound, wrong = json.loads(result.stdout)["files"]
    assert (sound["valid"], sound["problems"], wrong["valid"]) == (True, [], False)
    places = {(problem["line"], tuple(problem["where"])) for problem in wrong["problems"]}
    assert (3, ("surprise",)) in places
    assert (5, ("identities", "desk", "kind")) in places


def test_a_missing_file_is_a_problem_in_json_too(cli: Cli, tmp_path: Path) -> None:
    result = cli("validate", "--format", "json", str(tmp_path / "nothing.yaml"))
    assert result.exit_code == 2
    (found,) = json.loads(result.stdout)["files"]
    assert "no file is called" in found["problems"][0]["message"]


def test_warnings_are_notes_unless_strict(cli: Cli, world: str) -> None:
    text = Path(world).read_text("utf-8").replace("operation: crm.*", "operation: crm.read")
    Path(world).write_text(text, "utf-8")
    assert cli("validate", world).exit_code == 0
    strict = cli("validate", "--strict", world)
    assert strict.exit_code == 1
    assert "warning:" in strict.stderr
    assert "task reply needs crm.answer, which desk is not entitled to" in strict.stderr
    assert json.loads(cli("validate", "--format", "json", world).stdout)["files"][0]["warnings"]


def test_validate_reads_standard_input_and_names_it(cli: Cli, broken: str) -> None:
    result = cli("validate", "-", stdin=Path(broken).read_text("utf-8"))
    assert result.exit_code == 2
    assert "error: <stdin>:3:1: " in result.stderr


def test_a_file_that_is_named_twice_is_checked_once(cli: Cli, world: str) -> None:
    assert cli("validate", world, world).stdout.count(" is sound") == 1
    twice = cli("validate", "-", "-", stdin=Path(world).read_text("utf-8"))
    assert (twice.exit_code, twice.stdout.count(" is sound")) == (0, 1)


def test_quiet_does_not_hide_what_goes_to_a_file(cli: Cli, world: str, tmp_path: Path) -> None:
    out = tmp_path / "sound.txt"
    assert cli("validate", world, "--quiet", "--out", str(out)).output == ""
    assert " is sound: " in out.read_text("utf-8")


def test_a_folder_stands_for_the_scenarios_in_it(cli: Cli, world: str, tmp_path: Path) -> None:
    (tmp_path / "other.yaml").write_text("key: value\n", "utf-8")
    result = cli("validate", str(tmp_path))
    assert (result.exit_code, result.stdout.count(" is sound")) == (0, 1)
    assert cli("validate", str(tmp_path), world).stdout.count(" is sound") == 1
    empty = tmp_path / "empty"
    empty.mkdir()
    assert cli("validate", str(empty)).exit_code == 2


def test_markdown_has_a_row_for_each_mistake_and_each_warning(cli: Cli, world: str, broken: str) -> None:
    said = Path(world).read_text("utf-8").replace("{identity: desk}", "{identity: desk, session: {on_revoke: ends}}")
    Path(world).write_text(said, "utf-8")
    assert "|" not in cli("validate", "--format", "markdown", world).stdout
    Path(world).write_text(said.replace("{identity: desk, session", "{identity: desk, ttl: 100ms, session"), "utf-8")
    result = cli("validate", "--format", "markdown", world, broken)
    assert result.exit_code == 2
    assert re.search(rf"{re.escape(world)}:\d+:\d+ *\| *short-life *\|", result.stdout)
    assert re.search(rf"{re.escape(broken)}:3:1 *\| *mistake *\|", result.stdout)


def test_shipped_scenarios_have_no_warning_that_they_do_not_answer(cli: Cli) -> None:
    result = cli("validate", "--strict", str(Path(__file__).parents[3] / "scenarios"))
    assert result.exit_code == 0, result.stderr


def test_a_folder_is_counted_and_each_mistake_told_once(cli: Cli, world: str, tmp_path: Path) -> None:
    """Two of three scenarios include the same part, which is wrong in one place."""
    folder = tmp_path / "folder"
    folder.mkdir()
    text = Path(world).read_text("utf-8")
    roles = "roles:\n  desk: {entitlements: [{operation: crm.*}]}\n"
    assert roles in text
    (folder / "sound.yaml").write_text(text, "utf-8")
    (folder / "roles.yaml").write_text(roles.replace("{operation: crm.*}", "5"), "utf-8")
    for name in ("one", "two"):
        (folder / f"{name}.yaml").write_text(text.replace(roles, "include: [roles.yaml]\n"), "utf-8")
    result = cli("validate", str(folder))
    assert (result.exit_code, result.stderr.count("roles.yaml:2:")) == (2, 1)
    assert result.stdout.endswith("\n3 files: 1 sound, 2 with 1 mistake; 1 warning.\n")
    found = json.loads(cli("validate", str(folder), "--format", "json").stdout)
    assert found["summary"] == "3 files: 1 sound, 2 with 1 mistake; 1 warning."
    assert [each["valid"] for each in found["files"]] == [False, True, False]
    assert [len(each["problems"]) for each in found["files"]] == [1, 0, 1]
    page = cli("validate", str(folder), "--format", "markdown").stdout
    assert page.count("roles.yaml:2:") == 1


def test_a_sound_folder_of_one_is_counted_too(cli: Cli, world: str) -> None:
    assert cli("validate", str(Path(world).parent)).stdout.endswith("\n1 file: 1 sound; 1 warning.\n")
    assert "1 file" not in cli("validate", world).stdout
