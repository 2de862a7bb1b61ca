"""`simkit compare`, as a user types it."""

from __future__ import annotations

import json
from collections.abc import Callable

import click.testing

from simkit import simulation
from simkit.scenario import load

Cli = Callable[..., click.testing.Result]
FEW = ("--trials", "40")


def test_compare_takes_what_the_scenario_says_or_what_it_is_told(cli: Cli, world: str) -> None:
    said = json.loads(cli("compare", world, *FEW, "--format", "json").stdout)["result"]
    assert list(said["policies"]) == ["rbac", "task-scoped"]
    told = cli("compare", world, *FEW, "--policies", "jit, ours,jit", "--against", "ours", "--format", "json")
    result = json.loads(told.stdout)["result"]
    assert sorted(result["policies"]) == ["jit", "ours"]
    assert result["against"] == "ours"


def test_compare_in_text_puts_the_policies_side_by_side(cli: Cli, world: str) -> None:
    result = cli("compare", world, *FEW)
    assert result.exit_code == 0
    for table in simulation.compare(load(world), entry_point="leaked-key", trials=40).tables():
        assert table.text(120) in result.stdout
