"""run, compare, rank and paths answer what the library answers, and gate on it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import click.testing
import pytest

from simkit import simulation
from simkit.cli import options
from simkit.scenario import load

Cli = Callable[..., click.testing.Result]
FEW = ("--trials", "40")


def test_run_shows_the_summary_and_every_table(cli: Cli, world: str) -> None:
    result = cli("run", world, *FEW)
    expected = simulation.simulate(load(world), entry_point="leaked-key", trials=40)
    assert result.exit_code == 0
    flat = " ".join(result.stdout.split())
    assert flat.startswith(" ".join(expected.summary.split()))
    for table in expected.tables():
        assert table.title in result.stdout
    assert "cases-leaked" in result.stdout


def test_run_in_json_is_the_result_with_versions_and_says_the_same_each_time(cli: Cli, world: str) -> None:
    words = ("run", world, *FEW, "--seed", "7", "--format", "json", "--policy", "ours")
    first, second = cli(*words), cli(*words, "--threads", "2")
    assert first.stdout == second.stdout
    data = json.loads(first.stdout)
    assert (data["format"], data["command"]) == (1, "run")
    assert data["result"]["provenance"]["policy"] == "ours"
    assert data["result"]["provenance"]["seed"] == 7
    assert data["result"]["goals"]["cases-leaked"]["chance"]["estimate"] == 1.0
    assert json.dumps(data, indent=2, sort_keys=True, ensure_ascii=False) + "\n" == first.stdout


def test_run_says_which_entry_point_it_took_and_which_others_there_are(cli: Cli, world: str) -> None:
    assert "through leaked-key, the first entry point" in cli("run", world, *FEW).stderr
    assert "poisoned-ticket" in cli("run", world, *FEW).stderr
    chosen = cli("run", world, *FEW, "--entry-point", "poisoned-ticket")
    assert chosen.stderr == ""
    assert "Through poisoned-ticket" in chosen.stdout


def test_run_reads_standard_input(cli: Cli, world: str) -> None:
    piped = cli("run", "-", *FEW, stdin=Path(world).read_text("utf-8"))
    assert piped.stdout == cli("run", world, *FEW).stdout


@pytest.mark.parametrize(
    ("condition", "code", "says"),
    [
        ("cases-leaked > 5%", 1, "FAILED: cases-leaked is 100 % ["),
        ("cases-leaked>=100%", 1, "CANNOT TELL: cases-leaked is 100 % ["),
        ("cases-leaked < 5%", 0, "passed"),
        ("cases:confidentiality>0.05", 1, "FAILED"),
        ("cases:integrity > 0", 0, "passed: cases:integrity is 0 % (worst case"),
        ("value-lost > 9.5", 1, "FAILED: value-lost is 10 [10, 10], so --fail-if 'value-lost > 9.5' holds."),
        ("value-lost-p95 > 10", 0, "passed"),
        ("worst-case > 10", 0, "passed: worst-case is 10 (worst case, no matter how many trials), so --fail-if"),
        ("worst-case >= 10", 1, "FAILED: worst-case is 10 (worst case"),
        ("cases > 50%", 1, "FAILED: cases is 100 % ["),
        ("goals-reached > 50%", 1, "FAILED: goals-reached is 100 % [100 %, 100 %]"),
        ("contained < 50%", 1, "FAILED: contained is 0 % ["),
    ],
)
def test_a_condition_that_holds_fails_the_run_with_1(
    cli: Cli, world: str, condition: str, code: int, says: str
) -> None:
    result = cli("run", world, *FEW, "--fail-if", condition)
    assert result.exit_code == code
    assert says in result.stdout
    assert cli("run", world, *FEW, "--fail-if", condition, "--format", "json").exit_code == code


def test_one_failed_condition_of_several_is_enough_and_all_are_told(cli: Cli, world: str) -> None:
    words = ("run", world, *FEW, "--quiet", "--fail-if", "value-lost < 1", "--fail-if", "value-lost > 1")
    result = cli(*words)
    assert result.exit_code == 1
    assert result.stdout.splitlines()[-2].endswith(", so --fail-if 'value-lost < 1' does not hold.")
    assert result.stdout.splitlines()[-1].endswith(", so --fail-if 'value-lost > 1' holds.")
    assert json.loads(cli(*words, "--format", "json").stdout)["verdicts"] == result.stdout.splitlines()[-2:]


def test_compare_takes_what_the_scenario_says_or_what_it_is_told(cli: Cli, world: str) -> None:
    said = json.loads(cli("compare", world, *FEW, "--format", "json").stdout)["result"]
    assert list(said["policies"]) == ["rbac", "task-scoped"]
    told = cli("compare", world, *FEW, "--policies", "jit, ours,jit", "--against", "ours", "--format", "json")
    result = json.loads(told.stdout)["result"]
    assert sorted(result["policies"]) == ["jit", "ours"]
    assert result["against"] == "ours"


def test_compare_in_text_puts_the_policies_side_by_side(cli: Cli, world: str) -> None:
    result = cli("compare", world, *FEW)
    assert result.exit_code == 0
    for table in simulation.compare(load(world), entry_point="leaked-key", trials=40).tables():
        assert table.text(120) in result.stdout


def test_rank_lists_what_is_worst_to_lose(cli: Cli, world: str) -> None:
    result = cli("rank", world, "--format", "json")
    rows = json.loads(result.stdout)["result"]["rows"]
    assert {(row["kind"], row["name"]) for row in rows} == {("credential", "desk-key"), ("identity", "desk")}
    assert rows[0]["value"] == 10.0
    assert "desk-key" in cli("rank", world, "--policy", "task-scoped").stdout


def test_paths_shows_the_chains_to_a_goal_and_cuts_the_list(cli: Cli, world: str) -> None:
    result = json.loads(cli("paths", world, *FEW, "--goal", "cases-leaked", "--format", "json").stdout)["result"]
    assert [path["goal"] for path in result["paths"]] == ["cases-leaked"]
    assert result["paths"][0]["steps"][-1]["rule"]
    text = cli("paths", world, *FEW, "--limit", "1").stdout
    assert "desk-key" in text


def test_paths_can_say_what_the_steps_are_relevant_to(cli: Cli, world: str) -> None:
    words = ("paths", world, *FEW, "--standards")
    found = json.loads(cli(*words, "--format", "json").stdout)["result"]["standards"]
    assert set(found) == {"leak", "redeem", "read"}
    expected = {"list": "OWASP NHI Top 10", "version": "2025", "id": "NHI2:2025", "title": "Secret Leakage"}
    assert expected in found["leak"]
    text = cli(*words).stdout
    assert "NHI2:2025" in text
    assert "never prevents" in text
    assert "NHI2:2025" not in cli("paths", world, *FEW).stdout


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("run", "--policy", "rback"), "error: no policy is called 'rback': did you mean rbac?"),
        (("run", "--entry-point", "leaked"), "error: no entry point is called 'leaked': did you mean leaked-key?"),
        (("run", "--fail-if", "case-leaked > 1%"), "did you mean cases-leaked?"),
        (("run", "--fail-if", "cases:integrty > 1%"), "did you mean cases:integrity?"),
        (("run", "--fail-if", "cases-leaked"), "is not a condition: write one like"),
        (("run", "--fail-if", "cases-leaked > 5"), "a chance above 100 %: did you mean 5%?"),
        (("run", "--fail-if", "value-lost > 5%"), "compares a value with a share: write value-lost > 5"),
        (("run", "--trials", "0"), "error: Invalid value for '--trials'"),
        (("run", "--seed", "-1"), "error: Invalid value for '--seed'"),
        (("run", "--trails", "5"), "error: No such option '--trails'"),
        (("compare", "--policies", ","), "no name is in it"),
        (("compare", "--policies", "rbac,rback"), "no policy is called 'rback'"),
        (("compare", "--against", "rback"), "no policy is called 'rback'"),
        (("paths", "--goal", "cases-leakd"), "did you mean cases-leaked?"),
        (("rank", "--policy", "rback"), "no policy is called 'rback'"),
    ],
)
def test_bad_usage_ends_with_2_one_sentence_and_no_result(
    cli: Cli, world: str, words: tuple[str, ...], says: str
) -> None:
    result = cli(words[0], world, *words[1:], *(FEW if words[0] == "paths" else ()))
    assert result.exit_code == 2
    assert result.stdout == ""
    complaint = [line for line in result.stderr.splitlines() if not line.startswith("note:")]
    assert len(complaint) == 1
    assert says in complaint[0]


@pytest.mark.parametrize("command", ["run", "compare", "rank", "paths", "graph"])
def test_a_broken_file_ends_with_2_and_every_mistake_at_its_line(cli: Cli, broken: str, command: str) -> None:
    result = cli(command, broken)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert f"error: {broken}:3:1: " in result.stderr
    assert f"error: {broken}:5:16: " in result.stderr


def test_a_missing_file_ends_with_2(cli: Cli, tmp_path: Path) -> None:
    result = cli("run", str(tmp_path / "nothing.yaml"))
    assert result.exit_code == 2
    assert "no file is called" in result.stderr


def test_a_folder_and_what_is_no_number_are_refused_in_words_of_the_user(cli: Cli, world: str) -> None:
    folder = str(Path(world).parent)
    refused = cli("run", folder)
    assert refused.exit_code == 2
    assert f"{folder!r} is a folder: name a file in it" in refused.stderr
    assert "'many' is not a valid whole number" in cli("run", world, "--trials", "many").stderr


@pytest.mark.parametrize("option", ["--policy", "--entry-point"])
def test_an_empty_name_as_of_an_unset_variable_is_refused(cli: Cli, world: str, option: str) -> None:
    result = cli("run", world, *FEW, option, "")
    assert (result.exit_code, result.stdout) == (2, "")
    assert " is called '': known: " in result.stderr


@pytest.mark.parametrize(
    ("condition", "mend"),
    [
        ("cases-leaked > 50", "did you mean 50%?"),
        ("cases-leaked > 500%", "write at most 100%"),
        ("cases-leaked > 500", "write at most 100%"),
    ],
)
def test_a_chance_above_one_gets_a_mend_that_mends(cli: Cli, world: str, condition: str, mend: str) -> None:
    result = cli("run", world, "--fail-if", condition)
    assert result.exit_code == 2
    assert f"asks for a chance above 100 %: {mend}" in result.stderr


def test_where_the_trials_cannot_tell_the_run_fails_and_says_how_many_would(cli: Cli, world: str) -> None:
    result = cli("run", world, *FEW, "--quiet", "--fail-if", "cases-leaked < 90%")
    assert result.exit_code == 1
    said = " ".join(result.stdout.split())
    found = re.search(r"may hold\. 20 trials are too few: about (\d+) would tell \(--trials \1\)\.$", said)
    assert found, said
    assert cli("run", world, "--trials", found[1], "--quiet", "--fail-if", "cases-leaked < 90%").exit_code == 0


def test_more_trials_than_the_memory_holds_end_with_2_and_the_mend(
    cli: Cli, world: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise MemoryError("Unable to allocate 116. GiB")

    monkeypatch.setattr("simkit.simulation._outcomes", full)
    for command in ("run", "compare", "paths"):
        result = cli(command, world, "--trials", "5000", "--quiet")
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr.startswith("error: 5,000 trials of ")
        assert "take more memory than there is: ask for fewer, or use simkit.sweep" in result.stderr


def test_the_command_line_takes_as_many_trials_as_the_library() -> None:
    """It has a number of its own: to ask for the library's would load numpy at each start."""
    assert options.MOST_TRIALS == simulation.MOST_TRIALS
