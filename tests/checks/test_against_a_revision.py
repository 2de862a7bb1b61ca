"""A git revision in place of a stored baseline."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from checks.worlds import DESK, desk, grown

from simkit.checks import check
from simkit.errors import InputError, QuestionError

FEW: dict[str, Any] = {"trials": 100}


def git(folder: Path, *words: str) -> None:
    names = {"GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.org"}
    names |= {key.replace("AUTHOR", "COMMITTER"): value for key, value in names.items()}
    subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True, env={**os.environ, **names})


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with the help desk on `main`, and a branch of it checked out."""
    (tmp_path / "scenarios").mkdir()
    desk(tmp_path / "scenarios")
    git(tmp_path, "init", "--quiet", "--initial-branch", "main")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message", "the desk")
    git(tmp_path, "checkout", "--quiet", "-b", "change")
    return tmp_path


def test_what_grew_since_the_branch_was_left_is_told(repository: Path) -> None:
    file = desk(repository / "scenarios")
    assert not check(file, against="main", **FEW).failed
    desk(repository / "scenarios", grown())
    report = check(file, against="main", **FEW)
    assert report.failed
    assert {"books-leaked", "value-lost"} <= {change.measure for change in report.growth}
    assert report.summary.endswith(" measures grew since main.")


def test_what_others_changed_since_is_no_change_of_ours(repository: Path) -> None:
    git(repository, "checkout", "--quiet", "main")
    desk(repository / "scenarios", DESK.replace("confidentiality: 30", "confidentiality: 1"))
    git(repository, "commit", "--quiet", "--all", "--message", "the ledger is worth less")
    git(repository, "checkout", "--quiet", "change")
    report = check(str(repository / "scenarios" / "desk.yaml"), against="main", **FEW)
    assert (report.failed, report.growth) == (False, [])


def test_a_scenario_that_is_deleted_or_disarmed_is_red(repository: Path) -> None:
    other = desk(repository / "scenarios", DESK, "other.yaml")
    git(repository, "add", ".")
    git(repository, "commit", "--quiet", "--message", "another")
    git(repository, "branch", "both")
    os.remove(repository / "scenarios" / "desk.yaml")
    desk(repository / "scenarios", DESK[: DESK.index("expect:")], "other.yaml")
    report = check(other, against="both", **FEW)
    gone = str(repository / "scenarios" / "desk.yaml")
    assert report.disarmed == ["expectation books-stay-closed is gone", f"scenario {gone} is gone"]


def test_a_new_scenario_is_only_judged(repository: Path) -> None:
    new = desk(repository / "scenarios", DESK, "new.yaml")
    report = check(new, against="main", **FEW)
    assert (report.failed, report.checks[0].compared) == (False, 0)


def test_parts_are_read_as_they_were(repository: Path) -> None:
    folder = repository / "scenarios"
    role = "roles:\n  desk:\n    entitlements:\n      - {operation: crm.read}\n      - {operation: crm.answer}\n"
    assert role in DESK
    desk(folder, role, "roles.yaml")
    file = desk(folder, DESK.replace(role, "include: [roles.yaml]\n"))
    git(repository, "add", ".")
    git(repository, "commit", "--quiet", "--message", "split")
    git(repository, "branch", "split")
    desk(folder, role + "      - {operation: crm.books}\n", "roles.yaml")
    assert check(file, against="split", **FEW).failed


def test_nothing_of_the_repository_is_touched(repository: Path) -> None:
    before = sorted((path, path.stat().st_mtime_ns) for path in repository.rglob("*"))
    check(str(repository / "scenarios" / "desk.yaml"), against="main", **FEW)
    assert sorted((path, path.stat().st_mtime_ns) for path in repository.rglob("*")) == before


def test_an_unknown_revision_is_refused_with_the_mend(
    repository: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = str(repository / "scenarios" / "desk.yaml")
    with pytest.raises(QuestionError, match=r"git knows no revision 'origin/main' in .*: fetch it"):
        check(file, against="origin/main", **FEW)
    with pytest.raises(QuestionError, match="git knows no revision '--all'"):
        check(file, against="--all", **FEW)
    with pytest.raises(QuestionError, match="a baseline and a revision are two things"):
        check(file, against="main", baseline="b.json", **FEW)
    outside = desk(tmp_path_factory.mktemp("outside"))
    with pytest.raises(InputError, match=r"git says of .*: fatal: not a git repository"):
        check(outside, against="main", **FEW)
