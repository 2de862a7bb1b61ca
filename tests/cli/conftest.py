"""A small world that every command can be asked about."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click.testing
import pytest
from help_desk import WORLD

from simkit.cli.commands import simkit

Cli = Callable[..., click.testing.Result]

BROKEN = """\
simkit: 1
name: broken
surprise: 1
identities:
  desk: {kind: agnet}
entry_points:
  leaked: {leak: no-such-key}
"""


@pytest.fixture
def world(tmp_path: Path) -> str:
    file = tmp_path / "world.yaml"
    file.write_text(WORLD, "utf-8")
    return str(file)


@pytest.fixture
def broken(tmp_path: Path) -> str:
    file = tmp_path / "broken.yaml"
    file.write_text(BROKEN, "utf-8")
    return str(file)


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch) -> Cli:
    """Runs `simkit` with the given words, as a user whose terminal says nothing about its width."""
    monkeypatch.delenv("COLUMNS", raising=False)

    def run(*words: str, stdin: str | bytes | None = None) -> click.testing.Result:
        return click.testing.CliRunner().invoke(simkit, words, input=stdin)

    return run
