"""`simkit privilege`, as a user types it."""

from __future__ import annotations

import json

from cli.conftest import Cli


def answer(result) -> dict:  # type: ignore[no-untyped-def, type-arg]
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)["result"]


def test_privilege_counts_what_no_task_needs(cli: Cli, world: str) -> None:
    found = answer(cli("privilege", world, "--format", "json"))
    assert {grant["operation"]: grant["unneeded"] for grant in found["grants"]} == {
        "crm.read": True,
        "crm.answer": False,
    }
    assert found["window"]["confidence"] == "none"
