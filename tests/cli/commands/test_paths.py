"""`simkit paths`, as a user types it."""

from __future__ import annotations

import json
from collections.abc import Callable

import click.testing

Cli = Callable[..., click.testing.Result]
FEW = ("--trials", "40")


def test_paths_shows_the_chains_to_a_goal_and_cuts_the_list(cli: Cli, world: str) -> None:
    result = json.loads(cli("paths", world, *FEW, "--goal", "cases-leaked", "--format", "json").stdout)["result"]
    assert [path["goal"] for path in result["paths"]] == ["cases-leaked"]
    assert result["paths"][0]["steps"][-1]["rule"]
    text = cli("paths", world, *FEW, "--limit", "1").stdout
    assert "desk-key" in text


def test_paths_can_say_what_the_steps_are_relevant_to(cli: Cli, world: str) -> None:
    words = ("paths", world, *FEW, "--standards")
    found = json.loads(cli(*words, "--format", "json").stdout)["result"]["standards"]
    assert set(found) == {"leak", "redeem", "read"}
    expected = {"list": "OWASP NHI Top 10", "version": "2025", "id": "NHI2:2025", "title": "Secret Leakage"}
    assert expected in found["leak"]
    text = cli(*words).stdout
    assert "NHI2:2025" in text
    assert "never prevents" in text
    assert "NHI2:2025" not in cli("paths", world, *FEW).stdout
