"""A dial is a row: one that is added to the table is known everywhere, and nothing else has to be touched."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROW = """
    seconded: str = dial(
        "when a person is asked",
        {"never": "not at all", "task": "once for each task", "each-use": "every time"},
        start="never",
        takes="use",
    )
"""
"""A made-up dial, as its author would write it."""

PROGRAM = """
import importlib.machinery, json, sys
from importlib.abc import MetaPathFinder

ROW = sys.argv[1]
MARK = "    ttl: float | None = None\\n"


class WithTheRow(importlib.machinery.SourceFileLoader):
    def get_code(self, name):
        text = self.get_source(name)
        assert text.count(MARK) == 1
        return compile(text.replace(MARK, ROW + MARK), self.path, "exec")


class Finder(MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name != "simkit.policies.dials":
            return None
        found = importlib.machinery.PathFinder.find_spec(name, path)
        found.loader = WithTheRow(name, found.origin)
        return found


sys.meta_path.insert(0, Finder())
import jsonschema
import yaml
from click.testing import CliRunner

import simkit
from simkit.ablation.ladder import ladder
from simkit.cli.commands import simkit as command
from simkit.narrowing import candidates
from simkit.scenario import json_schema
from tests.help_desk import WORLD

text = WORLD + "  asking: {extends: rbac, seconded: each-use}\\n"
scenario = simkit.loads(text)
asking = scenario.policies["asking"]
jsonschema.Draft202012Validator(json_schema()).validate(yaml.safe_load(text))
try:
    simkit.loads(text.replace("each-use", "each-usee"))
except simkit.ScenarioError as error:
    refused = str(error)
turns = [each for each in candidates(scenario) if each.kind == "turn-dial" and each.dial == "seconded"]
narrowed = turns[0].apply(scenario)
entry = next(iter(scenario.entry_points))
found = simkit.ablate(scenario, entry, "rbac", asking, trials=8)
rungs = ladder(scenario, scenario.grant_policy("rbac"), [entry], trials=8, seed=0).rungs
ranked = simkit.recommend(scenario, entry_points=entry, trials=8, budget=1)
listed = json.loads(CliRunner().invoke(command, ["policies", "--format", "json"]).stdout)["result"]
print(json.dumps({
    "defaults": [simkit.policy(name).dials()["seconded"] for name in ("static-secrets", "rbac", "zero-standing")],
    "loaded": asking.seconded,
    "round trip": simkit.loads(simkit.dump(scenario)) == simkit.loads(text),
    "digests": scenario.digest != simkit.loads(text.replace("each-use", "task")).digest,
    "refused": refused,
    "turns": sorted({each.setting for each in turns}),
    "narrowed": narrowed.grant_policy().governing(scenario.model.identities[turns[0].identity]).seconded,
    "narrowed is written": simkit.loads(simkit.dump(narrowed)).grant_policy().dials()["seconded"],
    "players": [effect.dial for effect in found.effects],
    "rungs": sorted(setting for dial, setting in rungs if dial == "seconded"),
    "ranked": len(ranked.ranked),
    "listed": listed["dials"]["seconded"],
    "shown": listed["policies"]["zero-standing"]["dials"]["seconded"],
}))
"""


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    """What simkit says in a process of its own, in which the table of dials has one more row."""
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, ROW], cwd=root, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def test_the_weakest_and_the_strongest_policy_have_its_ends_and_the_others_its_start(told: dict[str, Any]) -> None:
    assert told["defaults"] == ["never", "never", "each-use"]


def test_a_scenario_file_may_turn_it_and_a_misspelt_setting_is_refused(told: dict[str, Any]) -> None:
    assert told["loaded"] == "each-use"
    assert told["round trip"]
    assert told["digests"], "it changes the digest"
    assert "did you mean each-use?" in told["refused"]


def test_narrowing_proposes_each_stronger_setting_and_writes_it_out(told: dict[str, Any]) -> None:
    assert told["turns"] == ["each-use", "task"]
    assert told["narrowed"] == told["narrowed is written"]
    assert told["narrowed"] in told["turns"]
    assert told["ranked"] > 0


def test_the_ablation_and_the_ladder_of_the_evidence_turn_it(told: dict[str, Any]) -> None:
    assert told["players"] == ["seconded"]
    assert told["rungs"] == ["each-use", "task"]


def test_the_list_of_policies_explains_it(told: dict[str, Any]) -> None:
    assert told["listed"]["decides"] == "when a person is asked"
    assert [each["name"] for each in told["listed"]["settings"]] == ["never", "task", "each-use"]
    assert told["shown"] == "each-use"
