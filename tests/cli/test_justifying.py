"""ablate, privilege, evidence and study, as a user types them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli.conftest import Cli


def answer(result) -> dict:  # type: ignore[no-untyped-def, type-arg]
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)["result"]


def test_ablate_attributes_the_whole_to_the_dials(cli: Cli, world: str) -> None:
    found = answer(cli("ablate", world, "-n", "20", "--to", "task-scoped", "--format", "json"))
    assert [found["from"], found["to"]] == ["rbac", "task-scoped"]
    parts = sum(part["shapley"]["estimate"] for part in found["dials"])
    assert parts == pytest.approx(found["whole"]["estimate"])


def test_ablate_shows_every_combination_if_asked(cli: Cli, world: str) -> None:
    words = ("ablate", world, "-n", "5", "--to", "task-scoped", "--entry-point", "leaked-key")
    assert "every combination" not in cli(*words).stdout
    assert "every combination" in cli(*words, "--every").stdout


def test_ablate_says_which_entry_point_it_took(cli: Cli, world: str) -> None:
    result = cli("ablate", world, "-n", "5")
    assert "note: through leaked-key, the first entry point" in result.stderr


def test_ablate_refuses_two_policies_alike(cli: Cli, world: str) -> None:
    result = cli("ablate", world, "--to", "rbac")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "have the same dials" in result.stderr


def test_privilege_counts_what_no_task_needs(cli: Cli, world: str) -> None:
    found = answer(cli("privilege", world, "--format", "json"))
    assert {grant["operation"]: grant["unneeded"] for grant in found["grants"]} == {
        "crm.read": True,
        "crm.answer": False,
    }
    assert found["window"]["confidence"] == "none"


def test_evidence_can_be_of_some_frameworks(cli: Cli, world: str) -> None:
    words = ("evidence", world, "-n", "5", "--frameworks", "NIST CSF, CSA MAESTRO", "--format", "json")
    controls = answer(cli(*words))["controls"]
    assert {control["framework"] for control in controls} == {"NIST CSF", "CSA MAESTRO"}
    assert cli("evidence", world, "--frameworks", "ISO").exit_code == 2


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


def test_more_trials_than_the_memory_holds_end_with_2(cli: Cli, world: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr("simkit.engines.replay.replay", full)
    for command in ("ablate", "evidence", "study"):
        result = cli(command, world, "--quiet")
        assert (result.exit_code, result.stdout) == (2, "")
        assert "1,000 trials of " in result.stderr
        assert "take more memory than there is: ask for fewer" in result.stderr


def test_study_names_every_broken_file(cli: Cli, world: str, broken: str, tmp_path: Path) -> None:
    (tmp_path / "empty.yaml").write_text("", "utf-8")
    result = cli("study", world, broken, str(tmp_path / "empty.yaml"))
    assert (result.exit_code, result.stdout) == (2, "")
    assert "broken.yaml:3:1: " in result.stderr
    assert "empty.yaml:1:1: the file is empty" in result.stderr
