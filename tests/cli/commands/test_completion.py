"""TAB completes commands, options, policies, entry points and goals, and never complains."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click.testing
import pytest
from click.shell_completion import ShellComplete

from simkit.cli.commands import simkit
from simkit.cli.group import COMPLETING

Cli = Callable[..., click.testing.Result]


def completed(*words: str) -> list[str]:
    """What TAB offers after `words`, of which the last is not finished."""
    completer = ShellComplete(simkit, {}, "simkit", COMPLETING)
    return [item.value for item in completer.get_completions(list(words[:-1]), words[-1])]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_a_script_that_calls_simkit_back(cli: Cli, shell: str) -> None:
    result = cli("completion", shell)
    assert result.exit_code == 0
    assert f"{COMPLETING}={shell}_complete" in result.stdout
    assert "simkit" in result.stdout


def test_commands_and_options_are_completed() -> None:
    assert completed("ra") == ["rank"]
    assert completed("run", "world.yaml", "--tri") == ["--trials"]
    assert completed("run", "world.yaml", "--format", "j") == ["json"]


def test_policies_are_completed_with_those_of_the_scenario(world: str) -> None:
    assert completed("run", world, "--policy", "rbac") == ["rbac", "rbac-context"]
    assert completed("run", world, "--policy", "ou") == ["ours"]
    assert completed("run", "--policy", "ji") == ["jit"]


def test_a_list_of_policies_is_completed_at_its_end(world: str) -> None:
    assert completed("compare", world, "--policies", "rbac,ou") == ["rbac,ours"]
    assert completed("compare", world, "--policies", "rbac,rbac") == ["rbac,rbac-context"]


def test_entry_points_and_goals_are_completed_from_the_scenario(world: str) -> None:
    assert completed("run", world, "--entry-point", "") == ["leaked-key", "poisoned-ticket"]
    assert completed("paths", world, "--goal", "c") == ["cases-leaked"]


def test_a_broken_or_missing_scenario_completes_nothing_in_silence(
    broken: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert completed("run", broken, "--entry-point", "") == []
    assert completed("run", str(tmp_path / "none.yaml"), "--entry-point", "") == []
    assert completed("run", "-", "--entry-point", "") == []
    assert capsys.readouterr() == ("", "")
