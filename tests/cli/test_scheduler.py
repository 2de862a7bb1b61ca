"""`--scheduler` says who works, alone; `--engine` says on what."""

from __future__ import annotations

import gc
from collections.abc import Callable

import click.testing
import pytest

from simkit.execution import executors

Cli = Callable[..., click.testing.Result]
COMMANDS = ["run", "compare", "rank", "narrow", "ablate", "study"]


@pytest.mark.parametrize("command", COMMANDS)
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


@pytest.mark.parametrize("address", ["nonsense", "", "tcp://", "tcp://127.0.0.1:port", "gopher://127.0.0.1:9"])
def test_what_is_no_address_ends_with_2_and_leaves_nothing_behind(
    cli: Cli, world: str, address: str, recwarn: pytest.WarningsRecorder
) -> None:
    pytest.importorskip("distributed")
    result = cli("run", world, "--scheduler", address, "--quiet")
    gc.collect()
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"error: no Dask scheduler answers at {address!r} (")
    assert len(result.stderr.splitlines()) == 1
    assert not recwarn.list


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("order", [1, -1])
def test_threads_beside_it_are_refused(cli: Cli, world: str, command: str, order: int) -> None:
    given = [("--scheduler", "tcp://127.0.0.1:9"), ("--threads", "2")][::order]
    result = cli(command, world, *given[0], *given[1])
    assert result.exit_code == 2
    assert "leave one of the two out" in result.stderr


@pytest.mark.parametrize("option", [("--candidates",), ("--exact", "--goal", "customers-leaked")])
def test_narrow_refuses_one_where_hardly_anything_is_replayed(cli: Cli, world: str, option: tuple[str, ...]) -> None:
    result = cli("narrow", world, "--scheduler", "tcp://127.0.0.1:9", *option)
    assert result.exit_code == 2
    assert "hardly anything is replayed: leave it out" in result.stderr


def test_the_engine_can_be_named_and_an_unknown_one_ends_with_2(cli: Cli, world: str) -> None:
    assert cli("rank", world, "--engine", "cpu").stdout == cli("rank", world).stdout
    result = cli("rank", world, "--engine", "gpu")
    assert result.exit_code == 2
    assert "no engine is called 'gpu': known: cpu, cuda" in result.stderr
