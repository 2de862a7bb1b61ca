"""Load: a file of 10,000 assets, from text to scenario to attack graph."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from benchmarks.malsim_graphs import ask
from benchmarks.racing import Goal, Peer, Race

from simkit.scenario import Scenario, dump, loads
from simkit.simulation import compile_attack

PLACE = 6
ASSETS, FEW = 10_000, 2_000
SECONDS = {"yaml": 3.0, "json": 1.0}
MALSIM = {"yaml": "yml", "json": "json"}


def large(assets: int) -> dict[str, Any]:
    """A scenario with `assets` identities, resources and credentials, and as many tasks as identities."""
    tenth = assets // 10
    return {
        "simkit": 1,
        "name": "large",
        "identities": {
            f"agent-{i}": {
                "kind": "agent",
                "tier": f"tier-{i % 50}",
                "susceptibility": 0.5,
                "roles": [f"role-{i % 500}"],
            }
            for i in range(4 * tenth)
        },
        "resources": {
            f"store-{i % tenth}-{i // tenth}": {"value": {"confidentiality": 10}, "holds": [f"key-{i % (2 * tenth)}"]}
            for i in range(4 * tenth)
        },
        "tools": {f"tool-{i}": {"operations": _operations(i)} for i in range(200)},
        "credentials": {f"key-{i}": {"identity": f"agent-{i}", "ttl": "90d"} for i in range(2 * tenth)},
        "roles": {f"role-{i}": {"entitlements": _entitlements(i, tenth)} for i in range(500)},
        "trust": [{"from": f"agent-{i}", "to": f"agent-{i + 1}", "kind": "delegate"} for i in range(tenth)],
        "tasks": {f"task-{i}": _task(i, tenth) for i in range(4 * tenth)},
        "entry_points": {"leaked": {"leak": "key-0"}},
        "goals": {"lost": {"lost": [{"resource": "store-0-0", "impact": "confidentiality"}]}},
    }


def _operations(i: int) -> dict[str, Any]:
    return {
        "read": {"effect": "read", "targets": [f"store-{i}-*"], "duration": "2s"},
        "send": {"effect": "send", "targets": [f"store-{i}-0"]},
    }


def _entitlements(i: int, tenth: int) -> list[dict[str, Any]]:
    return [{"operation": f"tool-{i % 200}.*", "targets": [f"store-{i % tenth}-*"]}, {"operation": "tool-1.read"}]


def _task(i: int, tenth: int) -> dict[str, Any]:
    needs = [{"operation": f"tool-{i % 200}.read", "targets": [f"store-{i % 200}-0"]}, f"tool-{i % 200}.send"]
    return {"identity": f"agent-{i}", "needs": needs, "reads": [f"store-{i % tenth}-1"], "rate": "40/d"}


TEXTS = {
    "yaml": lambda made: yaml.dump(made, Dumper=getattr(yaml, "CSafeDumper", yaml.SafeDumper), sort_keys=False),
    "json": json.dumps,
}


def loaded(text: str, language: str, assets: int) -> Scenario:
    """The scenario, all of it."""
    scenario = loads(text, f"large.{language}")
    model = scenario.model
    assert len(model.identities) + len(model.resources) + len(model.credentials) == assets
    return scenario


@pytest.mark.parametrize("language", TEXTS)
def test_loading_beside_malsim(race: Race, full: bool, language: str) -> None:
    assets = ASSETS if full else FEW
    text = TEXTS[language](large(assets))
    theirs = ask("load", str(assets))
    race(
        PLACE,
        f"load and validate a {language.upper()} file of {assets:,} assets",
        lambda: loaded(text, language, assets),
        [Peer(f"malsim, its model as {language.upper()}", lambda: float(theirs[MALSIM[language]]), 1)],
    )


@pytest.mark.parametrize("language", TEXTS)
def test_loading_and_compiling(race: Race, full: bool, language: str) -> None:
    assets = ASSETS if full else FEW
    text = TEXTS[language](large(assets))
    steps = len(compile_attack(loaded(text, language, assets)).graph.steps)
    race(
        PLACE,
        f"load, validate and compile it, {language.upper()}, {steps:,} steps",
        lambda: compile_attack(loaded(text, language, assets)),
        goal=Goal(within=SECONDS[language]),
    )


def test_writing(race: Race, full: bool) -> None:
    assets = ASSETS if full else FEW
    scenario = loaded(TEXTS["json"](large(assets)), "json", assets)
    assert loads(dump(scenario), "<text>").digest == scenario.digest
    race(PLACE, f"write a scenario of {assets:,} assets", lambda: dump(scenario))
