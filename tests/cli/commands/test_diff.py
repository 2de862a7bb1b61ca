"""`simkit diff`, as a user types it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import click.testing
import pytest
from checks.test_against_a_revision import git

Cli = Callable[..., click.testing.Result]


@pytest.fixture
def wider(world: str, tmp_path: Path) -> str:
    file = tmp_path / "wider.yaml"
    text = Path(world).read_text("utf-8").replace("kind: agent,", "kind: agent, entitlements: [{operation: crm.read}],")
    file.write_text(text.replace("cases: {value: {confidentiality: 10}}", "cases: {value: {confidentiality: 30}}"))
    return str(file)


def test_identical_files_are_said_to_be_so_in_one_sentence(cli: Cli, world: str, tmp_path: Path) -> None:
    twin = tmp_path / "twin.yaml"
    twin.write_bytes(Path(world).read_bytes())
    result = cli("diff", world, str(twin), "--exit-code")
    assert result.exit_code == 0
    assert " ".join(result.stdout.split()) == (
        f"{world} and {twin} say the same: nothing differs, comments, notes and layout aside."
    )


def test_a_change_is_told_with_its_line_and_its_answer(cli: Cli, world: str, wider: str) -> None:
    result = cli("diff", world, wider, "--trials", "50")
    assert result.exit_code == 0
    assert "entitlement crm.read of identity desk" in result.stdout
    assert "wider.yaml:6" in "".join(result.stdout.split())
    assert "What that changes in the answer" in result.stdout
    assert cli("diff", world, wider, "--no-answer", "--exit-code").exit_code == 1


def test_json_and_markdown_hold_the_same(cli: Cli, world: str, wider: str, tmp_path: Path) -> None:
    found = json.loads(cli("diff", world, wider, "--no-answer", "--format", "json").stdout)
    assert [each["how"] for each in found["result"]["alterations"]] == ["came", "changed"]
    out = tmp_path / "diff.md"
    assert cli("diff", world, wider, "--no-answer", "--out", str(out)).exit_code == 0
    assert "| came | entitlement crm.read of identity desk | more |" in out.read_text("utf-8")


def test_a_file_is_held_against_its_revision(cli: Cli, world: str, wider: str) -> None:
    folder = Path(world).parent
    git(folder, "init", "--quiet", "--initial-branch", "main")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message", "the desk")
    same = cli("diff", world, "--against", "main")
    assert (same.exit_code, "say the same" in same.stdout) == (0, True)
    there = Path(wider).read_text("utf-8")
    Path(wider).write_text(Path(world).read_text("utf-8"), "utf-8")
    went = cli("diff", wider, "--against", "main", "--no-answer", "--format", "json")
    found = json.loads(went.stdout)["result"]
    assert (found["before"], found["after"]) == ("main:wider.yaml", wider)
    assert [(each["how"], each["place"]) for each in found["alterations"]] == [
        ("went", "main:wider.yaml:6"),
        ("changed", f"{wider}:8"),
    ]
    Path(wider).write_text(there, "utf-8")
    new = folder / "new.yaml"
    new.write_text(there, "utf-8")
    gone = cli("diff", str(new), "--against", "main")
    assert (gone.exit_code, "was not there at main" in gone.stderr) == (2, True)


@pytest.mark.parametrize("words", [(), ("OTHER", "--against", "main")])
def test_there_is_one_other_side(cli: Cli, world: str, words: tuple[str, ...]) -> None:
    result = cli("diff", world, *(world if word == "OTHER" else word for word in words))
    assert result.exit_code == 2
    assert "a diff is between two scenarios" in result.stderr


def test_a_broken_side_and_a_folder_without_git_are_refused(cli: Cli, world: str, broken: str) -> None:
    result = cli("diff", world, broken)
    assert (result.exit_code, f"{broken}:3:1" in result.stderr) == (2, True)
    nothing = cli("diff", world, "--against", "main")
    assert (nothing.exit_code, "error:" in nothing.stderr) == (2, True)
