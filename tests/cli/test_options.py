"""What every command does with bad usage, broken files and too little memory."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli.conftest import Cli

from simkit import simulation
from simkit.cli import options

FEW = ("--trials", "40")


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
        (("run", "--trails", "5"), "error: No such option"),
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


def test_more_trials_than_the_memory_holds_end_with_2_and_the_mend(
    cli: Cli, world: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise MemoryError("Unable to allocate 116. GiB")

    monkeypatch.setattr("simkit.simulation.simulation.outcomes_of", full)
    for command in ("run", "compare", "paths"):
        result = cli(command, world, "--trials", "5000", "--quiet")
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr.startswith("error: 5,000 trials of ")
        assert "take more memory than there is: ask for fewer, or use simkit.sweep" in result.stderr


def test_the_command_line_takes_as_many_trials_as_the_library() -> None:
    """It has a number of its own: to ask for the library's would load numpy at each start."""
    assert options.MOST_TRIALS == simulation.MOST_TRIALS


def test_more_trials_than_the_memory_holds_end_with_2(cli: Cli, world: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr("simkit.engines.replay.replay", full)
    for command in ("ablate", "evidence", "study"):
        result = cli(command, world, "--quiet")
        assert (result.exit_code, result.stdout) == (2, "")
        assert "1,000 trials of " in result.stderr
        assert "take more memory than there is: ask for fewer" in result.stderr
