"""What is certain is what replay finds: the same recommendations, whichever of the two says what is lost."""

from __future__ import annotations

import pytest

from simkit import Scenario, loads, recommend
from simkit.narrowing import cut_off, plan_from, weigh
from simkit.narrowing.edits.supports import supported
from simkit.narrowing.recommendation import measured_edits, screen
from simkit.narrowing.recommendation.certainty import Certainty
from simkit.narrowing.recommendation.effect import Question, measure

DOOR = """\
simkit: 1
name: door
identities:
  ann: {kind: service, roles: [opener]}
  bob: {kind: service, roles: [opener, reader]}
  vault: {kind: service, roles: [reader]}
credentials:
  ann-key: {identity: ann, ttl: never}
  bob-key: {identity: bob, ttl: never}
trust:
  - {from: ann, to: vault, kind: assume, ttl: 1h}
tools:
  store: {operations: {read: {effect: read, targets: [papers, files]}, note: {effect: write, targets: [files]}}}
resources:
  papers: {value: {confidentiality: 10}}
  files: {value: {confidentiality: 0.1, integrity: 0.2}}
roles:
  opener: {entitlements: [{operation: store.note, targets: [files]}]}
  reader: {entitlements: [{operation: store.read, targets: [papers, files]}]}
goals:
  papers-out: {lost: [{resource: papers, impact: confidentiality}]}
entry_points:
  ann-leaks: {leak: ann-key}
  bob-leaks: {leak: bob-key}
response: {detection: {}, rotation_period: 30d}
horizon: 30d
"""


@pytest.fixture
def door() -> Scenario:
    return loads(DOOR)


def asked(scenario: Scenario) -> Question:
    return Question.about(scenario, None, None, trials=50, seed=0, threads=1)


def test_where_nothing_is_drawn_what_is_lost_is_certain_and_as_replayed(door: Scenario) -> None:
    question = asked(door)
    certainty = Certainty.of(door, supported(door), question)
    assert certainty is not None
    found, replayed = certainty.losses(question), measure(door, question)
    assert found is not None
    assert found.values.tolist() == replayed.values.tolist()
    assert found.worst_value == replayed.worst_value > 0
    assert found.effect() == replayed.effect()


def test_recommendations_are_those_of_replay_to_the_last_digit(door: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    certain = recommend(door, trials=50)
    monkeypatch.setattr(measured_edits.Certainty, "of", lambda *_: None)
    replayed = recommend(door, trials=50)
    assert certain.to_dict() == replayed.to_dict()
    assert certain[0].helps
    assert plan_from(certain).to_dict() == plan_from(replayed).to_dict()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("detection: {}", "detection: {leak: {chance: 0.5, delay: 1h}}"),
        ("effect: read, targets", "effect: read, chance: 0.5, targets"),
        ("ann, ttl: never", "ann, ttl: 1h"),
        ("horizon: 30d", "horizon: 1s"),
    ],
)
def test_chance_alerts_and_time_leave_nothing_certain(door: Scenario, old: str, new: str) -> None:
    assert old in DOOR
    world = loads(DOOR.replace(old, new))
    question = asked(world)
    certainty = Certainty.of(world, supported(world), question)
    assert certainty is None or certainty.losses(question) is None


def test_a_large_graph_is_asked_only_about_the_ways_to_a_loss(door: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    all_of_it = recommend(door, trials=50)
    monkeypatch.setattr(screen, "MOST_WORK", 0)
    ways = recommend(door, trials=50)
    assert " on one way to each loss " in str(ways.table())
    assert " on an attack; " in str(all_of_it.table())
    assert weigh(door).to_dict()["screened_in_part"] is True
    assert [found.to_dict()["screened_in_part"] for found in (all_of_it, ways)] == [False, True]
    first, second = ([each.narrowing for each in found if each.helps] for found in (all_of_it, ways))
    assert first[0] in second
    assert ways.curve[-1].effect == all_of_it.curve[-1].effect
    assert cut_off(door, goal="papers-out", exact=False, trials=50).is_cut
