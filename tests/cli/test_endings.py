"""The ending of a file's name says what is written into it; one that says nothing is refused before any work."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click.testing
import pytest

from simkit.cli.endings import ENDINGS, format_of
from simkit.errors import InputError

Cli = Callable[..., click.testing.Result]
LONG = ("--trials", str(1 << 33))


@pytest.mark.parametrize(
    ("out", "formats", "made"),
    [
        ("-", ("text", "json"), "text"),
        ("result", ("text", "json"), "text"),
        ("a.b/result", ("text", "json"), "text"),
        ("result.", ("text", "json"), "text"),
        (".json", ("text", "json"), "json"),
        ("RESULT.JSON", ("text", "json"), "json"),
        ("a.sarif.json", ("text", "json", "sarif"), "sarif"),
        ("a.sarif.json", ("text", "json"), "json"),
        ("page.htm", ("html",), "html"),
    ],
)
def test_a_name_says_its_format(out: str, formats: tuple[str, ...], made: str) -> None:
    assert format_of(out, formats) == made


def test_the_mend_names_the_endings_that_would_do() -> None:
    with pytest.raises(InputError) as caught:
        format_of("a.csv", ("text", "json", "markdown"))
    assert str(caught.value) == (
        "--out a.csv: nothing is written here as .csv: end the name in .txt, .json, .md or .markdown, or say --format"
    )
    with pytest.raises(InputError) as caught:
        format_of("a.json", ("yaml",), option="--write")
    assert str(caught.value) == "--write a.json: nothing is written here as .json: end the name in .yaml or .yml"


def test_no_ending_hides_behind_a_shorter_one() -> None:
    ends = list(ENDINGS)
    for number, end in enumerate(ends):
        assert not any(end.endswith(before) for before in ends[:number]), end


@pytest.mark.parametrize(
    "words",
    [
        ("run", *LONG),
        ("compare", *LONG),
        ("rank",),
        ("reach", *LONG),
        ("paths", *LONG),
        ("check", *LONG),
        ("narrow", *LONG),
        ("roles",),
        ("ablate", *LONG),
        ("privilege",),
        ("evidence", *LONG),
        ("study", *LONG),
        ("report", *LONG),
        ("graph",),
        ("validate",),
        ("policies",),
        ("trend", *LONG),
    ],
)
def test_an_unknown_ending_is_refused_before_any_work(
    cli: Cli, world: str, tmp_path: Path, words: tuple[str, ...]
) -> None:
    out = tmp_path / "answer.xyz"
    result = cli(words[0], world, *words[1:], "--out", str(out))
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.count("\n") == 1
    assert "nothing is written here as .xyz: end the name in ." in result.stderr
    assert not out.exists()


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (("schema",), "schema.yaml"),
        (("generate",), "estate.json"),
        (("notebook", "--write-only"), "first.html"),
    ],
)
def test_a_file_never_holds_what_its_name_denies(cli: Cli, tmp_path: Path, words: tuple[str, ...], name: str) -> None:
    result = cli(*words, "--out", str(tmp_path / name))
    assert result.exit_code == 2
    assert "nothing is written here as ." in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_narrowed_scenario_is_yaml(cli: Cli, world: str, tmp_path: Path) -> None:
    for command in (("narrow", *LONG), ("roles",)):
        result = cli(command[0], world, *command[1:], "--write", str(tmp_path / "narrowed.json"))
        assert result.exit_code == 2
        assert "end the name in .yaml or .yml" in result.stderr


def test_a_format_that_is_said_needs_no_ending(cli: Cli, world: str, tmp_path: Path) -> None:
    out = tmp_path / "answer.new"
    assert cli("rank", world, "--format", "json", "--out", str(out)).exit_code == 0
    assert out.read_text("utf-8").startswith("{")
    assert cli("check", world, "--format", "junit", "--out", str(out)).exit_code == 0
    assert out.read_text("utf-8").startswith("<?xml")
