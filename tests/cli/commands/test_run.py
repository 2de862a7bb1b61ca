"""`simkit run` answers what the library answers, and gates on it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import click.testing
import pytest

import simkit
from simkit import simulation
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
    words = ("run", world, "--quiet", "--fail-if", "cases-leaked < 95%")
    few = cli(*words, *FEW)
    assert few.exit_code == 1
    said = " ".join(few.stdout.split())
    found = re.search(r"may hold\. 40 trials are too few: about (\d+) would tell \(--trials (\d+)\)\.$", said)
    assert found, said
    assert found[1] == found[2]
    assert cli(*words, "--trials", found[1]).exit_code == 0


def test_fail_if_knows_times(cli: Cli, world: str) -> None:
    words = ("run", world, "--entry-point", "leaked-key", "--trials", "50", "--fail-if")
    sooner, later = cli(*words, "time-to-loss < 1ms"), cli(*words, "time-to-loss < 20d")
    assert (sooner.exit_code, later.exit_code) == (0, 1)
    assert "passed: time-to-loss is " in sooner.stdout
    unit = cli(*words, "time-to-loss < 10")
    assert (unit.exit_code, "has no unit" in unit.stderr) == (2, True)
    assert cli(*words, "value-lost > 10s").exit_code == 2


def test_run_of_a_persistent_attacker_shows_one_try_beside(cli: Cli, world: str) -> None:
    words = ("run", world, *FEW, "--entry-point", "poisoned-ticket", "--persistent")
    both = simkit.persist(load(world), entry_point="poisoned-ticket", trials=40)
    result = cli(*words)
    assert result.exit_code == 0
    assert "tried once, and tried each time" in result.stdout
    data = json.loads(cli(*words, "--format", "json").stdout)["result"]
    assert data["one_try"]["goals"]["cases-leaked"]["chance"] == both.once.chance("cases-leaked").to_dict()
    assert data["goals"]["cases-leaked"]["chance"] == both.each_time.chance("cases-leaked").to_dict()


def test_a_condition_is_judged_of_the_persistent_attacker(cli: Cli) -> None:
    """By one try the page works in 5 % of the months, by trying each day in 78 %."""
    case = str(Path(__file__).parents[2] / "cases" / "tries-each-run.yaml")
    assert cli("run", case, "--persistent", "--fail-if", "booked < 70%").exit_code == 0
    assert cli("run", case, "--persistent", "--fail-if", "booked > 70%").exit_code == 1
