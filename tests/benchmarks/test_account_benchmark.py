"""An imported account of AWS: reading the export, and the questions that people ask first.

122 principals are those of the account that runs IAM-Vulnerable; 10,000 are generated. The limits are processor seconds
of all threads, imports included.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from benchmarks import one_command
from benchmarks.racing import Race, Row, seconds
from generated_account import generated_account

from simkit.importers import import_files, whole

PLACE, SMALL, LARGE = 7, 200, 10_000
GIB = 2**30
LIMITS: dict[int, tuple[float, float]] = {122: (5.0, GIB), LARGE: (60.0, 2 * GIB)}
"""Seconds and bytes for each command, by the number of principals."""
COMMANDS = {"rank": (), "paths": ("--trials", "100"), "narrow": ("--trials", "100"), "privilege": ()}
ROOT = Path(__file__).parents[2]
VULNERABLE = ROOT / "tests" / "data" / "aws" / "iam_vulnerable.json"


def account(principals: int) -> str:
    if principals == 122:
        return json.dumps(json.loads(VULNERABLE.read_text("utf-8"))["account"], indent=1)
    return generated_account(principals)


def imported(folder: Path, principals: int) -> Path:
    (folder / "account.json").write_text(account(principals), "utf-8")
    (made,) = import_files([folder / "account.json"])
    (folder / "aws.yaml").write_text(made.text(), "utf-8")
    (folder / "scenario.yaml").write_text(whole("account", ["aws.yaml"]), "utf-8")
    return folder / "scenario.yaml"


@pytest.mark.parametrize("principals", LIMITS)
@pytest.mark.parametrize("command", COMMANDS)
def test_what_is_asked_of_an_account(command: str, principals: int, race: Race, full: bool, tmp_path: Path) -> None:
    race.benchmark.pedantic(lambda: None, rounds=1)
    if not full and (principals != LARGE or command == "narrow"):
        pytest.skip("the tests of the importer ask this account")
    file = imported(tmp_path, principals if full else SMALL)
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    found = one_command.measured((command, str(file), *COMMANDS[command]), env, tmp_path)
    if full:
        limit, memory = LIMITS[principals]
        reached = found["seconds"] <= limit and found["peak"] <= memory
        shown = f"{seconds(found['seconds'])}, {found['peak'] / GIB:.2f} GiB"
        goal = f"<= {limit:g} s, {memory / GIB:g} GiB"
        race.note(Row(PLACE, f"{command}, an account of {principals:,} principals", shown, "", "", None, goal, reached))
