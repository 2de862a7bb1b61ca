"""What git shows of `simkit narrow --write`: the lines that change, in the file where each thing stands."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from checks.worlds import DESK
from click.testing import CliRunner

from simkit.cli.commands import simkit

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
KEYS = DESK[DESK.index("credentials:\n") : DESK.index("roles:\n")]
ROLES = DESK[DESK.index("roles:\n") : DESK.index("tasks:\n")]


def git(*words: str) -> str:
    named = ("-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
    return subprocess.run(["git", *named, *words], check=True, capture_output=True, text=True).stdout


def repository(folder: Path, files: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The working folder, with `files` committed."""
    monkeypatch.chdir(folder)
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(text.encode())
    git("init", "--quiet")
    git("add", "--all")
    git("commit", "--quiet", "--message", "as it was")


def narrowed(file: str, *words: str) -> None:
    done = CliRunner().invoke(simkit, ("narrow", file, *words, "--write", file, "--trials", "20"))
    assert done.exit_code == 0, done.output


def changed() -> dict[str, list[str]]:
    """By file what `git diff` shows: the lines that went, and those that came."""
    found: dict[str, list[str]] = {}
    for line in git("diff", "--unified=0", "--no-color").splitlines():
        if line.startswith("+++ b/"):
            found[line.removeprefix("+++ b/")] = []
        elif found and line[:1] in ("+", "-") and not line.startswith("---"):
            found[next(reversed(found))].append(line)
    return found


def test_of_the_starter_only_the_changed_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (ROOT / "scenarios" / "starter.yaml").read_text("utf-8")
    repository(tmp_path, {"starter.yaml": text}, monkeypatch)
    narrowed("starter.yaml", "--goal", "payments-leaked", "--exact")
    assert changed() == {
        "starter.yaml": [
            "-    roles: [crm-backend]",
            "-    holds: [crm-key]            # somebody pasted a key into an article",
            "-      - {operation: crm.*}",
            "+      - {operation: crm.read_customer, targets: [customer-records]}",
            "+      - {operation: crm.update_customer}",
            "-    entitlements: [{operation: cloud.*}]",
            "+    entitlements: [{operation: cloud.deploy}, {operation: cloud.migrate_database}, "
            "{operation: cloud.delete_database}]",
        ]
    }


def test_of_a_world_of_several_files_the_lines_in_the_file_of_each_thing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows line ends, comments and numbers stay as they are; a file that says nothing of it is untouched."""
    rest = (
        DESK.replace(ROLES, "")
        .replace(KEYS, "")
        .replace("entry_points:\n", "entry_points:\n  robot: {compromise: robot}\n")
    )
    files = {
        "desk.yaml": f"include: [parts/roles.yaml, parts/keys.yaml]\n{rest}",
        "parts/roles.yaml": ROLES.replace("crm.read}", "crm.read}   # all cases").replace("\n", "\r\n"),
        "parts/keys.yaml": KEYS.replace("{identity: desk}", "{identity: desk,  ttl: 36h} # not 1.5d"),
    }
    repository(tmp_path, files, monkeypatch)
    narrowed("desk.yaml", "--budget", "2")
    assert changed() == {
        "desk.yaml": [
            "-  robot: {kind: service, entitlements: [{operation: crm.books}]}",
            "+  robot: {kind: service}",
        ],
        "parts/roles.yaml": ["-      - {operation: crm.read}   # all cases"],
    }
    assert (tmp_path / "parts" / "roles.yaml").read_bytes().count(b"\r\n") == 4
