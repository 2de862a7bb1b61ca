"""steer: tainted(r), task t of agent j reads r -> steers(session of j that serves t), after t's next run."""

from __future__ import annotations

import pytest
from tiny_worlds import attacked, can, replayed, step, world

from simkit.attackgraph import Ground
from simkit.distributions import Exponential

WORLD = """
identities:
  agent: {kind: agent, susceptibility: 0.25}
  app: {entitlements: [{operation: db.write}]}
resources: {inbox: {}, page: {}, other: {}}
tools: {db: {operations: {write: {effect: write, targets: [page]}}}}
credentials: {key: {identity: app}}
tasks:
  mail: {identity: agent, reads: [inbox, page], rate: 1/h}
  web: {identity: agent, reads: [page], rate: 2/h}
"""
POISON = "entry_points: {start: {poison: inbox}}\n"
PER_TASK = {"identity": "task", "scope": "task"}


def test_the_step_has_the_agents_susceptibility_and_waits_for_the_tasks_next_run() -> None:
    steered = step(attacked(world(WORLD, POISON)), "steer(mail <- inbox)")
    assert (steered.chance, steered.wait) == (0.25, Exponential(3600.0))
    assert steered.ground == Ground("task", ("mail", "inbox"))
    assert [str(fact) for fact in steered.premises] == ["tainted(inbox)"]


def test_a_quarter_of_the_samples_is_steered_after_an_hour_on_average() -> None:
    attack = attacked(world(WORLD, POISON))
    times = [at["steers(agent)"] for n in range(800) if "steers(agent)" in (at := replayed(attack, sample=n).at)]
    assert 165 < len(times) < 235  # 200, give or take three standard deviations
    assert 2800 < sum(times) / len(times) < 4400


def test_only_the_session_of_the_task_that_reads_is_steered() -> None:
    assert can(world(WORLD, POISON), **PER_TASK) == {"tainted(inbox)", "steers(agent@mail)"}


def test_a_session_that_serves_several_tasks_is_steered_through_any() -> None:
    found = attacked(world(WORLD, "entry_points: {start: {poison: page}}\n"), scope="role")
    keys = {s.key for s in found.graph.steps if "steers(agent)" in {str(c.fact) for c in s.conclusions}}
    assert keys == {"steer(mail <- inbox)", "steer(mail <- page)", "steer(web <- page)"}


def test_what_nobody_reads_steers_nobody() -> None:
    assert can(world(WORLD, "entry_points: {start: {poison: other}}\n")) == {"tainted(other)"}


def test_an_agent_that_cannot_be_steered_is_not() -> None:
    immune = WORLD.replace("susceptibility: 0.25", "susceptibility: 0")
    assert can(world(immune, POISON)) == {"tainted(inbox)"}


def test_content_that_the_attacker_writes_himself_steers_too() -> None:
    assert {"tainted(page)", "steers(agent)"} <= can(world(WORLD, "entry_points: {start: {leak: key}}\n"))


@pytest.mark.parametrize("task", ["mail", "web"])
def test_a_poisoned_input_steers_its_task(task: str) -> None:
    entry = f"entry_points: {{start: {{poison: {{task: {task}}}}}}}\n"
    assert can(world(WORLD, entry), **PER_TASK) == {f"tainted(input of {task})", f"steers(agent@{task})"}


def test_steering_shows_only_where_action_decisions_are_logged() -> None:
    noticed = "response: {detection: {steer: {chance: 0.5, delay: 9s}}}\n"
    alerts = {
        response: step(attacked(world(WORLD, POISON, noticed), response=response), "steer(mail <- inbox)").alert
        for response in ("manual", "rotation", "automatic")
    }
    assert alerts == {"manual": 0.0, "rotation": 0.0, "automatic": 0.5}


# ---- a run is a boundary

RUN = """
identities: {agent: {kind: agent, susceptibility: 1, entitlements: [{operation: db.write}]}}
resources: {inbox: {}, page: {}}
tools: {db: {operations: {write: {effect: write, targets: [page], duration: 10m}}}}
credentials: {key: {identity: agent, ttl: %s}}
tasks: {mail: {identity: agent, needs: [db.write], reads: [inbox], rate: 1/h, duration: %s}}
entry_points: {start: {poison: inbox}}
"""
WRITTEN = "lost(page, integrity)"


@pytest.mark.parametrize(
    ("ttl", "duration", "fits"), [("never", "10m1s", True), ("never", "10m", False), ("9m", "1h", False)]
)
def test_work_must_fit_into_a_run_and_into_the_life_of_its_token(ttl: str, duration: str, fits: bool) -> None:
    """Ten hours of work in a task of five minutes went well once."""
    for dials in ({"expiry": "ttl"}, {"expiry": "ttl", **PER_TASK}):
        assert (WRITTEN in replayed(attacked(world(RUN % (ttl, duration)), **dials)).at) is fits


def test_a_run_is_steered_again_when_it_comes_again() -> None:
    steered = step(attacked(world(WORLD, POISON)), "steer(mail <- inbox)")
    assert (steered.again, steered.conclusions[0].run, steered.conclusions[0].after) == (True, True, 300.0)


def test_a_run_that_varies_has_its_own_length_each_time() -> None:
    varied = WORLD.replace("reads: [inbox, page], rate: 1/h", "reads: [inbox], duration: {exponential: {mean: 5m}}")
    assert step(attacked(world(varied, POISON)), "steer(mail <- inbox)").conclusions[0].after == Exponential(300.0)


def test_a_run_that_waits_for_an_answer_lasts_until_the_answer() -> None:
    """Asked in a run of 11 minutes, answered after a day, the ten minutes of work are done."""
    asked = RUN.replace("duration: 10m}", "duration: 10m, high_impact: true}") % ("never", "11m")
    response = "response: {approval_delay: 1d, rubber_stamp: 1, miss_rate: 1}\n"
    attack = attacked(world(asked, response), context="approval")
    found = replayed(attack).at
    assert found[WRITTEN] - found["steers(agent)"] == 600.0 + 86400.0
