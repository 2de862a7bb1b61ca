"""`simkit study`, as a user types it."""

from __future__ import annotations

import json
from pathlib import Path

from cli.conftest import Cli


def answer(result) -> dict:  # type: ignore[no-untyped-def, type-arg]
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)["result"]


def test_study_takes_files_and_folders(cli: Cli, world: str, tmp_path: Path) -> None:
    (Path(world).parent / "values.yaml").write_bytes(b"image: caf\xe9\n")  # no scenario, and not even UTF-8
    found = answer(cli("study", str(Path(world).parent), world, "-n", "5", "--format", "json"))
    assert len(found["rows"]) == 2, "two entry points; a file that is named twice counts once"
    out = tmp_path / "study.md"
    assert cli("study", world, "-n", "5", "-o", str(out)).exit_code == 0
    assert "where task-scoped does not help" in out.read_text("utf-8")


def test_study_of_nothing_is_bad_usage(cli: Cli, tmp_path: Path) -> None:
    assert cli("study").exit_code == 2
    empty = cli("study", str(tmp_path))
    assert empty.exit_code == 2
    assert "holds no scenario" in empty.stderr


def test_study_names_every_broken_file(cli: Cli, world: str, broken: str, tmp_path: Path) -> None:
    (tmp_path / "empty.yaml").write_text("", "utf-8")
    result = cli("study", world, broken, str(tmp_path / "empty.yaml"))
    assert (result.exit_code, result.stdout) == (2, "")
    assert "broken.yaml:3:1: " in result.stderr
    assert "empty.yaml:1:1: the file is empty" in result.stderr


def test_a_study_of_what_if_names_the_change(cli: Cli, world: str) -> None:
    found = answer(cli("study", world, "-n", "5", "--set", "response.miss_rate=0.3", "--format", "json"))
    assert {row["scenario"] for row in found["rows"]} == {"help-desk (response.miss_rate=0.3)"}
