"""How long a file of 10,000 assets takes from text to Scenario."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from simkit.scenario import dump, loads

ASSETS = 10_000
SECONDS = {"yaml": 3.0, "json": 1.0}


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
    "yaml": lambda: yaml.dump(large(ASSETS), Dumper=getattr(yaml, "CSafeDumper", yaml.SafeDumper), sort_keys=False),
    "json": lambda: json.dumps(large(ASSETS)),
}


@pytest.mark.parametrize("language", TEXTS)
def test_ten_thousand_assets_load_in_seconds(benchmark: Any, language: str) -> None:
    text = TEXTS[language]()
    scenario = benchmark.pedantic(loads, (text, f"large.{language}"), rounds=3, warmup_rounds=1)
    model = scenario.model
    assert len(model.identities) + len(model.resources) + len(model.credentials) == ASSETS
    if benchmark.stats is not None:
        assert benchmark.stats.stats.min <= SECONDS[language]


def test_ten_thousand_assets_are_written_in_seconds(benchmark: Any) -> None:
    scenario = loads(TEXTS["json"]())
    assert loads(benchmark.pedantic(dump, (scenario,), rounds=1), "<text>").digest == scenario.digest
