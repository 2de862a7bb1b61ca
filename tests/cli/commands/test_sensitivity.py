"""`simkit sensitivity`, as a user types it, and `--set`, which every command about one scenario has."""

from __future__ import annotations

import json

from cli.conftest import Cli

import simkit

TWO = ("--policies", "rbac,task-scoped", "--draws", "64")


def test_sensitivity_gives_what_the_library_gives(cli: Cli, world: str) -> None:
    result = cli("sensitivity", world, *TWO, "--seed", "3", "--format", "json")
    assert result.exit_code == 0, result.output
    expected = simkit.sensitivity(simkit.load(world), ["rbac", "task-scoped"], draws=64, seed=3)
    assert json.loads(result.stdout)["result"] == json.loads(json.dumps(expected.to_dict()))


def test_a_file_without_a_range_gets_an_answer_from_the_ranges_of_the_defaults(cli: Cli, world: str) -> None:
    result = cli("sensitivity", world, *TWO)
    assert "inputs are not known, " in result.stdout
    assert "of them defaults. 64 plausible draws, " in result.stdout
    assert " -> " in result.stdout
    assert "what is not known" in result.stdout


def test_it_writes_markdown(cli: Cli, world: str) -> None:
    result = cli("sensitivity", world, *TWO, "--format", "markdown")
    assert "| policy | loss, mean | 5-95 % of draws |" in result.stdout
    first, second, _ = result.stdout.split("\n\n", 2)
    assert first.endswith(" trials each; value lost.")
    assert second.startswith("rbac -\\> task-scoped: ")


def test_set_changes_the_answer_and_is_named(cli: Cli, world: str) -> None:
    plain = json.loads(cli("run", world, "--trials", "64", "--format", "json").stdout)
    result = cli("run", world, "--trials", "64", "--set", "response.miss_rate=0.4", "--format", "json")
    found = json.loads(result.stdout)["result"]["provenance"]
    assert "(response.miss_rate=0.4)" in found["scenario"]
    assert found["digest"] != plain["result"]["provenance"]["digest"]


def test_set_refuses_an_unknown_path_with_the_nearest(cli: Cli, world: str) -> None:
    result = cli("run", world, "--set", "response.mis_rate=0.4")
    assert result.exit_code == 2
    assert "did you mean miss_rate?" in result.stderr


def test_set_needs_a_value(cli: Cli, world: str) -> None:
    result = cli("compare", world, "--set", "response.miss_rate")
    assert result.exit_code == 2
    assert "write PATH=VALUE" in result.stderr
