"""`simkit roles`, as a user types it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import click.testing

import simkit

Cli = Callable[..., click.testing.Result]


def test_roles_says_how_many_are_enough_and_writes_them(cli: Cli, desk: str, tmp_path: Path) -> None:
    out = tmp_path / "split.yaml"
    done = cli("roles", desk, "--write", str(out), "--format", "json")
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)["result"]
    assert found["identity"] == "desk"
    assert [point["roles"] for point in found["points"]] == [1]
    assert list(simkit.load(out).identities) == ["desk/role-1"]
    assert cli("roles", desk, "--identity", "dask").exit_code == 2
