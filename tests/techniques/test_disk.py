"""open-file: runs_in(j), a file in its runtime -> it is read and written, whatever j is entitled to."""

from __future__ import annotations

import pytest
from tiny_worlds import attacked, can, replayed, step, steps, world

from simkit.errors import ScenarioError
from simkit.scenario import Scenario, dump, loads

WORLD = """
identities:
  coder: {kind: agent, runtime_holds: [dotenv, spare]}
  billing: {}
resources:
  dotenv: {holds: [key], contains: [section]}
  section: {}
  vault: {}
credentials:
  key: {identity: billing}
  spare: {identity: billing}
entry_points: {start: {compromise: coder}}
"""


def test_code_in_a_runtime_reads_and_writes_its_files_and_all_that_they_contain() -> None:
    reached = {fact for fact in can(world(WORLD)) if fact.startswith(("lost", "tainted", "deleted"))}
    both = {f"lost({name}, {impact})" for name in ("dotenv", "section") for impact in ("confidentiality", "integrity")}
    assert reached == both | {"tainted(dotenv)", "tainted(section)"}


def test_that_happens_at_once_and_brings_the_keys_that_lie_in_a_file() -> None:
    at = replayed(attacked(world(WORLD))).at
    assert at["lost(dotenv, confidentiality)"] == at["tainted(section)"] == at["holds(key)"] == 0.0


def test_the_token_that_a_task_brings_to_a_file_comes_with_its_next_run() -> None:
    text = WORLD + "tasks: {bill: {identity: billing, rate: 1/h}}\n"
    waits = {s.key: s.wait.mean for s in steps(attacked(world(text), identity="task", scope="task"), "open-file")}
    assert waits["open-file(coder): read dotenv -> key@bill"] == 3600.0
    assert waits["open-file(coder): read dotenv"] == 0.0


def test_a_change_of_a_file_may_show_by_itself_and_its_reading_does_not() -> None:
    attack = attacked(world(WORLD.replace("section: {}", "section: {shows_itself: {chance: 1}}")))
    assert step(attack, "open-file(coder): write section in dotenv").alert == 1.0
    assert step(attack, "open-file(coder): read section in dotenv").alert == 0.0


def test_an_execute_without_targets_runs_code_in_the_runtime_of_its_caller() -> None:
    text = """
    identities: {coder: {roles: [dev], runtime_holds: [dotenv]}, other: {roles: [dev], runtime_holds: [diary]}}
    resources: {dotenv: {}, diary: {}}
    tools: {shell: {operations: {run: {effect: execute}}}}
    roles: {dev: {entitlements: [{operation: shell.run}]}}
    credentials: {key: {identity: coder}}
    entry_points: {start: {leak: key}}
    """
    reached = can(world(text))
    assert {"runs_in(coder)", "lost(dotenv, confidentiality)"} <= reached
    assert not {"runs_in(other)", "lost(diary, confidentiality)"} & reached


def test_everybody_in_a_shared_session_who_has_the_shell_is_run_in_and_nobody_else() -> None:
    text = """
    identities:
      coder: {tier: team, entitlements: [{operation: shell.run}]}
      other: {tier: team, entitlements: [{operation: shell.run}]}
      third: {tier: team}
    tools: {shell: {operations: {run: {effect: execute}}}}
    credentials: {key: {identity: third}}
    entry_points: {start: {leak: key}}
    """
    reached = can(world(text), scope="all", identity="shared")
    assert {fact for fact in reached if fact.startswith("runs_in")} == {"runs_in(coder)", "runs_in(other)"}


def test_a_copy_that_somebody_writes_into_a_file_is_found_by_code_in_the_runtime() -> None:
    text = """
    identities:
      scribe: {kind: agent, susceptibility: 1, entitlements: [{operation: fs.look}, {operation: fs.put}]}
      coder: {runtime_holds: [shared]}
    resources: {inbox: {}, secret: {value: {confidentiality: 1}, holds: [key]}, shared: {}}
    tools:
      fs: {operations: {look: {effect: read, targets: [secret]}, put: {effect: write, targets: [shared]}}}
      run: {operations: {code: {effect: execute, targets: [coder]}}}
    credentials: {key: {identity: coder}, foothold: {identity: boss}}
    tasks: {write: {identity: scribe, needs: [fs.look, fs.put], reads: [inbox, shared], rate: 1/h, duration: 1m}}
    entry_points: {start: {compromise: coder}}
    """
    text = text.replace("coder: {runtime_holds", "boss: {}\n      coder: {runtime_holds")
    assert {"copied(secret, shared)", "lost(secret, confidentiality)"} <= can(world(text))
    assert "lost(secret, confidentiality)" not in can(world(text.replace("runtime_holds: [shared]", "note: no file")))


def test_a_name_that_is_neither_a_credential_nor_a_resource_is_refused_at_its_place() -> None:
    with pytest.raises(ScenarioError, match=r"5:40: no credential or resource is called 'dotnev': did you mean"):
        loads("simkit: 1\nname: tiny\n" + WORLD.replace("[dotenv, spare]", "[dotnev, spare]"))


def test_a_file_and_a_key_of_one_name_are_the_key_as_before() -> None:
    text = WORLD.replace("spare: {identity", "dotenv: {identity").replace("[dotenv, spare]", "[dotenv]")
    assert "lost(dotenv, confidentiality)" not in can(world(text))


def test_a_runtime_with_files_is_written_as_it_was_read() -> None:
    scenario: Scenario = world(WORLD)
    assert loads(dump(scenario), scenario.file) == scenario
    assert scenario.digest != world(WORLD.replace("[dotenv, spare]", "[spare]")).digest
    edges = scenario.model.graph().edges(data="relation")
    assert ("identity:coder", "resource:dotenv", "holds") in edges
