"""The pairs of AgentDojo that each design leaves possible: through the attack graph, equal to the published counts."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from simkit.narrowing.granularity import role_granularity, split
from simkit.policies import sessions
from simkit.scenario import Scenario
from simkit.simulation import worst_case_pairs

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "scenarios" / "agentdojo"
DATA = ROOT.parent / "shared" / "data" / "agentdojo_v1.json"
PUBLISHED = {
    ("rbac", 0): (240, 140, 144, 105),
    ("rbac", 1): (200, 100, 144, 84),
    ("task-scoped-reads", 0): (22, 29, 47, 21),
    ("task-scoped", 0): (18, 26, 42, 19),
    ("task-arguments", 0): (0, 24, 0, 3),
    ("no-write-after-untrusted-read", 0): (0, 20, 0, 0),
}
"""Pairs by design (policy, mined roles) and by suite: workspace, travel, banking, slack."""


def script(name: str) -> ModuleType:
    """A script of the folder as a module; registered, for its dataclasses look their module up."""
    full = f"agentdojo_{name}"
    if full not in sys.modules:
        spec = importlib.util.spec_from_file_location(full, FOLDER / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        sys.modules[full] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[full])
    return sys.modules[full]


generate, measure = script("generate"), script("measure")


@pytest.fixture(scope="module")
def suites() -> dict[str, Scenario]:
    return measure.read(FOLDER)  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def facts() -> dict[str, Any]:
    if not DATA.exists():
        pytest.skip("the data that the scenarios were made from is not here")
    return generate.facts_from_file(DATA)  # type: ignore[no-any-return]


@pytest.mark.parametrize("design", measure.DESIGNS, ids=lambda design: f"{design.policy}-{design.roles}")
def test_the_attack_graph_finds_the_published_number_of_pairs(suites: dict[str, Scenario], design: Any) -> None:
    counts = tuple(len(measure.design_pairs(scenario, design)) for scenario in suites.values())
    assert counts == PUBLISHED[design.policy, design.roles]


def test_every_published_design_is_a_row_of_the_table() -> None:
    assert [(design.policy, design.roles) for design in measure.DESIGNS] == list(PUBLISHED)


def test_the_tools_of_the_own_task_suffice_in_the_share_that_the_paper_reports(suites: dict[str, Scenario]) -> None:
    matrices = [worst_case_pairs(scenario, "task-scoped") for scenario in suites.values()]
    share = sum(len(matrix.reached) for matrix in matrices) / sum(matrix.total for matrix in matrices)
    assert round(share, 2) == measure.PAPER


def test_twenty_pairs_need_no_tool_and_no_design_stops_them(suites: dict[str, Scenario]) -> None:
    travel = suites["travel"]
    wordless = {(task, "injection_task_6") for task in travel.entry_points}
    assert len(wordless) == 20
    for design in measure.DESIGNS:
        assert wordless <= measure.design_pairs(travel, design)
    assert worst_case_pairs(travel).unstoppable == ("injection_task_6",)
    assert all(worst_case_pairs(suites[name]).unstoppable == () for name in ("workspace", "banking", "slack"))


def test_no_policy_breaks_a_need(suites: dict[str, Scenario]) -> None:
    for scenario in suites.values():
        for name in scenario.compare:
            assert sessions(scenario.model, scenario.grant_policy(name)).broken == ()


def test_only_refusing_every_change_breaks_tasks(suites: dict[str, Scenario]) -> None:
    broken = {
        design.policy: sum(measure.broken_tasks(scenario, design) for scenario in suites.values())
        for design in measure.DESIGNS
    }
    assert {policy for policy, count in broken.items() if count} == {"no-write-after-untrusted-read"}


def test_refusing_every_change_breaks_the_tasks_that_read_and_change(facts: dict[str, Any]) -> None:
    suites = measure.read(FOLDER)
    expected = 0
    for suite in facts.values():
        reads = {tool["name"] for tool in suite["tools"] if tool["effect"] == "read"}
        expected += sum(
            bool(task["untrusted_vectors_seen"]) and not set(task["tools_needed"]) <= reads
            for task in suite["user_tasks"]
        )
    assert sum(measure.broken_tasks(scenario, measure.DESIGNS[-1]) for scenario in suites.values()) == expected


class TestMinedRoles:
    def test_the_curve_runs_from_one_role_to_task_scopes(self, suites: dict[str, Scenario]) -> None:
        rows = measure.curve_table(suites).records()
        counts = [row["all"] for row in rows]
        assert (counts[0], counts[-1]) == (528, 105)
        assert counts == sorted(counts, reverse=True)
        assert rows[-1]["over-grant"] == 0

    def test_the_recommended_granularity_lies_on_the_curve_of_the_page(self, suites: dict[str, Scenario]) -> None:
        """More roles, fewer pairs; and few roles do most of what one for each task does."""
        rows = {row["roles a suite, at most"]: row for row in measure.curve_table(suites).records()}
        for name, scenario in suites.items():
            found = role_granularity(scenario)
            pairs = [point.pairs for point in found.points]
            assert pairs == sorted(pairs, reverse=True)
            assert all(point.pairs == rows[point.roles][name] for point in found.points if point.roles in rows)
            assert pairs[-1] == rows[32][name]
            assert not any(point.broken for point in found.points)
            best = found.points[found.enough]
            assert found.whole - best.pairs >= 0.9 * (found.whole - pairs[-1])
            assert best.roles <= 8 < len(scenario.model.tasks)

    @pytest.mark.parametrize("k", [2, 4, 8, 16])
    def test_the_graph_agrees_with_set_arithmetic_on_the_roles(self, suites: dict[str, Scenario], k: int) -> None:
        for scenario in suites.values():
            mined = measure.mined_roles(scenario, k)
            assert len(mined.roles) <= k
            expected = {
                (task, goal.name)
                for role in mined.roles
                for task in role.tasks
                for goal in scenario.goals.values()
                if role.operations.issuperset(operation for operation, _ in goal.performed)
            }
            assert split(scenario, mined).pairs("rbac") == expected


class TestAgainstTheData:
    """Pair by pair, by set arithmetic on the facts themselves, which know nothing of simkit."""

    @staticmethod
    def keys(task: Any) -> set[str]:
        return {json.dumps((call["tool"], call["resource_args"]), sort_keys=True) for call in task["calls"]}

    def expected(self, suite: Any, policy: str) -> set[tuple[str, str]]:
        reads = {tool["name"] for tool in suite["tools"] if tool["effect"] == "read"}

        def possible(task: Any, attack: Any) -> bool:
            own, wanted = set(task["tools_needed"]), set(attack["tools_needed"])
            if policy == "task-scoped-reads":
                return wanted <= own | reads
            if policy == "task-arguments":
                return self.keys(attack) <= self.keys(task)
            if policy == "no-write-after-untrusted-read":
                return wanted <= own & reads
            return wanted <= own

        return {(t["id"], i["id"]) for t in suite["user_tasks"] for i in suite["injection_tasks"] if possible(t, i)}

    @pytest.mark.parametrize(
        "policy", ["task-scoped-reads", "task-scoped", "task-arguments", "no-write-after-untrusted-read"]
    )
    def test_the_very_same_pairs_succeed(self, suites: dict[str, Scenario], facts: dict[str, Any], policy: str) -> None:
        for name, scenario in suites.items():
            assert worst_case_pairs(scenario, policy).reached == self.expected(facts[name], policy)

    def test_different_arguments_are_different_targets(self, facts: dict[str, Any]) -> None:
        for suite, given in facts.items():
            meant: dict[tuple[str, ...], set[str]] = {}
            for task in (*given["user_tasks"], *given["injection_tasks"]):
                for call in task["calls"]:
                    (made,) = generate._calls(suite, given, [call])
                    meant.setdefault((made.tool, *made.targets), set()).add(json.dumps(call["resource_args"]))
            assert all(len(arguments) == 1 for arguments in meant.values())

    def test_the_scenarios_are_what_the_generator_writes(self, facts: dict[str, Any], tmp_path: Path) -> None:
        generate.main(["--data", str(DATA), "--out", str(tmp_path)])
        for suite in generate.SUITES:
            assert (tmp_path / f"{suite}.yaml").read_text("utf-8") == (FOLDER / f"{suite}.yaml").read_text("utf-8")

    def test_effects_and_arguments_are_those_of_the_data(self, facts: dict[str, Any]) -> None:
        effects = {tool: effect for effect, tools in generate.EFFECTS.items() for tool in tools}
        for suite in facts.values():
            for tool in suite["tools"]:
                assert effects.get(tool["name"], "read") == tool["effect"]
                assert generate.RESOURCE_ARGUMENTS.get(tool["name"], ()) == tuple(tool["resource_args"])


def test_the_public_package_gives_the_same_scenarios(suites: dict[str, Scenario]) -> None:
    pytest.importorskip("agentdojo", reason="the package agentdojo is not installed")
    for suite, facts in generate.facts_from_package().items():
        assert generate.suite_scenario(suite, facts).digest == suites[suite].digest


def test_each_file_says_where_its_facts_come_from(suites: dict[str, Scenario]) -> None:
    for suite, scenario in suites.items():
        head = (FOLDER / f"{suite}.yaml").read_text("utf-8")[:600]
        assert "arXiv:2406.13352" in head
        assert "MIT" in head
        assert "susceptibility 1.0" in [assumption.about for assumption in scenario.assumptions]


def test_the_page_of_results_is_what_the_command_writes(tmp_path: Path) -> None:
    measure.main(["--out", str(tmp_path / "page.md")])
    assert (tmp_path / "page.md").read_text("utf-8") == (ROOT / "results" / "agentdojo.md").read_text("utf-8")
