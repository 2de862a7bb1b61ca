"""`simkit narrow`, as a user types it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import click.testing
import pytest

import simkit

Cli = Callable[..., click.testing.Result]


def test_the_cheapest_cut_is_shown_written_and_true(cli: Cli, desk: str, tmp_path: Path) -> None:
    narrowed = tmp_path / "narrowed.yaml"
    words = ("--goal", "cases-leaked", "--exact", "--write", str(narrowed), "-n", "50")
    done = cli("narrow", desk, *words)
    assert done.exit_code == 0, done.output
    assert "1 change puts cases-leaked out of reach" in " ".join(done.stdout.split())
    assert "Drop crm.read on cases from role desk" in done.stdout
    assert "-  desk: {entitlements: [{operation: crm.*}]}" in done.stdout, "as the file has it"
    assert f"wrote {narrowed}" in done.stderr
    after = simkit.load(narrowed)
    for entry in after.entry_points:
        result = simkit.simulate(after, entry_point=entry, trials=50)
        assert (result.value_lost().estimate, result.worst_case.goals.count("cases-leaked")) == (0.0, 0)


def test_a_goal_that_only_a_broken_task_would_cut_exits_with_1(cli: Cli, desk: str, tmp_path: Path) -> None:
    narrowed = tmp_path / "narrowed.yaml"
    words = ("--goal", "answered", "-e", "poisoned-ticket", "--write", str(narrowed), "-n", "50")
    for exact in ((), ("--exact",)):
        done = cli("narrow", desk, *words, *exact)
        assert done.exit_code == 1, done.output
        assert "cannot be cut off by removals without breaking a task" in " ".join(done.stdout.split())
        assert "crm.answer tickets" in done.stdout
        assert not narrowed.exists()


def test_without_a_goal_the_value_lost_is_made_smaller(cli: Cli, desk: str) -> None:
    done = cli("narrow", desk, "-n", "50", "--format", "json")
    assert done.exit_code == 0, done.output
    answer = json.loads(done.stdout)["result"]
    first = answer["ranking"]["recommendations"][0]
    assert first["name"] == "Drop crm.read on cases from role desk"
    assert (first["unneeded"], first["price"], first["less"]["estimate"]) == (True, 0.0, 10.0)
    assert first["at"] == "crm.read cases"
    assert answer["plan"]["after"]["value_lost"]["mean"]["estimate"] == 0.0
    assert answer["plan"]["diff"].startswith("--- before\n+++ after\n")


def test_a_budget_makes_so_many_changes_at_most(cli: Cli, desk: str) -> None:
    done = cli("narrow", desk, "--goal", "cases-leaked", "--budget", "1", "-n", "50", "--format", "json")
    assert done.exit_code == 0, done.output
    plan = json.loads(done.stdout)["result"]["plan"]
    assert (plan["method"], len(plan["changes"])) == ("budget", 1)


def test_an_exact_cut_beyond_the_budget_exits_with_1(cli: Cli, desk: str, tmp_path: Path) -> None:
    """Two roles give the reading of cases, so it takes two changes."""
    twice = Path(desk).read_text("utf-8").replace("roles: [desk]", "roles: [desk, reader]")
    twice = twice.replace("tasks:", "  reader: {entitlements: [{operation: crm.read}]}\ntasks:")
    file = tmp_path / "twice.yaml"
    file.write_text(twice, "utf-8")
    words = ("narrow", str(file), "--goal", "cases-leaked", "--exact", "-e", "poisoned-ticket", "-n", "20")
    short, enough = cli(*words, "--budget", "1"), cli(*words, "--budget", "2")
    assert (short.exit_code, enough.exit_code) == (1, 0), short.output + enough.output
    assert "within the budget" in short.stdout
    assert "costs at least 2." in " ".join(short.stdout.split())


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--exact",), "--exact cuts a goal off: name it with --goal"),
        (("--time-limit", "3"), "--time-limit is for --exact: add that, or leave the limit out"),
        (("--exact", "--goal", "cases-leaked", "--time-limit", "soon"), "'soon' is not a valid number"),
        (("--entry-points", "poisoned-ticket,leaked-kee"), "no entry point is called 'leaked-kee'"),
        (("--entry-points", ","), "no name is in it: give names with commas between them"),
        (("--goal", ""), "no goal is called ''"),
        (("--policy", ""), "no policy is called ''"),
        (("--goal", "case-leaked"), "did you mean cases-leaked?"),
        (("--write", "no-such-folder/x.yaml"), "there is no folder 'no-such-folder'"),
        (("--budget", "0"), "0 is not in the range"),
    ],
)
def test_bad_questions_are_refused(cli: Cli, desk: str, words: tuple[str, ...], says: str) -> None:
    done = cli("narrow", desk, *words)
    assert done.exit_code == 2
    assert says in done.stderr
    assert done.stdout == ""


def test_the_scenario_itself_is_changed_in_place(cli: Cli, desk: str) -> None:
    file = Path(desk)
    file.write_text("# ours\n" + file.read_text("utf-8"), "utf-8")
    before = file.read_text("utf-8").splitlines()
    shown = cli("narrow", desk, "--goal", "cases-leaked", "--exact", "-n", "20", "--diff").stdout
    done = cli("narrow", desk, "--goal", "cases-leaked", "--exact", "-n", "20", "--write", desk)
    assert done.exit_code == 0, done.output
    after = file.read_text("utf-8").splitlines()
    assert after[0] == "# ours"
    gone, come = [line for line in before if line not in after], [line for line in after if line not in before]
    assert [line[1:] for line in shown.splitlines() if line[:1] == "-" and line[:3] != "---"] == gone
    assert [line[1:] for line in shown.splitlines() if line[:1] == "+" and line[:3] != "+++"] == come
    assert 0 < len(gone) <= 2


def test_the_diff_is_alone(cli: Cli, desk: str) -> None:
    both = cli("narrow", desk, "--diff", "--format", "json")
    assert (both.exit_code, "leave out --format and --write" in both.stderr) == (2, True)


def test_the_diff_in_a_file_is_the_one_that_is_printed(cli: Cli, desk: str, tmp_path: Path) -> None:
    asked = ("narrow", desk, "--goal", "cases-leaked", "--exact", "-n", "20", "--diff")
    assert cli(*asked, "--out", str(tmp_path / "change.patch")).exit_code == 0
    assert (tmp_path / "change.patch").read_text("utf-8") == cli(*asked).stdout
    refused = cli(*asked, "--out", str(tmp_path / "change.json"))
    assert (refused.exit_code, "end the name in .patch or .diff" in refused.stderr) == (2, True)


def test_nothing_is_written_where_it_cannot_be_or_where_there_is_no_plan(cli: Cli, desk: str, tmp_path: Path) -> None:
    file, folder = tmp_path / "out.yaml", tmp_path / "locked"
    folder.mkdir()
    for words, says in (
        (("--write", "-"), "the answer stands on standard output already"),
        (("--write", str(tmp_path)), "is a folder"),
        (("--write", str(file), "--out", str(file), "--format", "text"), "is where --out writes the answer"),
        (("--write", str(file), "--goal", "cases-leaked", "--exact", "--time-limit", "nan"), "a time limit of nan"),
    ):
        done = cli("narrow", desk, "-n", "5", *words)
        assert (done.exit_code, done.stdout) == (2, ""), done.output
        assert says in done.stderr
    done = cli(
        "narrow", desk, "-n", "5", "--goal", "answered", "-e", "poisoned-ticket", "--exact", "--write", str(file)
    )
    assert done.exit_code == 1
    assert f"wrote nothing to {file}" in done.stderr
    assert not file.exists()


def test_candidates_are_only_listed(cli: Cli, desk: str) -> None:
    done = cli("narrow", desk, "--candidates", "--without", "turn-dial,shorten-ttl", "--format", "json")
    assert done.exit_code == 0, done.output
    rows = json.loads(done.stdout)["result"]["candidates"]
    assert {"drop-entitlement", "constrain-sender"} <= {row["kind"] for row in rows}
    assert not {"turn-dial", "shorten-ttl"} & {row["kind"] for row in rows}
    assert cli("narrow", desk, "--candidates", "--exact", "--goal", "cases-leaked").exit_code == 2
    assert cli("narrow", desk, "--without", "turn-dail").exit_code == 2


def test_in_markdown_the_diff_is_a_block_and_exact_says_where_else_to_look(cli: Cli, desk: str) -> None:
    words = ("narrow", desk, "-n", "5", "--exact", "--goal")
    shown = cli(*words, "cases-leaked", "--format", "markdown").stdout
    assert shown.rstrip().endswith("```")
    assert "\n```diff\n--- a/" in shown
    assert "without --exact" in cli(*words, "answered", "-e", "poisoned-ticket").stderr
