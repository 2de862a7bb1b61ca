"""`simkit generate` writes a scenario that the other commands take."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click.testing

from simkit.estate import generate
from simkit.scenario import load

Cli = Callable[..., click.testing.Result]


def test_the_file_is_the_estate(cli: Cli, tmp_path: Path) -> None:
    out = tmp_path / "estate.yaml"
    result = cli("generate", "--steps", "400", "--seed", "9", "--out", str(out))
    assert result.exit_code == 0
    assert result.stdout == ""
    assert load(out).digest == generate(400, 9).digest


def test_standard_output_can_be_piped_into_run(cli: Cli) -> None:
    made = cli("generate", "--steps", "200")
    assert made.stdout == cli("generate", "--steps", "200").stdout
    answer = cli("run", "-", "--trials", "20", stdin=made.stdout)
    assert answer.exit_code == 0
    assert "leaked-token" in answer.stdout


def test_a_size_out_of_bounds_ends_with_2(cli: Cli) -> None:
    result = cli("generate", "--steps", "99")
    assert result.exit_code == 2
    assert "100<=x<=1000000" in result.stderr
