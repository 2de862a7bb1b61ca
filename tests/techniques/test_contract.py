"""Every technique keeps the contract, and one that somebody adds in a row keeps it too."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import technique_contract as contract

from simkit.attackgraph import Ground, Step
from simkit.scenario import loads
from simkit.techniques import TECHNIQUES, Rule, Technique, World
from simkit.techniques.rule import Relevance
from simkit.techniques.world import REPLAYS, concludes, has

HEAD = "simkit: 1\nname: tiny\nhorizon: 100d\n"

DESK = """
identities:
  desk: {kind: agent, susceptibility: 1, roles: [clerk], runtime_holds: [spare]}
  boss: {entitlements: [{operation: crm.read}]}
  robot: {roles: [clerk]}
  helper: {kind: agent, susceptibility: 1, entitlements: [{operation: crm.read}]}
resources:
  cases: {value: {confidentiality: 10, integrity: 5}, holds: [spare]}
  web: {exposure: public-read}
tools:
  crm:
    operations:
      note: {effect: none}
      read: {effect: read, targets: [cases]}
      edit: {effect: write, targets: [cases]}
      wipe: {effect: delete, targets: [cases]}
  net:
    general_purpose: true
    operations: {post: {effect: send, targets: [web]}}
  host:
    operations:
      run: {effect: execute, targets: [robot]}
      issue: {effect: mint, targets: [boss]}
      add: {effect: grant, targets: [robot], role: power}
      free: {effect: lift, targets: [robot]}
      mute: {effect: silence, targets: [boss]}
      become: {effect: assume, targets: [boss]}
      ask: {effect: invoke, targets: [helper]}
credentials:
  key: {identity: desk}
  spare: {identity: boss}
roles:
  clerk: {entitlements: [{operation: "crm.*"}, {operation: "net.*"}, {operation: "host.*"}]}
  power: {entitlements: [{operation: crm.wipe}]}
trust:
  - {from: desk, to: boss}
  - {from: desk, to: helper, kind: invoke}
tasks:
  answer: {identity: desk, needs: [crm.read], reads: [cases], rate: 1/h, duration: 1m}
"""
"""One desk with everything in it; techniques differ in how the attack starts and in what it wants."""
LEAK = "entry_points: {start: {leak: key, delay: 1m}}\n"
STEERED = "entry_points: {start: {poison: cases}}\n"
READ = "goals: {read: {lost: [{resource: cases, impact: confidentiality}]}}\n"
FEDERATED = """
identities:
  idp: {}
  boss: {entitlements: [{operation: crm.read}]}
resources: {cases: {value: {confidentiality: 10}}, vault: {holds: [key]}}
tools: {crm: {operations: {read: {effect: read, targets: [cases, vault]}}}}
credentials: {key: {identity: idp, use: signing}}
trust: [{from: idp, to: boss, kind: federate}]
entry_points: {start: {leak: key}}
"""
COPIED = (
    DESK.replace("  robot:", "  scribe: {kind: agent, susceptibility: 1, roles: [reader]}\n  robot:")
    .replace("  web:", "  wiki: {}\n  web:")
    .replace("      wipe:", "      log: {effect: write, targets: [wiki], duration: 500ms}\n      wipe:", 1)
    .replace("  net:", "  desk: {operations: {look: {effect: read, targets: [wiki]}}}\n  net:")
    .replace("  power:", "  reader: {entitlements: [{operation: desk.look}, {operation: net.post}]}\n  power:")
    + "  edit: {identity: scribe, needs: [desk.look], reads: [cases], rate: 1/h, duration: 1m}\n"
)
"""The desk, and somebody who reads what it writes down."""

METERED = DESK.replace("read: {effect: read,", "read: {throughput: 60/h, effect: read,", 1).replace(
    "cases: {value", "cases: {records: 100, value", 1
)
"""The desk, whose cases are counted."""

WORLDS = {
    "enter": DESK
    + READ
    + """
entry_points:
  start: {leak: key, delay: 1m}
  page: {poison: cases}
  laptop: {compromise: desk}
  slip: {mistake: desk}
