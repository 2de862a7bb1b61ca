"""run-code: tainted(r), j runs r -> runs_in(j), at the next run of a task of j."""

from __future__ import annotations

import pytest
from tiny_worlds import attacked, can, replayed, step, world

from simkit.errors import ScenarioError
from simkit.scenario import dump, loads

WORLD = """
identities:
  dev: {entitlements: [{operation: git.push}]}
  deployer: {entitlements: [{operation: cloud.read}]}
resources:
  repository: {contains: [workflow], run_by: deployer}
  workflow: {}
  database: {value: {confidentiality: 1}}
tools:
  git: {operations: {push: {effect: write, targets: [workflow]}, drop: {effect: delete, targets: [workflow]}}}
  cloud: {operations: {read: {effect: read, targets: [database]}}}
credentials: {key: {identity: dev}}
entry_points: {start: {leak: key}, package: {poison: repository}}
"""
TASKS = "tasks: {ship: {identity: deployer, rate: 3/h}, test: {identity: deployer, rate: 1/h}}\n"


def test_who_writes_code_or_a_part_of_it_runs_in_the_identity_that_executes_it() -> None:
    assert {"runs_in(deployer)", "lost(database, confidentiality)"} <= can(world(WORLD))
    assert "runs_in(deployer)" in can(world(WORLD), "package")


def test_it_runs_when_any_task_of_the_identity_next_runs() -> None:
    assert step(attacked(world(WORLD, TASKS)), "run-code(deployer <- repository) by workflow").wait.mean == 900.0


def test_without_a_task_it_runs_once_a_day() -> None:
    attack = attacked(world(WORLD))
    assert step(attack, "run-code(deployer <- repository) by workflow").wait.mean == 86400.0
    times = [replayed(attack, sample=sample).at["runs_in(deployer)"] for sample in range(200)]
    assert 68000 < sum(times) / 200 < 105000  # a day, give or take three standard deviations


def test_whatever_part_was_changed_it_is_one_run_with_one_fate() -> None:
    attack = attacked(world(WORLD, TASKS))
    fates = {each.fate for each in attack.graph.steps if each.rule == "run-code"}
    assert fates == {"run-code(deployer <- repository)"}


def test_to_delete_code_runs_nothing() -> None:
    gone = WORLD.replace("git.push", "git.drop").replace(", package: {poison: repository}", "")
    assert "runs_in(deployer)" not in can(world(gone))


def test_several_identities_may_run_it_and_only_those() -> None:
    both = WORLD.replace("run_by: deployer", "run_by: [deployer, dev]")
    assert {"runs_in(deployer)", "runs_in(dev)"} <= can(world(both), "package")
    assert "runs_in(dev)" not in can(world(WORLD), "package")


def test_an_identity_that_is_not_there_is_refused_at_its_place() -> None:
    with pytest.raises(ScenarioError, match="no identity is called 'deployr': did you mean deployer"):
        world(WORLD.replace("run_by: deployer", "run_by: deployr"))


def test_what_runs_code_is_written_as_it_was_read_and_drawn() -> None:
    scenario = world(WORLD)
    assert loads(dump(scenario), scenario.file) == scenario
    assert scenario.digest != world(WORLD.replace(", run_by: deployer", "")).digest
    assert ("resource:repository", "identity:deployer", "run-by") in scenario.model.graph().edges(data="relation")
