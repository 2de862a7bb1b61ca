"""On the incidents what comes first is what `docs/narrowing.md` speaks of, and what it promises holds."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

import simkit
from simkit.narrowing import BindTargets, DropEntitlements, Holder, MoveCredential, Narrowing, TurnDial

ROOT = Path(__file__).parents[2]
INCIDENTS = ROOT / "scenarios" / "incidents"
PAGE = (ROOT / "docs" / "narrowing.md").read_text("utf-8")
RESULTS = (ROOT / "results" / "narrowing.md").read_text("utf-8")

# What the public record says would have helped: each is the first recommendation, and puts the goal out of reach.
AGREED: dict[str, Narrowing] = {
    "clinejection": DropEntitlements(
        Holder("role", "triage"), (("shell.run", "triage-bot"), ("actions-cache.save", "nightly-release"))
    ),
    "pocketos-railway": DropEntitlements(
        Holder("role", "railway-everything"),
        (
            ("railway.volume_delete", "staging-volume"),
            ("railway.volume_delete", "production-volume"),
            ("railway.volume_read", "staging-volume"),
            ("railway.volume_read", "production-volume"),
        ),
    ),
    "microsoft-sas": BindTargets(Holder("role", "account-full-control"), "blob.read", ("model-weights",)),
    "salesloft-drift": DropEntitlements(
        Holder("role", "connected-app-typical"),
        (("salesforce.query", "typical-cases"), ("salesforce.update", "typical-cases")),
    ),
    "tj-actions": MoveCredential("reviewdog-maintainer-pat", identity="spotbugs-workflow"),
    "github-mcp": TurnDial("coding-agent", "scope", "task+arguments"),
}
HELPLESS = ("replit", "tanstack")
"""Incidents whose remedy is no narrowing: what comes first hardly helps, and the page says why."""


def first(name: str) -> simkit.Recommendation:
    scenario = simkit.load(INCIDENTS / f"{name}.yaml")
    assert scenario.incident is not None
    entry = next(iter(scenario.entry_points))
    found = simkit.recommend(scenario, entry_points=entry, goal=scenario.incident.reached[0], trials=200, budget=1)
    return found[0]


@pytest.mark.parametrize("name", AGREED)
def test_the_first_recommendation_is_one_that_the_record_asks_for(name: str) -> None:
    best = first(name)
    assert best.narrowing == AGREED[name]
    assert best.helps
    assert best.before.chance is not None
    assert best.after.chance is not None
    assert best.after.chance.estimate == 0.0 < best.before.chance.estimate
    assert best.at
    assert best.at in best.path
    assert best.tasks
    assert best.relevant


@pytest.mark.parametrize("name", HELPLESS)
def test_where_no_narrowing_is_the_remedy_the_gain_is_small(name: str) -> None:
    assert first(name).less.estimate < 0.2
    assert re.search(rf"\| `{name}` \|.*\| differs: ", PAGE)


def test_the_page_and_the_results_speak_of_every_incident() -> None:
    names = sorted(path.stem for path in INCIDENTS.glob("*.yaml"))
    assert sorted(re.findall(r"^\| `([a-z0-9-]+)` \|.*\| (?:agrees|differs|not in)", PAGE, re.M)) == names
    assert re.findall(r"^## (.+)$", RESULTS, re.M) == names


def test_the_results_are_what_the_command_writes() -> None:
    made = runpy.run_path(str(INCIDENTS / "narrow.py"))
    one = made["found"](INCIDENTS / "crossbeam.yaml")
    assert made["section"](one) in RESULTS
    assert made["overview"]([one]).markdown().splitlines()[-1] in RESULTS
