"""The real runs of tau-bench airline that each design covers: equal to the published counts."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from simkit.policies import sessions
from simkit.scenario import Scenario, load
from simkit.simulation import worst_case_pairs

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "scenarios" / "taubench-airline"
DATA = ROOT.parent / "shared" / "data" / "taubench_airline_runs.json"
COVERED = {"every tool": 84, "every tool that changes nothing": 80, "think": 28, "task's tools": 24}
"""Good runs, of 84, whose every call the session of their task holds."""


def script(name: str) -> ModuleType:
    """A script of the folder as a module; registered, for its dataclasses look their module up."""
    full = f"taubench_{name}"
    if full not in sys.modules:
        spec = importlib.util.spec_from_file_location(full, FOLDER / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        sys.modules[full] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[full])
    return sys.modules[full]


generate, measure = script("generate"), script("measure")


@pytest.fixture(scope="module")
def airline() -> Scenario:
    return load(FOLDER / "airline.yaml")


@pytest.fixture(scope="module")
def facts() -> Any:
    if not DATA.exists():
        pytest.skip("the data that the scenario was made from is not here")
    return json.loads(DATA.read_text("utf-8"))


def test_the_scenario_holds_every_run(airline: Scenario) -> None:
    assert len(airline.observed) == 200
    assert sum(run.success for run in airline.observed) == 84
    assert len(airline.model.tasks) == 50


def test_each_design_covers_the_published_number_of_good_runs(airline: Scenario) -> None:
    rows = measure.design_table(airline).records()
    assert [row["good runs covered"] for row in rows] == list(COVERED.values())
    assert [row["stopped"] for row in rows] == [84 - count for count in COVERED.values()]


def test_no_design_breaks_a_need(airline: Scenario) -> None:
    for design in measure.designs(airline):
        assert design.sessions().broken == ()


def test_reads_let_the_attacker_change_no_more_than_the_task_does(airline: Scenario) -> None:
    narrow = worst_case_pairs(airline, "task-scoped")
    assert worst_case_pairs(airline, "task-scoped-reads").reached == narrow.reached
    assert worst_case_pairs(airline, "rbac").share == 1.0
    changes = sum(
        airline.model.operation(need.operation).effect == "write"
        for task in airline.model.tasks.values()
        for need in task.needs
    )
    assert len(narrow.reached) == changes


def test_stopped_runs_lack_what_is_counted(airline: Scenario) -> None:
    design = measure.Design("", "task-scoped-reads", airline)
    assert measure.wanted(design) == {"airline.update_reservation_flights": 4}


def test_a_session_covers_a_run_only_if_it_holds_every_call(airline: Scenario) -> None:
    made = sessions(airline.model, airline.grant_policy("task-scoped"))
    idle = [run for run in airline.observed if not run.calls]
    assert idle
    assert all(measure.covered(made, run) for run in idle)


class TestAgainstTheData:
    @pytest.mark.parametrize(
        ("policy", "allowed"), [("task-scoped", ()), ("task-scoped-reads", ("READ", "GENERIC")), ("rbac", ("WRITE",))]
    )
    def test_the_very_same_runs_are_covered(
        self, airline: Scenario, facts: Any, policy: str, allowed: tuple[str, ...]
    ) -> None:
        always = {tool["name"] for tool in facts["tools"] if policy == "rbac" or tool["type"] in allowed}
        made = sessions(airline.model, airline.grant_policy(policy))
        expected = [set(run["calls"]) <= set(run["ground_truth"]) | always for run in facts["runs"]]
        assert [measure.covered(made, run) for run in airline.observed] == expected

    def test_the_scenario_is_what_the_generator_writes(self, facts: Any, tmp_path: Path) -> None:
        generate.main(["--data", str(DATA), "--out", str(tmp_path)])
        for name in ("airline.yaml", "runs.jsonl"):
            assert (tmp_path / name).read_text("utf-8") == (FOLDER / name).read_text("utf-8")


def test_the_file_says_where_its_facts_come_from(airline: Scenario) -> None:
    head = (FOLDER / "airline.yaml").read_text("utf-8")[:600]
    assert "arXiv:2406.12045" in head
    assert "MIT" in head
    assert "entry points and goals" in [assumption.about for assumption in airline.assumptions]


def test_the_page_of_results_is_what_the_command_writes(tmp_path: Path) -> None:
    measure.main(["--out", str(tmp_path / "page.md")])
    assert (tmp_path / "page.md").read_text("utf-8") == (ROOT / "results" / "taubench.md").read_text("utf-8")
