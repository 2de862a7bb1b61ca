"""What an attack means in a picture, worked out by hand on the starter's world."""

from __future__ import annotations

import pytest
from support_desk import DESK

import simkit
from simkit.diagram.diagram import Picture, picture
from simkit.diagram.marks import pictured
from simkit.diagram.reached import OUT, BoxReach, lit, reached
from simkit.model import EntryPoint, Goal


@pytest.fixture(scope="module")
def starter() -> simkit.Scenario:
    return simkit.load("scenarios/starter.yaml")


@pytest.fixture(scope="module")
def drawn(starter: simkit.Scenario) -> Picture:
    return picture(starter.model, "environment", 240)


@pytest.fixture(scope="module")
def leaked(starter: simkit.Scenario) -> simkit.BlastRadius:
    return simkit.simulate(starter, "rbac", entry_point="leaked-ci-secret", trials=200)


def test_a_box_is_reached_in_the_share_of_trials_that_reach_what_it_stands_for(
    starter: simkit.Scenario, drawn: Picture, leaked: simkit.BlastRadius
) -> None:
    found = reached(leaked, drawn)
    assert set(found) == {node.id for node in drawn.nodes}
    assert found["credential:deploy-key"].share == found["identity:deployer"].share == 1.0
    lost = leaked.chance("customer-records:integrity")  # at once; to copy them takes eight minutes
    assert found["resource:customer-records"].share == lost.estimate == 1.0
    assert found["resource:customer-records"].median == leaked.time_to("customer-records:integrity").estimate
    assert found["identity:support-agent"] == OUT
    assert (OUT.state, OUT.words) == ("out", "out of reach")
    assert found["resource:customer-records"].words.startswith("reached in 100 % of trials, the median after ")


def test_what_falls_at_the_first_moment_counts() -> None:
    taken = simkit.Scenario("desk", DESK, {"taken": EntryPoint("taken", "compromise", "desk")})
    found = reached(simkit.simulate(taken, "rbac", trials=5), pictured(taken))
    assert found["identity:desk"] == BoxReach(1.0, 0.0, True)


def test_what_only_the_worst_case_reaches_is_within_reach(starter: simkit.Scenario, drawn: Picture) -> None:
    few = simkit.simulate(starter, "task-scoped", entry_point="leaked-ci-secret", trials=1)
    found = reached(few, drawn)
    missed = [how for how in found.values() if how.state == "within"]
    assert missed
    assert all(not how.share and how.median is None and "worst case" in how.words for how in missed)
    assert all(how.within for how in found.values() if how.share)


def test_a_box_of_many_is_reached_when_one_of_them_is(starter: simkit.Scenario, leaked: simkit.BlastRadius) -> None:
    few = picture(starter.model, "environment", 10)
    assert few.aggregated
    found = reached(leaked, few)
    assert found[few.boxes["identity:deployer"]].share == 1.0
    assert set(few.boxes.values()) == {node.id for node in few.nodes}


def test_each_step_of_a_path_lights_what_it_uses_and_reaches(
    starter: simkit.Scenario, drawn: Picture, leaked: simkit.BlastRadius
) -> None:
    (path,) = leaked.paths("customers-leaked", limit=1)
    lights = lit(starter, leaked, path, drawn)
    assert [light.boxes for light in lights] == [
        ("credential:deploy-key",),
        ("credential:deploy-key",),
        ("credential:deploy-key", "identity:deployer"),
        *[lights[3].boxes],
        ("resource:customer-records",),
    ]
    assert {"identity:deployer", "tool:cloud", "resource:customer-database"} <= set(lights[3].boxes)
    lines = [{(drawn.edges[line].source, drawn.edges[line].target) for line in light.lines} for light in lights]
    assert lines[2] == {("credential:deploy-key", "identity:deployer")}
    assert {("identity:deployer", "tool:cloud"), ("tool:cloud", "resource:customer-database")} <= lines[3]
    assert lines[4] == set()


@pytest.mark.parametrize("policy", ["rbac", "static-secrets"])
def test_the_lines_of_a_path_lead_from_the_credential_to_what_is_lost(
    starter: simkit.Scenario, drawn: Picture, policy: str
) -> None:
    """Under static-secrets the session is a whole tier's, and the entitlement that of one identity in it."""
    result = simkit.simulate(starter, policy, entry_point="leaked-ci-secret", trials=20, seed=1)
    path = next(iter(result.paths("database-gone-for-good")))
    lights = lit(starter, result, path, drawn)
    assert len(lights) == len(path.steps)
    lines = {(drawn.edges[place].source, drawn.edges[place].target) for light in lights for place in light.lines}
    assert {
        ("credential:deploy-key", "identity:deployer"),
        ("identity:deployer", "tool:cloud"),
        ("tool:cloud", "resource:customer-database"),
        ("resource:customer-database", "resource:customer-records"),
    } <= lines
    lit_boxes = {box for light in lights for box in light.boxes}
    assert {end for line in lines for end in line} <= lit_boxes


def test_a_trust_edge_is_lit_where_the_attack_crosses_it() -> None:
    """The pipeline's key is redeemed, the pipeline becomes the biller, and the biller may read the cases."""
    goals = {"cases-out": Goal("cases-out", lost=(("cases", "confidentiality"),))}
    leaked = simkit.Scenario("desk", DESK, {"leaked": EntryPoint("leaked", "leak", "deploy-key")}, goals)
    result, drawn = simkit.simulate(leaked, "rbac", trials=5), pictured(leaked)
    (path,) = result.paths("cases-out", limit=1)
    (crossed,) = (
        light for step, light in zip(path.steps, lit(leaked, result, path, drawn), strict=True) if step.rule == "assume"
    )
    assert crossed.boxes == ("identity:biller", "identity:ci")
    lines = [drawn.edges[place] for place in crossed.lines]
    assert [(line.source, line.target, line.relation) for line in lines] == [
        ("identity:ci", "identity:biller", "may become")
    ]
