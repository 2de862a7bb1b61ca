"""`simkit explain` answers from a log."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import click.testing
import pytest

from simkit.cli.commands.explain import moment
from simkit.record import read_record

Cli = Callable[..., click.testing.Result]
SAMPLE = ("--entry-point", "poisoned-ticket", "--policy", "rbac", "--trial", "7", "--seed", "3")


@pytest.fixture
def log(cli: Cli, world: str, tmp_path: Path) -> str:
    file = tmp_path / "log.jsonl"
    assert cli("replay", world, *SAMPLE, "--out", str(file)).exit_code == 0
    return str(file)


def test_explain_answers_in_every_format(cli: Cli, log: str) -> None:
    words = ("explain", log, "--at", "30d", "--identity", "desk")
    text, data = cli(*words), json.loads(cli(*words, "--format", "json").stdout)
    assert text.exit_code == 0
    for title in ("live sessions", "what it was allowed to do", "executed", "attempted only"):
        assert title in text.stdout
        assert f"**{title}**" in cli(*words, "--format", "markdown").stdout
    done = {activity["action"] for activity in data["result"]["executed"]}
    assert done == {"desk reads tickets in reply", "crm.read cases", "crm.answer tickets", "carry cases out"}
    assert data["result"]["sessions"] == []  # the run that was steered is over


def test_explain_reads_standard_input(cli: Cli, log: str) -> None:
    words = ("--at", "30d", "--identity", "desk")
    assert cli("explain", "-", *words, stdin=Path(log).read_text("utf-8")).stdout == cli("explain", log, *words).stdout


def test_a_log_that_is_cut_off_or_foreign_gets_one_sentence_and_exit_code_2(cli: Cli, world: str, log: str) -> None:
    whole = Path(log).read_bytes()
    for content, says in (
        (whole[:-20], "is cut off after line"),
        (b"", "is not a log of simkit"),
        (Path(world).read_bytes(), "is not a log of simkit"),
        (b"\xff" + whole, "is not UTF-8"),
    ):
        Path(log).write_bytes(content)
        answer = cli("explain", log, "--at", "1h", "--identity", "desk")
        assert (answer.exit_code, answer.stdout, answer.stderr.count("\n")) == (2, "", 1)
        assert says in answer.stderr


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--at", "1h", "--identity", "dsk"), "did you mean desk?"),
        (("--at", "10y", "--identity", "desk"), "is not within the log"),
        (("--at", "25:00:00", "--identity", "desk"), "is not a moment of the log"),
        (("--at", "soon", "--identity", "desk"), "is not a moment of the log"),
    ],
)
def test_a_question_that_cannot_be_answered_exits_with_2(cli: Cli, log: str, words: tuple[str, ...], says: str) -> None:
    answer = cli("explain", log, *words)
    assert answer.exit_code == 2
    assert says in answer.stderr


def test_explain_never_writes_over_its_log(cli: Cli, log: str) -> None:
    before = read_record(log).text()
    answer = cli("explain", log, "--at", "1h", "--identity", "desk", "--out", log)
    assert answer.exit_code == 2
    assert read_record(log).text() == before


@pytest.mark.parametrize(
    ("given", "milliseconds"),
    [
        ("00:14:30", 870_000),
        ("0:00:00.5", 500),
        ("2d 06:00:00", 194_400_000),
        ("14m30s", 870_000),
        ("PT1H", 3_600_000),
    ],
)
def test_moments_read_as_people_write_them(given: str, milliseconds: int) -> None:
    option = click.Option(["--at"])
    assert moment(click.Context(click.Command("explain")), option, given) == milliseconds


def test_a_log_on_standard_input_that_is_none_is_named_so(cli: Cli) -> None:
    answer = cli("explain", "-", "--at", "1h", "--identity", "desk", stdin="nothing")
    assert answer.exit_code == 2
    assert answer.stderr.startswith("error: <stdin> is not a log of simkit: ")
