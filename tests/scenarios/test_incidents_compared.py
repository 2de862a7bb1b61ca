"""`simkit compare` of each incident says nothing that its file does not answer."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from simkit.cli.commands import simkit

INCIDENTS = sorted((Path(__file__).parents[2] / "scenarios" / "incidents").glob("*.yaml"))


@pytest.mark.parametrize("incident", INCIDENTS, ids=lambda file: file.stem)
def test_an_incident_is_compared_without_a_warning_and_is_sound_when_strict(incident: Path) -> None:
    assert CliRunner().invoke(simkit, ["validate", "--strict", str(incident)]).exit_code == 0
    answer = CliRunner().invoke(simkit, ["compare", str(incident), "--trials", "5"])
    assert answer.exit_code == 0
    assert "warning" not in answer.output
    assert [line for line in answer.stderr.splitlines() if not line.startswith("note: ")] == []
