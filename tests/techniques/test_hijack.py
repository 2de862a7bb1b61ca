"""Tools as principals: a hijacked one steers its callers, sees what it is given, and has its runtime's secrets."""

from __future__ import annotations

import pytest
from tiny_worlds import attacked, can, replayed, step, world

from simkit.errors import ScenarioError
from simkit.scenario import dump, loads

WORLD = """
identities:
  desk: {kind: agent, susceptibility: 1, roles: [clerk]}
  other: {kind: agent, susceptibility: 1, roles: [clerk]}
  server: {runtime_holds: [spare]}
  vendor: {}
resources: {outbox: {holds: [key]}, secret: {value: {confidentiality: 1}}, rest: {}}
tools:
  mail:
    runs_as: server
    operations:
      send: {effect: send, targets: [outbox], duration: 3s}
      list: {effect: none}
  web: {operations: {fetch: {effect: none}, search: {effect: none}}}
  fs: {operations: {read: {effect: read, targets: [secret, rest]}}}
roles:
  clerk: {entitlements: [{operation: "*.*"}]}
credentials: {key: {identity: vendor, use: signing}, spare: {identity: vendor, use: signing}}
tasks:
  write: {identity: desk, needs: [mail.send, {operation: fs.read, targets: [secret]}], rate: 1/h, duration: 5m}
  look: {identity: other, needs: [web.fetch], rate: 2/h, duration: 5m}
entry_points:
  start: {compromise: {tool: mail}}
  page: {poison: {operation: web.fetch}}
"""


def test_a_hijacked_tool_steers_those_whose_tasks_call_it_and_nobody_else() -> None:
    reached = can(world(WORLD))
    assert "steers(desk)" in reached
    assert "steers(other)" not in reached


def test_what_calls_of_one_operation_return_steers_those_who_need_that_operation() -> None:
    reached = can(world(WORLD), "page")
    assert "steers(other)" in reached
    assert "steers(desk)" not in reached
    assert step(attacked(world(WORLD)), "steer(look <- answers of web.fetch)").wait.mean == 1800.0
    assert "steers(other)" not in can(world(WORLD.replace("[web.fetch]", "[web.search]")), "page")


def test_it_has_the_secrets_of_its_runtime_at_once() -> None:
    at = replayed(attacked(world(WORLD))).at
    assert at["runs_in(server)"] == at["holds(spare)"] == 0.0
    alone = world(WORLD.replace("    runs_as: server\n", ""))
    assert not {"runs_in(server)", "holds(spare)"} & can(alone)


def test_it_sees_what_goes_through_it_when_the_task_next_runs_whatever_the_agent_falls_for() -> None:
    firm = WORLD.replace("susceptibility: 1", "susceptibility: 0")
    reached = can(world(firm))
    assert {"lost(outbox, confidentiality)", "holds(key)"} <= reached
    assert "lost(secret, confidentiality)" not in reached
    heard = step(attacked(world(firm)), "overhear(write: mail.send(outbox))")
    assert (heard.wait.mean, heard.duration.mean) == (3600.0, 3.0)


def test_a_steered_caller_hands_over_what_it_has_seen() -> None:
    quiet = WORLD.replace("needs: [mail.send,", "needs: [mail.list,").replace(
        "effect: send, targets: [outbox]", "effect: none"
    )
    assert "lost(secret, confidentiality)" in can(world(quiet.replace("    runs_as: server\n", "")))
    assert "lost(secret, confidentiality)" not in can(world(quiet), "page")


def test_who_may_not_call_the_tool_hears_nothing_from_it() -> None:
    bound = world(WORLD.replace('"*.*"', '"fs.*"'))
    assert "steers(desk)" not in can(bound)
    assert "steers(other)" not in can(bound, "page")


def test_words_of_a_tool_are_cleaned_as_content() -> None:
    text = WORLD + "response: {detection: {compromise: {chance: 1}}, actions: [{clean-content: {delay: 0s}}]}\n"
    assert "steers(desk)" not in replayed(attacked(world(text))).at


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("compromise: {tool: mial}", "no tool is called 'mial'"),
        ("compromise: {tol: mail}", "compromise has no key 'tol' here: write an identity, or {tool: NAME}"),
        ("compromise: {tool: 3}", "tool is 3: write a name"),
        ("compromise: []", "write an identity, or {tool: NAME}"),
        ("poison: {operation: web.fetsch}", "no operation is called 'web.fetsch'"),
        ("poison: {operation: web.fetch, task: look}", "poison has no key 'task' here"),
    ],
)
def test_what_names_no_tool_or_operation_is_refused(wrong: str, said: str) -> None:
    with pytest.raises(ScenarioError, match=said):
        world(WORLD.replace("compromise: {tool: mail}", wrong))


def test_they_are_written_as_they_were_read() -> None:
    scenario = world(WORLD)
    assert loads(dump(scenario), scenario.file) == scenario
    assert scenario.digest != world(WORLD.replace("tool: mail", "tool: web")).digest