""",
    "redeem": DESK + LEAK + READ,
    "act": DESK + LEAK + READ,
    "assume": DESK + LEAK + "goals: {bossed: {steered: helper}}\n",
    "forge": FEDERATED + READ,
    "flow": COPIED + STEERED + READ,
    "inhabit": DESK + "entry_points: {start: {compromise: desk}}\n" + READ,
    "code": DESK.replace("cases: {value", "cases: {run_by: desk, value", 1)
    + "entry_points: {start: {poison: cases}}\n"
    + READ,
    "hijack": DESK.replace("needs: [crm.read]", "needs: [crm.read, net.post]").replace(
        "{exposure: public-read}", "{exposure: public-read, value: {confidentiality: 1}}"
    )
    + "entry_points: {start: {compromise: {tool: net}}}\n"
    + READ.replace("{read:", "{heard: {lost: ['web: confidentiality']}, read:"),
    "disk": DESK.replace("runtime_holds: [spare]", "runtime_holds: [cases]", 1)
    + "entry_points: {start: {compromise: desk}}\n"
    + READ,
    "egress": DESK.replace("runtime_holds: [spare]", "runtime_holds: [cases], egress: none", 1)
    + "entry_points: {start: {compromise: desk}}\n"
    + READ,
    "steer": DESK + STEERED + READ,
    "meter": METERED + LEAK + READ.replace("]}", "], at_least: 1 records}"),
    "objective": DESK + LEAK + READ,
    "photograph": DESK + LEAK + READ,
}
CASES = [name for name in WORLDS if name != "photograph"]


@pytest.fixture(params=CASES)
def technique(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_every_technique_has_its_small_world() -> None:
    assert set(CASES) == set(TECHNIQUES)


def test_its_steps_compile(technique: str) -> None:
    contract.its_steps_compile_and_say_rules_and_grounds_that_are_declared(loads(HEAD + WORLDS[technique]), technique)


def test_each_ground_can_be_removed(technique: str) -> None:
    scenario = loads(HEAD + WORLDS[technique])
    contract.everything_that_it_rests_on_is_taken_away_by_some_edit(scenario, technique)
    contract.what_is_left_without_it_is_what_the_edited_scenario_compiles_to(scenario)


def test_narrowing_takes_it(technique: str) -> None:
    contract.narrowing_takes_it_in_every_mode(loads(HEAD + WORLDS[technique]))


def test_the_log_takes_it(technique: str) -> None:
    contract.its_steps_stand_in_the_log_with_a_class_and_a_reason(loads(HEAD + WORLDS[technique]), technique)


def test_the_picture_and_the_check_take_it(technique: str) -> None:
    text = HEAD + WORLDS[technique]
    contract.its_steps_light_up_the_picture_and_lead_to_their_place_in_the_file(loads(text), text, technique)


def test_detection_and_the_standards_take_it(technique: str) -> None:
    text = HEAD + WORLDS[technique]
    contract.it_can_be_detected_and_is_in_the_public_lists_or_says_why_not(loads(text), text, technique)


# ---- one that is made up: all that there is of it is the next 30 lines and a row

PHOTOGRAPH = Rule("photograph", Relevance(agentic=("ASI03",)), event="action", logged="call")


def photographs(world: World) -> Iterator[Step]:
    """photograph: replays(s), something that s may read -> lost(it, confidentiality), without a call that reads it."""
    for name, reached in world.all_sessions.items():
        for grant, _, behind in world.grants(reached.session):
            operation, target = grant
            if world.model.operation(operation).effect == "read" and target:
                alert, delay, _ = world.alert(PHOTOGRAPH, reached.session.policy)
                yield Step(
                    key=f"photograph({name}, {operation}, {target})",
                    rule="photograph",
                    premises=(has(REPLAYS, name), *behind),
                    conclusions=(concludes("lost", target, "confidentiality"),),
                    grounds=(Ground("entitlement", (min(reached.session.identities), *grant), name),),
                    label=f"photograph {target}",
                    alert=alert,
                    alert_delay=delay,
                )


def test_a_technique_that_is_made_up_is_a_file_and_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TECHNIQUES, "photograph", Technique(photographs, (PHOTOGRAPH,)))
    text = HEAD + WORLDS["photograph"]
    scenario = loads(text)
    contract.its_steps_compile_and_say_rules_and_grounds_that_are_declared(scenario, "photograph")
    contract.everything_that_it_rests_on_is_taken_away_by_some_edit(scenario, "photograph")
    contract.what_is_left_without_it_is_what_the_edited_scenario_compiles_to(scenario)
    contract.narrowing_takes_it_in_every_mode(scenario)
    contract.its_steps_stand_in_the_log_with_a_class_and_a_reason(scenario, "photograph")
    contract.its_steps_light_up_the_picture_and_lead_to_their_place_in_the_file(scenario, text, "photograph")
    contract.it_can_be_detected_and_is_in_the_public_lists_or_says_why_not(scenario, text, "photograph")
