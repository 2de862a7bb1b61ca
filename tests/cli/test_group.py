"""Exit codes: 0, 1, 2 and 3, and what each says."""

from __future__ import annotations

import gc
import re
from collections.abc import Callable

import click
import click.testing
import pytest

from simkit import simulation
from simkit.cli import main
from simkit.cli.commands import simkit
from simkit.errors import EngineError

Cli = Callable[..., click.testing.Result]


def test_every_command_teaches_with_an_example(cli: Cli) -> None:
    for name in simkit.list_commands(click.Context(simkit)):
        result = cli(name, "--help")
        assert result.exit_code == 0
        assert re.search(rf"Examples:\n.*simkit {name}", result.stdout), name
        assert cli(name, "-h").stdout == result.stdout


def test_the_examples_in_the_help_name_options_that_exist() -> None:
    for command in simkit.commands.values():
        options = {word for option in command.params for word in option.opts}
        shown = re.findall(rf"simkit {command.name}[^|>\n]*", command.help or "")
        assert shown
        used = {word for line in shown for word in re.findall(r"(?<= )--?[a-z][a-z-]*", line)}
        assert used <= options | {"-"}, command.name


def test_help_lists_the_commands_in_the_order_of_use(cli: Cli) -> None:
    text = cli("--help").stdout
    places = [text.index(f"\n  {name} ") for name in simkit.commands]
    assert places == sorted(places)
    assert "Exit codes: 0 fine" in text


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "Usage: simkit"),
        (("frobnicate",), "error: No such command 'frobnicate'"),
        (("--frobnicate",), "error: No such option"),
        (("run",), "error: Missing argument 'SCENARIO'"),
        (("validate",), "error: Missing argument 'SCENARIO...'"),
        (("completion", "tcsh"), "error: Invalid value for"),
    ],
)
def test_bad_usage_is_2_on_standard_error(cli: Cli, words: tuple[str, ...], says: str) -> None:
    result = cli(*words)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert says in result.stderr


def test_a_bug_is_3_with_a_way_to_report_it_and_a_traceback_on_request(
    cli: Cli, world: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise KeyError("lost")

    monkeypatch.setattr(simulation, "rank", broken)
    result = cli("rank", world)
    assert result.exit_code == 3
    assert result.stdout == ""
    assert "a bug in simkit and not in your input: KeyError: 'lost'" in result.stderr
    assert "Please report it" in result.stderr
    assert "simkit 0" in result.stderr
    assert "Traceback" not in result.stderr
    assert "Traceback" in cli("rank", world, "--verbose").stderr


def test_an_engine_that_gives_up_is_3_in_one_sentence(cli: Cli, world: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def overwhelmed(*_: object, **__: object) -> None:
        raise EngineError("the graph has too many facts: leave something out")

    monkeypatch.setattr(simulation, "rank", overwhelmed)
    result = cli("rank", world)
    assert result.exit_code == 3
    assert result.stderr == "error: the graph has too many facts: leave something out\n"


def test_a_lack_of_memory_is_3_in_one_sentence_and_no_bug(
    cli: Cli, world: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr("simkit.simulation.rank", full)
    result = cli("rank", world)
    assert result.exit_code == 3
    assert result.stderr == ("error: the memory of this machine is not enough: ask for less, as with fewer --trials\n")


def test_stopping_is_130(cli: Cli, world: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(simulation, "rank", interrupted)
    result = cli("rank", world)
    assert result.exit_code == 130
    assert result.stderr.strip() == "error: stopped"


def test_garbage_is_looked_for_as_before_once_a_command_has_ended(capsys: pytest.CaptureFixture[str]) -> None:
    before = gc.get_threshold()
    with pytest.raises(SystemExit):
        main(["policies"])
    assert capsys.readouterr().out
    assert gc.get_threshold() == before
