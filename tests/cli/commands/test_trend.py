"""`simkit trend`, as a user types it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import click.testing
import pytest
from history.past import repository

Cli = Callable[..., click.testing.Result]
FEW = ("--trials", "50")


@pytest.fixture
def file(tmp_path: Path) -> str:
    return repository(tmp_path)


def test_a_table_a_row_for_each_commit(cli: Cli, file: str) -> None:
    result = cli("trend", file, *FEW)
    assert result.exit_code == 0
    assert "cases are worth more" in result.stdout
    assert "Skipped" in result.stdout
    assert "desk.yaml:5:16" in result.stdout


def test_json_and_csv_hold_plain_numbers(cli: Cli, file: str) -> None:
    found = json.loads(cli("trend", file, *FEW, "--format", "json").stdout)["result"]
    assert [each["standing_grants"] for each in found["points"]] == [3, 3, 3, 4, 4]
    result = cli("trend", file, *FEW, "--format", "csv", "--quiet")
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert (result.stderr, len(rows)) == ("", 10)
    assert [float(row["worst_case"]) for row in rows if row["entry_point"] == "leaked-key"] == [10, 20, 10, 40, 40]


def test_a_picture_is_the_same_each_time(cli: Cli, file: str, tmp_path: Path) -> None:
    made = []
    for name in ("a.svg", "b.svg"):
        assert cli("trend", file, *FEW, "--last", "3", "--out", str(tmp_path / name)).exit_code == 0
        made.append((tmp_path / name).read_bytes())
    assert made[0].startswith(b"<?xml")
    assert made[0] == made[1]


def test_standard_input_has_no_history(cli: Cli) -> None:
    result = cli("trend", "-")
    assert (result.exit_code, "has no history" in result.stderr) == (2, True)
