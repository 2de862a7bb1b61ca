"""From sessions to the attack graph, and when somebody responds."""

from __future__ import annotations

from tiny_worlds import attacked, can, replayed, world

from simkit.estate import generate
from simkit.simulation import Attack, compile_attack
from simkit.techniques import EVENT_CLASSES, TECHNIQUES, rules

WORLD = """
identities:
  app: {entitlements: [{operation: db.slow}, {operation: db.note}]}
  vendor: {}
resources: {table: {}, page: {}}
tools:
  db:
    operations:
      slow: {effect: read, targets: [table], duration: 1h}
      note: {effect: write, targets: [page], duration: 1m}
credentials:
  key: {identity: app}
  fixed: {identity: vendor, managed: false}
entry_points: {start: {leak: key}, fixed: {leak: fixed}}
"""
RESPONSE = "response: {detection: {leak: {chance: 1, delay: 5m}}, delay: 10m, rotation_period: 100000d, %s}\n"
LOST = "lost(table, confidentiality)"
VARIED = "completeness: 1, remediation_lag: {exponential: {mean: 1d}}"


def with_response(response: str, more: str = "completeness: 1, remediation_lag: 2d") -> Attack:
    return attacked(world(WORLD, RESPONSE % more), response=response)


def test_every_family_of_techniques_has_its_row_and_gives_steps_somewhere() -> None:
    families = "enter redeem act assume forge flow inhabit disk egress code hijack steer meter objective"
    assert list(TECHNIQUES) == families.split()


def test_every_rule_stands_once_and_those_that_are_noticed_have_one_class() -> None:
    names = [rule.name for technique in TECHNIQUES.values() for rule in technique.rules]
    assert len(set(names)) == len(names)
    assert {rule.name for rule in rules().values() if not rule.event} == {"none", "meter", "objective", "way-out"}
    assert {rule.event for rule in rules().values()} - {""} == set(EVENT_CLASSES)


def test_steps_that_cannot_succeed_are_left_out() -> None:
    impossible = WORLD.replace("duration: 1h", "duration: 1h, chance: 0")
    attack = attacked(world(impossible))
    assert LOST not in can(world(impossible))
    assert not [step.key for step in attack.graph.steps if "db.slow" in step.key]


# ---- when


def test_an_automatic_response_acts_after_alert_and_delay() -> None:
    found = replayed(with_response("automatic"))
    assert found.contained == 900.0
    assert LOST not in found.at  # an hour of reading, cut short
    assert found.at["lost(page, integrity)"] == 60.0  # done before


def test_a_response_by_hand_acts_after_the_remediation_lag() -> None:
    found = replayed(with_response("manual"))
    assert found.contained == 300.0 + 2 * 86400
    assert found.at[LOST] == 3600.0


def test_a_response_by_rotation_does_what_one_by_hand_does_at_the_same_moment() -> None:
    """It waited for the next rotation once, which may come later; the schedule is a matter of the secret's life now."""
    by_hand, rotation = (
        [replayed(with_response(dial, VARIED), sample=sample).contained for sample in range(30)]
        for dial in ("manual", "rotation")
    )
    assert by_hand == rotation
    assert len(set(by_hand)) > 20


def test_nobody_responds_to_what_nobody_noticed() -> None:
    assert replayed(attacked(world(WORLD), response="automatic")).contained is None


def test_the_first_alert_comes_first() -> None:
    two = "response: {detection: {leak: {chance: 1, delay: 1d}, write: {chance: 1, delay: 30s}}, delay: 0s}\n"
    assert replayed(attacked(world(WORLD, two), response="automatic")).contained == 90.0


def test_steps_share_what_they_are_made_of() -> None:
    """A graph of a million steps must not hold a fact once for each of them."""
    steps = compile_attack(generate(3000, 1), "rbac").graph.steps
    facts = [fact for step in steps for fact in (*step.premises, *(each.fact for each in step.conclusions))]
    conclusions = [each for step in steps for each in step.conclusions]
    delays = [delay for step in steps for delay in (step.duration, step.wait, step.approval, step.alert_delay)]
    for made in (facts, conclusions, delays):
        assert len({id(each) for each in made}) < len(made) / 5


def test_the_horizon_ends_everything() -> None:
    scenario = world(WORLD)
    assert compile_attack(scenario).graph.horizon == 1000 * 86400 * 1000
    short = world(WORLD.replace("duration: 1h", "duration: 1000d"))
    assert LOST not in replayed(attacked(short)).at
    assert LOST in can(short)
