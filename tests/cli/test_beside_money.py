"""What a year costs stands beside the blast radius where the file says so, and how much of it is not known is said."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from cli.conftest import Cli
from help_desk import WORLD

PRICED = WORLD.replace("poisoned-ticket: {poison: tickets}", "poisoned-ticket: {poison: tickets, per_year: 2}")
PRICED += "unit: {EUR: 100}\n"
RANGE = "{between: [0.2, 0.9], best: 0.5, evidence: assumption}"
QUESTIONS = [("compare", "--policies", "rbac,task-scoped"), ("run", "--policy", "rbac")]


def written(folder: Path, text: str) -> str:
    (folder / "desk.yaml").write_text(text, "utf-8")
    return str(folder / "desk.yaml")


@pytest.mark.parametrize(("command", "option", "policies"), QUESTIONS)
def test_a_year_costs_what_each_attack_loses_as_often_as_it_comes(
    cli: Cli, tmp_path: Path, command: str, option: str, policies: str
) -> None:
    """Twice a year, in each sample, 10 points of 100 euros; in e^-2 of the years never."""
    file = written(tmp_path, PRICED)
    asked = (command, file, "--entry-point", "poisoned-ticket", "--trials", "20", option, policies)
    found = json.loads(cli(*asked, "--format", "json").stdout)["result"]["annual_loss"]["rbac"]
    assert (found["currency"], found["mean"]) == ("EUR", 2000.0)
    assert found["exceedance"][0] == [0.0, round(1 - math.exp(-2), 4)]
    assert "annual loss through poisoned-ticket, EUR" in cli(*asked).stdout
    assert "annual loss" not in cli(command, written(tmp_path, WORLD), *asked[2:]).stdout


@pytest.mark.parametrize("command", ["compare", "run", "narrow"])
@pytest.mark.parametrize(("ranges", "says"), [(0, None), (1, "1 input is not known"), (2, "2 inputs are not known")])
def test_how_many_inputs_are_not_known_is_said_once(
    cli: Cli, tmp_path: Path, command: str, ranges: int, says: str | None
) -> None:
    text = WORLD.replace("susceptibility: 1.0", f"susceptibility: {RANGE}") if ranges else WORLD
    file = written(tmp_path, text + (f"response: {{miss_rate: {RANGE}}}\n" if ranges > 1 else ""))
    done = cli(command, file, "--trials", "20")
    assert done.exit_code in (0, 1), done.output
    assert done.stderr.count("not known") == (says is not None)
    assert says is None or f"note: {says}" in done.stderr
