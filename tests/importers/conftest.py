"""The command line, for the contract of importers."""

from __future__ import annotations

from collections.abc import Callable

import click.testing
import pytest

from simkit.cli.commands import simkit

Cli = Callable[..., click.testing.Result]


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch) -> Cli:
    """Runs `simkit` with the given words."""
    monkeypatch.delenv("COLUMNS", raising=False)
    return lambda *words: click.testing.CliRunner().invoke(simkit, words)
