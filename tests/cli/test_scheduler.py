"""`--scheduler` says who works, alone; `--engine` says on what."""

from __future__ import annotations

from collections.abc import Callable

import click.testing
import pytest

from simkit.scheduling import executors

Cli = Callable[..., click.testing.Result]


@pytest.mark.parametrize("command", ["run", "compare", "rank"])
def test_a_cluster_that_does_not_answer_ends_with_2(
    cli: Cli, world: str, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr(executors, "PATIENCE", 0.3)
    result = cli(command, world, "--scheduler", "tcp://127.0.0.1:9", "--quiet")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "no Dask scheduler answers at 'tcp://127.0.0.1:9'" in result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize("command", ["run", "compare", "rank"])
@pytest.mark.parametrize("order", [1, -1])
def test_threads_beside_it_are_refused(cli: Cli, world: str, command: str, order: int) -> None:
    given = [("--scheduler", "tcp://127.0.0.1:9"), ("--threads", "2")][::order]
    result = cli(command, world, *given[0], *given[1])
    assert result.exit_code == 2
    assert "leave one of the two out" in result.stderr


def test_the_engine_can_be_named_and_an_unknown_one_ends_with_2(cli: Cli, world: str) -> None:
    assert cli("rank", world, "--engine", "cpu").stdout == cli("rank", world).stdout
    result = cli("rank", world, "--engine", "gpu")
    assert result.exit_code == 2
    assert "no engine is called 'gpu': known: cpu, cuda" in result.stderr
