"""`simkit replay` writes the log of the library."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import click.testing
import pytest

from simkit import simulation
from simkit.scenario import load

Cli = Callable[..., click.testing.Result]
SAMPLE = ("--entry-point", "poisoned-ticket", "--policy", "rbac", "--trial", "7", "--seed", "3")


@pytest.fixture
def log(cli: Cli, world: str, tmp_path: Path) -> str:
    file = tmp_path / "log.jsonl"
    assert cli("replay", world, *SAMPLE, "--out", str(file)).exit_code == 0
    return str(file)


def test_replay_writes_what_the_library_records(cli: Cli, world: str, log: str) -> None:
    expected = simulation.replay(load(world), "rbac", entry_point="poisoned-ticket", trial=7, seed=3)
    assert Path(log).read_text("utf-8") == expected.text()
    assert cli("replay", world, *SAMPLE).stdout == expected.text()


def test_replay_takes_the_first_entry_point_and_says_so(cli: Cli, world: str) -> None:
    answer = cli("replay", world)
    assert json.loads(answer.stdout.splitlines()[0])["unmapped"]["record"]["entry_point"] == "leaked-key"
    assert "through leaked-key" in answer.stderr


def test_replay_starts_when_it_is_told_to(cli: Cli, world: str) -> None:
    first = json.loads(cli("replay", world, "--start", "2026-01-31T09:00:00Z").stdout.splitlines()[0])
    assert first["time"] == 1769850000000
