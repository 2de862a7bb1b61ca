"""`simkit policies` lists every policy and every dial."""

from __future__ import annotations

import json
from collections.abc import Callable

import click.testing

from simkit.policies import DIALS, NAMED

Cli = Callable[..., click.testing.Result]


def test_policies_lists_every_policy_and_every_dial(cli: Cli, world: str) -> None:
    result = cli("policies")
    assert result.exit_code == 0
    for word in [*NAMED, *DIALS, *(setting for dial in DIALS.values() for setting in dial.settings)]:
        assert word in result.stdout
    assert "ours" not in result.stdout
    own = json.loads(cli("policies", world, "--format", "json").stdout)["result"]["policies"]["ours"]
    assert own["own"]
    assert own["ttl"] == 1800.0
    assert "30 min" in cli("policies", world).stdout


def test_every_setting_of_every_dial_is_explained_in_its_order(cli: Cli) -> None:
    told = json.loads(cli("policies", "--format", "json").stdout)["result"]["dials"]
    assert {name: [each["name"] for each in dial["settings"]] for name, dial in told.items()} == {
        name: list(dial.settings) for name, dial in DIALS.items()
    }
    assert all(dial["decides"] and all(each["means"] for each in dial["settings"]) for dial in told.values())
