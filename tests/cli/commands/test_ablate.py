"""`simkit ablate`, as a user types it."""

from __future__ import annotations

import json

import pytest
from cli.conftest import Cli


def answer(result) -> dict:  # type: ignore[no-untyped-def, type-arg]
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)["result"]


def test_ablate_attributes_the_whole_to_the_dials(cli: Cli, world: str) -> None:
    found = answer(cli("ablate", world, "-n", "20", "--to", "task-scoped", "--format", "json"))
    assert [found["from"], found["to"]] == ["rbac", "task-scoped"]
    parts = sum(part["shapley"]["estimate"] for part in found["dials"])
    assert parts == pytest.approx(found["whole"]["estimate"])


def test_ablate_shows_every_combination_if_asked(cli: Cli, world: str) -> None:
    words = ("ablate", world, "-n", "5", "--to", "task-scoped", "--entry-point", "leaked-key")
    assert "every combination" not in cli(*words).stdout
    assert "every combination" in cli(*words, "--every").stdout


def test_ablate_says_which_entry_point_it_took(cli: Cli, world: str) -> None:
    result = cli("ablate", world, "-n", "5")
    assert "note: through leaked-key, the first entry point" in result.stderr


def test_ablate_refuses_two_policies_alike(cli: Cli, world: str) -> None:
    result = cli("ablate", world, "--to", "rbac")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "have the same dials" in result.stderr
