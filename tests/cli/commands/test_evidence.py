"""`simkit evidence`, as a user types it."""

from __future__ import annotations

import json

from cli.conftest import Cli


def answer(result) -> dict:  # type: ignore[no-untyped-def, type-arg]
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)["result"]


def test_evidence_can_be_of_some_frameworks(cli: Cli, world: str) -> None:
    words = ("evidence", world, "-n", "5", "--frameworks", "NIST CSF, CSA MAESTRO", "--format", "json")
    controls = answer(cli(*words))["controls"]
    assert {control["framework"] for control in controls} == {"NIST CSF", "CSA MAESTRO"}
    assert cli("evidence", world, "--frameworks", "ISO").exit_code == 2
