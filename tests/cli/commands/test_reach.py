"""`simkit reach`, as a user types it."""

from __future__ import annotations

import json

from cli.conftest import Cli

import simkit


def test_reach_gives_what_the_library_gives(cli: Cli, world: str) -> None:
    result = cli("reach", world, "--trials", "40", "--seed", "3", "--format", "json")
    assert result.exit_code == 0, result.output
    expected = simkit.reach(simkit.load(world), trials=40, seed=3)
    assert json.loads(result.stdout)["result"] == json.loads(json.dumps(expected.to_dict()))


def test_reach_says_it_in_sentences(cli: Cli, world: str) -> None:
    result = cli("reach", world, "--trials", "40", "--quiet")
    assert result.stdout.startswith("If nothing expires and nobody responds, under ")


def test_an_unknown_engine_is_refused(cli: Cli, world: str) -> None:
    result = cli("reach", world, "--engine", "gpu")
    assert result.exit_code == 2
    assert "no engine is called 'gpu'" in result.stderr
