"""`simkit rank`, as a user types it."""

from __future__ import annotations

import json
from collections.abc import Callable

import click.testing

Cli = Callable[..., click.testing.Result]


def test_rank_lists_what_is_worst_to_lose(cli: Cli, world: str) -> None:
    result = cli("rank", world, "--format", "json")
    rows = json.loads(result.stdout)["result"]["rows"]
    assert {(row["kind"], row["name"]) for row in rows} == {("credential", "desk-key"), ("identity", "desk")}
    assert rows[0]["value"] == 10.0
    assert "desk-key" in cli("rank", world, "--policy", "task-scoped").stdout
