"""The figures of a scenario at each commit that touched it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from checks.test_against_a_revision import git
from checks.worlds import DESK, desk
from history.past import commit, repository

from simkit.errors import InputError, QuestionError
from simkit.history import Trend, past_figures, trend
from simkit.simulation import simulate

FEW: dict[str, Any] = {"trials": 50}


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> str:
    return repository(tmp_path_factory.mktemp("past"))


def subjects(found: Trend) -> list[str]:
    return [each.subject for each in found.points]


def test_each_commit_that_touched_the_file_or_its_parts_is_a_point(file: str) -> None:
    found = trend(file, **FEW)
    assert subjects(found) == [
        "the desk",
        "cases are worth more",
        "the role stands alone",
        "the desk reads the books",
        "a comment",
    ]
    assert [each.subject for each in found.skipped] == ["a slip"]
    assert found.skipped[0].why.startswith("desk.yaml:5:16: ")
    assert "Of its commits 1 skipped, as its scenario cannot be read." in found.summary


def test_the_figures_are_those_of_the_scenario_then(file: str) -> None:
    found = trend(file, **FEW)
    key = ("(in force)", "leaked-key")
    lost = [each.figures[key].value_lost.estimate for each in found.points]
    assert lost[:3] == [10, 20, 10]
    assert 10 < lost[3] == lost[4] < 40
    assert [each.figures[key].worst_case for each in found.points] == [10, 20, 10, 40, 40]
    assert [each.figures[key].goals["books-leaked"].estimate > 0 for each in found.points] == [False] * 3 + [True] * 2


def test_the_grants_that_stand_are_those_of_sessions_that_are_always_there(file: str) -> None:
    """Two of the desk and one of the robot, then one more; under jit nothing of the desk stands between its tasks."""
    assert [each.standing for each in trend(file, **FEW).points] == [3, 3, 3, 4, 4]


def test_what_says_the_same_is_replayed_once(file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def counted(scenario: Any, *words: Any, **more: Any) -> Any:
        asked.append(scenario.digest)
        return simulate(scenario, *words, **more)

    monkeypatch.setattr(past_figures, "simulate", counted)
    assert len(trend(file, **FEW).points) == 5
    assert len(asked) == 3 * 2  # three worlds that differ, through two entry points


def test_the_last_ones_or_those_since(file: str) -> None:
    found = trend(file, last=2, **FEW)
    assert (subjects(found), found.older) == (["the desk reads the books", "a comment"], 4)
    since = trend(file, since="HEAD~2", **FEW)
    assert subjects(since) == ["the desk reads the books", "a comment"]
    assert subjects(trend(file, since="HEAD~3", last=1, **FEW)) == ["a comment"]
    assert subjects(trend(file, since="HEAD", **FEW)) == ["a comment"]


def test_what_is_not_committed_comes_last(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--initial-branch", "main")
    file = desk(tmp_path)
    commit(tmp_path, "the desk")
    assert [each.name for each in trend(file, **FEW).points] == [trend(file, **FEW).points[0].commit[:8]]
    desk(tmp_path, DESK.replace("confidentiality: 10", "confidentiality: 15"))
    last = trend(file, **FEW).points[-1]
    assert (last.name, last.day, last.figures["(in force)", "leaked-key"].worst_case) == ("not committed", "now", 15)


def test_what_is_not_committed_is_no_commit(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--initial-branch", "main")
    file = desk(tmp_path)
    commit(tmp_path, "the desk")
    desk(tmp_path, DESK.replace("confidentiality: 10", "confidentiality: 15"))
    assert f"{file} at 1 commit and as it is now, " in trend(file, **FEW).summary
    git(tmp_path, "rm", "--quiet", "--cached", "desk.yaml")
    git(tmp_path, "commit", "--quiet", "--amend", "--allow-empty", "--message", "nothing")
    assert trend(file, **FEW).summary.startswith(f"{file} as it is now: through ")


def test_a_file_that_is_broken_now_still_has_its_past(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--initial-branch", "main")
    file = desk(tmp_path)
    commit(tmp_path, "the desk")
    desk(tmp_path, DESK.replace("kind: agent", "kind: agnet"))
    found = trend(file, **FEW)
    assert (subjects(found), [(each.commit, each.there) for each in found.skipped]) == (["the desk"], [("", True)])
    assert ":5:16: " in found.skipped[0].why
    assert found.summary.endswith("As it is now it cannot be read.")
    assert found.skipped_table().rows[0][:2] == ("not committed", "now")
    commit(tmp_path, "a slip")
    slip = trend(file, **FEW)
    assert ([each.subject for each in slip.skipped], subjects(slip)) == (["a slip"], ["the desk"])
    assert slip.summary.endswith("Of its commits 1 skipped, as its scenario cannot be read.")


def test_a_file_that_is_gone_is_not_one_that_cannot_be_read(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--initial-branch", "main")
    file = desk(tmp_path)
    commit(tmp_path, "the desk")
    Path(file).unlink()
    gone = trend(file, **FEW)
    assert (gone.summary.endswith("As it is now it is not there."), subjects(gone)) == (True, ["the desk"])
    commit(tmp_path, "no desk")
    desk(tmp_path)
    commit(tmp_path, "a desk again")
    found = trend(file, **FEW)
    assert [(each.subject, each.why, each.there) for each in found.skipped] == [
        ("no desk", "the file was not there", False)
    ]
    assert found.summary.endswith("Of its commits 1 without the file.")


def test_a_folder_that_came_and_went_is_read_where_it_was(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--initial-branch", "main")
    (tmp_path / "worlds").mkdir()
    file = desk(tmp_path / "worlds")
    commit(tmp_path, "the desk")
    Path(file).unlink()
    (tmp_path / "other.txt").write_text("something", "utf-8")
    commit(tmp_path, "another file")
    found = trend(file, **FEW)
    assert (subjects(found), [each.there for each in found.skipped]) == (["the desk"], [False])


def test_a_name_with_brackets_and_other_letters_is_that_name(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--initial-branch", "main")
    file = desk(tmp_path, DESK, "wörld [1].yaml")
    desk(tmp_path, DESK, "wörld 1.yaml")
    commit(tmp_path, "two files")
    desk(tmp_path, DESK.replace("confidentiality: 10", "confidentiality: 15"), "wörld 1.yaml")
    commit(tmp_path, "the other file")
    assert subjects(trend(file, **FEW)) == ["two files"]


def test_a_file_that_was_never_committed_has_one_point(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--initial-branch", "main")
    commit(tmp_path, "nothing yet")
    found = trend(desk(tmp_path), **FEW)
    assert [each.name for each in found.points] == ["not committed"]


def test_an_attack_that_a_commit_lacks_has_no_figures_there(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--initial-branch", "main")
    file = desk(tmp_path, DESK.replace("  poisoned-ticket: {poison: tickets}\n", ""))
    commit(tmp_path, "one attack")
    desk(tmp_path)
    commit(tmp_path, "two attacks")
    found = trend(file, **FEW)
    assert [len(each.figures) for each in found.points] == [1, 2]
    assert [row[3] for row in found.table().rows] == [None, 10.0]
    only = trend(file, entry_points="poisoned-ticket", policies=["rbac", "jit"], **FEW)
    assert [sorted(each.figures) for each in only.points] == [
        [],
        [("jit", "poisoned-ticket"), ("rbac", "poisoned-ticket")],
    ]


def test_an_attack_that_is_gone_is_not_all_that_there_is(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--initial-branch", "main")
    file = desk(tmp_path)
    commit(tmp_path, "two attacks")
    desk(tmp_path, DESK.replace("  poisoned-ticket: {poison: tickets}\n", ""))
    commit(tmp_path, "one attack")
    found = trend(file, entry_points="poisoned-ticket", **FEW)
    assert ": no attack that is asked about is left. " in f"{found.summary} "


def test_a_shallow_clone_is_said(file: str, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", "--depth", "1", Path(file).parent.as_uri(), "clone")
    found = trend(tmp_path / "clone" / "desk.yaml", **FEW)
    assert subjects(found) == ["a comment"]
    assert found.summary.endswith("The clone is shallow: what was before its first commit is not known.")
    assert (found.to_dict()["shallow"], trend(file, last=1, **FEW).shallow) == (True, False)


def test_what_cannot_be_asked_is_refused(file: str, tmp_path: Path) -> None:
    with pytest.raises(QuestionError, match="no revision 'nowhere'"):
        trend(file, since="nowhere", **FEW)
    with pytest.raises(QuestionError, match="no commit has entry point 'nobody'"):
        trend(file, entry_points="nobody", **FEW)
    with pytest.raises(QuestionError, match="no commit has policy 'nothing'"):
        trend(file, policies="nothing", **FEW)
    with pytest.raises(QuestionError, match="0 commits are none"):
        trend(file, last=0)
    with pytest.raises(InputError, match="git says"):
        trend(desk(tmp_path), **FEW)
    git(tmp_path, "init", "--quiet", "--initial-branch", "main")
    with pytest.raises(InputError, match="does not have any commits yet"):
        trend(desk(tmp_path), **FEW)
    commit(tmp_path, "nothing")
    with pytest.raises(InputError, match="nowhere"):
        trend(tmp_path / "nowhere.yaml", **FEW)


def test_the_tables_have_a_row_for_each_commit(file: str) -> None:
    found = trend(file, **FEW)
    figures, goals, skipped = found.tables()
    assert figures.columns == (
        "commit", "day", "lost: leaked-key", "lost: poisoned-ticket", "first loss", "standing grants", "change",
    )  # fmt: skip
    assert (len(figures.rows), len(goals.rows), len(skipped.rows)) == (5, 5, 1)
    assert goals.columns == ("commit", "cases-leaked", "books-leaked")
    tidy = found.figures_table()
    assert len(tidy.rows) == 10
    assert tidy.rows[0][2:8] == ("the desk", 3, "rbac", "leaked-key", 10.0, 10.0)
    assert repr(found).endswith("5 points, 1 skipped)")
    assert found.to_dict()["skipped"] == [found.skipped[0].to_dict()]


def test_another_policy_in_force_has_a_column(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--initial-branch", "main")
    file = desk(tmp_path)
    commit(tmp_path, "rbac")
    desk(tmp_path, DESK.replace("policy: rbac", "policy: jit"))
    commit(tmp_path, "jit")
    assert [row[2] for row in trend(file, **FEW).table().rows] == ["rbac", "jit"]
