"""What a console and a notebook show of a value: one line of facts, and tables in which every name is escaped."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

import simkit

PAYLOAD = "<img src=x onerror=alert(1)>"
TEXT = (Path(__file__).parents[1] / "scenarios" / "starter.yaml").read_text("utf-8")
ENTRY = "leaked-ci-secret"
LONGEST = 320
"""Places that the one line may take: a comparison of six policies, a narrowing with its names."""


def hostile() -> simkit.Scenario:
    """The starter, with markup in the names that an attack goes through."""
    text = TEXT
    for name in ("customer-records", "deploy-key", "customers-leaked"):
        text = text.replace(name, f"{name}{PAYLOAD}")
    return simkit.loads(text.replace("name: starter", f'name: "starter {PAYLOAD}"'))


@pytest.fixture(scope="module")
def values() -> Mapping[str, object]:
    world = hostile()
    agent = next(task.identity for task in world.model.tasks.values())
    asked = {"entry_point": ENTRY, "trials": 20, "seed": 1}
    result = simkit.simulate(world, **asked)
    record = simkit.replay(world, entry_point=ENTRY)
    recommended = simkit.recommend(world, entry_points=ENTRY, trials=20, seed=1, budget=1)
    return {
        "scenario": world,
        "model": world.model,
        "names": world.credentials,
        "graph": result.graph,
        "result": result,
        "comparison": simkit.compare(world, ["rbac", "task-scoped"], **asked),
        "pairs": simkit.worst_case_pairs(world),
        "paths": result.paths(),
        "path": result.paths().paths[0],
        "ranking": simkit.rank(world),
        "reach": simkit.reach(world, entry_point=ENTRY, trials=20, seed=1),
        "record": record,
        "explanation": simkit.explain(record, 90_000, "ci"),
        "recommendations": recommended,
        "recommendation": recommended[0],
        "ablation": simkit.ablate(world, ENTRY, "rbac", "task-scoped", trials=20, seed=1),
        "evidence": simkit.evidence(world, entry_points=ENTRY, trials=20, seed=1),
        "over-privilege": simkit.over_privilege(world),
        "study": simkit.study([world], trials=20, seed=1),
        "sweep": simkit.sweep(world, ["rbac"], [ENTRY], trials=20, seed=1),
        "mined": simkit.mine_roles(world.model, agent, 1),
        "table": result.table(),
    }


def test_every_value_is_one_line_of_facts(values: Mapping[str, object]) -> None:
    for name, value in values.items():
        shown = repr(value)
        assert "\n" not in shown
        assert len(shown) <= LONGEST, f"{name}: {shown[:400]}"
        assert not shown.startswith("<simkit."), name


def test_a_notebook_shows_every_value_as_a_table_with_names_escaped(values: Mapping[str, object]) -> None:
    for name, value in values.items():
        shown = value._repr_html_()  # type: ignore[attr-defined]
        assert "<table" in shown, name
        assert "<img" not in shown, name
    assert "&lt;img" in values["scenario"]._repr_html_()  # type: ignore[attr-defined]
    assert "&lt;img" in values["result"]._repr_html_()  # type: ignore[attr-defined]


def test_no_colour_is_fixed_so_that_light_and_dark_themes_both_read(values: Mapping[str, object]) -> None:
    for name, value in values.items():
        assert "color" not in value._repr_html_(), name  # type: ignore[attr-defined]
