"""What goes where: formats, files, colour, width, quiet and verbose."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path

import click.testing
import numpy as np
import pytest

from simkit.cli.commands import simkit
from simkit.cli.output import as_json
from simkit.table import width

Cli = Callable[..., click.testing.Result]
FEW = ("--trials", "40")


def test_json_is_strict_sorted_and_versioned() -> None:
    content = {"b": [math.nan, math.inf, (1, np.float64(0.5))], "a": {"n": np.int64(3), "array": np.bool_(True)}}
    text = as_json("run", content)
    data = json.loads(text, parse_constant=pytest.fail)
    assert data["b"] == [None, None, [1, 0.5]]
    assert data["a"] == {"array": True, "n": 3}
    assert list(data) == sorted(data)
    assert {"simkit", "format", "command"} <= set(data)
    assert text.endswith("}\n")


def test_markdown_has_a_pipe_table_for_each_table(cli: Cli, world: str) -> None:
    text = cli("run", world, *FEW, "--format", "markdown").stdout
    assert text.count("| --- |") >= 3
    assert "\x1b" not in text


@pytest.mark.parametrize(("name", "begins"), [("a.json", "{"), ("a.md", "Through"), ("a.txt", "Through")])
def test_out_writes_a_file_in_the_format_of_its_name_and_nothing_else(
    cli: Cli, world: str, tmp_path: Path, name: str, begins: str
) -> None:
    out = tmp_path / name
    result = cli("run", world, *FEW, "-o", str(out))
    assert result.exit_code == 0
    assert result.stdout == ""
    assert f"written: {out}" in result.stderr
    text = out.read_text("utf-8")
    assert text.startswith(begins)
    assert text.endswith("\n")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([name, "world.yaml"])


def test_a_format_beats_the_name_of_the_file(cli: Cli, world: str, tmp_path: Path) -> None:
    out = tmp_path / "a.json"
    cli("rank", world, "--format", "markdown", "-o", str(out))
    assert out.read_text("utf-8").startswith("Under rbac")


def test_out_is_refused_before_any_work(cli: Cli, world: str, tmp_path: Path) -> None:
    before = Path(world).read_text("utf-8")
    (tmp_path / "to-nowhere").symlink_to(tmp_path / "no" / "a.json")
    for out, says in (
        (str(tmp_path / "no" / "a.json"), "there is no folder"),
        (str(tmp_path), "is a folder"),
        ("", "--out is empty: name a file"),
        (str(tmp_path / "to-nowhere"), "there is no folder"),
        (world, "is a file that is read"),
    ):
        result = cli("run", world, "--trials", str(1 << 33), "-o", out)
        assert result.exit_code == 2
        assert says in result.stderr
    assert Path(world).read_text("utf-8") == before


def test_quiet_leaves_the_summary_and_verbose_adds_where_it_comes_from(cli: Cli, world: str) -> None:
    quiet = cli("run", world, *FEW, "--quiet")
    assert quiet.stderr == ""
    assert "goals" not in quiet.stdout
    assert quiet.stdout.startswith("Through leaked-key")
    verbose = cli("run", world, *FEW, "--verbose").stdout
    assert verbose.splitlines()[-1].startswith("Provenance: help-desk (")


@pytest.mark.parametrize("columns", ["40", "80", "200"])
def test_no_line_is_wider_than_the_terminal(
    cli: Cli, world: str, columns: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    for words in (("run", world, *FEW), ("compare", world, *FEW), ("paths", world, *FEW), ("policies", world)):
        result = click.testing.CliRunner().invoke(simkit, words)
        assert max(map(width, result.stdout.splitlines())) <= int(columns)


def test_no_colour_where_nobody_sees_it(cli: Cli, world: str) -> None:
    result = cli("run", world, *FEW)
    assert "\x1b" not in result.stdout + result.stderr


def test_names_cannot_talk_to_the_terminal(cli: Cli, world: str, tmp_path: Path) -> None:
    text = Path(world).read_text("utf-8").replace("cases-leaked", "cases\u202edekael")
    Path(world).write_text(text, "utf-8")
    result = cli("run", world, *FEW)
    assert "\u202e" not in result.stdout + result.stderr
    missing = cli("run", str(tmp_path / "\x1b[31mred.yaml"))
    assert missing.exit_code == 2
    assert "\x1b" not in missing.stderr
